/**
 * The figures of a report, as specifications for vega-lite. Colours are chosen to be told apart on
 * light and on dark ground; all that is black is drawn in the colour of the text.
 *
 * @module
 */
import type { TopLevelSpec } from "vega-lite";
import type { BenchResults } from "../harness/results.ts";
import { BARE_READ, STREAM_ALL } from "../operations.ts";
import { summarize, type Summary } from "./summary.ts";

/** A figure. */
export interface Figure {
  /** Names its files. */
  name: string;
  title: string;
  /** How to read it, in a sentence or two. */
  reading: string;
  spec: TopLevelSpec;
}

/** Stands for the colour of the text until the figure is put somewhere. */
export const INK = "#010203";
const BLUE = "#3b82d6";
const ORANGE = "#e07b24";
const GREEN = "#2f9e6e";
const PINK = "#c2569c";
const VIOLET = "#8a70d6";
const GREY = "#8b93a1";

const ORIGINAL_ROWS = [
  ["direct, all channels", "all channels", BLUE],
  ["index warm, one channel", "one channel, warm index", ORANGE],
  ["index warm, several", "several, warm index", GREEN],
  ["index cold, several", "several, cold index", PINK],
  [STREAM_ALL, "stream all channels", VIOLET],
] as const;

/** Ticks of axes that grow by factors. */
const POWERS = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000];

/** How wide and high a figure is. */
export type FigureWidth = "wide" | "narrow";

const PLOT = { wide: 560, narrow: 270 } as const;

/** Every figure that the run has data for; `history` are earlier runs, oldest first. */
export function figuresOf(
  run: BenchResults,
  history: readonly BenchResults[],
  width: FigureWidth = "wide",
): Figure[] {
  const summary = summarize(run);
  const plot = PLOT[width];
  return [
    throughput(summary, plot),
    scaling(summary, plot),
    memory(summary, plot),
    distribution(run, plot),
    indexEfficiency(summary, plot),
    historyOf([...history, run], plot),
    metrics(summary, plot),
  ].filter((figure) => figure !== undefined);
}

/** Breaks a long name at its last comma, where it has one. */
const TWO_LINES = "length(datum.label) > 26 && indexof(datum.label, ', ') > 0 ? " +
  "[slice(datum.label, 0, lastindexof(datum.label, ', ') + 1), " +
  "slice(datum.label, lastindexof(datum.label, ', ') + 2)] : datum.label";

/** The axis of operations: beside narrow plots long names take two lines. */
function nameAxis(plot: number): Record<string, unknown> {
  return plot < 400
    ? { title: null, labelLimit: 240, labelExpr: TWO_LINES, labelFontSize: 11 }
    : { title: null, labelLimit: 420 };
}

/** Height of the row of an operation. */
function rowHeight(plot: number): number {
  return plot < 400 ? 28 : 17;
}

function sizesOf(summary: Summary): string[] {
  return summary.files.map(({ size }) => size);
}

