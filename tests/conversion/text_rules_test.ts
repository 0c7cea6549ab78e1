import { assertEquals, assertThrows } from "@std/assert";
import { CorruptFileError } from "../../lib/errors.ts";
import { compile, convertNumbers, convertTexts } from "./_models.ts";

const IDENTITY = 0, LINEAR = 1, RATIONAL = 2, TABLE = 5;
const VALUE_TO_TEXT = 7, RANGE_TO_TEXT = 8, TEXT_TO_VALUE = 9, TEXT_TO_TEXT = 10;

Deno.test("trap 27: value to text takes the reference of the key, else the last one", () => {
  const gears = { type: VALUE_TO_TEXT, values: [0, 1, 2.5], references: ["P", "R", "½", "?"] };
  assertEquals(convertNumbers("float", [0, 1, 2.5, 2, -1, Infinity], gears), [
    ...["P", "R", "½", "?", "?", "?"],
  ]);
});

Deno.test("trap 27: NaN and -0 as values and keys", () => {
  const table = { type: VALUE_TO_TEXT, values: [0, NaN], references: ["zero", "none", "other"] };
  assertEquals(convertNumbers("float", [-0, 0, NaN], table), ["zero", "zero", "none"]);
  const plain = { type: VALUE_TO_TEXT, values: [1], references: ["one", "other"] };
  assertEquals(convertNumbers("float", [NaN], plain), ["other"]);
  const ranges = { type: RANGE_TO_TEXT, values: [-1, 1], references: ["in", "out"] };
  assertEquals(convertNumbers("float", [NaN, -0], ranges), ["out", "in"]);
});

Deno.test("trap 27: an empty reference and a missing default give no text", () => {
  const table = { type: VALUE_TO_TEXT, values: [0, 1], references: [null, "one"] };
  assertEquals(convertNumbers("integer", [0, 1, 2], table), ["", "one", ""]);
  const nilDefault = { type: RANGE_TO_TEXT, values: [0, 9], references: ["low", null] };
  assertEquals(convertNumbers("integer", [9, 10], nilDefault), ["low", ""]);
});

Deno.test("trap 27: a reference to a conversion gives numbers beside the texts", () => {
  const parts = [
    { type: VALUE_TO_TEXT, values: [254, 255], references: ["error", "not available", 1] },
    { type: LINEAR, values: [-40, 0.5] },
  ];
  assertEquals(convertNumbers("integer", [254, 255, 0, 253], ...parts), [
    ...["error", "not available", -40, 86.5],
  ]);
});

Deno.test("trap 27: status texts over a rational conversion, a table and a formula", () => {
  const over = (inner: { type: number; values?: number[]; references?: string[] }) =>
    convertNumbers(
      "integer",
      [0, 4, 8],
      { type: VALUE_TO_TEXT, values: [0], references: ["off", 1] },
      inner,
    );
  assertEquals(over({ type: RATIONAL, values: [0, 0, 8, 0, 1, 0] }), ["off", 2, 1]);
  assertEquals(over({ type: TABLE, values: [4, 1.5, 8, -1.5] }), ["off", 1.5, -1.5]);
  assertEquals(over({ type: 3, references: ["X^2 - 1"] }), ["off", 15, 63]);
  assertEquals(over({ type: IDENTITY }), ["off", 4, 8]);
});

Deno.test("trap 27: tables within tables get the raw value, however deep", () => {
  const parts = [
    { type: RANGE_TO_TEXT, values: [0, 9, 10, 99], references: [1, 2, 3] },
    { type: VALUE_TO_TEXT, values: [0, 9], references: ["none", "nine", 4] },
    { type: RANGE_TO_TEXT, values: [10, 49, 50, 99], references: ["small", "large"] },
    { type: VALUE_TO_TEXT, values: [100], references: ["hundred", 4] },
    { type: LINEAR, values: [0, 10] },
  ];
  assertEquals(convertNumbers("integer", [0, 9, 5, 49, 50, 100, 101], ...parts), [
    ...["none", "nine", 50, "small", "large", "hundred", 1010],
  ]);
});

Deno.test("trap 26, trap 27: nested ranges keep the rule of the raw values, not of the results", () => {
  const parts = [
    { type: RANGE_TO_TEXT, values: [0, 5, 5, 10], references: [1, "high", "out"] },
    { type: 6, values: [0, 5, 0.25, -1] },
  ];
  assertEquals(convertNumbers("integer", [5, 10], ...parts), [0.25, "high"]);
  assertEquals(convertNumbers("float", [4.5, 5, 10], ...parts), [0.25, "high", "out"]);
});

