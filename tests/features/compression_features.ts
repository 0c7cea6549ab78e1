/**
 * Every method of compression, for records and for values of variable length.
 *
 * @module
 */
import { DL } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, UnsupportedFeatureError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

const METHODS = [
  ...["deflate", "transposed-deflate", "zstd", "transposed-zstd", "lz4", "transposed-lz4"],
];
const RECORD_BYTES = 7;
const COUNT = 40;
const VALUES = Array.from({ length: COUNT }, (_, i) => (i * 7919) % 65536);

const records = () =>
  makeRecords(COUNT, RECORD_BYTES, (record, i) => {
    putBits(record, { byte: 3, bits: 16 }, BigInt(VALUES[i]));
  });

const X = { name: "x", cn_byte_offset: 3, cn_bit_count: 16 };

/** Records in blocks that end within a record, so that transposing leaves a rest. */
const RECORDS = METHODS.map((method, zip): Feature => ({
  name: `compression-${zip}-${method}-of-records`,
  make() {
    const file = new FileBuilder({ version: zip > 1 ? "4.30" : "4.10" });
    const bytes = records();
    const ends = [0, 95, 96, 199, bytes.length];
    const moreLinks = ends.slice(1).map((end, i) =>
      addPacked(file, "DT", bytes.subarray(ends[i], end), zip, RECORD_BYTES)
    );
    const dl_offset = ends.slice(0, -1);
    const list = file.add(DL, { moreLinks, fields: { dl_count: moreLinks.length, dl_offset } });
    file.group({
      ...{ channels: [X], cg_data_bytes: RECORD_BYTES, cg_cycle_count: COUNT, dataLink: list },
    });
    return file.bytes();
  },
  channels: { x: { values: VALUES } },
}));

const TEXTS = ["first", "", "second and longer", "third"];

/** Values of variable length in one block. */
const SIGNAL_DATA = METHODS.map((method, zip): Feature => ({
  name: `compression-${zip}-${method}-of-signal-data`,
  make() {
    const file = new FileBuilder({ version: zip > 1 ? "4.30" : "4.10" });
    const { bytes, at } = lengthPrefixed(TEXTS.map((text) => new TextEncoder().encode(text)));
    file.group({
      channels: [{
        ...{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 16 },
        cn_data: addPacked(file, "SD", bytes, zip, 3),
      }],
      records: makeRecords(at.length, 2, (record, i) => record.set([at[i], 0])),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: { text: { values: TEXTS } },
}));

/** A file whose only compressed block was changed, beside a group that was not. */
function changed(
  name: string,
  change: (file: FileBuilder, block: number) => void,
  error: [typeof CorruptFileError | typeof UnsupportedFeatureError, string],
  zip = 0,
): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder();
      const block = addPacked(file, "DT", records(), zip, zip % 2 === 1 ? RECORD_BYTES : 0);
      change(file, block);
      file.group({
        ...{ channels: [X], cg_data_bytes: RECORD_BYTES, cg_cycle_count: COUNT, dataLink: block },
      });
      file.group({ channels: [{ name: "good", cn_bit_count: 8 }], records: Uint8Array.of(1, 2) });
      return file.bytes();
    },
    channels: { x: { error }, good: { values: [1, 2] } },
  };
}

/** Lengths that a block tells wrongly, whatever the method. */
const WRONG_LENGTHS: Feature[] = METHODS.flatMap((method, zip) =>
  [["more", -RECORD_BYTES], ["less", RECORD_BYTES]].map(([what, by]) => {
    const told = RECORD_BYTES * COUNT + Number(by);
    return changed(
      `compression-${zip}-${method}-that-gives-${what}-than-told`,
      (file, block) => file.patchField(block, "dz_org_data_length", told),
      [CorruptFileError, `${told}`],
      zip,
    );
  })
);

/** Blocks whose compressed bytes end too early. */
const CUT_SHORT: Feature[] = METHODS.map((method, zip) =>
  changed(
    `compression-${zip}-${method}-cut-short`,
    (file, block) => file.patchField(block, "dz_data_length", 30),
    [CorruptFileError, method.replace("transposed-", "")],
    zip,
  )
);

/** Methods that no version has yet, named by their number. */
const UNKNOWN_METHODS: Feature[] = [6, 7, 254, 255].map((zip) =>
  changed(
    `compression-${zip}-of-a-later-version`,
    (file, block) => file.patchField(block, "dz_zip_type", zip),
    [UnsupportedFeatureError, `method ${zip}`],
  )
);

/** Columns by which nothing can be transposed, and those that leave all bytes where they are. */
const COLUMNS: Feature[] = [1, 3, 5].flatMap((zip) => [
  changed(
    `compression-${zip}-transposed-into-0-columns`,
    (file, block) => file.patchField(block, "dz_zip_parameter", 0),
    [CorruptFileError, "0 columns"],
    zip,
  ),
  ...[1, COUNT * RECORD_BYTES, COUNT * RECORD_BYTES + 1].map((columns): Feature => ({
    name: `compression-${zip}-transposed-into-${columns}-columns`,
    make() {
      const file = new FileBuilder({ version: "4.30" });
      file.group({
        ...{ channels: [X], cg_data_bytes: RECORD_BYTES, cg_cycle_count: COUNT },
        dataLink: addPacked(file, "DT", records(), zip, columns),
      });
      return file.bytes();
    },
    channels: { x: { values: VALUES } },
  })),
]);

const WRONG: Feature[] = [
  changed(
    "compression-of-an-unknown-method",
    (file, block) => file.patchField(block, "dz_zip_type", 77),
    [UnsupportedFeatureError, "77"],
  ),
  changed(
    "compressed-data-that-gives-too-much",
    (file, block) => file.patchField(block, "dz_org_data_length", 7 * COUNT - 7),
    [CorruptFileError, "273"],
  ),
  changed(
    "compressed-data-that-gives-too-little",
    (file, block) => file.patchField(block, "dz_org_data_length", 7 * COUNT + 7),
    [CorruptFileError, "287"],
  ),
  changed(
    "compressed-data-of-another-kind-of-block",
    (file, block) => file.patchField(block, "dz_org_block_type", "SD"),
    [UnsupportedFeatureError, "SD"],
  ),
];

/** Compression methods 0 to 5, and what is wrong. */
export const COMPRESSION_FEATURES: Feature[] = [
  ...RECORDS,
  ...SIGNAL_DATA,
  ...WRONG_LENGTHS,
  ...CUT_SHORT,
  ...UNKNOWN_METHODS,
  ...COLUMNS,
  ...WRONG,
];
