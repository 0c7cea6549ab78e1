/**
 * Data blocks packed by each method of the format.
 *
 * @module
 */
import zlib from "node:zlib";
import { DZ } from "../../lib/blocks/block_tables.ts";
import type { FileBuilder } from "../_helpers.ts";

/**
 * Adds data as a DZ block: `zip` 0 deflate, 2 zstd, 4 lz4, and one more for data that is transposed
 * by records of `columns` bytes before.
 */
export function addPacked(
  file: FileBuilder,
  kind: string,
  bytes: Uint8Array,
  zip: number,
  columns = 0,
): number {
  const plain = zip % 2 === 1 ? transposed(bytes, columns) : bytes;
  const payload = PACKERS[zip >> 1](plain);
  return file.add(DZ, {
    fields: {
      ...{ dz_org_block_type: kind, dz_zip_type: zip, dz_zip_parameter: columns },
      ...{ dz_org_data_length: bytes.length, dz_data_length: payload.length },
    },
    payload,
  });
}

const PACKERS = [
  (bytes: Uint8Array) => new Uint8Array(zlib.deflateSync(bytes)),
  (bytes: Uint8Array) => new Uint8Array(zlib.zstdCompressSync(bytes)),
  lz4Frame,
];

/** The first byte of all rows, then the second, and so on; bytes behind the last whole row stay. */
function transposed(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  return bytes.map((byte, i) =>
    i < rows * columns ? bytes[(i % rows) * columns + Math.floor(i / rows)] : byte
  );
}

/** A frame of one compressed block that has nothing but literals, without checksums of the data. */
function lz4Frame(bytes: Uint8Array): Uint8Array {
  const literals = [...bytes];
  const extra: number[] = [];
  for (let rest = bytes.length - 15; rest >= 0; rest -= 255) extra.push(Math.min(rest, 255));
  const block = [Math.min(bytes.length, 15) << 4, ...extra, ...literals];
  const size = [0, 8, 16, 24].map((shift) => (block.length >> shift) & 255);
  // Magic number, version 1 with independent blocks of 64 KiB, and the checksum of these two bytes.
  const head = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
  return Uint8Array.from([...head, ...size, ...block, 0, 0, 0, 0]);
}
