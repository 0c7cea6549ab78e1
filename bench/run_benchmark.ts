/**
 * Measures operations on files of several sizes.
 *
 * @module
 */
import type { Size } from "../scripts/generate/test_files.ts";
import { type BenchFile, type BenchFileOptions, openBenchFile, sizeLabel } from "./bench_file.ts";
import { measure } from "./harness/measure.ts";
import {
  type BenchResults,
  describeMachine,
  type FileResult,
  type OperationResult,
  operationResult,
} from "./harness/results.ts";
import type { Decoded, Operation, PreparedOperation } from "./operation.ts";
import { BARE_READ, STREAM_ALL } from "./operations.ts";
import { buildIndex } from "./performance_operations.ts";

/** What {@link runBenchmark} measures. */
export interface RunOptions extends Omit<BenchFileOptions, "onProgress"> {
  sizes: readonly Size[];
  operations: readonly Operation[];
  /** See `measure`. */
  iterations?: number;
  /** Told which part of what is done, 0 to 1. */
  onProgress?: (task: "make" | "measure", size: string, done: number) => void;
}

/**
 * Measures operations in turns, one size after the other. Files that are missing are made.
 *
 * @throws {WrongResultError} If an operation gives something else than it should.
 * @throws {RangeError} If `iterations` is below 1.
 */
export async function runBenchmark(options: RunOptions): Promise<BenchResults> {
  const started = new Date();
  const files: FileResult[] = [];
  const results: OperationResult[] = [];
  for (const size of options.sizes) {
    const label = sizeLabel(size);
    const { sizes: _, operations, iterations, onProgress, ...rest } = options;
    const file = await openBenchFile(size, {
      ...rest,
      onProgress: ({ done }) => onProgress?.("make", label, done),
    });
    const measured = await measureFile(file, operations, {
      iterations,
      signal: options.signal,
      onProgress: (done) => onProgress?.("measure", label, done),
    });
    results.push(...measured);
    files.push(await describeFile(file, measured));
  }
  return {
    format: "mf4-bench",
    schema: 1,
    date: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    machine: describeMachine(),
    files,
    results,
  };
}

async function measureFile(
  file: BenchFile,
  operations: readonly Operation[],
  options: { iterations?: number; signal?: AbortSignal; onProgress: (done: number) => void },
): Promise<OperationResult[]> {
  const prepared: PreparedOperation[] = [];
  try {
    for (const operation of operations) prepared.push(await operation.prepare(file));
    const measured = await measure<Decoded>(prepared, {
      ...options,
      budgetMs: budgetFor(file.file.bytes),
    });
    return measured.map(({ times, rounds, facts }, i) => ({
      ...operationResult(
        prepared[i].operation,
        { size: file.label, bytes: file.file.bytes },
        times,
        facts,
      ),
      runsPerRound: rounds.map((round) => round.length),
    }));
  } finally {
    for (const one of prepared) await one.close();
  }
}

/** Milliseconds for each operation, so that all of them take seconds and not minutes. */
function budgetFor(bytes: number): number {
  return Math.min(4000, 400 + (bytes / 1e6) * 20);
}

async function describeFile(
  { label, file, channels }: BenchFile,
  results: readonly OperationResult[],
): Promise<FileResult> {
  const medianOf = (name: string) => results.find((result) => result.name === name)?.ms.median;
  const bare = medianOf(BARE_READ), stream = medianOf(STREAM_ALL);
  const index = JSON.stringify(await buildIndex(file.path));
  return {
    size: label,
    path: file.path,
    bytes: file.bytes,
    records: file.records,
    channels: channels.length,
    sha256: file.sha256,
    indexBytes: new TextEncoder().encode(index).length,
    streamToBareRead: bare && stream ? stream / bare : undefined,
  };
}
