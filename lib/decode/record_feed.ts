/**
 * Records of one channel group, a stretch at a time, in a buffer that is used again.
 *
 * @module
 */

/** A stretch of records that lie one after the other in memory. */
export interface RecordRun {
  /** The records' bytes; others after the next stretch was read. */
  bytes: Uint8Array;
  /** The same bytes. */
  view: DataView;
  /** Where the first record starts. */
  at: number;
  /** Bytes from one record to the next. */
  stride: number;
  /** Number of the first record in its group. */
  first: number;
  /** Number of records. */
  count: number;
  /** The records column by column, where they lie so; there are no `bytes` of them then. */
  columns: RecordColumns | undefined;
}

/** Records whose bytes lie column by column, until others are read. */
export interface RecordColumns {
  /** Memory in which bytes of the records are put together. */
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /**
   * Puts the `width` bytes from `offset` on of every record one behind the other, each in turned order
   * where `reversed`. Gives where they start; they stay there until others are put together.
   */
  gather(offset: number, width: number, reversed: boolean): number;
}

/** Gives the records of one channel group, a stretch at a time. */
export interface RecordFeed {
  /** The stretch that `fill` read last. */
  readonly run: RecordRun;
  /** Most records that one stretch holds. */
  readonly capacity: number;
  /** Whether the records lie as they are in a source that answers at once, with no work for other threads. */
  readonly asTheyAre?: boolean;
  /** How many of `count` records, from `first` on, to bring at once, where not all of them are best. */
  together?(first: number, count: number): number;
  /** Brings records `[first, first + count)` into `run`; a promise only where it has to wait. */
  fill(first: number, count: number): void | Promise<void>;
  /**
   * Says that the records `[first, end)` will be read in order, so that they may be made ready; and with
   * `whole` that none is used before all are there.
   */
  expect?(first: number, end: number, whole: boolean): void;
}

/** Makes the buffer of a feed. */
export type BufferMaker = (bytes: number) => Uint8Array;

/** A buffer that one feed after the other fills: a new one for each costs more than a few records. */
export class SharedBuffer {
  #bytes: Uint8Array | undefined;

  /** So many bytes, until the next ones are taken. */
  take(length: number): Uint8Array {
    if (!this.#bytes || this.#bytes.length < length) this.#bytes = offPageBuffer(length);
    return this.#bytes.length === length ? this.#bytes : this.#bytes.subarray(0, length);
  }
}

/** A stretch with room for `capacity` records. */
export function makeRun(
  capacity: number,
  stride: number,
  makeBuffer: BufferMaker = offPageBuffer,
): RecordRun {
  const bytes = makeBuffer(capacity * stride);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, at: 0, stride, first: 0, count: 0, columns: undefined };
}

/**
 * A buffer further behind the start of a memory page than large ones, which start 16 bytes behind it:
 * common processors copy at a third of their speed where bytes come to lie up to 31 bytes further in
 * their page than they do in that of the file.
 */
export function offPageBuffer(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length + 64), 64, length);
}
