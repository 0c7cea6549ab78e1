/**
 * Version 4.3: data streams and what they are composed of, values with a length channel, guards.
 *
 * @module
 */
import { CL, CU, CV, DS, DT, GD } from "../../lib/blocks/block_tables.ts";
import { UnsupportedFeatureError } from "../../mod.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const NEW = { version: "4.30" };
const byte = (name: string, more: Partial<ChannelParts> = {}): ChannelParts => ({
  ...{ name, cn_bit_count: 8 },
  ...more,
});

/** A channel whose values are streams; `compose` adds what they consist of. */
function streamFile(
  streams: readonly (readonly number[])[],
  compose: (file: FileBuilder) => number,
): Uint8Array {
  const file = new FileBuilder(NEW);
  const { bytes, at } = lengthPrefixed(streams.map((stream) => Uint8Array.from(stream)));
  const composition = file.add(DS, {
    links: { ds_composition: compose(file) },
    fields: { ds_version: 430 },
  });
  file.group({
    channels: [{
      ...{ name: "stream", cn_type: 1, cn_data_type: 10, cn_bit_count: 64 },
      ...{ cn_data: file.data("SD", bytes, { blockSizes: [7] }), cn_composition: composition },
    }],
    records: makeRecords(at.length, 8, (record, i) => {
      putBits(record, { byte: 0, bits: 64 }, BigInt(at[i]));
    }),
    blockSizes: [5],
  });
  return file.bytes();
}

const STREAM: Feature = {
  name: "data-stream-of-aligned-and-bit-packed-channels",
  make: () =>
    streamFile([[1, 0xee, 0x34, 0x12, 0b101_00110], [2, 0xee, 0x78, 0x56, 0b111_00001]], (file) => {
      const [first] = file.channels([
        byte("a"),
        { name: "b", cn_bit_count: 16, cn_alignment: 1 },
        { name: "c", cn_bit_count: 5, cn_alignment: 255 },
        { name: "d", cn_bit_count: 3, cn_alignment: 255 },
      ]);
      return first;
    }),
  channels: {
    a: { values: [1, 2] },
    b: { values: [0x1234, 0x5678] },
    c: { values: [6, 1] },
    d: { values: [5, 7] },
    stream: {
      values: [[1, 0xee, 0x34, 0x12, 0b101_00110], [2, 0xee, 0x78, 0x56, 0b111_00001]],
    },
  },
};

const ALIGNMENT_RESET: Feature = {
  name: "channel-flag-18-alignment-reset-in-a-data-stream",
  make: () =>
    streamFile([[7, 8, 9, 10], [17, 18, 19, 20]], (file) => {
      const [first] = file.channels([
        byte("a"),
        // Alignment to four bytes starts anew here, at byte 1, and one byte is skipped.
        byte("b", { cn_alignment: 2, cn_flags: 1 << 18, cn_byte_offset: 1 }),
        byte("c"),
      ]);
      return first;
    }),
  channels: { a: { values: [7, 17] }, b: { values: [9, 19] }, c: { values: [10, 20] } },
};

const LISTS = ([[1, "elements"], [0, "bytes"]] as const).map(([flags, unit]): Feature => ({
  name: `list-in-a-data-stream-counted-in-${unit}`,
  make: () =>
    streamFile(
      [[2, 0xff, 0xff, 5, 0x10, 0x00, 6], [0], [1, 0x02, 0x01, 9]].map(([count, ...rest]) => [
        flags ? count : rest.length,
        ...rest,
      ]),
      (file) => {
        const [element] = file.channels([
          { name: "x", cn_bit_count: 16, cn_data_type: 2 },
          byte("y"),
        ]);
        // The second and each later element starts on an even byte.
        const list = file.add(CL, {
          links: { cl_composition: element },
          fields: { cl_flags: flags, cl_alignment: 1 },
        });
        const [size] = file.channels([byte("size"), { name: "list", cn_composition: list }]);
        file.patchLink(list, "cl_cn_size", size);
        return size;
      },
    ),
  channels: {
    size: { values: flags ? [2, 0, 1] : [6, 0, 3] },
    x: { values: [[-1, 16], [], [0x0102]] },
    y: { values: [[5, 6], [], [9]] },
  },
}));

const VARIANT: Feature = {
  name: "variants-in-a-data-stream",
  make: () =>
    streamFile([[1, 0x34, 0x12, 77], [2, 5, 78], [1, 0x78, 0x56, 79]], (file) => {
      const [wide] = file.channels([{ name: "wide", cn_bit_count: 16 }]);
      const [narrow] = file.channels([byte("narrow")]);
      const variant = file.add(CV, {
        moreLinks: [wide, narrow],
        fields: { cv_option_count: 2, cv_option_val: [1n, 2n] },
      });
      const [which] = file.channels([
        byte("which"),
        { name: "variant", cn_composition: variant },
        byte("after"),
      ]);
      file.patchLink(variant, "cv_cn_discriminator", which);
      return which;
    }),
  channels: {
    which: { values: [1, 2, 1] },
    wide: { values: [0x1234, 0, 0x5678], valid: [true, false, true] },
    narrow: { values: [0, 5, 0], valid: [false, true, false] },
    after: { values: [77, 78, 79] },
  },
};

