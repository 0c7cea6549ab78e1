/**
 * A run as Markdown.
 *
 * @module
 */
import { markdownTable } from "markdown-table";
import { describeBytes } from "../../scripts/generate/describe_bytes.ts";
import { BARE_READ } from "../operations.ts";
import {
  describeFloor,
  describeRun,
  formatMs,
  formatNumber,
  formatPercent,
  LEGEND,
  resultsTable,
} from "../harness/format_results.ts";
import { ORIGINAL_LEGEND, originalTable } from "./original_table.ts";
import type { BenchResults, FileResult, OperationResult } from "../harness/results.ts";

const NONE = "–";

/** The report: the table of the run, its files, and every operation in detail. */
export function markdownReport(
  run: BenchResults,
  figures: readonly { name: string; title: string; reading: string }[] = [],
): string {
  const { head, rows } = resultsTable(run);
  const floors = run.files.map((file) => describeFloor(file, run.results, BARE_READ));
  const sections = [
    "# Benchmark",
    describeRun(run),
    table([head.map((cell) => cell.replace("\n", " ")), ...rows]),
    LEGEND.join(" "),
    floors.filter((floor) => floor !== undefined).map((floor) => `- ${floor}`).join("\n"),
    ...originalSection(run),
    ...figures.map(({ name, title, reading }) =>
      `## ${title}\n\n${reading}\n\n![${title}](./${name}.svg)`
    ),
    "## Files",
    table([
      ["file", "size", "records", "channels", "index", "of file"],
      ...run.files.map(fileRow),
    ]),
    ...run.files.flatMap(({ size }) => [
      `## ${size}`,
      table([
        ["operation", "runs", "median", "mean", "sd", "min", "max", "decoded", "MB/s decoded"],
        ...run.results.filter((result) => result.size === size).map(detailRow),
      ]),
    ]),
  ];
  return sections.filter((section) => section !== "").join("\n\n") + "\n";
}

function originalSection(run: BenchResults): string[] {
  const content = originalTable(run);
  if (!content) return [];
  const head = content.head.map((cell) => cell.replace("\n", " "));
  return ["## The original's table", table([head, ...content.rows]), ORIGINAL_LEGEND.join(" ")];
}

function fileRow({ size, bytes, records, channels, indexBytes }: FileResult): string[] {
  return [
    size,
    describeBytes(bytes),
    records.toLocaleString("en"),
    String(channels),
    describeBytes(indexBytes),
    formatPercent(indexBytes / bytes),
  ];
}

function detailRow({ name, ms, decoded, decodedMBPerSecond }: OperationResult): string[] {
  return [
    name,
    String(ms.count),
    formatMs(ms.median),
    formatMs(ms.mean),
    ms.deviation === undefined ? NONE : formatMs(ms.deviation),
    formatMs(ms.min),
    formatMs(ms.max),
    decoded.bytes > 0 ? describeBytes(decoded.bytes) : NONE,
    decodedMBPerSecond === undefined ? NONE : formatNumber(decodedMBPerSecond),
  ];
}

function table(rows: string[][]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  return markdownTable(escaped, { align: rows[0].map((_, i) => i === 0 ? "l" : "r") });
}
