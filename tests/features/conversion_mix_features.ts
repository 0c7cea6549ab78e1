/**
 * Conversions and what they meet: texts and bytes that a rule of numbers leaves alone, numbers that a
 * rule of texts leaves alone, units, several channels with one rule, bit fields, inverse rules.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { FileBuilder } from "../_helpers.ts";
import { addRule, conversionFeature, type Rule, textOf } from "./_conversion_file.ts";
import type { Feature } from "./_feature.ts";
import { floatBits, lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const LINEAR: Rule = { type: 1, values: [5, 100] };

/** Rules of numbers, one of each type. */
const OF_NUMBERS: readonly Rule[] = [
  { type: 0 },
  LINEAR,
  { type: 2, values: [1, 2, 3, 4, 5, 6] },
  { type: 3, references: ["X * 2 + 1"] },
  { type: 4, values: [0, 1, 10, 2] },
  { type: 5, values: [0, 1, 10, 2] },
  { type: 6, values: [0, 10, 1, 99] },
  { type: 7, values: [0, 5], references: ["zero", "five", "else"] },
  { type: 8, values: [0, 10], references: ["in", "out"] },
  {
    type: 11,
    values: [255n],
    references: [{ type: 7, values: [0], references: ["none", "some"] }],
  },
];

const WORDS = ["12", "", "abc", "5"];

/** Texts of fixed, variable and maximum length, and bytes, with a rule of numbers each. */
const NUMBERS_OVER_TEXTS = OF_NUMBERS.map((rule): Feature => {
  const values = WORDS.map((word) => new TextEncoder().encode(word));
  const { bytes, at } = lengthPrefixed(values);
  return {
    name: `conversion-${rule.type}-does-nothing-to-texts-and-bytes`,
    make() {
      const file = new FileBuilder();
      const cn_cc_conversion = addRule(file, rule);
      const { channels } = file.group({
        channels: [
          { name: "fixed", cn_data_type: 7, cn_bit_count: 32, cn_cc_conversion },
          {
            ...{ name: "variable", cn_type: 1, cn_data_type: 7, cn_byte_offset: 4 },
            ...{ cn_bit_count: 16, cn_cc_conversion },
            cn_data: file.data("SD", bytes, { blockSizes: [3] }),
          },
          {
            ...{ name: "limited", cn_type: 5, cn_data_type: 7, cn_byte_offset: 6 },
            ...{ cn_bit_count: 32, cn_cc_conversion },
          },
          { name: "size", cn_byte_offset: 10, cn_bit_count: 8 },
          {
            ...{ name: "bytes", cn_data_type: 10, cn_byte_offset: 10, cn_bit_count: 8 },
            cn_cc_conversion,
          },
        ],
        records: makeRecords(WORDS.length, 11, (record, i) => {
          record.fill(0);
          record.set(values[i]);
          putBits(record, { byte: 4, bits: 16 }, BigInt(at[i]));
          record.set(values[i], 6);
          record[10] = values[i].length;
        }),
        blockSizes: [7],
      });
      file.patchLink(channels[2], "cn_data", channels[3]);
      return file.bytes();
    },
    channels: {
      fixed: { values: WORDS, raw: WORDS },
      variable: { values: WORDS, raw: WORDS },
      limited: { values: WORDS, raw: WORDS },
      bytes: { values: WORDS.map(({ length }) => [length]) },
    },
  };
});

/** Rules of texts over numbers. */
const TEXTS_OVER_NUMBERS: Feature[] = [
  conversionFeature(
    "conversion-9-does-nothing-to-numbers",
    { type: 9, values: [7, 8], references: ["1"] },
    { integers: [0, 1, 2] },
    { values: [0, 1, 2] },
  ),
  conversionFeature(
    "conversion-10-does-nothing-to-numbers",
    { type: 10, references: ["1", "one", "else"] },
    { floats: [0.5, 1, 2] },
    { values: [0.5, 1, 2] },
  ),
];

const TEXTS: Feature[] = [
  conversionFeature(
    "conversion-9-without-a-default-gives-no-number",
    { type: 9, values: [1, 2], references: ["one", "two"] },
    { texts: ["two", "three", "one"] },
    { values: [2, NaN, 1] },
  ),
  conversionFeature(
    "conversion-9-texts-end-at-a-zero",
    { type: 9, values: [1, 2, -1], references: ["on", ""] },
    { texts: ["on\0rest", "\0on", "on", "On"] },
    { values: [1, 2, 1, -1], raw: ["on", "", "on", "On"] },
  ),
  conversionFeature(
    "conversion-9-first-of-texts-that-are-equal",
    { type: 9, values: [1, 2, -1], references: ["on", "on"] },
    { texts: ["on", "off", "on"] },
    { values: [1, -1, 1] },
  ),
  conversionFeature(
    "conversion-10-text-to-text-by-other-rules",
    {
      type: 10,
      references: ["a", { type: 9, values: [17, 0], references: ["a"] }, "b", "be", {
        type: 10,
        references: ["d", "dee", "none"],
      }],
    },
    { texts: ["a", "b", "d", "e"] },
    { values: [17, "be", "dee", "none"] },
  ),
];

