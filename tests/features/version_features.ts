/**
 * Versions of the format, blocks that are longer than those of today, and blocks and types of
 * tomorrow.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type BlockTable, CG, CN, DG, DL, DT } from "../../lib/blocks/block_tables.ts";
import { u64 } from "../../lib/blocks/field_layout.ts";
import { MdfError, UnsupportedFeatureError } from "../../mod.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import type { ExpectedChannel, Feature } from "./_feature.ts";

const VALUES = Array.from({ length: 11 }, (_, i) => 257 * i);
const RECORDS = Uint8Array.from(VALUES.flatMap((_, i) => [0xee, i, i]));
const WORD = { name: "word", unit: "rpm", cn_byte_offset: 1, cn_bit_count: 16 };
const READ = { records: [VALUES.length], channels: { word: { values: VALUES, unit: "rpm" } } };

/** Where the identification block has its text and its number. */
const TEXT_AT = 8;
const NUMBER_AT = 28;

/** A file with one group, whose identification gives a text and a number. */
function versioned(text: string, number: number, program = "tests"): Uint8Array {
  const file = new FileBuilder({ program });
  file.group({ channels: [WORD], records: RECORDS, blockSizes: [5, 4] });
  file.patchBytes(TEXT_AT, new TextEncoder().encode(text.padEnd(8)));
  file.patchBytes(NUMBER_AT, [number & 255, number >> 8]);
  return file.bytes();
}

const VERSIONS: Feature[] = [[4, 0], [4, 10], [4, 11], [4, 20], [4, 30]].map(([major, minor]) => {
  const text = `${major}.${String(minor).padStart(2, "0")}`;
  return {
    name: `version-${text.replace(".", "-")}`,
    make: () => versioned(text, 100 * major + minor),
    ...READ,
    check: (mdf) => assertEquals(mdf.version, text),
  };
});

/** The number decides how the file is read; the text is what its program wrote. */
const DISAGREEING: Feature[] = ([
  ["4-10-with-number-430", "4.10", 430],
  ["4-30-with-number-400", "4.30", 400],
  ["3-30-with-number-410", "3.30", 410],
  ["of-any-text", "any", 420],
] as const).map(([name, text, number]) => ({
  name: `version-text-${name}`,
  make: () => versioned(text, number),
  ...READ,
  check: (mdf) => assertEquals(mdf.version, text),
}));

const PROGRAM: Feature = {
  name: "program-identifier-of-any-characters",
  make: () => versioned("4.10", 410, "a\u0001{}"),
  ...READ,
  check: (mdf) => assertEquals(mdf.program, "a\u0001{}"),
};

/** A block type that has a further field at its end. */
const longer = <F extends BlockTable["fields"], L extends string>(table: BlockTable<F, L>) => ({
  ...table,
  fields: { ...table.fields, of_a_later_version: u64 },
});
const LATER = 0xeeee_eeee_eeee;

/** Every block from the header to the data, each by `links` links and maybe a field too long. */
function laterBlocks(name: string, links: number, field: boolean): Feature {
  const moreLinks = (file: FileBuilder) =>
    Array.from({ length: links }, (_, i) => file.text(`further link ${i}`));
  const table = <F extends BlockTable["fields"], L extends string>(one: BlockTable<F, L>) =>
    (field ? longer(one) : one) as BlockTable<F, L>;
  const later = field ? { of_a_later_version: LATER } : {};
  return {
    name,
    make() {
      const file = new FileBuilder();
      const add = (payload: Uint8Array) => file.add(DT, { moreLinks: moreLinks(file), payload });
      const data = [add(RECORDS.subarray(0, 10)), add(RECORDS.subarray(10, 14))];
      data.push(add(RECORDS.subarray(14)));
      const cn = file.add(table(CN), {
        links: { cn_tx_name: file.text("word"), cn_md_unit: file.text("rpm") },
        moreLinks: moreLinks(file),
        fields: { cn_byte_offset: 1, cn_bit_count: 16, ...later },
      });
      const cg = file.add(table(CG), {
        links: { cg_cn_first: cn },
        // The seventh link has a name already, that of a remote master.
        moreLinks: links > 0 ? [0, ...moreLinks(file)] : [],
        fields: { cg_cycle_count: VALUES.length, cg_data_bytes: 3, ...later },
      });
      // Further links of a list would be further blocks, so that it has a further field only.
      const dg_data = file.add(table(DL), {
        moreLinks: data,
        fields: { dl_count: 3, dl_offset: [0, 10, 14], ...later },
      });
      file.addToHeader(table(DG), {
        links: { dg_cg_first: cg, dg_data },
        moreLinks: moreLinks(file),
        fields: { dg_rec_id_size: 0, ...later },
      });
      return file.bytes();
    },
    ...READ,
  };
}

