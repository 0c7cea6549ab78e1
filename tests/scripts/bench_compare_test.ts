import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { saveResults } from "../../bench/harness/results.ts";
import { makeRun } from "../bench/_runs.ts";
import { inFolder, runScript } from "./_run_script.ts";

const compare = (...args: string[]) => runScript("scripts/bench_compare.ts", args);

Deno.test("bench:compare: names what became slower, and the gate fails on it", () =>
  inFolder(async (folder) => {
    const before = join(folder, "before");
    const after = join(folder, "after");
    await saveResults(makeRun(), before);
    await saveResults(makeRun({ slower: { "open": 1.2, "index build": 0.5 } }), after);
    const plain = await compare(before, after);
    assertEquals(plain.code, 0, plain.err);
    assertMatch(plain.out, /open +small +1\.2 +[\d.]+ to [\d.]+ +regression/);
    assertMatch(plain.out, /index build +medium +0\.5 +[\d.]+ to [\d.]+ +faster/);
    assertMatch(plain.out, /direct, one channel +small +1 +0\.99 to 1\.01 +no difference shown/);
    const gated = await compare(before, after, "--gate");
    assertEquals(gated.code, 1);
    assertStringIncludes(gated.out, "gate: failed");
    assertEquals((await compare(before, after, "--gate", "--limit", "0.5")).code, 0);
    assertEquals((await compare(before, before, "--gate")).code, 0);
    const json = JSON.parse((await compare(before, after, "--json")).out);
    assertEquals(json.passed, false);
  }));

Deno.test("bench:compare: mistakes end with code 2, missing runs with 1", async () => {
  for (const args of [[], ["a"], ["a", "b", "c"], ["a", "b", "--limit", "0"], ["--far"]]) {
    const { code, err } = await compare(...args);
    assertEquals(code, 2, err);
    assertStringIncludes(err, "See deno task bench:compare --help.");
  }
  const missing = await compare("no/such", "no/such");
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.err, "make them with deno task bench");
});
