/**
 * Data blocks of a distant file that lie near each other, fetched together.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import type { Fragment } from "../structure/measurement.ts";

/** Most bytes that are fetched together, and then kept. */
const MOST_BYTES = 4 * 1024 * 1024;
/** What lies between two blocks is fetched with them up to so many bytes. */
const MOST_BETWEEN = 1024;

/** Reads from the blocks of one chain; keeps what it fetched last. */
export class NearBlocks {
  readonly #source: SourceReader;
  readonly #fragments: readonly Fragment[];
  readonly #signal?: AbortSignal;
  #start = 0;
  #bytes = new Uint8Array(0);

  /** Nothing is fetched yet. */
  constructor(source: SourceReader, fragments: readonly Fragment[], signal?: AbortSignal) {
    this.#source = source;
    this.#fragments = fragments;
    this.#signal = signal;
  }

  /**
   * Fills `target` with the bytes of the file from `offset` on, which are of the block `index`. The
   * blocks up to `last` will be needed next, the last one up to `lastEnd` in the file.
   */
  readInto(
    offset: number,
    target: Uint8Array,
    index: number,
    last: number,
    lastEnd: number,
  ): void | Promise<void> {
    if (this.#copy(offset, target)) return;
    const end = this.#endOf(offset + target.length, offset, index, last, lastEnd);
    if (end === offset + target.length) {
      return this.#source.readInto(offset, target, this.#signal);
    }
    return this.#fetch(offset, end, target);
  }

  async #fetch(offset: number, end: number, target: Uint8Array): Promise<void> {
    const bytes = new Uint8Array(end - offset);
    await this.#source.readInto(offset, bytes, this.#signal);
    this.#start = offset;
    this.#bytes = bytes;
    this.#copy(offset, target);
  }

  #copy(offset: number, target: Uint8Array): boolean {
    const at = offset - this.#start;
    if (at < 0 || at + target.length > this.#bytes.length) return false;
    target.set(this.#bytes.subarray(at, at + target.length));
    return true;
  }

  /** Where in the file the blocks end that are worth fetching with the one that is needed. */
  #endOf(end: number, start: number, index: number, last: number, lastEnd: number): number {
    for (let i = index + 1; i <= last; i++) {
      const { offset, stored, length } = this.#fragments[i];
      // Zeros that are in no block.
      if (offset < 0) continue;
      const next = i === last ? lastEnd : offset + (stored ?? length);
      const isNear = offset >= end && offset - end <= MOST_BETWEEN;
      if (!isNear || next - start > MOST_BYTES || next > this.#source.size) break;
      end = next;
    }
    return end;
  }
}
