/**
 * Measures contenders in turns.
 *
 * Samplers were weighed: mitata 1.0.34, tinybench 6.2.3 and `Deno.bench` measure one contender after
 * the other, and so mistake a machine that becomes slower for a contender that is. mitata sorts its
 * samples and drops the two smallest and the two largest, tinybench sorts them, `Deno.bench` gives none
 * at all; a drift cannot be seen in them, nor can two contenders be paired by time. Their strength,
 * timing nanoseconds in batches, is not needed here: what we measure takes a tenth of a millisecond
 * and more.
 *
 * @module
 */

/** Something to measure. */
export interface Contender<Facts> {
  /** What is measured. */
  run(): unknown;
  /** Checks what `run` gave and tells facts of it; throws when it is wrong. Not measured. */
  check(result: unknown): Promise<Facts>;
}

/** How long to measure. */
export interface MeasureOptions {
  /** Exactly so many samples of each; as many as the budget allows when absent. */
  iterations?: number;
  /** How many turns each takes, never more than `iterations`; 10 to 100 by their time when absent. */
  rounds?: number;
  /** Milliseconds for each contender, checks included. */
  budgetMs: number;
  /**
   * Stops between two runs. What was measured until then in whole rounds is given; without one, the
   * reason of the signal is thrown.
   */
  signal?: AbortSignal;
  /** Told which part is done, 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Samples of one contender. */
export interface Measured<Facts> {
  /** Milliseconds of each run, in the order they were made. */
  times: number[];
  /** The same by round; contenders are compared round by round, see `compare`. */
  rounds: number[][];
  /** From the last run. */
  facts: Facts;
}

// Shorter turns in more rounds tell more: neighbours see the same mood of the machine.
const FEWEST_ROUNDS = 10;
const MOST_ROUNDS = 100;
const RUNS_PER_TURN = 2;
const WARM_UP_PART = 0.1;
const WARM_UP_RUNS = 3;
const MOST_SAMPLES = 2000;

/**
 * Runs every contender to warm it up, then goes through them in rounds: forwards, backwards, forwards.
 * Where the runtime was started with `--expose-gc`, young garbage is collected before each turn, so
 * that nobody pays for what another left, and all of it once after the warm-up. A full collection
 * before each turn would take away memory and machine code, and the next runs would measure how they
 * are got again: reading all channels of a small file then took 7.5, 2.3, 1.6, 1.3 ms instead of 0.9.
 * The first run of a turn does not count: it finds the caches as another contender left them.
 *
 * @throws {RangeError} If `iterations` or `rounds` is not a whole number of at least 1.
 */
export async function measure<Facts>(
  contenders: readonly Contender<Facts>[],
  options: MeasureOptions,
): Promise<Measured<Facts>[]> {
  const { iterations, budgetMs, signal, onProgress } = options;
  for (const name of ["iterations", "rounds"] as const) {
    const value = options[name] ?? 1;
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`);
    }
  }
  const turns = contenders.map((contender) => new Turns(contender, signal));
  let warm = 0;
  let slowestMs = 0;
  for (const turn of turns.toReversed()) {
    slowestMs = Math.max(slowestMs, await turn.warmUp(budgetMs * WARM_UP_PART));
    onProgress?.(WARM_UP_PART * ++warm / turns.length);
  }
  collectGarbage("major");
  const rounds = Math.min(
    options.rounds ?? roundsFor(budgetMs / slowestMs),
    iterations ?? Infinity,
  );
  let round = 0;
  try {
    for (; round < rounds; round++) {
      const share = iterations === undefined ? undefined : shareOf(iterations, round, rounds);
      const order = round % 2 === 0 ? turns : turns.toReversed();
      for (const [done, turn] of order.entries()) {
        collectGarbage("minor");
        await turn.take(budgetMs / rounds, share ?? MOST_SAMPLES / rounds, share !== undefined);
        const part = (round + (done + 1) / turns.length) / rounds;
        onProgress?.(WARM_UP_PART + (1 - WARM_UP_PART) * part);
      }
    }
  } catch (error) {
    if (!signal?.aborted || round === 0) throw error;
  }
  return turns.map((turn) => turn.measured(round));
}

/** An even number, so that everybody is first as often as last. */
function roundsFor(runs: number): number {
  return Math.max(FEWEST_ROUNDS, Math.min(MOST_ROUNDS, 2 * Math.floor(runs / 2 / RUNS_PER_TURN)));
}

/** One contender and its samples. */
class Turns<Facts> {
  readonly #contender: Contender<Facts>;
  readonly #signal?: AbortSignal;
  readonly #rounds: number[][] = [];
  #facts: Facts | undefined;

  constructor(contender: Contender<Facts>, signal?: AbortSignal) {
    this.#contender = contender;
    this.#signal = signal;
  }

  /** Runs for so long, and gives the milliseconds of one run with its check. */
  async warmUp(milliseconds: number): Promise<number> {
    const end = performance.now() + milliseconds;
    let started = 0;
    for (let run = 0; run < WARM_UP_RUNS || performance.now() < end; run++) {
      started = performance.now();
      await this.#runOnce();
    }
    return performance.now() - started;
  }

  /**
   * Takes so many samples, or fewer where they need not be exactly so many and time is up, after a run
   * that does not count.
   */
  async take(milliseconds: number, most: number, exactly: boolean): Promise<void> {
    await this.#runOnce();
    const end = performance.now() + milliseconds;
    const times: number[] = [];
    this.#rounds.push(times);
    while (times.length < most) {
      times.push(await this.#runOnce());
      if (!exactly && performance.now() >= end) return;
    }
  }

  /** The first so many rounds. */
  measured(count: number): Measured<Facts> {
    const rounds = this.#rounds.slice(0, count);
    return { times: rounds.flat(), rounds, facts: this.#facts! };
  }

  async #runOnce(): Promise<number> {
    this.#signal?.throwIfAborted();
    const started = performance.now();
    let result = this.#contender.run();
    if (result instanceof Promise) result = await result;
    const time = performance.now() - started;
    this.#facts = await this.#contender.check(result);
    return time;
  }
}

/** The part of `total` that falls to a round when it is spread over all. */
function shareOf(total: number, round: number, rounds: number): number {
  return Math.floor(((round + 1) * total) / rounds) - Math.floor((round * total) / rounds);
}

function collectGarbage(type: "minor" | "major"): void {
  (globalThis as { gc?: (options: { type: string }) => void }).gc?.({ type });
}
