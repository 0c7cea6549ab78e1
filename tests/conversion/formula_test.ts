import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compileFormula } from "../../lib/conversion/formula.ts";
import { CorruptFileError, LimitExceededError, UnsupportedFeatureError } from "../../lib/errors.ts";

const at = (formula: string, x = 0) => compileFormula(formula).convert(x);

Deno.test("trap 29: the variable is X or X1, in any case, with blanks anywhere", () => {
  for (const formula of ["X*2+1", "x*2+1", "X1*2+1", "x1 * 2 + 1", " \t2 *\nX\r\n+ 1 "]) {
    assertEquals(at(formula, 5), 11, formula);
  }
});

Deno.test("trap 29: ^ is the power; it groups from the right and before a minus sign", () => {
  assertEquals(at("X^2", 5), 25);
  assertEquals(at("X ** 3", 5), 125);
  assertEquals(at("2^3^2"), 512);
  assertEquals(at("-X^2", 3), -9);
  assertEquals(at("(-X)^2", 3), 9);
  assertEquals(at("2^-1"), 0.5);
  assertEquals(at("2^-X^2", 2), 0.0625);
  assertEquals(at("4*X^2+1", 3), 37);
  assertEquals(at("X^0.5", 16), 4);
  assertEquals(at("pow(X, 3)", 2), 8);
  // As in C, and unlike in JavaScript.
  assertEquals(at("1^X", Infinity), 1);
  assertEquals(at("X^0", NaN), 1);
});

Deno.test("trap 29: formulas of other tools' files", () => {
  assertEquals(at("X * X + 1", 3), 10);
  assertEquals(at("1 / X", 4), 0.25);
  assertEquals(at("X - X * X", 3), -6);
  assertEquals(at("3*X*(X+42)", 2), 264);
});

Deno.test("arithmetic: rank, grouping from the left, signs", () => {
  const cases: [string, number][] = [
    ["1+2*3", 7],
    ["(1+2)*3", 9],
    ["10-4-3", 3],
    ["100/5/2", 10],
    ["100/(5/2)", 40],
    ["7%4", 3],
    ["-7%4", -3],
    ["2*-3", -6],
    ["2--3", 5],
    ["2- -3", 5],
    ["+-+5", -5],
    ["-2*3", -6],
    ["1/0", Infinity],
    ["-1/0", -Infinity],
    ["0/0", NaN],
    ["((((1))))", 1],
  ];
  for (const [formula, expected] of cases) assertEquals(at(formula), expected, formula);
});

Deno.test("numbers are written as in C", () => {
  const cases: [string, number][] = [
    ["1e-3", 0.001],
    ["1E+3", 1000],
    [".5", 0.5],
    ["1.", 1],
    ["1.5e2", 150],
    ["1.e1", 10],
    ["0x1F", 31],
    ["0XffffFFFF", 4294967295],
    ["0.1+0.2", 0.1 + 0.2],
    ["12345678901234567890", 12345678901234567890],
  ];
  for (const [formula, expected] of cases) assertEquals(at(formula), expected, formula);
});

Deno.test("comparisons and logic give 1 and 0", () => {
  const cases: [string, number, number][] = [
    ["X < 3", 2, 1],
    ["X < 3", 3, 0],
    ["X <= 3", 3, 1],
    ["X > 3", 3, 0],
    ["X >= 3", 3, 1],
    ["X == 3", 3, 1],
    ["X != 3", 3, 0],
    ["X > 1 && X < 5", 3, 1],
    ["X > 1 && X < 5", 5, 0],
    ["X < 1 || X > 5", 6, 1],
    ["X < 1 || X > 5", 3, 0],
    ["!X", 0, 1],
    ["!X", -0.5, 0],
    ["!X == 0", 5, 1],
    ["1 || 0 && 0", 0, 1],
    ["(X > 10) * 100 + (X <= 10) * X", 7, 7],
    ["(X > 10) * 100 + (X <= 10) * X", 70, 100],
    // Nothing is equal to NaN, and NaN is not 0.
    ["X == X", NaN, 0],
    ["X != X", NaN, 1],
    ["X && 1", NaN, 1],
  ];
  for (const [formula, x, expected] of cases) assertEquals(at(formula, x), expected, formula);
});

