/**
 * Column-oriented data: values and invalidation bytes in blocks of their own, in lists of every kind.
 *
 * @module
 */
import { DI, DV, HL, LD } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, UnsupportedFeatureError } from "../../mod.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import type { ExpectedChannel, Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { makeRecords, putBits } from "./_record_bits.ts";

const COUNT = 23;
const DATA_BYTES = 5;
const INVALID_BYTES = 2;
const WIDE = Array.from({ length: COUNT }, (_, i) => 0x10000 + 259 * i);
const NARROW = WIDE.map((_, i) => i % 8);
/** The two channels have bits of their own: the first bit, and the third of the second byte. */
const WIDE_VALID = WIDE.map((_, i) => i % 4 !== 0);
const NARROW_VALID = WIDE.map((_, i) => i % 5 < 3);

const CHANNELS: readonly ChannelParts[] = [
  { name: "wide", cn_data_type: 1, cn_byte_offset: 1, cn_bit_count: 24, cn_flags: 2 },
  { name: "narrow", cn_byte_offset: 4, cn_bit_offset: 3, cn_bit_count: 3, cn_flags: 2 },
].map((channel, i) => ({ ...channel, cn_inval_bit_pos: 10 * i }));

/** The first byte of a record belongs to no channel. */
function values(): Uint8Array {
  return makeRecords(COUNT, DATA_BYTES, (record, i) => {
    putBits(record, { byte: 1, bits: 24, bigEndian: true }, BigInt(WIDE[i]));
    putBits(record, { byte: 4, bit: 3, bits: 3 }, BigInt(NARROW[i]));
  });
}

function invalidation(): Uint8Array {
  return makeRecords(COUNT, INVALID_BYTES, (record, i) => {
    putBits(record, { byte: 0, bits: 1 }, WIDE_VALID[i] ? 0n : 1n);
    putBits(record, { byte: 1, bit: 2, bits: 1 }, NARROW_VALID[i] ? 0n : 1n);
  });
}

/** Which samples are valid when only those `from` to `to` (exclusive) have invalidation bytes. */
const validIn = (from: number, to: number): Record<string, ExpectedChannel> => ({
  wide: { values: WIDE, valid: WIDE_VALID.map((valid, i) => i < from || i >= to || valid) },
  narrow: { values: NARROW, valid: NARROW_VALID.map((valid, i) => i < from || i >= to || valid) },
});

/** Where there are no invalidation bytes at all. */
const ALL_VALID = { wide: { values: WIDE }, narrow: { values: NARROW } };
const ALL = validIn(0, COUNT);

type Add = (file: FileBuilder, bytes: Uint8Array) => number;
const plainValues: Add = (file, payload) => file.add(DV, { payload });
const plainBits: Add = (file, payload) => file.add(DI, { payload });
const packedValues = (zip: number, columns = 0): Add => (file, bytes) =>
  addPacked(file, "DV", bytes, zip, columns);
const packedBits = (zip: number, columns = 0): Add => (file, bytes) =>
  addPacked(file, "DI", bytes, zip, columns);

/** The samples from one place to another, as a block each of values and of invalidation bytes. */
function part(file: FileBuilder, from: number, to: number, one = plainValues, other = plainBits) {
  return {
    values: one(file, values().subarray(DATA_BYTES * from, DATA_BYTES * to)),
    bits: other(file, invalidation().subarray(INVALID_BYTES * from, INVALID_BYTES * to)),
    from,
  };
}
type Part = ReturnType<typeof part>;

const INVALIDATION_PRESENT = 0x80000000;

/** A list of parts; further flags need fields of their own. */
function list(
  file: FileBuilder,
  parts: readonly Part[],
  { flags = 0, next = 0, fields = {}, without = false } = {},
): number {
  const bits = without ? [] : parts.map(({ bits }) => bits);
  return file.add(LD, {
    links: { ld_next: next },
    moreLinks: [...parts.map(({ values }) => values), ...bits],
    fields: {
      ld_flags: (without ? 0 : INVALIDATION_PRESENT) + flags,
      ld_count: parts.length,
      ...(flags & 1 ? {} : { ld_sample_offset: parts.map(({ from }) => from) }),
      ...fields,
    },
  });
}

