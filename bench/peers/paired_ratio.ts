/**
 * How many times as long a contender takes as another one, from turns that were taken side by side.
 *
 * @module
 */
import { median, quantile } from "simple-statistics";

/** A ratio of medians with its 95 % interval. */
export interface PairedRatio {
  ratio: number;
  low: number;
  high: number;
  /** Turns that each of both took. */
  pairs: number;
}

const RESAMPLES = 2000;

/**
 * The ratio of medians, with a bootstrap interval over whole rounds: what slowed one round slowed both.
 * Each argument has one list of samples for each round.
 *
 * @throws {RangeError} If the rounds are not pairs, or there are none.
 */
export function pairedRatio(theirs: readonly number[][], ours: readonly number[][]): PairedRatio {
  if (theirs.length !== ours.length || theirs.length === 0) {
    throw new RangeError(`${theirs.length} and ${ours.length} rounds are no pairs`);
  }
  const pairs = theirs.map((samples, i) => [median(samples), median(ours[i])]);
  const ratioOf = (chosen: number[][]) =>
    median(chosen.map(([a]) => a)) / median(chosen.map(([, b]) => b));
  const random = randomNumbers(pairs.length);
  const ratios = Array.from(
    { length: RESAMPLES },
    () => ratioOf(pairs.map(() => pairs[Math.floor(random() * pairs.length)])),
  );
  const [low, high] = quantile(ratios, [0.025, 0.975]);
  return { ratio: ratioOf(pairs), low, high, pairs: pairs.length };
}

/** The same numbers each time, so that the same samples give the same interval. */
function randomNumbers(seed: number): () => number {
  let state = seed + 0x9e3779b9 | 0;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
