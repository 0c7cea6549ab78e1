/**
 * Memory, processor time and collections of an operation, in a process that does nothing else.
 *
 * @module
 */
import { join } from "node:path";
import type { TestFile } from "../../scripts/generate/test_files.ts";
import type { BenchFile } from "../bench_file.ts";
import type { MemoryMethod } from "./process_memory.ts";

/** What one run of an operation takes. */
export interface Resources {
  /** Most resident memory of the process during the run. */
  peakBytes: number;
  /** Resident memory before the run, after a collection: the runtime, the program, what was set up. */
  idleBytes: number;
  /** How `peakBytes` was found. */
  method: MemoryMethod;
  /** Milliseconds of processor time, of all threads. */
  cpuMs: number;
  /** Collections of garbage, young and full ones. */
  collections: number;
}

/** What the process is asked to do. */
export interface ResourceJob {
  operation: string;
  size: string;
  file: TestFile;
  scratch: string;
  /** Name or URL of the suite that has the operation. */
  suite?: string;
}

/** What it prints on standard error, where the runtime's account of collections is not. */
export type ResourceAnswer = Omit<Resources, "collections">;

/** A process that measures an operation failed. */
export class ResourceError extends Error {
  override name = "ResourceError";
}

const CHILD = join(import.meta.dirname!, "..", "resource_child.ts");
/** What the child's own collections, before and after the run, are marked with. */
const FORCED = "testing";

/**
 * Runs an operation once, after a run to warm up, in a process of its own.
 *
 * @throws {ResourceError} If the process fails.
 */
export async function measureResources(
  operation: string,
  { label, file, scratch }: BenchFile,
  suite?: string,
): Promise<Resources> {
  const job: ResourceJob = { operation, size: label, file, scratch, suite };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-all"],
      ...["--v8-flags=--expose-gc,--trace-gc", CHILD, JSON.stringify(job)],
    ],
    // Freed arrays go back to the system at once, instead of waiting in the process for the next ones.
    env: { MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_TRIM_THRESHOLD_: "65536" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const answer = decoder.decode(stderr).trim();
  if (!success) {
    throw new ResourceError(`"${operation}", ${label}: its own process failed: ${answer}`);
  }
  const { peakBytes, idleBytes, method, cpuMs }: ResourceAnswer = JSON.parse(
    answer.split("\n").at(-1)!,
  );
  const collections = countCollections(decoder.decode(stdout));
  return { peakBytes, idleBytes, method, cpuMs, collections };
}

/** Collections between the last two that were forced, in what `--trace-gc` prints. */
export function countCollections(trace: string): number {
  const lines = trace.split("\n").filter((line) => / ms: .*(Scavenge|Mark-Compact)/.test(line));
  const end = lines.findLastIndex((line) => line.includes(FORCED));
  const start = lines.findLastIndex((line, i) => i < end && line.includes(FORCED));
  return start < 0 ? 0 : end - start - 1;
}
