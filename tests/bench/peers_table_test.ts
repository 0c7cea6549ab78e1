import { assert, assertEquals, assertThrows } from "@std/assert";
import { drawWithCliTable } from "../../bench/harness/table.ts";
import { describeRefusals, detailTables, overviewTable } from "../../bench/peers/format_peers.ts";
import { openPeerFile } from "../../bench/peers/peer_files.ts";
import { type PeerOutcome, peerRun, resultRows } from "../../bench/peers/peer_results.ts";
import { parsePeersArguments } from "../../bench/peers/peers_arguments.ts";
import { listPeers } from "../../bench/peers/registry.ts";
import { ArgumentError } from "../../scripts/generate/gen_arguments.ts";
import { inScratch, shapeOf } from "./_peers/_helpers.ts";

const facts = { version: "1", runtime: "test" };

/** Rounds of two samples around a time, none the same. */
function rounds(ms: number, count = 10) {
  return Array.from(
    { length: count },
    (_, i) =>
      [0, 1].map((k) => ({ ms: ms * (1 + 0.01 * ((i * 7 + k) % 5)), cpuMs: ms, amount: 3 })),
  );
}

function measured(ms: number, count?: number): PeerOutcome {
  return { facts, rounds: rounds(ms, count), amount: 3, peakBytes: 80_000_000 };
}

function makeRun(outcomes: Record<string, PeerOutcome>) {
  return inScratch(async (directory) => {
    const shape = { ...shapeOf("mixed"), records: 700 };
    const file = await openPeerFile(shape, "small", { directory });
    const rows = resultRows(file, "read all channels", new Map(Object.entries(outcomes)));
    return peerRun(new Date(), await listPeers(), [file], rows, new Map());
  });
}

Deno.test("a ratio is the time of the peer by ours, and a verdict needs an interval without 1", async () => {
  const run = await makeRun({
    ours: measured(10),
    bare_read: measured(1),
    asammdf: measured(30),
    mf4_rs: measured(5),
    mdfreader: measured(10.0001),
  });
  const [{ title, content }] = detailTables(run);
  assertEquals(title, "read all channels (mixed)");
  assertEquals(content.rows.map((row) => [row[0], row[1], row[3], row[5]]), [
    ["MF4 for Deno", "10.2 ms", "–", ""],
    ["bare read", "1.02 ms", "0.1", "floor"],
    ["asammdf", "30.6 ms", "3", "slower"],
    ["mf4-rs (PyPI)", "5.1 ms", "0.5", "faster"],
    ["mdfreader", "10.2 ms", "1", "slower"],
  ]);
});

Deno.test("a peer that was refused has no ratio, and the reason stands below the table", async () => {
  const run = await makeRun({
    ours: measured(10),
    asammdf: { refusal: "wrong", reason: '"RPM" has 699 values, expected 700' },
    mf4_rs: { refusal: "missing", reason: "Python is missing (python3, python)" },
    mdfreader: { refusal: "not offered", reason: "not offered" },
  });
  const [{ content }] = detailTables(run);
  assertEquals(content.rows.map((row) => [row[0], row[1], row[3]]), [
    ["MF4 for Deno", "10.2 ms", "–"],
    ["asammdf", "wrong", "–"],
    ["mf4-rs (PyPI)", "missing", "–"],
  ]);
  assertEquals(describeRefusals(run), [
    'asammdf: wrong: "RPM" has 699 values, expected 700',
    "mf4-rs (PyPI): missing: Python is missing (python3, python)",
  ]);
  assertEquals(overviewTable(run).rows, [
    ["read all channels (mixed)", "10.2 ms", "–", "–", "missing", "wrong", "–"],
  ]);
  assert(drawWithCliTable(overviewTable(run), false).includes("missing"));
});

Deno.test("where ours was refused there are no ratios, nor from few rounds", async () => {
  const without = await makeRun({
    ours: { refusal: "failed", reason: "no answer within 60 s" },
    asammdf: measured(30),
  });
  assertEquals(detailTables(without)[0].content.rows[1].slice(3, 6), [
    "–",
    "–",
    "ours has no figures",
  ]);
  const few = await makeRun({ ours: measured(10, 3), asammdf: measured(30, 3) });
  const row = detailTables(few)[0].content.rows[1];
  assertEquals([row[1], row[3], row[5]], [
    "30.5 ms",
    "–",
    "3 rounds say nothing, at least 8 are needed",
  ]);
});

Deno.test("work that the time did not suffice for is told once", async () => {
  const late = { refusal: "not measured", reason: "the 1 s of --time-budget are used up" } as const;
  const run = await makeRun({ ours: late, asammdf: late });
  assertEquals(detailTables(run), []);
  assertEquals(describeRefusals(run), [
    "Not measured, the 1 s of --time-budget are used up: read all channels (mixed)",
  ]);
});

Deno.test("arguments choose peers, operations, shapes and sizes, and unknown ones are refused", async () => {
  const peers = await listPeers();
  const parse = (...args: string[]) => parsePeersArguments(args, peers);
  const chosen = parse(
    ...["--peers", "asammdf", "--operations", "raw,index", "--shapes", "deflate,mixed"],
    ...["--sizes", "small,250kB", "--iterations", "9", "--time-budget", "30.5"],
  );
  assertEquals(chosen.peers.map(({ id }) => id), ["ours", "asammdf"]);
  assertEquals(chosen.operations, [
    "read all raw",
    "index warm, one channel",
    "index cold, one channel",
  ]);
  assertEquals(chosen.shapes.map(({ name }) => name), ["mixed", "deflate"]);
  assertEquals(chosen.sizes, ["small", { bytes: 250_000 }]);
  assertEquals([chosen.iterations, chosen.timeBudget], [9, 30.5]);
  assertEquals(parse().peers, peers);
  for (
    const args of [
      ["--peers", "pandas"],
      ["--operations", "fly"],
      ["--shapes", "round"],
      ["--iterations", "many"],
      ["--data", ""],
      ["--quick"],
      ["now"],
    ]
  ) assertThrows(() => parse(...args), ArgumentError);
  assertThrows(() => parse("--iterations", "0"), RangeError);
  assertThrows(() => parse("--time-budget", "0"), RangeError);
});
