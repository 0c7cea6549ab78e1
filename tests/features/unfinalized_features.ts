/**
 * Files that were never finished: each flag of what is missing, and several together.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { DL, DT, SR } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import type { Mdf } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { lengthPrefixed } from "./_record_bits.ts";

const COUNT = 9;
const TIMES = Array.from({ length: COUNT }, (_, i) => i);
const VALUES = TIMES.map((i) => 100 + i);
const RECORDS = Uint8Array.from(TIMES.flatMap((i) => [i, 0, 100 + i]));

const CHANNELS = [
  { name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 16 },
  { name: "v", cn_byte_offset: 2, cn_bit_count: 8 },
];

const WHOLE = {
  records: [COUNT],
  channels: { t: { values: TIMES }, v: { values: VALUES, timestamps: TIMES } },
  check: (mdf: Mdf) => assertEquals(mdf.finalized, false),
};

/** A file whose last block is its one data block, cut off behind `extra` bytes of one more record. */
function cutOff(flags: number, length: number | undefined, extra: number): Uint8Array {
  const file = new FileBuilder({ unfinalized: flags });
  const { dg } = file.group({ channels: CHANNELS });
  const payload = new Uint8Array(RECORDS.length + extra).fill(0x77);
  payload.set(RECORDS);
  const data = file.add(DT, { payload });
  file.patchLink(dg, "dg_data", data);
  if (length !== undefined) file.patchLength(data, length);
  return file.bytes().subarray(0, data + 24 + payload.length);
}

const COUNTERS: Feature = {
  name: "unfinalized-flag-0-record-counters",
  make() {
    const file = new FileBuilder({ unfinalized: 1 });
    file.group({ channels: CHANNELS, cg_cycle_count: 0, records: RECORDS, blockSizes: [4] });
    return file.bytes();
  },
  ...WHOLE,
};

const MIXED_COUNTERS: Feature = {
  name: "unfinalized-flag-0-counters-of-mixed-records",
  make() {
    const file = new FileBuilder({ unfinalized: 1 });
    file.dataGroup({
      recordIdSize: 1,
      groups: [1, 2].map((id) => ({
        ...{ cg_record_id: id, cg_cycle_count: 0 },
        channels: [{ name: `c${id}`, cn_bit_count: 8 }],
      })),
      records: Uint8Array.of(1, 10, 2, 20, 1, 11, 1, 12, 2, 21),
      blockSizes: [3],
    });
    return file.bytes();
  },
  records: [3, 2],
  channels: { c1: { values: [10, 11, 12] }, c2: { values: [20, 21] } },
};

/** Means, minima and maxima of two intervals; records of one byte. */
const REDUCED = Uint8Array.of(10, 1, 20, 30, 5, 40);

function reduced(flags: number, name: string, length?: number): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder({ unfinalized: flags });
      const { cg } = file.group({
        channels: [{ name: "v", cn_bit_count: 8 }],
        records: Uint8Array.of(1, 20, 5, 40),
      });
      const reduction = file.add(SR, { fields: { sr_interval: 2, sr_sync_type: 1 } });
      file.patchLink(cg, "cg_sr_first", reduction);
      const data = file.data("RD", REDUCED);
      file.patchLink(reduction, "sr_data", data);
      if (length !== undefined) file.patchLength(data, length);
      return file.bytes().subarray(0, data + 24 + REDUCED.length);
    },
    channels: { v: { values: [1, 20, 5, 40] } },
    async check(mdf, way) {
      const { mean, min, max } = await mdf.groups[0].reductions[0].read("v");
      assertEquals(Array.from(mean as Iterable<number>), [10, 30], way);
      assertEquals(Array.from(min as Iterable<number>), [1, 5], way);
      assertEquals(Array.from(max as Iterable<number>), [20, 40], way);
    },
  };
}

