/**
 * What many samples come down to.
 *
 * @module
 */
import { max, mean, median, min, sampleStandardDeviation } from "simple-statistics";
import { studentT } from "./student_t.ts";

/** Two numbers, the lower one first. */
export type Interval = [low: number, high: number];

/** Summary of samples, in their unit. */
export interface Estimate {
  count: number;
  median: number;
  mean: number;
  /** Standard deviation of the sample; absent for a single one. */
  deviation?: number;
  /** Mean without the smallest and the largest; absent for fewer than three. */
  trimmedMean?: number;
  /** 95 % interval of the mean by Student's t; absent for a single one. */
  interval?: Interval;
  min: number;
  max: number;
}

/**
 * Sums up at least one sample.
 *
 * @throws {RangeError} If there is none, or one is not a finite number.
 */
export function estimate(samples: readonly number[]): Estimate {
  if (samples.length === 0) throw new RangeError("there are no samples to sum up");
  const wrong = samples.findIndex((sample) => !Number.isFinite(sample));
  if (wrong >= 0) throw new RangeError(`sample ${wrong} is ${samples[wrong]}, which is no number`);
  const values = samples as number[];
  const count = values.length;
  const summary = {
    count,
    median: median(values),
    mean: mean(values),
    min: min(values),
    max: max(values),
  };
  if (count === 1) return summary;
  const deviation = sampleStandardDeviation(values);
  return {
    ...summary,
    deviation,
    trimmedMean: count < 3 ? undefined : mean(values.toSorted((a, b) => a - b).slice(1, -1)),
    interval: meanInterval(summary.mean, deviation, count),
  };
}

/**
 * The interval that has the true mean in it with a probability of `level`, by Student's t.
 *
 * @throws {RangeError} If there are fewer than two samples.
 */
export function meanInterval(
  mean: number,
  deviation: number,
  count: number,
  level = 0.95,
): Interval {
  const half = studentT(count - 1, level) * deviation / Math.sqrt(count);
  return [mean - half, mean + half];
}
