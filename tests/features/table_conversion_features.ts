/**
 * Tables of conversions at their edges: ties, shared and fractional ends, overlaps, keys that no
 * float tells apart, long columns.
 *
 * @module
 */
import { conversionFeature, type Rule } from "./_conversion_file.ts";
import type { Feature } from "./_feature.ts";

const DOUBLE: Rule = { type: 1, values: [0, 2] };
const TABLE = [-4, 10, -2, 20, 0, 30, 10, 40];
const BIG = 2n ** 53n;

const NUMBERS: Feature[] = [
  conversionFeature(
    "conversion-5-ties-of-negative-integers-go-to-the-lower-key",
    { type: 5, values: TABLE },
    { signed: [-5, -4, -3, -2, -1, 0, 5, 6, 10, 32767] },
    { values: [10, 10, 10, 20, 20, 30, 30, 40, 40, 40] },
  ),
  conversionFeature(
    "conversion-5-table-of-one-pair",
    { type: 5, values: [3, 9] },
    { floats: [0, 3, 10, -Infinity] },
    { values: [9, 9, 9, 9] },
  ),
  conversionFeature(
    "conversion-5-infinities-clamp-and-nan-stays",
    { type: 5, values: TABLE },
    { floats: [-Infinity, Infinity, NaN] },
    { values: [10, 40, NaN] },
  ),
  conversionFeature(
    "conversion-4-infinities-clamp-and-nan-stays",
    { type: 4, values: TABLE },
    { floats: [-Infinity, Infinity, NaN, -3, 5] },
    { values: [10, 40, NaN, 15, 35] },
  ),
  conversionFeature(
    "conversion-4-falling-values",
    { type: 4, values: [0, 100, 8, 0] },
    { integers: [0, 1, 4, 8, 9] },
    { values: [100, 87.5, 50, 0, 0] },
  ),
  conversionFeature(
    "conversion-2-rational-of-64-bit-integers",
    { type: 2, values: [0, 1, 1, 0, 0, 2] },
    { patterns: [1n, 2n ** 62n - 1n, 3n] },
    { values: [1, 2 ** 61, 2] },
  ),
  conversionFeature(
    "conversion-2-rational-of-zero-by-zero-is-no-number",
    { type: 2, values: [0, 1, 0, 0, 1, 0] },
    { floats: [0, 5, -1] },
    { values: [NaN, 1, 1] },
  ),
];

const RANGES_TO_VALUES: Feature[] = [
  conversionFeature(
    "conversion-6-limits-with-fractions-over-integers",
    { type: 6, values: [0.5, 2.2, 1, 2.2, 3.2, 2, 3.5, 6, 3, -1] },
    { integers: [0, 1, 2, 3, 4, 6, 7] },
    { values: [-1, 1, 1, 2, 3, 3, -1] },
  ),
  conversionFeature(
    "conversion-6-first-of-ranges-that-overlap",
    { type: 6, values: [0, 10, 1, 5, 20, 2, -5, 3, 3, 99] },
    { signed: [7, 10, 11, 20, -3, 2, -6] },
    { values: [1, 1, 2, 2, 3, 1, 99] },
  ),
  conversionFeature(
    "conversion-6-ranges-of-one-number",
    { type: 6, values: [1, 1, 10, 2, 2, 20, -7] },
    { floats: [1, 1.5, 2, 2.0000000000000004, 0.9999999999999999] },
    { values: [10, -7, 20, -7, -7] },
  ),
  conversionFeature(
    "conversion-6-without-a-default-gives-no-number",
    { type: 6, values: [0, 2, 8] },
    { integers: [1, 2, 3] },
    { values: [8, 8, NaN] },
  ),
  conversionFeature(
    "conversion-6-default-alone",
    { type: 6, values: [5] },
    { integers: [0, 1, 65535] },
    { values: [5, 5, 5] },
  ),
  // Readers that take another way for long columns err on the shared end there.
  ...(["integers", "floats"] as const).map((kind) => {
    const numbers = Array.from({ length: 131 }, (_, i) => i % 21);
    return conversionFeature(
      `conversion-6-shared-ends-in-a-long-column-of-${kind}`,
      { type: 6, values: [0, 10, 1, 10, 20, 2, -1] },
      kind === "integers" ? { integers: numbers } : { floats: numbers },
      {
        values: kind === "integers"
          ? numbers.map((x) => x <= 10 ? 1 : 2)
          : numbers.map((x) => x < 10 ? 1 : x < 20 ? 2 : -1),
      },
    );
  }),
];

