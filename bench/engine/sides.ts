/**
 * Who takes part: this project in several ways, the bare read, and peers with what they are built on.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { ReadyPeer } from "../peers/compare_peers.ts";
import type { PreparedFacts } from "../peers/protocol.ts";
import { listPeers, type PeerEntry } from "../peers/registry.ts";
import { readyPeer, type RunPeersOptions } from "../peers/run_peers.ts";

/** A side of a comparison. */
export type SideId =
  /** This project; texts and bytes stay as they are held, which peers do too. */
  | "ours"
  /** This project, and every text and every run of bytes is made. */
  | "ours-made"
  /** This project without threads to unpack. */
  | "ours-one"
  /** This project, into arrays that are used again; with and without threads to unpack. */
  | "ours-into"
  | "ours-into-one"
  /** The bare read of the file, best piece size. */
  | "floor"
  /** Reading and inflating on all cores, or on one, with nothing done to it. */
  | "inflating"
  | "inflating-one"
  /** The same, and all that was inflated is kept in new memory. */
  | "keeping"
  | "keeping-one"
  | "mf4-rs"
  /** With isal, its fast build. */
  | "asammdf"
  | "asammdf-zlib";

interface Side {
  name: string;
  /** A file in `bench/engine/contenders/`, or the id of a peer. */
  file?: string;
  peer?: string;
  env?: Record<string, string>;
  /** What it must say that it uses. */
  uses?: string;
}

const SIDES: Readonly<Record<SideId, Side>> = {
  "ours": { name: "MF4 for Deno", file: "ours_held.ts" },
  "ours-made": { name: "MF4 for Deno, all made", peer: "ours" },
  "ours-one": { name: "itself, one thread", file: "ours_one_thread.ts" },
  "ours-into": { name: "MF4 for Deno, into", file: "ours_into.ts" },
  "ours-into-one": { name: "itself, one thread", file: "ours_into_one_thread.ts" },
  "floor": { name: "bare read", file: "floor.ts" },
  "inflating": { name: "inflating alone, all cores", file: "inflate_alone.ts" },
  "inflating-one": { name: "inflating alone, one core", file: "inflate_alone_one.ts" },
  "keeping": { name: "inflating and keeping, all cores", file: "inflate_kept.ts" },
  "keeping-one": { name: "inflating and keeping, one core", file: "inflate_kept_one.ts" },
  "mf4-rs": { name: "mf4-rs (npm)", peer: "mf4_rs_npm" },
  "asammdf": { name: "asammdf (isal)", peer: "asammdf", uses: "isal.isal_zlib" },
  "asammdf-zlib": {
    name: "asammdf (zlib)",
    peer: "asammdf",
    env: { MF4_BENCH_WITHOUT: "isal" },
    uses: "zlib",
  },
};

const NO_PEERS = ["ours", "floor", "inflating", "keeping"];

/** Whether that is another reader. */
export function isPeer(id: SideId): boolean {
  return !NO_PEERS.some((prefix) => id.startsWith(prefix));
}

const FOLDER = new URL("contenders/", import.meta.url);

/** As tables call it. */
export function sideName(id: SideId): string {
  return SIDES[id].name;
}

/** Sides that can be started, or what they lack; by id, each prepared once. */
export class Sides {
  readonly #options: Pick<RunPeersOptions, "python" | "onStep" | "signal">;
  readonly #ready = new Map<SideId, Promise<ReadyPeer>>();

  constructor(options: Pick<RunPeersOptions, "python" | "onStep" | "signal"> = {}) {
    this.#options = options;
  }

  /** A side by its id. */
  get(id: SideId): Promise<ReadyPeer> {
    let ready = this.#ready.get(id);
    if (!ready) this.#ready.set(id, ready = this.#prepare(id));
    return ready;
  }

  async #prepare(id: SideId): Promise<ReadyPeer> {
    const { name, env } = SIDES[id];
    const ready = await readyPeer(await entryOf(SIDES[id]), this.#options);
    if ("missing" in ready) return { ...ready, id, name };
    return { ...ready, id, name, command: { ...ready.command, env } };
  }
}

async function entryOf({ file, peer, name }: Side): Promise<PeerEntry> {
  if (file) {
    return { id: file, name, order: 0, floor: false, path: fileURLToPath(new URL(file, FOLDER)) };
  }
  const found = (await listPeers()).find(({ id }) => id === peer);
  if (!found) throw new RangeError(`there is no peer "${peer}"`);
  return found;
}

/** Why what a side says of itself is not what its name promises; undefined where it is. */
export function whyNot(id: SideId, { uses }: Pick<PreparedFacts, "uses">): string | undefined {
  const { uses: wanted } = SIDES[id];
  if (wanted === undefined || uses === wanted) return undefined;
  return `it was to inflate by ${wanted}, but does by ${uses ?? "code of its own"}`;
}
