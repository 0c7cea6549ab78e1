/**
 * Values of variable length: how their data may be cut and packed, and what the places may be.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { DL, HL, SD } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const WORDS = [
  "zero",
  "",
  "a value that is longer than a block",
  "x",
  "the last of them",
  "\u00fc",
];
const bytesOf = (text: string) => new TextEncoder().encode(text);
const DATA = lengthPrefixed(WORDS.map(bytesOf));
/** Out of order; "zero" comes three times, "x" never. */
const ORDER = [5, 0, 2, 0, 4, 1, 0];
const RECORD_BYTES = 9;

/** A list whose blocks are plain, deflated and transposed by turns. */
function mixedList(file: FileBuilder): number {
  const moreLinks: number[] = [];
  const offsets: number[] = [];
  for (let at = 0, i = 0; at < DATA.bytes.length; at += 11, i++) {
    const part = DATA.bytes.slice(at, at + 11);
    offsets.push(at);
    moreLinks.push(
      i % 3 === 0 ? file.add(SD, { payload: part }) : addPacked(file, "SD", part, i % 3 - 1, 3),
    );
  }
  const list = file.add(DL, {
    moreLinks,
    fields: { dl_count: moreLinks.length, dl_offset: offsets },
  });
  return file.add(HL, { links: { hl_dl_first: list }, fields: { hl_zip_type: 0 } });
}

/** How the signal data gets into the file. */
const STORAGES: readonly [name: string, add: (file: FileBuilder) => number][] = [
  ["in-a-list-of-plain-and-compressed-blocks", mixedList],
  [
    "in-a-list-with-empty-blocks",
    (file) => file.data("SD", DATA.bytes, { blockSizes: [0, 7, 0, 3] }),
  ],
  [
    "in-compressed-blocks-of-equal-length",
    (file) => file.data("SD", DATA.bytes, { blockSizes: [10], equalLength: true, zip: true }),
  ],
  [
    "in-transposed-blocks-in-lists-that-go-on",
    (file) => file.data("SD", DATA.bytes, { blockSizes: [13], listLength: 2, zip: 4 }),
  ],
  ["in-one-transposed-block", (file) => addPacked(file, "SD", DATA.bytes, 1, 7)],
  ["in-blocks-of-one-byte", (file) => file.data("SD", DATA.bytes, { blockSizes: [1] })],
];

const STORED = STORAGES.map(([name, add]): Feature => ({
  name: `variable-length-${name}`,
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [{
        ...{ name: "word", cn_type: 1, cn_data_type: 7, cn_byte_offset: 1, cn_bit_count: 64 },
        cn_data: add(file),
      }],
      records: makeRecords(ORDER.length, RECORD_BYTES, (record, i) => {
        putBits(record, { byte: 1, bits: 64 }, BigInt(DATA.at[ORDER[i]]));
      }),
      blockSizes: [7],
    });
    return file.bytes();
  },
  channels: { word: { values: ORDER.map((i) => WORDS[i]), raw: ORDER.map((i) => WORDS[i]) } },
}));

/** Places are integers of any width, anywhere; little-endian where the texts are big-endian. */
const PLACES = ([[7, 0], [12, 3], [16, 0], [33, 7], [57, 7]] as const).map(
  ([bits, bit]): Feature => ({
    name: `variable-length-with-places-of-${bits}-bits-at-bit-${bit}`,
    make() {
      const texts = WORDS.map((text) =>
        Uint8Array.from([...text].flatMap((char) => [0, char.charCodeAt(0)]))
      );
      const { bytes, at } = lengthPrefixed(texts.map((text) => text.slice(0, 10)));
      const file = new FileBuilder();
      file.group({
        channels: [{
          ...{ name: "word", cn_type: 1, cn_data_type: 9, cn_byte_offset: 1 },
          ...{ cn_bit_offset: bit, cn_bit_count: bits },
          cn_data: file.data("SD", bytes, { blockSizes: [9] }),
        }],
        cg_data_bytes: RECORD_BYTES + 1,
        records: makeRecords(ORDER.length, RECORD_BYTES + 1, (record, i) => {
          putBits(record, { byte: 1, bit, bits }, BigInt(at[ORDER[i]]));
        }),
        blockSizes: [7],
      });
      return file.bytes();
    },
    channels: { word: { values: ORDER.map((i) => WORDS[i].slice(0, 5)) } },
  }),
);

/** A value of many blocks between small ones. */
const LONG = Uint8Array.from({ length: 300_007 }, (_, i) => (i * 31 + (i >> 9)) & 255);

const LONG_VALUE: Feature = {
  name: "variable-length-value-of-300007-bytes",
  make() {
    const file = new FileBuilder();
    const { bytes, at } = lengthPrefixed([Uint8Array.of(1), LONG, Uint8Array.of(2)]);
    file.group({
      channels: [{
        ...{ name: "x", cn_type: 1, cn_data_type: 10, cn_bit_count: 32 },
        cn_data: file.data("SD", bytes, { blockSizes: [65_521] }),
      }],
      records: makeRecords(3, 4, (record, i) => {
        putBits(record, { byte: 0, bits: 32 }, BigInt(at[2 - i]));
      }),
      blockSizes: [5],
    });
    return file.bytes();
  },
  async check(mdf, way) {
    const [first, long, last] = (await mdf.read("x")).values as Iterable<Uint8Array>;
    assertEquals([first, last], [Uint8Array.of(2), Uint8Array.of(1)], way);
    // Several times faster than to let the assertion compare each of so many bytes.
    assertEquals([long.length, long.findIndex((byte, i) => byte !== LONG[i])], [300_007, -1], way);
  },
};

/** Places and lengths that lead out of the data are an error of their channel alone. */
const OUTSIDE = ([
  ["place", 100, "places its value at byte 100"],
  ["length", DATA.bytes.length - 3, "signal data"],
] as const).map(([what, place, message]): Feature => ({
  name: `variable-length-with-a-${what}-beyond-its-data`,
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [
        {
          ...{ name: "bad", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 },
          cn_data: file.data("SD", DATA.bytes, { blockSizes: [5] }),
        },
        { name: "good", cn_byte_offset: 8, cn_bit_count: 8 },
      ],
      records: makeRecords(3, RECORD_BYTES, (record, i) => {
        putBits(record, { byte: 0, bits: 64 }, BigInt(i === 1 ? place : DATA.at[i]));
        record[8] = 50 + i;
      }),
      blockSizes: [7],
    });
    return file.bytes();
  },
  channels: {
    bad: { error: [CorruptFileError, message] },
    good: { values: [50, 51, 52] },
  },
}));

/** Channel type 1. */
export const VARIABLE_LENGTH_FEATURES: Feature[] = [
  ...STORED,
  ...PLACES,
  LONG_VALUE,
  ...OUTSIDE,
];