function throughput(summary: Summary, plot: number): Figure | undefined {
  const bare = new Map(
    summary.operations.filter(({ name }) => name === BARE_READ)
      .map(({ size, rates }) => [size, rates.file]),
  );
  const values = ORIGINAL_ROWS.flatMap(([name, label]) =>
    summary.operations.filter((one) => one.name === name && one.rates.decoded !== null)
      .map(({ size, rates, time, decoded }) => ({
        label,
        size,
        rate: decoded.bytes / time.mean / 1000,
        low: time.interval ? decoded.bytes / time.interval[1] / 1000 : rates.decoded,
        high: time.interval && time.interval[0] > 0
          ? decoded.bytes / time.interval[0] / 1000
          : rates.decoded,
        part: bare.get(size) ? decoded.bytes / time.mean / 10 / bare.get(size)! : null,
      }))
  );
  if (values.length === 0) return undefined;
  const labels = ORIGINAL_ROWS.filter(([, label]) => values.some((row) => row.label === label));
  const color = {
    field: "label",
    type: "nominal",
    scale: { domain: labels.map(([, label]) => label), range: labels.map(([, , hue]) => hue) },
    legend: { title: null, orient: "bottom", columns: plot < 400 ? 1 : 3, labelLimit: 320 },
  };
  const x = {
    field: "size",
    type: "nominal",
    sort: sizesOf(summary),
    axis: { title: "file", labelAngle: 0 },
  };
  const offset = { field: "label", sort: labels.map(([, label]) => label) };
  const bars = {
    title: "Throughput of decoded values",
    width: plot,
    height: 220,
    layer: [
      {
        mark: { type: "bar", cornerRadiusEnd: 2 },
        encoding: {
          x,
          xOffset: offset,
          y: { field: "rate", type: "quantitative", axis: { title: "MB/s" } },
          color,
        },
      },
      {
        mark: { type: "rule", color: INK, strokeWidth: 1 },
        encoding: {
          x,
          xOffset: offset,
          y: { field: "low", type: "quantitative" },
          y2: { field: "high" },
        },
      },
    ],
  };
  const ratio = {
    title: "The same as a part of the bare read",
    width: plot,
    height: 130,
    mark: { type: "line", point: { size: 45 }, strokeWidth: 2 },
    encoding: {
      x,
      y: {
        field: "part",
        type: "quantitative",
        axis: { title: "% of the bare read" },
        scale: { zero: true },
      },
      color,
    },
  };
  return {
    name: "throughput",
    title: "Throughput by file size",
    reading:
      "Bars are megabytes of decoded values per second; thin lines are the 95 % interval of " +
      "the mean. Below, the same rates as a part of what the machine reads at all.",
    spec: { data: { values }, vconcat: [bars, ratio] } as TopLevelSpec,
  };
}

function scaling(summary: Summary, plot: number): Figure | undefined {
  if (summary.files.length < 2) return undefined;
  const bytesOf = new Map(summary.files.map(({ size, bytes }) => [size, bytes / 1e6]));
  const rows = [[BARE_READ, "bare read", GREY], ...ORIGINAL_ROWS, ["open", "open", INK]] as const;
  const values = rows.flatMap(([name, label]) =>
    summary.operations.filter((one) => one.name === name)
      .map(({ size, time }) => ({ label, megabytes: bytesOf.get(size), ms: time.median }))
  );
  const labels = rows.filter(([, label]) => values.some((row) => row.label === label));
  return {
    name: "scaling",
    title: "Time by file size",
    reading:
      "Both axes grow by factors. A line that rises as steeply as that of the bare read takes " +
      "time in proportion to the file; a flat one does not depend on it.",
    spec: {
      data: { values },
      width: plot,
      height: 260,
      mark: { type: "line", point: { size: 45 }, strokeWidth: 2 },
      encoding: {
        x: {
          field: "megabytes",
          type: "quantitative",
          scale: { type: "log", nice: false, padding: 12 },
          axis: { title: "file in MB", grid: false, values: POWERS, format: "~g" },
        },
        y: {
          field: "ms",
          type: "quantitative",
          scale: { type: "log" },
          axis: { title: "median time in ms", values: POWERS, format: "~g" },
        },
        color: {
          field: "label",
          type: "nominal",
          scale: {
            domain: labels.map(([, label]) => label),
            range: labels.map(([, , hue]) => hue),
          },
          legend: { title: null, orient: "bottom", columns: plot < 400 ? 1 : 3, labelLimit: 320 },
        },
      },
    } as TopLevelSpec,
  };
}

