import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { estimate, meanInterval } from "../../bench/harness/estimate.ts";
import { NIST_DATA } from "./_nist.ts";

/** By what part two numbers differ. */
const difference = (actual: number, expected: number) => Math.abs(actual / expected - 1);

Deno.test("mean and standard deviation agree with the certified values of NIST to 1e-9", () => {
  assertEquals(NIST_DATA.map(({ values }) => values.length), [
    ...[3, 1001, 1001, 1001],
    ...[100, 50, 200, 218],
  ]);
  for (const { name, values, mean, deviation } of NIST_DATA) {
    const actual = estimate(values);
    assert(difference(actual.mean, mean) < 1e-14, `${name}: mean ${actual.mean}`);
    // The numbers of NumAcc3 and NumAcc4 have no exact binary form; 1e-9 of their unit is what their
    // rounding leaves of the certified value.
    assertAlmostEquals(actual.deviation!, deviation, 1e-9, `${name}: ${actual.deviation}`);
    if (/3|4/.test(name)) continue;
    assert(difference(actual.deviation!, deviation) < 1e-9, `${name}: ${actual.deviation}`);
  }
});

Deno.test("the 95 % interval of the mean agrees with reference values to 1e-9", () => {
  // From the certified mean and deviation, with the quantile of mpmath at 40 digits.
  const intervals: Record<string, [number, number]> = {
    Michelso: [299.8367225931663, 299.8680774068337],
    Mavro: [2.001734044463753, 2.001977955536247],
    Lew: [-216.1057494721534, -138.7642505278466],
    Lottery: [480.0197175889986, 557.8977136036614],
  };
  for (const [name, [low, high]] of Object.entries(intervals)) {
    const { interval } = estimate(NIST_DATA.find((data) => data.name === name)!.values);
    assertAlmostEquals(interval![0], low, 1e-9, name);
    assertAlmostEquals(interval![1], high, 1e-9, name);
  }
  // NIST/SEMATECH e-Handbook 1.3.5.2, heat flow meter data, as printed there.
  const [low, high] = meanInterval(9.261460, 0.022789, 195);
  assertEquals([low.toFixed(6), high.toFixed(6)], ["9.258241", "9.264679"]);
});

Deno.test("median, trimmed mean, smallest and largest are those of the sorted samples", () => {
  const samples = [9, 2, 4, 100, 4, 5, -7, 4];
  const before = samples.slice();
  const { count, median, trimmedMean, min, max } = estimate(samples);
  assertEquals({ count, median, min, max }, { count: 8, median: 4, min: -7, max: 100 });
  assertAlmostEquals(trimmedMean!, (9 + 2 + 4 + 4 + 5 + 4) / 6, 1e-15);
  assertEquals(samples, before, "samples stay in their order");
  assertEquals(estimate([5, 5, 5]).trimmedMean, 5, "only one of equal samples is left out");
});

Deno.test("what few samples do not have is left out", () => {
  assertEquals(estimate([3]), { count: 1, median: 3, mean: 3, min: 3, max: 3 });
  const two = estimate([1, 3]);
  assertEquals([two.trimmedMean, two.deviation], [undefined, Math.SQRT2]);
  assertAlmostEquals(two.interval![1], 2 + 12.706204736174705, 1e-9);
});

Deno.test("no samples, or what is no number, are a RangeError", () => {
  assertThrows(() => estimate([]), RangeError, "no samples");
  assertThrows(() => estimate([1, NaN]), RangeError, "sample 1 is NaN");
  assertThrows(() => estimate([Infinity]), RangeError, "sample 0 is Infinity");
  assertThrows(() => meanInterval(1, 1, 1), RangeError);
});
