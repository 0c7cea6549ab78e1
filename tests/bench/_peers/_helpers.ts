import { fileURLToPath } from "node:url";
import {
  type CompareOptions,
  comparePeers,
  type ReadyPeer,
} from "../../../bench/peers/compare_peers.ts";
import {
  openPeerFile,
  type PeerFile,
  type Shape,
  SHAPES,
} from "../../../bench/peers/peer_files.ts";
import type { PeerOutcome } from "../../../bench/peers/peer_results.ts";
import type { OperationName } from "../../../bench/peers/protocol.ts";
import { readyPeer } from "../../../bench/peers/run_peers.ts";

const FAKE = fileURLToPath(new URL("fake.ts", import.meta.url));

/** A shape of the project, such as `mixed`. */
export function shapeOf(name: string): Shape {
  return SHAPES.find((shape) => shape.name === name)!;
}

/** Lends a folder that is removed afterwards. */
export async function inScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "mf4-peers-test-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The peer of `fake.ts`, told by the environment what to do. */
export async function fakePeer(
  id: string,
  mode: string,
  env: Record<string, string> = {},
): Promise<ReadyPeer> {
  const entry = { id, name: id, order: 1, floor: false, path: FAKE };
  const ready = await readyPeer(entry);
  if ("missing" in ready) throw new Error(ready.missing);
  return {
    ...entry,
    command: { ...ready.command, env: { FAKE_PEER: mode, FAKE_NAME: id, ...env } },
  };
}

/** What becomes of fake peers, by their modes, in one operation on a small file. */
export function compareFakes(
  modes: readonly string[],
  options: Partial<CompareOptions> & { operation?: OperationName } = {},
): Promise<PeerOutcome[]> {
  return inScratch(async (scratch) => {
    const file = await smallFile(scratch);
    const peers = await Promise.all(modes.map((mode) => fakePeer(mode, mode)));
    const { operation = "read all channels", ...rest } = options;
    const all = { scratch, iterations: 1, budgetMs: 0, ...rest };
    return [...(await comparePeers(peers, file, operation, all)).values()];
  });
}

/** A file of 700 records. */
export function smallFile(directory: string, shape = "mixed"): Promise<PeerFile> {
  return openPeerFile({ ...shapeOf(shape), records: 700 }, "small", { directory });
}
