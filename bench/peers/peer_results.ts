/**
 * The record of a comparison with peers, and where it is kept.
 *
 * @module
 */
import { describeMachine, type Machine, saveRun } from "../harness/results.ts";
import { type Estimate, estimate } from "../harness/estimate.ts";
import { compare, type Comparison } from "../harness/compare.ts";
import type { PeerFile } from "./peer_files.ts";
import type { OperationName, PreparedFacts, Sample } from "./protocol.ts";
import { OURS, type PeerEntry } from "./registry.ts";

/** Why there is no measurement. */
export type Refusal =
  /** It gave something else than was generated. */
  | "wrong"
  /** An error, a crash, or no answer in time. */
  | "failed"
  /** It has no such operation. */
  | "not offered"
  /** Something it needs is not on this machine. */
  | "missing"
  /** The time was used up. */
  | "not measured";

/** What became of a peer in one operation on one file. */
export type PeerOutcome =
  | { refusal: Refusal; reason: string }
  | { facts: PreparedFacts; rounds: Sample[][]; peakBytes?: number; amount: number };

/** A peer in one operation on one file. */
export interface PeerResultRow {
  /** Label of the file: `mixed, large`. */
  file: string;
  operation: OperationName;
  /** Id of the peer. */
  peer: string;
  refusal?: Refusal;
  reason?: string;
  how?: string;
  /** Milliseconds of each run, by round. */
  roundsMs?: number[][];
  ms?: Estimate;
  /** Median time of all its threads on a processor. */
  cpuMs?: number;
  /** Size of the file by the median time; only where all of its samples are gone through. */
  fileMBPerSecond?: number;
  peakMemoryBytes?: number;
  /** Values, names or bytes of each run, the same in all. */
  amount?: number;
  /** Its time by ours, and what may be said of it. */
  toOurs?: Comparison;
}

/** A peer of a comparison. */
export interface ComparedPeer {
  id: string;
  name: string;
  floor: boolean;
  version?: string;
  runtime?: string;
}

/** A file of a comparison. */
export interface ComparedFile {
  label: string;
  path: string;
  bytes: number;
  records: number;
  groups: number;
  channels: number;
  sha256: string;
}

/** A whole comparison. */
export interface PeerRun {
  format: "mf4-bench-peers";
  schema: 1;
  date: string;
  seconds: number;
  machine: Machine;
  peers: ComparedPeer[];
  files: ComparedFile[];
  results: PeerResultRow[];
}

/** Sums up what became of the peers in one operation on one file. */
export function resultRows(
  file: PeerFile,
  operation: OperationName,
  outcomes: ReadonlyMap<string, PeerOutcome>,
): PeerResultRow[] {
  const ours = outcomes.get(OURS);
  return Array.from(outcomes, ([peer, outcome]): PeerResultRow => {
    const place = { file: file.label, operation, peer };
    if ("refusal" in outcome) return { ...place, ...outcome };
    const { facts, rounds, peakBytes, amount } = outcome;
    const roundsMs = millisecondsOf(rounds);
    const ms = estimate(roundsMs.flat());
    return {
      ...place,
      how: facts.how,
      roundsMs,
      ms,
      cpuMs: estimate(rounds.flat().map(({ cpuMs }) => cpuMs)).median,
      fileMBPerSecond: operation === "open and list names"
        ? undefined
        : file.file.bytes / ms.median / 1000,
      peakMemoryBytes: peakBytes,
      amount,
      toOurs: ours && "rounds" in ours && peer !== OURS
        ? compare(roundsMs, millisecondsOf(ours.rounds))
        : undefined,
    };
  });
}

/** Puts a comparison together. */
export function peerRun(
  started: Date,
  peers: readonly PeerEntry[],
  files: readonly PeerFile[],
  results: PeerResultRow[],
  facts: ReadonlyMap<string, PreparedFacts>,
): PeerRun {
  return {
    format: "mf4-bench-peers",
    schema: 1,
    date: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    machine: describeMachine(),
    peers: peers.map(({ id, name, floor }) => {
      const { version, runtime } = facts.get(id) ?? {};
      return { id, name, floor, version, runtime };
    }),
    files: files.map(({ label, file }) => {
      const { path, bytes, records, groups, channels, sha256 } = file;
      return { label, path, bytes, records, groups, channels: channels + groups, sha256 };
    }),
    results,
  };
}

/** Keeps a comparison under its date and as the latest one, and gives the path of the former. */
export function savePeerRun(run: PeerRun, directory?: string): Promise<string> {
  return saveRun(run, "peers", directory);
}

function millisecondsOf(rounds: readonly Sample[][]): number[][] {
  return rounds.map((samples) => samples.map(({ ms }) => ms));
}
