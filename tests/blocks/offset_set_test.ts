import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { OffsetSet } from "../../lib/blocks/offset_set.ts";

Deno.test("an offset is in the set from when it was added, at any place of any file", () => {
  const offset = fc.oneof(
    fc.nat(4000),
    fc.nat(1_000_000).map((n) => 8 * n),
    fc.integer({ min: 1, max: 64 }).map((n) => n * 262_144 - 8),
    fc.integer({ min: 1, max: 2 ** 20 }).map((n) => 2 ** 32 * n + 64),
    fc.maxSafeNat(),
    fc.constantFrom(2 ** 31, 2 ** 32 - 8, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64),
  );
  fc.assert(
    fc.property(fc.array(offset, { maxLength: 200 }), fc.array(offset), (added, others) => {
      const set = new OffsetSet();
      const expected = new Set<number>();
      for (const each of [...added, ...added]) {
        assertEquals(set.has(each), expected.has(each));
        assertEquals(set.add(each), !expected.has(each), `${each}`);
        expected.add(each);
      }
      for (const each of others) assertEquals(set.has(each), expected.has(each), `${each}`);
    }),
    { numRuns: 200, seed: 5 },
  );
});
