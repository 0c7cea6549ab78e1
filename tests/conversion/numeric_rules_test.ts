import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CorruptFileError } from "../../lib/errors.ts";
import { compile, convertNumbers } from "./_models.ts";

const IDENTITY = 0, LINEAR = 1, RATIONAL = 2, INTERPOLATED = 4, TABLE = 5, RANGES = 6;

Deno.test("trap 25: identity leaves the values, their kind included, as they are", () => {
  assertEquals(compile("integer", [{ type: IDENTITY, unit: "V" }]), { kind: "none" });
});

Deno.test("trap 25: linear stores the offset first and the factor second", () => {
  assertEquals(compile("integer", [{ type: LINEAR, values: [-40, 0.5] }]), {
    kind: "linear",
    offset: -40,
    factor: 0.5,
  });
  assertEquals(convertNumbers("float", [0, 100, -2], { type: LINEAR, values: [-40, 0.5] }), [
    -40,
    10,
    -41,
  ]);
  // A factor of 0 makes a constant.
  assertEquals(convertNumbers("integer", [1, 2], { type: LINEAR, values: [3, 0] }), [3, 3]);
});

Deno.test("trap 25: rational is (P1 x² + P2 x + P3) / (P4 x² + P5 x + P6)", () => {
  const values = [2, 3, 5, 7, 11, 13];
  assertEquals(
    convertNumbers("integer", [0, 1, -1, 10], { type: RATIONAL, values }),
    [5 / 13, 10 / 31, 4 / 9, 235 / 823],
  );
});

Deno.test("trap 25: a rational's denominator of zero gives what IEEE 754 gives", () => {
  // 1 / (x - 2)
  const pole = { type: RATIONAL, values: [0, 0, 1, 0, 1, -2] };
  assertEquals(convertNumbers("float", [2, 1, 4], pole), [Infinity, -1, 0.5]);
  const zeroes = { type: RATIONAL, values: [0, 1, 0, 0, 1, 0] };
  assertEquals(convertNumbers("float", [0, 5], zeroes), [NaN, 1]);
});

const TABLE_VALUES = [0, 100, 10, 200, 30, 0];

Deno.test("trap 25: a table with interpolation has straight lines and clamps at both ends", () => {
  const table = { type: INTERPOLATED, values: TABLE_VALUES };
  assertEquals(
    convertNumbers("float", [-5, 0, 2.5, 10, 15, 30, 31, -Infinity, Infinity, NaN], table),
    [100, 100, 125, 200, 150, 0, 0, 100, 0, NaN],
  );
});

Deno.test("trap 25: a table without interpolation takes the nearest key, of two the lower", () => {
  const table = { type: TABLE, values: TABLE_VALUES };
  assertEquals(
    convertNumbers("float", [-5, 4.9, 5, 5.1, 20, 20.1, 99, -Infinity, Infinity, NaN], table),
    [100, 100, 100, 200, 200, 0, 0, 100, 0, NaN],
  );
});

Deno.test("tables of one entry, and with a key that comes twice", () => {
  for (const type of [INTERPOLATED, TABLE]) {
    assertEquals(convertNumbers("float", [-1, 3, 4], { type, values: [3, 42] }), [42, 42, 42]);
  }
  const step = { type: INTERPOLATED, values: [0, 0, 1, 10, 1, 20, 2, 30] };
  assertEquals(convertNumbers("float", [0.5, 1, 1.5], step), [5, 20, 25]);
});

Deno.test("tables whose keys do not rise mean the same in any order", () => {
  const shuffled = [30, 0, 0, 100, 10, 200];
  assertEquals(convertNumbers("float", [2.5, 15], { type: INTERPOLATED, values: shuffled }), [
    125,
    150,
  ]);
  assertEquals(convertNumbers("float", [2.5, 25], { type: TABLE, values: shuffled }), [100, 0]);
});

Deno.test("an infinite value of a table does not spoil its neighbour", () => {
  const table = { type: INTERPOLATED, values: [0, 1, 10, 2, 20, Infinity] };
  assertEquals(convertNumbers("float", [10, 20], table), [2, Infinity]);
});

const SHARED_ENDS = [0, 5, 1, 5, 10, 2, 12, 12, 3, 0.5];

Deno.test("trap 26: ranges of integers include both ends, the first match decides", () => {
  assertEquals(
    convertNumbers("integer", [-1, 0, 5, 6, 10, 11, 12, 13], { type: RANGES, values: SHARED_ENDS }),
    [0.5, 1, 1, 2, 2, 0.5, 3, 0.5],
  );
});

