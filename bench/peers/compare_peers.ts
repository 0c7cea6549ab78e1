/**
 * One operation on one file, by every peer in turns.
 *
 * @module
 */
import { join } from "node:path";
import { amountOf, checkAnswer, type KnownFile } from "./check_answer.ts";
import { FEWEST_ROUNDS } from "../harness/bootstrap.ts";
import { type PeerFile } from "./peer_files.ts";
import type { PeerOutcome, Refusal } from "./peer_results.ts";
import type {
  Checked,
  Job,
  JobColumn,
  OperationName,
  PreparedFacts,
  Sample,
  Turn,
} from "./protocol.ts";
import type { PeerEntry } from "./registry.ts";
import { PeerError, type RunnerCommand, RunnerProcess } from "./runner_process.ts";

/** A peer that can be started, or why it cannot. */
export type ReadyPeer = PeerEntry & ({ command: RunnerCommand } | { missing: string });

/** Work for peers, and what must come of it. */
export interface PeerWork {
  job: Job;
  /** How many values, names or bytes each run must give. */
  amountOf(answer: Checked): number;
  /** Throws a `PeerError` that says what is wrong with an answer whose values are in `dump`. */
  check(answer: Checked, dump: string, peer: string): void;
}

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
  /** Milliseconds of one turn; 60 when absent. It has one run at least. */
  turnMs?: number;
  /** Milliseconds of the turn to warm up; `turnMs` when absent. */
  warmUpMs?: number;
  /** Exactly so many rounds, whatever the budget. */
  rounds?: number;
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
export function comparePeers(
  peers: readonly ReadyPeer[],
  file: PeerFile,
  operation: OperationName,
  options: CompareOptions,
): Promise<Map<string, PeerOutcome>> {
  return compareWork(peers, knownWork(file, operation, options.scratch), options);
}

/** What {@link comparePeers} does, for work of any kind. */
export async function compareWork(
  peers: readonly ReadyPeer[],
  work: PeerWork,
  options: CompareOptions,
): Promise<Map<string, PeerOutcome>> {
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
      await contender.begin(work);
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
  options: CompareOptions,
  started: number,
): Promise<void> {
  const { iterations, budgetMs, signal, onProgress } = options;
  let roundMs = 0;
  for (const contender of contenders) {
    signal?.throwIfAborted();
    roundMs += await contender.warmUp();
  }
  const left = budgetMs - (performance.now() - started);
  // An even number, so that everybody is first as often as last.
  const even = 2 * Math.floor(left / roundMs / 2);
  const fitting = Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, even));
  const rounds = options.rounds ?? Math.min(MOST_ROUNDS, iterations ?? fitting);
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
  readonly #turnMs: number;
  readonly #warmUpMs: number;
  readonly #rounds: Sample[][] = [];
  #facts: PreparedFacts | undefined;
  #amount = 0;
  #peakBytes: number | undefined;
  #refused: { refusal: Refusal; reason: string } | undefined;

  constructor(id: string, command: RunnerCommand, options: CompareOptions) {
    const { limitMs = LIMIT_MS, turnMs = TURN_MS, warmUpMs = turnMs } = options;
    this.id = id;
    this.#process = new RunnerProcess(command);
    this.#limitMs = limitMs;
    this.#turnMs = turnMs;
    this.#warmUpMs = warmUpMs;
  }

  /** Prepares it and checks what it gives. */
  begin({ job, amountOf, check }: PeerWork): Promise<void> {
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
        this.#amount = amountOf(answer);
        try {
          check(answer, out, this.id);
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
    await this.#take(undefined, this.#warmUpMs);
    return performance.now() - started;
  }

  async turn(iterations: number | undefined): Promise<void> {
    const turn = await this.#take(iterations, this.#turnMs);
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

  #take(iterations: number | undefined, budgetMs: number): Promise<Turn | undefined> {
    return this.#guard(async () => {
      const request = { do: "turn", iterations, budgetMs } as const;
      const limit = this.#limitMs + budgetMs;
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

/** A file whose group has a name. */
export type NamedFile = KnownFile & {
  file: { path: string };
  groupName: string;
  /** Name of the channel that is read alone. */
  single: string;
};

/** An operation on a file whose values are known. */
export function knownWork(file: NamedFile, operation: OperationName, scratch: string): PeerWork {
  const job = { file: file.file.path, operation, columns: columnsFor(file, operation), scratch };
  return {
    job,
    amountOf: (answer) => amountOf(file, job, answer),
    check: (answer, dump) => checkAnswer(file, job, answer, dump),
  };
}

function columnsFor(file: NamedFile, operation: OperationName): JobColumn[] {
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
  return [all[0], all.find(({ name }) => name === file.single)!];
}
