/**
 * Conversions to and from texts: types 7 to 11, and conversions within conversions.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Feature } from "./_feature.ts";
import { conversionFeature, type Rule } from "./_conversion_file.ts";

const DOUBLE: Rule = { type: 1, values: [0, 2] };

const VALUE_TO_TEXT: Feature[] = [
  conversionFeature(
    "conversion-7-value-to-text-with-default",
    { type: 7, values: [0, 1, 5], references: ["off", "on", "error", "else"] },
    { integers: [0, 1, 5, 2, 65535] },
    { values: ["off", "on", "error", "else", "else"], raw: [0, 1, 5, 2, 65535] },
  ),
  conversionFeature(
    "conversion-7-value-to-text-without-default",
    { type: 7, values: [0, 1], references: ["off", "on", null] },
    { integers: [1, 2, 0] },
    { values: ["on", "", "off"] },
  ),
  conversionFeature(
    "conversion-7-value-to-text-of-floats-compares-exactly",
    { type: 7, values: [0.1, -0.5], references: ["a tenth", "minus a half", "else"] },
    { floats: [0.1, 0.1 + 1e-18, 0.10000000000000002, -0.5, NaN] },
    { values: ["a tenth", "a tenth", "else", "minus a half", "else"] },
  ),
  conversionFeature(
    "conversion-7-partial-numbers-by-a-default-conversion",
    { type: 7, values: [1000, 1001], references: ["not ready", "broken", DOUBLE] },
    { integers: [3, 1000, 7, 1001, 0] },
    { values: [6, "not ready", 14, "broken", 0] },
  ),
  conversionFeature(
    "conversion-7-empty-text-is-a-text",
    { type: 7, values: [0, 1], references: ["", "on", "else"] },
    { integers: [0, 1, 2] },
    { values: ["", "on", "else"] },
  ),
];

const RANGE_TO_TEXT: Feature[] = [
  conversionFeature(
    "conversion-8-ranges-of-integers-to-text-include-both-ends",
    { type: 8, values: [0, 10, 10, 20, 30, 30], references: ["low", "high", "thirty", "else"] },
    { integers: [0, 10, 11, 20, 21, 30, 31] },
    { values: ["low", "low", "high", "high", "else", "thirty", "else"] },
  ),
  conversionFeature(
    "conversion-8-ranges-of-floats-to-text-exclude-the-upper-end",
    { type: 8, values: [0, 10, 10, 20], references: ["low", "high", "else"] },
    { floats: [0, 9.5, 10, 19.9, 20, -1, NaN] },
    { values: ["low", "low", "high", "high", "else", "else", "else"] },
  ),
  conversionFeature(
    "conversion-8-partial-status-texts-over-a-scale",
    { type: 8, values: [0, 100, 250, 255], references: [DOUBLE, "error", null] },
    { integers: [0, 50, 100, 250, 255, 101] },
    { values: [0, 100, 200, "error", "error", ""] },
  ),
];

const TEXT_RULES: Feature[] = [
  conversionFeature(
    "conversion-9-text-to-value-with-default",
    { type: 9, values: [1, 2.5, -1], references: ["one", "two"] },
    { texts: ["one", "two", "three", "", "on"] },
    { values: [1, 2.5, -1, -1, -1], raw: ["one", "two", "three", "", "on"] },
  ),
  conversionFeature(
    "conversion-10-text-to-text-with-default",
    { type: 10, references: ["rot", "red", "gelb", "yellow", "unknown"] },
    { texts: ["rot", "gelb", "blau", ""] },
    { values: ["red", "yellow", "unknown", "unknown"], raw: ["rot", "gelb", "blau", ""] },
  ),
  conversionFeature(
    "conversion-10-text-to-text-without-default",
    { type: 10, references: ["rot", "red", "gelb", null, null] },
    { texts: ["rot", "gelb", "blau"] },
    // A NIL link as a result, or as the default, leaves the text as it is.
    { values: ["red", "gelb", "blau"], raw: ["rot", "gelb", "blau"] },
  ),
  conversionFeature(
    "conversion-1-linear-does-nothing-to-texts",
    { type: 1, values: [5, 100] },
    { texts: ["12", "abc", ""] },
    { values: ["12", "abc", ""] },
  ),
];

const BIT_63 = 1n << 63n;
const BIT_0_AND_60 = (1n << 60n) + 1n;

const BIT_FIELDS: Feature[] = [
  {
    ...conversionFeature(
      "conversion-11-bit-fields-by-masks-of-64-bits",
      {
        type: 11,
        values: [BIT_0_AND_60, BIT_63],
        references: [
          {
            type: 7,
            name: "Low",
            values: [0, 1, 2 ** 60],
            references: ["none", "first", "sixtieth", "both"],
          },
          { type: 7, values: [2 ** 63], references: ["top", null] },
        ],
      },
      { patterns: [0n, 1n, 1n << 60n, BIT_0_AND_60, BIT_63 | 1n, BIT_63 - 1n - (1n << 60n)] },
      { raw: [0n, 1n, 1n << 60n, BIT_0_AND_60, BIT_63 | 1n, BIT_63 - 1n - (1n << 60n)] },
    ),
    async check(mdf, way) {
      const texts = Array.from((await mdf.read("x")).values as Iterable<string>);
      const low = ["none", "first", "sixtieth", "both", "first", "first"];
      texts.forEach((text, i) => {
        // How the texts of the fields are joined is the reader's choice; which they are is not.
        assertEquals(text.includes(`Low = ${low[i]}`), true, `${text}, ${way}`);
        assertEquals(text.includes("top"), i === 4, `${text}, ${way}`);
      });
    },
  },
];

const NESTED: Feature[] = [
  conversionFeature(
    "conversion-in-conversion-in-conversion",
    {
      type: 8,
      values: [0, 9, 10, 19],
      references: [
        { type: 7, values: [1], references: ["one", { type: 6, values: [0, 4, 0.5, 99] }] },
        { type: 3, references: ["X / 10"] },
        "else",
      ],
    },
    { integers: [1, 3, 7, 12, 20] },
    { values: ["one", 0.5, 99, 1.2, "else"] },
  ),
];

/** Conversion types 7 to 11. */
export const TEXT_CONVERSION_FEATURES: Feature[] = [
  ...VALUE_TO_TEXT,
  ...RANGE_TO_TEXT,
  ...TEXT_RULES,
  ...BIT_FIELDS,
  ...NESTED,
];
