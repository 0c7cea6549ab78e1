/**
 * Says whether one contender is faster than another, and says nothing where that was not shown.
 *
 * @module
 */
import {
  FEWEST_ROUNDS,
  pairedRatio,
  type Ratio,
  type RatioOptions,
  type Rounds,
} from "./bootstrap.ts";
import type { Work } from "./same_work.ts";

/** What may be said of a contender. */
export type Verdict = "faster" | "slower" | "no difference shown";

/** A contender against a baseline; a ratio is its time as a multiple of the baseline's. */
export type Comparison =
  | { verdict: Verdict; ratio: Ratio }
  /** There is no ratio, for the reason given. */
  | { verdict: "refused"; reason: string };

/** How {@link compare} compares. */
export interface CompareOptions extends RatioOptions {
  /** What `sameWork` found; absent where every run of both was checked otherwise. */
  work?: Work;
}

/**
 * Compares two contenders that were measured in turns, by `measure`.
 *
 * @throws {RangeError} If a time is not above 0, or the numbers of rounds differ.
 */
export function compare(
  contender: Rounds,
  baseline: Rounds,
  options: CompareOptions = {},
): Comparison {
  const { work, ...ratioOptions } = options;
  if (work && !work.same) return { verdict: "refused", reason: work.reason };
  const rounds = Math.min(contender.length, baseline.length);
  if (rounds < FEWEST_ROUNDS) {
    return {
      verdict: "refused",
      reason: `${rounds} rounds say nothing, at least ${FEWEST_ROUNDS} are needed`,
    };
  }
  const ratio = pairedRatio(contender, baseline, ratioOptions);
  return { verdict: verdictOf(ratio), ratio };
}

/** "faster" and "slower" only where the interval excludes 1. */
export function verdictOf({ interval: [low, high] }: Ratio): Verdict {
  if (high < 1) return "faster";
  if (low > 1) return "slower";
  return "no difference shown";
}

/** A comparison as a phrase: `1.32 times as fast (1.28 to 1.36)`, or why there is none. */
export function describeComparison(comparison: Comparison): string {
  if (comparison.verdict === "refused") return `not compared: ${comparison.reason}`;
  const { verdict, ratio: { value, interval: [low, high] } } = comparison;
  switch (verdict) {
    case "faster":
      return `${round(1 / value)} times as fast (${round(1 / high)} to ${round(1 / low)})`;
    case "slower":
      return `takes ${round(value)} times as long (${round(low)} to ${round(high)})`;
    default:
      return `${verdict} (${round(low)} to ${round(high)} times as long)`;
  }
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
