/**
 * Accounts for every byte of a file: blocks, padding between them, and bytes that nothing refers to.
 *
 * @module
 */
import { HEADER_BYTES, ID_BYTES } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, type MdfError, TruncatedFileError } from "../../lib/errors.ts";
import { findHeaders, type SeemingBlock } from "./find_headers.ts";
import { blockName, type BlockScan, type FoundBlock } from "./scan_blocks.ts";

/** A stretch of the file. Stretches follow each other without gap or overlap. */
export type Stretch = IdentificationStretch | BlockStretch | PaddingStretch | UnreferredStretch;

interface Span {
  readonly offset: number;
  /** Bytes that this stretch is the first to account for. */
  readonly bytes: number;
}

/** The identification at the start. */
export interface IdentificationStretch extends Span {
  readonly kind: "identification";
}

/** A block that a link leads to. */
export interface BlockStretch extends Span {
  readonly kind: "block";
  readonly block: FoundBlock;
  /** Bytes after the end that the block tells, which an unfinalized file did not come to count. */
  readonly runsOn: number;
  /** The block lies on another one, or goes on past the end of the file. */
  readonly errors: readonly MdfError[];
}

/** Zeros that let the next block start at a multiple of eight, or the file end there. */
export interface PaddingStretch extends Span {
  readonly kind: "padding";
}

/** Bytes that belong to no block that can be reached. */
export interface UnreferredStretch extends Span {
  readonly kind: "unreferred";
  /** Whether all that was looked at is zero. */
  readonly zero: boolean;
  /** Blocks that seem to be there. */
  readonly headers: readonly SeemingBlock[];
  /** Bytes that were looked at. */
  readonly searched: number;
}

/** Where every byte of a file belongs. */
export interface Account {
  readonly stretches: readonly Stretch[];
  /** Bytes of each sort; together they are the size of the file. */
  readonly sum: { blocks: number; padding: number; unreferred: number; size: number };
}

/** Accounts for the bytes of a file. */
export async function accountBytes(scan: BlockScan): Promise<Account> {
  const { size } = scan.source;
  const blocks = [...scan.blocks.values()].sort((a, b) => a.offset - b.offset);
  const stretches: Stretch[] = [{
    kind: "identification",
    offset: 0,
    bytes: Math.min(ID_BYTES, size),
  }];
  let end = ID_BYTES;
  let last: FoundBlock | undefined;
  for (const [i, block] of blocks.entries()) {
    if (block.offset > end) stretches.push(await gap(scan, end, block.offset));
    const errors: MdfError[] = [];
    if (block.offset < end) errors.push(overlap(scan, block, last, end));
    let stop = block.offset + block.length;
    let runsOn = 0;
    if (scan.reader.unfinalized && isLastOfData(scan, block)) {
      // What was still being written when the logger stopped goes on to the next block.
      const limit = blocks[i + 1]?.offset ?? size;
      if (stop > size) stop = size;
      else if (limit - stop >= 8 && !await startsBlock(scan, block, limit)) {
        runsOn = limit - stop;
        stop = limit;
      }
    }
    if (stop > size) {
      errors.push(pastEnd(scan, block, stop - size));
      stop = size;
    }
    const bytes = Math.max(0, stop - Math.max(end, block.offset));
    stretches.push({ kind: "block", offset: block.offset, bytes, block, runsOn, errors });
    if (stop > end) {
      end = stop;
      last = block;
    }
  }
  if (end < size) stretches.push(await gap(scan, end, size));
  return { stretches, sum: sumOf(stretches, size) };
}

function sumOf(stretches: readonly Stretch[], size: number): Account["sum"] {
  const sum = { blocks: 0, padding: 0, unreferred: 0, size };
  for (const { kind, bytes } of stretches) {
    if (kind === "padding" || kind === "unreferred") sum[kind] += bytes;
    else sum.blocks += bytes;
  }
  return sum;
}

async function gap(
  scan: BlockScan,
  offset: number,
  end: number,
): Promise<PaddingStretch | UnreferredStretch> {
  const bytes = end - offset;
  const found = await findHeaders(scan.source, offset, end);
  const aligns = end % 8 === 0 || end === scan.source.size;
  if (bytes < 8 && found.zero && aligns) return { kind: "padding", offset, bytes };
  return { kind: "unreferred", offset, bytes, ...found };
}

/** Whether a data block is one that the logger of an unfinalized file may not have closed. */
function isLastOfData({ blocks }: BlockScan, { id, foundBy }: FoundBlock): boolean {
  if (id !== "DT" && id !== "RD") return false;
  const list = foundBy && blocks.get(foundBy.block);
  if (!foundBy || list?.id !== "DL") return true;
  return list.links[0] === 0 && list.links.findLastIndex((link) => link !== 0) === foundBy.index;
}

/** Whether another block begins where a block ends that tells a length of its own. */
async function startsBlock(scan: BlockScan, block: FoundBlock, limit: number): Promise<boolean> {
  if (block.length <= HEADER_BYTES) return false;
  const next = Math.ceil((block.offset + block.length) / 8) * 8;
  const { headers } = await findHeaders(scan.source, next, Math.min(limit, next + HEADER_BYTES));
  return headers[0]?.offset === next;
}

function overlap(
  { reader }: BlockScan,
  block: FoundBlock,
  other: FoundBlock | undefined,
  end: number,
): MdfError {
  const bytes = Math.min(end, block.offset + block.length) - block.offset;
  const what = other ? `the ${blockName(other)}` : "the identification";
  return new CorruptFileError(
    `${bytes} bytes of the block are also part of ${what}`,
    reader.place(block.id, block.offset),
  );
}

function pastEnd({ reader }: BlockScan, block: FoundBlock, missing: number): MdfError {
  return new TruncatedFileError(
    `the block is ${block.length} bytes long and ${missing} of them are missing: the file is cut ` +
      "off, or the length is wrong",
    reader.place(block.id, block.offset),
  );
}
