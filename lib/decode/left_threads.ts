/**
 * Threads that unpack compressed data, between one reader and the next.
 *
 * @module
 */
import type { InflateThread } from "./inflate_thread.ts";
import type { InflateMemory } from "./inflate_memory.ts";

/** Threads with the memory that they share; nobody uses any of it. */
export interface LeftThreads {
  readonly memory: InflateMemory;
  /** What the reading thread works with. */
  readonly thread: InflateThread;
  readonly workers: readonly Worker[];
}

/** Threads keep a process alive, so that they are not kept for long. */
const KEPT_MS = 50;

let left: LeftThreads | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Keeps threads for a moment, in place of those that were left before. */
export function leaveThreads(threads: LeftThreads): void {
  end();
  left = threads;
  for (const worker of threads.workers) {
    worker.onmessage = null;
    worker.onerror = (event) => {
      event.preventDefault();
      if (left === threads) end();
    };
  }
  timer = setTimeout(end, KEPT_MS);
}

/** The threads that were left, if they will do. */
export function takeThreads(willDo: (left: LeftThreads) => boolean): LeftThreads | undefined {
  if (!left || !willDo(left)) return undefined;
  const taken = left;
  clearTimeout(timer);
  left = undefined;
  return taken;
}

function end(): void {
  clearTimeout(timer);
  const ended = left;
  left = undefined;
  for (const worker of ended?.workers ?? []) worker.terminate();
}
