/**
 * The blocks met in an unfinalized file: where data ends whose length was never written is known only
 * from the blocks around it.
 *
 * @module
 */
import { OffsetSet } from "./offset_set.ts";

/** Offsets of blocks. */
export class MetBlocks {
  /** Whether all blocks that anything refers to have been met. */
  complete = false;
  readonly #known = new OffsetSet();
  readonly #offsets: number[] = [];
  #inOrder = new Float64Array(0);

  /** Notes a block. */
  add(offset: number): void {
    if (this.#known.add(offset)) this.#offsets.push(offset);
  }

  /** Offset of the first block behind `offset`. */
  after(offset: number): number | undefined {
    if (this.#inOrder.length !== this.#offsets.length) {
      this.#inOrder = Float64Array.from(this.#offsets).sort();
    }
    const offsets = this.#inOrder;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle] <= offset) low = middle + 1;
      else high = middle;
    }
    return low < offsets.length ? offsets[low] : undefined;
  }
}
