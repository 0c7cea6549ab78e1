/**
 * Looks for what seem to be blocks among bytes that nothing refers to.
 *
 * @module
 */
import { HEADER_BYTES } from "../../lib/blocks/block_tables.ts";
import { readU64 } from "../../lib/blocks/field_layout.ts";
import type { SourceReader } from "../../lib/source/byte_source.ts";

/** Most bytes of one stretch that are looked at. */
export const MOST_SEARCHED = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** Most headers that are kept. */
const MOST_HEADERS = 10_000;

/** Bytes that look like the header of a block. */
export interface SeemingBlock {
  readonly offset: number;
  readonly id: string;
  readonly length: number;
}

/** What a stretch of bytes holds. */
export interface Findings {
  /** Whether all bytes looked at are zero. */
  readonly zero: boolean;
  /** Headers at multiples of eight, none within a block that another one starts. */
  readonly headers: SeemingBlock[];
  /** Bytes that were looked at. */
  readonly searched: number;
}

/** Looks at the bytes `[offset, end)`. */
export async function findHeaders(
  source: SourceReader,
  offset: number,
  end: number,
): Promise<Findings> {
  const stop = Math.min(end, offset + MOST_SEARCHED);
  const headers: SeemingBlock[] = [];
  let zero = true;
  let next = Math.ceil(offset / 8) * 8;
  for (let at = offset; at < stop; at += CHUNK_BYTES) {
    // A header may lie across the end of the chunk.
    const length = Math.min(CHUNK_BYTES + HEADER_BYTES, end - at);
    const bytes = await source.read(at, length);
    zero &&= bytes.every((byte) => byte === 0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    while (next < at + CHUNK_BYTES && next + HEADER_BYTES <= at + bytes.length) {
      const header = headerAt(view, next - at, next);
      if (header && headers.length < MOST_HEADERS) headers.push(header);
      const fits = header && next + header.length <= end;
      next += fits ? Math.ceil(header.length / 8) * 8 : 8;
    }
  }
  return { zero, headers, searched: stop - offset };
}

function headerAt(view: DataView, at: number, offset: number): SeemingBlock | undefined {
  if (view.getUint16(at) !== 0x2323 || view.getUint32(at + 4) !== 0) return undefined;
  const id = String.fromCharCode(view.getUint8(at + 2), view.getUint8(at + 3));
  const length = readU64(view, at + 8);
  const links = readU64(view, at + 16);
  const possible = /^[A-Z][A-Z0-9]$/.test(id) && length >= HEADER_BYTES &&
    Number.isSafeInteger(length) && 8 * links <= length - HEADER_BYTES;
  return possible ? { offset, id, length } : undefined;
}
