/**
 * Measures operations on files of several sizes.
 *
 * @module
 */
import type { Size } from "../scripts/generate/test_files.ts";
import { type BenchFile, type BenchFileOptions, openBenchFile, sizeLabel } from "./bench_file.ts";
import { FEWEST_ROUNDS } from "./harness/bootstrap.ts";
import { measure } from "./harness/measure.ts";
import { noiseFloor } from "./harness/noise.ts";
import {
  type BenchResults,
  describeMachine,
  type FileResult,
  type OperationResult,
  operationResult,
} from "./harness/results.ts";
import { measureResources } from "./harness/resources.ts";
import type { Operation, PreparedOperation, RunFacts } from "./operation.ts";
import { BARE_READ, STREAM_ALL } from "./operations.ts";
import { buildIndex } from "./performance_operations.ts";

/** What {@link runBenchmark} measures. */
export interface RunOptions extends Omit<BenchFileOptions, "onProgress"> {
  sizes: readonly Size[];
  operations: readonly Operation[];
  /** See `measure`. */
  iterations?: number;
  /** Milliseconds for each operation on each file; by its size when absent. */
  budgetMs?: number;
  /** Module that has the operations, for the processes that measure memory; the project's when absent. */
  suite?: string;
  /** Whether memory is measured, in a process for each operation; true when absent. */
  resources?: boolean;
  /** Told which part of what is done, 0 to 1. */
  onProgress?: (task: "make" | "measure", size: string, done: number) => void;
}

/**
 * Measures operations in turns, one size after the other. Files that are missing are made.
 *
 * When the signal stops it, what was measured in whole rounds is given, with `interrupted`.
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
    const { sizes: _, onProgress, ...rest } = options;
    const file = await openBenchFile(size, {
      ...rest,
      onProgress: ({ done }) => onProgress?.("make", label, done),
    });
    const measured = await measureFile(file, {
      ...rest,
      onProgress: (done) => onProgress?.("measure", label, done),
    });
    results.push(...measured);
    files.push(await describeFile(file, measured));
    if (options.signal?.aborted) break;
  }
  return {
    format: "mf4-bench",
    schema: 2,
    date: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    machine: describeMachine(),
    files,
    results,
    ...(options.signal?.aborted ? { interrupted: true } : {}),
  };
}

/** What part of the progress of a size is measuring times; the rest is measuring memory. */
const TIMES_PART = 0.8;

/** What {@link measureFile} measures. */
export interface MeasureFileOptions extends
  Pick<
    RunOptions,
    "operations" | "iterations" | "budgetMs" | "suite" | "resources" | "signal"
  > {
  /** Told which part is done, 0 to 1. */
  onProgress: (done: number) => void;
}

/**
 * Measures operations on one file, in turns. When the signal stops it, what was measured in whole
 * rounds is given; where there is none, its reason is thrown.
 *
 * @throws {WrongResultError} If an operation gives something else than it should.
 */
export async function measureFile(
  file: BenchFile,
  options: MeasureFileOptions,
): Promise<OperationResult[]> {
  const { operations, onProgress, signal, iterations } = options;
  const prepared: PreparedOperation[] = [];
  const facts: RunFacts[][] = operations.map(() => []);
  try {
    // The first one takes part twice, which shows how small a difference can be seen.
    for (const operation of [...operations, operations[0]]) {
      prepared.push(await operation.prepare(file));
    }
    const contenders = prepared.map((one, i) => ({
      run: () => one.run(),
      async check(result: unknown) {
        const fact = await one.check(result);
        if (i < operations.length) facts[i].push(fact);
      },
    }));
    const measured = await measure(contenders, {
      ...{ iterations, signal, budgetMs: options.budgetMs ?? budgetFor(file.file.bytes) },
      onProgress: (done) => onProgress(TIMES_PART * done),
    });
    const results: OperationResult[] = [];
    const twin = measured.pop()!;
    for (const [i, { rounds }] of measured.entries()) {
      const place = prepared[i].operation;
      // Once it was stopped, the times are kept and nothing more is measured.
      const resources = options.resources === false || signal?.aborted
        ? undefined
        : await measureResources(place.name, file, options.suite);
      const size = { size: file.label, bytes: file.file.bytes };
      results.push(operationResult(place, size, { rounds, facts: facts[i], resources }));
      onProgress(TIMES_PART + (1 - TIMES_PART) * (i + 1) / measured.length);
    }
    const [first] = measured;
    if (first.rounds.length >= FEWEST_ROUNDS) {
      results[0].noiseFloor = noiseFloor(first.rounds, twin.rounds).part;
    }
    return results;
  } finally {
    for (const one of prepared) await one.close();
  }
}

/** Milliseconds for each operation, so that all of them take seconds and not minutes. */
export function budgetFor(bytes: number): number {
  return Math.min(4000, 400 + (bytes / 1e6) * 20);
}

/** What is known of a file, and of reading it. */
export async function describeFile(
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
