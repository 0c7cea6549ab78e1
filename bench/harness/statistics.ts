/**
 * What many samples come down to.
 *
 * @module
 */
import { max, mean, median, min, sampleStandardDeviation } from "simple-statistics";

/** Summary of samples, in their unit. */
export interface Summary {
  count: number;
  median: number;
  mean: number;
  /** Standard deviation of the sample; absent for a single one. */
  deviation?: number;
  min: number;
  max: number;
}

/** Sums up at least one sample. */
export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError("there are no samples to sum up");
  const values = samples as number[];
  return {
    count: values.length,
    median: median(values),
    mean: mean(values),
    deviation: values.length > 1 ? sampleStandardDeviation(values) : undefined,
    min: min(values),
    max: max(values),
  };
}
