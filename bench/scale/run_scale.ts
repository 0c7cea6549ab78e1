/**
 * Measures costs against sizes, and fits the power by which they grow.
 *
 * @module
 */
import { estimate } from "../harness/estimate.ts";
import { measure } from "../harness/measure.ts";
import { describeMachine, type Machine } from "../harness/results.ts";
import { type Fit, fitLargest, fitPower, isLinear, type ScalePoint } from "./fit.ts";
import type { ScaleAxis } from "./scale_axes.ts";

/** An operation by one axis. */
export interface ScaleResult {
  axis: string;
  title: string;
  unit: string;
  operation: string;
  points: ScalePoint[];
  /** Over all sizes. */
  fit: Fit;
  /** Over the largest three. */
  largest: Fit;
  linear: boolean;
  /** It is what the machine itself takes. */
  floor: boolean;
}

/** A whole run. */
export interface ScaleRun {
  format: "mf4-bench-scale";
  schema: 1;
  date: string;
  seconds: number;
  machine: Machine;
  /** Processes that wanted to run just before, on average of a minute; 0 where it is not known. */
  load: number;
  results: ScaleResult[];
}

/** How {@link runScale} measures. */
export interface RunScaleOptions {
  axes: readonly ScaleAxis[];
  /** Folder for the files; the caller removes it. */
  scratch: string;
  /** Fewer rounds. */
  quick?: boolean;
  /** Milliseconds for each operation on each file. */
  budgetMs?: number;
  signal?: AbortSignal;
  onStep?: (what: string) => void;
  /** Told which part of an axis is measured, 0 to 1. */
  onProgress?: (done: number, axis: string) => void;
}

const BUDGET_MS = 400;
const QUICK_MS = 60;
// The fastest of few runs is seldom as fast as one can be, and of large sizes there is one in a round.
const ROUNDS = 12;
const QUICK_ROUNDS = 2;

/** Measures every axis; all sizes of one take turns, so that none has the machine at its best. */
export async function runScale(options: RunScaleOptions): Promise<ScaleRun> {
  const started = new Date();
  const [load] = Deno.loadavg();
  const results: ScaleResult[] = [];
  for (const axis of options.axes) {
    options.signal?.throwIfAborted();
    results.push(...await measureAxis(axis, options));
  }
  return {
    ...{ format: "mf4-bench-scale", schema: 1, date: started.toISOString() },
    ...{ seconds: (Date.now() - started.getTime()) / 1000, machine: describeMachine() },
    ...{ load, results },
  };
}

async function measureAxis(axis: ScaleAxis, options: RunScaleOptions): Promise<ScaleResult[]> {
  const { scratch, quick, signal, onStep, onProgress } = options;
  const { id, title, unit, sizes, operations } = axis;
  onStep?.(`make files by ${title}`);
  const folder = await Deno.makeTempDir({ dir: scratch });
  try {
    const paths: string[] = [];
    for (const size of sizes) {
      signal?.throwIfAborted();
      paths.push(await axis.make(folder, size));
    }
    const measured: number[][][] = [];
    for (const [k, { run, check }] of operations.entries()) {
      // One operation at a time: others leave a heap of another shape, which large sizes pay for.
      const contenders = sizes.map((size, i) => ({
        run: () => run(paths[i]),
        check: (result: unknown) => Promise.resolve(check(result, size)),
      }));
      const budgetMs = options.budgetMs ?? (quick ? QUICK_MS : BUDGET_MS);
      const times = await measure(contenders, {
        ...{ budgetMs, signal, rounds: quick ? QUICK_ROUNDS : ROUNDS },
        onProgress: (done) => onProgress?.((k + done) / operations.length, title),
      });
      measured.push(times.map(({ times }) => times));
    }
    const fits = operations.map((_, k) => {
      const points = sizes.map((size, i) => ({
        size,
        // The fastest: long runs are interrupted by other work more often than short ones, which
        // would look like growth.
        ms: estimate(measured[k][i]).min,
      }));
      return { points, fit: fitPower(points), largest: fitLargest(points) };
    });
    const floors = fits.filter((_, k) => operations[k].floor).map(({ fit }) => fit);
    return operations.map(({ name, floor = false }, k) => {
      const place = { axis: id, title, unit, operation: name, floor };
      return { ...place, ...fits[k], linear: isLinear(fits[k].fit, floors) };
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
