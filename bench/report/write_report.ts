/**
 * Writes all parts of a report into a folder.
 *
 * @module
 */
import { join } from "node:path";
import { markdownReport } from "./markdown_report.ts";
import type { BenchResults } from "../harness/results.ts";
import { drawPng, drawSvg } from "./draw_figure.ts";
import { type Figure, figuresOf } from "./figure_specs.ts";
import { type DrawnFigure, htmlReport } from "./html_report.ts";
import { summarize } from "./summary.ts";

/** What was written, by path. */
export interface WrittenReport {
  summary: string;
  markdown: string;
  html: string;
  figures: string[];
}

/**
 * Writes `summary.json`, `report.md`, `report.html`, and a `.svg` and a `.png` for each figure.
 * `history` are earlier runs, oldest first.
 */
export async function writeReport(
  run: BenchResults,
  folder: string,
  history: readonly BenchResults[] = [],
): Promise<WrittenReport> {
  await Deno.mkdir(folder, { recursive: true });
  const summary = summarize(run);
  const written: WrittenReport = {
    summary: join(folder, "summary.json"),
    markdown: join(folder, "report.md"),
    html: join(folder, "report.html"),
    figures: [],
  };
  const narrow = new Map(figuresOf(run, history, "narrow").map((one) => [one.name, one]));
  const drawn: DrawnFigure[] = [];
  for (const figure of figuresOf(run, history)) {
    written.figures.push(...await writeFigure(figure, folder));
    const { name, title, reading } = figure;
    const [wide, small] = [await drawSvg(figure), await drawSvg(narrow.get(name)!)];
    drawn.push({ name, title, reading, wide, narrow: small });
  }
  await Deno.writeTextFile(written.summary, JSON.stringify(summary, null, 1) + "\n");
  await Deno.writeTextFile(written.markdown, markdownReport(run, drawn));
  await Deno.writeTextFile(written.html, htmlReport(run, summary, drawn));
  return written;
}

async function writeFigure(figure: Figure, folder: string): Promise<string[]> {
  const svg = join(folder, `${figure.name}.svg`);
  const png = join(folder, `${figure.name}.png`);
  await Deno.writeTextFile(svg, await drawSvg(figure, "light"));
  await Deno.writeFile(png, await drawPng(figure));
  return [svg, png];
}