Deno.test("trap 26: ranges of floats do not include the upper end", () => {
  assertEquals(
    convertNumbers("float", [-0.1, -0, 4.999, 5, 9.999, 10, 12, NaN], {
      type: RANGES,
      values: SHARED_ENDS,
    }),
    // A range from 12 to 12 holds 12.
    [0.5, 1, 1, 2, 2, 0.5, 3, 0.5],
  );
});

Deno.test("trap 26: limits with fractions count as they are, for integers too", () => {
  const values = [0.5, 2.2, 1, 2.2, 3.2, 2, 3.5, 6, 3, -1];
  assertEquals(
    convertNumbers("integer", [0, 1, 2, 3, 4, 6, 7], { type: RANGES, values }),
    [-1, 1, 1, 2, 3, 3, -1],
  );
});

Deno.test("trap 26: ranges that overlap or fall: the first that holds the value", () => {
  const overlapping = { type: RANGES, values: [0, 10, 1, 5, 20, 2, -5, 3, 3, 99] };
  assertEquals(convertNumbers("integer", [7, 10, 11, 20, -3, 2], overlapping), [1, 1, 2, 2, 3, 1]);
  const empty = { type: RANGES, values: [10, 0, 1, 0, 20, 2, 99] };
  assertEquals(convertNumbers("integer", [5, 10], empty), [2, 2]);
});

Deno.test("trap 26: the search in sorted ranges finds what going through them finds", () => {
  const end = fc.integer({ min: -20, max: 20 });
  const ranges = fc.array(fc.tuple(end, fc.integer({ min: 0, max: 4 }), fc.nat(9)), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(ranges, fc.boolean(), fc.boolean(), (drawn, integer, sort) => {
      const table = drawn.map(([low, width, value]) => [low, low + width, value]);
      if (sort) table.sort((a, b) => a[0] - b[0]);
      const expected = (x: number) => {
        for (const [low, high, value] of table) {
          if (
            integer ? low <= x && x <= high : low <= x && (x < high || low === high && x === low)
          ) {
            return value;
          }
        }
        return -7;
      };
      const numbers = Array.from({ length: 110 }, (_, i) => integer ? i - 55 : (i - 55) / 2);
      assertEquals(
        convertNumbers(integer ? "integer" : "float", numbers, {
          type: RANGES,
          values: [...table.flat(), -7],
        }),
        numbers.map(expected),
      );
    }),
    { numRuns: 300, seed: 26 },
  );
});

Deno.test("ranges without a default give NaN elsewhere", () => {
  assertEquals(convertNumbers("integer", [1, 3], { type: RANGES, values: [0, 2, 8] }), [8, NaN]);
});

Deno.test("interpolation agrees with the equation of the line", () => {
  const point = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(point, point, point, point, fc.double({ min: 0, max: 1, noNaN: true }), (...p) => {
      const [x0, width, y0, y1, share] = p;
      const x1 = x0 + Math.abs(width) + 1;
      const x = x0 + share * (x1 - x0);
      const [y] = convertNumbers("float", [x], { type: INTERPOLATED, values: [x0, y0, x1, y1] });
      // Two-point form, another way to compute the same.
      const expected = (y0 * (x1 - x) + y1 * (x - x0)) / (x1 - x0);
      assertAlmostEquals(y as number, expected, 1e-6);
    }),
    { numRuns: 300, seed: 25 },
  );
});

Deno.test("parameters that are missing or left over are errors that name the block", () => {
  const bad: [number, number[], string][] = [
    [LINEAR, [1], "needs at least 2 parameters and has 1"],
    [LINEAR, [], "needs at least 2 parameters and has 0"],
    [RATIONAL, [1, 2, 3, 4, 5], "needs at least 6 parameters and has 5"],
    [INTERPOLATED, [], "needs at least 2 parameters and has 0"],
    [TABLE, [1, 2, 3], "3 parameters are no pairs of key and value"],
    [INTERPOLATED, [0, 1, NaN, 3], "key 1 of the table is not a number"],
    [RANGES, [], "needs at least 1 parameters and has 0"],
    [RANGES, [1, 2, 3, 4, 5], "5 parameters are no triples"],
  ];
  for (const [type, values, reason] of bad) {
    const error = assertThrows(
      () => compile("integer", [{ type, values, name: "Speed" }]),
      CorruptFileError,
      reason,
    );
    assertEquals([error.file, error.block, error.offset], ["test.mf4", "CC", 64]);
    assertStrictEquals(error.reason.startsWith(`conversion "Speed" of type ${type}: `), true);
  }
});

Deno.test("numbers that JSON does not know pass through the model", () => {
  assertEquals(convertNumbers("float", [-1, 1], { type: TABLE, values: [-1, -0, 1, Infinity] }), [
    -0,
    Infinity,
  ]);
});