Deno.test("trap 26: range to text, integers and floats", () => {
  const ranges = {
    type: RANGE_TO_TEXT,
    values: [1, 3, 3, 5, 7, 7],
    references: ["a", "b", "c", "d"],
  };
  assertEquals(convertNumbers("integer", [0, 1, 3, 4, 5, 6, 7], ranges), [
    ...["d", "a", "a", "b", "b", "d", "c"],
  ]);
  assertEquals(convertNumbers("float", [1, 2.999, 3, 5, 7, 7.001], ranges), [
    ...["a", "a", "b", "d", "c", "d"],
  ]);
});

Deno.test("of keys that come twice the first decides", () => {
  const table = { type: VALUE_TO_TEXT, values: [1, 1], references: ["first", "second", "default"] };
  assertEquals(convertNumbers("integer", [1], table), ["first"]);
  const texts = { type: TEXT_TO_VALUE, values: [1, 2, 3], references: ["a", "a"] };
  assertEquals(convertTexts(["a"], texts), [1]);
  const pairs = { type: TEXT_TO_TEXT, references: ["a", "first", "a", "second"] };
  assertEquals(convertTexts(["a"], pairs), ["first"]);
});

Deno.test("64-bit integers meet keys and ranges exactly", () => {
  const big = 2 ** 53;
  const keys = compile("integer", [
    { type: VALUE_TO_TEXT, values: [5, big], references: ["five", "big", 1] },
    { type: LINEAR, values: [1, 2] },
  ]);
  if (keys.kind !== "mixed") throw new Error(keys.kind);
  assertEquals([5n, BigInt(big), -5n].map(keys.convertExact), ["five", "big", -9]);
  // 2^53 + 1 is no double; rounding it would find the key.
  assertEquals(keys.convertExact(BigInt(big) + 1n), 2 * big + 1);
  const ranges = compile("integer", [
    { type: RANGE_TO_TEXT, values: [0, big, big + 2, big + 8], references: ["low", "high", "out"] },
  ]);
  if (ranges.kind !== "mixed") throw new Error(ranges.kind);
  assertEquals(
    [-1n, 0n, BigInt(big), BigInt(big) + 1n, BigInt(big) + 2n, BigInt(big) + 8n, BigInt(big) + 9n]
      .map(ranges.convertExact),
    ["out", "low", "low", "out", "high", "high", "out"],
  );
  const nested = compile("integer", [
    { type: VALUE_TO_TEXT, references: [1] },
    { type: 6, values: [0, 9, 3, -1] },
  ]);
  if (nested.kind !== "mixed") throw new Error(nested.kind);
  assertEquals([9n, 10n].map(nested.convertExact), [3, -1]);
});

Deno.test("trap 27: text to value, with the default after the last value", () => {
  const table = { type: TEXT_TO_VALUE, values: [1, 2, -50], references: ["one", "two"] };
  assertEquals(convertTexts(["one", "two", "One", "", "two "], table), [1, 2, -50, -50, -50]);
  assertEquals(compile("text", [table]).kind, "text-to-number");
  const noDefault = { type: TEXT_TO_VALUE, values: [1], references: ["one"] };
  assertEquals(convertTexts(["one", "two"], noDefault), [1, NaN]);
  const empty = { type: TEXT_TO_VALUE, values: [1, 9], references: [null] };
  assertEquals(convertTexts(["", "x"], empty), [1, 9]);
});

Deno.test("trap 27: text to text in pairs; no text for a text leaves it as it is", () => {
  const table = {
    type: TEXT_TO_TEXT,
    references: ["ja", "yes", "nein", "no", "vielleicht", null, "what?"],
  };
  assertEquals(convertTexts(["ja", "nein", "vielleicht", "oui", ""], table), [
    ...["yes", "no", "vielleicht", "what?", "what?"],
  ]);
  const noDefault = { type: TEXT_TO_TEXT, references: ["ja", "yes"] };
  assertEquals(convertTexts(["ja", "oui"], noDefault), ["yes", "oui"]);
  const nilDefault = { type: TEXT_TO_TEXT, references: ["ja", "yes", null] };
  assertEquals(convertTexts(["oui"], nilDefault), ["oui"]);
  const onlyDefault = { type: TEXT_TO_TEXT, references: ["always"] };
  assertEquals(convertTexts(["ja"], onlyDefault), ["always"]);
});

