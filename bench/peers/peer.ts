/**
 * What a peer that runs in this runtime is. Adding one is one file in `contenders/` with such a value
 * as its default export; one in Python is one file there too, see `contenders/asammdf.py`.
 *
 * @module
 */
import type { AnyValues } from "../fingerprint.ts";
import type { Job, OperationName } from "./protocol.ts";

/** What an operation gives. */
export type PeerResult =
  /** Names of the channels of each group. */
  | { names: string[][] }
  /** Values in the order of `job.columns`. */
  | { columns: AnyValues[] }
  /** Bytes gone through: the floor. */
  | { bytes: number }
  /** Number of values gone through, where none are kept; `collect` keeps them. */
  | { values: number };

/** How a peer does an operation. */
export interface PeerOperation<State> {
  /** Said below the table, where it does not go without saying. */
  how?: string;
  /** Everything that is not to be measured. */
  setup?(job: Job): State | Promise<State>;
  /** What is measured, from opening to closing. */
  run(job: Job, state: State): PeerResult | Promise<PeerResult>;
  /** The same, but it keeps copies of what `run` only goes through, to be checked. */
  collect?(job: Job, state: State): PeerResult | Promise<PeerResult>;
}

/** A peer. */
export interface Peer {
  /** As tables call it. */
  name: string;
  /** Place among the others; ours is 0. */
  order: number;
  /** It does less than the others, and shows what they cannot fall below. */
  floor?: boolean;
  /** Its version, as tables show it. */
  version(): string | Promise<string>;
  /** Missing operations are shown as not offered. */
  operations: { [Name in OperationName]?: PeerOperation<unknown> };
}

/** Writes down an operation, with the type of its state inferred. */
export function peerOperation<State>(spec: PeerOperation<State>): PeerOperation<unknown> {
  return spec as PeerOperation<unknown>;
}
