/**
 * Whether a ratio is reached.
 *
 * @module
 */
import { compare } from "../harness/compare.ts";
import { FEWEST_ROUNDS } from "../harness/bootstrap.ts";
import type { Interval } from "../harness/estimate.ts";

/** A ratio to reach: the time of the other by ours, or ours by the time of the other. */
export type Target =
  /** Ours takes at most so many times as long. */
  | { atMost: number; aim?: number }
  /** The other takes at least so many times as long. */
  | { atLeast: number };

/** Median and times by round of one side. */
export interface Timed {
  medianMs: number;
  roundsMs: number[][];
}

/** What became of a comparison. */
export interface Judgement {
  /** As the target counts it. */
  ratio: number;
  /** Of 99 %, by rounds; absent where there were too few. */
  interval?: Interval;
  holds: boolean;
}

/** Holds the ratio of two medians against a target. */
export function judge(ours: Timed, other: Timed, target: Target): Judgement {
  const [above, below] = "atMost" in target ? [ours, other] : [other, ours];
  const ratio = above.medianMs / below.medianMs;
  const holds = "atMost" in target ? ratio <= target.atMost : ratio >= target.atLeast;
  const rounds = Math.min(above.roundsMs.length, below.roundsMs.length);
  if (rounds < FEWEST_ROUNDS) return { ratio, holds };
  const comparison = compare(above.roundsMs, below.roundsMs);
  return "ratio" in comparison ? { ratio, interval: comparison.ratio.interval, holds } : {
    ratio,
    holds,
  };
}

/** A target as a phrase: `≤ 2.2 ×`. */
export function describeTarget(target: Target): string {
  return "atMost" in target ? `≤ ${target.atMost} ×` : `≥ ${target.atLeast} ×`;
}
