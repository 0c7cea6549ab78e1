/**
 * What the format defines, item by item, and which items a file has.
 *
 * @module
 */
import { BLOCK_TABLES } from "../../lib/blocks/block_tables.ts";
import type { FieldValues } from "../../lib/blocks/field_layout.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import {
  ARRAY_FLAG_WORDS,
  ARRAY_STORAGE_WORDS,
  ARRAY_TYPE_WORDS,
  CHANNEL_FLAG_WORDS,
  CHANNEL_TYPE_WORDS,
  CONVERSION_TYPE_WORDS,
  DATA_TYPE_WORDS,
  GROUP_FLAG_WORDS,
  SOURCE_TYPE_WORDS,
  UNFINALIZED_WORDS,
  ZIP_WORDS,
} from "../inspect/code_words.ts";
import { readFields, scanBlocks } from "../inspect/scan_blocks.ts";

/** One thing that a reader has to know, such as data type 8. */
export interface FormatItem {
  /** Names the item, within all of them. */
  readonly key: string;
  /** Heading under which it stands. */
  readonly section: string;
  /** Number or identifier. */
  readonly code: string;
  /** What it means. */
  readonly meaning: string;
}

/** Meaning of the blocks. */
const BLOCKS: Readonly<Record<string, string>> = {
  ID: "identification",
  HD: "header",
  FH: "file history",
  CH: "channel hierarchy",
  AT: "attachment",
  EV: "event",
  DG: "data group",
  CG: "channel group",
  SI: "source",
  CN: "channel",
  CC: "conversion",
  CA: "array",
  DS: "data stream",
  CL: "list of elements",
  CV: "variants",
  CU: "union",
  GD: "guard",
  SR: "sample reduction",
  TX: "text",
  MD: "metadata in XML",
  DT: "records",
  SD: "values of variable length",
  VD: "values with a length channel",
  RD: "reduced records",
  DV: "values, column by column",
  DI: "invalidation bytes of columns",
  RV: "reduced values of columns",
  RI: "reduced invalidation bytes",
  DZ: "compressed data",
  HL: "header of a list",
  DL: "list of data blocks",
  LD: "list of column data",
};

/** A field whose number or bits are items. */
interface CodedField {
  readonly block: string;
  readonly field: string;
  readonly section: string;
  readonly words: readonly string[];
  readonly bits: boolean;
}

const coded = (
  block: string,
  field: string,
  section: string,
  words: readonly string[],
  bits = false,
): CodedField => ({ block, field, section, words, bits });

const FIELDS: readonly CodedField[] = [
  coded("CN", "cn_data_type", "Data types", DATA_TYPE_WORDS),
  coded("CN", "cn_type", "Channel types", CHANNEL_TYPE_WORDS),
  coded("CC", "cc_type", "Conversions", CONVERSION_TYPE_WORDS),
  coded("CN", "cn_flags", "Channel flags", CHANNEL_FLAG_WORDS, true),
  coded("CG", "cg_flags", "Channel group flags", GROUP_FLAG_WORDS, true),
  coded("DZ", "dz_zip_type", "Compression", ZIP_WORDS),
  coded("CA", "ca_type", "Array types", ARRAY_TYPE_WORDS),
  coded("CA", "ca_storage", "Array storage", ARRAY_STORAGE_WORDS),
  coded("CA", "ca_flags", "Array flags", ARRAY_FLAG_WORDS, true),
  coded("SI", "si_type", "Sources", SOURCE_TYPE_WORDS),
  coded("ID", "id_unfin_flags", "Unfinalized flags", UNFINALIZED_WORDS, true),
];

const keyOf = (section: string, code: string | number) => `${section} ${code}`;

/** All items, section by section. */
export const FORMAT_ITEMS: readonly FormatItem[] = [
  ...["ID", ...BLOCK_TABLES.keys()].map((id) => item("Blocks", id, BLOCKS[id])),
  ...FIELDS.flatMap(({ section, words }) =>
    words.map((word, code) => item(section, String(code), word)).filter(({ meaning }) => meaning)
  ),
];

function item(section: string, code: string, meaning: string): FormatItem {
  return { key: keyOf(section, code), section, code, meaning };
}

/** Keys of the items that a file has. */
export async function itemsOf(bytes: Uint8Array): Promise<Set<string>> {
  const scan = await scanBlocks(bytesSource(bytes));
  const found = new Set([keyOf("Blocks", "ID")]);
  collect("ID", scan.identification, found);
  for (const block of scan.blocks.values()) {
    found.add(keyOf("Blocks", block.id));
    if (FIELDS.some((field) => field.block === block.id)) {
      collect(block.id, (await readFields(scan, block)).fields, found);
    }
  }
  return found;
}

function collect(id: string, fields: FieldValues, found: Set<string>): void {
  for (const { block, field, section, bits } of FIELDS) {
    if (block !== id || fields[field] === undefined) continue;
    const value = Number(fields[field]);
    if (!bits) found.add(keyOf(section, value));
    else for (let bit = 0; bit < 32; bit++) if ((value >>> bit) & 1) found.add(keyOf(section, bit));
  }
}