function columns(
  name: string,
  data: (file: FileBuilder) => number,
  channels: Record<string, ExpectedChannel> = ALL,
): Feature {
  const failing = Object.values(channels).some(({ error }) => error);
  return {
    name: `columns-${name}`,
    make() {
      const file = new FileBuilder({ version: "4.30" });
      file.group({
        ...{ channels: CHANNELS, cg_data_bytes: DATA_BYTES, cg_inval_bytes: INVALID_BYTES },
        ...{ cg_cycle_count: COUNT, dataLink: data(file) },
      });
      file.group({ channels: [{ name: "rows", cn_bit_count: 8 }], records: Uint8Array.of(3, 4) });
      return file.bytes();
    },
    ...(failing ? {} : { records: [COUNT, 2] }),
    channels: { ...channels, rows: { values: [3, 4] } },
  };
}

/** Three parts of different lengths. */
const three = (file: FileBuilder, one?: Add, other?: Add) => [
  part(file, 0, 7, one, other),
  part(file, 7, 12, one, other),
  part(file, 12, COUNT, one, other),
];

const LISTS: Feature[] = [
  columns("in-a-list-by-sample-offsets", (file) => list(file, three(file))),
  columns("in-a-list-of-equal-sample-counts", (file) => {
    const parts = [part(file, 0, 9), part(file, 9, 18), part(file, 18, COUNT)];
    return list(file, parts, { flags: 1, fields: { ld_equal_sample_count: [9] } });
  }),
  columns("in-a-list-with-times-angles-and-distances", (file) =>
    list(file, three(file), {
      flags: 2 + 4 + 8,
      fields: {
        ld_time_values: [0n, -1n, 1_000_000_000n],
        ld_angle_values: [0, NaN, 1e300],
        ld_distance_values: [-0.5, 0, Infinity],
      },
    })),
  columns("in-lists-that-go-on", (file) => {
    const [first, second, third] = three(file);
    const last = list(file, [third]);
    const none = list(file, [], { next: last });
    return list(file, [first, second], { next: none });
  }),
  columns("in-a-list-behind-a-list-header", (file) =>
    file.add(HL, {
      links: { hl_dl_first: list(file, three(file, packedValues(0), packedBits(0))) },
      fields: { hl_flags: 0, hl_zip_type: 0 },
    })),
  columns("in-a-list-of-plain-and-compressed-blocks", (file) =>
    list(file, [
      part(file, 0, 3, plainValues, packedBits(1, INVALID_BYTES)),
      part(file, 3, 4, packedValues(0), plainBits),
      part(file, 4, 17, packedValues(1, DATA_BYTES), packedBits(0)),
      part(file, 17, COUNT),
    ])),
];

const METHODS = ["deflate", "zstd", "lz4"].flatMap((method) => [method, `transposed-${method}`]);

/** Values are transposed by their bytes, invalidation bytes by theirs, with a rest behind the rows. */
const COMPRESSED: Feature[] = METHODS.flatMap((method, zip) =>
  (zip % 2 === 0 ? [[0, 0]] : [[DATA_BYTES, INVALID_BYTES], [4, 3]]).map(([wide, narrow]) =>
    columns(
      `compressed-by-${method}${wide ? `-into-${wide}-and-${narrow}` : ""}`,
      (file) => list(file, three(file, packedValues(zip, wide), packedBits(zip, narrow))),
    )
  )
);

const PARTLY_VALID: Feature[] = [
  columns(
    "whose-lists-have-no-invalidation-blocks",
    (file) => list(file, three(file), { without: true }),
    ALL_VALID,
  ),
  columns(
    "whose-blocks-break-records-and-have-no-invalidation-blocks",
    (file) =>
      list(
        file,
        [[0, 12], [12, 31], [31, DATA_BYTES * COUNT]].map(([from, to]) => ({
          values: plainValues(file, values().subarray(from, to)),
          bits: 0,
          from: Math.ceil(from / DATA_BYTES),
        })),
        { without: true },
      ),
    ALL_VALID,
  ),
  columns(
    "whose-invalidation-blocks-are-all-nil",
    (file) => list(file, three(file).map((part) => ({ ...part, bits: 0 }))),
    ALL_VALID,
  ),
  columns("whose-middle-invalidation-block-alone-is-there", (file) => {
    const [first, second, third] = three(file);
    return list(file, [{ ...first, bits: 0 }, second, { ...third, bits: 0 }]);
  }, validIn(7, 12)),
  columns("whose-first-list-alone-has-invalidation-blocks", (file) => {
    const [first, second, third] = three(file);
    const last = list(file, [second, third], { without: true });
    return list(file, [first], { next: last });
  }, validIn(0, 7)),
  columns(
    "in-one-block-have-no-invalidation-bytes",
    (file) => plainValues(file, values()),
    ALL_VALID,
  ),
  columns(
    "in-one-compressed-block-without-a-list",
    (file) => packedValues(1, DATA_BYTES)(file, values()),
    ALL_VALID,
  ),
];

