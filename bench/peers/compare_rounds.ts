/**
 * Whether a contender takes longer than another one, from turns that were taken side by side.
 *
 * @module
 */
import { median, quantile } from "simple-statistics";

/** A ratio of times with its interval. */
export interface Ratio {
  value: number;
  interval: [low: number, high: number];
  /** Probability that the interval has the true ratio in it. */
  level: number;
  /** Rounds it rests on. */
  rounds: number;
}

/** A contender against a baseline; a ratio is its time as a multiple of the baseline's. */
export type Comparison =
  | { verdict: "faster" | "slower" | "no difference shown"; ratio: Ratio }
  | { verdict: "refused"; reason: string };

/** Fewer say nothing. */
export const FEWEST_ROUNDS = 8;

const RESAMPLES = 2000;
const LEVEL = 0.99;

/**
 * Compares by the ratio of medians within a round, with a bootstrap interval over whole rounds: what
 * slowed one round slowed both. Each argument has one list of samples for each round.
 */
export function compare(
  contender: readonly (readonly number[])[],
  baseline: readonly (readonly number[])[],
): Comparison {
  const rounds = Math.min(contender.length, baseline.length);
  if (rounds < FEWEST_ROUNDS) {
    const reason = `${rounds} rounds say nothing, at least ${FEWEST_ROUNDS} are needed`;
    return { verdict: "refused", reason };
  }
  const ratios = Array.from(
    { length: rounds },
    (_, i) => median(contender[i] as number[]) / median(baseline[i] as number[]),
  );
  const random = randomNumbers(rounds);
  const drawn = Array.from(
    { length: RESAMPLES },
    () => median(ratios.map(() => ratios[Math.floor(random() * rounds)])),
  );
  const tail = (1 - LEVEL) / 2;
  const [low, high] = quantile(drawn, [tail, 1 - tail]);
  const ratio: Ratio = { value: median(ratios), interval: [low, high], level: LEVEL, rounds };
  return {
    verdict: high < 1 ? "faster" : low > 1 ? "slower" : "no difference shown",
    ratio,
  };
}

/** The same numbers each time, so that the same samples give the same interval. */
function randomNumbers(seed: number): () => number {
  let state = (seed + 0x9e3779b9) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
