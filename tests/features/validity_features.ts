/**
 * Which samples are valid: bits in records, in columns and in mixed records.
 *
 * @module
 */
import { DI, DV, LD } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { makeRecords } from "./_record_bits.ts";

const COUNT = 11;
const VALUES = Array.from({ length: COUNT }, (_, i) => 5 * i);
/** Every third sample is invalid, from the second on. */
const VALID = VALUES.map((_, i) => i % 3 !== 1);

const channel = (position: number, more = {}) => ({
  ...{ name: "x", cn_byte_offset: 1, cn_bit_count: 8, cn_flags: 2, cn_inval_bit_pos: position },
  ...more,
});

/** A record: an unused byte, the value, then three bytes of bits. */
function putRecord(record: Uint8Array, i: number, position: number): void {
  record[1] = VALUES[i];
  const at = 2 + (position >> 3);
  const mask = 1 << (position & 7);
  record[at] = VALID[i] ? record[at] & ~mask : record[at] | mask;
}

const IN_RECORDS = [0, 7, 8, 13, 23].map((position): Feature => ({
  name: `invalidation-bit-${position}-in-records`,
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [channel(position), { name: "always", cn_bit_count: 8, cn_byte_offset: 1 }],
      cg_data_bytes: 2,
      cg_inval_bytes: 3,
      records: makeRecords(COUNT, 5, (record, i) => putRecord(record, i, position)),
      blockSizes: [7],
    });
    return file.bytes();
  },
  channels: { x: { values: VALUES, valid: VALID }, always: { values: VALUES } },
}));

const IN_MIXED: Feature = {
  name: "invalidation-bits-in-mixed-records",
  make() {
    const file = new FileBuilder();
    const rows = VALUES.flatMap((_, i) => {
      const record = new Uint8Array(5).fill(0xff);
      putRecord(record, i, 9);
      return [1, ...record, ...(i % 2 === 0 ? [2, 0x55] : [])];
    });
    file.dataGroup({
      recordIdSize: 1,
      groups: [
        { cg_record_id: 1, channels: [channel(9)], cg_data_bytes: 2, cg_inval_bytes: 3 },
        { cg_record_id: 2, channels: [{ name: "other", cn_bit_count: 8 }] },
      ],
      records: Uint8Array.from(rows),
      blockSizes: [7, 4],
    });
    return file.bytes();
  },
  channels: {
    x: { values: VALUES, valid: VALID },
    other: { values: VALUES.filter((_, i) => i % 2 === 0).map(() => 0x55) },
  },
};

/** All values are invalid, whatever the bits say and whether there are any. */
const ALL_INVALID: Feature[] = ([
  ["without-bits", 1],
  ["over-bits-that-say-valid", 1 + 2],
] as const).map(([name, cn_flags]) => ({
  name: `all-values-invalid-${name}-in-mixed-records`,
  make() {
    const file = new FileBuilder();
    const rows = VALUES.flatMap((value, i) => [1, 0xee, value, 0, 0, 0, ...(i % 2 ? [2, i] : [])]);
    file.dataGroup({
      recordIdSize: 1,
      groups: [
        {
          ...{ cg_record_id: 1, cg_data_bytes: 2, cg_inval_bytes: 3 },
          channels: [channel(9, { cn_flags }), channel(10, { name: "valid" })],
        },
        { cg_record_id: 2, channels: [{ name: "other", cn_bit_count: 8 }] },
      ],
      records: Uint8Array.from(rows),
      blockSizes: [7, 4],
    });
    return file.bytes();
  },
  channels: {
    x: { values: VALUES, valid: VALUES.map(() => false) },
    valid: { values: VALUES },
    other: { values: [1, 3, 5, 7, 9] },
  },
}));

const BEYOND_IN_MIXED: Feature = {
  name: "invalidation-bit-beyond-its-bytes-in-mixed-records",
  make() {
    const file = new FileBuilder();
    file.dataGroup({
      recordIdSize: 1,
      groups: [
        {
          ...{ cg_record_id: 1, cg_data_bytes: 2, cg_inval_bytes: 2 },
          channels: [channel(16), channel(15, { name: "last", cn_byte_offset: 0 })],
        },
        { cg_record_id: 2, channels: [{ name: "other", cn_bit_count: 8 }] },
      ],
      records: Uint8Array.of(...[1, 7, 8, 0, 0x80], ...[2, 5], ...[1, 9, 9, 0xff, 0x7f]),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: {
    x: { error: [CorruptFileError, "16"] },
    last: { values: [7, 9], valid: [false, true] },
    other: { values: [5] },
  },
};

const BEYOND: Feature = {
  name: "invalidation-bit-beyond-its-bytes",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [channel(8), { name: "good", cn_bit_count: 8 }],
      cg_inval_bytes: 1,
      records: Uint8Array.of(1, 2, 0, 3, 4, 0),
    });
    return file.bytes();
  },
  channels: { x: { error: [CorruptFileError, "8"] }, good: { values: [1, 3] } },
};

