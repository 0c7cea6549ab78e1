/**
 * The blocks met in an unfinalized file: where data ends whose length was never written is known only
 * from the blocks around it.
 *
 * @module
 */
import { OffsetSet } from "./offset_set.ts";

/** Offsets behind those in order that are gone through one by one. */
const MOST_UNSORTED = 64;

/** Offsets of blocks. */
export class MetBlocks {
  /** Whether all blocks that anything refers to have been met. */
  complete = false;
  readonly #known = new OffsetSet();
  readonly #offsets: number[] = [];
  /** The first of the offsets, in ascending order. */
  #inOrder = new Float64Array(0);

  /** Notes a block. */
  add(offset: number): void {
    if (this.#known.add(offset)) this.#offsets.push(offset);
  }

  /** Offset of the first block behind `offset`. */
  after(offset: number): number | undefined {
    const all = this.#offsets;
    // A file that grows adds a few blocks at a time, for which not all need to be sorted again.
    if (all.length > this.#inOrder.length + MOST_UNSORTED) {
      this.#inOrder = Float64Array.from(all).sort();
    }
    const offsets = this.#inOrder;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle] <= offset) low = middle + 1;
      else high = middle;
    }
    let next = low < offsets.length ? offsets[low] : Infinity;
    for (let i = offsets.length; i < all.length; i++) {
      if (all[i] > offset && all[i] < next) next = all[i];
    }
    return next === Infinity ? undefined : next;
  }
}
