/**
 * A run as rows of text and sentences, for the terminal and for the report.
 *
 * @module
 */
import { format as formatBytes } from "@std/fmt/bytes";
import { describeBytes } from "../../scripts/generate/describe_bytes.ts";
import type { TableContent } from "./table.ts";
import type { BenchResults, FileResult, OperationResult } from "./results.ts";

const NONE = "–";

/** What the numbers of {@link resultsTable} mean. */
export const LEGEND = [
  "MB/s is the size of the whole file by the median time, whatever part of it was asked for; Mval/s are",
  "millions of values really decoded (time stamps included) per second. Operations that leave the",
  "samples alone have their median time instead. The result of every run was checked against what the",
  "generator put into the file; a stream in full before, and then by the last value of each batch.",
];

/** Operation by file size, with the size of the index as the last row. */
export function resultsTable(run: BenchResults): TableContent {
  const names = new Set(run.results.map(({ name }) => name));
  const rows = Array.from(names, (name) => [
    name,
    ...run.files.flatMap(({ size }) =>
      cells(run.results.find((result) => result.name === name && result.size === size))
    ),
  ]);
  rows.push([
    "index size, of file",
    ...run.files.flatMap((file) => [
      describeBytes(file.indexBytes),
      formatPercent(file.indexBytes / file.bytes),
    ]),
  ]);
  return {
    head: ["operation", ...run.files.flatMap(({ size }) => [`${size}\nMB/s`, `${size}\nMval/s`])],
    rows,
  };
}

/** Numbers of the operations' own by file size; undefined where there are none. */
export function metricsTable(run: BenchResults): TableContent | undefined {
  const rows = new Map<string, string[]>();
  for (const [column, { size }] of run.files.entries()) {
    for (const { name, metrics = {}, size: measured } of run.results) {
      if (measured !== size) continue;
      for (const [metric, { value, unit }] of Object.entries(metrics)) {
        const key = `${name}: ${metric}`;
        const row = rows.get(key) ?? [key, ...run.files.map(() => NONE)];
        row[column + 1] = `${formatNumber(value)} ${unit}`.trim();
        rows.set(key, row);
      }
    }
  }
  if (rows.size === 0) return undefined;
  return { head: ["metric", ...run.files.map(({ size }) => size)], rows: [...rows.values()] };
}

/** The floor, how far streaming is from it, and how small a difference can be seen. */
export function describeFloor(
  file: FileResult,
  results: readonly OperationResult[],
  floor: string,
) {
  const bare = results.find(({ name, size }) => name === floor && size === file.size);
  if (!bare) return undefined;
  const parts = [`${file.size}: bare read ${formatNumber(bare.fileMBPerSecond!)} MB/s`];
  if (file.streamToBareRead !== undefined) {
    parts.push(`streaming all channels takes ${formatNumber(file.streamToBareRead)} times as long`);
  }
  if (bare.noiseFloor !== undefined) {
    parts.push(`noise floor ${formatPercent(bare.noiseFloor)}`);
  }
  return parts.join(", ");
}

/** When and where a run was made. */
export function describeRun(
  { date, machine, seconds }: Pick<BenchResults, "date" | "machine" | "seconds">,
): string {
  const { cpu, cores, memoryBytes, system, deno } = machine;
  const memory = formatBytes(memoryBytes, { binary: true, maximumFractionDigits: 0 });
  return `${date.slice(0, 10)}, ${cpu}, ${cores} cores, ${memory}, ${system}, Deno ${deno}, ` +
    `${Math.round(seconds)} s`;
}

/** Three digits, without an exponent. */
export function formatNumber(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** Milliseconds to read. */
export function formatMs(ms: number): string {
  return `${formatNumber(ms)} ms`;
}

/** A part of a whole. */
export function formatPercent(part: number): string {
  return `${Number((part * 100).toPrecision(2))} %`;
}

function cells(result: OperationResult | undefined): [string, string] {
  if (!result) return [NONE, NONE];
  const { fileMBPerSecond, millionValuesPerSecond, ms } = result;
  return [
    fileMBPerSecond === undefined ? formatMs(ms.median) : formatNumber(fileMBPerSecond),
    millionValuesPerSecond === undefined ? NONE : formatNumber(millionValuesPerSecond),
  ];
}
