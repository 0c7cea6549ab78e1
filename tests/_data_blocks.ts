/**
 * Samples as data blocks, compressed or not, alone or in lists.
 *
 * @module
 */
import { deflateSync } from "node:zlib";
import { BLOCK_TABLES, DL, DZ, HL } from "../lib/blocks/block_tables.ts";
import type { BlockContents } from "../lib/blocks/encode_block.ts";
import type { BlockBuilder } from "./_block_builder.ts";

/** How data is cut into blocks. */
export interface DataParts {
  /**
   * Sizes of the blocks, used again from the start until the data ends; then there is a list. One
   * block without a list when absent.
   */
  blockSizes?: readonly number[];
  /** Deflates every block; a number is the record length by which blocks are transposed first. */
  zip?: boolean | number;
  /** Most blocks of one list; more lists are linked. Default: all in one. */
  listLength?: number;
  /** Lets the lists tell one length instead of offsets; the sizes must allow it. */
  equalLength?: boolean;
}

/** Adds data of a kind (`DT`, `SD` …) as one block or as a list, and gives where it starts. */
export function addData(
  file: BlockBuilder,
  kind: string,
  bytes: Uint8Array,
  parts: DataParts = {},
): number {
  if (!parts.blockSizes) return addBlock(file, kind, bytes, parts.zip);
  const offsets: number[] = [];
  const links: number[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = parts.blockSizes[i % parts.blockSizes.length];
    if (i >= parts.blockSizes.length && parts.blockSizes.every((size) => size === 0)) {
      throw new Error("blocks of no bytes hold no data");
    }
    links.push(addBlock(file, kind, bytes.slice(at, at + size), parts.zip));
    offsets.push(at);
    at += size;
  }
  const list = addLists(file, links, offsets, parts);
  if (parts.zip === undefined || parts.zip === false) return list;
  const fields = { hl_flags: parts.equalLength ? 1 : 0, hl_zip_type: zipType(parts.zip) };
  return file.add(HL, { links: { hl_dl_first: list }, fields });
}

function addLists(
  file: BlockBuilder,
  links: number[],
  offsets: number[],
  parts: DataParts,
): number {
  const most = parts.listLength ?? Math.max(1, links.length);
  let first = 0;
  let before = 0;
  for (let from = 0; from === 0 || from < links.length; from += most) {
    const moreLinks = links.slice(from, from + most);
    const fields = parts.equalLength
      ? { dl_flags: 1, dl_count: moreLinks.length, dl_equal_length: [parts.blockSizes![0]] }
      : { dl_count: moreLinks.length, dl_offset: offsets.slice(from, from + most) };
    const at = file.add(DL, { moreLinks, fields });
    if (before) file.patchLink(before, "dl_dl_next", at);
    first ||= at;
    before = at;
  }
  return first;
}

function addBlock(
  file: BlockBuilder,
  kind: string,
  bytes: Uint8Array,
  zip: boolean | number = false,
): number {
  if (zip === false) {
    const table = BLOCK_TABLES.get(kind);
    if (!table) throw new Error(`there is no ${kind} block`);
    return file.add(table, { payload: bytes });
  }
  return file.add(DZ, zipped(kind, bytes, zip));
}

/** Contents of a DZ block for the data of a `kind` block; a number of columns transposes it. */
export function zipped(
  kind: string,
  bytes: Uint8Array,
  zip: true | number,
): BlockContents<typeof DZ.fields, (typeof DZ.links)[number]> {
  const columns = zip === true ? 0 : zip;
  const payload = new Uint8Array(deflateSync(columns ? transpose(bytes, columns) : bytes));
  return {
    fields: {
      dz_org_block_type: kind,
      dz_zip_type: zipType(zip),
      dz_zip_parameter: columns,
      dz_org_data_length: bytes.length,
      dz_data_length: payload.length,
    },
    payload,
  };
}

function zipType(zip: boolean | number): number {
  return typeof zip === "number" ? 1 : 0;
}

/** The definition, one byte at a time: row r, column c goes to c * rows + r; the rest stays. */
function transpose(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  const turned = bytes.slice();
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = bytes[r * columns + c];
  }
  return turned;
}
