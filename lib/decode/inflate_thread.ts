/**
 * What a thread does that unpacks compressed data in slots of one memory: two blocks in turns, which
 * takes hardly longer than one. The function here runs on the calling thread as well as, by its text,
 * in workers; so it uses nothing but its argument.
 *
 * @module
 */

import { PLACE, STATE } from "./inflate_scratch.ts";
import type { InflateFunctions } from "./wasm_inflater.ts";

/** What one thread works with. */
export interface InflateThread extends InflateFunctions {
  /** The memory, as words. */
  readonly words: Int32Array;
  /** Slots in the memory. */
  readonly slots: number;
  /** Words from one slot's description to the next. */
  readonly slotWords: number;
  /** What is being unpacked, in turns. */
  readonly strands: readonly [InflateStrand, InflateStrand];
}

/** One of the two blocks that a thread unpacks. */
export interface InflateStrand {
  /** Address of memory that only this strand uses. */
  readonly scratch: number;
  /** The word there that says where its next byte goes. */
  readonly output: number;
  /** The slot that the block is in; -1 where there is none. */
  slot: number;
  /** Where the words of its job stand, and where those of the slot's jobs end. */
  job: number;
  end: number;
  /** One of `ADVANCED`. */
  advanced: number;
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

/** Where the words of a slot's description stand; `made` is the address that its bytes reach up to. */
export const SLOT_WORD = { state: 0, turn: 1, jobs: 2, made: 3, first: 4 } as const;

/** Words of a job: where it reads, how many bytes, where to, how many. */
export const JOB_WORDS = 4;

/** A thread's two strands, with their scratch memory. */
export function idleStrands(scratch: readonly [number, number]): InflateThread["strands"] {
  const makeIdle = (scratch: number): InflateStrand => ({
    ...{ scratch, output: (scratch + PLACE.state + STATE.output) / 4 },
    ...{ slot: -1, job: 0, end: 0, advanced: 0 },
  });
  return [makeIdle(scratch[0]), makeIdle(scratch[1])];
}

/**
 * Works on queued slots, those first whose turn is first, until one of them is finished, or the slot that
 * is waited for, by whomever, or its bytes reach up to the address `until`; gives its number, or -1 where
 * nothing is left to do. What else was begun goes on with the next call.
 */
export function unpackNext(thread: InflateThread, awaited = -1, until = Infinity): number {
  const { words, slots, slotWords, strands } = thread;
  const [first, second] = strands;
  const isThere = () => {
    const at = awaited * slotWords;
    return awaited >= 0 && (Atomics.load(words, at) > 3 || Atomics.load(words, at + 3) >= until);
  };
  const takeQueued = () => {
    for (;;) {
      let next = -1;
      for (let slot = 0; slot < slots; slot++) {
        const at = slot * slotWords;
        if (Atomics.load(words, at) !== 2) continue;
        if (next < 0 || words[at + 1] < words[next * slotWords + 1]) next = slot;
      }
      // Another thread may have been faster.
      if (next < 0 || Atomics.compareExchange(words, next * slotWords, 2, 3) === 2) return next;
    }
  };
  const begin = ({ scratch, job }: InflateStrand) =>
    thread.begin(scratch, words[job], words[job + 1], words[job + 2], words[job + 3]);
  const finish = (strand: InflateStrand, state: number) => {
    const { slot } = strand;
    strand.slot = -1;
    Atomics.store(words, slot * slotWords, state);
    return slot;
  };
  if (isThere()) return awaited;
  for (;;) {
    for (const strand of strands) {
      if (strand.slot < 0) {
        strand.slot = takeQueued();
        if (strand.slot < 0) continue;
        const at = strand.slot * slotWords;
        strand.job = at + 4;
        strand.end = strand.job + 4 * words[at + 2];
        begin(strand);
      }
      try {
        while ((strand.advanced = thread.advance(strand.scratch)) < 2) {
          strand.job += 4;
          if (strand.advanced === 1) return finish(strand, 5);
          if (strand.job === strand.end) return finish(strand, 4);
          begin(strand);
        }
      } catch {
        return finish(strand, 5);
      }
      Atomics.store(words, strand.slot * slotWords + 3, words[strand.output]);
    }
    if (isThere()) return awaited;
    try {
      if (first.slot < 0 && second.slot < 0) return -1;
      if (second.slot < 0) thread.fastFirst();
      else if (first.slot < 0) thread.fastSecond();
      else {
        // The numbers of those kinds are odd.
        const matches = (first.advanced & second.advanced & 1) === 1;
        const fixed = first.advanced > 3 && second.advanced > 3;
        if (matches) fixed ? thread.fastBothFixedMatches() : thread.fastBothMatches();
        else fixed ? thread.fastBothFixed() : thread.fastBoth();
      }
    } catch {
      // Either may be the cause; blocks that are refused are unpacked again in another way.
      for (const strand of strands) if (strand.slot >= 0) return finish(strand, 5);
    }
  }
}

/** The program of a worker. It tells the number of every slot that it has finished. */
export const WORKER_PROGRAM = `
const unpackNext = ${unpackNext};
let thread;
self.onmessage = ({ data }) => {
  if (data) {
    const { module, memory } = data;
    const { exports } = new WebAssembly.Instance(module, { host: { memory } });
    thread = { ...data.thread, ...exports, words: new Int32Array(memory.buffer) };
  }
  for (let slot; (slot = unpackNext(thread)) >= 0;) self.postMessage(slot);
};
`;