/** The channel's unit, the conversion's, and which of them counts. */
const UNITS: Feature[] = [
  conversionFeature(
    "unit-of-the-conversion-where-the-channel-links-to-none",
    { ...LINEAR, unit: "1/s" },
    { integers: [0, 1, 2] },
    { values: [5, 105, 205], unit: "1/s" },
  ),
  conversionFeature(
    "unit-of-the-channel-before-that-of-the-conversion",
    { ...LINEAR, unit: "1/s" },
    { integers: [0, 1, 2] },
    { values: [5, 105, 205], unit: "rpm" },
    () => ({ unit: "rpm" }),
  ),
  conversionFeature(
    "unit-that-is-an-empty-text-means-none",
    { ...LINEAR, unit: "1/s" },
    { integers: [0, 1, 2] },
    { values: [5, 105, 205], unit: "" },
    (file) => ({ cn_md_unit: textOf(file, "") }),
  ),
  conversionFeature(
    "unit-of-the-channel-in-xml",
    { ...LINEAR, unit: "1/s" },
    { integers: [0, 1, 2] },
    { values: [5, 105, 205], unit: "km/h" },
    (file) => ({ cn_md_unit: file.metadata("<CNunit><TX>km/h</TX></CNunit>") }),
  ),
  conversionFeature(
    "unit-of-the-conversion-in-xml",
    { ...LINEAR, unit: "<CCunit><TX>\u00b5m</TX></CCunit>" },
    { integers: [0, 1, 2] },
    { values: [5, 105, 205], unit: "\u00b5m" },
  ),
  conversionFeature(
    "unit-of-neither-channel-nor-conversion",
    LINEAR,
    { integers: [0, 1, 2] },
    { values: [5, 105, 205], unit: "" },
  ),
];

/** One rule; the ends of its ranges depend on whose values they are. */
const SHARED: Feature = {
  name: "conversion-that-channels-of-several-types-share",
  make() {
    const file = new FileBuilder();
    const cn_cc_conversion = addRule(file, {
      type: 8,
      values: [0, 10, 10, 20],
      references: ["low", "high", LINEAR],
    });
    file.group({
      channels: [
        { name: "integer", cn_bit_count: 8, cn_cc_conversion },
        {
          ...{ name: "float", cn_data_type: 4, cn_byte_offset: 1, cn_bit_count: 32 },
          cn_cc_conversion,
        },
        {
          ...{ name: "text", cn_data_type: 6, cn_byte_offset: 5, cn_bit_count: 16 },
          cn_cc_conversion,
        },
      ],
      records: makeRecords(4, 7, (record, i) => {
        const value = [0, 10, 20, 30][i];
        record[0] = value;
        putBits(record, { byte: 1, bits: 32 }, floatBits(value, 32));
        record.set([48 + value / 10, 48], 5);
      }),
      blockSizes: [5],
    });
    return file.bytes();
  },
  channels: {
    integer: { values: ["low", "low", "high", 3005] },
    float: { values: ["low", "high", 2005, 3005] },
    text: { values: ["00", "10", "20", "30"] },
  },
};

const GEAR: Rule = {
  type: 7,
  name: "Gear",
  values: [0, 16, 32],
  references: ["N", "1", "2", null],
};

/** Bits that a 64-bit float does not have, and parts that give no text. */
const BIT_FIELDS: Feature[] = [
  conversionFeature(
    "conversion-11-masks-above-2-to-the-53",
    {
      type: 11,
      values: [2n ** 53n + 1n, 2n ** 63n, (2n ** 64n - 1n) ^ (2n ** 63n + 2n ** 53n + 1n)],
      references: [
        { type: 7, name: "A", values: [0, 1, 2 ** 53], references: ["0", "1", "53", "both"] },
        { type: 7, name: "B", values: [2 ** 63], references: ["63", null] },
        { type: 7, name: "C", values: [0], references: [null, "others"] },
      ],
    },
    { patterns: [0n, 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n + 2n, 2n ** 64n - 1n] },
    // The format joins texts by "|", each behind the name of its rule.
    {
      values: [
        "A = 0",
        "A = 1",
        "A = 53",
        "A = both",
        "A = 0|B = 63|C = others",
        "A = both|B = 63|C = others",
      ],
    },
  ),
  conversionFeature(
    "conversion-11-of-signed-integers",
    {
      type: 11,
      values: [0x30n, 2n ** 63n],
      references: [GEAR, { type: 7, values: [2 ** 63], references: ["negative", null] }],
    },
    { signed: [0, 16, 33, 48, -1, -33] },
    { values: ["Gear = N", "Gear = 1", "Gear = 2", "", "negative", "Gear = 1|negative"] },
  ),
  conversionFeature(
    "conversion-11-within-a-value-to-text",
    {
      type: 7,
      values: [255],
      references: ["not available", { type: 11, values: [0x30n], references: [GEAR] }],
    },
    { integers: [255, 16, 34, 0] },
    { values: ["not available", "Gear = 1", "Gear = 2", "Gear = N"] },
  ),
];

const INVERSE: Feature = {
  ...conversionFeature(
    "conversion-with-an-inverse",
    {
      ...{ type: 7, values: [0, 1], references: ["off", "on", "else"] },
      inverse: { type: 9, values: [0, 1, 99], references: ["off", "on"] },
    },
    { integers: [0, 1, 2] },
    { values: ["off", "on", "else"] },
  ),
  check(mdf, way) {
    const raw = mdf.channel("x").toRaw(["on", "off", "broken"]);
    assertEquals(Array.from(raw as Iterable<number>), [1, 0, 99], way);
  },
};

/** Conversions beside others. */
export const CONVERSION_MIX_FEATURES: Feature[] = [
  ...NUMBERS_OVER_TEXTS,
  ...TEXTS_OVER_NUMBERS,
  ...TEXTS,
  ...UNITS,
  SHARED,
  ...BIT_FIELDS,
  INVERSE,
];
