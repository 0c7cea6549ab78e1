import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compare, describeComparison } from "../../bench/harness/compare.ts";
import { sameChannels, sameWork } from "../../bench/harness/same_work.ts";
import type { AnyValues } from "../../bench/fingerprint.ts";

const SAME = { same: true } as const;
/** Rounds whose times are spread around a middle by a tenth. */
const around = (middle: number) =>
  Array.from({ length: 20 }, (_, i) => [middle * (1 + ((i * 7) % 20 - 9.5) / 100)]);
const steady = new Array(20).fill([1]);

Deno.test("faster and slower are said only where the interval excludes 1", () => {
  assertEquals(compare(around(0.8), steady).verdict, "faster");
  assertEquals(compare(around(1.2), steady).verdict, "slower");
  assertEquals(compare(around(1.01), steady).verdict, "no difference shown");
  const exact = new Array(20).fill([1.001]);
  assertEquals(compare(exact, steady).verdict, "slower", "without noise a thousandth is enough");
  assertEquals(compare(steady, steady).verdict, "no difference shown");
});

Deno.test("a comparison is told in words with its interval", () => {
  const twice = new Array(20).fill([2]);
  assertEquals(
    describeComparison(compare(twice, steady)),
    "takes 2.00 times as long (2.00 to 2.00)",
  );
  assertEquals(describeComparison(compare(steady, twice)), "2.00 times as fast (2.00 to 2.00)");
  assertEquals(
    describeComparison(compare(steady, steady)),
    "no difference shown (1.00 to 1.00 times as long)",
  );
  assertEquals(
    describeComparison(compare(twice, steady, { work: { same: false, reason: "it is wrong" } })),
    "not compared: it is wrong",
  );
});

Deno.test("a peer that returns one value too few, or one wrong value, is refused", () => {
  const reference = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 100) * 80);
  const wrong = reference.slice();
  wrong[7_000] += 0.001;
  const cases: [peer: AnyValues, reason: string][] = [
    [reference.slice(1), "9999 values instead of 10000"],
    [wrong, "value 7000 is "],
    [reference.map((value) => -value), "correlation -1)"],
  ];
  for (const [peer, reason] of cases) {
    const comparison = compare(around(0.5), steady, { work: sameWork(reference, peer) });
    assertEquals(comparison.verdict, "refused");
    if (comparison.verdict === "refused") assertStringIncludes(comparison.reason, reason);
    assertEquals("ratio" in comparison, false);
  }
  assertEquals(
    compare(around(0.5), steady, { work: sameWork(reference, reference.slice()) }).verdict,
    "faster",
  );
});