function memory(summary: Summary, plot: number): Figure | undefined {
  const size = sizesOf(summary).at(-1);
  const values = summary.operations.filter((one) => one.size === size && one.resources)
    .map(({ name, resources }) => ({
      name,
      ratio: resources!.addedPerFile,
      memory: resources!.memoryClass,
    }));
  if (values.length === 0) return undefined;
  return {
    name: "memory",
    title: `Memory of one run, ${size} file`,
    reading: "What a run adds to its process at most, as a multiple of the file. Below 2 is " +
      "excellent, below 3 good; beyond that, stream instead of reading whole.",
    spec: {
      data: { values },
      width: plot - 60,
      height: { step: rowHeight(plot) },
      layer: [
        {
          mark: { type: "bar", cornerRadiusEnd: 2 },
          encoding: {
            y: {
              field: "name",
              type: "nominal",
              sort: null,
              axis: nameAxis(plot),
            },
            x: { field: "ratio", type: "quantitative", axis: { title: "× file" } },
            color: {
              field: "memory",
              type: "nominal",
              scale: { domain: ["excellent", "good", "high"], range: [GREEN, BLUE, ORANGE] },
              legend: { title: null, orient: "bottom" },
            },
          },
        },
        {
          data: { values: [{ at: 2 }, { at: 3 }] },
          mark: { type: "rule", color: INK, strokeDash: [4, 3], opacity: 0.5 },
          encoding: { x: { field: "at", type: "quantitative" } },
        },
      ],
    } as TopLevelSpec,
  };
}

/** Samples of each operation that are drawn; more look the same. */
const MOST_POINTS = 60;

function distribution(run: BenchResults, plot: number): Figure | undefined {
  const size = run.files.at(-1)?.size;
  const results = run.results.filter((one) => one.size === size && one.timesMs.length > 4);
  if (results.length === 0) return undefined;
  const values = results.flatMap(({ name, timesMs, ms }) => {
    const step = Math.max(1, Math.ceil(timesMs.length / MOST_POINTS));
    return timesMs.filter((_, i) => i % step === 0)
      .map((time) => ({ name, relative: time / ms.median }));
  });
  const y = {
    field: "name",
    type: "nominal",
    sort: null,
    axis: nameAxis(plot),
  };
  const x = {
    field: "relative",
    type: "quantitative",
    axis: { title: "time by the median" },
    scale: { zero: false, domain: [0.5, 2.5], clamp: true },
  };
  return {
    name: "distribution",
    title: `Spread of the samples, ${size} file`,
    reading:
      "Each tick is one run, 1 is the median of its operation; the thick line is the middle " +
      "half. Nothing was dropped; what is slower than 2.5 times the median stands at the edge.",
    spec: {
      data: { values },
      width: plot - 60,
      height: { step: rowHeight(plot) },
      layer: [
        {
          mark: { type: "tick", color: BLUE, opacity: 0.45, thickness: 1, bandSize: 12 },
          encoding: { x, y },
        },
        {
          mark: { type: "rule", strokeWidth: 4, color: ORANGE },
          transform: [{
            aggregate: [
              { op: "q1", field: "relative", as: "q1" },
              { op: "q3", field: "relative", as: "q3" },
            ],
            groupby: ["name"],
          }],
          encoding: { x: { ...x, field: "q1" }, x2: { field: "q3" }, y },
        },
      ],
    } as TopLevelSpec,
  };
}

function indexEfficiency(summary: Summary, plot: number): Figure | undefined {
  const ways = [
    ["direct, one channel", "direct", GREY],
    ["index warm, one channel", "warm index", BLUE],
    ["index cold, one channel", "cold index", ORANGE],
  ] as const;
  const values = ways.flatMap(([name, label]) =>
    summary.operations.filter((one) => one.name === name)
      .map(({ size, time }) => ({ label, size, ms: time.median }))
  );
  if (values.length === 0) return undefined;
  const shares = summary.files.map(({ size, index }) => ({
    size,
    share: 100 * index.perFile,
    text: `${(100 * index.perFile).toPrecision(2)} %`,
  }));
  const x = {
    field: "size",
    type: "nominal",
    sort: sizesOf(summary),
    axis: { title: "file", labelAngle: 0 },
  };
  const log = { type: "log" };
  return {
    name: "index",
    title: "What an index costs and gives",
    reading: "Above, the time to open a file and read one channel: without an index, with one in " +
      "memory, and with one that is loaded first. Below, the size of the index as a part of the file.",
    spec: {
      vconcat: [
        {
          data: { values },
          width: plot,
          height: 180,
          mark: { type: "bar", cornerRadiusEnd: 2 },
          encoding: {
            x,
            xOffset: { field: "label", sort: ways.map(([, label]) => label) },
            y: { field: "ms", type: "quantitative", axis: { title: "median time in ms" } },
            color: {
              field: "label",
              type: "nominal",
              scale: {
                domain: ways.map(([, label]) => label),
                range: ways.map(([, , hue]) => hue),
              },
              legend: { title: null, orient: "bottom" },
            },
          },
        },
        {
          data: { values: shares },
          width: plot,
          height: 110,
          encoding: {
            x,
            y: {
              field: "share",
              type: "quantitative",
              scale: log,
              axis: { title: "% of the file", values: POWERS, format: "~g" },
            },
          },
          layer: [
            { mark: { type: "point", filled: true, size: 90, color: GREEN, opacity: 1 } },
            {
              mark: { type: "text", dx: 34, color: INK, fontSize: 12 },
              encoding: { text: { field: "text", type: "nominal" } },
            },
          ],
        },
      ],
    } as TopLevelSpec,
  };
}

