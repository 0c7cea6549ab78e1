/**
 * Measures contenders in turns. Samplers that measure one contender after the other (mitata, tinybench,
 * `Deno.bench`) mistake a machine that becomes slower for a contender that is.
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
  /** Milliseconds for each contender, checks included. */
  budgetMs: number;
  /** Stops between two runs. */
  signal?: AbortSignal;
  /** Told which part is done, 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Samples of one contender. */
export interface Measured<Facts> {
  /** Milliseconds of each run, in the order they were made. */
  times: number[];
  /** From the last run. */
  facts: Facts;
}

const ROUNDS = 10;
const WARM_UP_RUNS = 3;
const MOST_SAMPLES = 2000;

/**
 * Runs every contender to warm it up, then goes through them in rounds: forwards, backwards, forwards.
 * Garbage is collected before each contender's turn where the runtime was started with
 * `--expose-gc`, so that nobody pays for what another left; the first run of a turn does not count.
 *
 * @throws {RangeError} If `iterations` is not a whole number of at least 1.
 */
export async function measure<Facts>(
  contenders: readonly Contender<Facts>[],
  options: MeasureOptions,
): Promise<Measured<Facts>[]> {
  const { iterations, budgetMs, signal, onProgress } = options;
  if (iterations !== undefined && !(Number.isInteger(iterations) && iterations >= 1)) {
    throw new RangeError(`iterations must be a whole number of at least 1, not ${iterations}`);
  }
  const rounds = Math.min(ROUNDS, iterations ?? ROUNDS);
  const steps = contenders.length * (rounds + 1);
  let step = 0;
  const turns = contenders.map((contender) => new Turns(contender, budgetMs / ROUNDS, signal));
  for (let round = -1; round < rounds; round++) {
    const share = iterations === undefined ? undefined : shareOf(iterations, round, rounds);
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      collectGarbage();
      if (round < 0) await turn.warmUp();
      else await turn.take(share);
      onProgress?.(++step / steps);
    }
  }
  return turns.map((turn) => turn.measured());
}

/** One contender and its samples. */
class Turns<Facts> {
  readonly #contender: Contender<Facts>;
  readonly #turnMs: number;
  readonly #signal?: AbortSignal;
  readonly #times: number[] = [];
  #facts: Facts | undefined;

  constructor(contender: Contender<Facts>, turnMs: number, signal?: AbortSignal) {
    this.#contender = contender;
    this.#turnMs = turnMs;
    this.#signal = signal;
  }

  async warmUp(): Promise<void> {
    const end = performance.now() + this.#turnMs;
    for (let run = 0; run < WARM_UP_RUNS || performance.now() < end; run++) await this.#runOnce();
  }

  /** Takes so many samples, or as many as fit a turn, after a run that does not count. */
  async take(count?: number): Promise<void> {
    // The collection before also takes away machine code and memory that the next run must get anew.
    await this.#runOnce();
    const end = performance.now() + this.#turnMs;
    for (let taken = 0; taken < (count ?? MOST_SAMPLES / ROUNDS); taken++) {
      this.#times.push(await this.#runOnce());
      if (count === undefined && performance.now() >= end) return;
    }
  }

  measured(): Measured<Facts> {
    return { times: this.#times, facts: this.#facts! };
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

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
