import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { JoinedColumns } from "../../lib/decode/joined_loops.ts";
import { type NumberArray, numberDecoder } from "../../lib/decode/number_kernels.ts";
import { makeRun } from "../../lib/decode/record_feed.ts";
import type { NumberTarget } from "../../lib/decode/wasm_columns.ts";
import type { NumberLayout } from "../../lib/plan/column_layout.ts";

const floats = fc.record({
  byteOffset: fc.integer({ min: 0, max: 40 }),
  bitCount: fc.constantFrom(32, 64),
  bitOffset: fc.constantFrom(0, 0, 0, 0, 3),
  bigEndian: fc.constantFrom(false, false, false, true),
}).map((layout): NumberLayout => ({ kind: "number", numeric: "float", ...layout }));

Deno.test("columns taken out together have the values that each has alone", () => {
  fc.assert(
    fc.property(
      fc.array(floats, { maxLength: 14 }),
      fc.integer({ min: 49, max: 60 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      fc.uint8Array({ minLength: 23 * 60, maxLength: 23 * 60 }),
      (layouts, stride, count, skipped, index, bytes) => {
        const run = makeRun(23, stride);
        run.bytes.set(bytes.subarray(0, run.bytes.length));
        const at = skipped * stride;
        const arrays: (NumberArray | undefined)[] = layouts.map(() => undefined);
        const targets = layouts.map((layout, i): NumberTarget => ({
          ...{ layout, Type: numberDecoder(layout).Own },
          adopt: (values) => arrays[i] = values,
        }));
        const joined = JoinedColumns.over(targets, run, index + count);
        joined?.run(at, count, index);
        const plain = (bits: number) =>
          layouts.filter(({ bitCount, bitOffset, bigEndian }) =>
            bitCount === bits && bitOffset === 0 && !bigEndian
          ).length;
        const expected = plain(64) - plain(64) % 2 + plain(32) - plain(32) % 4;
        assertEquals(arrays.filter((array) => array).length, expected);
        arrays.forEach((array, i) => {
          if (!array) return;
          const decoder = numberDecoder(layouts[i]);
          const alone = decoder.allocate(index + count);
          decoder.own(run.view, at, stride, count, alone, index);
          assertEquals(array, alone);
        });
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

Deno.test("an array that is there is filled; scaled columns are left alone", () => {
  const layout = (i: number): NumberLayout => ({
    ...{ kind: "number", numeric: "float", byteOffset: 8 * i },
    ...{ bitOffset: 0, bitCount: 64, bigEndian: false },
  });
  const own = new Float64Array(5);
  const adopted: NumberArray[] = [];
  const targets = Array.from({ length: 5 }, (_, i): NumberTarget => ({
    ...{ layout: layout(i), Type: Float64Array, array: i === 2 ? own : undefined },
    linear: i === 4 ? { factor: 2, offset: 0 } : undefined,
    adopt: (values) => adopted[i] = values,
  }));
  const run = makeRun(3, 40);
  new Float64Array(run.bytes.buffer, run.bytes.byteOffset, 15).set(
    Array.from({ length: 15 }, (_, i) => i),
  );
  JoinedColumns.over(targets, run, 3)!.run(0, 3, 0);
  assertEquals(adopted.length, 4);
  assertStrictEquals(adopted[2], own);
  assertEquals(own, Float64Array.of(2, 7, 12, 0, 0));
  assertEquals(JoinedColumns.over(targets.slice(3), run, 3), undefined, "one is too few");
});
