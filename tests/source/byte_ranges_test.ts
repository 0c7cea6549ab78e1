import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ByteRange, mergeRanges } from "../../lib/source/byte_ranges.ts";

Deno.test("ranges that touch, overlap or contain one another become one", () => {
  assertEquals(mergeRanges([]), []);
  assertEquals(mergeRanges([[10, 5], [0, 10]]), [[0, 15]]);
  assertEquals(mergeRanges([[0, 10], [5, 10]]), [[0, 15]]);
  assertEquals(mergeRanges([[0, 100], [5, 10], [20, 3]]), [[0, 100]]);
  assertEquals(mergeRanges([[0, 10], [11, 1]]), [[0, 10], [11, 1]]);
  assertEquals(mergeRanges([[7, 0], [3, 1]]), [[3, 1]]);
});

Deno.test("a gap of exactly the tolerance is bridged, one byte more is not", () => {
  assertEquals(mergeRanges([[0, 10], [14, 2]], 4), [[0, 16]]);
  assertEquals(mergeRanges([[0, 10], [15, 2]], 4), [[0, 10], [15, 2]]);
});

Deno.test("the ranges given are left as they are", () => {
  const ranges: ByteRange[] = [[5, 5], [0, 6]];
  const merged = mergeRanges(ranges);
  merged[0][1] = 99;
  assertEquals(ranges, [[5, 5], [0, 6]]);
});

Deno.test("merged ranges cover each byte asked for, and no gap above the tolerance", () => {
  const range = fc.tuple(fc.nat(200), fc.nat(20));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), fc.nat(8), (ranges, gap) => {
      const merged = mergeRanges(ranges as ByteRange[], gap);
      const wanted = new Set(
        ranges.flatMap(([at, n]) => Array.from({ length: n }, (_, i) => at + i)),
      );
      const covered = new Set<number>();
      let end = -Infinity;
      for (const [at, length] of merged) {
        assert(length > 0);
        assert(at - end > gap, "neighbours are farther apart than the tolerance");
        assert(wanted.has(at) && wanted.has(at + length - 1), "no range starts or ends in a gap");
        end = at + length;
        let unwanted = 0;
        for (let i = at; i < end; i++) {
          covered.add(i);
          unwanted = wanted.has(i) ? 0 : unwanted + 1;
          assert(unwanted <= gap);
        }
      }
      for (const byte of wanted) assert(covered.has(byte));
    }),
    { numRuns: 500, seed: 11 },
  );
});
