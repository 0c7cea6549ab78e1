/**
 * Algebraic conversions (type 3): every operator, function and constant, ranks, and how formulas may
 * be written and stored.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CorruptFileError, UnsupportedFeatureError } from "../../mod.ts";
import { conversionFeature } from "./_conversion_file.ts";
import type { Feature } from "./_feature.ts";

/** A formula, numbers that it is given, and what it makes of them. */
type Case = readonly [name: string, formula: string, xs: number[], values: number[]];

/** Results that are exact. */
const EXACT: readonly Case[] = [
  ["or-of-truths", "X < 1 || X > 5", [0, 3, 6, 5], [1, 0, 1, 0]],
  ["and-of-truths", "X > 1 && X < 5", [1, 3, 5], [0, 1, 0]],
  ["not", "!X", [0, -0.5, 2], [1, 0, 0]],
  ["equal", "X == 3", [3, 3.5, NaN], [1, 0, 0]],
  ["not-equal", "X != 3", [3, 3.5, NaN], [0, 1, 1]],
  ["less", "X < 3", [2, 3, 4], [1, 0, 0]],
  ["less-or-equal", "X <= 3", [2, 3, 4], [1, 1, 0]],
  ["greater", "X > 3", [2, 3, 4], [0, 0, 1]],
  ["greater-or-equal", "X >= 3", [2, 3, 4], [0, 1, 1]],
  ["and-of-bits", "X & 0x0C", [10, 255, -1, 2 ** 40 + 12], [8, 12, 12, 12]],
  ["or-of-bits", "X | 5", [10, 0, 2 ** 40], [15, 5, 2 ** 40 + 5]],
  ["exclusive-or", "X XOR 3", [10, 3, 2 ** 40], [9, 0, 2 ** 40 + 3]],
  ["complement", "~X", [5, -6, 0], [-6, 5, -1]],
  ["shift-to-the-left", "X << 4", [3, 1, 2 ** 40], [48, 16, 2 ** 44]],
  ["shift-to-the-right", "X >> 4", [0x35, -17, 2 ** 44], [3, -2, 2 ** 40]],
  ["remainder", "X % 4", [7, -7, 7.5, 4], [3, -3, 3.5, 0]],
  ["power-by-two-stars", "X ** 3", [2, -2, 0.5], [8, -8, 0.125]],
  ["power-groups-from-the-right", "2 ^ X ^ 2", [0, 1, 3], [1, 2, 512]],
  ["power-before-sign", "-X ^ 2", [3, -3], [-9, -9]],
  ["power-with-negative-exponent", "X ^ -1", [4, -2], [0.25, -0.5]],
  ["signs", "- -X + +1", [4, -4], [5, -3]],
  ["difference-groups-from-the-left", "10 - X - 3", [4, -4], [3, 11]],
  ["quotient-groups-from-the-left", "100 / X / 2", [5, -10], [10, -5]],
  ["rank-of-shift-below-sum", "1 + X << 2", [1, 3], [8, 16]],
  ["rank-of-comparison-below-shift", "1 << 2 < X", [4, 5], [0, 1]],
  ["rank-of-bits-below-comparison", "X & 1 == 1", [2, 3], [0, 1]],
  ["rank-of-bits-among-each-other", "1 | X xor 3 & 4", [2, 8], [3, 9]],
  ["rank-of-truths", "1 || X && 0", [0, 1], [1, 1]],
  ["truth-times-number", "(X > 10) * 100 + (X <= 10) * X", [7, 10, 70], [7, 10, 100]],
  ["quotient-by-zero", "1 / X", [0, -0, Infinity], [Infinity, -Infinity, 0]],
  ["brackets-in-brackets", "((((X)) * ((2))))", [3, 4], [6, 8]],
  ["absolute", "abs(X)", [-3, 3, -Infinity], [3, 3, Infinity]],
  ["sign-function", "sgn(X) + 10 * sign(X)", [-3, 0.5, 0], [-11, 11, 0]],
  ["floor", "floor(X)", [-1.5, 1.5, 2], [-2, 1, 2]],
  ["ceiling", "ceil(X)", [-1.5, 1.5, 2], [-1, 2, 2]],
  ["rounding-away-from-zero", "round(X)", [2.5, -2.5, 0.4, 3.5], [3, -3, 0, 4]],
  ["truncation", "trunc(X) + 100 * int(X)", [-1.5, 1.9], [-101, 101]],
  ["remainder-functions", "mod(X, 3) + 100 * fmod(X, 3)", [7.5, -7], [151.5, -101]],
  ["minimum", "min(X, 3, 2)", [5, 1], [2, 1]],
  ["maximum", "max(X, 3, 4)", [5, 1], [5, 4]],
  ["power-function", "pow(X, 3)", [2, -1], [8, -1]],
  ["square-root", "sqrt(X)", [2.25, 16, -1], [1.5, 4, NaN]],
  ["binary-logarithm", "log2(X)", [1024, 0.5, 0], [10, -1, -Infinity]],
  ["truths", "true + true + false * X", [5, 6], [2, 2]],
  ["infinity", "inf + X", [5, -Infinity], [Infinity, NaN]],
  ["not-a-number", "NaN + X", [5, 6], [NaN, NaN]],
  ["hexadecimal-numbers", "X + 0x1F", [0, 1], [31, 32]],
  ["numbers-with-exponents", "X * 1.5e2 + .5 + 1. + 2E-1 * 5", [0, 2], [2.5, 302.5]],
  ["variable-x1", "X1 * 2 + x1", [1, 4], [3, 12]],
  ["white-space", " \t2 *\nX\r\n+ 1 ", [1, 4], [3, 9]],
  ["without-the-variable", "2 + 3", [1, 4], [5, 5]],
  ["behind-a-zero-character", "X * 2\0 * 100", [1, 4], [2, 8]],
];

