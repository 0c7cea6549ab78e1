import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { drift, noiseFloor, outliers, roundMedians } from "../../bench/harness/noise.ts";
import { Sfc32 } from "../../scripts/generate/prng.ts";

/** Every order of some values. */
function orders(values: number[]): number[][] {
  if (values.length < 2) return [values];
  return values.flatMap((first, i) =>
    orders(values.toSpliced(i, 1)).map((rest) => [first, ...rest])
  );
}

const score = (times: number[]) =>
  times.flatMap((a, i) => times.slice(i + 1).map((b) => Math.sign(b - a))).reduce(
    (s, x) => s + x,
    0,
  );

/** Part of all orders whose score is as far from 0, or farther. */
function countedProbability(times: number[]): number {
  const all = orders(times);
  return all.filter((other) => Math.abs(score(other)) >= Math.abs(score(times))).length /
    all.length;
}

Deno.test("the probability of a drift is that counted over all orders", () => {
  for (const times of [[1, 2, 3, 4], [3, 1, 2, 5, 4], [6, 1, 5, 2, 4, 3], [1, 2, 4, 3, 5, 7, 6]]) {
    assertAlmostEquals(drift(times).probability, Math.min(1, countedProbability(times)), 1e-12);
  }
  // Kendall, Rank Correlation Methods: for 10 values a score of 23 has a one-sided probability of 0.023.
  const ten = [1, 2, 3, 4, 5, 10, 9, 8, 7, 6];
  assertEquals(score(ten), 25);
  assertAlmostEquals(drift(ten).probability / 2, 0.014, 0.0005);
});

Deno.test("equal times and long runs take the normal distribution, which is close", () => {
  const tied = [1, 1, 2, 3, 3, 4, 5, 2];
  assertAlmostEquals(drift(tied).probability, countedProbability(tied), 0.01);
  const random = new Sfc32(1, 2, 3);
  const times = Array.from({ length: 60 }, (_, i) => random.next() + i / 150);
  const exact = drift(times);
  const longer = drift([...times, times[59]]);
  assert(Math.abs(exact.tau - longer.tau) < 0.02);
  assert(Math.abs(Math.log(exact.probability / longer.probability)) < 0.7);
  assertEquals(drift(new Array(100).fill(2)), { tau: 0, probability: 1, change: 0, found: false });
});

Deno.test("a machine that becomes slower or faster is found, and by how much", () => {
  const slower = drift(Array.from({ length: 30 }, (_, i) => 100 + i));
  assertEquals([slower.tau, slower.found], [1, true]);
  assertAlmostEquals(slower.change, 124.5 / 104.5 - 1, 1e-12);
  const faster = drift(Array.from({ length: 30 }, (_, i) => 100 - i));
  assertEquals([faster.tau, faster.found, faster.change < 0], [-1, true, true]);
  assertEquals(drift([1, 2]).found, false);
});

Deno.test("times without order are said to drift one time in a hundred", () => {
  const random = new Sfc32(7, 8, 9);
  let found = 0;
  for (let run = 0; run < 500; run++) {
    if (drift(Array.from({ length: 20 }, () => random.next())).found) found++;
  }
  assert(found <= 12, `${found} of 500`);
});

Deno.test("times that stand out are told, and none are taken away", () => {
  // Iglewicz and Hoaglin, How to Detect and Handle Outliers: both large values stand out.
  const times = [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3];
  const { count, indices, limits } = outliers(times);
  assertEquals([count, indices], [2, [8, 9]]);
  assertAlmostEquals(limits[0], 2.45 - 3.5 * 1.482602218505602 * 0.15, 1e-12);
  assertAlmostEquals(limits[1], 2.45 + 3.5 * 1.482602218505602 * 0.15, 1e-12);
  assertEquals(times.length, 10);
  assertEquals(outliers([5, 5, 5, 5, 6]).indices, [4]);
  assertEquals(outliers([1, 2, 3]).count, 0);
  assertEquals(outliers([]).count, 0);
});

Deno.test("the noise floor is what a contender differs from itself", () => {
  const times = Array.from({ length: 21 }, (_, i) => [1 + i / 10]);
  assertEquals(noiseFloor(times, times).part, 0);
  const random = new Sfc32(3, 3, 3);
  const noisy = (part: number) => times.map(([time]) => [time * (1 + part * random.next())]);
  const low = noiseFloor(noisy(0.01), noisy(0.01)), high = noiseFloor(noisy(0.2), noisy(0.2));
  assert(low.part > 0 && low.part < 0.01, `${low.part}`);
  assert(high.part > 0.02 && high.part < 0.2, `${high.part}`);
  const [bottom, top] = high.ratio.interval;
  assertEquals(high.part, Math.max(top - 1, 1 / bottom - 1));
});

Deno.test("a round is summed up by its median", () => {
  assertEquals(roundMedians([[1, 9, 2], [4], [5, 6]]), [2, 4, 5.5]);
});
