/**
 * How sure the ratio of two measured times is.
 *
 * Times of one round are neighbours in time and share the mood of the machine, so a ratio is taken
 * round by round, and the bootstrap draws whole rounds. Drawing single samples would take a slow
 * stretch for so many independent witnesses, and find differences where there are none.
 *
 * @module
 */
import { mean, median, quantileSorted } from "simple-statistics";
import { Sfc32 } from "../../scripts/generate/prng.ts";
import type { Interval } from "./estimate.ts";

/** Times of one contender, round by round, in order. */
export type Rounds = readonly (readonly number[])[];

/** How a ratio is worked out. */
export interface RatioOptions {
  /** What stands for the times of one round; `median` when absent. */
  center?: "median" | "mean";
  /**
   * Probability that the interval has the true ratio in it; 0.99 when absent, so that a table of a
   * hundred comparisons has one false alarm and not five.
   */
  level?: number;
  /** How often rounds are drawn; 2000 when absent. */
  resamples?: number;
  /** Start of the random numbers; the same seed gives the same interval. */
  seed?: number;
}

/** One time as a multiple of another. */
export interface Ratio {
  value: number;
  interval: Interval;
  /** Probability that the interval has the true ratio in it. */
  level: number;
  /** Rounds it rests on; the smaller number where the two differ. */
  rounds: number;
}

/** Fewer say nothing: 99 % intervals then are the whole range, and still too narrow. */
export const FEWEST_ROUNDS = 8;

const CENTERS = { median, mean } as const;

/**
 * The time of a contender as a multiple of the baseline's: the median over rounds of the ratio within
 * a round, with a percentile bootstrap interval over rounds. The two must have been measured in turns.
 *
 * @throws {RangeError} If the numbers of rounds differ, are below {@link FEWEST_ROUNDS}, or a round
 * has no time, or one that is not above 0.
 */
export function pairedRatio(contender: Rounds, baseline: Rounds, options?: RatioOptions): Ratio {
  if (contender.length !== baseline.length) {
    throw new RangeError(
      `rounds are compared in pairs, but there are ${contender.length} and ${baseline.length}`,
    );
  }
  const ours = logTimes(contender, options), theirs = logTimes(baseline, options);
  const differences = ours.map((time, round) => time - theirs[round]);
  return bootstrapRatio([differences], ([drawn]) => median(drawn), options);
}

/**
 * The same of two that were measured apart, such as in two runs of the benchmark: the ratio of the
 * medians over rounds. What changed on the machine from one run to the other is part of the ratio.
 *
 * @throws {RangeError} As {@link pairedRatio}, except that the numbers of rounds may differ.
 */
export function unpairedRatio(contender: Rounds, baseline: Rounds, options?: RatioOptions): Ratio {
  const times = [logTimes(contender, options), logTimes(baseline, options)];
  return bootstrapRatio(times, ([ours, theirs]) => median(ours) - median(theirs), options);
}

function logTimes(rounds: Rounds, { center = "median" }: RatioOptions = {}): number[] {
  if (rounds.length < FEWEST_ROUNDS) {
    throw new RangeError(`a ratio needs at least ${FEWEST_ROUNDS} rounds, not ${rounds.length}`);
  }
  return rounds.map((times, round) => {
    const time = times.length === 0 ? NaN : CENTERS[center](times as number[]);
    if (time > 0 && time < Infinity) return Math.log(time);
    throw new RangeError(`round ${round} has no time above 0`);
  });
}

function bootstrapRatio(
  columns: readonly number[][],
  statistic: (columns: readonly number[][]) => number,
  { level = 0.99, resamples = 2000, seed = 1 }: RatioOptions = {},
): Ratio {
  if (!(level > 0 && level < 1)) throw new RangeError(`a level is between 0 and 1, not ${level}`);
  const random = new Sfc32(seed, seed, seed);
  const drawn = columns.map((column) => new Array<number>(column.length).fill(0));
  const results: number[] = [];
  for (let i = 0; i < resamples; i++) {
    columns.forEach((column, c) => {
      for (let at = 0; at < column.length; at++) {
        drawn[c][at] = column[Math.floor(random.next() * column.length)];
      }
    });
    results.push(statistic(drawn));
  }
  results.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return {
    value: Math.exp(statistic(columns)),
    interval: [
      Math.exp(quantileSorted(results, tail)),
      Math.exp(quantileSorted(results, 1 - tail)),
    ],
    level,
    rounds: Math.min(...columns.map((column) => column.length)),
  };
}
