/**
 * The record of a run: what was measured on what, and where it is kept.
 *
 * @module
 */
import { join } from "node:path";
import { arch, cpus, platform, totalmem } from "node:os";
import { median } from "simple-statistics";
import type { Decoded, Metric, OperationPlace, RunFacts } from "../operation.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { type Drift, drift, type Outliers, outliers } from "./noise.ts";
import type { Resources } from "./resources.ts";

/** One operation on one file. */
export interface OperationResult extends OperationPlace {
  /** Size of the file as it was asked for, such as `small`. */
  size: string;
  /** Milliseconds of each run, in order. */
  timesMs: number[];
  /** How many of them each round has, for `gate`. */
  runsPerRound?: number[];
  /** Summary of `timesMs`. */
  ms: Estimate;
  /** What one run really decoded, or encoded. */
  decoded: Decoded;
  /** Size of the file by the median time; only where the operation goes through the samples. */
  fileMBPerSecond?: number;
  /** Bytes really decoded by the median time; absent where nothing is. */
  decodedMBPerSecond?: number;
  /** Values really decoded by the median time, in millions; absent where nothing is. */
  millionValuesPerSecond?: number;
  /** Whether the times went up or down over the run, by the medians of its rounds. */
  drift: Drift;
  /** Times that stand out; they count like all others. */
  outliers: Outliers;
  /**
   * Part up to which a difference from it is noise: it took part twice, and this is how far the two
   * may be apart. Only of the first operation, and where there were rounds enough.
   */
  noiseFloor?: number;
  /** Runs whose result was found right; a wrong one ends the benchmark. */
  checkedRuns: number;
  /** Memory, processor time and collections of one run in a process of its own. */
  resources?: Resources;
  /** The operation's own numbers: medians of all runs, or the last where it counts over all. */
  metrics?: Record<string, Metric>;
}

/** A file that was measured. */
export interface FileResult {
  size: string;
  path: string;
  bytes: number;
  records: number;
  /** Channels, the master included. */
  channels: number;
  sha256: string;
  /** Bytes of its index as JSON. */
  indexBytes: number;
  /** Median time of streaming all channels by that of the bare read; absent when not measured. */
  streamToBareRead?: number;
}

/** The machine and the runtime. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  deno: string;
  v8: string;
}

/** Operations that were to be measured on a file and were not. */
export interface MissingResults {
  suite: string;
  size: string;
  operations: string[];
  reason: string;
}

/** A whole run. */
export interface BenchResults {
  format: "mf4-bench";
  schema: 2;
  /** Start of the run. */
  date: string;
  /** Duration of the run in seconds, files that were made included. */
  seconds: number;
  machine: Machine;
  files: FileResult[];
  results: OperationResult[];
  /** Set where the run was stopped before all was measured. */
  interrupted?: boolean;
  /** What was not measured, and why; absent where everything was. */
  missing?: MissingResults[];
}

/** There is no such record, or it cannot be used; the message says what to do. */
export class ResultsError extends Error {
  override name = "ResultsError";
}

/** The project's folder for results, which is not under version control. */
export const RESULTS = join(import.meta.dirname!, "..", "results");

const LATEST = "latest.json";

/** What this machine and runtime call themselves. */
export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() || "unknown processor",
    cores: cores.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${arch()}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
}

/** What was measured of an operation. */
export interface MeasuredOperation {
  /** Milliseconds by round. */
  rounds: readonly (readonly number[])[];
  /** What is known of each run that was checked. */
  facts: readonly RunFacts[];
  resources?: Resources;
}

