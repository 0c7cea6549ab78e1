/**
 * The table of the engine as rows of text, and what is said below it.
 *
 * @module
 */
import { formatMs, formatNumber } from "../harness/format_results.ts";
import type { TableContent } from "../harness/table.ts";
import { describeTarget } from "./judge.ts";
import { mostLeft } from "./most_left.ts";
import type { EngineRun, RowResult, WorkResult } from "./run_engine.ts";
import { isPeer } from "./sides.ts";

/** What the numbers of {@link boundsTable} mean. */
export const BOUNDS_LEGEND = [
  "What a work cannot do without, each part alone on one core, the fastest of several times: the bare",
  "read; inflating the blocks by the fastest way of this runtime; getting the memory of the result and",
  "touching its pages, memory that was used, or is new as that of a result mostly is; copying as many",
  "bytes as the numbers have; going from record to record, or making the names. The sums are of used",
  "and of new memory, spread over all cores without a gap; where nothing is inflated, they are at least",
  "what is left to the one thread that reads. The last column is what ratio the sums would leave.",
];

const NONE = "–";
/** Less is nothing. */
const LITTLE_MS = 0.01;

/** What the numbers mean. */
export const ENGINE_LEGEND = [
  "Times are medians of runs that begin with nothing open and end with the values in memory. Sides take",
  "turns in processes of their own, forwards and backwards; imports and warm-up do not count. What each",
  "side finds is compared value by value before it is timed. The ratio is that of the two medians, in",
  "brackets its 99 % bootstrap interval by rounds; by CPU is that of the times of all threads on a",
  "processor, which other work on the machine hardly moves. The bare read is of the same file and turns,",
  "in pieces of the best size, into memory that does not start a page. Rows in brackets are beside the",
  "table: they do not count. Inflating alone is a program that reads and inflates the blocks of the file",
  "and does nothing with them, by threads that share nothing; keeping copies each block to memory of its",
  "own and gives none of it back before the end: what reading whole takes at least in such memory.",
];

/** A row for each comparison. */
export function engineTable(rows: readonly RowResult[]): TableContent {
  return {
    head: [
      ...["work", "against", "ours", "theirs", "ratio", "to reach", "holds", "by CPU"],
      ...["bare read", "× bare"],
    ],
    rows: rows.map((row) => [
      row.beside ? `(${row.label})` : row.label,
      row.against,
      formatTime(row.ourMs),
      formatTime(row.otherMs),
      describeRatio(row),
      describeTarget(row.target),
      row.holds === undefined ? NONE : row.holds ? "yes" : "no",
      row.cpuRatio === undefined ? NONE : formatNumber(row.cpuRatio),
      formatTime(row.floorMs),
      row.ourMs && row.floorMs ? formatNumber(row.ourMs / row.floorMs) : NONE,
    ]),
  };
}

function describeRatio({ ratio, interval }: RowResult): string {
  if (ratio === undefined) return NONE;
  const [low, high] = interval ?? [];
  const range = low === undefined ? "" : ` (${formatNumber(low)}–${formatNumber(high!)})`;
  return `${formatNumber(ratio)}${range}`;
}

function formatTime(ms: number | undefined): string {
  return ms === undefined ? NONE : formatMs(ms);
}

const BUSY = 0.5;

/** A warning where other work kept the machine busy. */
export function describeLoad({ load, machine }: Pick<EngineRun, "load" | "machine">): string[] {
  if (load < BUSY) return [];
  return [
    `The machine was busy before this began (load ${
      formatNumber(load)
    } on ${machine.cores} cores): ` +
    "what needs all cores or takes long looks worse than it is.",
  ];
}

/**
 * How many rows hold, and which do not, or could not be measured, and why; with what a bound leaves, if
 * `works` has one that is below the ratio to reach.
 */