Deno.test("trap 27: what follows a zero character in a key is left over", () => {
  const values = { type: TEXT_TO_VALUE, values: [1, 0], references: ["on\0garbage"] };
  assertEquals(convertTexts(["on", "on\0garbage"], values), [1, 0]);
  const texts = { type: TEXT_TO_TEXT, references: ["on\0", "an"] };
  assertEquals(convertTexts(["on"], texts), ["an"]);
});

Deno.test("text to text by way of other conversions of texts", () => {
  const parts = [
    { type: TEXT_TO_TEXT, references: ["a", 1, "b", 3, "c", "see", 2] },
    { type: TEXT_TO_VALUE, values: [17, 0], references: ["a"] },
    { type: TEXT_TO_TEXT, references: ["d", "dee"] },
    // A conversion of numbers does nothing to a text.
    { type: LINEAR, values: [0, 2] },
  ];
  assertEquals(convertTexts(["a", "b", "c", "d", "e"], ...parts), [17, "b", "see", "dee", "e"]);
});

Deno.test("trap 24: conversions of numbers leave texts and bytes as they are", () => {
  const numeric = [
    { type: LINEAR, values: [0, 2] },
    { type: RATIONAL, values: [1, 2, 3, 4, 5, 6] },
    { type: 3, references: ["X * 2"] },
    { type: 4, values: [0, 1] },
    { type: TABLE, values: [0, 1] },
    { type: 6, values: [0, 1, 2, 3] },
    { type: VALUE_TO_TEXT, values: [0], references: ["zero"] },
    { type: RANGE_TO_TEXT, values: [0, 1], references: ["low"] },
    { type: 11, values: ["1"], references: [null] },
  ];
  for (const conversion of numeric) {
    assertEquals(compile("text", [conversion]), { kind: "none" });
    assertEquals(compile("other", [conversion]), { kind: "none" });
  }
});

Deno.test("trap 24: conversions of texts leave numbers as they are, nested too", () => {
  const fromText = { type: TEXT_TO_VALUE, values: [1, 2], references: ["x"] };
  const translation = { type: TEXT_TO_TEXT, references: ["x", "y"] };
  for (const conversion of [fromText, translation]) {
    assertEquals(compile("integer", [conversion]), { kind: "none" });
    assertEquals(compile("float", [conversion]), { kind: "none" });
    const outer = { type: VALUE_TO_TEXT, values: [1], references: ["one", 1] };
    assertEquals(convertNumbers("integer", [1, 2], outer, conversion), ["one", 2]);
  }
});

Deno.test("tables with too few references, or none at all, are errors", () => {
  const bad: [string, Parameters<typeof compile>, string][] = [
    [
      "keys",
      ["integer", [{ type: 7, values: [1, 2], references: ["a"] }]],
      "2 keys but only 1 ref",
    ],
    ["ranges", ["integer", [{ type: 8, values: [1, 2], references: [] }]], "1 keys but only 0 ref"],
    ["odd", ["integer", [{ type: 8, values: [1, 2, 3], references: ["a", "b"] }]], "no pairs"],
    ["empty 7", ["integer", [{ type: 7 }]], "neither keys nor a default"],
    ["empty 8", ["integer", [{ type: 8 }]], "neither keys nor a default"],
    ["empty 9", ["text", [{ type: 9 }]], "needs at least 1 parameters"],
    [
      "texts",
      ["text", [{ type: 9, values: [1, 2, 3], references: ["a"] }]],
      "1 texts and 3 numbers",
    ],
    [
      "values",
      ["text", [{ type: 9, values: [1], references: ["a", "b"] }]],
      "2 texts and 1 numbers",
    ],
    ["empty 10", ["text", [{ type: 10 }]], "neither texts nor a default"],
    [
      "key is a conversion",
      ["text", [{ type: 9, values: [1, 2], references: [1] }, { type: 0 }]],
      "key 0 is a conversion",
    ],
    [
      "key is a conversion",
      ["text", [{ type: 10, references: ["a", "b", 1, "c"] }, { type: 0 }]],
      "key 2 is a conversion",
    ],
  ];
  for (const [what, [raw, parts], reason] of bad) {
    const error = assertThrows(() => compile(raw, parts), CorruptFileError, reason, what);
    assertEquals([error.block, error.offset], ["CC", 64]);
  }
});

Deno.test("a table that has only a default gives it for every value", () => {
  assertEquals(
    convertNumbers("integer", [1, 2], { type: 7, references: [1] }, { type: 1, values: [0, 3] }),
    [3, 6],
  );
});
