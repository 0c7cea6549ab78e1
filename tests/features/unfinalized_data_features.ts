/**
 * Files that were never finished, whose data is mixed, in lists, or in several groups.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { DL, DT, HL } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import type { Mdf } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";

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

/** Two logs whose last blocks both go on: the first to the next block, the second to the end. */
const TWO_GROUPS: Feature = {
  name: "unfinalized-flags-0-and-2-of-two-groups",
  make() {
    const file = new FileBuilder({ unfinalized: 1 + 4 });
    const groups = ["first", "second"].map((name) =>
      file.group({ channels: [{ name, cn_bit_count: 24 }], cg_cycle_count: 0 })
    );
    // Eight records of three bytes each, so that no padding stands before the second block.
    const payload = Uint8Array.from({ length: 24 }, (_, i) => i % 3 === 0 ? i + 1 : 0);
    const first = file.add(DT, { payload });
    const second = file.add(DT, { payload: Uint8Array.of(...payload, 0xee, 0xee) });
    [first, second].forEach((data, i) => {
      file.patchLink(groups[i].dg, "dg_data", data);
      file.patchLength(data, 24);
    });
    return file.bytes().subarray(0, second + 24 + 26);
  },
  records: [8, 8],
  channels: {
    first: { values: [1, 4, 7, 10, 13, 16, 19, 22] },
    second: { values: [1, 4, 7, 10, 13, 16, 19, 22] },
  },
};

/** Records of two groups by turns, of which the last one was cut off: in its id, or behind it. */
const MIXED_CUT: Feature[] = [1, 2, 4].map((extra): Feature => ({
  name: `unfinalized-flags-0-and-2-mixed-records-cut-off-behind-${extra}-bytes`,
  make() {
    const file = new FileBuilder({ unfinalized: 1 + 4 });
    const { dg } = file.dataGroup({
      recordIdSize: 2,
      groups: [1, 2].map((id) => ({
        ...{ cg_record_id: 256 * id, cg_cycle_count: 0, cg_data_bytes: 3 },
        channels: [{ name: `c${id}`, cn_byte_offset: 2, cn_bit_count: 8 }],
      })),
    });
    const whole = [1, 2, 2, 1, 2].flatMap((id, i) => [0, id, 0xee, 0xee, 10 * i]);
    const data = file.add(DT, {
      payload: Uint8Array.of(...whole, ...[0, 1, 5, 6].slice(0, extra)),
    });
    file.patchLink(dg, "dg_data", data);
    file.patchLength(data, 24);
    return file.bytes().subarray(0, data + 24 + whole.length + extra);
  },
  records: [2, 3],
  channels: { c1: { values: [0, 30] }, c2: { values: [10, 20, 40] } },
}));

/** Blocks that were compressed one by one, and entered into a list that was never counted. */
const COMPRESSED_LIST: Feature = {
  name: "unfinalized-flags-0-and-4-list-of-compressed-blocks",
  make() {
    const file = new FileBuilder({ unfinalized: 1 + 16 });
    const blocks = [[0, 10], [10, 14], [14, 27]].map(([from, to], i) =>
      addPacked(file, "DT", RECORDS.subarray(from, to), i % 2, 3)
    );
    const list = file.add(DL, {
      moreLinks: [...blocks, 0, 0],
      fields: { dl_count: 1, dl_flags: 1, dl_equal_length: [10] },
    });
    const dataLink = file.add(HL, { links: { hl_dl_first: list } });
    file.group({ channels: CHANNELS, cg_cycle_count: 0, dataLink });
    return file.bytes();
  },
  ...WHOLE,
};

/** The list names a block that was never written, because the file ends before it. */
const MISSING_BLOCK: Feature = {
  name: "unfinalized-flags-2-and-4-list-names-a-block-past-the-end",
  make() {
    const file = new FileBuilder({ unfinalized: 1 + 4 + 16 });
    const { dg } = file.group({ channels: CHANNELS });
    const first = file.add(DT, { payload: RECORDS.subarray(0, 10) });
    const list = file.add(DL, {
      moreLinks: [first, 0, 0],
      fields: { dl_count: 3, dl_offset: [0, 10, 40] },
    });
    const last = file.append(encodeBlock(DT, { payload: RECORDS.subarray(10) }));
    file.patchLink(list, 2, last);
    file.patchLink(list, 3, last + 4096);
    file.patchLink(dg, "dg_data", list);
    return file.bytes().subarray(0, last + 24 + RECORDS.length - 10);
  },
  ...WHOLE,
};

const UP = ["a", "", "bcd", "e"];
const DOWN = ["", "zyx", "w", "vut"];
/** Two channels whose values lie in groups of their own, none of whose places were written. */
const TWO_STORES: Feature = {
  name: "unfinalized-flags-0-5-and-6-places-of-two-variable-length-groups",
  make() {
    const file = new FileBuilder({ unfinalized: 1 + 32 + 64 });
    const entry = (id: number, text: string) => [
      ...[id, text.length, 0, 0, 0],
      ...new TextEncoder().encode(text),
    ];
    const records = UP.flatMap((_, i) => [
      ...[...entry(2, UP[i]), ...entry(3, DOWN[i])],
      ...[1, ...new Array(16).fill(0), 50 + i],
    ]);
    const { groups } = file.dataGroup({
      recordIdSize: 1,
      groups: [
        {
          cg_record_id: 1,
          channels: [
            ...["up", "down"].map((name, i) => ({
              ...{ name, cn_type: 1, cn_data_type: 7, cn_byte_offset: 8 * i, cn_bit_count: 64 },
            })),
            { name: "n", cn_byte_offset: 16, cn_bit_count: 8 },
          ],
        },
        ...[2, 3].map((id) => ({ cg_record_id: id, cg_flags: 1, cg_data_bytes: 1, channels: [] })),
      ],
      records: Uint8Array.from(records),
      blockSizes: [5, 7],
    });
    groups[0].channels.slice(0, 2).forEach((channel, i) =>
      file.patchLink(channel, "cn_data", groups[1 + i].cg)
    );
    return file.bytes();
  },
  channels: {
    up: { values: UP },
    down: { values: DOWN },
    n: { values: [50, 51, 52, 53] },
  },
};

/** Several groups, mixed records, lists. */
export const UNFINALIZED_DATA_FEATURES: Feature[] = [
  TWO_GROUPS,
  ...MIXED_CUT,
  COMPRESSED_LIST,
  MISSING_BLOCK,
  TWO_STORES,
];
