/**
 * Measures the works of the table, each with all its sides in turns.
 *
 * @module
 */
import { describeMachine, type Machine } from "../harness/results.ts";
import { estimate } from "../harness/estimate.ts";
import { type CompareOptions, compareWork, type ReadyPeer } from "../peers/compare_peers.ts";
import type { PeerOutcome } from "../peers/peer_results.ts";
import type { PythonOptions } from "../peers/python_home.ts";
import { type Bound, measureBound } from "./bounds.ts";
import { type EngineFileOptions, readyWork } from "./engine_files.ts";
import { type RowSpec, sidesOf, type WorkSpec } from "./engine_works.ts";
import { judge, type Judgement, type Target, type Timed } from "./judge.ts";
import type { MemoryRow } from "./memory_rows.ts";
import { type SideId, sideName, Sides, whyNot } from "./sides.ts";

/** What became of a side in a work. */
export interface SideResult {
  id: SideId;
  name: string;
  version?: string;
  runtime?: string;
  how?: string;
  uses?: string;
  medianMs?: number;
  /** Median time of all its threads on a processor. */
  cpuMs?: number;
  /** Milliseconds of each run, by round. */
  roundsMs?: number[][];
  /** Values, names or bytes of each run. */
  amount?: number;
  /** Largest resident memory of its process. */
  peakBytes?: number;
  /** Why there is no time. */
  reason?: string;
}

/** A row of the table. */
export interface RowResult extends Partial<Judgement> {
  /** Id of the work. */
  work: string;
  label: string;
  side: string;
  against: string;
  target: Target;
  beside: boolean;
  ourMs?: number;
  otherMs?: number;
  floorMs?: number;
  /** The same ratio of the times on a processor: what others do on the machine hardly moves it. */
  cpuRatio?: number;
  /** Why there is no ratio; such a row does not count. */
  reason?: string;
}

/** A work with the times of all its sides. */
export interface WorkResult {
  id: string;
  label: string;
  operation: string;
  path: string;
  bytes: number;
  sides: SideResult[];
  /** What it cannot do without; only where that was asked for. */
  bound?: Bound;
}

/** A whole run. */
export interface EngineRun {
  format: "mf4-bench-engine";
  schema: 1;
  date: string;
  seconds: number;
  machine: Machine;
  /** Processes that wanted to run just before, on average of a minute; 0 where it is not known. */
  load: number;
  works: WorkResult[];
  rows: RowResult[];
  /** Of each way of reading, in processes of their own. */
  memory?: MemoryRow[];
}

/** How {@link runEngine} measures. */
export interface RunEngineOptions extends EngineFileOptions {
  works: readonly WorkSpec[];
  /** Fewer and shorter turns. */
  quick?: boolean;
  /** Other turns, for tests. */
  turns?: Pick<CompareOptions, "rounds" | "turnMs" | "warmUpMs">;
  /** Whether the parts that a work cannot do without are measured too. */
  bounds?: boolean;
  python?: Omit<PythonOptions, "onStep" | "signal">;
  signal?: AbortSignal;
  /** Told which part of a work is measured, 0 to 1. */
  onProgress?: (done: number, work: string) => void;
}

const TURNS = { rounds: 8, turnMs: 300, warmUpMs: 1500 };
const QUICK_TURNS = { rounds: 3, turnMs: 150, warmUpMs: 600 };

/** Measures each work; files that are missing are made, and what each side finds is checked before. */
export async function runEngine(options: RunEngineOptions): Promise<EngineRun> {
  const { works, quick, bounds, scratch, signal, python, onStep, onProgress } = options;
  const started = new Date();
  const sides = new Sides({ python, onStep, signal });
  const run: EngineRun = {
    ...{ format: "mf4-bench-engine", schema: 1, date: started.toISOString(), seconds: 0 },
    ...{ machine: describeMachine(), load: Deno.loadavg()[0], works: [], rows: [] },
  };
  for (const spec of works) {
    signal?.throwIfAborted();
    const { path, bytes, work } = await readyWork(spec, options);
    const ids = sidesOf(spec);
    const peers: ReadyPeer[] = [];
    for (const id of ids) peers.push(await sides.get(id));
    const turns: CompareOptions = {
      ...(options.turns ?? (quick ? QUICK_TURNS : TURNS)),
      ...{ scratch, signal, budgetMs: 0 },
      onProgress: (done) => onProgress?.(done, spec.label),
    };
    const outcomes = await compareWork(peers, work, turns);
    const results = ids.map((id) => sideResult(id, outcomes.get(id)!));
    const { id, label, operation } = spec;
    const result: WorkResult = { id, label, operation, path, bytes, sides: results };
    run.works.push(result);
    run.rows.push(...spec.rows.map((row) => rowResult(spec, row, results)));
    if (bounds) {
      onStep?.(`measure what "${label}" cannot do without`);
      result.bound = await measureBound(work, run.machine.cores, await sides.get("asammdf"));
    }
  }
  run.seconds = (Date.now() - started.getTime()) / 1000;
  return run;
}

function sideResult(id: SideId, outcome: PeerOutcome): SideResult {
  const name = sideName(id);
  if ("refusal" in outcome) return { id, name, reason: `${outcome.refusal}: ${outcome.reason}` };
  const { facts: { version, runtime, how, uses }, rounds, peakBytes, amount } = outcome;
  const facts = { id, name, version, runtime, how, uses };
  const reason = whyNot(id, facts);
  if (reason !== undefined) return { ...facts, reason };
  const roundsMs = rounds.map((samples) => samples.map(({ ms }) => ms));
  const medianMs = estimate(roundsMs.flat()).median;
  const { median: cpuMs } = estimate(rounds.flat().map(({ cpuMs }) => cpuMs));
  return { ...facts, medianMs, cpuMs, roundsMs, amount, peakBytes };
}

/** A row from the times of its two sides. */
export function rowResult(
  work: Pick<WorkSpec, "id" | "label">,
  { side = "ours", against, target, note, label = work.label, beside = false }: RowSpec,
  results: readonly SideResult[],
): RowResult {
  const find = (wanted: SideId) => results.find((result) => result.id === wanted)!;
  const ours = find(side), other = find(against);
  const row: RowResult = {
    ...{ work: work.id, label: note ? `${label}; ${note}` : label, target, beside },
    ...{ side: sideName(side), against: sideName(against) },
    ...{ ourMs: ours.medianMs, otherMs: other.medianMs, floorMs: find("floor")?.medianMs },
  };
  const untimed = [ours, other].find(({ medianMs }) => medianMs === undefined);
  if (untimed) return { ...row, reason: `${untimed.name}: ${untimed.reason}` };
  return {
    ...row,
    ...judge(ours as Timed, other as Timed, target),
    cpuRatio: cpuRatioOf(ours, other, target),
  };
}

function cpuRatioOf(ours: SideResult, other: SideResult, target: Target): number | undefined {
  if (!ours.cpuMs || !other.cpuMs) return undefined;
  return "atMost" in target ? ours.cpuMs / other.cpuMs : other.cpuMs / ours.cpuMs;
}

/** Whether this project failed or gave something wrong somewhere. */
export function oursFailed({ works }: EngineRun): boolean {
  return works.some(({ sides }) =>
    sides.some(({ id, reason }) => id.startsWith("ours") && reason !== undefined)
  );
}
