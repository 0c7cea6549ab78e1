/**
 * Channel types 2 to 6 and structures where they meet other things: lengths of any kind, conversions
 * of record numbers, members of their own types.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { CorruptFileError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import { addRule, type Rule } from "./_conversion_file.ts";
import type { ExpectedChannel, Feature } from "./_feature.ts";
import { floatBits, lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const DOUBLE: Rule = { type: 1, values: [0, 2] };
const WORDS = ["one", "", "three", "12345678", "x"];

/** Channels that may tell a length: of any width, order, position, scaled for those who read it. */
const LENGTHS = ([
  ["before-the-value", { cn_byte_offset: 0, cn_bit_count: 8 }, 0, 8, false],
  [
    "of-16-bits-big-endian",
    { cn_byte_offset: 9, cn_data_type: 1, cn_bit_count: 16 },
    9,
    16,
    true,
  ],
  ["of-64-bits", { cn_byte_offset: 9, cn_bit_count: 64 }, 9, 64, false],
] as const).map(([name, length, at, bits, bigEndian]): Feature => ({
  name: `channel-type-5-maximum-length-with-a-length-${name}`,
  make() {
    const file = new FileBuilder();
    const { channels } = file.group({
      channels: [
        { name: "x", cn_type: 5, cn_data_type: 6, cn_byte_offset: 1, cn_bit_count: 64 },
        { name: "length", ...length, cn_cc_conversion: addRule(file, DOUBLE) },
      ],
      cg_data_bytes: 17,
      records: makeRecords(WORDS.length, 17, (record, i) => {
        record.set(bytesOf(WORDS[i]), 1);
        putBits(record, { byte: at, bits, bigEndian }, BigInt(WORDS[i].length));
      }),
      blockSizes: [7, 3],
    });
    file.patchLink(channels[0], "cn_data", channels[1]);
    return file.bytes();
  },
  // The length is the raw value, whatever its conversion makes of it.
  channels: { x: { values: WORDS }, length: { values: [6, 0, 10, 16, 2] } },
}));

const TOO_LONG: Feature = {
  name: "channel-type-5-maximum-length-with-a-length-above-it",
  make() {
    const file = new FileBuilder();
    const { channels } = file.group({
      channels: [
        { name: "bad", cn_type: 5, cn_data_type: 10, cn_bit_count: 32 },
        { name: "length", cn_byte_offset: 4, cn_bit_count: 8 },
      ],
      records: Uint8Array.of(1, 2, 3, 4, 4, 1, 2, 3, 4, 5, 1, 2, 3, 4, 0),
      blockSizes: [4],
    });
    file.patchLink(channels[0], "cn_data", channels[1]);
    return file.bytes();
  },
  channels: {
    bad: { error: [CorruptFileError, "5 bytes long, and there is room for 4"] },
    length: { values: [4, 5, 0] },
  },
};

/** What is made of the numbers 0 to 5 of the records. */
const RULES: readonly [name: string, rule: Rule | undefined, expected: ExpectedChannel][] = [
  ["without-a-conversion", undefined, { values: [0, 1, 2, 3, 4, 5] }],
  ["with-a-formula", { type: 3, references: ["X ^ 2 - 1"] }, { values: [-1, 0, 3, 8, 15, 24] }],
  [
    "with-a-table",
    { type: 4, values: [1, 10, 3, 30, 4, 0], unit: "s" },
    { values: [10, 10, 20, 30, 0, 0], unit: "s" },
  ],
  [
    "with-ranges-that-include-both-ends",
    { type: 6, values: [0, 2, 7, 2, 4, 8, -1] },
    { values: [7, 7, 7, 8, 8, -1] },
  ],
  [
    "with-texts-and-numbers",
    { type: 8, values: [1, 2, 4, 9], references: ["early", DOUBLE, null] },
    { values: ["", "early", "early", "", 8, 10] },
  ],
];

const VIRTUAL = [3, 6].flatMap((type) =>
  RULES.map(([name, rule, expected]): Feature => ({
    name: `channel-type-${type}-virtual-${name}`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [
          {
            ...{ name: "virtual", cn_type: type, cn_sync_type: type === 3 ? 4 : 0 },
            ...(rule ? { cn_cc_conversion: addRule(file, rule) } : {}),
          },
          { name: "x", cn_bit_count: 24 },
        ],
        records: makeRecords(6, 3, (record, i) => record.set([i, 0, 1])),
        blockSizes: [4],
      });
      return file.bytes();
    },
    channels: {
      virtual: { raw: [0, 1, 2, 3, 4, 5], ...expected },
      x: { values: [0, 1, 2, 3, 4, 5].map((i) => i + 65_536) },
    },
    check(mdf) {
      assertEquals(mdf.groups[0].master?.name, type === 3 ? "virtual" : undefined);
    },
  }))
);

