/**
 * Conversions from numbers to numbers: types 0 to 6.
 *
 * @module
 */
import type { Feature } from "./_feature.ts";
import { conversionFeature } from "./_conversion_file.ts";

const FLOATS = [-2.5, -1, -0, 0, 0.5, 1, 2.5, 1e6];

const SIMPLE: Feature[] = [
  conversionFeature(
    "conversion-0-identity-has-a-unit",
    { type: 0, unit: "V" },
    { integers: [0, 1, 65535] },
    { values: [0, 1, 65535], raw: [0, 1, 65535], unit: "V" },
  ),
  conversionFeature(
    "conversion-1-linear-offset-first",
    { type: 1, values: [-40, 0.5], unit: "degC" },
    { integers: [0, 1, 80, 65535] },
    { values: [-40, -39.5, 0, 32727.5], raw: [0, 1, 80, 65535], unit: "degC" },
  ),
  conversionFeature(
    "conversion-1-linear-of-64-bit-integers",
    { type: 1, values: [1, 2] },
    { patterns: [0n, 2n ** 53n + 1n, 2n ** 64n - 1n] },
    { values: [1, 2 ** 54 + 1, 2 ** 65], raw: [0n, 2n ** 53n + 1n, 2n ** 64n - 1n] },
  ),
  conversionFeature(
    "conversion-1-linear-with-factor-0",
    { type: 1, values: [7, 0] },
    { floats: [1, -3, 0] },
    { values: [7, 7, 7] },
  ),
  conversionFeature(
    "conversion-2-rational",
    { type: 2, values: [1, 2, 3, 0, 1, 4] },
    { floats: [0, 1, -1, 2] },
    // (x² + 2x + 3) / (x + 4)
    { values: [3 / 4, 6 / 5, 2 / 3, 11 / 6] },
  ),
  conversionFeature(
    "conversion-2-rational-by-zero-is-not-finite",
    { type: 2, values: [0, 1, 0, 0, 1, -1] },
    { floats: [1, 3] },
    { values: [Infinity, 1.5] },
  ),
];

/** Keys and values of the tables, by turns. */
const TABLE = [-1, 100, 0, 200, 2, 0];

const TABLES: Feature[] = [
  conversionFeature(
    "conversion-4-interpolated-table-clamped-at-both-ends",
    { type: 4, values: TABLE },
    { floats: FLOATS },
    { values: [100, 100, 200, 200, 150, 100, 0, 0] },
  ),
  conversionFeature(
    "conversion-4-interpolated-table-of-integers",
    { type: 4, values: [0, 0, 10, 1, 20, 5] },
    { integers: [0, 5, 10, 15, 20, 1000] },
    { values: [0, 0.5, 1, 3, 5, 5] },
  ),
  conversionFeature(
    "conversion-5-table-nearest-key-and-ties-to-the-lower",
    { type: 5, values: TABLE },
    // Half way between -1 and 0, and between 0 and 2.
    { floats: [-7, -0.5, -0.4, 0.9, 1, 1.1, 9] },
    { values: [100, 100, 200, 200, 200, 0, 0] },
  ),
  conversionFeature(
    "conversion-4-interpolated-table-of-one-pair",
    { type: 4, values: [3, 9] },
    { floats: [0, 3, 10] },
    { values: [9, 9, 9] },
  ),
];

/** Lower end, upper end, value, and so on; then the value for all else. */
const RANGES = [0, 10, 1, 10, 20, 2, 25, 30, 3, -1];

const RANGE: Feature[] = [
  conversionFeature(
    "conversion-6-ranges-of-integers-include-both-ends",
    { type: 6, values: RANGES },
    { integers: [0, 9, 10, 11, 20, 21, 25, 30, 31] },
    { values: [1, 1, 1, 2, 2, -1, 3, 3, -1] },
  ),
  conversionFeature(
    "conversion-6-ranges-of-floats-exclude-the-upper-end",
    { type: 6, values: RANGES },
    { floats: [0, 9.999, 10, 19.5, 20, 25, 29.999, 30, -0.001, NaN] },
    { values: [1, 1, 2, 2, -1, 3, 3, -1, -1, -1] },
  ),
];

const X = 2.25;

/** Formulas and what they are for x = 2.25, worked out beside them. */
const FORMULAS: readonly [name: string, formula: string, value: number][] = [
  ["sum", "X + 1", 3.25],
  ["difference", "1 - X", -1.25],
  ["product", "X * -4", -9],
  ["quotient", "9 / X", 4],
  ["power", "X ^ 2", 5.0625],
  ["rank", "1 + 2 * X ^ 2 / 4", 3.53125],
  ["brackets", "(1 + X) * 2", 6.5],
  ["sine", "sin(X)", 0.7780731968879212],
  ["cosine", "cos(X)", -0.6281736227227391],
  ["tangent", "tan(X)", -1.2386276162240966],
  ["arcsine", "asin(X / 3)", 0.848062078981481],
  ["arccosine", "acos(X / 3)", 0.7227342478134157],
  ["arctangent", "atan(X)", 1.1525719972156676],
  ["hyperbolic-sine", "sinh(X)", 4.691168305898331],
  ["hyperbolic-cosine", "cosh(X)", 4.796567530460195],
  ["hyperbolic-tangent", "tanh(X)", 0.9780261147388136],
  ["exponential", "exp(X)", 9.487735836358526],
  ["natural-logarithm", "log(X)", 0.8109302162163288],
  ["decimal-logarithm", "log10(X)", 0.3521825181113625],
  ["root", "sqrt(X)", 1.5],
  ["absolute", "abs(0 - X)", 2.25],
  ["floor", "floor(X)", 2],
  ["ceiling", "ceil(X)", 3],
  ["functions-in-capitals", "SQRT(x1)", 1.5],
];

const ALGEBRAIC: Feature[] = FORMULAS.map(([name, formula, value]) => ({
  ...conversionFeature(
    `conversion-3-formula-${name}`,
    { type: 3, references: [formula] },
    { floats: [X, X, X] },
    {},
  ),
  async check(mdf, way) {
    const { values } = await mdf.read("x");
    for (const actual of values as Float64Array) {
      // The last digits of functions are the runtime's.
      if (!(Math.abs(actual - value) <= 1e-14 * Math.max(1, Math.abs(value)))) {
        throw new Error(`${formula} is ${value}, not ${actual} (${way})`);
      }
    }
    if (values.length !== 3) throw new Error(`${values.length} values`);
  },
}));

/** Conversion types 0 to 6. */
export const NUMERIC_CONVERSION_FEATURES: Feature[] = [
  ...SIMPLE,
  ...TABLES,
  ...RANGE,
  ...ALGEBRAIC,
];