const UNION: Feature = {
  name: "union-in-a-data-stream",
  make: () =>
    streamFile([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]], (file) => {
      const [whole] = file.channels([{ name: "whole", cn_bit_count: 32 }]);
      const [part] = file.channels([{ name: "part", cn_bit_count: 16 }]);
      const union = file.add(CU, { moreLinks: [whole, part], fields: { cu_member_count: 2 } });
      const [first] = file.channels([{ name: "union", cn_composition: union }, byte("after")]);
      return first;
    }),
  channels: {
    whole: { values: [0x04030201, 0x09080706] },
    part: { values: [0x0201, 0x0706] },
    after: { values: [5, 10] },
  },
};

const WORDS = ["threeee", "one", "two", "onetwo", "", "three"];
const PLACES = [6, 0, 3, 0, 0, 6];

/** Values of variable length whose lengths a channel tells. */
const SIZED = [0, 1, 2, 4].map((zip): Feature => ({
  name: `channel-type-7-values-with-a-length-channel-compression-${zip}`,
  make() {
    const file = new FileBuilder(NEW);
    const { channels } = file.group({
      channels: [
        {
          ...{ name: "word", cn_type: 7, cn_data_type: 7, cn_bit_count: 64, moreLinks: [0] },
          cn_data: addPacked(file, "VD", new TextEncoder().encode("onetwothreeee"), zip, 3),
        },
        { name: "size", cn_byte_offset: 8, cn_bit_count: 32 },
      ],
      records: makeRecords(PLACES.length, 12, (record, i) => {
        putBits(record, { byte: 0, bits: 64 }, BigInt(PLACES[i]));
        putBits(record, { byte: 8, bits: 32 }, BigInt(WORDS[i].length));
      }),
      blockSizes: [7, 11],
    });
    file.patchLink(channels[0], 8, channels[1]);
    return file.bytes();
  },
  channels: { word: { values: WORDS }, size: { values: WORDS.map(({ length }) => length) } },
}));

const PLAIN_SIZED: Feature = {
  ...SIZED[0],
  name: "channel-type-7-values-with-a-length-channel-in-a-list",
  make() {
    const file = new FileBuilder(NEW);
    const bytes = new TextEncoder().encode("onetwothreeee");
    const { channels } = file.group({
      channels: [
        {
          ...{ name: "word", cn_type: 7, cn_data_type: 7, cn_bit_count: 32, moreLinks: [0] },
          cn_data: file.data("VD", bytes, { blockSizes: [4] }),
        },
        { name: "size", cn_byte_offset: 4, cn_bit_count: 8 },
      ],
      records: makeRecords(PLACES.length, 5, (record, i) => {
        putBits(record, { byte: 0, bits: 32 }, BigInt(PLACES[i]));
        record[4] = WORDS[i].length;
      }),
      blockSizes: [7],
    });
    file.patchLink(channels[0], 8, channels[1]);
    return file.bytes();
  },
};

/** A guard before the data of a group; another group has none. */
function guardFeature(name: string, version: number, refused: boolean): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder(NEW);
      const data = file.add(DT, { payload: Uint8Array.of(1, 2, 3) });
      const guard = file.add(GD, { links: { gd_link: data }, fields: { gd_version: version } });
      file.group({ channels: [byte("guarded")], dataLink: guard, cg_cycle_count: 3 });
      file.group({ channels: [byte("free")], records: Uint8Array.of(4, 5) });
      return file.bytes();
    },
    channels: {
      guarded: refused
        ? { error: [UnsupportedFeatureError, "version 4.4"] }
        : { values: [1, 2, 3] },
      free: { values: [4, 5] },
    },
  };
}

const COMPACT: Feature = {
  name: "channel-group-flag-5-compact-variable-length-values",
  refuses: ["Channel group flags 5"],
  make() {
    const file = new FileBuilder(NEW);
    file.dataGroup({
      recordIdSize: 1,
      groups: [
        { cg_record_id: 1, channels: [byte("x")] },
        { cg_record_id: 2, cg_flags: 1 + 32, channels: [] },
      ],
      records: Uint8Array.of(1, 5, 1, 6),
    });
    file.group({ channels: [byte("other")], records: Uint8Array.of(4, 5) });
    return file.bytes();
  },
  channels: {
    x: { error: [UnsupportedFeatureError, "where they end is not known"] },
    other: { values: [4, 5] },
  },
};

/** Streams, lists, variants, unions, length channels, guards. */
export const DYNAMIC_FEATURES: Feature[] = [
  STREAM,
  ALIGNMENT_RESET,
  ...LISTS,
  VARIANT,
  UNION,
  ...SIZED,
  PLAIN_SIZED,
  guardFeature("guard-that-this-version-may-pass", 430, false),
  guardFeature("guard-for-later-versions", 440, true),
  COMPACT,
];
