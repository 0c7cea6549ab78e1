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
const [SUMS, BEFORE, WEIGHTED, BYTES] = [6, 7, 8, 9];

const PRIME = 65521;
/** Sums of so many bytes fit 32 bits; a multiple of 16. */
const STEP_BYTES = 5552;

const zero: Code = vector.constant(new Array(16).fill(0));
/** What each of 16 bytes counts for in the second sum. */
const weights: Code = vector.constant(Array.from({ length: 16 }, (_, i) => 16 - i));

const addUp = (local: number): Code =>
  [1, 2, 3].reduce<Code>(
    (sum, lane) => add(sum, vector.lane(get(local), lane)),
    vector.lane(get(local), 0),
  );

const take16: Code = code(
  set(BYTES, vector.load(get(AT))),
  // Each byte counts once more for every byte behind it.
  set(BEFORE, vector.apply(VECTOR_OP.add32, get(BEFORE), get(SUMS))),
  set(
    SUMS,
    vector.apply(
      VECTOR_OP.add32,
      get(SUMS),
      vector.apply(VECTOR_OP.addPairs32, vector.apply(VECTOR_OP.addPairs16, get(BYTES))),
    ),
  ),
  ...[VECTOR_OP.multiplyLow, VECTOR_OP.multiplyHigh].map((multiplied) =>
    set(
      WEIGHTED,
      vector.apply(
        VECTOR_OP.add32,
        get(WEIGHTED),
        vector.apply(
          VECTOR_OP.addPairs32,
          vector.apply(multiplied, get(BYTES), weights),
        ),
      ),
    )
  ),
  increase(AT, 16),
);

/** Takes an address and a number of bytes; gives their sum. */
export const adler32: WasmFunction = {
  parameters: 2,
  result: true,
  i32Locals: 4,
  i64Locals: 0,
  vectorLocals: 4,
  code: code(
    set(A, 1),
    set(B, 0),
    whilst(
      above(get(LENGTH), 15),
      code(
        set(STEP, get(LENGTH)),
        when(above(get(STEP), STEP_BYTES), set(STEP, STEP_BYTES)),
        set(STEP, and(get(STEP), -16)),
        set(LENGTH, subtract(get(LENGTH), get(STEP))),
        ...[SUMS, BEFORE, WEIGHTED].map((local) => set(local, zero)),
        set(END, add(get(AT), get(STEP))),
        whilst(below(get(AT), get(END)), take16),
        increase(B, multiply(get(A), get(STEP))),
        increase(B, add(shiftLeft(addUp(BEFORE), 4), addUp(WEIGHTED))),
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
