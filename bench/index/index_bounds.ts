/**
 * The bounds that indexes are held to, and whether they are met.
 *
 * @module
 */
import { formatMs, formatNumber } from "../harness/format_results.ts";
import type { TableContent } from "../harness/table.ts";
import type { IndexFigures, ReadTimes } from "./measure_index.ts";

/** A bound of one file. */
export interface Bound {
  /** What it is about. */
  title: string;
  /** What was measured. */
  value(figures: IndexFigures): number;
  unit: string;
  /** At most this. */
  most?: number;
  /** At least this. */
  least?: number;
}

/** Bounds of the file of one group with very many records. */
export const LARGE_BOUNDS: readonly Bound[] = [
  { title: "index", value: ({ indexBytes }) => indexBytes, unit: "B", most: 4096 },
];

/** Bounds of the file of very many groups. */
export const GROUPS_BOUNDS: readonly Bound[] = [
  {
    title: "index by channel, packed",
    value: ({ packedBytes, channels }) => packedBytes / channels,
    unit: "B",
    most: 25,
  },
  {
    title: "opening against loading",
    value: ({ open, load }) => open / load,
    unit: "times",
    least: 20,
  },
];

/** A bound with what was found. */
export interface Finding {
  file: string;
  title: string;
  value: number;
  unit: string;
  most?: number;
  least?: number;
  holds: boolean;
}

/** Holds figures to bounds. */
export function findingsOf(figures: IndexFigures, bounds: readonly Bound[]): Finding[] {
  return bounds.map(({ title, value: valueOf, unit, most, least }) => {
    const value = valueOf(figures);
    const holds = !(most !== undefined && value > most || least !== undefined && value < least);
    return { file: figures.name, title, value, unit, most, least, holds };
  });
}

/** The table of bounds. */
export function boundsTable(findings: readonly Finding[]): TableContent {
  return {
    head: ["file", "what", "measured", "bound", "holds"],
    rows: findings.map(({ file, title, value, unit, most, least, holds }) => [
      ...[file, title, `${formatNumber(value)} ${unit}`],
      most !== undefined ? `at most ${most}` : `at least ${least}`,
      holds ? "yes" : "NO",
    ]),
  };
}

/** All that was measured, a column for each file. */
export function figuresTable(all: readonly IndexFigures[]): TableContent {
  const rows: string[][] = [];
  const add = (title: string, cell: (figures: IndexFigures) => string | undefined) => {
    const cells = all.map((figures) => cell(figures) ?? "–");
    if (cells.some((text) => text !== "–")) rows.push([title, ...cells]);
  };
  const bytes = (value: number) => `${formatNumber(value / 1000)} kB`;
  const each = (value: number, { channels }: IndexFigures) => `${formatNumber(value / channels)} B`;
  add("file", ({ fileBytes }) => `${formatNumber(fileBytes / 1e6)} MB`);
  add(
    "groups × channels",
    ({ groups, channels }) => `${groups} × ${Math.round(channels / groups)}`,
  );
  add("index", ({ indexBytes }) => bytes(indexBytes));
  add("index, packed", ({ packedBytes }) => bytes(packedBytes));
  add("by channel", (figures) => each(figures.indexBytes, figures));
  add("by channel, packed", (figures) => each(figures.packedBytes, figures));
  add("open", ({ open }) => formatMs(open));
  add("load index", ({ load }) => formatMs(load));
  add("opening against loading", ({ open, load }) => `${formatNumber(open / load)} times`);
  add("open and list groups", ({ list }) => formatMs(list));
  add("load index and list groups", ({ listByIndex }) => formatMs(listByIndex));
  add("make and save the index", ({ build }) => formatMs(build));
  for (const selection of ["one channel", "five channels", "all channels"] as const) {
    const part = (title: string, cell: (times: ReadTimes) => string) =>
      add(`${selection}: ${title}`, ({ reads }) => reads[selection] && cell(reads[selection]));
    part("direct", ({ direct }) => formatMs(direct));
    part("by index, cold", ({ cold }) => formatMs(cold));
    part("by index, warm", ({ warm }) => formatMs(warm));
    part("direct against cold", ({ direct, cold }) => `${formatNumber(direct / cold)} times`);
    part(
      "pays after readings",
      ({ breakEven }) => breakEven === undefined ? "never" : String(breakEven),
    );
  }
  return { head: ["", ...all.map(({ name }) => name)], rows };
}
