/**
 * Values taken out of transposed data channel by channel, with no records made in between.
 *
 * @module
 */
import { type Kernel, type NumberArray, sharedDecoder } from "./number_kernels.ts";
import type { RecordColumns, RecordRun } from "./record_feed.ts";
import type { NumberTarget } from "./wasm_columns.ts";

/** Fewer records of a stretch are not worth going from column to column. */
export const LEAST_COLUMN_RECORDS = 256;
/**
 * Numbers that are not wanted as they are, such as scaled ones, are made by vectors where there are
 * records. One that is made alone costs as much as so many bytes of each record that need not be put back.
 */
const SCALED_BYTES = 10;

/** Bytes of a record. */
export interface ByteSpan {
  /** The first, counted from the start of the record with its id. */
  readonly byteOffset: number;
  readonly byteCount: number;
}

/** What is looked at where the number of a record says all. */
export const NO_BYTES: ByteSpan = { byteOffset: 0, byteCount: 0 };

/** What takes something out of records. */
export interface Taker {
  /** All that it looks at in a record; absent where that is not one run of bytes. */
  readonly span?: ByteSpan;
  /** What other loops need to fill its array; `take` then does the rest. */
  readonly target?: NumberTarget;
  /** Takes the values of a stretch and puts them at `at`. */
  take(run: RecordRun, at: number): void;
}

/** Numbers that are wanted as they are in the file, but for the order of their bytes. */
interface Plain {
  readonly span: ByteSpan;
  readonly bigEndian: boolean;
  /** The array they are for, and its bytes. */
  readonly values: NumberArray;
  readonly bytes: Uint8Array;
  /** Takes them out of records. */
  readonly kernel: Kernel;
}

/** What something else is made of. */
interface Other {
  readonly span: ByteSpan;
  readonly taker: Taker;
}

/** Has all that is read of a group taken, from records that lie column by column or one after the other. */
export class TransposedColumns {
  readonly #run: RecordRun;
  readonly #plain: readonly Plain[];
  readonly #others: readonly Other[];
  /** One column of a stretch, as records that hold nothing else. */
  readonly #narrow: RecordRun;

  private constructor(run: RecordRun, plain: readonly Plain[], others: readonly Other[]) {
    this.#run = run;
    this.#plain = plain;
    this.#others = others;
    this.#narrow = { ...run };
  }

  /** Whether these takers can go without records of `stride` bytes, and gain by it. */
  static suits(takers: readonly Taker[], stride: number): boolean {
    let scaled = 0;
    for (const { span, target } of takers) {
      if (!span) return false;
      if (target && !isPlain(target)) scaled++;
    }
    return scaled * SCALED_BYTES <= stride;
  }

  /**
   * For these takers, with room for `capacity` values each, whose records `run` brings. All of them have a
   * span.
   */
  static over(takers: readonly Taker[], run: RecordRun, capacity: number): TransposedColumns {
    const plain: Plain[] = [];
    const others: Other[] = [];
    for (const taker of takers) {
      const { target } = taker;
      const span = taker.span!;
      if (!target || !isPlain(target)) {
        others.push({ span, taker });
        continue;
      }
      const { layout, Type } = target;
      const values = target.array ?? new Type(capacity);
      target.adopt(values);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const { own: kernel } = sharedDecoder(layout);
      plain.push({ span, bigEndian: layout.bigEndian, values, bytes, kernel });
    }
    return new TransposedColumns(run, plain, others);
  }

  /**
   * Takes `count` values out of the records of the run, which start at `at`, to `index` on. Where these
   * lie one after the other, it takes plain numbers only; who wants others has to take them then.
   */
  run(at: number, count: number, index: number): void {
    const { columns, view, stride } = this.#run;
    if (columns) return this.#takeFrom(columns, count, index);
    for (const { span, values, kernel } of this.#plain) {
      kernel(view, at + span.byteOffset, stride, count, values, index);
    }
  }

  #takeFrom(columns: RecordColumns, count: number, index: number): void {
    for (const { span: { byteOffset, byteCount }, bigEndian, bytes } of this.#plain) {
      const from = columns.gather(byteOffset, byteCount, bigEndian);
      bytes.set(columns.bytes.subarray(from, from + count * byteCount), index * byteCount);
    }
    const narrow = this.#narrow;
    narrow.bytes = columns.bytes;
    narrow.view = columns.view;
    narrow.first = this.#run.first;
    narrow.count = count;
    for (const { span: { byteOffset, byteCount }, taker } of this.#others) {
      // It looks for its bytes as far behind the start of a record as they were.
      narrow.at = columns.gather(byteOffset, byteCount, false) - byteOffset;
      narrow.stride = byteCount;
      taker.take(narrow, index);
    }
  }
}

function isPlain({ layout, linear, Type }: NumberTarget): boolean {
  const { bitOffset, bitCount } = layout;
  return !linear && bitOffset === 0 && bitCount === 8 * Type.BYTES_PER_ELEMENT;
}
