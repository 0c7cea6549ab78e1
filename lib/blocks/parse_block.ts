/**
 * Makes blocks of bytes, and says what is wrong with those that are none.
 *
 * @module
 */
import { CorruptFileError, LimitExceededError, type MdfErrorPlace } from "../errors.ts";
import type { Block, BlockHeader } from "./block.ts";
import { type BlockTable, HEADER_BYTES, ID_BYTES } from "./block_tables.ts";
import { type FieldTable, readU64, type ValuesOf } from "./field_layout.ts";
import type { Limits } from "./limits.ts";
import type { LinkPath } from "./link_path.ts";
import type { MetBlocks } from "./met_blocks.ts";
import { readFields } from "./read_fields.ts";

/** The file that blocks are of. */
export interface BlockFile {
  /** Limits in force. */
  readonly limits: Limits;
  /** Size of the file in bytes. */
  readonly fileSize: number;
  /** Its `id_unfin_flags`, where it was never closed; the blocks that are met are then kept in `met`. */
  readonly unfinalized?: number;
  /** The blocks met in such a file. */
  readonly met: MetBlocks;
  /** Place of a problem, for an error. */
  place(block: string | undefined, offset: number, path?: LinkPath): MdfErrorPlace;
}

/**
 * Lets links pass that lead into the file.
 *
 * @throws {CorruptFileError} when no block can start at `offset`
 */
export function checkLink(
  file: BlockFile,
  offset: number,
  path: LinkPath,
  expected?: string,
): void {
  if (offset >= ID_BYTES && offset + HEADER_BYTES <= file.fileSize) return;
  const what = offset < ID_BYTES
    ? "a link leads into the identification"
    : `a link leads past the end of the file, which has ${file.fileSize} bytes`;
  throw new CorruptFileError(
    `${what}; the file is damaged or cut off, so use the tool that wrote it to repair it`,
    file.place(expected ?? "data", offset, path),
  );
}

/**
 * The header that stands at `at` in the view.
 *
 * @throws {CorruptFileError} when there is none, or another than expected
 */
export function parseHeader(
  file: BlockFile,
  view: DataView,
  at: number,
  offset: number,
  path: LinkPath,
  expected?: string,
): BlockHeader {
  const id = String.fromCharCode(view.getUint8(at + 2), view.getUint8(at + 3));
  const marked = view.getUint16(at) === 0x2323;
  if (!marked || !isExpected(id, expected)) {
    const found = marked ? `a ${id} block` : `bytes ${hex(view, at, 4)}`;
    throw new CorruptFileError(
      `expected a ${expected ?? "data"} block and found ${found}; the link to it is wrong or ` +
        "the block was overwritten",
      file.place(expected ?? "data", offset, path),
    );
  }
  const told = readU64(view, at + 8);
  let length = told;
  const linkCount = readU64(view, at + 16);
  let unwritten = false;
  if (file.unfinalized !== undefined) {
    file.met.add(offset);
    unwritten = length < HEADER_BYTES && DATA_BLOCKS.has(id);
    if (unwritten) length = HEADER_BYTES;
  }
  if (length < HEADER_BYTES || linkCount * 8 > length - HEADER_BYTES) {
    throw new CorruptFileError(
      `the block says it is ${told} bytes long and has ${linkCount} links, which cannot be`,
      file.place(id, offset, path),
    );
  }
  const header = { id, offset, length, linkCount };
  return unwritten ? { ...header, unwritten } : header;
}

/** Bytes of a block without what follows its fields. */
export function metadataBytes(
  file: BlockFile,
  table: BlockTable,
  header: BlockHeader,
  path: LinkPath,
): number {
  let wanted = header.length;
  if (table.payload) {
    wanted = HEADER_BYTES + header.linkCount * 8;
    for (const name in table.fields) wanted += table.fields[name].size;
  }
  checkExtent(file, header, Math.min(wanted, header.length), path);
  return Math.min(wanted, header.length);
}

/** Bytes of a block of text. */
export function textBytes(file: BlockFile, header: BlockHeader, path: LinkPath): number {
  checkExtent(file, header, header.length, path);
  return header.length;
}

function checkExtent(file: BlockFile, header: BlockHeader, wanted: number, path: LinkPath): void {
  if (header.offset + wanted > file.fileSize) {
    const missing = header.offset + header.length - file.fileSize;
    throw new CorruptFileError(
      `the block is ${header.length} bytes long and the file ends ${missing} bytes before its end; ` +
        "the file is cut off or the length is wrong",
      file.place(header.id, header.offset, path),
    );
  }
  if (wanted > file.limits.metadataBlockBytes) {
    throw new LimitExceededError(
      `the block is ${wanted} bytes long and the limit is ${file.limits.metadataBlockBytes}; ` +
        "raise limits.metadataBlockBytes if the file is to be trusted",
      file.place(header.id, header.offset, path),
    );
  }
}

/**
 * The block whose first `bytes` bytes stand at `at` in the view.
 *
 * @throws {CorruptFileError} when it is too short for its fields
 */
export function parseBlock<F extends FieldTable, L extends string>(
  file: BlockFile,
  table: BlockTable<F, L>,
  header: BlockHeader,
  view: DataView,
  at: number,
  bytes: number,
  path: LinkPath,
): Block<F, L> {
  const links: number[] = [];
  const start = at + HEADER_BYTES + 8 * header.linkCount;
  for (let place = at + HEADER_BYTES; place < start; place += 8) links.push(readU64(view, place));
  const { fields, end } = readFields(table.fields, view, start, at + bytes, (name) => {
    throw new CorruptFileError(
      `the block is ${header.length} bytes long, too short for its field ${name}`,
      file.place(header.id, header.offset, path),
    );
  });
  return {
    id: header.id,
    offset: header.offset,
    length: header.length,
    linkCount: header.linkCount,
    links,
    fields: fields as ValuesOf<F>,
    payloadOffset: header.offset + end - at,
    table,
  };
}

/** Whether an identifier is one of those named by a text such as `TX or MD`. */
function isExpected(id: string, expected?: string): boolean {
  return expected === undefined || id === expected ||
    (/^[A-Z]{2}$/.test(id) && expected.includes(id));
}

/** Blocks that a logger may still have been writing when it was cut off. */
const DATA_BLOCKS: ReadonlySet<string> = new Set(["DT", "SD", "RD", "DV", "DI", "RV", "RI"]);

function hex(view: DataView, at: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
