import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CorruptFileError, LimitExceededError } from "../../lib/errors.ts";
import { compile, type ConversionParts, convertNumbers } from "./_models.ts";

const VALUE_TO_TEXT = 7, RANGE_TO_TEXT = 8, BITFIELD = 11;

function exact(...parts: ConversionParts[]): (value: bigint) => number | string {
  const conversion = compile("integer", parts);
  if (conversion.kind !== "mixed") throw new Error(conversion.kind);
  return conversion.convertExact;
}

/** Door: bit 0. Gear: bits 1 to 3, with a name. Light: bit 7. */
const CAR: ConversionParts[] = [
  { type: BITFIELD, values: ["1", "14", "128"], references: [1, 2, 3] },
  { type: VALUE_TO_TEXT, values: [0, 1], references: ["door closed", "door open", null] },
  { type: RANGE_TO_TEXT, values: [2, 8, 10, 14], references: ["low", "high", null], name: "Gear" },
  { type: VALUE_TO_TEXT, values: [128], references: ["light", null] },
];

Deno.test("trap 28: the texts of the parts are joined, named ones with their name", () => {
  assertEquals(convertNumbers("integer", [0b1000_1010, 0b0000_0101, 0b1000_0000, 0], ...CAR), [
    "door closed|Gear = high|light",
    "door open|Gear = low",
    "door closed|light",
    "door closed",
  ]);
});

Deno.test("trap 28: parts that give no text are left out, with their names", () => {
  const parts = [
    { type: BITFIELD, values: ["1", "2", "4"], references: [1, 2, null] },
    { type: VALUE_TO_TEXT, values: [1], references: ["one", ""], name: "First" },
    { type: VALUE_TO_TEXT, values: [2], references: ["two"], name: "Second" },
  ];
  assertEquals(convertNumbers("integer", [0, 1, 2, 3, 4], ...parts), [
    ...["", "First = one", "Second = two", "First = one|Second = two", ""],
  ]);
});

Deno.test("trap 28: masks are 64-bit integers, not doubles", () => {
  // As a double, the pattern of the mask 1 is 5e-324; the highest bit alone is -0.
  const parts = [
    { type: BITFIELD, values: ["1", "9223372036854775808"], references: [1, 2] },
    { type: VALUE_TO_TEXT, values: [1], references: ["lowest"] },
    { type: VALUE_TO_TEXT, values: [2 ** 63], references: ["highest"] },
  ];
  const convert = exact(...parts);
  assertEquals(
    [0n, 1n, 1n << 63n, (1n << 63n) | 1n, (1n << 63n) - 1n].map(convert),
    ["", "lowest", "highest", "lowest|highest", "lowest"],
  );
});

Deno.test("trap 28: bits of 64-bit integers that a double would lose", () => {
  const all = (1n << 64n) - 1n;
  const parts = [
    { type: BITFIELD, values: ["3", String(all ^ 3n), String(all)], references: [1, 2, 3] },
    { type: VALUE_TO_TEXT, values: [0, 1, 2, 3], references: ["b0", "b1", "b2", "b3"] },
    { type: VALUE_TO_TEXT, values: [2 ** 62], references: ["just bit 62", "other bits"] },
    // No double is 2^62 + 1, so that no key can mean it.
    { type: VALUE_TO_TEXT, values: [2 ** 62], references: ["exactly 2^62", null] },
  ];
  const convert = exact(...parts);
  assertEquals(convert(1n << 62n), "b0|just bit 62|exactly 2^62");
  assertEquals(convert((1n << 62n) + 1n), "b1|just bit 62");
  assertEquals(convert((1n << 62n) + 2n), "b2|just bit 62");
  assertEquals(convert((1n << 62n) + 7n), "b3|other bits");
});

Deno.test("trap 28: a negative integer is taken as two's complement", () => {
  const parts = [
    { type: BITFIELD, values: ["128", "9223372036854775808"], references: [1, 2] },
    { type: VALUE_TO_TEXT, values: [128], references: ["bit 7"] },
    { type: VALUE_TO_TEXT, values: [2 ** 63], references: ["sign"] },
  ];
  assertEquals(convertNumbers("integer", [-1, -128, -129, 127, 128], ...parts), [
    ...["bit 7|sign", "bit 7|sign", "sign", "", "bit 7"],
  ]);
  assertEquals([-1n, -129n, -(1n << 63n)].map(exact(...parts)), ["bit 7|sign", "sign", "sign"]);
});

