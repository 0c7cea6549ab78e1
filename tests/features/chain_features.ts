/**
 * Ways in which the data of a group is cut into blocks.
 *
 * @module
 */
import { DL, DT, HL } from "../../lib/blocks/block_tables.ts";
import { UnsupportedFeatureError } from "../../mod.ts";
import { type DataParts, FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { makeRecords, putBits } from "./_record_bits.ts";

const RECORD_BYTES = 5;
const COUNT = 19;
const VALUES = Array.from({ length: COUNT }, (_, i) => 1000 * i + 7);

function records(): Uint8Array {
  return makeRecords(COUNT, RECORD_BYTES, (record, i) => {
    putBits(record, { byte: 1, bits: 24 }, BigInt(VALUES[i]));
  });
}

function chainFeature(name: string, data: (file: FileBuilder) => number): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{ name: "x", cn_byte_offset: 1, cn_bit_count: 24 }],
        cg_data_bytes: RECORD_BYTES,
        cg_cycle_count: COUNT,
        dataLink: data(file),
      });
      return file.bytes();
    },
    records: [COUNT],
    channels: { x: { values: VALUES } },
  };
}

const cut = (name: string, parts: DataParts) =>
  chainFeature(name, (file) => file.data("DT", records(), parts));

/** Cuts the records at the given places into DT blocks. */
function blocks(file: FileBuilder, ...ends: number[]): number[] {
  const bytes = records();
  return [...ends, bytes.length].map((end, i) =>
    file.add(DT, { payload: bytes.subarray(ends[i - 1] ?? 0, end) })
  );
}

const EMPTY_BLOCKS = chainFeature("data-list-with-empty-blocks-and-nil-links", (file) => {
  const [first, second, third] = blocks(file, 33, 64);
  const empty = file.add(DT, { payload: new Uint8Array(0) });
  const moreLinks = [empty, first, 0, second, empty, third, 0];
  const dl_offset = [0, 0, 33, 33, 64, 64, 95];
  return file.add(DL, { moreLinks, fields: { dl_count: 7, dl_offset } });
});

const EMPTY_LISTS = chainFeature("data-lists-without-blocks-between-others", (file) => {
  const [first, second] = blocks(file, 47);
  const last = file.add(DL, { moreLinks: [second], fields: { dl_count: 1, dl_offset: [47] } });
  const none = file.add(DL, { links: { dl_dl_next: last }, fields: { dl_count: 0 } });
  return file.add(DL, {
    links: { dl_dl_next: none },
    moreLinks: [first],
    fields: { dl_count: 1, dl_offset: [0] },
  });
});

const TIMES = chainFeature("data-list-with-times-angles-and-distances", (file) => {
  const moreLinks = blocks(file, 31, 62);
  return file.add(DL, {
    moreLinks,
    fields: {
      ...{ dl_flags: 2 + 4 + 8, dl_count: 3, dl_offset: [0, 31, 62] },
      dl_time_values: [0n, 1_000_000_000n, -1n],
      dl_angle_values: [0, 1.5, NaN],
      dl_distance_values: [0, -1e300, Infinity],
    },
  });
});

const EQUAL_AND_TIMES = chainFeature("data-list-of-equal-length-with-times", (file) => {
  const moreLinks = blocks(file, 32, 64);
  return file.add(DL, {
    moreLinks,
    fields: { dl_flags: 1 + 2, dl_count: 3, dl_equal_length: [32], dl_time_values: [5n, 6n, 7n] },
  });
});

/** A header that promises compressed data of equal length, before blocks that are neither. */
const HEADER_ONLY_HINTS = chainFeature("list-header-that-promises-other-blocks", (file) => {
  const moreLinks = blocks(file, 13, 64);
  const dl = file.add(DL, { moreLinks, fields: { dl_count: 3, dl_offset: [0, 13, 64] } });
  return file.add(HL, { links: { hl_dl_first: dl }, fields: { hl_flags: 1, hl_zip_type: 1 } });
});

const MIXED_BLOCKS = chainFeature("data-list-of-plain-and-compressed-blocks", (file) => {
  const bytes = records();
  const moreLinks = [
    file.add(DT, { payload: bytes.subarray(0, 17) }),
    addPacked(file, "DT", bytes.subarray(17, 48), 0),
    addPacked(file, "DT", bytes.subarray(48, 81), 1, RECORD_BYTES),
    file.add(DT, { payload: bytes.subarray(81) }),
  ];
  return file.add(DL, { moreLinks, fields: { dl_count: 4, dl_offset: [0, 17, 48, 81] } });
});

const BROKEN: Feature = {
  name: "data-list-with-a-block-that-is-no-data",
  make() {
    const file = new FileBuilder();
    const [first] = blocks(file, 40);
    const list = file.add(DL, {
      moreLinks: [first, file.text("no data")],
      fields: { dl_count: 2, dl_offset: [0, 40] },
    });
    file.group({ channels: [{ name: "bad", cn_bit_count: 8 }], dataLink: list, cg_cycle_count: 9 });
    file.group({ channels: [{ name: "good", cn_bit_count: 8 }], records: Uint8Array.of(4, 5) });
    return file.bytes();
  },
  channels: { bad: { error: [UnsupportedFeatureError, "TX"] }, good: { values: [4, 5] } },
};

/** One block, lists of every kind, and lists that are odd. */
export const CHAIN_FEATURES: Feature[] = [
  cut("data-in-one-block", {}),
  cut("data-in-a-list-by-offsets", { blockSizes: [7, 11, 2] }),
  cut("data-in-a-list-of-equal-length", { blockSizes: [13], equalLength: true }),
  cut("data-in-lists-that-go-on", { blockSizes: [4], listLength: 3 }),
  cut("data-in-one-compressed-block", { zip: true }),
  cut("data-in-one-transposed-block", { zip: RECORD_BYTES }),
  cut("data-in-a-list-of-compressed-blocks", { blockSizes: [31], zip: true }),
  cut("data-in-a-list-of-transposed-blocks-with-a-rest", { blockSizes: [33], zip: RECORD_BYTES }),
  EMPTY_BLOCKS,
  EMPTY_LISTS,
  TIMES,
  EQUAL_AND_TIMES,
  HEADER_ONLY_HINTS,
  MIXED_BLOCKS,
  BROKEN,
];
