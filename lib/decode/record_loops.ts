/**
 * The loops over mixed records, in WebAssembly: one finds records, one copies those of a kind.
 *
 * @module
 */
import { BATCH_RECORDS } from "./record_batch.ts";
import { type WasmFunction, wasmModule, wholePages } from "./wasm_code.ts";
import {
  above,
  add,
  and,
  below,
  branchIf,
  code,
  equal,
  get,
  increase,
  less,
  load32,
  repeatWhile,
  set,
  shiftLeft,
  store32,
  subtract,
  vector,
  when,
  whilst,
} from "./wasm_expressions.ts";

/** Ids below this are known to the loops. */
export const LOOP_IDS = 256;
/** Bytes of the stretch of data in which records are found. */
export const WINDOW_BYTES = 256 * 1024;
/** Bytes that copied records may have together. */
export const COPIED_BYTES = 256 * 1024;
/** Bytes that the loops touch behind what they are asked for. */
const SLACK_BYTES = 64;

/** Places in the memory of the loops. */
export const RECORD_PLACE = {
  /** Second results of the functions. */
  result: 0,
  /** For each id the kind of its records, negative where it has none. */
  kindOf: 64,
  /** For each id the bytes of its records, negative where they tell their own length. */
  bytesOf: 64 + 4 * LOOP_IDS,
  kinds: 64 + 8 * LOOP_IDS,
  places: 64 + 8 * LOOP_IDS + 4 * BATCH_RECORDS,
  lengths: 64 + 8 * LOOP_IDS + 8 * BATCH_RECORDS,
  window: 64 + 8 * LOOP_IDS + 12 * BATCH_RECORDS,
  copied: 64 + 8 * LOOP_IDS + 12 * BATCH_RECORDS + WINDOW_BYTES + SLACK_BYTES,
} as const;

/** Bytes of the memory. */
export const RECORD_MEMORY_BYTES: number = wholePages(
  RECORD_PLACE.copied + COPIED_BYTES + SLACK_BYTES,
);

/** The functions of the module. */
export interface RecordLoops {
  /**
   * Finds the records from `at` in the window on that lie whole before `end`; their ids are the bits
   * of `mask` of what stands there, in `idBytes` bytes. Gives their number, and leaves the place
   * behind them as second result. Stops before an id that is not in the tables.
   */
  scan(at: number, end: number, idBytes: number, mask: number): number;
  /**
   * Copies records of a kind, one behind the other, to `target` as long as there is room before `end`:
   * of each the last `stride` bytes, or all of it where that is 0. Starts with record `first` of
   * `count`; gives the number of the record it stopped at, and leaves where the copies end as second
   * result.
   */
  copy(
    ...parameters: [
      first: number,
      count: number,
      kind: number,
      stride: number,
      target: number,
      end: number,
    ]
  ): number;
}

const entry = (place: number, index: number) => load32(shiftLeft(get(index), 2), place);

function scanFunction(): WasmFunction {
  const [AT, END, ID_BYTES, MASK, COUNT, BODY, ID, KIND, LENGTH, LAST, BEFORE] = [
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  ];
  const put = (place: number, local: number) =>
    store32(shiftLeft(get(COUNT), 2), get(local), place);
  return {
    name: "scan",
    parameters: 4,
    result: true,
    i32Locals: 7,
    i64Locals: 0,
    code: code(
      whilst(
        and(below(get(AT), get(END)), below(get(COUNT), BATCH_RECORDS)),
        code(
          set(BODY, add(get(AT), get(ID_BYTES))),
          branchIf(1, above(get(BODY), get(END))),
          set(ID, and(load32(get(AT), RECORD_PLACE.window), get(MASK))),
          branchIf(1, above(get(ID), LOOP_IDS - 1)),
          set(KIND, entry(RECORD_PLACE.kindOf, ID)),
          branchIf(1, less(get(KIND), 0)),
          set(LENGTH, entry(RECORD_PLACE.bytesOf, ID)),
          when(
            less(get(LENGTH), 0),
            code(
              branchIf(2, above(add(get(BODY), 4), get(END))),
              set(LENGTH, load32(get(BODY), RECORD_PLACE.window)),
              branchIf(2, above(get(LENGTH), get(END))),
              increase(LENGTH, 4),
            ),
          ),
          branchIf(1, above(get(LENGTH), subtract(get(END), get(BODY)))),
          put(RECORD_PLACE.kinds, KIND),
          put(RECORD_PLACE.places, BODY),
          put(RECORD_PLACE.lengths, LENGTH),
          increase(COUNT, 1),
          // Lengths recur, and a processor that foresees it need not wait for each to know the next record.
          when(
            equal(get(LENGTH), get(BEFORE)),
            set(AT, add(get(BODY), get(BEFORE))),
            set(AT, add(get(BODY), get(LENGTH))),
          ),
          set(BEFORE, get(LAST)),
          set(LAST, get(LENGTH)),
        ),
      ),
      store32(0, get(AT), RECORD_PLACE.result),
      get(COUNT),
    ),
  };
}

function copyFunction(): WasmFunction {
  const [NEXT, COUNT, KIND, STRIDE, TARGET, END, LENGTH, BYTES, SOURCE, STOP] = [
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  ];
  return {
    name: "copy",
    parameters: 6,
    result: true,
    i32Locals: 4,
    i64Locals: 0,
    code: code(
      whilst(
        below(get(NEXT), get(COUNT)),
        code(
          when(
            equal(entry(RECORD_PLACE.kinds, NEXT), get(KIND)),
            code(
              set(LENGTH, entry(RECORD_PLACE.lengths, NEXT)),
              set(BYTES, get(STRIDE)),
              when(equal(get(BYTES), 0), set(BYTES, get(LENGTH))),
              branchIf(2, above(get(BYTES), subtract(get(END), get(TARGET)))),
              set(
                SOURCE,
                subtract(add(entry(RECORD_PLACE.places, NEXT), get(LENGTH)), get(BYTES)),
              ),
              set(STOP, add(get(TARGET), get(BYTES))),
              repeatWhile(
                code(
                  vector.store(get(TARGET), vector.load(get(SOURCE), RECORD_PLACE.window)),
                  increase(TARGET, 16),
                  increase(SOURCE, 16),
                ),
                below(get(TARGET), get(STOP)),
              ),
              set(TARGET, get(STOP)),
            ),
          ),
          increase(NEXT, 1),
        ),
      ),
      store32(0, get(TARGET), RECORD_PLACE.result),
      get(NEXT),
    ),
  };
}

/** The module with the two loops. */
export function recordModule(): Uint8Array<ArrayBuffer> {
  return wasmModule([scanFunction(), copyFunction()], { bytes: RECORD_MEMORY_BYTES });
}