Deno.test("bits: and, or, exclusive or, not, shifts, of integers of any size", () => {
  const cases: [string, number, number][] = [
    ["X & 12", 0b1010, 0b1000],
    ["X | 5", 0b1010, 0b1111],
    ["X XOR 3", 0b1010, 0b1001],
    ["X xor 3", 0b1010, 0b1001],
    ["~X", 5, -6],
    ["~~X", 5, 5],
    ["X << 4", 3, 48],
    ["X >> 4", 0x35, 3],
    ["(X & 0xF0) >> 4", 0xabc, 0xb],
    ["X & 0xFF", -1, 255],
    ["X >> 1", -3, -2],
    ["X & 3", 6.9, 2],
    // Past 32 bits, where the engine's own operators would cut off.
    ["X & 0xFFFFFFFF", 0x1_2345_6789, 0x2345_6789],
    ["X | 1", 2 ** 40, 2 ** 40 + 1],
    ["X xor 0x80000000", 0, 2147483648],
    ["X << 20", 2 ** 31, 2 ** 51],
    ["X >> 40", 2 ** 45, 32],
    ["X & 1", NaN, NaN],
    ["X & 1", Infinity, NaN],
    // Ranks as in C: shift, comparison, equality, and, exclusive or, or.
    ["1 | 2 xor 3 & 4", 0, 1 | (2 ^ (3 & 4))],
    ["X & 1 == 1", 2, 0],
    ["1 + 1 << 2", 0, 8],
    ["1 << 2 < 5", 0, 1],
  ];
  for (const [formula, x, expected] of cases) {
    assertEquals(at(formula, x), expected, `${formula} of ${x}`);
  }
});

Deno.test("functions, by all their names", () => {
  const half = Math.PI / 6;
  const cases: [string, number, number][] = [
    ["sin(X)", half, 0.5],
    ["cos(X)", 0, 1],
    ["tan(X)", Math.PI / 4, 1],
    ["asin(X)", 0.5, half],
    ["arcsin(X)", 0.5, half],
    ["acos(X)", 0, Math.PI / 2],
    ["arccos(X)", 0, Math.PI / 2],
    ["arcos(X)", 0, Math.PI / 2],
    ["atan(X)", 1, Math.PI / 4],
    ["arctan(X)", 1, Math.PI / 4],
    ["atan2(X, -1)", 0, Math.PI],
    ["sinh(X)", Math.LN2, 0.75],
    ["cosh(X)", Math.LN2, 1.25],
    ["tanh(X)", Math.LN2, 0.6],
    ["asinh(X)", 0.75, Math.LN2],
    ["acosh(X)", 1.25, Math.LN2],
    ["atanh(X)", 0.6, Math.LN2],
    ["exp(X)", 1, 2.718281828459045],
    ["ln(X)", 10, 2.302585092994046],
    ["log(X)", 10, 2.302585092994046],
    ["log10(X)", 1000, 3],
    ["log2(X)", 1024, 10],
    ["sqrt(X)", 2.25, 1.5],
    ["abs(X)", -3, 3],
    ["sgn(X)", -3, -1],
    ["sign(X)", 0.1, 1],
    ["round(X)", 2.5, 3],
    ["round(X)", -2.5, -3],
    ["round(X)", 0.49999999999999994, 0],
    ["floor(X)", -1.5, -2],
    ["ceil(X)", -1.5, -1],
    ["trunc(X)", -1.5, -1],
    ["int(X)", 1.9, 1],
    ["mod(X, 3)", 7.5, 1.5],
    ["fmod(X, 3)", -7, -1],
    ["min(X, 3)", 5, 3],
    ["max(X, 3, 9, 4)", 5, 9],
    ["min(X)", 5, 5],
  ];
  for (const [formula, x, expected] of cases) {
    assertAlmostEquals(at(formula, x), expected, 1e-15 * Math.max(1, Math.abs(expected)), formula);
    assertEquals(at(formula.toUpperCase(), x), at(formula, x), "names may be in any case");
  }
  assertEquals(at("sqrt(X)", -1), NaN);
  assertEquals(at("ln(X)", 0), -Infinity);
  assertEquals(at("sin (X) ^ 2 + cos( X )^2", 0.7), 1);
  assertEquals(at("max(min(X, 10), 0)", 99), 10);
});