/** Works out the rates of an operation. */
export function operationResult(
  place: OperationPlace,
  file: { size: string; bytes: number },
  { rounds, facts, resources }: MeasuredOperation,
): OperationResult {
  const timesMs = rounds.flat();
  const ms = estimate(timesMs);
  const { values, bytes } = facts.at(-1)!;
  const millionPerSecond = (amount: number) => amount / ms.median / 1000;
  return {
    ...place,
    size: file.size,
    timesMs,
    runsPerRound: rounds.map((round) => round.length),
    ms,
    decoded: { values, bytes },
    fileMBPerSecond: place.samples ? millionPerSecond(file.bytes) : undefined,
    decodedMBPerSecond: bytes > 0 ? millionPerSecond(bytes) : undefined,
    millionValuesPerSecond: values > 0 ? millionPerSecond(values) : undefined,
    drift: drift(rounds.map((round) => median([...round]))),
    outliers: outliers(timesMs),
    checkedRuns: facts.length,
    resources,
    metrics: summarizeMetrics(facts),
  };
}

function summarizeMetrics(facts: readonly RunFacts[]): Record<string, Metric> | undefined {
  const all = new Map<string, Metric[]>();
  for (const { metrics = {} } of facts) {
    for (const [name, metric] of Object.entries(metrics)) {
      const known = all.get(name);
      if (known) known.push(metric);
      else all.set(name, [metric]);
    }
  }
  // What counts over all runs and is no longer told does not hold any more.
  const last = facts.at(-1)?.metrics ?? {};
  for (const [name, [{ total }]] of all) if (total && !(name in last)) all.delete(name);
  if (all.size === 0) return undefined;
  return Object.fromEntries(
    Array.from(all, ([name, list]) => {
      const { value, unit, total } = list.at(-1)!;
      return [name, { value: total ? value : median(list.map((one) => one.value)), unit }];
    }),
  );
}

/** Keeps a run under its date and as the latest one, and gives the path of the former. */
export async function saveResults(run: BenchResults, directory = RESULTS): Promise<string> {
  await Deno.mkdir(directory, { recursive: true });
  const text = JSON.stringify(run, null, 1) + "\n";
  const path = join(directory, `${run.date.replaceAll(":", "-")}.json`);
  await Deno.writeTextFile(path, text);
  await Deno.writeTextFile(join(directory, LATEST), text);
  return path;
}

/**
 * Keeps the record of a command of another kind under its name and date, and as the latest one, and
 * gives the path of the former.
 */
export async function saveRun(
  run: { date: string },
  kind: string,
  directory = RESULTS,
): Promise<string> {
  await Deno.mkdir(directory, { recursive: true });
  const text = JSON.stringify(run, null, 1) + "\n";
  const path = join(directory, `${kind}-${run.date.replaceAll(":", "-")}.json`);
  await Deno.writeTextFile(path, text);
  await Deno.writeTextFile(join(directory, `${kind}-latest.json`), text);
  return path;
}

/** Earlier runs that were kept in a folder, oldest first; what is no record of a run is passed over. */
export async function loadHistory(run: BenchResults, folder = RESULTS): Promise<BenchResults[]> {
  const runs: BenchResults[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".json") || name === LATEST) continue;
    try {
      const other = await loadResults(join(folder, name));
      if (other.date < run.date) runs.push(other);
    } catch (error) {
      // The folder also has records of other commands, and of earlier versions.
      if (!(error instanceof ResultsError)) throw error;
    }
  }
  return runs.sort((a, b) => a.date < b.date ? -1 : 1);
}

/**
 * Reads a run that was kept: the file at a path, or the latest one of a folder.
 *
 * @throws {ResultsError} If there is none, or it is no record of a run.
 */
export async function loadResults(path = RESULTS): Promise<BenchResults> {
  let run: Partial<BenchResults>;
  try {
    const isFolder = (await Deno.stat(path)).isDirectory;
    run = JSON.parse(await Deno.readTextFile(isFolder ? join(path, LATEST) : path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new ResultsError(`there are no results at ${path}; make them with deno task bench`, {
        cause: error,
      });
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new ResultsError(`${path} is not JSON: ${error.message}`, { cause: error });
  }
  if (run?.format !== "mf4-bench" || run.schema !== 2) {
    throw new ResultsError(
      `${path} is not a record of a benchmark run, or one of another version; ` +
        "make a new one with deno task bench",
    );
  }
  return run as BenchResults;
}