const TEXTS: Feature[] = [
  conversionFeature(
    "conversion-7-negative-keys",
    { type: 7, values: [-1, -32768, 32767], references: ["minus one", "least", "most", "else"] },
    { signed: [-1, -32768, 32767, 1, 0] },
    { values: ["minus one", "least", "most", "else", "else"] },
  ),
  conversionFeature(
    "conversion-7-first-of-keys-that-are-equal",
    { type: 7, values: [1, 1], references: ["first", "second", "else"] },
    { integers: [1, 2, 1] },
    { values: ["first", "else", "first"] },
  ),
  conversionFeature(
    "conversion-7-negative-zero-is-zero",
    { type: 7, values: [0], references: ["zero", "else"] },
    { floats: [-0, 0, 5e-324] },
    { values: ["zero", "zero", "else"] },
  ),
  conversionFeature(
    "conversion-7-keys-that-64-bit-integers-only-round-to",
    { type: 7, values: [2 ** 53, 2 ** 63], references: ["2^53", "2^63", "else"] },
    { patterns: [BIG, BIG + 1n, 2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n] },
    { values: ["2^53", "else", "2^63", "else", "else"] },
  ),
  conversionFeature(
    "conversion-7-without-any-default-reference",
    { type: 7, values: [0, 1], references: ["off", "on"] },
    { integers: [0, 1, 2] },
    { values: ["off", "on", ""] },
  ),
  conversionFeature(
    "conversion-7-default-alone",
    { type: 7, references: ["always"] },
    { integers: [0, 1, 2] },
    { values: ["always", "always", "always"] },
  ),
  conversionFeature(
    "conversion-8-first-of-ranges-that-overlap",
    { type: 8, values: [0, 10, 5, 20], references: ["low", "high", "else"] },
    { integers: [0, 5, 10, 11, 20, 21] },
    { values: ["low", "low", "low", "high", "high", "else"] },
  ),
  conversionFeature(
    "conversion-8-ranges-of-one-float",
    { type: 8, values: [1.5, 1.5, 2, 2], references: ["one and a half", "two", "else"] },
    { floats: [1.5, 1.4999999999999998, 2, 1.75] },
    { values: ["one and a half", "else", "two", "else"] },
  ),
  conversionFeature(
    "conversion-8-ends-that-64-bit-integers-only-round-to",
    { type: 8, values: [2 ** 53 + 2, 2 ** 53 + 4], references: ["in", "out"] },
    { patterns: [BIG + 1n, BIG + 2n, BIG + 4n, BIG + 5n] },
    { values: ["out", "in", "in", "out"] },
  ),
  conversionFeature(
    "conversion-8-infinite-ends",
    { type: 8, values: [-Infinity, 0, 0, Infinity], references: ["below", "above", "else"] },
    { floats: [-Infinity, -1, 0, 1e308, NaN] },
    { values: ["below", "below", "above", "above", "else"] },
  ),
];

/** Rules within rules: what is nested gets the raw value. */
const PARTIAL: Feature[] = [
  conversionFeature(
    "conversion-7-status-texts-over-a-rational",
    {
      type: 7,
      values: [254, 255],
      references: ["error", "not available", { type: 2, values: [0, 1, 4, 0, 0, 2] }],
    },
    { integers: [0, 254, 6, 255, 253] },
    { values: [2, "error", 5, "not available", 128.5] },
  ),
  conversionFeature(
    "conversion-8-each-range-with-a-rule-of-its-own",
    {
      type: 8,
      values: [0, 9, 10, 19, 20, 29],
      references: [DOUBLE, { type: 4, values: [10, 0, 20, 1] }, "texts", { type: 0 }],
    },
    { integers: [3, 10, 15, 20, 30] },
    { values: [6, 0, 0.5, "texts", 30] },
  ),
  conversionFeature(
    "conversion-8-nested-table-keeps-the-ends-of-integers",
    {
      type: 8,
      values: [0, 100],
      references: [{ type: 6, values: [0, 10, 1, 10, 20, 2, -1] }, "out"],
    },
    { integers: [10, 11, 20, 21, 100, 101] },
    { values: [1, 2, 2, -1, -1, "out"] },
  ),
  conversionFeature(
    "conversion-8-nested-table-keeps-the-ends-of-floats",
    {
      type: 8,
      values: [0, 100],
      references: [{ type: 6, values: [0, 10, 1, 10, 20, 2, -1] }, "out"],
    },
    { floats: [10, 11, 20, 21, 100, 99.5] },
    { values: [2, 2, -1, -1, "out", -1] },
  ),
  conversionFeature(
    "conversion-7-with-a-text-rule-within-leaves-the-number",
    {
      type: 7,
      values: [1],
      references: ["one", { type: 9, values: [5, 6], references: ["one"] }],
    },
    { integers: [1, 2, 3] },
    { values: ["one", 2, 3] },
  ),
];

/** Conversion types 2 and 4 to 8 at their edges. */
export const TABLE_CONVERSION_FEATURES: Feature[] = [
  ...NUMBERS,
  ...RANGES_TO_VALUES,
  ...TEXTS,
  ...PARTIAL,
];