Deno.test("trap 29: constants, inf and nan among them", () => {
  assertEquals(at("pi"), Math.PI);
  assertEquals(at("PI * 2"), 2 * Math.PI);
  assertEquals(at("e"), Math.E);
  assertEquals(at("inf"), Infinity);
  assertEquals(at("-Infinity"), -Infinity);
  assertEquals(at("NaN"), NaN);
  assertEquals(at("true + true + false"), 2);
  assertEquals(at("1/inf"), 0);
});

Deno.test("arrays are converted in place, in and around the pieces in which it is done", () => {
  const rule = compileFormula("X^2 - 3*X + 1");
  for (const count of [0, 1, 511, 512, 513, 1025]) {
    const values = Float64Array.from({ length: count + 20 }, (_, i) => i - 10);
    rule.convertInPlace(values, 10, 10 + count);
    values.forEach((value, i) => {
      const x = i - 10;
      assertEquals(value, i >= 10 && i < 10 + count ? x * x - 3 * x + 1 : x);
    });
  }
});

/** A formula as a tree, with the value that it has. */
type Tree = { text: string; rank: number; value: (x: number) => number };

const BINARY: [string, number, (a: number, b: number) => number][] = [
  ["||", 1, (a, b) => Number(a !== 0 || b !== 0)],
  ["&&", 2, (a, b) => Number(a !== 0 && b !== 0)],
  ["==", 6, (a, b) => Number(a === b)],
  ["!=", 6, (a, b) => Number(a !== b)],
  ["<", 7, (a, b) => Number(a < b)],
  [">=", 7, (a, b) => Number(a >= b)],
  ["+", 9, (a, b) => a + b],
  ["-", 9, (a, b) => a - b],
  ["*", 10, (a, b) => a * b],
  ["/", 10, (a, b) => a / b],
  ["%", 10, (a, b) => a % b],
];
const UNARY: [string, (a: number) => number][] = [
  ["abs", Math.abs],
  ["floor", Math.floor],
  ["sgn", Math.sign],
  ["sqrt", Math.sqrt],
  ["atan", Math.atan],
];
const UNARY_RANK = 10.5, POWER = 11, PRIMARY = 12;

const wrapped = (tree: Tree, least: number) => tree.rank < least ? `(${tree.text})` : tree.text;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant<Tree>({ text: "X", rank: PRIMARY, value: (x) => x }),
    fc.nat(9).map((n): Tree => ({ text: String(n), rank: PRIMARY, value: () => n })),
    fc.tuple(fc.constantFrom(...BINARY), tie("tree"), tie("tree")).map(
      ([[symbol, rank, f], left, right]): Tree => ({
        // Only the parentheses that rank and grouping from the left ask for.
        text: `${wrapped(left, rank)} ${symbol}${wrapped(right, rank + 0.1)}`,
        rank,
        value: (x) => f(left.value(x), right.value(x)),
      }),
    ),
    fc.tuple(tie("tree"), fc.integer({ min: -2, max: 3 })).map(([base, power]): Tree => ({
      text: `${wrapped(base, PRIMARY)}^${power}`,
      rank: POWER,
      value: (x) => {
        const b = base.value(x);
        return power === 2 ? b * b : b === 1 ? 1 : b ** power;
      },
    })),
    tie("tree").map((operand): Tree => ({
      text: `-${wrapped(operand, POWER)}`,
      rank: UNARY_RANK,
      value: (x) => -operand.value(x),
    })),
    fc.tuple(fc.constantFrom(...UNARY), tie("tree")).map(([[name, f], operand]): Tree => ({
      text: `${name}( ${operand.text})`,
      rank: PRIMARY,
      value: (x) => f(operand.value(x)),
    })),
  ),
}));

