/**
 * The table of the original: four operations by file size, with intervals, memory class and the
 * verdict on integrity.
 *
 * @module
 */
import { judgeMemory } from "../interpret.ts";
import { formatNumber } from "../harness/format_results.ts";
import type { BenchResults, OperationResult } from "../harness/results.ts";
import type { TableContent } from "../harness/table.ts";

/** Rows of the original, and the operations that stand for them. */
const ROWS: readonly [row: string, operation: string][] = [
  ["File Reading", "direct, all channels"],
  ["Single Channel", "index warm, one channel"],
  ["Warm Index Read", "index warm, several"],
  ["Cold Index Read", "index cold, several"],
];

/** What the numbers mean. */
export const ORIGINAL_LEGEND = [
  "MB/s of decoded values (not of the file, of which most is not touched for one channel), with the",
  "95 % interval of the mean. Memory is what a run adds to its process at most, as a multiple of the",
  "file, over all of the rows: below 2 excellent, below 3 good, else high.",
];

/** The table, or undefined where none of its operations was measured. */
export function originalTable(run: BenchResults): TableContent | undefined {
  const rows = ROWS.flatMap(([row, operation]) => {
    const cells = run.files.map(({ size }) => rateOf(resultOf(run, operation, size)));
    return cells.every((cell) => cell === NONE) ? [] : [[row, ...cells]];
  });
  if (rows.length === 0) return undefined;
  rows.push(["Memory", ...run.files.map(({ size, bytes }) => memoryOf(run, size, bytes))]);
  rows.push(["Integrity", ...run.files.map(({ size }) => integrityOf(run, size))]);
  return {
    head: ["operation", ...run.files.map(({ size }) => `${size}\nMB/s decoded`)],
    rows,
  };
}

const NONE = "–";

function resultOf(run: BenchResults, name: string, size: string): OperationResult | undefined {
  return run.results.find((result) => result.name === name && result.size === size);
}

function rateOf(result: OperationResult | undefined): string {
  if (!result || result.decoded.bytes === 0) return NONE;
  const rate = (ms: number) => result.decoded.bytes / ms / 1000;
  const { mean, interval } = result.ms;
  if (!interval || interval[0] <= 0) return formatNumber(rate(mean));
  return `${formatNumber(rate(mean))} (${formatNumber(rate(interval[1]))}–${
    formatNumber(rate(interval[0]))
  })`;
}

function memoryOf(run: BenchResults, size: string, bytes: number): string {
  const added = ROWS.flatMap(([, name]) => {
    const resources = resultOf(run, name, size)?.resources;
    return resources ? [resources.peakBytes - resources.idleBytes] : [];
  });
  if (added.length === 0) return NONE;
  const most = Math.max(...added);
  return `${judgeMemory(most, bytes).grade} (${formatNumber(most / bytes)} × file)`;
}

function integrityOf(run: BenchResults, size: string): string {
  const runs = run.results.filter((result) => result.size === size)
    .reduce((sum, { checkedRuns }) => sum + checkedRuns, 0);
  return `all ${runs} runs right`;
}
