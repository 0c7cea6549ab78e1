/**
 * Types of channels: where the values of each come from.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { AT, CC } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import type { DataParts } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { floatBits, lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const WORDS = ["first", "", "a longer value", "x", "the last one"];
const bytesOf = (text: string) => new TextEncoder().encode(text);
/** Values in another order than their data, two of them shared. */
const ORDER = [4, 0, 2, 0, 1, 3];

function linear(file: FileBuilder, offset: number, factor: number): number {
  return file.add(CC, {
    fields: { cc_type: 1, cc_val_count: 2, cc_val: [floatBits(offset, 64), floatBits(factor, 64)] },
  });
}

/** Values of variable length from signal data that is cut or packed in some way. */
function variableFeature(name: string, parts: DataParts): Feature {
  const { bytes, at } = lengthPrefixed(WORDS.map(bytesOf));
  return {
    name: `channel-type-1-variable-length-${name}`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{
          ...{ name: "word", cn_type: 1, cn_data_type: 7, cn_byte_offset: 1, cn_bit_count: 64 },
          cn_data: file.data("SD", bytes, parts),
        }],
        records: makeRecords(ORDER.length, 9, (record, i) => {
          putBits(record, { byte: 1, bits: 64 }, BigInt(at[ORDER[i]]));
        }),
        blockSizes: [7],
      });
      return file.bytes();
    },
    channels: { word: { values: ORDER.map((i) => WORDS[i]) } },
  };
}

const VARIABLE = [
  variableFeature("in-one-sd-block", {}),
  variableFeature("in-a-list-of-sd-blocks", { blockSizes: [5, 1, 11] }),
  variableFeature("in-lists-that-go-on", { blockSizes: [3], listLength: 4 }),
  variableFeature("in-blocks-of-equal-length", { blockSizes: [6], equalLength: true }),
  variableFeature("in-one-compressed-block", { zip: true }),
  variableFeature("in-a-list-of-compressed-blocks", { blockSizes: [13], zip: true }),
  variableFeature("in-transposed-blocks", { blockSizes: [17], zip: 5 }),
];

/** Values of variable length that are records of another channel group. */
const IN_GROUP: Feature = {
  name: "channel-type-1-variable-length-in-a-channel-group",
  make() {
    const file = new FileBuilder();
    const values = WORDS.map(bytesOf);
    const { at } = lengthPrefixed(values);
    const records: number[] = [];
    values.forEach((value, i) => {
      records.push(2, value.length, 0, 0, 0, ...value);
      records.push(1, 99, ...new Uint8Array(BigUint64Array.of(BigInt(at[i])).buffer));
    });
    const { groups } = file.dataGroup({
      recordIdSize: 1,
      groups: [
        {
          cg_record_id: 1,
          channels: [{
            ...{ name: "word", cn_type: 1, cn_data_type: 7, cn_byte_offset: 1, cn_bit_count: 64 },
          }],
        },
        { cg_record_id: 2, cg_flags: 1, channels: [] },
      ],
      records: Uint8Array.from(records),
      blockSizes: [7],
    });
    file.patchLink(groups[0].channels[0], "cn_data", groups[1].cg);
    return file.bytes();
  },
  channels: { word: { values: WORDS } },
};

/** Master channels of each kind of axis, stored in the record. */
const MASTERS = ["time", "angle", "distance", "index"].map((axis, i): Feature => ({
  name: `channel-type-2-master-of-${axis}`,
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [
        { name: "x", cn_byte_offset: 4, cn_bit_count: 8 },
        {
          ...{ name: "axis", cn_type: 2, cn_sync_type: i + 1, cn_bit_count: 32 },
          cn_cc_conversion: linear(file, 10, 0.25),
        },
      ],
      records: makeRecords(5, 5, (record, k) => {
        putBits(record, { byte: 0, bits: 32 }, BigInt(3 * k));
        record[4] = 100 + k;
      }),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: {
    x: { values: [100, 101, 102, 103, 104], timestamps: [10, 10.75, 11.5, 12.25, 13] },
    axis: { values: [10, 10.75, 11.5, 12.25, 13], raw: [0, 3, 6, 9, 12] },
  },
  check(mdf) {
    assertEquals(mdf.groups[0].master?.name, "axis");
    assertEquals(mdf.groups[0].master?.model.syncType, i + 1);
  },
}));