export function describeHolding(
  rows: readonly RowResult[],
  works: readonly Pick<WorkResult, "id" | "bound" | "sides">[] = [],
): string[] {
  const counted = rows.filter(({ beside }) => !beside);
  const measured = counted.filter(({ holds }) => holds !== undefined);
  const holding = measured.filter(({ holds }) => holds);
  const lines = [`${holding.length} of ${measured.length} measured rows hold.`];
  for (const row of measured) {
    const { label, against, ratio, target, holds } = row;
    if (holds) continue;
    const aim = describeTarget(target);
    const work = works.find(({ id }) => id === row.work);
    const most = work && mostLeft(row, work);
    const left = most ? `; ${most.cause} at most ${formatNumber(most.ratio)}` : "";
    lines.push(`Not reached: ${label}, against ${against}: ${formatNumber(ratio!)}, ${aim}${left}`);
  }
  for (const { label, reason } of rows.filter(({ reason }) => reason !== undefined)) {
    lines.push(`Not counted: ${label}: ${reason}`);
  }
  return lines;
}

/** The parts that each work cannot do without; undefined where none were measured. */
export function boundsTable({ works }: Pick<EngineRun, "works">): TableContent | undefined {
  const rows = works.flatMap(({ label, sides, bound }) => {
    if (!bound) return [];
    const { readMs, inflateMs, memoryMs, newMemoryMs, moveMs, walkMs, sumMs, sumOfNewMs } = bound;
    const ours = sides.find(({ id }) => id === "ours")?.medianMs;
    const inNewMemory = (ms: number) =>
      memoryMs < LITTLE_MS ? "" : `, ${formatNumber(ms / sumOfNewMs)} ×`;
    const best = sides.flatMap(({ id, name, medianMs }) =>
      medianMs === undefined || !isPeer(id)
        ? []
        : [`${name} ${formatNumber(medianMs / sumMs)} ×` + inNewMemory(medianMs)]
    );
    const parts = [readMs, inflateMs, memoryMs, newMemoryMs, moveMs, walkMs];
    const times = [ours, ...parts, sumMs, sumOfNewMs].map((ms) =>
      ms === undefined || ms < LITTLE_MS ? NONE : formatTime(ms)
    );
    const toSum = ours === undefined ? NONE : formatNumber(ours / sumMs);
    return [[label, ...times, toSum, best.join("\n") || NONE]];
  });
  if (rows.length === 0) return undefined;
  return {
    head: [
      ...["work", "ours", "read", "inflate", "memory", "new memory", "move", "walk", "sum"],
      ...["sum, new memory", "ours by sum", "at most, in new memory"],
    ],
    rows,
  };
}

/** What inflates the blocks of a file on one core, and in what time. */
export function describeInflation(works: readonly WorkResult[]): string[] {
  return works.flatMap(({ label, bound }) => {
    if (!bound?.inflate) return [];
    const { own, zlib, stream, pythonZlib, isal } = bound.inflate;
    const times = [
      ...[["own", own], ["node:zlib", zlib], ["DecompressionStream", stream]] as const,
      ...[["zlib of Python", pythonZlib], ["isal of Python", isal]] as const,
    ].flatMap(([name, ms]) => ms === undefined ? [] : [`${name} ${formatMs(ms)}`]);
    return [`${label}: inflating its blocks on one core takes ${times.join(", ")}`];
  });
}

/** Versions of the sides, and what they inflate with. */
export function describeSides({ works }: EngineRun): string {
  const sides = new Map(
    works.flatMap(({ sides }) => sides.filter(({ version }) => version !== undefined))
      .map((side) => [side.id, side]),
  );
  return Array.from(sides.values(), ({ name, version, runtime, uses }) => {
    const inflates = uses ? `, inflates by ${uses}` : "";
    return `${name}: ${version}, ${runtime}${inflates}`;
  }).join("\n");
}

/** How sides do their work, where that does not go without saying. */
export function describeWays(works: readonly WorkResult[]): string[] {
  const ways = works.flatMap(({ sides }) =>
    sides.flatMap(({ name, how }) => how ? [`${name}: ${how}`] : [])
  );
  return [...new Set(ways)];
}
