/**
 * Puts the comparison itself to the test: how often it flags a contender compared with itself, and how
 * often it sees a slowdown that was planted.
 *
 * @module
 */
import { compare, type Verdict } from "./compare.ts";
import type { RatioOptions, Rounds } from "./bootstrap.ts";
import { type Contender, measure } from "./measure.ts";

/** Times of one operation, run after run, as `deno task bench:honesty --record` keeps them. */
export interface NoiseRecord {
  operation: string;
  machine: string;
  date: string;
  /** Stretches with pauses between them; microseconds in order, separated by blanks. */
  stretches: string[];
}

/** How many comparisons gave which verdict. */
export type Tally = Record<Verdict, number>;

/** What the comparisons have in common. */
export interface HonestyOptions extends RatioOptions {
  comparisons: number;
  /** Rounds of each comparison, one run of each contender in each. */
  rounds: number;
  /** By what part the contender is made slower: 0.1 is 10 %; 0 for A/A. */
  slowdown: number;
}

/**
 * Deals recorded times out to two contenders in the order A B B A, each comparison from another place
 * of the record, and makes those of the contender longer.
 *
 * @throws {RangeError} If the record is shorter than one comparison.
 */
export function simulate(record: NoiseRecord, options: HonestyOptions): Tally {
  const { comparisons, rounds, slowdown, ...ratioOptions } = options;
  const stretches = record.stretches.map((text) => text.split(" ").map(Number));
  const places = stretches.flatMap((times, stretch) => {
    const room = times.length - 2 * rounds;
    if (room < 0) throw new RangeError(`${times.length} times are too few for ${rounds} rounds`);
    const count = Math.ceil((comparisons * (stretch + 1)) / stretches.length) -
      Math.ceil((comparisons * stretch) / stretches.length);
    return Array.from({ length: count }, (_, i) => {
      const start = count === 1 ? 0 : Math.round((room * i) / (count - 1));
      return times.slice(start, start + 2 * rounds);
    });
  });
  const tally = newTally();
  for (const [i, times] of places.entries()) {
    const contender: number[][] = [], baseline: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const [first, second] = times.slice(2 * round, 2 * round + 2);
      const [ours, theirs] = round % 2 === 0 ? [first, second] : [second, first];
      contender.push([ours * (1 + slowdown)]);
      baseline.push([theirs]);
    }
    count(tally, contender, baseline, { seed: i + 1, ...ratioOptions });
  }
  return tally;
}

/** Measures and compares, again and again; `onProgress` is told which part is done. */
export async function compareLive(
  run: () => unknown,
  options: HonestyOptions & { onProgress?: (done: number) => void; signal?: AbortSignal },
): Promise<Tally> {
  const { comparisons, rounds, slowdown, onProgress, signal, ...ratioOptions } = options;
  const tally = newTally();
  const contender = untested(slowdown === 0 ? run : slowedDown(run, slowdown));
  for (let i = 0; i < comparisons; i++) {
    const [ours, theirs] = await measure([contender, untested(run)], {
      rounds,
      iterations: rounds,
      budgetMs: 0,
      signal,
    });
    count(tally, ours.rounds, theirs.rounds, { seed: i + 1, ...ratioOptions });
    onProgress?.((i + 1) / comparisons);
  }
  return tally;
}

/** What runs and then idles, so that it takes longer by a part of its own time. */
export function slowedDown(run: () => unknown, slowdown: number): () => Promise<unknown> {
  return async () => {
    const started = performance.now();
    const result = await run();
    const end = started + (performance.now() - started) * (1 + slowdown);
    while (performance.now() < end);
    return result;
  };
}

function untested(run: () => unknown): Contender<void> {
  return { run, check: () => Promise.resolve() };
}

function newTally(): Tally {
  return { faster: 0, slower: 0, "no difference shown": 0 };
}

function count(tally: Tally, contender: Rounds, baseline: Rounds, options: RatioOptions): void {
  const { verdict } = compare(contender, baseline, options);
  if (verdict === "refused") throw new RangeError("a comparison needs more rounds");
  tally[verdict]++;
}