/** Results of functions whose last digits are the runtime's; angles are in radians. */
const ROUNDED: readonly Case[] = [
  ["arcsine-by-each-name", "asin(X) + 10 * arcsin(X)", [0.5, -1], [
    11 * Math.PI / 6,
    -11 * Math.PI / 2,
  ]],
  ["arccosine-by-each-name", "acos(X) + 10 * arccos(X) + 100 * arcos(X)", [0.5, -1], [
    111 * Math.PI / 3,
    111 * Math.PI,
  ]],
  ["arctangent-by-each-name", "atan(X) + 10 * arctan(X)", [1, -1], [
    11 * Math.PI / 4,
    -11 * Math.PI / 4,
  ]],
  ["arctangent-of-two", "atan2(X, -1)", [0, 1, -1], [Math.PI, 3 * Math.PI / 4, -3 * Math.PI / 4]],
  ["area-hyperbolic-sine", "asinh(X)", [0.75, -0.75], [Math.LN2, -Math.LN2]],
  ["area-hyperbolic-cosine", "acosh(X)", [1.25, 1], [Math.LN2, 0]],
  ["area-hyperbolic-tangent", "atanh(X)", [0.6, -0.6], [Math.LN2, -Math.LN2]],
  ["natural-logarithm-by-each-name", "ln(X) + 10 * log(X)", [Math.E, 1, 10], [
    11,
    0,
    11 * Math.LN10,
  ]],
  ["pi", "X * pi + PI", [1, 2], [2 * Math.PI, 3 * Math.PI]],
  ["e", "e ^ X", [0, 1, 2], [1, 2.718281828459045, 7.38905609893065]],
  ["functions-in-functions", "max(min(sqrt(X), 10), abs(sin(X)))", [400, 4], [10, 2]],
];

const EXACT_FEATURES = EXACT.map(([name, formula, xs, values]): Feature =>
  conversionFeature(
    `formula-${name}`,
    { type: 3, references: [formula] },
    { floats: xs },
    { values, raw: xs },
  )
);

const ROUNDED_FEATURES = ROUNDED.map(([name, formula, xs, values]): Feature => ({
  ...conversionFeature(
    `formula-${name}`,
    { type: 3, references: [formula] },
    { floats: xs },
    { raw: xs },
  ),
  async check(mdf, way) {
    const actual = Array.from((await mdf.read("x")).values as Float64Array);
    assertEquals(actual.length, values.length, way);
    actual.forEach((value, i) => {
      assertAlmostEquals(value, values[i], 1e-14 * Math.max(1, Math.abs(values[i])), way);
    });
  },
}));

/** Formulas as XML, for integers, and those that are none. */
const OTHERS: Feature[] = [
  conversionFeature(
    "formula-in-xml",
    {
      type: 3,
      references: [
        '<CCformula><TX ges_version="1.0">(X &lt; 2) * 7</TX>' +
        "<custom_syntax>none</custom_syntax></CCformula>",
      ],
    },
    { integers: [0, 1, 2, 65535] },
    { values: [7, 7, 0, 0] },
  ),
  conversionFeature(
    "formula-of-64-bit-integers",
    { type: 3, references: ["X / 2"] },
    { patterns: [0n, 2n ** 63n, 2n ** 54n + 4n] },
    { values: [0, 2 ** 62, 2 ** 53 + 2] },
  ),
  conversionFeature(
    "formula-of-signed-integers",
    { type: 3, references: ["X * X - X"] },
    { signed: [-1, -32768, 32767, 0] },
    { values: [2, 1073774592, 1073643522, 0] },
  ),
  conversionFeature(
    "formula-that-is-none",
    { type: 3, references: ["2 * (X + 1"] },
    { integers: [1, 2, 3] },
    { error: [CorruptFileError, "position 11"] },
  ),
  conversionFeature(
    "formula-with-a-function-that-is-not-known",
    { type: 3, references: ["bessel(X)"] },
    { integers: [1, 2, 3] },
    { error: [UnsupportedFeatureError, "bessel"] },
  ),
];

/** Conversion type 3. */
export const FORMULA_FEATURES: Feature[] = [...EXACT_FEATURES, ...ROUNDED_FEATURES, ...OTHERS];
