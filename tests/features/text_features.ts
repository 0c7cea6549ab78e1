/**
 * Texts of every encoding, of fixed and of variable length.
 *
 * @module
 */
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const FIELD_BYTES = 16;

/** A text and the bytes that stand for it. */
type Case = readonly [bytes: readonly number[], text: string];

interface Encoding {
  readonly type: number;
  readonly name: string;
  readonly cases: readonly Case[];
}

const ENCODINGS: readonly Encoding[] = [
  {
    type: 6,
    name: "latin-1",
    cases: [
      [[0x47, 0x72, 0xfc, 0xdf, 0x65], "Grüße"],
      [[0xb5, 0x6d, 0, 0x7a, 0x7a], "µm"],
      [[], ""],
      [[0, 0x41], ""],
      [[0xff, 0xa0, 0x21], "ÿ\u00a0!"],
      // Control characters, which windows-1252 has other characters for.
      [[0x80, 0x85, 0x9f], "\u0080\u0085\u009f"],
      [[0xc3, 0xbc], "\u00c3\u00bc"],
    ],
  },
  {
    type: 7,
    name: "utf-8",
    cases: [
      [[0x47, 0x72, 0xc3, 0xbc, 0xc3, 0x9f, 0x65], "Grüße"],
      [[0xe2, 0x82, 0xac, 0, 0xe2], "€"],
      [[0xf0, 0x9f, 0x9a, 0x97], "🚗"],
      [[0x61, 0xff, 0x62], "a\ufffdb"],
      // A sequence that breaks off, one longer than needed, and half of a pair of UTF-16.
      [[0x61, 0xe2, 0x82], "a\ufffd"],
      [[0x61, 0xe2, 0x82, 0x62], "a\ufffdb"],
      [[0xc0, 0xaf], "\ufffd\ufffd"],
      [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
      [[0x7f, 0xc2, 0x80], "\u007f\u0080"],
      [[], ""],
    ],
  },
  {
    type: 8,
    name: "utf-16-little-endian",
    cases: [
      [[0x61, 0, 0x00, 0x01], "a\u0100"],
      [[0x00, 0x61, 0x00, 0x00, 0x41, 0x00], "\u6100"],
      [[0x3d, 0xd8, 0x97, 0xde], "🚗"],
      // Half of a pair, and zeros that belong to two characters.
      [[0x3d, 0xd8, 0x61, 0x00], "\ufffda"],
      [[0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x62], "\u0100\u0001"],
      [[], ""],
    ],
  },
  {
    type: 9,
    name: "utf-16-big-endian",
    cases: [
      [[0, 0x61, 0x01, 0x00], "a\u0100"],
      [[0x61, 0x00, 0x00, 0x00, 0x00, 0x41], "\u6100"],
      [[0xd8, 0x3d, 0xde, 0x97], "🚗"],
      [[0xd8, 0x3d, 0x00, 0x61], "\ufffda"],
      [[0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x62], "\u0001\u0100"],
      [[], ""],
    ],
  },
  {
    type: 17,
    name: "byte-order-mark",
    cases: [
      [[0xff, 0xfe, 0x61, 0x00, 0x00, 0x01], "a\u0100"],
      [[0xfe, 0xff, 0x00, 0x61, 0x01, 0x00], "a\u0100"],
      [[0xef, 0xbb, 0xbf, 0xc3, 0xbc], "ü"],
      [[0xc3, 0xbc, 0, 0x41], "ü"],
      // What follows a zero, behind each mark.
      [[0xff, 0xfe, 0x61, 0x00, 0x00, 0x00, 0x62, 0x00], "a"],
      [[0xfe, 0xff, 0x61, 0x00, 0x00, 0x61, 0x00, 0x00, 0x62], "\u6100a"],
      [[0xef, 0xbb, 0xbf, 0x61, 0, 0x62], "a"],
      // Marks alone.
      [[0xff, 0xfe], ""],
      [[0xfe, 0xff], ""],
      [[0xef, 0xbb, 0xbf], ""],
      [[], ""],
    ],
  },
];

function fixedFeature({ type, name, cases }: Encoding): Feature {
  return {
    name: `data-type-${type}-${name}-of-fixed-length`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{ name: "text", cn_data_type: type, cn_bit_count: 8 * FIELD_BYTES }],
        records: makeRecords(cases.length, FIELD_BYTES, (record, i) => {
          record.fill(0);
          record.set(cases[i][0]);
        }),
        blockSizes: [FIELD_BYTES - 3],
      });
      return file.bytes();
    },
    channels: { text: { values: cases.map(([, text]) => text) } },
  };
}

