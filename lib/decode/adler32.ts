/**
 * The Adler-32 sum of bytes, in WebAssembly.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1950} for the sum
 */
import { VECTOR_OP, type WasmFunction } from "./wasm_code.ts";
import {
  above,
  add,
  and,
  below,
  type Code,
  code,
  get,
  increase,
  load8,
  multiply,
  or,
  remainder,
  set,
  shiftLeft,
  subtract,
  vector,
  when,
  whilst,
} from "./wasm_expressions.ts";

const [AT, LENGTH] = [0, 1];
const [A, B, STEP, END] = [2, 3, 4, 5];
const [SUMS, BEFORE, WITHIN, WEIGHTED] = [6, 7, 8, 9];
const [RUN_SUMS, RUN_BEFORE, RUN_WEIGHTED, BYTES] = [10, 11, 12, 13];

const PRIME = 65521;
/** Sums of so many bytes fit 32 bits; a multiple of those of a run. */
const STEP_BYTES = 5504;
/** Vectors whose sums, each with its weight, fit 16 bits. */
const RUN = 8;
const RUN_BYTES = 16 * RUN;

const zero: Code = vector.constant(new Array(16).fill(0));
/** What each of 16 bytes counts for in the second sum. */
const weights: Code = vector.constant(Array.from({ length: 16 }, (_, i) => 16 - i));

const addUp = (local: number): Code =>
  [1, 2, 3].reduce<Code>(
    (sum, lane) => add(sum, vector.lane(get(local), lane)),
    vector.lane(get(local), 0),
  );

/** Adds what a run has in 16 bits to the sums in 32 bits. */
const widen = (to: number, from: number): Code =>
  set(
    to,
    vector.apply(VECTOR_OP.add32, get(to), vector.apply(VECTOR_OP.addPairs32, get(from))),
  );

const addTo16 = (local: number, what: Code): Code =>
  set(local, vector.apply(VECTOR_OP.add16, get(local), what));

/** One of the vectors of a run. */
const take16 = (index: number): Code =>
  code(
    set(BYTES, vector.load(get(AT), 16 * index)),
    // Each byte counts once more for every vector behind it, and the weights say how often within its own.
    addTo16(RUN_BEFORE, get(RUN_SUMS)),
    addTo16(RUN_SUMS, vector.apply(VECTOR_OP.addPairs16, get(BYTES))),
    ...[VECTOR_OP.multiplyLow, VECTOR_OP.multiplyHigh].map((multiplied) =>
      addTo16(RUN_WEIGHTED, vector.apply(multiplied, get(BYTES), weights))
    ),
  );

const takeRun: Code = code(
  // What came before the run counts once more for each of its bytes.
  set(BEFORE, vector.apply(VECTOR_OP.add32, get(BEFORE), get(SUMS))),
  ...[RUN_SUMS, RUN_BEFORE, RUN_WEIGHTED].map((local) => set(local, zero)),
  ...Array.from({ length: RUN }, (_, k) => take16(k)),
  widen(SUMS, RUN_SUMS),
  widen(WITHIN, RUN_BEFORE),
  widen(WEIGHTED, RUN_WEIGHTED),
  increase(AT, RUN_BYTES),
);

/** Takes an address and a number of bytes; gives their sum. */
export const adler32: WasmFunction = {
  parameters: 2,
  result: true,
  i32Locals: 4,
  i64Locals: 0,
  vectorLocals: 8,
  code: code(
    set(A, 1),
    set(B, 0),
    whilst(
      above(get(LENGTH), RUN_BYTES - 1),
      code(
        set(STEP, get(LENGTH)),
        when(above(get(STEP), STEP_BYTES), set(STEP, STEP_BYTES)),
        set(STEP, and(get(STEP), -RUN_BYTES)),
        set(LENGTH, subtract(get(LENGTH), get(STEP))),
        ...[SUMS, BEFORE, WITHIN, WEIGHTED].map((local) => set(local, zero)),
        set(END, add(get(AT), get(STEP))),
        whilst(below(get(AT), get(END)), takeRun),
        increase(B, multiply(get(A), get(STEP))),
        increase(B, shiftLeft(addUp(BEFORE), Math.log2(RUN_BYTES))),
        increase(B, add(shiftLeft(addUp(WITHIN), 4), addUp(WEIGHTED))),
        increase(A, addUp(SUMS)),
        set(A, remainder(get(A), PRIME)),
        set(B, remainder(get(B), PRIME)),
      ),
    ),
    whilst(
      get(LENGTH),
      code(
        increase(A, load8(get(AT))),
        increase(B, get(A)),
        increase(AT, 1),
        increase(LENGTH, -1),
      ),
    ),
    or(shiftLeft(remainder(get(B), PRIME), 16), remainder(get(A), PRIME)),
  ),
};
