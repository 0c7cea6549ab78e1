/**
 * Runs one peer of this runtime, as `protocol.ts` describes it: `runner.ts PEER_FILE`. It has a process
 * of its own, as the peers in Python have, so that memory and garbage are its own too.
 *
 * @module
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { TextLineStream } from "@std/streams";
import { forgetPeakMemory, peakMemory } from "../harness/process_memory.ts";
import { dumpColumns } from "./dump_columns.ts";
import type { Peer, PeerOperation, PeerResult } from "./peer.ts";
import type { Checked, Failed, Job, Prepared, Request, Sample, Turn } from "./protocol.ts";

async function serve(peerFile: string): Promise<void> {
  // What a peer prints must not get between the answers.
  console.log = console.info = console.debug = console.error;
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  let runner: Runner | undefined;
  for await (const line of lines) {
    let answer: Prepared | Checked | Turn | Failed;
    try {
      runner ??= new Runner((await import(pathToFileURL(peerFile).href)).peer);
      answer = await runner.answer(JSON.parse(line));
    } catch (error) {
      answer = { error: error instanceof Error ? `${error.name}: ${error.message}` : `${error}` };
    }
    await writeAll(new TextEncoder().encode(JSON.stringify(answer) + "\n"));
  }
}

// A turn of runs below this begins with one that is not counted: after the turns of others, nothing is
// in the processor's cache.
const SHORT_MS = 50;

/** One operation on one file. */
class Runner {
  readonly #peer: Peer;
  #job: Job | undefined;
  #operation: PeerOperation<unknown> | undefined;
  #state: unknown;
  #shortRuns = false;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  answer(request: Request): Promise<Prepared | Checked | Turn> {
    if (request.do === "prepare") return this.#prepare(request.job);
    if (request.do === "check") return this.#check(request.out);
    return this.#turn(request);
  }

  async #prepare(job: Job): Promise<Prepared> {
    const operation = this.#peer.operations[job.operation];
    if (!operation) return { unsupported: "not offered" };
    this.#job = job;
    this.#operation = operation;
    this.#state = await operation.setup?.(job);
    return {
      version: await this.#peer.version(),
      runtime: `Deno ${Deno.version.deno}`,
      how: operation.how,
    };
  }

  async #check(out: string): Promise<Checked> {
    const { run, collect } = this.#operation!;
    return checkedOf(await (collect ?? run)(this.#job!, this.#state), out);
  }

  async #turn({ iterations, budgetMs }: { iterations?: number; budgetMs: number }): Promise<Turn> {
    collectGarbage();
    forgetPeakMemory();
    if (this.#shortRuns) await this.#sample();
    const end = performance.now() + budgetMs;
    const samples: Sample[] = [];
    do samples.push(await this.#sample()); while (
      iterations === undefined ? performance.now() < end : samples.length < iterations
    );
    return { samples, peakBytes: peakMemory().bytes };
  }

  async #sample(): Promise<Sample> {
    collectYoungGarbage();
    const { run } = this.#operation!;
    const cpu = process.cpuUsage();
    const started = performance.now();
    const result = await run(this.#job!, this.#state);
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    this.#shortRuns = ms < SHORT_MS;
    return { ms, cpuMs: (user + system) / 1000, amount: amountOf(result) };
  }
}

/** The answer to a check, with the values written to `out`. */
export function checkedOf(result: PeerResult, out: string): Checked {
  if ("names" in result) return result;
  if ("bytes" in result) return result;
  if ("columns" in result) return { columns: dumpColumns(result.columns, out) };
  throw new TypeError("an operation that keeps no values needs `collect`");
}

/** How many values, names or bytes an operation gave. */
export function amountOf(result: PeerResult): number {
  if ("values" in result) return result.values;
  if ("bytes" in result) return result.bytes;
  const lists = "names" in result ? result.names : result.columns;
  return (lists as { length: number }[]).reduce((sum, { length }) => sum + length, 0);
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** A full collection before each run would throw away compiled code too. */
function collectYoungGarbage(): void {
  (globalThis as { gc?: (options: { type: "minor" }) => void }).gc?.({ type: "minor" });
}

/** Linux starts the count of the peak anew. */
async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

if (import.meta.main) await serve(Deno.args[0]);
