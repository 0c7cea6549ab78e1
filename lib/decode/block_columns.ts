/**
 * Bytes of single channels from a block of transposed data, without making its rows: those of a channel
 * lie together there.
 *
 * @module
 */
import { STAGE_BYTES } from "./inflate_memory.ts";
import type { TransposedBlock } from "./put_rows_back.ts";
import type { RecordColumns } from "./record_feed.ts";
import type { InflateFunctions } from "./wasm_inflater.ts";

/** Rows of a block whose columns are asked for one by one. */
export class BlockColumns implements RecordColumns {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly #functions: Pick<InflateFunctions, "untranspose">;
  readonly #stage: number;
  readonly #rowsOfBlock: number;
  /** Address of the first column's byte of the first row. */
  readonly #first: number;
  readonly #count: number;

  /** The `count` rows from `row` on of a block in `memory`; bytes are put together at the address `stage`. */
  constructor(
    functions: Pick<InflateFunctions, "untranspose">,
    memory: ArrayBuffer,
    stage: number,
    { from, length, columns }: TransposedBlock,
    row: number,
    count: number,
  ) {
    this.view = new DataView(memory);
    this.bytes = new Uint8Array(memory);
    this.#functions = functions;
    this.#stage = stage;
    this.#rowsOfBlock = Math.floor(length / columns);
    this.#first = from + row;
    this.#count = count;
  }

  gather(offset: number, width: number, reversed: boolean): number {
    const rows = this.#rowsOfBlock;
    if (width <= 1) return this.#first + offset * rows;
    if (width * this.#count > STAGE_BYTES) {
      throw new RangeError(`${this.#count} rows of ${width} bytes do not fit ${STAGE_BYTES}`);
    }
    // Backwards from the last column where the order of the bytes is to be turned.
    const [start, step] = reversed ? [offset + width - 1, -rows] : [offset, rows];
    const from = this.#first + start * rows;
    this.#functions.untranspose(from, this.#stage, this.#count, width, step);
    return this.#stage;
  }
}
