/**
 * Costs against sizes, as a table and as a figure.
 *
 * @module
 */
import type { TopLevelSpec } from "vega-lite";
import { formatMs, formatNumber } from "../harness/format_results.ts";
import type { TableContent } from "../harness/table.ts";
import type { Figure } from "../report/figure_specs.ts";
import { TOLERANCE } from "./fit.ts";
import type { ScaleResult, ScaleRun } from "./run_scale.ts";

/** What the numbers mean. */
export const SCALE_LEGEND = [
  "The exponent is the power of the size by which the fastest time grows, fitted in logarithms over all",
  "sizes: 1 is in proportion, 0 constant. R² is the part of the variation that the fit explains; where a",
  "cost is nearly constant there is little to explain. The next exponent is that of the largest three",
  `sizes alone. A cost counts as linear up to ${
    1 + TOLERANCE
  }, or up to ${TOLERANCE} above the rows in`,
  "brackets: what the machine itself takes, also for sizes that leave its caches.",
];

const NONE = "–";
const PLOT = 240;
const COLUMNS = 3;

/** A row for each operation by each axis. */
export function scaleTable({ results }: Pick<ScaleRun, "results">): TableContent {
  return {
    head: [
      "by",
      "operation",
      "sizes",
      "smallest",
      "largest",
      "exponent",
      "R²",
      "of top 3",
      "linear",
    ],
    rows: results.map(({ title, unit, operation, points, fit, largest, linear, floor }) => [
      title,
      floor ? `(${operation})` : operation,
      `${describeSize(points[0].size)} to ${describeSize(points.at(-1)!.size)} ${unit}`,
      formatMs(points[0].ms),
      formatMs(points.at(-1)!.ms),
      fit.exponent.toFixed(2),
      fit.rSquared.toFixed(3),
      largest.exponent.toFixed(2),
      floor ? NONE : linear ? "yes" : "no",
    ]),
  };
}

/** How many costs are linear, and which are not. */
export function describeLinearity({ results }: Pick<ScaleRun, "results">): string[] {
  const own = results.filter(({ floor }) => !floor);
  const steep = own.filter(({ linear }) => !linear);
  return [
    `${own.length - steep.length} of ${own.length} costs grow at most in proportion.`,
    ...steep.map(({ title, operation, fit }) =>
      `Grows faster: ${operation} by ${title}, exponent ${formatNumber(fit.exponent)}`
    ),
  ];
}

/** A small plot for each axis, both of its scales growing by factors. */
export function scaleFigure({ results }: Pick<ScaleRun, "results">): Figure {
  const plots = [...Map.groupBy(results, ({ axis }) => axis).values()].map(plotOf);
  return {
    name: "scale",
    title: "Time by size",
    reading:
      "Both axes grow by factors. A line that rises as steeply as the dashed one takes time in " +
      "proportion to the size; a flat one does not depend on it.",
    spec: {
      columns: COLUMNS,
      concat: plots,
      resolve: { scale: { color: "independent" } },
    } as TopLevelSpec,
  };
}

function plotOf(results: readonly ScaleResult[]): object {
  const [{ title, unit }] = results;
  const values = results.flatMap(({ operation, points }) =>
    points.map(({ size, ms }) => ({ operation, size, ms }))
  );
  const [first, last] = [results[0].points[0], results[0].points.at(-1)!];
  // From the smallest time of the first operation, as steep as a cost in proportion.
  const proportion = [first, { size: last.size, ms: first.ms * last.size / first.size }];
  const x = {
    field: "size",
    type: "quantitative",
    scale: { type: "log", nice: false, padding: 10 },
    axis: { title: unit, grid: false, tickCount: 4, format: "~s" },
  };
  const y = {
    field: "ms",
    type: "quantitative",
    scale: { type: "log" },
    axis: { title: "ms", tickCount: 4, format: "~g" },
  };
  return {
    title: `By ${title}`,
    ...{ width: PLOT, height: PLOT * 0.7 },
    layer: [
      {
        data: { values: proportion },
        mark: { type: "line", strokeDash: [4, 3], strokeWidth: 1, color: "#8b93a1" },
        encoding: { x, y },
      },
      {
        data: { values },
        mark: { type: "line", point: { size: 30 }, strokeWidth: 2 },
        encoding: {
          x,
          y,
          color: {
            field: "operation",
            type: "nominal",
            legend: { title: null, orient: "bottom", columns: 1, labelLimit: PLOT },
          },
        },
      },
    ],
  };
}

function describeSize(size: number): string {
  return size.toLocaleString("en");
}
