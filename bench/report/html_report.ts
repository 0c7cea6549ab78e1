/**
 * The report as one page that needs nothing else: no network, no script.
 *
 * @module
 */
import { describeBytes } from "../../scripts/generate/describe_bytes.ts";
import { describeRun, formatMs, formatNumber, formatPercent } from "../harness/format_results.ts";
import { ORIGINAL_LEGEND, originalTable } from "./original_table.ts";
import type { BenchResults } from "../harness/results.ts";
import type { Summary, SummaryOperation } from "./summary.ts";

/** A figure that was drawn twice: for wide pages and for narrow ones. */
export interface DrawnFigure {
  name: string;
  title: string;
  reading: string;
  wide: string;
  narrow: string;
}

const NONE = "–";

/** The page. */
export function htmlReport(
  run: BenchResults,
  summary: Summary,
  figures: readonly DrawnFigure[],
): string {
  const original = originalTable(run);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>MF4 benchmark, ${escape(run.date.slice(0, 10))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>MF4 benchmark</h1>
<p class="run">${escape(describeRun(run))}</p>
${original ? table(original.head, original.rows) : ""}
${original ? `<p class="note">${escape(ORIGINAL_LEGEND.join(" "))}</p>` : ""}
${figures.map(figure).join("\n")}
<h2>Files and indexes</h2>
${filesTable(summary)}
<p class="note">An index pays off after so many reads of one channel from a file that is opened anew
each time.</p>
<h2>Every operation</h2>
${summary.files.map(({ size }) => operations(summary, size)).join("\n")}
<p class="note">Times are medians with the 95 % interval of the mean by Student’s t. Decoded MB/s and
values count what really was decoded. Memory and processor time are of one run in a process of its own.
A comparison is named only where its 99 % interval shows it. Every run was checked against what the
generator wrote; outliers count like all other samples.</p>
${advice(summary)}
</main>
</body>
</html>
`;
}

function figure({ name, title, reading, wide, narrow }: DrawnFigure): string {
  return `<figure id="${escape(name)}">
<h2>${escape(title)}</h2>
<figcaption>${escape(reading)}</figcaption>
<div class="wide">${wide}</div>
<div class="narrow">${narrow}</div>
</figure>`;
}

function filesTable({ files }: Summary): string {
  return table(
    ["file", "size", "records", "channels", "index", "of the file", "speed-up", "pays off after"],
    files.map(({ size, bytes, records, channels, index }) => [
      ...[size, describeBytes(bytes), records.toLocaleString("en"), String(channels)],
      ...[describeBytes(index.bytes), formatPercent(index.perFile)],
      index.speedUp === null ? NONE : `${formatNumber(index.speedUp)} ×`,
      index.breakEven === null ? NONE : `${index.breakEven} reads`,
    ]),
  );
}

function operations({ operations }: Summary, size: string): string {
  const rows = operations.filter((one) => one.size === size).map(operationRow);
  const head = [
    ...["operation", "median", "interval", "MB/s decoded", "Mvalues/s", "memory", "processor"],
    ...["collections", "against its baseline"],
  ];
  return `<h3>${escape(size)}</h3>${table(head, rows)}`;
}

function operationRow({ name, time, rates, resources, comparison }: SummaryOperation): string[] {
  const interval = time.interval;
  return [
    name,
    formatMs(time.median),
    interval ? `${formatNumber(interval[0])}–${formatNumber(interval[1])}` : NONE,
    rates.decoded === null ? NONE : formatNumber(rates.decoded),
    rates.values === null ? NONE : formatNumber(rates.values),
    resources ? `+${describeBytes(resources.addedBytes)}` : NONE,
    resources ? formatMs(resources.cpuMs) : NONE,
    resources ? String(resources.collections) : NONE,
    comparison ? comparison.text : NONE,
  ];
}

/** What follows from the judgements, each advice once. */
function advice({ operations, files }: Summary): string {
  const largest = files.at(-1)?.size;
  const found = new Map<string, string[]>();
  for (const { name, size, judgement } of operations) {
    if (size !== largest || !judgement) continue;
    const key = `${judgement.grade}: ${judgement.advice}`;
    found.set(key, [...found.get(key) ?? [], name]);
  }
  if (found.size === 0) return "";
  const items = [...found].map(([text, names]) =>
    `<li><strong>${escape(text.split(":")[0])}</strong> (${escape(names.join(", "))}):${
      escape(text.slice(text.indexOf(":") + 1))
    }</li>`
  );
  return `<h2>What to make of it</h2>
<p>Decoded rates against the bare read of the ${escape(largest!)} file: above 25 % excellent, above
10 % good. By the bands of the original (above 80 MB/s excellent, 50 to 80 good, below 50 look for a
bottleneck) see <code>summary.json</code>.</p>
<ul>${items.join("")}</ul>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (tag: string) => (text: string, i: number) =>
    `<${tag}${i === 0 && tag === "td" ? ' class="name"' : ""}>${
      escape(text).replaceAll("\n", "<br>")
    }</${tag}>`;
  return `<div class="scroll"><table><thead><tr>${
    head.map(cell("th")).join("")
  }</tr></thead><tbody>${
    rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("\n")
  }</tbody></table></div>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const STYLE = `
:root { --ink: #1c2330; --faint: #5b6575; --ground: #ffffff; --line: #d9dee6; --stripe: #f5f7fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --faint: #a2abba; --ground: #14181f; --line: #303845; --stripe: #1b212b; }
}
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.25rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
.run, .note, figcaption { color: var(--faint); font-size: 0.9rem; margin: 0.25rem 0 1rem;
  max-width: 46rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; vertical-align: bottom; }
th:first-child, td.name { text-align: left; position: sticky; left: 0; background: var(--ground); }
tbody tr:nth-child(even) td { background: var(--stripe); }
figure { margin: 0; }
figure svg { display: block; max-width: 100%; height: auto; color: var(--ink); }
.narrow { display: none; }
@media (max-width: 720px) { .wide { display: none; } .narrow { display: block; }
  .scroll td.name { white-space: normal; min-width: 9rem; } }
`;