function variableFeature({ type, name, cases }: Encoding): Feature {
  const values = cases.map(([bytes]) => Uint8Array.from(bytes));
  const { bytes, at } = lengthPrefixed(values);
  // From the last to the first, so that the places count and not the order.
  const order = cases.map((_, i) => cases.length - 1 - i);
  return {
    name: `data-type-${type}-${name}-of-variable-length`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{
          ...{ name: "text", cn_type: 1, cn_data_type: type, cn_bit_count: 64 },
          cn_data: file.data("SD", bytes, { blockSizes: [5, 3] }),
        }],
        records: makeRecords(order.length, 8, (record, i) => {
          putBits(record, { byte: 0, bits: 64 }, BigInt(at[order[i]]));
        }),
        blockSizes: [7],
      });
      return file.bytes();
    },
    channels: { text: { values: order.map((i) => cases[i][1]) } },
  };
}

/** A text that fills its field leaves no room for a zero at its end. */
const FULL: Feature = {
  name: "text-without-a-zero-fills-its-field",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [
        { name: "bytes", cn_data_type: 7, cn_bit_count: 24 },
        { name: "words", cn_byte_offset: 3, cn_data_type: 8, cn_bit_count: 32 },
        // An odd byte behind whole characters is none.
        { name: "odd", cn_byte_offset: 7, cn_data_type: 9, cn_bit_count: 24 },
      ],
      records: Uint8Array.from([..."abcd"].flatMap((first) => [
        ...[first.charCodeAt(0), 0x62, 0x63],
        ...[first.charCodeAt(0), 0, 0x79, 0],
        ...[0, first.charCodeAt(0), 0x7a],
      ])),
      blockSizes: [7],
    });
    return file.bytes();
  },
  channels: {
    bytes: { values: ["abc", "bbc", "cbc", "dbc"] },
    words: { values: ["ay", "by", "cy", "dy"] },
    odd: { values: ["a", "b", "c", "d"] },
  },
};

/** A mark, and no room for a zero behind the text. */
const FULL_MARKED: Feature = {
  name: "text-with-a-byte-order-mark-fills-its-field",
  make() {
    const file = new FileBuilder({ version: "4.30" });
    file.group({
      channels: [{ name: "text", cn_data_type: 17, cn_byte_offset: 1, cn_bit_count: 48 }],
      records: Uint8Array.from([
        ...[1, 0xff, 0xfe, 0x61, 0x00, 0x62, 0x00],
        ...[2, 0xfe, 0xff, 0x00, 0x61, 0x00, 0x62],
        ...[3, 0xef, 0xbb, 0xbf, 0x61, 0x62, 0x63],
        ...[4, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66],
      ]),
      blockSizes: [5],
    });
    return file.bytes();
  },
  channels: { text: { values: ["ab", "ab", "abc", "abcdef"] } },
};

/** The length channel counts bytes, which end a text as a zero does. */
const LIMITED = ENCODINGS.map(({ type, name, cases }): Feature => ({
  name: `data-type-${type}-${name}-of-maximum-length`,
  make() {
    const file = new FileBuilder();
    const { channels } = file.group({
      channels: [
        { name: "length", cn_data_type: 1, cn_bit_count: 16 },
        {
          ...{ name: "text", cn_type: 5, cn_data_type: type },
          ...{ cn_byte_offset: 2, cn_bit_count: 8 * FIELD_BYTES },
        },
      ],
      records: makeRecords(cases.length, 2 + FIELD_BYTES, (record, i) => {
        const [bytes] = cases[i];
        record.fill(0x41);
        record.set([0, bytes.length, ...bytes]);
      }),
      blockSizes: [FIELD_BYTES - 3],
    });
    file.patchLink(channels[1], "cn_data", channels[0]);
    return file.bytes();
  },
  channels: {
    text: { values: cases.map(([, text]) => text) },
    length: { values: cases.map(([bytes]) => bytes.length) },
  },
}));

/** Data types 6 to 9 and 17. */
export const TEXT_FEATURES: Feature[] = [
  ...ENCODINGS.map(fixedFeature),
  ...ENCODINGS.map(variableFeature),
  ...LIMITED,
  FULL,
  FULL_MARKED,
];
