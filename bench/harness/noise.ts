/**
 * What measured times tell of the machine: how small a difference can be seen, whether it became
 * slower on the way, and which times stand out. All of it is reported; nothing is dropped.
 *
 * @module
 */
import { errorFunction, median, medianAbsoluteDeviation } from "simple-statistics";
import { pairedRatio, type Ratio, type RatioOptions, type Rounds } from "./bootstrap.ts";

/** What comes out when something is compared with itself. */
export interface NoiseFloor {
  /** Differences up to this part cannot be told from noise: 0.03 is 3 %. */
  part: number;
  /** The comparison; its interval should hold 1. */
  ratio: Ratio;
}

/** How far times went up or down over a run. */
export interface Drift {
  /** Rank correlation of time and order, -1 (always faster) to 1 (always slower): Kendall's tau. */
  tau: number;
  /** Probability of such a tau, or one farther from 0, where there is no drift (Mann–Kendall). */
  probability: number;
  /** Median of the last third as a part of that of the first, less 1: 0.1 is 10 % slower. */
  change: number;
  /** Whether `probability` is below 0.01. */
  found: boolean;
}

/** Times that stand out. */
export interface Outliers {
  count: number;
  /** Which ones, in order. */
  indices: number[];
  /** Times outside of it stand out. */
  limits: [low: number, high: number];
}

const DRIFT_LEVEL = 0.01;
// Iglewicz and Hoaglin, How to Detect and Handle Outliers: 3.5 in units of 1.4826 MAD, which is the
// standard deviation of normal values.
const MOST_DEVIATIONS = 3.5;
const MAD_TO_DEVIATION = 1.482602218505602;
// Below it the exact distribution is as quick as the normal one.
const EXACT_COUNT = 60;

/**
 * The noise floor from two contenders that are the same, measured in turns (A/A).
 *
 * @throws {RangeError} As `pairedRatio`.
 */
export function noiseFloor(a: Rounds, b: Rounds, options?: RatioOptions): NoiseFloor {
  const ratio = pairedRatio(a, b, options);
  const [low, high] = ratio.interval;
  return { part: Math.max(high - 1, 1 / low - 1, 0), ratio };
}

/**
 * Tests times for a trend by Mann and Kendall. Give medians of rounds rather than single times:
 * neighbours within a round resemble each other, which the test would take for a trend.
 */
export function drift(times: readonly number[]): Drift {
  const count = times.length;
  if (count < 3) return { tau: 0, probability: 1, change: 0, found: false };
  let score = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) score += Math.sign(times[j] - times[i]);
  }
  const ties = tieSizes(times);
  const probability = ties.length === 0 && count <= EXACT_COUNT
    ? exactProbability(score, count)
    : normalProbability(score, count, ties);
  const third = Math.ceil(count / 3);
  return {
    tau: score / (count * (count - 1) / 2),
    probability,
    change: median(times.slice(-third)) / median(times.slice(0, third)) - 1,
    found: probability < DRIFT_LEVEL,
  };
}

/** Medians of rounds, for {@link drift}. */
export function roundMedians(rounds: Rounds): number[] {
  return rounds.map((times) => median(times as number[]));
}

/** Finds the times that are far from the median, by the median absolute deviation. */
export function outliers(times: readonly number[]): Outliers {
  if (times.length === 0) return { count: 0, indices: [], limits: [-Infinity, Infinity] };
  const middle = median(times as number[]);
  const reach = MOST_DEVIATIONS * MAD_TO_DEVIATION * medianAbsoluteDeviation(times as number[]);
  const indices = times.flatMap((time, i) => Math.abs(time - middle) > reach ? [i] : []);
  return { count: indices.length, indices, limits: [middle - reach, middle + reach] };
}

/** Numbers of equal values, where there are several. */
function tieSizes(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

/** Both tails, from the share of orders that have so many pairs the wrong way round. */
function exactProbability(score: number, count: number): number {
  const pairs = count * (count - 1) / 2;
  let shares = [1];
  for (let length = 2; length <= count; length++) {
    const next = new Array<number>(shares.length + length - 1).fill(0);
    shares.forEach((share, inversions) => {
      for (let more = 0; more < length; more++) next[inversions + more] += share / length;
    });
    shares = next;
  }
  const mostInversions = (pairs - Math.abs(score)) / 2;
  let tail = 0;
  for (let inversions = 0; inversions <= mostInversions; inversions++) tail += shares[inversions];
  return Math.min(1, 2 * tail);
}

function normalProbability(score: number, count: number, ties: readonly number[]): number {
  const spread = (size: number) => size * (size - 1) * (2 * size + 5);
  const variance = ties.reduce((sum, size) => sum - spread(size), spread(count)) / 18;
  if (variance <= 0) return 1;
  return 1 - errorFunction(Math.max(0, Math.abs(score) - 1) / Math.sqrt(2 * variance));
}
