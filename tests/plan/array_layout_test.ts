import { assertEquals } from "@std/assert";
import { elementOrder } from "../../lib/plan/array_layout.ts";
import type { ArrayModel } from "../../lib/structure/measurement.ts";

function array(dimensions: number[], byteOffsetBase: number, flags = 0): ArrayModel {
  return { type: 0, storage: 0, flags, dimensions, byteOffsetBase, invalidationBase: 0 };
}

/** Byte offsets of all elements in order. */
function offsets(arrays: ArrayModel[], complexPart?: number): number[] {
  return elementOrder(arrays, complexPart).runs.flatMap(({ offset, stride, count }) =>
    Array.from({ length: count }, (_, i) => offset + i * stride)
  );
}

Deno.test("trap 30: row-major arrays that are not square", () => {
  const order = elementOrder([array([2, 3], 4)]);
  assertEquals(order.dimensions, [2, 3]);
  assertEquals(order.runs, [{ offset: 0, stride: 4, count: 6 }]);
});

Deno.test("trap 30: the inverse layout is column-major, and given in row-major order", () => {
  // Element (i, j) lies at base * (i + 2 j).
  assertEquals(offsets([array([2, 3], 4, 64)]), [0, 8, 16, 4, 12, 20]);
  // Element (i, j, k) of [2, 3, 2] lies at base * (i + 2 j + 6 k).
  assertEquals(offsets([array([2, 3, 2], 1, 64)]), [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
});

Deno.test("trap 30: gaps between elements, and elements that run backwards", () => {
  assertEquals(offsets([array([3], 10)]), [0, 10, 20]);
  assertEquals(offsets([array([3], -2)]), [0, -2, -4]);
});

Deno.test("trap 30: arrays of arrays add up their offsets", () => {
  const nested = [array([2], 100), array([2, 2], 8)];
  assertEquals(elementOrder(nested).dimensions, [2, 2, 2]);
  assertEquals(offsets(nested), [0, 8, 16, 24, 100, 108, 116, 124]);
});

Deno.test("trap 22: complex elements have a last dimension of two", () => {
  assertEquals(elementOrder([], 8), {
    dimensions: [2],
    runs: [{ offset: 0, stride: 8, count: 2 }],
  });
  assertEquals(offsets([array([2], 16)], 8), [0, 8, 16, 24]);
  assertEquals(offsets([array([2], 24)], 8), [0, 8, 24, 32]);
});

Deno.test("dimensions of one element change nothing", () => {
  assertEquals(offsets([array([1, 3, 1], 4)]), [0, 4, 8]);
  assertEquals(offsets([array([1], 4)]), [0]);
});
