import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
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
  // chance: with one false alarm in a hundred, four of twenty happen once in twenty thousand runs.
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

Deno.test("the command says what it found, and which arguments it does not take", async () => {
  const script = join(import.meta.dirname!, "..", "..", "scripts", "honesty.ts");
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", "--no-check", script, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: decode(stdout), err: decode(stderr) };
  };
  const { code, out } = await run("--comparisons", "2", "--rounds", "8");
  assert(code === 0 || code === 1, `${code}`);
  assertMatch(out, /^A against A: {2}\d of 2 flagged, .*\n10 % slower: {2}\d of 2 seen, /m);
  const bad = await run("--rounds", "7");
  assertEquals([bad.code, bad.out], [2, ""]);
  assertEquals(bad.err, 'error: --rounds must be a whole number of at least 8, not "7"\n');
});
