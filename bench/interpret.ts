/**
 * What numbers mean, and what to do about them: bands of throughput and classes of memory.
 *
 * @module
 */

/** A judgement with the advice that follows from it. */
export interface Judgement {
  grade: "excellent" | "good" | "low" | "high";
  advice: string;
}

/** Parts of the bare read, above which a rate is good and excellent; chosen so that streaming is either. */
const GOOD_PART = 0.1;
const EXCELLENT_PART = 0.25;
/** The original's bands, in MB/s. */
const ORIGINAL_GOOD = 50;
const ORIGINAL_EXCELLENT = 80;
/** Memory of a run as a multiple of the file. */
const EXCELLENT_MEMORY = 2;
const GOOD_MEMORY = 3;

/**
 * A rate against the bare read of the same file in the same run: the machine's own yardstick.
 *
 * @throws {RangeError} If a rate is not above 0.
 */
export function judgeThroughput(rate: number, bareRate: number): Judgement {
  if (!(rate > 0 && bareRate > 0)) throw new RangeError("rates must be above 0");
  const part = rate / bareRate;
  if (part > EXCELLENT_PART) {
    return { grade: "excellent", advice: "near the speed of the machine; nothing to gain here" };
  }
  if (part >= GOOD_PART) {
    return { grade: "good", advice: "usual; read fewer channels or by an index where it matters" };
  }
  return {
    grade: "low",
    advice: "look for the bottleneck: texts and conversions of every value, many small groups, " +
      "compressed blocks, or a slow source",
  };
}

/** The same by the bands of the original, which are in MB/s whatever the machine. */
export function judgeOriginal(megabytesPerSecond: number): Judgement["grade"] {
  if (megabytesPerSecond > ORIGINAL_EXCELLENT) return "excellent";
  return megabytesPerSecond >= ORIGINAL_GOOD ? "good" : "low";
}

/**
 * Memory of a run as a multiple of the file: below 2 excellent, below 3 good, else high.
 *
 * @throws {RangeError} If the file has no bytes.
 */
export function judgeMemory(memoryBytes: number, fileBytes: number): Judgement {
  if (!(fileBytes > 0)) throw new RangeError("the file must have bytes");
  const ratio = memoryBytes / fileBytes;
  if (ratio < EXCELLENT_MEMORY) {
    return { grade: "excellent", advice: "little more than the values themselves" };
  }
  if (ratio < GOOD_MEMORY) return { grade: "good", advice: "reasonable; stream to need less" };
  return {
    grade: "high",
    advice: "several times the file: stream instead of reading whole, read fewer channels, read " +
      "raw values, and do not keep what is no longer needed",
  };
}