function historyOf(runs: readonly BenchResults[], plot: number): Figure | undefined {
  const size = runs.at(-1)?.files.at(-1)?.size;
  const values = runs.flatMap((run) =>
    ORIGINAL_ROWS.flatMap(([name, label]) =>
      run.results.filter((one) => one.name === name && one.size === size)
        .flatMap(({ decodedMBPerSecond: rate }) =>
          rate === undefined ? [] : [{ label, rate, date: run.date }]
        )
    )
  );
  if (new Set(values.map(({ date }) => date)).size < 2) return undefined;
  const labels = ORIGINAL_ROWS.filter(([, label]) => values.some((row) => row.label === label));
  return {
    name: "history",
    title: `Over the runs, ${size} file`,
    reading:
      "Megabytes of decoded values per second in each run that was kept, oldest to the left. " +
      "Runs on another machine, or a busy one, are not comparable.",
    spec: {
      data: { values },
      width: plot,
      height: 220,
      mark: { type: "line", point: { size: 40 }, strokeWidth: 2 },
      encoding: {
        x: {
          field: "date",
          type: "ordinal",
          axis: {
            title: "run",
            labelAngle: -40,
            labelExpr: "slice(datum.value, 5, 16) == '' ? datum.value : " +
              "replace(slice(datum.value, 5, 16), 'T', ' ')",
            labelOverlap: true,
          },
        },
        y: { field: "rate", type: "quantitative", axis: { title: "MB/s" } },
        color: {
          field: "label",
          type: "nominal",
          scale: {
            domain: labels.map(([, label]) => label),
            range: labels.map(([, , hue]) => hue),
          },
          legend: { title: null, orient: "bottom", columns: plot < 400 ? 1 : 3, labelLimit: 320 },
        },
      },
    } as TopLevelSpec,
  };
}

function metrics(summary: Summary, plot: number): Figure | undefined {
  const values = summary.operations.flatMap(({ name, size, metrics }) =>
    Object.entries(metrics).map(([metric, { value, unit }]) => ({
      ...{ name, size, value },
      metric: unit === "" ? metric : `${metric} in ${unit}`,
    }))
  );
  if (values.length === 0) return undefined;
  const hues = [BLUE, ORANGE, GREEN, PINK];
  return {
    name: "metrics",
    title: "Numbers of the benchmarks' own",
    reading: "Medians over the runs, one panel for each number.",
    spec: {
      data: { values },
      facet: {
        row: {
          field: "metric",
          type: "nominal",
          sort: null,
          header: { title: null, labelAngle: 0, labelAnchor: "start", labelOrient: "top" },
        },
      },
      spec: {
        width: plot - 60,
        height: { step: 14 },
        mark: { type: "bar", cornerRadiusEnd: 2 },
        encoding: {
          y: {
            field: "name",
            type: "nominal",
            sort: null,
            axis: nameAxis(plot),
          },
          yOffset: { field: "size", sort: sizesOf(summary) },
          x: { field: "value", type: "quantitative", axis: { title: null } },
          color: {
            field: "size",
            type: "nominal",
            scale: { domain: sizesOf(summary), range: hues.slice(0, summary.files.length) },
            legend: { title: "file", orient: "bottom" },
          },
        },
      },
      resolve: { scale: { x: "independent", y: "independent" } },
    } as TopLevelSpec,
  };
}
