/**
 * Holds one run of the benchmark against an earlier one, and fails where something became slower.
 *
 * @module
 */
import { FEWEST_ROUNDS, type Ratio, type RatioOptions, unpairedRatio } from "./bootstrap.ts";
import { type Verdict, verdictOf } from "./compare.ts";

/** One operation on one file, as a run keeps it. */
export interface TimedOperation {
  name: string;
  size: string;
  /** Milliseconds of each run, in order. */
  timesMs: readonly number[];
  /** How many of them each round has; absent where it was not kept, and each time is a round. */
  runsPerRound?: readonly number[];
}

/** What became of an operation. */
export interface GateRow {
  name: string;
  size: string;
  /** `regression` fails the gate; `missing` are those that only one of the runs has. */
  outcome: Verdict | "regression" | "missing" | "too few rounds";
  /** Time in the later run as a multiple of that in the earlier one. */
  ratio?: Ratio;
}

/** The verdict on a run. */
export interface GateResult {
  /** Whether there is no regression, and at least one operation could be compared. */
  passed: boolean;
  rows: GateRow[];
}

/** How {@link gate} judges. */
export interface GateOptions extends RatioOptions {
  /** What part slower is a regression, where the interval shows that it is slower; 0.1 when absent. */
  limit?: number;
}

/**
 * Compares two runs operation by operation. An operation is a regression if its time went up by more
 * than the limit and the interval of the ratio lies above 1.
 */
export function gate(
  before: readonly TimedOperation[],
  after: readonly TimedOperation[],
  { limit = 0.1, ...options }: GateOptions = {},
): GateResult {
  const later = new Map(after.map((operation) => [keyOf(operation), operation]));
  const earlier = new Set(before.map(keyOf));
  const rows = before.map((operation): GateRow => {
    const { name, size } = operation;
    const other = later.get(keyOf(operation));
    if (!other) return { name, size, outcome: "missing" };
    const rounds = [roundsOf(other), roundsOf(operation)] as const;
    if (rounds.some(({ length }) => length < FEWEST_ROUNDS)) {
      return { name, size, outcome: "too few rounds" };
    }
    const ratio = unpairedRatio(...rounds, options);
    const verdict = verdictOf(ratio);
    const isRegression = verdict === "slower" && ratio.value > 1 + limit;
    return { name, size, outcome: isRegression ? "regression" : verdict, ratio };
  });
  for (const operation of after) {
    const { name, size } = operation;
    if (!earlier.has(keyOf(operation))) rows.push({ name, size, outcome: "missing" });
  }
  const passed = rows.some(({ ratio }) => ratio) &&
    rows.every(({ outcome }) => outcome !== "regression");
  return { passed, rows };
}

/** Times of an operation by round. */
export function roundsOf({ name, size, timesMs, runsPerRound }: TimedOperation): number[][] {
  if (!runsPerRound) return timesMs.map((time) => [time]);
  let at = 0;
  const rounds = runsPerRound.map((count) => timesMs.slice(at, at += count));
  if (at === timesMs.length) return rounds;
  throw new RangeError(`"${name}", ${size}: rounds of ${at} runs, but ${timesMs.length} times`);
}

function keyOf({ name, size }: { name: string; size: string }): string {
  return JSON.stringify([name, size]);
}
