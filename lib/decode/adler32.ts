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
  value,
  vector,
  when,
  whilst,
} from "./wasm_expressions.ts";

const [AT, LENGTH] = [0, 1];
const [A, B, STEP, END] = [2, 3, 4, 5];
/** In 32 bits: sums of the runs before, these for each run once more, and those within runs. */
const [SUMS, BEFORE, WITHIN] = [6, 7, 8];
/** In 16 bits, by the place of a byte among 16: of a run, these for each vector once more, of a step. */
const [RUN_SUMS, RUN_WITHIN, PLACE_SUMS] = [[9, 10], [11, 12], [13, 14]];

const PRIME = 65521;
const VECTOR_BYTES = 16;
/** Vectors whose sums, each counted once more for every vector behind it, fit 16 bits. */
const RUN = 16;
const RUN_BYTES = VECTOR_BYTES * RUN;
/** Sums of so many bytes by their place among 16 fit 16 bits. */
const STEP_BYTES = VECTOR_BYTES * 256;

const zero: Code = vector.constant(new Array(16).fill(0));

const addTo = (instruction: number, local: number, what: Code): Code =>
  set(local, vector.apply(instruction, get(local), what));

const addUp = (local: number): Code =>
  [1, 2, 3].reduce<Code>(
    (sum, lane) => add(sum, vector.lane(get(local), lane)),
    vector.lane(get(local), 0),
  );

/** One of the vectors of a run. */
const takeVector = (index: number): Code =>
  code(...[0, 1].flatMap((half) => [
    addTo(
      VECTOR_OP.add16,
      RUN_SUMS[half],
      vector.loadWide8(get(AT), VECTOR_BYTES * index + 8 * half),
    ),
    addTo(VECTOR_OP.add16, RUN_WITHIN[half], get(RUN_SUMS[half])),
  ]));

const takeRun: Code = code(
  // What came before the run counts once more for each of its bytes.
  addTo(VECTOR_OP.add32, BEFORE, get(SUMS)),
  ...[...RUN_SUMS, ...RUN_WITHIN].map((local) => set(local, zero)),
  ...Array.from({ length: RUN }, (_, k) => takeVector(k)),
  ...[0, 1].flatMap((half) => [
    addTo(VECTOR_OP.add16, PLACE_SUMS[half], get(RUN_SUMS[half])),
    addTo(VECTOR_OP.add32, SUMS, vector.apply(VECTOR_OP.addPairs32, get(RUN_SUMS[half]))),
    addTo(VECTOR_OP.add32, WITHIN, vector.apply(VECTOR_OP.addPairs32, get(RUN_WITHIN[half]))),
  ]),
  increase(AT, RUN_BYTES),
);

/** What {@link takeRun} counted too often: a byte at place `k` among 16 counts `k` times less. */
const overcounted: Code = Array.from({ length: VECTOR_BYTES }, (_, place) => place)
  .reduce<Code>(
    (sum, place) => {
      const ofPlace = vector.lane16(get(PLACE_SUMS[place >> 3]), place & 7);
      return add(sum, multiply(ofPlace, place));
    },
    value(0),
  );

/** Takes an address and a number of bytes; gives their sum. */
export const adler32: WasmFunction = {
  parameters: 2,
  result: true,
  i32Locals: 4,
  i64Locals: 0,
  vectorLocals: 9,
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
        ...[SUMS, BEFORE, WITHIN, ...PLACE_SUMS].map((local) => set(local, zero)),
        set(END, add(get(AT), get(STEP))),
        whilst(below(get(AT), get(END)), takeRun),
        increase(B, multiply(get(A), get(STEP))),
        increase(B, shiftLeft(addUp(BEFORE), Math.log2(RUN_BYTES))),
        increase(B, subtract(shiftLeft(addUp(WITHIN), Math.log2(VECTOR_BYTES)), overcounted)),
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
