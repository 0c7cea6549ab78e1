/**
 * What a thread does that unpacks compressed data in shared memory. The function here runs on the
 * calling thread as well as, by its text, in workers; so it uses nothing but its argument.
 *
 * @module
 */

import type { InflateFunctions } from "./wasm_inflater.ts";

/** What one thread works with. */
export interface InflateThread extends InflateFunctions {
  /** The shared memory, as words. */
  readonly words: Int32Array;
  /** The shared memory, as bytes. */
  readonly bytes: Uint8Array;
  /** Slots in the memory. */
  readonly slots: number;
  /** Words from one slot's description to the next. */
  readonly slotWords: number;
  /** Address of memory that only this thread uses. */
  readonly scratch: number;
}

/** What the first word of a slot's description says. */
export const SLOT_STATE = {
  empty: 0,
  loading: 1,
  queued: 2,
  taken: 3,
  done: 4,
  failed: 5,
} as const;

/** Where the words of a slot's description stand. */
export const SLOT_WORD = { state: 0, turn: 1, jobs: 2, first: 3 } as const;

/** Words of a job: where it reads, how many bytes, where to, how many, room beside it, columns. */
export const JOB_WORDS = 6;

/**
 * Does the work of the queued slot whose turn is first; gives its number, or -1 where nothing is
 * queued.
 */
export function unpackNext(thread: InflateThread): number {
  const { words, bytes, slots, slotWords, scratch } = thread;
  for (;;) {
    let next = -1;
    for (let slot = 0; slot < slots; slot++) {
      const at = slot * slotWords;
      if (Atomics.load(words, at) !== 2) continue;
      if (next < 0 || words[at + 1] < words[next * slotWords + 1]) next = slot;
    }
    if (next < 0) return -1;
    const at = next * slotWords;
    // Another thread may have been faster.
    if (Atomics.compareExchange(words, at, 2, 3) !== 2) continue;
    let state = 4;
    try {
      for (let job = at + 3, end = job + 6 * words[at + 2]; job < end; job += 6) {
        const [to, length, beside, columns] = words.subarray(job + 2, job + 6);
        const plain = columns > 0 ? beside : to;
        if (thread.inflate(words[job], words[job + 1], plain, length, scratch) !== 0) {
          state = 5;
          break;
        }
        if (columns === 0) continue;
        const rows = Math.floor(length / columns);
        thread.untranspose(plain, to, rows, columns);
        bytes.copyWithin(to + rows * columns, plain + rows * columns, plain + length);
      }
    } catch {
      state = 5;
    }
    Atomics.store(words, at, state);
    return next;
  }
}

/** The program of a worker. It tells the number of every slot that it has finished. */
export const WORKER_PROGRAM = `
const unpackNext = ${unpackNext};
let thread;
self.onmessage = ({ data }) => {
  if (data) {
    const { memory } = data;
    const { inflate, untranspose } =
      new WebAssembly.Instance(data.module, { host: { memory } }).exports;
    const views = { words: new Int32Array(memory.buffer), bytes: new Uint8Array(memory.buffer) };
    thread = { ...data.thread, ...views, inflate, untranspose };
  }
  for (let slot; (slot = unpackNext(thread)) >= 0;) self.postMessage(slot);
};
`;
