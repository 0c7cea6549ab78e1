import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { compareLive, type NoiseRecord, simulate } from "../../bench/harness/honesty.ts";
import { Mdf, MdfWriter } from "../../mod.ts";

const noise: NoiseRecord = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname!, "noise.json")),
);
const HUNDRED = { comparisons: 100, rounds: 100 };

Deno.test("on recorded noise, at most 7 of 100 comparisons of a contender with itself are flagged", () => {
  const { faster, slower, "no difference shown": none } = simulate(noise, {
    ...HUNDRED,
    slowdown: 0,
  });
  assertEquals(faster + slower + none, 100);
  assert(faster + slower <= 7, `${faster} faster, ${slower} slower`);
});

Deno.test("on recorded noise, at least 90 of 100 slowdowns of 10 % are seen", () => {
  const { faster, slower } = simulate(noise, { ...HUNDRED, slowdown: 0.1 });
  assert(slower >= 90 && faster === 0, `${slower} slower, ${faster} faster`);
});

Deno.test("comparisons can fail the test: a level of 50 % flags half of what is the same", () => {
  const { faster, slower } = simulate(noise, { ...HUNDRED, slowdown: 0, level: 0.5 });
  assert(faster + slower > 20, `${faster + slower} flagged`);
  assertThrows(() => simulate(noise, { ...HUNDRED, rounds: 501, slowdown: 0 }), RangeError);
});

Deno.test("live, what is the same is hardly ever flagged, and a slowdown of 10 % nearly always", async () => {
  // `deno task bench:honesty` does a hundred of each; these take about 15 s. The counts leave room for
  // chance: with one false alarm in a hundred, four of twenty happen once in thirty thousand runs.
  const COMPARISONS = 20, MOST_FALSE = 3, LEAST_SEEN = 16;
  const options = { comparisons: COMPARISONS, rounds: 200 };
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    {
      await using writer = await MdfWriter.create(path);
      const group = writer.addGroup({
        name: "Group",
        channels: [
          { name: "t", type: "float64", master: "time" },
          { name: "v", type: "int16", conversion: { kind: "linear", offset: 1, factor: 0.5 } },
        ],
      });
      const count = 50_000;
      await group.append({
        t: Float64Array.from({ length: count }, (_, i) => i / 1000),
        v: Int16Array.from({ length: count }, (_, i) => i % 1000),
      });
    }
    await using mdf = await Mdf.open(path);
    const run = () => mdf.read("v");
    const same = await compareLive(run, { ...options, slowdown: 0 });
    assert(same.faster + same.slower <= MOST_FALSE, `flagged: ${JSON.stringify(same)}`);
    const slower = await compareLive(run, { ...options, slowdown: 0.1 });
    assert(slower.slower >= LEAST_SEEN, `seen: ${JSON.stringify(slower)}`);
  } finally {
    await Deno.remove(path);
  }
});
