/**
 * Threads that unpack compressed data, and the memory for it, between one reader and the next.
 *
 * @module
 */
import type { InflateThread } from "./inflate_thread.ts";
import type { InflateMemory } from "./inflate_memory.ts";

/** Memory in which data was unpacked; nobody uses it. */
export interface LeftMemory {
  readonly memory: InflateMemory;
  /** What the reading thread works with. */
  readonly thread: InflateThread;
}

/** Threads with the memory that they share. */
export interface LeftThreads extends LeftMemory {
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

/** The first touch of new memory costs as much as a fifth of unpacking; the collector may have it. */
let leftMemory: WeakRef<LeftMemory> | undefined;

/** Keeps memory that no other thread shares until it is collected. */
export function leaveMemory(memory: LeftMemory): void {
  leftMemory = new WeakRef(memory);
}

/** The memory that was left, if it is still there and will do. */
export function takeMemory(willDo: (left: LeftMemory) => boolean): LeftMemory | undefined {
  const taken = leftMemory?.deref();
  if (!taken || !willDo(taken)) return undefined;
  leftMemory = undefined;
  return taken;
}

function end(): void {
  clearTimeout(timer);
  const ended = left;
  left = undefined;
  for (const worker of ended?.workers ?? []) worker.terminate();
}
