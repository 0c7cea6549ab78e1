/**
 * Records of several groups by turns: wrong counters, records without bytes, values of variable
 * length; and containers of several signals.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { CorruptFileError } from "../../mod.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { floatBits, lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const byte = (name: string, at = 0): ChannelParts => ({
  ...{ name, cn_byte_offset: at, cn_bit_count: 8 },
});

/** Five records of the first group and three of the second; equally long, so that sums agree. */
const TURNS = [1, 2, 1, 1, 2, 1, 2, 1];
const OF_GROUP = [1, 2].map((id) => TURNS.flatMap((turn, i) => turn === id ? [10 * i + id] : []));

const COUNTS = OF_GROUP.map(({ length }) => length);

const COUNTERS: Feature[] = ([
  ["of-0", [0, 0]],
  ["too-low", [4, 1]],
  ["too-high", [4000, 3]],
  ["that-are-exchanged", [3, 5]],
  ["beyond-the-file", [2 ** 52, 2 ** 52]],
] as const).map(([name, counters]) => ({
  name: `counters-${name}-in-mixed-groups`,
  make() {
    const file = new FileBuilder();
    file.dataGroup({
      recordIdSize: 1,
      groups: counters.map((cg_cycle_count, i) => ({
        ...{ cg_record_id: i + 1, cg_cycle_count, cg_data_bytes: 2 },
        channels: [byte(`c${i + 1}`, 1)],
      })),
      records: Uint8Array.from(TURNS.flatMap((id, i) => [id, 0xee, 10 * i + id])),
      blockSizes: [4, 5],
    });
    return file.bytes();
  },
  // Only the data tells that counters were exchanged, and it is not read before it is asked for.
  ...(name === "that-are-exchanged" ? {} : { records: COUNTS }),
  channels: { c1: { values: OF_GROUP[0] }, c2: { values: OF_GROUP[1] } },
  check: (mdf) => assertEquals(mdf.groups.map(({ recordCount }) => recordCount), COUNTS),
}));

/** A record may be nothing but its id; its channel then counts the records. */
const ID_ONLY: Feature[] = [1, 2, 4, 8].map((idBytes) => ({
  name: `records-of-nothing-but-an-id-of-${idBytes}-bytes`,
  make() {
    const file = new FileBuilder();
    const id = (value: number) => [...new Array(idBytes - 1).fill(0), value];
    const records = TURNS.flatMap((turn, i) => turn === 1 ? [...id(1), 10 * i + 1] : id(2));
    file.dataGroup({
      recordIdSize: idBytes,
      groups: [
        { cg_record_id: 256 ** (idBytes - 1), channels: [byte("c1")] },
        { cg_record_id: 2 * 256 ** (idBytes - 1), channels: [{ name: "nth", cn_type: 6 }] },
      ],
      records: Uint8Array.from(records),
      blockSizes: [idBytes === 1 ? 4 : 3, 2],
    });
    return file.bytes();
  },
  records: COUNTS,
  channels: { c1: { values: OF_GROUP[0] }, nth: { values: [0, 1, 2] } },
}));

const WORDS = ["", "first", "é", "a longer word than the blocks", "end"];
const encoded = WORDS.map((word) => new TextEncoder().encode(word));

/** A channel whose values lie in the records of another group. */
const word = (name: string, at = 0): ChannelParts => ({
  ...{ name, cn_type: 1, cn_data_type: 7, cn_byte_offset: at, cn_bit_count: 64 },
});

