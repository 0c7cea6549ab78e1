/**
 * Where the last data block of an unfinalized file ends, whose length may not have been written.
 *
 * @module
 */
import { HEADER_BYTES } from "../blocks/block_tables.ts";
import type { BlockHeader } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { UNFINALIZED } from "./format_codes.ts";

/** Which flag tells that the length of the last block of a type is not up to date. */
const LENGTH_FLAG: Readonly<Record<string, number | undefined>> = {
  DT: UNFINALIZED.lastDataLength,
  RD: UNFINALIZED.lastReductionLength,
};

/** Whether the length of the last block of a chain is not to be believed. */
export function hasOpenEnd(reader: BlockReader, last: BlockHeader): boolean {
  const flag = LENGTH_FLAG[last.id];
  if (flag === undefined || reader.unfinalized === undefined) return false;
  return last.unwritten === true || (reader.unfinalized & flag) !== 0;
}

/**
 * Where the data of the last block of a chain ends, which starts at `start`: at the next block that
 * anything refers to, or at the end of the file (ASAM MDF 4, id_unfin_flags). Undefined where the
 * block's own length holds, and while not all blocks are known.
 */
export async function openEnd(
  reader: BlockReader,
  last: BlockHeader,
  start: number,
): Promise<number | undefined> {
  if (!reader.met.complete) return undefined;
  const limit = reader.met.after(last.offset) ?? reader.fileSize;
  const told = last.offset + last.length;
  if (told > start && told <= limit) {
    // Up to seven bytes before the next block are its alignment, not data.
    if (limit - told < 8 || await startsBlock(reader, told)) return undefined;
  }
  return Math.max(start, limit);
}

/** Whether a block starts at the next multiple of eight bytes, though nothing refers to it. */
async function startsBlock(reader: BlockReader, end: number): Promise<boolean> {
  const offset = Math.ceil(end / 8) * 8;
  if (offset + HEADER_BYTES > reader.fileSize) return false;
  const [hash, again, first, second, ...reserved] = await reader.loadBytes(offset, 8);
  const isLetter = (code: number) => code >= 0x41 && code <= 0x5a;
  return hash === 0x23 && again === 0x23 && isLetter(first) && isLetter(second) &&
    reserved.every((byte) => byte === 0);
}
