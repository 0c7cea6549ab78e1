import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pairedRatio, type Rounds, unpairedRatio } from "../../bench/harness/bootstrap.ts";
import { Sfc32 } from "../../scripts/generate/prng.ts";

/** Normal numbers that are the same every time. */
function normals(seed: number): () => number {
  const random = new Sfc32(seed, 2, 3);
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

const rounds = (times: readonly number[]): Rounds => times.map((time) => [time]);

/** Probability that at least half of `count` draws, an odd number, are among the `k` smallest. */
function medianWithin(k: number, count: number): number {
  let sum = 0, ways = 1;
  for (let hits = 0; hits <= count; hits++) {
    if (hits > count / 2) sum += ways * (k / count) ** hits * (1 - k / count) ** (count - hits);
    ways = ways * (count - hits) / (hits + 1);
  }
  return sum;
}

Deno.test("a ratio is found exactly where there is no noise, however the machine drifts", () => {
  const moods = Array.from({ length: 20 }, (_, round) => 1 + round * round);
  const { value, interval, level } = pairedRatio(
    moods.map((mood) => [mood * 1.5, mood * 3]),
    moods.map((mood) => [mood, mood * 2]),
  );
  assertEquals(level, 0.99);
  for (const part of [value, ...interval]) assertAlmostEquals(part, 1.5, 1e-12);
});

Deno.test("the interval has the ends that the bootstrap of a median has in theory", () => {
  const next = normals(1);
  const logs = Array.from({ length: 11 }, next).toSorted((a, b) => a - b);
  for (const level of [0.9, 0.95, 0.98]) {
    let k = 1;
    while (medianWithin(k, 11) < (1 - level) / 2) k++;
    const { value, interval } = pairedRatio(
      rounds(logs.map(Math.exp)),
      rounds(logs.map(() => 1)),
      { level, resamples: 20_000 },
    );
    assertAlmostEquals(Math.log(value), logs[5], 1e-12);
    assertAlmostEquals(Math.log(interval[0]), logs[k - 1], 1e-12, `${level}`);
    assertAlmostEquals(Math.log(interval[1]), logs[11 - k], 1e-12, `${level}`);
  }
});

Deno.test("an interval holds the true ratio as often as its level says", () => {
  const next = normals(2);
  const noisy = (ratio: number) =>
    rounds(Array.from({ length: 41 }, () => ratio * Math.exp(next() / 5)));
  const held = { paired: 0, unpaired: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    const options = { level: 0.95, resamples: 400, seed };
    const inside = ({ interval: [low, high] }: { interval: number[] }) => low <= 1.3 && 1.3 <= high;
    if (inside(pairedRatio(noisy(1.3), noisy(1), options))) held.paired++;
    if (inside(unpairedRatio(noisy(1.3), noisy(1), options))) held.unpaired++;
  }
  for (const [kind, count] of Object.entries(held)) {
    assert(count >= 276 && count <= 297, `${kind}: ${count} of 300 for a level of 95 %`);
  }
});

Deno.test("more samples in a round do not pass for more rounds", () => {
  const next = normals(3);
  const times = Array.from({ length: 12 }, () => Math.exp(next() / 10));
  const others = times.map(() => Math.exp(next() / 10));
  const repeated = (list: number[]) => list.map((time) => new Array<number>(50).fill(time));
  assertEquals(
    pairedRatio(repeated(times), repeated(others)),
    pairedRatio(rounds(times), rounds(others)),
  );
  assertEquals(
    unpairedRatio(repeated(times), repeated(others)),
    unpairedRatio(rounds(times), rounds(others)),
  );
});

Deno.test("the same seed gives the same interval, another one another", () => {
  const next = normals(4);
  const a = rounds(Array.from({ length: 30 }, () => Math.exp(next())));
  const b = rounds(Array.from({ length: 30 }, () => Math.exp(next())));
  assertEquals(pairedRatio(a, b, { seed: 5 }), pairedRatio(a, b, { seed: 5 }));
  const few = { resamples: 50 };
  assert(pairedRatio(a, b, few).interval[0] !== pairedRatio(a, b, { ...few, seed: 6 }).interval[0]);
});

Deno.test("the center of a round is its median or its mean", () => {
  const a = new Array(10).fill([1, 1, 10]), b = new Array(10).fill([1]);
  assertAlmostEquals(pairedRatio(a, b).value, 1, 1e-12);
  assertAlmostEquals(pairedRatio(a, b, { center: "mean" }).value, 4, 1e-12);
});

Deno.test("contenders that were not measured in turns need not have as many rounds", () => {
  const { value, rounds: count } = unpairedRatio(
    rounds([3, 3, 3, 3, 3, 3, 3, 3]),
    rounds([2, 2, 2, 2, 2, 2, 2, 2, 2]),
  );
  assertAlmostEquals(value, 1.5, 1e-12);
  assertEquals(count, 8);
});

Deno.test("what gives no ratio is a RangeError", () => {
  const ten = new Array(10).fill([1]);
  const cases: [a: Rounds, b: Rounds, message: string, level?: number][] = [
    [ten, ten.slice(1), "there are 10 and 9"],
    [ten.slice(3), ten.slice(3), "at least 8 rounds, not 7"],
    [[...ten.slice(1), []], ten, "round 9 has no time above 0"],
    [[[0], ...ten.slice(1)], ten, "round 0 has no time above 0"],
    [ten, [[NaN], ...ten.slice(1)], "round 0 has no time above 0"],
    [ten, ten, "a level is between 0 and 1, not 99", 99],
  ];
  for (const [a, b, message, level] of cases) {
    assertThrows(() => pairedRatio(a, b, { level }), RangeError, message);
  }
});
