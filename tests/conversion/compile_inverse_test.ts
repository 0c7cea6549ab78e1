import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compileConversion, type RawKind } from "../../lib/conversion/compile_conversion.ts";
import { compileInverse } from "../../lib/conversion/compile_inverse.ts";
import { CorruptFileError, UnsupportedFeatureError, UsageError } from "../../lib/errors.ts";
import { type ConversionParts, models } from "./_models.ts";

function inverse(raw: RawKind, ...parts: ConversionParts[]) {
  return compileInverse(models(parts), 0, raw, { file: "test.mf4" });
}

Deno.test("no conversion and identity have themselves as inverse", () => {
  assertEquals(compileInverse([], undefined, "integer")(5), 5);
  assertEquals(inverse("integer", { type: 0 })(5), 5);
  assertEquals(inverse("text", { type: 1, values: [1, 2] })("a"), "a");
});

Deno.test("linear conversions are solved for the raw value", () => {
  const toRaw = inverse("integer", { type: 1, values: [-40, 0.5] });
  assertEquals([-40, 10, -41].map(toRaw), [0, 100, -2]);
});

Deno.test("fractions of straight lines are solved for the raw value", () => {
  // y = (3 x + 5) / (11 x + 13)
  const toRaw = inverse("integer", { type: 2, values: [0, 3, 5, 0, 11, 13] });
  assertAlmostEquals(toRaw(5 / 13) as number, 0, 1e-12);
  assertAlmostEquals(toRaw(8 / 24) as number, 1, 1e-12);
  assertAlmostEquals(toRaw(1 / 9) as number, -2, 1e-12);
  assertAlmostEquals(toRaw(0) as number, -5 / 3, 1e-12);
  // y = 1 / x
  assertEquals(inverse("float", { type: 2, values: [0, 0, 1, 0, 1, 0] })(4), 0.25);
});

Deno.test("there and back again", () => {
  const number = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(number, number, number, number, number, (p2, p3, p5, p6, x) => {
      fc.pre(p2 * p6 !== p3 * p5 && p5 * x + p6 !== 0);
      const conversions = models([{ type: 2, values: [0, p2, p3, 0, p5, p6] }]);
      const there = compileConversion(conversions, 0, "integer");
      if (there.kind !== "numeric") throw new Error(there.kind);
      const back = compileInverse(conversions, 0, "integer");
      // How far rounding of y goes depends on how flat the curve is at x.
      const slope = Math.abs((p2 * p6 - p3 * p5) / (p5 * x + p6) ** 2);
      const y = there.convert(x);
      const within = 1e-9 * (1 + Math.abs(x) + Math.abs(y) / slope);
      assertAlmostEquals(back(y) as number, x, within);
    }),
    { numRuns: 500, seed: 3 },
  );
});

Deno.test("the inverse that the file gives comes before the computed one", () => {
  const parts = [{ type: 1, values: [0, 2], inverse: 1 }, { type: 1, values: [100, 1] }];
  assertEquals(inverse("integer", ...parts)(7), 107);
  const formula = [
    { type: 3, references: ["X^3"], inverse: 1 },
    { type: 3, references: ["sgn(X) * pow(abs(X), 1/3)"] },
  ];
  assertAlmostEquals(inverse("float", ...formula)(-27) as number, -3, 1e-12);
  const identity = [{ type: 3, references: ["X"], inverse: 1 }, { type: 0 }];
  assertEquals(inverse("float", ...identity)(-27), -27);
});

Deno.test("the inverse of a table to texts takes texts, and the other way round", () => {
  const toText = [
    { type: 7, values: [0, 1], references: ["off", "on", null], inverse: 1 },
    { type: 9, values: [0, 1, 255], references: ["off", "on"] },
  ];
  const toRaw = inverse("integer", ...toText);
  assertEquals(["on", "off", "?"].map(toRaw), [1, 0, 255]);
  const error = assertThrows(() => toRaw(1), UsageError, "are texts, not numbers like 1");
  assertEquals(error.file, "test.mf4");
  const fromText = inverse("text", { ...toText[1], inverse: 1 }, {
    ...toText[0],
    inverse: undefined,
  });
  assertEquals([1, 0, 2].map(fromText), ["on", "off", ""]);
  assertThrows(() => fromText("on"), UsageError, 'are numbers, not texts like "on"');
});

Deno.test("physical values are floats to the ranges of an inverse", () => {
  const parts = [
    { type: 3, references: ["floor(X / 10)"], inverse: 1 },
    { type: 6, values: [0, 1, 5, 1, 2, 15, -1] },
  ];
  assertEquals([0, 1, 2].map(inverse("integer", ...parts)), [5, 15, -1]);
});

Deno.test("where there is no way back the error says so", () => {
  const none: ConversionParts[] = [
    { type: 1, values: [3, 0] },
    { type: 2, values: [1, 0, 0, 0, 0, 1] },
    { type: 2, values: [0, 2, 4, 0, 1, 2] },
    { type: 3, references: ["X^2"] },
    { type: 4, values: [0, 1] },
    { type: 7, values: [0], references: ["off"] },
  ];
  for (const part of none) {
    const error = assertThrows(
      () => inverse("integer", part),
      UnsupportedFeatureError,
      `no inverse of this conversion of type ${part.type}`,
    );
    assertEquals([error.file, error.block, error.offset], ["test.mf4", "CC", 64]);
  }
});

Deno.test("a damaged inverse is an error, also where one could be computed", () => {
  const missing = { type: 1, values: [0, 2], inverse: 7 };
  assertThrows(() => inverse("integer", missing), CorruptFileError, "no conversion with index 7");
  const short = [{ type: 1, values: [0, 2], inverse: 1 }, { type: 1, values: [1] }];
  const error = assertThrows(() => inverse("integer", ...short), CorruptFileError);
  assertEquals(error.offset, 128);
  const broken = [
    { type: 1, values: [0, 2], inverse: 1 },
    { type: -1, problem: { code: "truncated" as const, reason: "gone", offset: 128, block: "CC" } },
  ];
  assertThrows(() => inverse("integer", ...broken), Error, "gone");
});
