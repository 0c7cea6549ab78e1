/**
 * Compares peers on files of several shapes and sizes.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Size } from "../../scripts/generate/test_files.ts";
import { comparePeers, type ReadyPeer } from "./compare_peers.ts";
import { openPeerFile, type PeerFile, type Shape } from "./peer_files.ts";
import { type PeerOutcome, type PeerRun, peerRun, resultRows } from "./peer_results.ts";
import type { OperationName, PreparedFacts } from "./protocol.ts";
import { preparePython, type PythonOptions } from "./python_home.ts";
import type { PeerEntry } from "./registry.ts";
import { PeerError, type RunnerCommand } from "./runner_process.ts";

/** What {@link runPeers} compares. */
export interface RunPeersOptions {
  peers: readonly PeerEntry[];
  shapes: readonly Shape[];
  /** Each shape has a size of its own when absent. */
  sizes?: readonly Size[];
  /** Those of each shape when absent. */
  operations?: readonly OperationName[];
  iterations?: number;
  /** Seconds for the whole run without what has to be installed or made first. */
  timeBudget: number;
  /** Folder of test files. */
  directory?: string;
  scratch: string;
  python?: Omit<PythonOptions, "onStep" | "signal">;
  /** Ends the run; what was measured until then is given. */
  signal?: AbortSignal;
  onStep?: (what: string) => void;
  /** Told which part of the measurements is done, 0 to 1, and what is being measured. */
  onProgress?: (done: number, what: string) => void;
}

const RUNNER = fileURLToPath(new URL("runner.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** Runs the comparison. Peers that cannot be started are told of in their rows. */
export async function runPeers(options: RunPeersOptions): Promise<PeerRun> {
  const { signal, onStep } = options;
  const begun = new Date();
  const peers: ReadyPeer[] = [];
  const files: PeerFile[] = [];
  const rows: PeerRun["results"] = [];
  const facts = new Map<string, PreparedFacts>();
  try {
    for (const peer of options.peers) peers.push(await readyPeer(peer, options));
    for (const [shape, size] of filesOf(options)) {
      let told = false;
      const onProgress = () => {
        if (!told) onStep?.(`make a file, ${shape.name}`);
        told = true;
      };
      const { directory } = options;
      files.push(await openPeerFile(shape, size, { directory, signal, onProgress }));
    }
    const schedule = new Schedule(files, options);
    for (const { file, operation } of schedule.work) {
      signal?.throwIfAborted();
      const budgetMs = schedule.next();
      const { scratch, iterations } = options;
      const outcomes = budgetMs <= 0
        ? notMeasured(peers, options.timeBudget)
        : await comparePeers(peers, file, operation, {
          ...{ scratch, iterations, budgetMs, signal },
          onProgress: (done) =>
            options.onProgress?.(schedule.done(done), `${operation} (${file.label})`),
        });
      for (const [id, outcome] of outcomes) if ("facts" in outcome) facts.set(id, outcome.facts);
      rows.push(...resultRows(file, operation, outcomes));
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  return peerRun(begun, options.peers, files, rows, facts);
}

/** The command that serves a peer, or what it lacks. */
export async function readyPeer(
  peer: PeerEntry,
  { python, onStep, signal }: Pick<RunPeersOptions, "python" | "onStep" | "signal"> = {},
): Promise<ReadyPeer> {
  if (peer.broken !== undefined) return { ...peer, missing: peer.broken };
  if (!peer.python) return { ...peer, command: denoCommand(peer) };
  try {
    return { ...peer, command: await preparePython(peer, { ...python, onStep, signal }) };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { ...peer, missing: error.message };
  }
}

function denoCommand(peer: PeerEntry): RunnerCommand {
  const flags = ["--quiet", "--no-check", "--allow-all", "--v8-flags=--expose-gc"];
  return {
    program: Deno.execPath(),
    args: ["run", ...flags, "--config", CONFIG, RUNNER, peer.path],
  };
}

function* filesOf({ shapes, sizes }: RunPeersOptions): Generator<[Shape, Size]> {
  for (const shape of shapes) {
    const asked = sizes ?? [shape.usualSize];
    for (const size of shape.records === undefined ? asked : asked.slice(0, 1)) yield [shape, size];
  }
}

function notMeasured(peers: readonly ReadyPeer[], seconds: number): Map<string, PeerOutcome> {
  const reason = `the ${seconds} s of --time-budget are used up`;
  return new Map(peers.map(({ id }) => [id, { refusal: "not measured", reason }]));
}

/** The work in its order, and what each part may take of the time. */
class Schedule {
  readonly work: { file: PeerFile; operation: OperationName; weight: number }[];
  readonly #end: number;
  readonly #total: number;
  #index = 0;
  #taken = 0;
  #current = 0;

  constructor(files: readonly PeerFile[], options: RunPeersOptions) {
    const { timeBudget } = options;
    this.work = files.flatMap((file) =>
      operationsOf(file.shape, options)
        .map((operation) => ({ file, operation, weight: weightOf(file, operation) }))
    );
    this.#total = this.work.reduce((sum, { weight }) => sum + weight, 0);
    this.#end = performance.now() + timeBudget * 1000;
  }

  /** Milliseconds for the next part of the work. */
  next(): number {
    this.#taken += this.#current;
    this.#current = this.work[this.#index++].weight;
    return (this.#end - performance.now()) * this.#current / (this.#total - this.#taken);
  }

  /** Part of everything that is done, when so much of the current one is. */
  done(part: number): number {
    return (this.#taken + this.#current * part) / this.#total;
  }
}

function operationsOf(
  { operations, usualOperations }: Shape,
  { sizes, operations: asked }: RunPeersOptions,
): readonly OperationName[] {
  if (asked) return operations.filter((operation) => asked.includes(operation));
  return sizes ? operations : usualOperations ?? operations;
}

// Starting processes takes the same for all; reading takes by the byte.
function weightOf({ file }: PeerFile, operation: OperationName): number {
  const perByte = operation.includes("all") ? 1 / 10e6 : 1 / 40e6;
  return 3 + file.bytes * perByte;
}
