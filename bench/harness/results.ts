/**
 * The record of a run: what was measured on what, and where it is kept.
 *
 * @module
 */
import { join } from "node:path";
import { arch, cpus, platform, totalmem } from "node:os";
import type { Decoded, OperationPlace } from "../operation.ts";
import { type Estimate, estimate } from "./estimate.ts";

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

/** A whole run. */
export interface BenchResults {
  format: "mf4-bench";
  schema: 1;
  /** Start of the run. */
  date: string;
  /** Duration of the run in seconds, files that were made included. */
  seconds: number;
  machine: Machine;
  files: FileResult[];
  results: OperationResult[];
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

/** Works out the rates of an operation. */
export function operationResult(
  place: OperationPlace,
  file: { size: string; bytes: number },
  timesMs: number[],
  decoded: Decoded,
): OperationResult {
  const ms = estimate(timesMs);
  const millionPerSecond = (amount: number) => amount / ms.median / 1000;
  return {
    ...place,
    size: file.size,
    timesMs,
    ms,
    decoded,
    fileMBPerSecond: place.samples ? millionPerSecond(file.bytes) : undefined,
    decodedMBPerSecond: decoded.bytes > 0 ? millionPerSecond(decoded.bytes) : undefined,
    millionValuesPerSecond: decoded.values > 0 ? millionPerSecond(decoded.values) : undefined,
  };
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
  if (run?.format !== "mf4-bench" || run.schema !== 1) {
    throw new ResultsError(
      `${path} is not a record of a benchmark run, or one of another version; ` +
        "make a new one with deno task bench",
    );
  }
  return run as BenchResults;
}