/** Channels that are not stored: the number of the record, converted. */
const VIRTUAL = [3, 6].flatMap((type) =>
  [0, 3].map((recordBytes): Feature => ({
    name: `channel-type-${type}-virtual-over-records-of-${recordBytes}-bytes`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [
          {
            ...{ name: "virtual", cn_type: type, cn_sync_type: type === 3 ? 1 : 0 },
            cn_cc_conversion: linear(file, -1, 0.5),
          },
          ...(recordBytes > 0 ? [{ name: "x", cn_bit_count: 8 }] : []),
        ],
        cg_data_bytes: recordBytes,
        cg_cycle_count: 6,
        records: makeRecords(6, recordBytes, (record, i) => record[0] = 7 * i),
        blockSizes: [4],
      });
      return file.bytes();
    },
    records: [6],
    channels: {
      virtual: { values: [-1, -0.5, 0, 0.5, 1, 1.5], raw: [0, 1, 2, 3, 4, 5] },
      ...(recordBytes > 0 ? { x: { values: [0, 7, 14, 21, 28, 35] } } : {}),
    },
  }))
);

/** A channel whose values are places in a stream that is attached, such as times of a video. */
const SYNC: Feature = {
  name: "channel-type-4-synchronisation-with-an-attachment",
  make() {
    const file = new FileBuilder();
    const attachment = file.addToHeader(AT, {
      links: { at_tx_filename: file.text("drive.avi"), at_tx_mimetype: file.text("video/avi") },
    });
    file.group({
      channels: [{
        ...{ name: "frame", cn_type: 4, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 32 },
        cn_data: attachment,
      }],
      records: makeRecords(4, 4, (record, i) => {
        putBits(record, { byte: 0, bits: 32 }, floatBits(i / 25, 32));
      }),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: { frame: { values: [0, 1, 2, 3].map((i) => Math.fround(i / 25)) } },
  check(mdf) {
    assertEquals(mdf.attachments.map(({ name }) => name), ["drive.avi"]);
  },
};

/** Values in a field of a maximum length, and another channel that says how much of it counts. */
const MAXIMUM = ([[7, "texts"], [10, "byte-arrays"]] as const).map(([type, name]): Feature => {
  const values = ["one", "", "three", "12345678", "\u00fc"].map(bytesOf);
  return {
    name: `channel-type-5-maximum-length-${name}`,
    make() {
      const file = new FileBuilder();
      const { channels } = file.group({
        channels: [
          { name: "x", cn_type: 5, cn_data_type: type, cn_byte_offset: 1, cn_bit_count: 64 },
          { name: "length", cn_byte_offset: 9, cn_bit_offset: 2, cn_bit_count: 4 },
        ],
        records: makeRecords(values.length, 10, (record, i) => {
          record.set(values[i], 1);
          putBits(record, { byte: 9, bit: 2, bits: 4 }, BigInt(values[i].length));
        }),
        blockSizes: [7],
      });
      file.patchLink(channels[0], "cn_data", channels[1]);
      return file.bytes();
    },
    channels: {
      x: { values: type === 10 ? values : ["one", "", "three", "12345678", "\u00fc"] },
      length: { values: [3, 0, 5, 8, 2] },
    },
  };
});

/** Channel types 0 to 6. */
export const CHANNEL_TYPE_FEATURES: Feature[] = [
  ...VARIABLE,
  IN_GROUP,
  ...MASTERS,
  ...VIRTUAL,
  SYNC,
  ...MAXIMUM,
];
