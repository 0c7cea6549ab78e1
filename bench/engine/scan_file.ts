/**
 * Finds blocks by their signatures, without following links: for bounds, which are to do less than any
 * reader.
 *
 * @module
 */
import { CG, DZ } from "../../lib/blocks/block_tables.ts";

/** A deflated block. */
export interface StoredBlock {
  /** The zlib stream. */
  stored: Uint8Array;
  /** Bytes of its data. */
  length: number;
  /** Columns that its data was transposed by; 0 where it was not. */
  columns: number;
}

/** How records of a group are told apart from those of others. */
export interface RecordLayout {
  id: number;
  /** Bytes of a record without its id; absent where a length stands before each. */
  bytes?: number;
}

const HEADER_BYTES = 24;
const ALIGNMENT = 8;
const DZ_FIELDS = HEADER_BYTES;
const DZ_DATA = HEADER_BYTES + 24;
const VARIABLE_GROUP = 1;

/** Offsets of the blocks of a kind, such as `DZ`. */
export function* findBlocks(bytes: Uint8Array, id: string): Generator<number> {
  const view = viewOf(bytes);
  const signature = (0x2323 << 16) | (id.charCodeAt(0) << 8) | id.charCodeAt(1);
  for (let at = 64; at + HEADER_BYTES <= bytes.length; at += ALIGNMENT) {
    if (view.getUint32(at) === signature >>> 0) yield at;
  }
}

/** Every deflated block. */
export function findDeflated(bytes: Uint8Array): StoredBlock[] {
  const view = viewOf(bytes);
  return Array.from(findBlocks(bytes, DZ.id), (at) => {
    const transposed = view.getUint8(at + DZ_FIELDS + 2) === 1;
    const length = Number(view.getBigUint64(at + DZ_FIELDS + 8, true));
    const storedBytes = Number(view.getBigUint64(at + DZ_FIELDS + 16, true));
    return {
      stored: bytes.subarray(at + DZ_DATA, at + DZ_DATA + storedBytes),
      length,
      columns: transposed ? view.getUint32(at + DZ_FIELDS + 4, true) : 0,
    };
  });
}

/** What the data of a block is, behind its header; up to the end of the file where it has no length. */
export function dataOf(bytes: Uint8Array, at: number): Uint8Array {
  const length = Number(viewOf(bytes).getBigUint64(at + 8, true));
  const end = length > HEADER_BYTES ? at + length : bytes.length;
  return bytes.subarray(at + HEADER_BYTES, end);
}

/** Layouts of the records of all groups. */
export function findLayouts(bytes: Uint8Array): RecordLayout[] {
  const view = viewOf(bytes);
  const links = ALIGNMENT * CG.links.length;
  return Array.from(findBlocks(bytes, CG.id), (at) => {
    const fields = at + HEADER_BYTES + links;
    const variable = (view.getUint16(fields + 16, true) & VARIABLE_GROUP) !== 0;
    return {
      id: view.getUint8(fields),
      bytes: variable
        ? undefined
        : view.getUint32(fields + 24, true) + view.getUint32(fields + 28, true),
    };
  });
}

/** Goes from record to record, by ids of one byte, and gives how many there are. */
export function walkRecords(data: Uint8Array, layouts: readonly RecordLayout[]): number {
  const view = viewOf(data);
  const bytes = new Int32Array(256).fill(-2);
  for (const layout of layouts) bytes[layout.id] = layout.bytes ?? -1;
  let at = 0, count = 0;
  while (at < data.length) {
    const length = bytes[data[at]];
    if (length === -2) break;
    at += length >= 0 ? 1 + length : 5 + view.getUint32(at + 1, true);
    count++;
  }
  return count;
}

/** Goes from value to value, each with its length before it, and gives how many there are. */
export function walkValues(data: Uint8Array): number {
  const view = viewOf(data);
  let count = 0;
  for (let at = 0; at + 4 <= data.length; at += 4 + view.getUint32(at, true)) count++;
  return count;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
