/**
 * The summary of a run: what others may build on. `summary_schema.json` describes it.
 *
 * @module
 */
import { compare, describeComparison } from "../harness/compare.ts";
import { roundsOf } from "../harness/gate.ts";
import type { BenchResults, FileResult, Machine, OperationResult } from "../harness/results.ts";
import type { Metric } from "../operation.ts";
import { BARE_READ } from "../operations.ts";
import { judgeMemory, judgeOriginal, judgeThroughput } from "../interpret.ts";

/** One operation on one file. */
export interface SummaryOperation {
  name: string;
  suite: string;
  group: string;
  size: string;
  runs: number;
  /** Milliseconds. */
  time: {
    median: number;
    mean: number;
    deviation: number | null;
    trimmedMean: number | null;
    interval: [number, number] | null;
    min: number;
    max: number;
  };
  decoded: { values: number; bytes: number };
  /** MB/s and million values per second, by the median time; null where they mean nothing. */
  rates: { file: number | null; decoded: number | null; values: number | null };
  /** Against the baseline of its group, in words and numbers; null for the baseline itself. */
  comparison: {
    baseline: string;
    verdict: string;
    text: string;
    ratio: number | null;
    interval: [number, number] | null;
  } | null;
  /** In a process of its own; null where it was not measured. */
  resources: {
    peakBytes: number;
    addedBytes: number;
    addedPerFile: number;
    cpuMs: number;
    collections: number;
    memoryClass: string;
  } | null;
  /** Against the bare read, and in the bands of the original; null where there is no rate. */
  judgement: { grade: string; advice: string; original: string } | null;
  /** Relative change over the run where one was found, else null. */
  drift: number | null;
  outliers: number;
  /** Part up to which a difference is noise; null where it was not measured. */
  noiseFloor: number | null;
  checkedRuns: number;
  metrics: Record<string, Metric>;
}

/** A file that was measured, and its index. */
export interface SummaryFile {
  size: string;
  bytes: number;
  records: number;
  channels: number;
  sha256: string;
  index: {
    bytes: number;
    perFile: number;
    perChannel: number;
    perRecord: number;
    /** Time of reading one channel directly by that with a warm index; null when not measured. */
    speedUp: number | null;
    /** Reads of one channel after which building an index has paid off; null when it never does. */
    breakEven: number | null;
  };
}

/** A whole run. */
export interface Summary {
  format: "mf4-bench-summary";
  schema: 1;
  date: string;
  seconds: number;
  machine: Machine;
  files: SummaryFile[];
  operations: SummaryOperation[];
}

/** Sums up a run. */
export function summarize(run: BenchResults): Summary {
  return {
    format: "mf4-bench-summary",
    schema: 1,
    date: run.date,
    seconds: run.seconds,
    machine: run.machine,
    files: run.files.map((file) => summarizeFile(file, run.results)),
    operations: run.results.map((result) => summarizeOperation(result, run)),
  };
}

function summarizeFile(file: FileResult, results: readonly OperationResult[]): SummaryFile {
  const { size, bytes, records, channels, sha256, indexBytes } = file;
  const medianOf = (name: string) =>
    results.find((result) => result.name === name && result.size === size)?.ms.median;
  const direct = medianOf("direct, one channel");
  const warm = medianOf("index warm, one channel");
  const build = medianOf("index build");
  const saved = direct !== undefined && warm !== undefined ? direct - warm : undefined;
  return {
    ...{ size, bytes, records, channels, sha256 },
    index: {
      bytes: indexBytes,
      perFile: indexBytes / bytes,
      perChannel: indexBytes / channels,
      perRecord: indexBytes / records,
      speedUp: saved === undefined ? null : direct! / warm!,
      breakEven: saved !== undefined && saved > 0 && build !== undefined
        ? Math.ceil(build / saved)
        : null,
    },
  };
}

function summarizeOperation(result: OperationResult, run: BenchResults): SummaryOperation {
  const { ms, resources, metrics = {}, size } = result;
  const file = run.files.find((one) => one.size === size)!;
  const bare = run.results.find((one) => one.name === BARE_READ && one.size === size);
  const added = resources ? Math.max(0, resources.peakBytes - resources.idleBytes) : 0;
  const rate = result.name === BARE_READ ? undefined : result.decodedMBPerSecond;
  return {
    ...{ name: result.name, suite: result.suite, group: result.group, size, runs: ms.count },
    time: {
      ...{ median: ms.median, mean: ms.mean, min: ms.min, max: ms.max },
      deviation: ms.deviation ?? null,
      trimmedMean: ms.trimmedMean ?? null,
      interval: ms.interval ?? null,
    },
    decoded: result.decoded,
    rates: {
      file: result.fileMBPerSecond ?? null,
      decoded: result.decodedMBPerSecond ?? null,
      values: result.millionValuesPerSecond ?? null,
    },
    comparison: compareToBaseline(result, run.results),
    resources: resources
      ? {
        peakBytes: resources.peakBytes,
        addedBytes: added,
        addedPerFile: added / file.bytes,
        cpuMs: resources.cpuMs,
        collections: resources.collections,
        memoryClass: judgeMemory(added, file.bytes).grade,
      }
      : null,
    judgement: rate === undefined || bare?.fileMBPerSecond === undefined
      ? null
      : { ...judgeThroughput(rate, bare.fileMBPerSecond), original: judgeOriginal(rate) },
    drift: result.drift.found ? result.drift.change : null,
    outliers: result.outliers.count,
    noiseFloor: result.noiseFloor ?? null,
    checkedRuns: result.checkedRuns,
    metrics,
  };
}

function compareToBaseline(
  result: OperationResult,
  results: readonly OperationResult[],
): SummaryOperation["comparison"] {
  const baseline = results.find((other) =>
    other.baseline && other.suite === result.suite && other.group === result.group &&
    other.size === result.size
  );
  if (!baseline || baseline === result || baseline.name === BARE_READ) return null;
  const comparison = compare(roundsOf(result), roundsOf(baseline));
  const refused = comparison.verdict === "refused";
  return {
    baseline: baseline.name,
    verdict: comparison.verdict,
    text: describeComparison(comparison),
    ratio: refused ? null : comparison.ratio.value,
    interval: refused ? null : comparison.ratio.interval,
  };
}
