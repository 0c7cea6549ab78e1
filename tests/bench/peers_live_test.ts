import { assert, assertEquals, assertMatch } from "@std/assert";
import { SHAPES } from "../../bench/peers/peer_files.ts";
import type { PeerRun } from "../../bench/peers/peer_results.ts";
import { isPrepared } from "../../bench/peers/python_home.ts";
import { listPeers, OURS, type PeerEntry } from "../../bench/peers/registry.ts";
import { runPeers } from "../../bench/peers/run_peers.ts";
import { inScratch } from "./_peers/_helpers.ts";

const all = await listPeers();
const inPython = all.filter(({ python }) => python);
const prepared: PeerEntry[] = [];
for (const peer of inPython) if (await isPrepared(peer)) prepared.push(peer);
const SKIPPED = prepared.length === inPython.length
  ? ""
  : " (skipped: not in bench/.venv, which deno task bench:peers sets up)";

// Those whose paths through a peer differ.
const SOME_SHAPES = ["mixed", "deflate", "groups"];

/** Compares some peers on small files. */
function compare(ids: readonly string[]): Promise<PeerRun> {
  return inScratch((scratch) =>
    runPeers({
      peers: all.filter(({ id }) => ids.includes(id)),
      shapes: SHAPES.filter(({ name }) => SOME_SHAPES.includes(name)).map((shape) => ({
        ...shape,
        data: shape.name === "groups" ? { groups: 30, channels: 5 } : shape.data,
        records: 300,
        operations: shape.name === "deflate" ? ["read all channels"] : shape.operations,
      })),
      sizes: ["small"],
      iterations: 1,
      timeBudget: 300,
      directory: scratch,
      scratch,
    })
  );
}

/** What a peer did not give, besides operations that it does not have. */
function failuresOf(run: PeerRun, peer: string): string[] {
  return run.results.filter((row) =>
    row.peer === peer && (row.refusal ?? "not offered") !== "not offered"
  )
    .map(({ file, operation, refusal, reason }) => `${file}, ${operation}: ${refusal}: ${reason}`);
}

// What they are known not to do right.
const KNOWN_FAILURES: Record<string, RegExp[]> = {
  mf4_rs_npm: [/^deflate, read all channels: failed: .*"##DZ"$/],
  mf4_rs: [/^deflate, read all channels: failed: .*"##DZ"$/],
  // It makes up names where two channels have the same.
  mdfreader: [/^groups, open and list names: wrong: channel 0 of group 1 is "Time_/],
};

function assertKnownFailures(run: PeerRun, peer: string) {
  const failures = failuresOf(run, peer);
  const known = KNOWN_FAILURES[peer] ?? [];
  assertEquals(failures.length, known.length, failures.join("\n"));
  failures.forEach((failure, i) => assertMatch(failure, known[i]));
  const measured = run.results.filter((row) => row.peer === peer && row.ms);
  assert(measured.length >= 4, `only ${measured.length} operations of ${peer} were measured`);
}

Deno.test("ours, the bare read and mf4-rs of npm give what was generated", async () => {
  const ids = [OURS, "bare_read", "mf4_rs_npm"];
  const run = await compare(ids);
  for (const id of ids) assertKnownFailures(run, id);
  assertEquals(run.results.filter(({ peer, ms }) => peer === OURS && ms).length, 9);
  for (const { id, version, runtime } of run.peers) {
    assert(version && runtime?.startsWith("Deno "), `${id} tells no version`);
  }
  assertEquals(run.peers[2].version, "3.6.0");
});

for (const peer of inPython) {
  Deno.test({
    name: `${peer.name} gives what was generated${SKIPPED}`,
    ignore: !prepared.includes(peer),
    fn: async () => assertKnownFailures(await compare([peer.id]), peer.id),
  });
}
