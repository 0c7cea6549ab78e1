import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  CorruptFileError,
  LimitExceededError,
  TruncatedFileError,
  UnsupportedFeatureError,
} from "../../lib/errors.ts";
import { compileConversion } from "../../lib/conversion/compile_conversion.ts";
import { compile, type ConversionParts, convertNumbers, models } from "./_models.ts";

Deno.test("no conversion leaves the values as they are", () => {
  assertEquals(compileConversion([], undefined, "integer"), { kind: "none" });
});

Deno.test("a type that is not known is an unsupported feature, wherever it stands", () => {
  for (const type of [12, 97, 255, -1]) {
    const error = assertThrows(
      () => compile("integer", [{ type }]),
      UnsupportedFeatureError,
      `conversions of type ${type} are not supported`,
    );
    assertEquals([error.file, error.block, error.offset], ["test.mf4", "CC", 64]);
    assertThrows(() => compile("text", [{ type }]), UnsupportedFeatureError);
  }
  const nested = [{ type: 7, values: [1], references: ["one", 1] }, { type: 12 }];
  const error = assertThrows(() => compile("integer", nested), UnsupportedFeatureError);
  assertEquals(error.offset, 128);
});

Deno.test("a problem that the walker met is thrown, also from a nested conversion", () => {
  const problem = { code: "truncated" as const, reason: "cut off", block: "CC", offset: 4711 };
  const nested = [{ type: 8, values: [1, 2], references: ["one", 1] }, { type: -1, problem }];
  const error = assertThrows(() => compile("integer", nested), TruncatedFileError, "cut off");
  assertEquals([error.file, error.offset], ["test.mf4", 4711]);
});

Deno.test("trap 29: a formula is taken from the reference, XML by the caller's help", () => {
  const formula = "<CCformula><TX>X+1</TX></CCformula>";
  const plainText = (stored: string) => stored.replaceAll(/<[^>]*>/g, "");
  const conversion = compile("integer", [{ type: 3, references: [formula] }], { plainText });
  assertStrictEquals(conversion.kind === "numeric" && conversion.convert(2), 3);
  for (const references of [[], [null], [1]]) {
    assertThrows(
      () => compile("integer", [{ type: 3, references }, { type: 0 }]),
      CorruptFileError,
      "it has no formula",
    );
  }
});

Deno.test("a bad formula names the conversion's block", () => {
  const parts = [{ type: 7, references: [1] }, { type: 3, references: ["X +"] }];
  const error = assertThrows(() => compile("float", parts), CorruptFileError, "position 4");
  assertEquals([error.file, error.block, error.offset], ["test.mf4", "CC", 128]);
});

Deno.test("conversions that refer back to themselves are errors", () => {
  const circle = [
    { type: 7, values: [1], references: ["one", 1] },
    { type: 8, values: [1, 2], references: ["two", 0] },
  ];
  assertThrows(() => compile("integer", circle), CorruptFileError, "refers back to itself");
  const own = [{ type: 10, references: ["a", 0] }];
  assertThrows(() => compile("text", own), CorruptFileError, "refers back to itself");
});

Deno.test("references to conversions that are not there are errors", () => {
  assertThrows(
    () => compile("integer", [{ type: 7, references: [5] }]),
    CorruptFileError,
    "no conversion with index 5",
  );
});

/** Each but the last refers twice to the next. */
function tower(height: number): ConversionParts[] {
  return [
    ...Array.from({ length: height - 1 }, (_, i) => ({
      type: 7,
      values: [i],
      references: [i + 1, i + 1],
    })),
    { type: 1, values: [1, 2] },
  ];
}

Deno.test("conversions that many refer to are compiled once", () => {
  // Compiled once for each way that leads to it, the last one would be compiled 2^99 times.
  assertEquals(convertNumbers("integer", [0, 50, 500], ...tower(100)), [1, 101, 1001]);
});

Deno.test("nesting is limited", () => {
  assertThrows(() => compile("integer", tower(300)), LimitExceededError, "nested more than 256");
});

Deno.test("names in messages are cut", () => {
  const name = "n".repeat(100_000);
  const error = assertThrows(() => compile("integer", [{ type: 1, name }]), CorruptFileError);
  assertStrictEquals(error.message.length < 300, true);
});

Deno.test("a model without offsets, of an older index, still compiles and names the block", () => {
  const [model] = models([{ type: 1 }]);
  const { offset: _, ...older } = model;
  const conversions = [older as typeof model];
  const error = assertThrows(() => compileConversion(conversions, 0, "integer"), CorruptFileError);
  assertEquals([error.block, error.offset], ["CC", undefined]);
});