const HEADER_FIELDS = 32;
/** The header with a seventh link, so that its fields lie eight bytes further on. */
const LONGER_HEADER: Feature = {
  name: "header-with-a-link-of-a-later-version",
  make() {
    const start = 1_700_000_000_123_456_789n;
    const file = new FileBuilder({ header: { hd_start_time_ns: start } });
    const fields = file.bytes().slice(file.hd + 24 + 48, file.hd + 24 + 48 + HEADER_FIELDS);
    assertEquals(file.append(new Uint8Array(8)), file.hd + 24 + 48 + HEADER_FIELDS);
    file.patchBytes(file.hd + 24 + 48, [0, 0, 0, 0, 0, 0, 0, 0, ...fields]);
    file.patchBytes(file.hd + 8, [24 + 56 + HEADER_FIELDS, 0, 0, 0, 0, 0, 0, 0, 7]);
    file.group({ channels: [WORD], records: RECORDS, blockSizes: [5, 4] });
    return file.bytes();
  },
  ...READ,
  check: (mdf) => assertEquals(mdf.startTimeNs, 1_700_000_000_123_456_789n),
};

type Refusal = NonNullable<ExpectedChannel["error"]>;

/** A block that no version has yet. */
const unknownBlock = (file: FileBuilder) =>
  file.add({ ...DT, id: "QQ" }, { payload: new Uint8Array(16) });

/** A channel that cannot be read, beside one of its own group and one of another that can. */
function refused(
  name: string,
  channel: (file: FileBuilder) => ChannelParts,
  error: Refusal,
): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder({ version: "4.30" });
      file.group({
        channels: [{ ...WORD, name: "bad", ...channel(file) }, WORD],
        cg_data_bytes: 3,
        records: RECORDS,
        blockSizes: [7],
      });
      file.group({ channels: [{ name: "good", cn_bit_count: 8 }], records: Uint8Array.of(4, 5) });
      return file.bytes();
    },
    channels: {
      bad: { error },
      word: { values: VALUES },
      good: { values: [4, 5] },
    },
  };
}

/** Data of a group that cannot be read, beside a group that can. */
function refusedData(
  name: string,
  data: (file: FileBuilder) => number,
  error: Refusal,
): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder({ version: "4.30" });
      file.group({ channels: [{ ...WORD, name: "bad" }], dataLink: data(file), cg_cycle_count: 3 });
      file.group({ channels: [WORD], records: RECORDS, blockSizes: [7] });
      return file.bytes();
    },
    channels: { bad: { error }, word: { values: VALUES } },
  };
}

const UNKNOWN: Feature[] = [
  refusedData("unknown-block-in-place-of-data", unknownBlock, [UnsupportedFeatureError, "QQ"]),
  refusedData(
    "unknown-block-in-a-data-list",
    (file) => {
      const known = file.add(DT, { payload: RECORDS.subarray(0, 9) });
      const moreLinks = [known, unknownBlock(file)];
      return file.add(DL, { moreLinks, fields: { dl_count: 2, dl_offset: [0, 9] } });
    },
    [UnsupportedFeatureError, "QQ"],
  ),
  refusedData(
    "unknown-block-after-a-data-list",
    (file) => {
      const dl_dl_next = unknownBlock(file);
      const moreLinks = [file.add(DT, { payload: RECORDS.subarray(0, 9) })];
      const fields = { dl_count: 1, dl_offset: [0] };
      return file.add(DL, { links: { dl_dl_next }, moreLinks, fields });
    },
    [MdfError, "QQ"],
  ),
  refused(
    "unknown-block-in-place-of-signal-data",
    (file) => ({ cn_type: 1, cn_data_type: 7, cn_data: unknownBlock(file) }),
    [UnsupportedFeatureError, "QQ"],
  ),
  refused(
    "unknown-block-in-place-of-a-conversion",
    (file) => ({ cn_cc_conversion: unknownBlock(file) }),
    [MdfError, "QQ"],
  ),
  refused(
    "unknown-block-as-composition",
    (file) => ({ cn_composition: unknownBlock(file) }),
    [UnsupportedFeatureError, "QQ"],
  ),
  refused("channel-type-of-a-later-version", () => ({ cn_type: 99 }), [
    UnsupportedFeatureError,
    "99",
  ]),
  refused("data-type-of-a-later-version", () => ({ cn_data_type: 99 }), [
    UnsupportedFeatureError,
    "99",
  ]),
];

/** Versions, longer blocks, unknown blocks and types. */
export const VERSION_FEATURES: Feature[] = [
  ...VERSIONS,
  ...DISAGREEING,
  PROGRAM,
  laterBlocks("blocks-with-links-of-a-later-version", 2, false),
  laterBlocks("blocks-with-fields-of-a-later-version", 0, true),
  laterBlocks("blocks-with-links-and-fields-of-a-later-version", 1, true),
  LONGER_HEADER,
  ...UNKNOWN,
];