Deno.test("any one value of any array that is another is found", () => {
  const arrays = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.int32Array({ minLength: 1 }),
    fc.bigInt64Array({ minLength: 1 }),
    fc.float64Array({ minLength: 1, noNaN: true, min: -1e6, max: 1e6 }),
  );
  fc.assert(
    fc.property(arrays, fc.nat(), (values, place) => {
      const other = values.slice() as Uint8Array;
      assertEquals(sameWork(values, other), SAME);
      const at = place % values.length;
      // Half of the largest value is far beyond rounding.
      other[at] = typeof values[at] === "bigint"
        ? (values[at] ^ 1n) as never
        : values instanceof Float64Array
        ? values[at] + Math.max(1, ...values.map(Math.abs)) / 2
        : values[at] ^ 1;
      const work = sameWork(values, other);
      assertEquals(work.same, false);
      if (!work.same) assertStringIncludes(work.reason, `value ${at} is `);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("integers are equal exactly, whatever the type of their array", () => {
  const big = BigInt64Array.of(2n ** 53n + 1n, 5n);
  assertEquals(sameWork(Int32Array.of(1, 2), [1, 2]), SAME);
  assertEquals(sameWork(Uint8Array.of(1, 2), Float64Array.of(1, 2)), SAME);
  assertEquals(sameWork(BigUint64Array.of(5n), [5]), SAME);
  assertEquals(sameWork([5], BigUint64Array.of(5n)), SAME);
  assertEquals(sameWork(big, Float64Array.from(big, Number)), {
    same: false,
    reason: "value 0 is 9007199254740992 instead of 9007199254740993 (1 of 2 differ)",
  });
  assertEquals(sameWork(Int32Array.of(1_000_000_000), [1_000_000_000.5]).same, false);
  const large = [1e12, 2e12, 3e12];
  assertEquals(sameWork(large, [1e12, 2e12 + 1, 3e12]).same, false, "not rounding");
});

Deno.test("floats may differ by rounding, and by no more", () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => i * 0.1 + 0.05);
  assertEquals(sameWork(values, values.map((value) => value * (1 + 1e-15))), SAME);
  assertEquals(sameWork(values, values.map((value) => value + 1e-14)), SAME);
  assertEquals(sameWork(values, Float32Array.from(values)), SAME, "one with 32 bits");
  assertEquals(sameWork(values, values.map((value) => value * (1 + 1e-7))).same, false);
  const constant = new Float64Array(50).fill(0.1);
  assertEquals(
    sameWork(constant, constant.map((value, i) => value * (1 + (i % 3) * 2e-16))),
    SAME,
    "rounding of a constant correlates with nothing",
  );
  const nothing = Float64Array.of(NaN, Infinity, -Infinity, 0);
  assertEquals(sameWork(nothing, Float64Array.of(NaN, Infinity, -Infinity, -0)), SAME);
  for (let i = 0; i < 3; i++) {
    const other = nothing.slice();
    other[i] = 1;
    assertEquals(sameWork(nothing, other).same, false);
  }
});

Deno.test("a tolerance of one's own leaves the correlation to decide", () => {
  const values = Float64Array.from({ length: 200 }, (_, i) => 100 + Math.sin(i));
  const blurred = values.map((value, i) => value + (i % 2 ? 0.6 : -0.6));
  assertEquals(sameWork(values, values, { tolerance: 0.006 }), SAME);
  const work = sameWork(values, blurred, { tolerance: 0.0062 });
  assertEquals(work.same, false);
  if (!work.same) assertStringIncludes(work.reason, "not above 0.999");
});

Deno.test("texts and bytes are equal exactly", () => {
  assertEquals(sameWork(["a", "b"], ["a", "b"]), SAME);
  assertEquals(sameWork(["a", "b"], ["a", "B"]), {
    same: false,
    reason: 'value 1 is "B" instead of "b" (1 of 2 differ)',
  });
  assertEquals(sameWork([Uint8Array.of(1)], [Uint8Array.of(1)]), SAME);
  assertEquals(sameWork([Uint8Array.of(1)], [Uint8Array.of(2)]).same, false);
  const texts = { length: 2, at: (index: number) => ["a", "b"][index] };
  assertEquals(sameWork(texts, ["a", "b"]), SAME);
  assertEquals(sameWork([], []), SAME);
});

Deno.test("channels are compared by name, and none may be missing or too many", () => {
  const reference = { a: Int8Array.of(1), b: Int8Array.of(2) };
  assertEquals(sameChannels(reference, { b: [2], a: [1] }), SAME);
  const reasons: [actual: Record<string, AnyValues>, reason: string][] = [
    [{ a: [1] }, '"b" is missing'],
    [{ a: [1], b: [2], c: [3] }, '"c" was not asked for'],
    [{ a: [1], b: [3] }, '"b": value 0 is 3 instead of 2 (1 of 1 differ)'],
  ];
  for (const [actual, reason] of reasons) {
    assertEquals(sameChannels(reference, actual), { same: false, reason });
  }
});

Deno.test("few rounds give no ratio; rounds that are no pairs are a mistake of the caller", () => {
  assertEquals(compare(steady.slice(13), steady.slice(13)), {
    verdict: "refused",
    reason: "7 rounds say nothing, at least 8 are needed",
  });
  assertThrows(() => compare(steady.slice(1), steady), RangeError, "19 and 20");
});
