/**
 * Layouts of records: ids, mixed groups, values of variable length among them, counters.
 *
 * @module
 */
import { CorruptFileError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { makeRecords, putBits } from "./_record_bits.ts";

const byte = (name: string, at = 0) => ({ name, cn_byte_offset: at, cn_bit_count: 8 });
const COUNT = 12;
const numbers = (from: number, step = 1, count = COUNT) =>
  Array.from({ length: count }, (_, i) => from + i * step);

/** Bytes of a record id. */
function idOf(id: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Number((id >> BigInt(8 * i)) & 255n));
}

/** Ids that differ in their highest byte only. */
const highId = (value: number, bytes: number) => BigInt(value) << BigInt(8 * (bytes - 1));

/** One group alone, whose records have an id all the same. */
const ALONE = [0, 1, 2, 4, 8].map((idBytes): Feature => ({
  name: `record-id-of-${idBytes}-bytes-in-a-group-alone`,
  make() {
    const file = new FileBuilder();
    const id = idBytes === 0 ? 0n : highId(3, idBytes);
    file.group({
      channels: [byte("a"), byte("b", 2)],
      cg_record_id: Number(id),
      recordIdSize: idBytes,
      records: makeRecords(COUNT, idBytes + 3, (record, i) => {
        record.set(idOf(id, idBytes));
        record[idBytes] = i;
        record[idBytes + 2] = 100 + i;
      }),
      blockSizes: [5, 2],
    });
    return file.bytes();
  },
  records: [COUNT],
  channels: { a: { values: numbers(0) }, b: { values: numbers(100) } },
}));

/** Two groups by turns, of records that differ in length. */
const MIXED = [1, 2, 4, 8].map((idBytes): Feature => ({
  name: `record-id-of-${idBytes}-bytes-in-mixed-groups`,
  make() {
    const file = new FileBuilder();
    const ids = [1, 2].map((value) => highId(value, idBytes));
    const records: number[] = [];
    for (let i = 0; i < COUNT; i++) {
      records.push(...idOf(ids[0], idBytes), i, 0xff, 0xff);
      if (i % 3 === 0) records.push(...idOf(ids[1], idBytes), 200 + i);
    }
    file.dataGroup({
      recordIdSize: idBytes,
      groups: [
        { cg_record_id: Number(ids[0]), channels: [byte("often")], cg_data_bytes: 3 },
        { cg_record_id: Number(ids[1]), channels: [byte("seldom")] },
        { cg_record_id: 9, channels: [byte("never")] },
      ],
      records: Uint8Array.from(records),
      blockSizes: [7, 3],
    });
    return file.bytes();
  },
  records: [COUNT, COUNT / 3, 0],
  channels: {
    often: { values: numbers(0) },
    seldom: { values: numbers(200, 3, COUNT / 3) },
    never: { values: [] },
  },
}));

/** Record ids that no 64-bit float tells apart. */
const LARGE_IDS: Feature = {
  name: "record-ids-beyond-2-to-the-53",
  make() {
    const file = new FileBuilder();
    const first = 2n ** 60n + 1n;
    const records = numbers(0).flatMap((i) => [...idOf(first + BigInt(i % 2), 8), i]);
    const { groups } = file.dataGroup({
      recordIdSize: 8,
      groups: [byte("even"), byte("odd")].map((channel) => ({ channels: [channel] })),
      records: Uint8Array.from(records),
      blockSizes: [7],
    });
    // The id is the first field behind the six links of the block.
    groups.forEach(({ cg }, i) => file.patchBytes(cg + 24 + 48, idOf(first + BigInt(i), 8)));
    return file.bytes();
  },
  records: [COUNT / 2, COUNT / 2],
  channels: {
    even: { values: numbers(0, 2, COUNT / 2) },
    odd: { values: numbers(1, 2, COUNT / 2) },
  },
};

const UNKNOWN_ID: Feature = {
  name: "record-id-that-no-group-has",
  make() {
    const file = new FileBuilder();
    file.dataGroup({
      recordIdSize: 1,
      groups: [1, 2].map((id) => ({ cg_record_id: id, channels: [byte(`c${id}`)] })),
      records: Uint8Array.of(1, 10, 2, 20, 7, 30, 1, 11),
      blockSizes: [3],
    });
    file.group({ channels: [byte("elsewhere")], records: Uint8Array.of(5, 6, 7) });
    return file.bytes();
  },
  channels: {
    c1: { error: [CorruptFileError, "which no channel group of the data group has"] },
    elsewhere: { values: [5, 6, 7] },
  },
};

/** Counters that are wrong; the data tells. */
const COUNTERS = [0, 3, 4000].map((count): Feature => ({
  name: `counter-of-${count}-over-${COUNT}-records`,
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [{ name: "x", cn_bit_count: 16 }],
      cg_cycle_count: count,
      records: makeRecords(COUNT, 2, (record, i) => record.set([i, 1])),
      blockSizes: [5],
    });
    return file.bytes();
  },
  records: [COUNT],
  channels: { x: { values: numbers(256) } },
}));

/** Signals that share bits, within and across bytes. */
const OVERLAPPING: Feature = {
  name: "signals-that-overlap",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [
        { name: "all", cn_bit_count: 32 },
        { name: "middle", cn_byte_offset: 0, cn_bit_offset: 6, cn_bit_count: 12 },
        { name: "motorola", cn_data_type: 1, cn_byte_offset: 1, cn_bit_count: 16 },
        { name: "bit", cn_byte_offset: 2, cn_bit_offset: 7, cn_bit_count: 1 },
      ],
      records: makeRecords(3, 4, (record, i) => {
        putBits(record, { byte: 0, bits: 32 }, [0x12345678n, 0xffffffffn, 0x00800000n][i]);
      }),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: {
    all: { values: [0x12345678, 0xffffffff, 0x00800000] },
    middle: { values: [(0x12345678 >> 6) & 0xfff, 0xfff, 0] },
    motorola: { values: [0x5634, 0xffff, 0x0080] },
    bit: { values: [0, 1, 1] },
  },
};

/** Lengths and ids that are cut in two by the end of a block. */
const CUT_LENGTHS = [1, 2, 3, 5].map((blockBytes): Feature => ({
  name: `variable-length-group-in-blocks-of-${blockBytes}-bytes`,
  make() {
    const file = new FileBuilder();
    const texts = ["", "ab", "c", "defghij", "", "k"];
    const records: number[] = [];
    let place = 0;
    for (const text of texts) {
      records.push(0, 9, text.length, 0, 0, 0, ...new TextEncoder().encode(text));
      records.push(0, 4, place, 0, 0, 0);
      place += 4 + text.length;
    }
    const { groups } = file.dataGroup({
      recordIdSize: 2,
      groups: [
        { cg_record_id: 0x0900, cg_flags: 1, channels: [] },
        {
          cg_record_id: 0x0400,
          channels: [{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 32 }],
        },
      ],
      records: Uint8Array.from(records),
      blockSizes: [blockBytes],
    });
    file.patchLink(groups[1].channels[0], "cn_data", groups[0].cg);
    return file.bytes();
  },
  channels: { text: { values: ["", "ab", "c", "defghij", "", "k"] } },
}));

/** Ids, mixtures, counters, overlaps. */
export const RECORD_FEATURES: Feature[] = [
  ...ALONE,
  ...MIXED,
  LARGE_IDS,
  UNKNOWN_ID,
  ...COUNTERS,
  OVERLAPPING,
  ...CUT_LENGTHS,
];
