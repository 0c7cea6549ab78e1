/**
 * One operation on one file, by every peer in turns.
 *
 * @module
 */
import { join } from "node:path";
import { amountOf, checkAnswer } from "./check_answer.ts";
import { FEWEST_ROUNDS } from "../harness/bootstrap.ts";
import { type PeerFile, SINGLE } from "./peer_files.ts";
import type { PeerOutcome, Refusal } from "./peer_results.ts";
import type { Job, JobColumn, OperationName, PreparedFacts, Sample, Turn } from "./protocol.ts";
import type { PeerEntry } from "./registry.ts";
import { PeerError, type RunnerCommand, RunnerProcess } from "./runner_process.ts";

/** A peer that can be started, or why it cannot. */
export type ReadyPeer = PeerEntry & ({ command: RunnerCommand } | { missing: string });

/** How {@link comparePeers} measures. */
export interface CompareOptions {
  /** Folder for what peers write. */
  scratch: string;
  /** Exactly so many samples of each; as many as the budget allows when absent. */
  iterations?: number;
  /** Milliseconds for all peers together; at least {@link LEAST_ROUNDS} rounds are made. */
  budgetMs: number;
  /** Most milliseconds for one answer, besides what a turn may take. */
  limitMs?: number;
  signal?: AbortSignal;
  /** Told which part is done, 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Rounds that are made however long they take. */
export const LEAST_ROUNDS = FEWEST_ROUNDS;
const MOST_ROUNDS = 12;
const TURN_MS = 60;
const LIMIT_MS = 60_000;

/**
 * Starts every peer, checks what each gives, and measures those that are right in rounds: forwards,
 * backwards, forwards. Nobody's start, import or warm-up is measured.
 */
export async function comparePeers(
  peers: readonly ReadyPeer[],
  file: PeerFile,
  operation: OperationName,
  options: CompareOptions,
): Promise<Map<string, PeerOutcome>> {
  const job = jobFor(file, operation, options.scratch);
  const outcomes = new Map<string, PeerOutcome>();
  const running: Contender[] = [];
  const started = performance.now();
  try {
    for (const peer of peers) {
      options.signal?.throwIfAborted();
      if ("missing" in peer) {
        outcomes.set(peer.id, { refusal: "missing", reason: peer.missing });
        continue;
      }
      const contender = new Contender(peer.id, peer.command, options);
      running.push(contender);
      await contender.begin(file, job);
    }
    await takeTurns(running, options, started);
    // An interrupt reaches the peers too, and their ends are no results.
    options.signal?.throwIfAborted();
    for (const contender of running) outcomes.set(contender.id, contender.outcome());
  } finally {
    for (const contender of running) await contender.close();
  }
  // In the order of the table, whoever was missing.
  return new Map(peers.map(({ id }) => [id, outcomes.get(id)!]));
}

async function takeTurns(
  contenders: readonly Contender[],
  { iterations, budgetMs, signal, onProgress }: CompareOptions,
  started: number,
): Promise<void> {
  let roundMs = 0;
  for (const contender of contenders) {
    signal?.throwIfAborted();
    roundMs += await contender.warmUp();
  }
  const left = budgetMs - (performance.now() - started);
  // An even number, so that everybody is first as often as last.
  const even = 2 * Math.floor(left / roundMs / 2);
  const fitting = Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, even));
  const rounds = Math.min(MOST_ROUNDS, iterations ?? fitting);
  for (let round = 0; round < rounds; round++) {
    const count = iterations === undefined ? undefined : shareOf(iterations, round, rounds);
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      signal?.throwIfAborted();
      await contender.turn(count);
    }
    onProgress?.((round + 1) / rounds);
  }
}

/** One peer at work. */
class Contender {
  readonly id: string;
  readonly #process: RunnerProcess;
  readonly #limitMs: number;
  readonly #rounds: Sample[][] = [];
  #facts: PreparedFacts | undefined;
  #amount = 0;
  #peakBytes: number | undefined;
  #refused: { refusal: Refusal; reason: string } | undefined;

  constructor(id: string, command: RunnerCommand, { limitMs = LIMIT_MS }: CompareOptions) {
    this.id = id;
    this.#process = new RunnerProcess(command);
    this.#limitMs = limitMs;
  }

  /** Prepares it and checks what it gives. */
  begin(file: PeerFile, job: Job): Promise<void> {
    return this.#guard(async () => {
      const prepared = await this.#process.ask({ do: "prepare", job }, this.#limitMs);
      if ("unsupported" in prepared) {
        this.#refuse("not offered", prepared.unsupported);
        return;
      }
      this.#facts = prepared;
      const out = join(job.scratch, `${this.id}.values`);
      try {
        const answer = await this.#process.ask({ do: "check", out }, this.#limitMs);
        this.#amount = amountOf(file, job, answer);
        try {
          checkAnswer(file, job, answer, out);
        } catch (error) {
          if (!(error instanceof PeerError)) throw error;
          this.#refuse("wrong", error.message);
        }
      } finally {
        await Deno.remove(out).catch(() => {}); // it may never have been written
      }
    });
  }

  /** Gives the milliseconds that a turn takes. */
  async warmUp(): Promise<number> {
    const started = performance.now();
    await this.#take(undefined);
    return performance.now() - started;
  }

  async turn(iterations: number | undefined): Promise<void> {
    const turn = await this.#take(iterations);
    if (!turn) return;
    this.#rounds.push(turn.samples);
    // That of the first turn, to warm up, may have what the check left.
    if (turn.peakBytes) this.#peakBytes = Math.max(this.#peakBytes ?? 0, turn.peakBytes);
  }

  outcome(): PeerOutcome {
    return this.#refused ?? {
      facts: this.#facts!,
      rounds: this.#rounds,
      peakBytes: this.#peakBytes,
      amount: this.#amount,
    };
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  #take(iterations: number | undefined): Promise<Turn | undefined> {
    return this.#guard(async () => {
      const request = { do: "turn", iterations, budgetMs: TURN_MS } as const;
      const limit = this.#limitMs + TURN_MS;
      const turn = await this.#process.ask(request, limit);
      const other = turn.samples.find(({ amount }) => amount !== this.#amount);
      if (other) {
        this.#refuse("wrong", `a measured run gave ${other.amount} of ${this.#amount} values`);
      }
      return turn;
    });
  }

  /** Does nothing once it was refused; what it does wrong from now on is told instead of thrown. */
  async #guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#refused) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#refuse("failed", error.message);
      return undefined;
    }
  }

  #refuse(refusal: Refusal, reason: string): void {
    this.#refused = { refusal, reason };
  }
}

/** The part of `total` that falls to a round when it is spread over all. */
function shareOf(total: number, round: number, rounds: number): number {
  return Math.floor(((round + 1) * total) / rounds) - Math.floor((round * total) / rounds);
}

function jobFor(file: PeerFile, operation: OperationName, scratch: string): Job {
  return { file: file.file.path, operation, columns: columnsFor(file, operation), scratch };
}

function columnsFor(file: PeerFile, operation: OperationName): JobColumn[] {
  if (operation === "open and list names") return [];
  const raw = operation === "read all raw";
  const all = file.piece(0).map((column, channel): JobColumn => ({
    group: 0,
    groupName: file.groupName,
    channel,
    name: column.name,
    kind: ArrayBuffer.isView(raw ? column.raw : column.values) ? "number" : "text",
  }));
  if (!operation.endsWith("one channel")) return all;
  return [all[0], all.find(({ name }) => name === SINGLE)!];
}
