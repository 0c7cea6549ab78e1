/**
 * Whether a process grows when files are opened, read and closed again and again.
 *
 * @module
 */
import process from "node:process";
import { blobSource, bytesSource, fileSource, Mdf, type MdfInput } from "../mod.ts";
import { residentMemory } from "./harness/process_memory.ts";
import { serveFile } from "./suites/local_server.ts";

/** Kinds of sources that are checked. */
export const LEAK_SOURCES = ["file", "http", "blob", "memory"] as const;
/** Kind of a source. */
export type LeakSource = (typeof LEAK_SOURCES)[number];

/** How long to go on. */
export interface LeakOptions {
  /** Cycles of opening, reading and closing. */
  cycles: number;
  /** Cycles until memory is taken to be what the work needs. */
  settled: number;
  onProgress?: (done: number) => void;
}

/** Memory at one time, after collections. */
export interface LiveMemory {
  /** What is still referred to: objects, and the buffers that they hold outside of the heap. */
  liveBytes: number;
  /** What the system counts, with the room that the runtime keeps for what is to come. */
  residentBytes: number;
}

/** Memory of the process over the cycles. */
export interface LeakResult {
  source: LeakSource;
  cycles: number;
  /** After the first cycles. */
  settled: LiveMemory;
  /** After all of them. */
  end: LiveMemory;
  /** How much more is live at the end: 0.05 is 5 %. Below 0 when it is less. */
  growth: number;
}

/**
 * By what part live memory may grow. Resident memory is told and not judged: the runtime lets its heap
 * grow by what a program allocates, however little of it stays.
 */
export const MOST_GROWTH = 0.05;

/**
 * Opens a file, reads two of its channels and closes it, over and over.
 *
 * @throws {RangeError} If there are no cycles after those that settle memory.
 */
export async function checkLeak(
  source: LeakSource,
  path: string,
  channels: readonly string[],
  { cycles, settled, onProgress }: LeakOptions,
): Promise<LeakResult> {
  if (!(settled >= 1 && cycles > settled)) {
    throw new RangeError(`${cycles} cycles leave none after the first ${settled}`);
  }
  const { input, close } = await openSource(source, path);
  try {
    let before: LiveMemory | undefined;
    for (let cycle = 0; cycle < cycles; cycle++) {
      if (cycle === settled) before = await quietMemory();
      await using mdf = await Mdf.open(input());
      for (const { values } of await mdf.readAll([...channels])) {
        if (values.length === 0) throw new RangeError(`${path} has no records to read`);
      }
      onProgress?.((cycle + 1) / cycles);
    }
    const end = await quietMemory();
    const growth = end.liveBytes / before!.liveBytes - 1;
    return { source, cycles, settled: before!, end, growth };
  } finally {
    await close();
  }
}

async function openSource(
  source: LeakSource,
  path: string,
): Promise<{ input: () => MdfInput; close: () => Promise<void> }> {
  const close = () => Promise.resolve();
  if (source === "file") return { input: () => fileSource(path), close };
  const bytes = await Deno.readFile(path);
  switch (source) {
    case "http": {
      const server = serveFile(bytes);
      return { input: () => server.url, close: () => server.close() };
    }
    case "blob": {
      const blob = new Blob([bytes]);
      return { input: () => blobSource(blob), close };
    }
    default:
      return { input: () => bytesSource(bytes), close };
  }
}

/** Memory once everything that can be collected is: finalizers run between two collections. */
async function quietMemory(): Promise<LiveMemory> {
  const { gc } = globalThis as { gc?: () => void };
  for (let i = 0; i < 3; i++) {
    gc?.();
    await new Promise((done) => setTimeout(done, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return { liveBytes: heapUsed + external, residentBytes: residentMemory() };
}