/** Both kinds in records that belong to several groups: each group counts its own. */
const VIRTUAL_MIXED: Feature = {
  name: "channel-types-3-and-6-virtual-in-mixed-records",
  make() {
    const file = new FileBuilder();
    const turns = [1, 2, 2, 1, 2, 2, 2, 1];
    file.dataGroup({
      recordIdSize: 1,
      groups: [1, 2].map((id) => ({
        ...{ cg_record_id: id, cg_data_bytes: id },
        channels: [
          {
            ...{ name: "t", cn_type: 3, cn_sync_type: 1 },
            cn_cc_conversion: addRule(file, { type: 1, values: [id, 0.5] }),
          },
          { name: "number", cn_type: 6 },
          { name: "x", cn_bit_count: 8 },
        ],
      })),
      records: Uint8Array.from(turns.flatMap((id, i) => id === 1 ? [1, i] : [2, i, 0xff])),
      blockSizes: [4, 3],
    });
    return file.bytes();
  },
  records: [3, 5],
  channels: {
    "0/x": { values: [0, 3, 7], timestamps: [1, 1.5, 2] },
    "0/number": { values: [0, 1, 2] },
    "1/x": { values: [1, 2, 4, 5, 6], timestamps: [2, 2.5, 3, 3.5, 4] },
    "1/number": { values: [0, 1, 2, 3, 4] },
  },
};

/** Masters are numbers of any type, and need not come first. */
const MASTERS = ([
  ["of-a-64-bit-float-big-endian", { cn_data_type: 5, cn_bit_count: 64 }, (i: number) => {
    return floatBits(i / 8, 64);
  }, [0, 0.125, 0.25, 0.375, 0.5]],
  [
    "of-a-signed-integer-at-bit-3",
    { cn_data_type: 2, cn_bit_offset: 3, cn_bit_count: 11 },
    (i: number) => BigInt.asUintN(11, BigInt(10 * i - 20)),
    [-20, -10, 0, 10, 20],
  ],
  [
    "of-a-64-bit-integer",
    { cn_data_type: 0, cn_bit_count: 64 },
    (i: number) => 2n ** 52n + BigInt(i),
    [0, 1, 2, 3, 4].map((i) => 2 ** 52 + i),
  ],
] as const).map(([name, parts, patternOf, timestamps]): Feature => ({
  name: `channel-type-2-master-${name}`,
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [
        { name: "x", cn_bit_count: 8 },
        { name: "t", cn_type: 2, cn_sync_type: 1, cn_byte_offset: 1, ...parts },
        { name: "y", cn_byte_offset: 9, cn_bit_count: 8 },
      ],
      records: makeRecords(5, 10, (record, i) => {
        const { cn_bit_offset: bit = 0, cn_bit_count: bits, cn_data_type } = {
          cn_bit_offset: 0,
          ...parts,
        };
        putBits(record, { byte: 1, bit, bits, bigEndian: cn_data_type === 5 }, patternOf(i));
        record[0] = i;
        record[9] = 9 - i;
      }),
      blockSizes: [7],
    });
    return file.bytes();
  },
  channels: {
    x: { values: [0, 1, 2, 3, 4], timestamps },
    y: { values: [9, 8, 7, 6, 5], timestamps },
  },
}));

/** A structure whose parts are of all kinds of channels. */
const STRUCTURE: Feature = {
  name: "structure-of-channels-of-several-types",
  make() {
    const file = new FileBuilder();
    const { bytes, at } = lengthPrefixed(WORDS.map(bytesOf));
    const { channels } = file.group({
      channels: [{
        ...{ name: "message", cn_data_type: 10, cn_bit_count: 8 * 17 },
        members: [
          { name: "number", cn_type: 6, cn_cc_conversion: addRule(file, DOUBLE) },
          {
            ...{ name: "word", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 },
            cn_data: file.data("SD", bytes, { blockSizes: [3] }),
          },
          { name: "payload", cn_type: 5, cn_data_type: 10, cn_byte_offset: 8, cn_bit_count: 40 },
          { name: "size", cn_byte_offset: 13, cn_bit_count: 3 },
          { name: "half", cn_data_type: 4, cn_byte_offset: 13, cn_bit_offset: 3, cn_bit_count: 16 },
          { name: "flag", cn_byte_offset: 15, cn_bit_offset: 3, cn_bit_count: 1 },
        ],
      }],
      cg_data_bytes: 17,
      records: makeRecords(WORDS.length, 17, (record, i) => {
        putBits(record, { byte: 0, bits: 64 }, BigInt(at[4 - i]));
        record.set([i, i + 1, i + 2, i + 3, i + 4], 8);
        putBits(record, { byte: 13, bits: 3 }, BigInt(i));
        putBits(record, { byte: 13, bit: 3, bits: 16 }, 0x3c00n + BigInt(i));
        putBits(record, { byte: 15, bit: 3, bits: 1 }, BigInt(i % 2));
      }),
      blockSizes: [7],
    });
    // Depth first: the structure, and its third and fourth part.
    file.patchLink(channels[3], "cn_data", channels[4]);
    return file.bytes();
  },
  channels: {
    number: { values: [0, 2, 4, 6, 8] },
    word: { values: WORDS.toReversed() },
    payload: { values: [[], [1], [2, 3], [3, 4, 5], [4, 5, 6, 7]] },
    size: { values: [0, 1, 2, 3, 4] },
    half: { values: [0, 1, 2, 3, 4].map((i) => 1 + i / 1024) },
    flag: { values: [0, 1, 0, 1, 0] },
  },
  check(mdf) {
    assertEquals(mdf.channel("half").path, "message.half");
  },
};

/** Channel types 2, 3, 5 and 6, and structures. */
export const CHANNEL_MIX_FEATURES: Feature[] = [
  ...LENGTHS,
  TOO_LONG,
  ...VIRTUAL,
  VIRTUAL_MIXED,
  ...MASTERS,
  STRUCTURE,
];