Deno.test("any expression has the value that its tree has", () => {
  fc.assert(
    fc.property(tree, fc.integer({ min: -20, max: 20 }), ({ text, value }, x) => {
      const got = at(text, x / 4);
      const expected = value(x / 4);
      assert(Object.is(got, expected), `${text} of ${x / 4} is ${got}, expected ${expected}`);
    }),
    { numRuns: 2000, seed: 29 },
  );
});

Deno.test("what is no formula is an error that tells the position", () => {
  const cases: [string, string][] = [
    ["", "it ends at position 1"],
    ["   ", "it ends at position 1"],
    ["X +", "it ends at position 4"],
    ["X * * 2", 'unexpected "*" at position 5'],
    ["(X", 'it ends at position 3, where ")" is missing'],
    ["X)", 'unexpected ")" at position 2'],
    ["2 X", 'unexpected "X" at position 3'],
    ["X $ 2", 'unexpected "$" at position 3'],
    ["1,5 * X", 'unexpected "," at position 2'],
    ["X = 2", 'unexpected "=" at position 3'],
    ["X + Y", 'unknown name "Y" at position 5; the variable is X'],
    ["X2", 'unknown name "X2" at position 1'],
    ["sin X", 'unknown name "sin" at position 1'],
    ["sin()", 'unexpected ")" at position 5'],
    ["sin(X, 1)", "sin at position 1 takes 1 argument, not 2"],
    ["1 + pow(X)", "pow at position 5 takes 2 arguments, not 1"],
    ["pow(X, 2, 3)", "pow at position 1 takes 2 arguments, not 3"],
    ["max(X 2)", 'unexpected "2" at position 7, where ")" is missing'],
    ["2e", 'unexpected "e" at position 2'],
    ["1.2.3", 'unexpected ".3" at position 4'],
    ["X µ", 'unexpected "µ" at position 3'],
  ];
  for (const [formula, reason] of cases) {
    const error = assertThrows(
      () => compileFormula(formula, { block: "CC", offset: 640 }),
      CorruptFileError,
      reason,
    );
    assert(error.reason.startsWith(`formula "${formula}": `), error.reason);
    assertEquals([error.block, error.offset], ["CC", 640]);
  }
});

Deno.test("a function that is not known is an unsupported feature, by its name", () => {
  const error = assertThrows(
    () => compileFormula("1 + sysc(K) * X", { block: "CC", offset: 640 }),
    UnsupportedFeatureError,
    'the function "sysc" at position 5 is not known',
  );
  assertEquals([error.block, error.offset], ["CC", 640]);
});

Deno.test("names that objects have are no functions and no constants", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assertThrows(() => compileFormula(`${name}(X)`), UnsupportedFeatureError);
    assertThrows(() => compileFormula(name), CorruptFileError);
  }
});

Deno.test("formulas that are too long or too deep are refused at once", () => {
  const deep = [
    "(".repeat(60_000),
    "-".repeat(60_000) + "X",
    "X^".repeat(30_000) + "X",
    "abs(".repeat(10_000) + "X" + ")".repeat(10_000),
    "max(1,".repeat(5_000) + "X" + ")".repeat(5_000),
  ];
  for (const formula of deep) {
    assertThrows(() => compileFormula(formula), LimitExceededError, "nested more than 500 deep");
  }
  for (
    const formula of ["(".repeat(1_000_000), "X+".repeat(500_000) + "X", " ".repeat(1_000_000)]
  ) {
    const error = assertThrows(() => compileFormula(formula), LimitExceededError, "characters");
    assert(error.message.length < 300);
  }
});

Deno.test("a long formula without deep nesting is fine", () => {
  assertEquals(at("X" + "+X".repeat(30_000), 2), 60_002);
  assertEquals(at("(".repeat(400) + "X" + ")".repeat(400), 3), 3);
  assertEquals(at("1" + "*2".repeat(100) + "/X", 4), 2 ** 98);
});

Deno.test("what follows a zero character is no part of the formula", () => {
  assertEquals(at("X*2\0garbage (", 4), 8);
});
