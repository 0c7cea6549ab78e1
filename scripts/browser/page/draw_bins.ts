/**
 * Bins drawn straight onto the canvas of a plot.
 *
 * @module
 */
import type uPlot from "uplot";
import type { MinMaxBins } from "./min_max_bins.ts";
import type { StateBins } from "./state_bins.ts";

/**
 * Whether a line goes up and down so much that it covers most of the plot. Stroking it takes a large
 * part of a second without a graphics card; columns from smallest to largest look the same.
 */
export function isDense(plot: uPlot, from: number, to: number): boolean {
  const ys = plot.data[1];
  const { min, max } = plot.scales.y;
  if (min == null || max == null) return false;
  let way = 0;
  let last: number | undefined;
  for (let i = from; i <= to; i++) {
    const y = ys[i];
    if (y == null) continue;
    if (last !== undefined) way += Math.abs(y - last);
    last = y;
  }
  return way / (max - min) > MOST_CROSSINGS;
}

/** Pixels of the bar of a sample that nothing follows. */
const LEAST_LAST = 3;

/** How often a stroked line may cross the plot from bottom to top. */
const MOST_CROSSINGS = 120;

/** Draws one bar from smallest to largest for each column of pixels, joined to the one before. */
export function drawColumns({ ctx, valToPos, scales }: uPlot, bins: MinMaxBins): void {
  const { min: from = 0, max: to = 0 } = scales.x;
  const least = 1.5 * devicePixelRatio;
  let before: readonly [min: number, max: number] | undefined;
  const last = Math.min(bins.count - 1, bins.binAt(to ?? 0) + 1);
  for (let bin = Math.max(0, bins.binAt(from ?? 0) - 1); bin <= last; bin++) {
    const own = bins.extremes(bin);
    if (own) {
      const low = before ? Math.min(own[0], before[1]) : own[0];
      const high = before ? Math.max(own[1], before[0]) : own[1];
      const left = Math.round(valToPos(bins.xOf(bin), "x", true));
      const next = bin + 1 < bins.count ? bins.xOf(bin + 1) : bins.endX;
      const right = Math.round(valToPos(next, "x", true));
      const top = valToPos(high, "y", true);
      const height = Math.max(least, valToPos(low, "y", true) - top);
      ctx.fillRect(left, top, Math.max(1, right - left), height);
    }
    before = own;
  }
}

/** Draws a bar in the lane of a state for as long as it holds. */
export function drawLanes(
  { ctx, valToPos, bbox }: uPlot,
  bins: StateBins,
  colours: readonly string[],
): void {
  const height = (bbox.height / Math.max(2, bins.states.length)) * 0.62;
  for (let state = 0; state < bins.states.length; state++) {
    ctx.fillStyle = colours[state % colours.length];
    const top = valToPos(state, "y", true) - height / 2;
    for (let bin = 0; bin < bins.count; bin++) {
      if (!bins.has(bin, state)) continue;
      let end = bin + 1;
      while (end < bins.count && bins.has(end, state)) end++;
      const right = valToPos(end < bins.count ? bins.xOf(end) : bins.endX, "x", true);
      // The last sample has no time, and is at the edge.
      const least = end < bins.count ? devicePixelRatio : LEAST_LAST * devicePixelRatio;
      const left = Math.min(valToPos(bins.xOf(bin), "x", true), right - least);
      ctx.fillRect(left, top, right - left, height);
      bin = end;
    }
  }
}
