import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { drawableRange, tickPlaces } from "../../../scripts/browser/page/axis_range.ts";
import { MinMaxBins } from "../../../scripts/browser/page/min_max_bins.ts";
import { StateBins } from "../../../scripts/browser/page/state_bins.ts";
import { byteText, tickText, valueNumber } from "../../../scripts/browser/page/number_text.ts";

const value = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0),
);

/** Values with their gaps in time, cut into batches, some of them invalid. */
const run = fc.record({
  values: fc.array(value, { minLength: 1, maxLength: 300 }),
  first: fc.integer({ min: 0, max: 50 }),
  gap: fc.integer({ min: 0, max: 3 }),
  batch: fc.integer({ min: 1, max: 40 }),
  capacity: fc.integer({ min: 2, max: 24 }),
  expected: fc.integer({ min: 0, max: 400 }),
  invalidEvery: fc.integer({ min: 2, max: 9 }),
  timed: fc.boolean(),
});

Deno.test("bins: each holds the extremes of its records, whatever was expected of their number", () => {
  fc.assert(
    fc.property(run, ({ values, first, gap, batch, capacity, expected, invalidEvery, timed }) => {
      const times = Float64Array.from(values, (_, i) => Math.floor(i / 2) * gap);
      const valid = Uint8Array.from(values, (_, i) => i % invalidEvery === 0 ? 0 : 1);
      const bins = new MinMaxBins(capacity, expected);
      for (let at = 0; at < values.length; at += batch) {
        const part = values.slice(at, at + batch);
        bins.add({
          values: part,
          times: timed ? times.slice(at, at + batch) : undefined,
          valid: valid.slice(at, at + batch),
          first: first + at,
          count: part.length,
          elements: 1,
          element: 0,
        });
      }
      assertLessOrEqual(bins.count, bins.capacity);
      assertEquals(bins.records, values.length);
      const good = (i: number) => valid[i] === 1 && Number.isFinite(values[i]);
      const all = values.filter((_, i) => good(i));
      assertEquals(bins.min, all.length > 0 ? Math.min(...all) : Infinity);
      assertEquals(bins.max, all.length > 0 ? Math.max(...all) : -Infinity);
      assertEquals(bins.invalid, valid.filter((each) => each === 0).length);
      for (let bin = 0; bin < bins.count; bin++) {
        const from = bin * bins.stride;
        const inside = values.flatMap((each, i) =>
          i >= from && i < from + bins.stride && good(i) ? [each] : []
        );
        const expectedExtremes: [number, number] | undefined = inside.length > 0
          ? [Math.min(...inside) + 0, Math.max(...inside) + 0]
          : undefined;
        assertEquals(bins.extremes(bin)?.map((each) => each + 0), expectedExtremes);
        assertEquals(bins.recordOf(bin), first + from);
        assertEquals(bins.xOf(bin), timed ? times[from] : first + from);
      }
      const { x, y, record } = bins.line();
      assert(x.every((each, i) => i === 0 || each >= x[i - 1]), "x never goes back");
      for (const [i, each] of y.entries()) {
        if (each === null) continue;
        assertEquals(values[record[i] - first], each);
        assertEquals(x[i], timed ? times[record[i] - first] : record[i]);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("bins: the records of a stretch of time are all found", () => {
  fc.assert(
    fc.property(run, fc.nat(400), fc.nat(100), (sample, from, width) => {
      const { values, first, gap, capacity, expected } = sample;
      const times = Float64Array.from(values, (_, i) => Math.floor(i / 3) * gap);
      const bins = new MinMaxBins(capacity, expected);
      const one = { valid: undefined, elements: 1, element: 0 };
      bins.add({ values, times, first, count: values.length, ...one });
      const [start, end] = bins.recordsBetween(from, from + width);
      assert(start >= first && end <= first + values.length);
      for (const [i, time] of times.entries()) {
        if (time < from || time > from + width) continue;
        assert(first + i >= start && first + i < end, `record ${first + i} of [${start}, ${end})`);
      }
      // No more than the bins at the edges and a record at either side is read in vain.
      const wanted = times.filter((time) => time >= from && time <= from + width).length;
      if (gap > 0) assertLessOrEqual(end - start, wanted + 4 * bins.stride + 2);
    }),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("bins: where times go back, records take their place", () => {
  const bins = new MinMaxBins(8, 4);
  const one = { valid: undefined, elements: 1, element: 0 };
  const times = Float64Array.of(0, 2, 1, 3);
  bins.add({ values: [5, 6, 7, 8], times, first: 10, count: 4, ...one });
  assertEquals(bins.ordered, false);
  assertEquals([...bins.line().x], [10, 11, 12, 13]);
  assertEquals(bins.endX, 13);
});

Deno.test("bins: of an array only the element that was asked for counts", () => {
  const bins = new MinMaxBins(8, 2);
  const values = BigInt64Array.of(1n, 20n, 3n, 4n, 50n, 6n);
  bins.add({
    values,
    times: undefined,
    valid: Uint8Array.of(0, 1, 0, 0, 1, 0),
    first: 0,
    count: 2,
    elements: 3,
    element: 1,
  });
  assertEquals([bins.min, bins.max, bins.invalid], [20, 50, 0]);
});

Deno.test("bins: every text of a bin is known, and too many are refused", () => {
  const texts = Array.from({ length: 200 }, (_, i) => i === 77 ? "rare" : ["a", "b"][i % 2]);
  const bins = new StateBins(6, 0);
  assert(bins.add(0, texts.length, (i) => i === 5 ? undefined : texts[i], undefined));
  assertEquals(bins.states, ["a", "b", "rare"]);
  assertEquals(bins.invalid, 1);
  for (let bin = 0; bin < bins.count; bin++) {
    const inside = texts.slice(bin * bins.stride, (bin + 1) * bins.stride);
    assertEquals(bins.statesOf(bin), bins.states.filter((state) => inside.includes(state)));
  }
  assertEquals(new StateBins(6, 0).add(0, 32, (i) => `text ${i}`, undefined), true);
  assertEquals(new StateBins(6, 0).add(0, 33, (i) => `text ${i}`, undefined), false);
});

Deno.test("bins: texts of a part keep the places that they have in the whole", () => {
  const whole = new StateBins(6, 0);
  whole.add(0, 3, (i) => "abc"[i], undefined);
  const part = new StateBins(6, 0, whole);
  part.add(2, 2, (i) => "cd"[i], undefined);
  assertEquals(part.states, ["a", "b", "c", "d"]);
  assertEquals([0, 1].map((bin) => part.statesOf(bin)), [["c"], ["d"]]);
  assertEquals(whole.states, ["a", "b", "c"]);
});

Deno.test("browser numbers: values, ticks and bytes are written to be read", () => {
  assertEquals(valueNumber(1234567), "1,234,567");
  assertEquals(valueNumber(0.1 + 0.2), "0.3");
  assertEquals(valueNumber(1.5e-7), "1.5e-7");
  assertEquals(valueNumber(-2.5e12 - 0.5), "-2.5e+12");
  assertEquals(valueNumber(NaN), "NaN");
  assertEquals(tickText(1500, 500), "1,500");
  assertEquals(tickText(0.30000000000000004, 0.1), "0.3");
  assertEquals(tickText(0.25, 0.25), "0.25");
  assertEquals(tickText(-1, 0.002), "-1.000");
  assertEquals([2e9, 5e8, 0].map((value) => tickText(value, 5e8)), ["2e+9", "5e+8", "0"]);
  // Seconds since 1970: neighbours differ.
  assertEquals(tickText(1_700_000_020, 20), "1,700,000,020");
  assertEquals(tickText(1e15 + 200, 100), "1.0000000000002e+15");
  assertEquals(byteText(0), "0 B");
  assertEquals(byteText(999), "999 B");
  assertEquals(byteText(999_600), "1 MB");
  assertEquals(byteText(199_983_064), "200 MB");
});

Deno.test("browser axes: any numbers give a range that can be drawn, with ticks that differ", () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  const near = double.chain((x) =>
    fc.tuple(fc.constant(x), fc.integer({ min: 0, max: 9 }).map((n) => x + n * 2 ** -50 * x))
  );
  fc.assert(fc.property(fc.oneof(fc.tuple(double, double), near), ([a, b]) => {
    const [from, to] = drawableRange(Math.min(a, b), Math.max(a, b));
    assert(from < to && Number.isFinite(to - from), `${from} to ${to}`);
    const ticks = tickPlaces(from, to, (to - from) / 8);
    assert(ticks.length >= 1 && ticks.length <= 9, `${ticks}`);
    ticks.slice(1).forEach((tick, i) => assert(tick > ticks[i], `${ticks}`));
  }));
  assertEquals(drawableRange(-3, 5), [-3, 5]);
  assertEquals(drawableRange(7, 7), [6.5, 7.5]);
  assertEquals(tickPlaces(-0.25, 0.31, 0.1), [-0.2, -0.1, 0, 0.1, 0.2, 0.30000000000000004]);
  // No distance was found, or one that nothing can be counted by.
  assertEquals(tickPlaces(0, 1, 0), []);
  assertEquals(tickPlaces(1e300, 1e300, 1), [1e300]);
  assertEquals(tickPlaces(0, 1e9, 1), []);
});
