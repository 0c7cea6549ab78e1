/**
 * Measures all suites within a budget of time.
 *
 * @module
 */
import type { Size } from "../scripts/generate/test_files.ts";
import { type BenchFile, openBenchFile, sizeLabel } from "./bench_file.ts";
import { type BenchResults, describeMachine, type MissingResults } from "./harness/results.ts";
import type { Operation } from "./operation.ts";
import { budgetFor, describeFile, measureFile } from "./run_benchmark.ts";

/** Operations of a suite. */
export interface SuiteToRun {
  /** As `--suite` takes it; absent for the operations of `deno task bench`. */
  name?: string;
  operations: readonly Operation[];
}

/** What {@link runAll} measures. */
export interface RunAllOptions {
  sizes: readonly Size[];
  suites: readonly SuiteToRun[];
  /** Exactly so many samples of each operation; as many as the time allows when absent. */
  iterations?: number;
  /** Milliseconds for everything but making files; as long as it takes when absent. */
  budgetMs?: number;
  /** Folder of test files; `testdata` when absent. */
  directory?: string;
  scratch: string;
  /** Ends the run; what was measured until then is given. */
  signal?: AbortSignal;
  /** Told what is done, and which part of the whole is over, 0 to 1. */
  onProgress?: (what: string, done: number) => void;
}

/** Contenders: what is measured in turns. */
interface Job {
  suite?: string;
  group: string;
  operations: Operation[];
  file: BenchFile;
  weight: number;
}

/** A job may take so many times its share, since what it leaves is shared among the others. */
const OVERTIME = 1.25;
/** Part of a share for the runs; the rest is for setting up, warming up and measuring memory. */
const RUNS_PART = 0.5;
/** What measuring the memory of an operation takes, in a process of its own. */
const RESOURCES_MS = 450;
const INTERRUPTED = "interrupted";
const NO_TIME = "no time was left";

/**
 * Measures the contenders of each group, one group after the other. What fails, or comes after the
 * time is up, is named in `missing`; nothing of what was measured is lost.
 *
 * @throws {RangeError} If `iterations` is not a whole number of at least 1.
 */
export async function runAll(options: RunAllOptions): Promise<BenchResults> {
  const { signal, onProgress, iterations = 1 } = options;
  if (!Number.isInteger(iterations) || iterations < 1) {
    throw new RangeError(`iterations must be a whole number of at least 1, not ${iterations}`);
  }
  const started = new Date();
  const jobs: Job[] = [];
  const run: BenchResults = {
    ...{ format: "mf4-bench", schema: 2, date: started.toISOString(), seconds: 0 },
    ...{ machine: describeMachine(), files: [], results: [] },
  };
  const missing: MissingResults[] = [];
  try {
    for (const size of options.sizes) {
      const onMade = () => onProgress?.(`make ${sizeLabel(size)}`, 0);
      jobs.push(...jobsFor(await openFile(size, options, onMade), options.suites));
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  const total = jobs.reduce((sum, { weight }) => sum + weight, 0);
  const end = performance.now() + (options.budgetMs ?? Infinity);
  let over = 0;
  for (const job of jobs) {
    const left = end - performance.now();
    const share = left * job.weight / (total - over);
    const limits = { shareMs: share, limitMs: Math.min(left, share * OVERTIME) };
    const part = (done: number) => (over + done * job.weight) / total;
    const what = `${job.group}, ${job.file.label}`;
    onProgress?.(what, part(0));
    const outcome = await runJob(job, limits, options, (done) => onProgress?.(what, part(done)));
    run.results.push(...outcome.results);
    if (outcome.reason !== undefined) missing.push(missingOf(job, outcome.reason));
    over += job.weight;
  }
  for (const file of new Set(jobs.map(({ file }) => file))) {
    run.files.push(
      await describeFile(file, run.results.filter(({ size }) => size === file.label)),
    );
  }
  run.seconds = (Date.now() - started.getTime()) / 1000;
  if (signal?.aborted) run.interrupted = true;
  if (missing.length > 0) run.missing = missing;
  return run;
}

function openFile(
  size: Size,
  { directory, scratch, signal }: RunAllOptions,
  onProgress: () => void,
): Promise<BenchFile> {
  return openBenchFile(size, { directory, scratch, signal, onProgress });
}

function jobsFor(file: BenchFile, suites: readonly SuiteToRun[]): Job[] {
  return suites.flatMap(({ name, operations }) =>
    Array.from(
      Map.groupBy(operations, ({ suite, group }) => `${suite}: ${group}`),
      ([group, operations]): Job => ({
        ...{ suite: name, group, operations, file },
        weight: operations.length * (budgetFor(file.file.bytes) + RESOURCES_MS),
      }),
    )
  );
}

async function runJob(
  { operations, file, suite }: Job,
  { shareMs, limitMs }: { shareMs: number; limitMs: number },
  { signal, iterations }: RunAllOptions,
  onProgress: (done: number) => void,
): Promise<{ results: BenchResults["results"]; reason?: string }> {
  if (signal?.aborted) return { results: [], reason: INTERRUPTED };
  if (limitMs <= 0) return { results: [], reason: NO_TIME };
  const late = new AbortController();
  const timer = limitMs < Infinity ? setTimeout(() => late.abort(), limitMs) : undefined;
  const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  const share = shareMs / operations.length;
  // Memory is left out where there is hardly time for the times.
  const resources = share > 2 * RESOURCES_MS;
  const budgetMs = Math.min(
    budgetFor(file.file.bytes),
    RUNS_PART * (share - (resources ? RESOURCES_MS : 0)),
  );
  try {
    const results = await measureFile(file, {
      ...{ operations, suite, iterations, onProgress, budgetMs, resources, signal: either },
    });
    return { results };
  } catch (error) {
    if (signal?.aborted) return { results: [], reason: INTERRUPTED };
    if (late.signal.aborted) return { results: [], reason: NO_TIME };
    return { results: [], reason: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}

function missingOf({ operations, file }: Job, reason: string): MissingResults {
  return {
    suite: operations[0].suite,
    size: file.label,
    operations: operations.map(({ name }) => name),
    reason,
  };
}

/** Whether something is missing because it failed, and not for want of time. */
export function hasFailed({ missing = [] }: BenchResults): boolean {
  return missing.some(({ reason }) => reason !== INTERRUPTED && reason !== NO_TIME);
}

/** A line for each group of operations that was not measured, with the reason. */
export function describeMissing({ missing = [] }: BenchResults): string[] {
  return missing.map(({ suite, size, operations, reason }) =>
    `${suite}, ${size}: ${operations.join("; ")}: ${reason}`
  );
}
