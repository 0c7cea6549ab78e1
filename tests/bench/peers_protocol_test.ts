import { assert, assertEquals, assertMatch } from "@std/assert";
import { comparePeers } from "../../bench/peers/compare_peers.ts";
import type { PeerOutcome } from "../../bench/peers/peer_results.ts";
import { preparePython } from "../../bench/peers/python_home.ts";
import { readyPeer } from "../../bench/peers/run_peers.ts";
import { PeerError } from "../../bench/peers/runner_process.ts";
import { compareFakes, fakePeer, inScratch, smallFile } from "./_peers/_helpers.ts";

function assertRefused(outcome: PeerOutcome, refusal: string, reason: RegExp) {
  assert("refusal" in outcome, `it was measured: ${JSON.stringify(outcome).slice(0, 200)}`);
  assertEquals(outcome.refusal, refusal);
  assertMatch(outcome.reason, reason);
}

Deno.test("a peer that gives what was generated is measured, whatever it prints", async () => {
  for (const outcome of await compareFakes(["right", "chatty"], { iterations: 10 })) {
    assert("rounds" in outcome, JSON.stringify(outcome));
    assertEquals(outcome.rounds.map((samples) => samples.length), Array(10).fill(1));
    assert(outcome.rounds.flat().every(({ ms, cpuMs }) => ms > 0 && cpuMs >= 0));
    assertEquals(outcome.amount, 700 * 21);
    assertEquals(outcome.facts.version, "1.2.3");
    assert(outcome.peakBytes! > 20e6);
  }
});

Deno.test("a peer that gives one value too few is refused", async () => {
  const [outcome] = await compareFakes(["too few"]);
  assertRefused(outcome, "wrong", /^"Temperature" has 699 values, expected 700$/);
});

Deno.test("a peer that gives one value too few in a measured run is refused", async () => {
  const [outcome] = await compareFakes(["too few later"]);
  assertRefused(outcome, "wrong", /^a measured run gave 14699 of 14700 values$/);
});

Deno.test("a peer that gives a channel too few is refused", async () => {
  const [outcome] = await compareFakes(["channels"]);
  assertRefused(outcome, "wrong", /^it gives 20 channels of 21$/);
});

Deno.test("a peer that gives one wrong value of any kind is refused", async () => {
  const [float, integer, text] = await compareFakes(["float", "integer", "text"]);
  assertRefused(
    float,
    "wrong",
    /^"RPM": record 17 is [\d.]+, expected [\d.]+; 1 of 700 values differ \(correlation 1\.0000\)$/,
  );
  assertRefused(
    integer,
    "wrong",
    /^"BatteryEnergy": record 17 is 3, expected 3\d{9}; 1 of 700 values differ \(corr/,
  );
  assertRefused(
    text,
    "wrong",
    /^"DriveState": record 17 is "Nowhere", expected "\w+"; 1 of 700 values differ$/,
  );
});

Deno.test("a converted value may differ in its last bit", async () => {
  const [outcome] = await compareFakes(["rounding"]);
  assert("rounds" in outcome, JSON.stringify(outcome));
});

Deno.test("names must be those of the file", async () => {
  const operation = "open and list names";
  const [right, name, groups] = await compareFakes(["right", "name", "groups"], { operation });
  assert("rounds" in right && right.amount === 21);
  assertRefused(name, "wrong", /^channel 2 of group 0 is "Spede", expected "Speed"$/);
  assertRefused(groups, "wrong", /^it lists 2 groups of 1$/);
});

Deno.test("errors, crashes and silence are told, and nobody else suffers", async () => {
  const modes = ["error", "crash", "hang", "right"];
  const [error, crash, hang, right] = await compareFakes(modes, { limitMs: 4000 });
  assertRefused(error, "failed", /^RangeError: no such block$/);
  assertRefused(crash, "failed", /^the process ended with exit code 3: stack smashed$/);
  assertRefused(hang, "failed", /^no answer within 4 s$/);
  assert("rounds" in right);
});

Deno.test("a program that does not speak the protocol is told of", async () => {
  await inScratch(async (scratch) => {
    const command = { program: Deno.execPath(), args: ["eval", "console.log('hello')"] };
    const peer = { id: "x", name: "x", order: 1, floor: false, path: "x", command };
    const file = await smallFile(scratch);
    const outcomes = await comparePeers([peer], file, "read all channels", {
      scratch,
      budgetMs: 0,
    });
    assertRefused(outcomes.get("x")!, "failed", /^its answer is not JSON: hello$/);
  });
});

Deno.test("operations that a peer does not have are no failures", async () => {
  const [outcome] = await compareFakes(["right"], { operation: "read all raw" });
  assertRefused(outcome, "not offered", /^not offered$/);
});

Deno.test("peers take turns, and every other round goes backwards", async () => {
  await inScratch(async (scratch) => {
    const log = `${scratch}/log`;
    const env = { FAKE_LOG: log };
    const peers = [await fakePeer("A", "right", env), await fakePeer("B", "right", env)];
    const file = await smallFile(scratch);
    const options = { scratch, iterations: 4, budgetMs: 0 };
    await comparePeers(peers, file, "read all channels", options);
    const order = await Deno.readTextFile(log);
    // A turn of short runs begins with one that is not counted.
    assertEquals(order.slice(-16), "AABBBBAAAABBBBAA");
  });
});

Deno.test("without Python, or where it cannot be set up, the rows say so", async () => {
  await inScratch(async (scratch) => {
    const path = `${scratch}/peer.py`;
    const python = { packages: ["no-such-package-of-mf4==0.0.0"], least: [3, 9] };
    const entry = { id: "p", name: "P", order: 1, floor: false, path, python };
    const missing = await readyPeer(entry, {
      python: { home: `${scratch}/venv`, programs: ["no-such-python"] },
    });
    assert("missing" in missing);
    assertEquals(missing.missing, "Python is missing (no-such-python)");
    const options = { scratch, iterations: 1, budgetMs: 0 };
    const outcomes = await comparePeers(
      [missing, await fakePeer("right", "right")],
      await smallFile(scratch),
      "read all channels",
      options,
    );
    assertRefused(outcomes.get("p")!, "missing", /^Python is missing/);
    assert("rounds" in outcomes.get("right")!);
    const broken = await preparePython(entry, {
      home: `${scratch}/venv`,
      programs: [Deno.execPath()],
    }).catch((error) => error);
    assert(broken instanceof PeerError);
  });
});