const littleEndian = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** Two groups of values and two of places to these, by turns; the places name values in any order. */
const VARIABLE: Feature[] = [1, 2, 4, 8].flatMap((idBytes) =>
  [3, 7].map((blockBytes): Feature => ({
    name: `variable-length-groups-with-ids-of-${idBytes}-bytes-in-blocks-of-${blockBytes}`,
    make() {
      const file = new FileBuilder();
      const { at } = lengthPrefixed(encoded);
      const id = (value: number) => littleEndian(value, idBytes);
      const records: number[] = [];
      const last = WORDS.length - 1;
      for (let i = 0; i <= last; i++) {
        records.push(...id(7), ...littleEndian(encoded[i].length, 4), ...encoded[i]);
        // The second group holds the same values backwards, one byte each of them longer.
        const back = encoded[last - i];
        records.push(...id(9), ...littleEndian(back.length + 1, 4), 0x3e, ...back);
        records.push(...id(3), i);
      }
      let backAt = 0;
      for (let i = 0; i <= last; i++) {
        const backwards = encoded[last - i];
        records.push(...id(5), ...littleEndian(at[last - i], 8), ...littleEndian(backAt, 8));
        backAt += 4 + backwards.length + 1;
      }
      const { groups } = file.dataGroup({
        recordIdSize: idBytes,
        groups: [
          { cg_record_id: 7, cg_flags: 1, channels: [] },
          { cg_record_id: 3, channels: [byte("plain")] },
          { cg_record_id: 5, channels: [word("up"), word("marked", 8), word("again")] },
          { cg_record_id: 9, cg_flags: 1, channels: [] },
        ],
        records: Uint8Array.from(records),
        blockSizes: [blockBytes],
      });
      const [up, marked, again] = groups[2].channels;
      file.patchLink(up, "cn_data", groups[0].cg);
      file.patchLink(marked, "cn_data", groups[3].cg);
      file.patchLink(again, "cn_data", groups[0].cg);
      return file.bytes();
    },
    channels: {
      plain: { values: [0, 1, 2, 3, 4] },
      up: { values: WORDS.toReversed() },
      again: { values: WORDS.toReversed() },
      marked: { values: WORDS.toReversed().map((text) => `>${text}`) },
    },
  }))
);

/** Every record but the last is whole. */
const CUT: Feature = {
  name: "mixed-records-whose-last-one-is-cut-off",
  make() {
    const file = new FileBuilder();
    file.dataGroup({
      recordIdSize: 2,
      groups: [1, 2].map((id) => ({
        ...{ cg_record_id: id, cg_cycle_count: 1, cg_data_bytes: 4 },
        channels: [byte(`c${id}`)],
      })),
      records: Uint8Array.of(1, 0, 5, 5, 5, 5, 2, 0, 6, 6, 6),
      blockSizes: [4],
    });
    file.group({ channels: [byte("elsewhere")], records: Uint8Array.of(5, 6, 7) });
    return file.bytes();
  },
  channels: {
    c1: { error: [CorruptFileError, "needs 6 bytes and 5 are left"] },
    elsewhere: { values: [5, 6, 7] },
  },
};

const FLOATS = [[0.5, 1.5], [-1e10, -2], [3, 0.25], [-0.125, -0]].map((pair) =>
  pair.map(Math.fround)
);
const FRAMES = FLOATS.map(([low, high]) => floatBits(low, 32) | (floatBits(high, 32) << 32n));

/** A frame of 64 bits holds two floats, and integers that share its bytes with them. */
const CONTAINER: Feature = {
  name: "container-of-64-bits-with-two-floats-and-integers",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [
        { ...byte("frame"), cn_byte_offset: 1, cn_bit_count: 64 },
        { name: "low", cn_data_type: 4, cn_byte_offset: 1, cn_bit_count: 32 },
        { name: "high", cn_data_type: 4, cn_byte_offset: 5, cn_bit_count: 32 },
        { name: "sign", cn_byte_offset: 8, cn_bit_offset: 7, cn_bit_count: 1 },
        { name: "exponent", cn_byte_offset: 7, cn_bit_offset: 7, cn_bit_count: 8 },
      ],
      cg_data_bytes: 10,
      records: makeRecords(FLOATS.length, 10, (record, i) => {
        putBits(record, { byte: 1, bits: 64 }, FRAMES[i]);
      }),
      blockSizes: [7, 9],
    });
    return file.bytes();
  },
  channels: {
    frame: { values: FRAMES },
    low: { values: FLOATS.map(([low]) => low) },
    high: { values: FLOATS.map(([, high]) => high) },
    sign: { values: [0, 1, 0, 1] },
    // Of 1.5, -2, 0.25 and -0, with their offset of 127.
    exponent: { values: [127, 128, 125, 0] },
  },
};
/** Counters, ids alone, values of variable length, containers. */
export const MIXED_RECORD_FEATURES: Feature[] = [
  ...COUNTERS,
  ...ID_ONLY,
  ...VARIABLE,
  CUT,
  CONTAINER,
];