const NOT_USED: Feature = {
  name: "invalidation-bytes-that-no-channel-uses",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [{ name: "x", cn_bit_count: 8 }],
      cg_inval_bytes: 2,
      records: makeRecords(COUNT, 3, (record, i) => record.set([VALUES[i], 0xff, 0xff])),
      blockSizes: [4],
    });
    return file.bytes();
  },
  records: [COUNT],
  channels: { x: { values: VALUES } },
};

type Blocks = (file: FileBuilder, bytes: Uint8Array, first: boolean) => number;

/** Column-oriented data in two blocks each of values and of invalidation bytes. */
function columns(name: string, values: Blocks, bits: Blocks | undefined): Feature {
  return {
    name: `columns-${name}`,
    make() {
      const file = new FileBuilder({ version: "4.20" });
      const data = makeRecords(COUNT, 3, (record, i) => record.set([0xee, VALUES[i], 0xee]));
      const invalid = Uint8Array.from(VALID, (valid) => valid ? 0xfb : 0xff);
      const cut = 4;
      const moreLinks = [
        values(file, data.subarray(0, 3 * cut), true),
        values(file, data.subarray(3 * cut), false),
      ];
      if (bits) {
        moreLinks.push(bits(file, invalid.subarray(0, cut), true));
        moreLinks.push(bits(file, invalid.subarray(cut), false));
      }
      const list = file.add(LD, {
        moreLinks,
        fields: { ld_flags: bits ? 0x80000000 : 0, ld_count: 2, ld_sample_offset: [0, cut] },
      });
      file.group({
        channels: [channel(2)],
        ...{ cg_data_bytes: 3, cg_inval_bytes: 1, cg_cycle_count: COUNT, dataLink: list },
      });
      return file.bytes();
    },
    records: [COUNT],
    channels: { x: { values: VALUES, ...(bits ? { valid: VALID } : {}) } },
  };
}

const plain = (table: typeof DV | typeof DI): Blocks => (file, payload) =>
  file.add(table, { payload });
const packed = (kind: string, zip: number, width: number): Blocks => (file, bytes) =>
  addPacked(file, kind, bytes, zip, width);

const IN_COLUMNS: Feature[] = [
  columns("without-invalidation-blocks", plain(DV), undefined),
  columns("with-invalidation-blocks", plain(DV), plain(DI)),
  columns("compressed-with-invalidation-blocks", packed("DV", 0, 0), packed("DI", 0, 0)),
  // Each kind of block is transposed by a parameter of its own.
  columns("transposed-with-invalidation-blocks", packed("DV", 1, 3), packed("DI", 1, 2)),
];

const NIL_BLOCK: Feature = {
  ...columns(
    "where-one-invalidation-block-is-nil",
    plain(DV),
    (file, payload, first) => first ? 0 : file.add(DI, { payload }),
  ),
  channels: { x: { values: VALUES, valid: VALID.map((valid, i) => i < 4 || valid) } },
};

const ONE_BLOCK: Feature = {
  name: "columns-in-one-block-without-a-list",
  make() {
    const file = new FileBuilder({ version: "4.20" });
    const payload = makeRecords(COUNT, 2, (record, i) => record.set([0xee, VALUES[i]]));
    file.group({
      channels: [{ name: "x", cn_byte_offset: 1, cn_bit_count: 8 }],
      ...{ cg_cycle_count: COUNT, dataLink: file.add(DV, { payload }) },
    });
    return file.bytes();
  },
  records: [COUNT],
  channels: { x: { values: VALUES } },
};

/** Bits in records and columns, used or not. */
export const VALIDITY_FEATURES: Feature[] = [
  ...IN_RECORDS,
  IN_MIXED,
  ...ALL_INVALID,
  BEYOND,
  BEYOND_IN_MIXED,
  NOT_USED,
  ...IN_COLUMNS,
  NIL_BLOCK,
  ONE_BLOCK,
];
