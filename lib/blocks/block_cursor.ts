/**
 * One block where it lies in memory. Blocks that a file has by the ten thousands are read through a
 * cursor, which is moved from one to the next, and not as objects.
 *
 * @module
 */
import { HEADER_BYTES } from "./block_tables.ts";
import type { FieldTable } from "./field_layout.ts";
import type { FieldBits, TableLayout } from "./table_layout.ts";

const HEADER_WORDS = HEADER_BYTES / 4;

/** A view of one block. It holds until anything else is read from the file: take what is needed at once. */
export class BlockCursor {
  /** Where the block starts in the file. */
  offset = 0;
  /** Bytes of the block. */
  length = 0;
  /** Number of links. */
  linkCount = 0;
  /** The memory that holds the block, in words. */
  #words: Uint32Array = new Uint32Array(0);
  /** Words in front of the block. */
  #at = 0;
  /** Words in front of the fields. */
  #fieldsAt = 0;

  /**
   * Moves to the block of the file at `offset`, which starts `at` bytes behind the first of `words`.
   * False when anything about it is unusual: another type or byte order, more bytes than there are
   * words, a length that its links and fields do not fit in.
   */
  move<F extends FieldTable, L extends string>(
    words: Uint32Array,
    at: number,
    offset: number,
    layout: TableLayout<F, L>,
  ): boolean {
    const start = at >> 2;
    if (
      words[start] !== layout.mark || (at & 3) !== 0 || words[start + 3] !== 0 ||
      words[start + 5] !== 0
    ) return false;
    const length = words[start + 2];
    const linkCount = words[start + 4];
    if (
      at + length > 4 * words.length || HEADER_BYTES + 8 * linkCount + layout.bytes > length
    ) return false;
    this.offset = offset;
    this.length = length;
    this.linkCount = linkCount;
    this.#words = words;
    this.#at = start;
    this.#fieldsAt = start + HEADER_WORDS + 2 * linkCount;
    return true;
  }

  /** A field. */
  get({ word, shift, mask }: FieldBits): number {
    return ((this.#words[this.#fieldsAt + word] >>> shift) & mask) >>> 0;
  }

  /** Fills `target` with the first links; 0 where a link is empty or the block does not have it. */
  copyLinks(target: number[]): void {
    const words = this.#words;
    const { linkCount } = this;
    for (let i = 0, at = this.#at + HEADER_WORDS; i < target.length; i++, at += 2) {
      target[i] = i >= linkCount
        ? 0
        : words[at + 1] === 0
        ? words[at]
        : words[at + 1] * 4294967296 + words[at];
    }
  }

  /** The links from a place on. */
  linksFrom(place: number): number[] {
    const all = Array<number>(this.linkCount).fill(0);
    this.copyLinks(all);
    return all.slice(place);
  }
}

/** Little-endian bytes as words of the processor's byte order, from a multiple of four bytes on. */
export function wordsOf(view: DataView, at: number, bytes: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  const whole = bytes >> 2;
  for (let i = 0; i < whole; i++) words[i] = view.getUint32(at + 4 * i, true);
  for (let k = 4 * whole; k < bytes; k++) words[whole] |= view.getUint8(at + k) << (8 * (k % 4));
  return words;
}
