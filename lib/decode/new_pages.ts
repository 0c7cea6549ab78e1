/**
 * Pages of new memory, brought by other threads. The first write to each page of a new array costs more
 * than all values in it, see "What was tried for speed" in ARCHITECTURE.md.
 *
 * @module
 */
import type { MemoryHelper } from "../source/file_source.ts";
import type { NumberArray } from "./number_kernels.ts";

/** Fewer bytes are written before other threads have begun. */
const WORTHWHILE_BYTES = 16 * 1024 * 1024;
/** Shorter arrays are so many that a thread for each costs more than their pages. */
const LEAST_LENGTH = 64 * 1024;
const MOST_BYTES_OF_NUMBER = 8;
/** The part of what is left that is written while other threads bring the pages of the rest. */
const OWN_SHARE = 0.15;
/** Where memory was not new, it is looked at again after so many bytes: asking takes 20 µs. */
const LOOK_BYTES = 8 * 1024 * 1024;
/** Most threads of the runtime: each brings the pages of one array. */
const MOST_THREADS = 32;

/** Whether so many arrays, of that length, can be worth any care for their memory. */
export function isLarge(arrays: number, length: number): boolean {
  return length >= LEAST_LENGTH && arrays * length * MOST_BYTES_OF_NUMBER >= WORTHWHILE_BYTES;
}

/**
 * Watches arrays being filled from front to back, all at the same pace, and has pages brought to their
 * ends where the memory turns out to be new. Memory that was used costs little, and is left alone.
 */
export class NewPages {
  readonly #helper: MemoryHelper;
  readonly #length: number;
  readonly #find: () => readonly NumberArray[];
  #arrays: readonly NumberArray[] = [];
  #width = 0;
  #watching = true;
  /** Where the arrays were filled to, and how much memory there was, when it was looked at last. */
  #seenAt = 0;
  #resident = 0;
  /** Where it is to be looked at next. */
  #nextAt = 1;
  /** Until this is settled, nothing may be written behind `#until`. */
  #zeroing: Promise<unknown> | undefined;
  #until = 0;

  /**
   * `find` gives those of the arrays that have `length` numbers each, once the first numbers are in
   * them.
   */
  constructor(helper: MemoryHelper, length: number, find: () => readonly NumberArray[]) {
    this.#helper = helper;
    this.#length = length;
    this.#find = find;
  }

  /** To be asked before numbers `[at, at + count)` are written; these must wait where there is a promise. */
  before(at: number, count: number): Promise<unknown> | undefined {
    if (this.#watching && at >= this.#nextAt) this.#look(at, count);
    return this.#zeroing && at + count > this.#until ? this.settled() : undefined;
  }

  /** Waits for what other threads still write; no more is begun. */
  settled(): Promise<unknown> | undefined {
    const zeroing = this.#zeroing;
    this.#watching = false;
    this.#zeroing = undefined;
    return zeroing;
  }

  #look(at: number, count: number): void {
    const isFirst = this.#seenAt === 0;
    if (isFirst) {
      this.#arrays = this.#find();
      this.#width = this.#arrays.reduce((sum, { BYTES_PER_ELEMENT }) => sum + BYTES_PER_ELEMENT, 0);
    }
    const resident = this.#helper.residentBytes();
    const grown = resident - this.#resident;
    const written = (at - this.#seenAt) * this.#width;
    this.#resident = resident;
    this.#seenAt = at;
    this.#watching = (this.#length - at) * this.#width >= WORTHWHILE_BYTES;
    if (!this.#watching) return;
    // The first numbers come with other memory that is new.
    if (isFirst) this.#nextAt = at + 1;
    else if (grown > written / 2) this.#bring(at, count);
    else this.#nextAt = at + Math.ceil(LOOK_BYTES / this.#width);
  }

  #bring(at: number, count: number): void {
    this.#watching = false;
    this.#until = at + Math.max(count, Math.ceil((this.#length - at) * OWN_SHARE));
    this.#zeroing = Promise.all(
      this.#arrays.slice(0, MOST_THREADS).map(({ buffer, byteOffset, BYTES_PER_ELEMENT }) => {
        const start = byteOffset + this.#until * BYTES_PER_ELEMENT;
        const end = byteOffset + this.#length * BYTES_PER_ELEMENT;
        return this.#helper.zero(new Uint8Array(buffer, start, end - start));
      }),
    );
  }
}
