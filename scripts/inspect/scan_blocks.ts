/**
 * Finds all blocks of a file by following every link of every block from the header on. It goes by
 * the block headers alone, so it also works where the reader gives up.
 *
 * @module
 */
import { BLOCK_TABLES, HEADER_BYTES, ID_BYTES } from "../../lib/blocks/block_tables.ts";
import { type FieldValues, readU64 } from "../../lib/blocks/field_layout.ts";
import type { BlockHeader } from "../../lib/blocks/block.ts";
import { BlockReader } from "../../lib/blocks/read_block.ts";
import {
  CorruptFileError,
  isMdfError,
  LimitExceededError,
  type MdfError,
  TruncatedFileError,
} from "../../lib/errors.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import type { ByteSource } from "../../lib/source/byte_source.ts";
import { PageCache } from "../../lib/source/page_cache.ts";
import { hexOffset } from "./plain_text.ts";

/** A link of a block, by the offset of the block and its place among all links. */
export interface LinkPlace {
  readonly block: number;
  readonly index: number;
}

/** A block that some link leads to. */
export interface FoundBlock extends BlockHeader {
  /** Targets of all links, 0 for none; none where they lie past the end of the file. */
  readonly links: readonly number[];
  /** The link that led here first; absent for the header block. */
  readonly foundBy?: LinkPlace;
}

/** All that was found. */
export interface BlockScan {
  readonly reader: BlockReader;
  /** The bytes behind the blocks. */
  readonly source: SourceReader;
  /** Content of the identification, as the block tables name it. */
  readonly identification: FieldValues;
  /** Blocks by their offsets, in the order they were found. */
  readonly blocks: ReadonlyMap<number, FoundBlock>;
  /** Why there is no block at the offset that a link leads to. */
  readonly badTargets: ReadonlyMap<number, MdfError>;
  /** What is wrong with blocks or with the scan as a whole. */
  readonly errors: readonly MdfError[];
}

/**
 * Finds the blocks of a file.
 *
 * @throws {NotMdfError} when the file is too short for an identification
 * @throws {SourceError} when the bytes cannot be had
 */
export async function scanBlocks(input: ByteSource): Promise<BlockScan> {
  const source = await SourceReader.open(input);
  const reader = new BlockReader(new PageCache(source));
  reader.keepGuards = true;
  const identification = await reader.identification();
  reader.program = identification.id_prog.trim();
  if (identification.id_file.trimEnd() === "UnFinMF") {
    reader.unfinalized = identification.id_unfin_flags;
  }
  const scan = new Scan(source, reader, identification);
  await scan.run();
  return scan;
}

/** A link that is still to be followed; the header block has none that leads to it. */
interface Waiting {
  target: number;
  from?: LinkPlace;
}

class Scan implements BlockScan {
  readonly blocks = new Map<number, FoundBlock>();
  readonly badTargets = new Map<number, MdfError>();
  readonly errors: MdfError[] = [];
  readonly source: SourceReader;
  readonly reader: BlockReader;
  readonly identification: FieldValues;
  #linkBytes = 0;

  constructor(source: SourceReader, reader: BlockReader, identification: FieldValues) {
    this.source = source;
    this.reader = reader;
    this.identification = identification;
  }

  /** Nearest blocks first, so that a block counts as found by the link that is meant to lead to it. */
  async run(): Promise<void> {
    let waiting: Waiting[] = [{ target: ID_BYTES }];
    while (waiting.length > 0) {
      const next: Waiting[] = [];
      for (const { target, from } of waiting) {
        if (target === 0 || this.blocks.has(target) || this.badTargets.has(target)) continue;
        const block = await this.#block(target, from);
        block?.links.forEach((link, index) => {
          if (link !== 0) next.push({ target: link, from: { block: target, index } });
        });
        if (this.#linkBytes > this.source.size) return this.#giveUp(target);
      }
      waiting = next;
    }
  }

  /** Blocks that do not overlap cannot have more links than the file has bytes for. */
  #giveUp(offset: number): void {
    this.errors.push(
      new LimitExceededError(
        "the blocks found so far have more links than the file has bytes: they overlap, and not " +
          "all links were followed",
        this.reader.place(undefined, offset),
      ),
    );
  }

  async #block(offset: number, foundBy?: LinkPlace): Promise<FoundBlock | undefined> {
    const from = foundBy && this.blocks.get(foundBy.block);
    const path = from ? `link ${linkName(from, foundBy)} of the ${blockName(from)}` : "HD";
    try {
      const expected = from ? undefined : "HD";
      const header = this.reader.peekHeader(offset, path, expected) ??
        await this.reader.loadHeader(offset, path, expected);
      if (!/^[A-Z][A-Z0-9]$/.test(header.id)) {
        throw new CorruptFileError(
          `${JSON.stringify(header.id)} is no identifier of a block`,
          this.reader.place(undefined, offset, path),
        );
      }
      const block = { ...header, links: await this.#links(header, path), foundBy };
      this.blocks.set(offset, block);
      return block;
    } catch (error) {
      if (!isMdfError(error) || error.code === "source") throw error;
      this.badTargets.set(offset, error);
    }
  }

  async #links({ offset, id, linkCount }: BlockHeader, path: string): Promise<number[]> {
    const bytes = 8 * linkCount;
    if (bytes === 0) return [];
    if (offset + HEADER_BYTES + bytes > this.source.size) {
      this.errors.push(
        new TruncatedFileError(
          `the block has ${linkCount} links, which go on past the end of the file`,
          this.reader.place(id, offset, path),
        ),
      );
      return [];
    }
    this.#linkBytes += bytes;
    const data = await this.reader.loadBytes(offset + HEADER_BYTES, bytes);
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    return Array.from({ length: linkCount }, (_, i) => readU64(view, 8 * i));
  }
}

function linkName(block: FoundBlock, { index }: LinkPlace): string {
  return BLOCK_TABLES.get(block.id)?.links[index] ?? `number ${index + 1}`;
}

/** A block by kind and offset: `CN block at 0x1a8`. */
export function blockName({ id, offset }: { id: string; offset: number }): string {
  return `${id} block at ${hexOffset(offset)}`;
}

/** Fields of a block, and where the bytes after them begin. */
export interface BlockFields {
  readonly fields: FieldValues;
  /** Bytes of the block after its fields. */
  readonly payloadBytes: number;
  /** What is wrong with the block. */
  readonly error?: MdfError;
}

/** The fields of a block; none of a kind that no table describes. */
export async function readFields(scan: BlockScan, block: FoundBlock): Promise<BlockFields> {
  const { reader } = scan;
  const table = BLOCK_TABLES.get(block.id);
  const start = HEADER_BYTES + 8 * block.linkCount;
  if (!table) return { fields: {}, payloadBytes: block.length - start };
  // An unfinalized list may be shorter than its counters say, and so on: told, not thrown.
  try {
    const path = block.id;
    const read = reader.peek(table, block.offset, path) ??
      await reader.load(table, block.offset, path);
    const end = read.payloadOffset - block.offset;
    return { fields: read.fields, payloadBytes: Math.max(0, block.length - end) };
  } catch (error) {
    if (!isMdfError(error) || error.code === "source") throw error;
    return { fields: {}, payloadBytes: Math.max(0, block.length - start), error };
  }
}