const refused = (
  name: string,
  error: NonNullable<ExpectedChannel["error"]>,
  data: (file: FileBuilder) => number,
) => columns(name, data, { wide: { error }, narrow: { error } });

const WRONG: Feature[] = [
  refused("beside-too-few-invalidation-bytes", [CorruptFileError, "invalidation"], (file) => {
    const [first, ...rest] = three(file);
    const bits = plainBits(file, invalidation().subarray(0, 6 * INVALID_BYTES));
    return list(file, [{ ...first, bits }, ...rest]);
  }),
  refused("with-rows-among-them", [UnsupportedFeatureError, "DT"], (file) => {
    const [first, second, third] = three(file);
    const rows = file.data("DT", values().subarray(7 * DATA_BYTES, 12 * DATA_BYTES));
    return list(file, [first, { ...second, values: rows }, third]);
  }),
  refused("with-values-for-invalidation-bytes", [UnsupportedFeatureError, "DV"], (file) => {
    const [first, second, third] = three(file);
    return list(file, [first, { ...second, bits: second.values }, third]);
  }),
  refused("in-a-list-that-counts-too-many", [CorruptFileError, "4"], (file) => {
    const at = list(file, three(file), { flags: 1, fields: { ld_equal_sample_count: [9] } });
    file.patchField(at, "ld_count", 4);
    return at;
  }),
];

/** One channel is invalid throughout; the other one has its bits. */
const ALL_INVALID: Feature = {
  name: "columns-whose-channel-is-all-invalid",
  make() {
    const file = new FileBuilder({ version: "4.20" });
    file.group({
      channels: CHANNELS.map((channel, i) => i === 0 ? { ...channel, cn_flags: 1 } : channel),
      ...{ cg_data_bytes: DATA_BYTES, cg_inval_bytes: INVALID_BYTES, cg_cycle_count: COUNT },
      dataLink: list(file, three(file)),
    });
    return file.bytes();
  },
  channels: { wide: { values: WIDE, valid: WIDE.map(() => false) }, narrow: ALL.narrow },
};

/** Groups of columns share the master of a third one. */
const REMOTE_MASTER: Feature = {
  name: "columns-with-a-remote-master",
  make() {
    const file = new FileBuilder({ version: "4.20" });
    const payload = Uint8Array.from(WIDE, (_, i) => 2 * i);
    const times = file.group({
      channels: [{ name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 8 }],
      cg_cycle_count: COUNT,
      dataLink: file.add(LD, {
        moreLinks: [
          file.add(DV, { payload: payload.subarray(0, 10) }),
          file.add(DV, { payload: payload.subarray(10) }),
        ],
        fields: { ld_count: 2, ld_sample_offset: [0, 10] },
      }),
    });
    file.group({
      channels: CHANNELS,
      ...{ cg_flags: 8, moreLinks: [times.cg], cg_cycle_count: COUNT },
      ...{ cg_data_bytes: DATA_BYTES, cg_inval_bytes: INVALID_BYTES },
      dataLink: list(file, three(file)),
    });
    return file.bytes();
  },
  records: [COUNT, COUNT],
  channels: {
    wide: { ...ALL.wide, timestamps: WIDE.map((_, i) => 2 * i) },
    narrow: { ...ALL.narrow, timestamps: WIDE.map((_, i) => 2 * i) },
  },
};

/** Lists, compression, validity and mistakes of column-oriented data. */
export const COLUMN_FEATURES: Feature[] = [
  ...LISTS,
  ...COMPRESSED,
  ...PARTLY_VALID,
  ...WRONG,
  ALL_INVALID,
  REMOTE_MASTER,
];