const LAST_DATA: Feature[] = [
  ...[0, 24, 24 + 6].flatMap((length) =>
    [0, 2].map((extra): Feature => ({
      name: `unfinalized-flag-2-length-${length}-and-${extra}-bytes-of-another-record`,
      make: () => cutOff(4, length, extra),
      ...WHOLE,
    }))
  ),
  {
    name: "unfinalized-flag-2-data-ends-before-the-next-block",
    make() {
      const file = new FileBuilder({ unfinalized: 4 });
      // Eight records of three bytes; padding after them could not be told from another record.
      const { data } = file.group({ channels: CHANNELS, records: RECORDS.subarray(0, 24) });
      file.patchLength(data, 24);
      const { cg } = file.group({
        channels: [{ name: "later", cn_bit_count: 8 }],
        records: Uint8Array.of(1, 2),
      });
      assertEquals(cg > data, true);
      return file.bytes();
    },
    records: [8, 2],
    channels: { v: { values: VALUES.slice(0, 8) }, later: { values: [1, 2] } },
  },
];

const LAST_LIST: Feature = {
  name: "unfinalized-flag-4-last-data-list",
  make() {
    const file = new FileBuilder({ unfinalized: 1 + 4 + 16 });
    const { dg } = file.group({ channels: CHANNELS });
    const first = file.add(DT, { payload: RECORDS.subarray(0, 10) });
    const list = file.add(DL, { moreLinks: [first], fields: { dl_count: 1, dl_offset: [0] } });
    // Room was made for four blocks; two were entered, and neither is counted.
    const last = file.add(DL, { moreLinks: [0, 0, 0, 0], fields: { dl_count: 0, dl_offset: [] } });
    const second = file.add(DT, { payload: RECORDS.subarray(10, 14) });
    const tail = file.append(encodeBlock(DT, { payload: RECORDS.subarray(14) }));
    file.patchLink(list, "dl_dl_next", last);
    file.patchLink(last, 1, second);
    file.patchLink(last, 2, tail);
    file.patchLength(tail, 0);
    file.patchLink(dg, "dg_data", list);
    return file.bytes().subarray(0, tail + 24 + RECORDS.length - 14);
  },
  ...WHOLE,
};

/** Texts as records of their own between those that name their places. */
function texts(flags: number, name: string, placesWritten: boolean): Feature {
  const values = ["abc", "", "defgh"];
  return {
    name,
    make() {
      const file = new FileBuilder({ unfinalized: flags });
      const encoded = values.map((text) => new TextEncoder().encode(text));
      const { at } = lengthPrefixed(encoded);
      const records = encoded.flatMap((bytes, i) => [
        ...[2, bytes.length, 0, 0, 0, ...bytes],
        ...[1, placesWritten ? at[i] : 0, 0, 0, 0, 0, 0, 0, 0],
      ]);
      const { groups } = file.dataGroup({
        recordIdSize: 1,
        groups: [
          {
            cg_record_id: 1,
            channels: [{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 }],
          },
          { cg_record_id: 2, cg_flags: 1, cg_data_bytes: 0, channels: [] },
        ],
        records: Uint8Array.from(records),
        blockSizes: [5],
      });
      file.patchLink(groups[0].channels[0], "cn_data", groups[1].cg);
      return file.bytes();
    },
    channels: { text: { values } },
  };
}

const OWN_FLAGS: Feature = {
  name: "unfinalized-flags-of-the-program-s-own",
  make() {
    const bytes = cutOff(1 + 4, 0, 1).slice();
    new DataView(bytes.buffer).setUint16(62, 0xabcd, true);
    return bytes;
  },
  ...WHOLE,
};

/** All seven flags. */
export const UNFINALIZED_FEATURES: Feature[] = [
  COUNTERS,
  MIXED_COUNTERS,
  reduced(2, "unfinalized-flag-1-counters-of-reductions"),
  ...LAST_DATA,
  reduced(8, "unfinalized-flag-3-length-of-the-last-reduction-data", 24),
  LAST_LIST,
  texts(32, "unfinalized-flag-5-bytes-of-variable-length-groups", true),
  texts(64 + 32, "unfinalized-flag-6-places-of-variable-length-values", false),
  { name: "unfinalized-all-flags", make: () => cutOff(0x7f, 24, 2), ...WHOLE },
  OWN_FLAGS,
];
