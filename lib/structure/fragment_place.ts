/**
 * Where the block of a fragment of data starts.
 *
 * @module
 */
import { HEADER_BYTES } from "../blocks/block_tables.ts";
import type { MdfErrorPlace } from "../errors.ts";
import type { Fragment } from "./measurement.ts";

/** Bytes in front of compressed data: the header of its block and the fields. */
const COMPRESSED_HEAD_BYTES = 48;

/** Bytes that stand in a block before its data, unless the block has links. */
export function usualHead(fragment: { zip?: number }): number {
  return fragment.zip === undefined ? HEADER_BYTES : COMPRESSED_HEAD_BYTES;
}

/** Offset in the file of the block that holds a fragment; undefined for zeros that are not stored. */
export function blockOffset(fragment: Fragment): number | undefined {
  if (fragment.offset < 0) return undefined;
  return fragment.offset - (fragment.head ?? usualHead(fragment));
}

/** The block of a fragment of data of type `kind` as the place of an error. */
export function fragmentPlace(fragment: Fragment, kind: string, file?: string): MdfErrorPlace {
  const block = fragment.zip === undefined ? kind : "DZ";
  return { file, block, offset: blockOffset(fragment) };
}
