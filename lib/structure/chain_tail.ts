/**
 * Where the walk of a data chain ended. It is kept beside the chain, and not in the model.
 *
 * @module
 */
import type { DataChain } from "./measurement.ts";

/** Where a walk of a chain ended, so that another can go on from there once the file has grown. */
export interface ChainTail {
  /** The list that names the last block; 0 where there is no list. */
  list: number;
  /** Offset of the link to that list; 0 where it is the owner's. */
  way: number;
  /** Number of links of that list up to the last block. */
  used: number;
  /** Offset of the last block. */
  last: number;
  /** Stored bytes of the blocks before the last one. */
  storedBytes: number;
}

const tails = new WeakMap<DataChain, ChainTail & { start: number }>();

/** Where the walk of a chain ended that began at the block at `start`, as far as it is known. */
export function tailOf(chain: DataChain, start: number): ChainTail | undefined {
  const tail = tails.get(chain);
  return tail?.start === start ? tail : undefined;
}

/** Notes where the walk of a chain ended that began at the block at `start`. */
export function noteTail(chain: DataChain, start: number, tail: ChainTail | undefined): void {
  if (tail) tails.set(chain, { ...tail, start });
}