Deno.test("trap 28: floats have bits only where they are whole numbers", () => {
  assertEquals(convertNumbers("float", [1, 1.5, NaN, Infinity, -0], ...CAR), [
    ...["door open", "", "", "", "door closed"],
  ]);
  // The bits are an integer, so that the upper end of a range belongs to it.
  assertEquals(convertNumbers("float", [8], ...CAR), ["door closed|Gear = low"]);
});

Deno.test("trap 28: numbers and exact integers give the same texts, those of a bigint sum", () => {
  const mask = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
  const value = fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n });
  fc.assert(
    fc.property(fc.array(mask, { minLength: 1, maxLength: 5 }), value, (masks, value) => {
      const parts: ConversionParts[] = [
        { type: BITFIELD, values: masks.map(String), references: masks.map((_, i) => i + 1) },
        ...masks.map((_, i) => ({
          type: VALUE_TO_TEXT,
          values: [0],
          references: [`none${i}`, "some"],
        })),
      ];
      const bits = BigInt.asUintN(64, value);
      const expected = masks.map((mask, i) => (bits & mask) === 0n ? `none${i}` : "some").join("|");
      assertEquals(convertNumbers("integer", [Number(value)], ...parts), [expected]);
      assertEquals(exact(...parts)(value), expected);
    }),
    { numRuns: 200, seed: 28 },
  );
});

Deno.test("a part that gives a number shows it as text", () => {
  const parts = [
    { type: BITFIELD, values: ["240"], references: [1] },
    { type: VALUE_TO_TEXT, values: [0], references: ["off", 2], name: "Level" },
    { type: 1, values: [0, 1 / 16] },
  ];
  assertEquals(convertNumbers("integer", [0, 0x35, 0xff], ...parts), [
    ...["Level = off", "Level = 3", "Level = 15"],
  ]);
});

Deno.test("trap 27: a bit-field text as the default of a table", () => {
  const parts: ConversionParts[] = [
    { type: VALUE_TO_TEXT, values: [255], references: ["not available", 1] },
    { type: BITFIELD, values: ["1", "2"], references: [2, 3] },
    { type: VALUE_TO_TEXT, values: [1], references: ["A", null] },
    { type: VALUE_TO_TEXT, values: [2], references: ["B", 4] },
    // And a bit field within: of the bits that the outer mask left.
    { type: BITFIELD, values: ["3"], references: [5] },
    { type: VALUE_TO_TEXT, values: [0], references: ["no B"] },
  ];
  assertEquals(convertNumbers("integer", [255, 3, 2, 1, 0], ...parts), [
    ...["not available", "A|B", "B", "A|no B", "no B"],
  ]);
});

Deno.test("more different values than are kept still get their own texts", () => {
  const convert = exact(
    { type: BITFIELD, values: ["65535"], references: [1] },
    { type: RANGE_TO_TEXT, values: [0, 2999], references: [2, null] },
    { type: 1, values: [0, 2] },
  );
  for (const round of [1, 2]) {
    for (let i = 0; i < 3000; i++) {
      assertEquals(convert(BigInt(i)), String(2 * i), `round ${round}`);
    }
  }
});

Deno.test("bad bit fields are errors that name the block", () => {
  const inner = { type: VALUE_TO_TEXT, values: [1], references: ["a"] };
  const bad: [ConversionParts, string][] = [
    [{ type: BITFIELD, values: [], references: [] }, "no masks"],
    [{ type: BITFIELD, values: ["1", "2"], references: [1] }, "2 masks but only 1 references"],
    [{ type: BITFIELD, values: ["1"], references: ["text"] }, "mask 0 refers to a text"],
    [{ type: BITFIELD, values: ["1.5"], references: [1] }, 'mask 0 is "1.5", no integer'],
  ];
  for (const [part, reason] of bad) {
    const error = assertThrows(() => compile("integer", [part, inner]), CorruptFileError, reason);
    assertEquals([error.block, error.offset], ["CC", 64]);
  }
});

Deno.test("bit fields within bit fields that would multiply without end are refused", () => {
  // Eight levels of ten masks each: 10^8 look-ups for one value.
  const level = (i: number): ConversionParts => ({
    type: BITFIELD,
    values: Array(10).fill("1"),
    references: Array(10).fill(i + 1),
  });
  const parts: ConversionParts[] = [
    ...Array.from({ length: 8 }, (_, i) => level(i)),
    { type: VALUE_TO_TEXT, values: [1], references: ["x"] },
  ];
  assertThrows(() => compile("integer", parts), LimitExceededError, "look-ups");
});
