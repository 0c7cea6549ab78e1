/**
 * The plot of a channel: a line of numbers, or lanes of states.
 *
 * @module
 */
import uPlot from "uplot";
import { shorten } from "../../inspect/plain_text.ts";
import { drawableRange, tickPlaces, WHOLE_DISTANCES } from "./axis_range.ts";
import { oncePerFrame } from "./dom.ts";
import { MinMaxBins } from "./min_max_bins.ts";
import { tickText } from "./number_text.ts";
import { drawColumns, drawLanes, isDense } from "./draw_bins.ts";
import { pointReadout, type Units } from "./readout.ts";
import type { Bins } from "./read_channel.ts";
import { StateBins } from "./state_bins.ts";

const STROKED = uPlot.paths.linear!();

/** What the plot tells. */
export interface PlotEvents {
  /** The user wants to see a stretch of x; undefined is all. */
  onZoom(view: View | undefined): void;
  /** What is under the cursor, in words; empty when nothing is. */
  onReadout(text: string): void;
}

/** A stretch of x. */
export type View = readonly [from: number, to: number];

const FONT = "12px Inter, system-ui, sans-serif";
const LANE_HEIGHT = 30;
const AXIS_HEIGHT = 34;
const MOST_LABEL = 18;
const HUES = ["--hue-1", "--hue-2", "--hue-3", "--hue-4", "--hue-5"];

/** A plot in an element, which gives it its width. */
export class ChannelPlot {
  readonly #host: HTMLElement;
  readonly #events: PlotEvents;
  readonly #units: Units;
  readonly #observer: ResizeObserver;
  readonly #redraw = oncePerFrame(() => this.#setData());
  #bins: Bins;
  #records: ArrayLike<number> = [];
  #view?: View;
  #plot: uPlot;
  #dense = false;

  /** Draws bins into an element. */
  constructor(host: HTMLElement, bins: Bins, units: Units, events: PlotEvents) {
    this.#host = host;
    this.#bins = bins;
    this.#units = units;
    this.#events = events;
    this.#plot = new uPlot(this.#options(), undefined, host);
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(host);
    host.addEventListener("keydown", this.#onKey);
    this.#setData();
  }

  /** Shows bins that have changed, or others, and a stretch of them. */
  update(bins: Bins, view: View | undefined): void {
    this.#bins = bins;
    this.#view = view;
    this.#redraw();
  }

  /** Draws again, in the colours that now hold. */
  recolour(): void {
    this.#plot.redraw(false, true);
  }

  /** Takes the plot away. */
  dispose(): void {
    this.#observer.disconnect();
    this.#host.removeEventListener("keydown", this.#onKey);
    this.#plot.destroy();
  }

  /** Zooms by a factor around the cursor, or the middle, and moves by a part of what is seen. */
  zoom(factor: number, move = 0): void {
    const [from, to] = this.#range();
    const all = this.#extent();
    const { idx, left } = this.#plot.cursor;
    const at = idx != null && (left ?? -1) >= 0 && factor !== 1
      ? this.#plot.data[0][idx]
      : (from + to) / 2;
    const shift = move * (to - from);
    const width = (to - from) * factor;
    if (width >= all[1] - all[0]) return this.#events.onZoom(undefined);
    let start = at - (at - from) * factor + shift;
    start = Math.max(all[0], Math.min(start, all[1] - width));
    if (width > Math.abs(start) * 1e-12) this.#events.onZoom([start, start + width]);
  }

  #extent(): View {
    const from = this.#bins.count > 0 ? this.#bins.xOf(0) : 0;
    return [from, Math.max(from, this.#bins.endX)];
  }

  #range(): View {
    return drawableRange(...(this.#view ?? this.#extent()));
  }

  #setData(): void {
    const { data, records } = this.#bins instanceof MinMaxBins
      ? lineData(this.#bins)
      : stateData(this.#bins);
    this.#records = records;
    const plot = this.#plot;
    plot.batch(() => {
      plot.setData(data, false);
      const [min, max] = this.#range();
      plot.setScale("x", { min, max });
    });
    this.#fit();
  }

  #fit(): void {
    const width = Math.max(120, Math.floor(this.#host.clientWidth));
    const height = this.#height(width);
    if (width !== this.#plot.width || height !== this.#plot.height) {
      this.#plot.setSize({ width, height });
    }
  }

  #height(width: number): number {
    if (this.#bins instanceof StateBins) {
      return AXIS_HEIGHT + 16 + LANE_HEIGHT * Math.max(2, this.#bins.states.length);
    }
    return Math.round(Math.max(240, Math.min(width * 0.55, innerHeight * 0.52)));
  }

  #options(): uPlot.Options {
    const lanes = this.#bins instanceof StateBins;
    const width = Math.max(120, Math.floor(this.#host.clientWidth));
    const ink = () => this.#colour("--faint");
    const line = () => this.#colour("--line");
    const common: uPlot.Axis = {
      font: FONT,
      stroke: ink,
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
      gap: 8,
      splits: (_plot, _axis, min, max, distance) => tickPlaces(min, max, distance),
      values: (_plot, splits, _axis, _space, distance) =>
        splits.map((value) => tickText(value, distance)),
    };
    return {
      width,
      height: this.#height(width),
      padding: [12, 14, 0, 0],
      legend: { show: false },
      cursor: {
        y: !lanes,
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { show: !lanes, size: 9, width: 2, fill: () => this.#colour("--ground") },
        bind: { dblclick: () => () => (this.#events.onZoom(undefined), null) },
      },
      scales: {
        x: { time: false, range: () => [...this.#range()] },
        y: { range: (_plot, min, max) => this.#yRange(min, max), dir: lanes ? -1 : 1 },
      },
      axes: [
        {
          ...common,
          size: AXIS_HEIGHT,
          space: 80,
          ...this.#bins.counted ? { incrs: [...WHOLE_DISTANCES] } : {},
        },
        { ...common, size: axisSize, ...lanes ? this.#laneAxis() : {} },
      ],
      series: [
        {},
        lanes ? { paths: () => null, points: { show: false } } : {
          stroke: () => this.#colour("--hue-1"),
          width: 1.5,
          paths: (plot, series, from, to) => {
            this.#dense = isDense(plot, from, to);
            return this.#dense ? null : STROKED(plot, series, from, to);
          },
          points: { size: 5, fill: () => this.#colour("--hue-1") },
        },
      ],
      hooks: {
        setSelect: [(plot) => this.#onSelect(plot)],
        setCursor: [(plot) => this.#events.onReadout(this.#readout(plot))],
        draw: [(plot) => this.#drawBins(plot)],
      },
    };
  }

  #laneAxis(): uPlot.Axis {
    const states = () => this.#bins instanceof StateBins ? this.#bins.states : [];
    return {
      grid: { show: false },
      splits: () => states().map((_, i) => i),
      values: () => states().map((state) => shorten(state || "(empty)", MOST_LABEL)),
    };
  }

  #yRange(min: number | null, max: number | null): [number, number] {
    if (this.#bins instanceof StateBins) {
      return [-0.5, Math.max(2, this.#bins.states.length) - 0.5];
    }
    if (min === null || max === null) return [0, 1];
    const [low, high] = uPlot.rangeNum(min, max, 0.08, true);
    return drawableRange(low ?? min, high ?? max);
  }

  #drawBins(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const bins = this.#bins;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    if (bins instanceof StateBins) {
      const colours = HUES.map((hue) => this.#colour(hue));
      drawLanes(plot, bins, colours);
    } else if (this.#dense) {
      ctx.fillStyle = this.#colour("--hue-1");
      drawColumns(plot, bins);
    }
    ctx.restore();
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width <= 0) return;
    const from = plot.posToVal(left, "x");
    const to = plot.posToVal(left + width, "x");
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (from < to) this.#events.onZoom([from, to]);
  }

  #readout({ cursor, data }: uPlot): string {
    const { idx, left } = cursor;
    if (idx == null || (left ?? -1) < 0 || idx >= this.#records.length) return "";
    return pointReadout(this.#bins, data[0][idx], data[1][idx], this.#records[idx], this.#units);
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, () => void> = {
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      "0": () => this.#events.onZoom(undefined),
      Escape: () => this.#events.onZoom(undefined),
      ArrowLeft: () => event.shiftKey ? this.zoom(1, -0.25) : this.#step(-1),
      ArrowRight: () => event.shiftKey ? this.zoom(1, 0.25) : this.#step(1),
      Home: () => this.#step(-Infinity),
      End: () => this.#step(Infinity),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  /** Moves the cursor by points. */
  #step(by: number): void {
    const plot = this.#plot;
    const xs = plot.data[0];
    if (xs.length === 0) return;
    const [from, to] = this.#range();
    const lowest = Math.max(0, plot.valToIdx(from));
    const highest = Math.min(xs.length - 1, plot.valToIdx(to));
    const now = plot.cursor.idx ?? (by > 0 ? lowest - 1 : highest + 1);
    const idx = Math.max(lowest, Math.min(now + by, highest));
    const y = plot.data[1][idx];
    const top = typeof y === "number" ? plot.valToPos(y, "y") : plot.height / 2;
    plot.setCursor({ left: plot.valToPos(xs[idx], "x"), top });
  }

  #colour(name: string): string {
    return getComputedStyle(this.#host).getPropertyValue(name).trim();
  }
}

interface PlotData {
  data: uPlot.AlignedData;
  /** Number of the record of each point. */
  records: ArrayLike<number>;
}

function lineData(bins: MinMaxBins): PlotData {
  const { x, y, record } = bins.line();
  return { data: [x, y], records: record };
}

/** A point at the start of each bin, for the cursor; lanes are drawn apart. */
function stateData(bins: StateBins): PlotData {
  const at = Array.from({ length: bins.count }, (_, bin) => bin);
  const x = Float64Array.from(at, (bin) => bins.xOf(bin));
  return { data: [x, at.map(() => 0)], records: at.map((bin) => bins.recordOf(bin)) };
}

/** As wide as the longest label. */
function axisSize(plot: uPlot, labels: string[], _axis: number, cycle: number): number {
  const axis = plot.axes[1] as uPlot.Axis & { _size: number };
  if (cycle > 1) return axis._size;
  plot.ctx.font = FONT;
  const widths = (labels ?? []).map((label) => plot.ctx.measureText(label ?? "").width);
  return Math.ceil(Math.max(24, ...widths)) + 14;
}
