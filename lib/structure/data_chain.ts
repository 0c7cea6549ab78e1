/**
 * Follows DT, DZ, HL, DL and their kin to one ordered list of fragments.
 *
 * @module
 */
import { DL, DZ, HEADER_BYTES, HL } from "../blocks/block_tables.ts";
import { readU64 } from "../blocks/field_layout.ts";
import { type Block, type BlockHeader, link, moreLinks } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import {
  CorruptFileError,
  type MdfError,
  TruncatedFileError,
  UnsupportedFeatureError,
} from "../errors.ts";
import { type ChainTail, noteTail } from "./chain_tail.ts";
import { compressedFragment, plainFragment } from "./data_fragment.ts";
import { usualHead } from "./fragment_place.ts";
import type { DataChain, Fragment } from "./measurement.ts";
import { hasOpenEnd, openEnd } from "./open_end.ts";
import { asProblem } from "./problem.ts";

/** A list of which only the links and the number of blocks are read. */
const OPEN_DL = {
  ...DL,
  fields: {
    dl_flags: DL.fields.dl_flags,
    dl_reserved: DL.fields.dl_reserved,
    dl_count: DL.fields.dl_count,
  },
};

/** Data that an unfinalized file may break off in. */
const OPEN_KINDS: ReadonlySet<string> = new Set(["DT", "RD", "SD"]);

/**
 * The chain of data blocks of type `kind` (`DT`, `SD` …) behind a link. What is wrong with the chain
 * is kept in its `problem`, so that the rest of the file stays readable.
 */
export async function readDataChain(
  reader: BlockReader,
  start: number,
  kind: string,
  path: string,
): Promise<DataChain> {
  const chain = emptyChain(kind);
  if (start === 0) return chain;
  const walk = new ChainWalk(reader, kind, chain);
  try {
    await walk.entry(start, path);
    await walk.finish();
    noteTail(chain, start, walk.tail);
  } catch (error) {
    chain.problem = asProblem(error);
  }
  return chain;
}

/**
 * The same, if there is nothing but one plain block whose header can be had without waiting: so it is
 * in files with very many groups. Undefined for any other data, and where anything is wrong.
 */
export function peekDataChain(
  reader: BlockReader,
  start: number,
  kind: string,
  path: string,
): DataChain | undefined {
  if (start === 0) return emptyChain(kind);
  if (reader.unfinalized !== undefined) return undefined;
  try {
    const header = reader.peekHeader(start, path, undefined, true);
    if (header?.id !== kind || header.offset + header.length > reader.fileSize) return undefined;
    const chain = emptyChain(kind);
    keepFragment(chain, plainFragment(header));
    return chain;
  } catch {
    // Reading it in full says what is wrong, and to whom.
    return undefined;
  }
}

/** A chain of no data. */
export function emptyChain(kind: string): DataChain {
  const chain: DataChain = { fragments: [], length: 0 };
  if (kind !== "DT") chain.kind = kind;
  return chain;
}

/** The header of a block of data, near which nothing else is going to be read. */
export async function sparseHeader(
  reader: BlockReader,
  offset: number,
  path: string,
): Promise<BlockHeader> {
  return reader.peekHeader(offset, path, undefined, true) ??
    await reader.loadHeader(offset, path, undefined, true);
}

/** Collects data blocks of one type. */
export class ChainWalk {
  readonly #reader: BlockReader;
  readonly #kind: string;
  readonly #chain: DataChain;
  readonly #seenLists = new Set<number>();
  readonly #lenient: boolean;
  #storedBytes = 0;
  #last?: { header: BlockHeader; fragment: Fragment };
  /** See {@link ChainTail}. */
  #lastList = 0;
  #lastWay = 0;
  #lastUsed = 0;
  #lastOffset = 0;
  #bytesBefore = 0;
  /** Why the data breaks off, in a file that was never finished; no more data may follow. */
  #brokenOff?: MdfError;

  /** Adds blocks of type `kind` to `chain`. */
  constructor(reader: BlockReader, kind: string, chain: DataChain) {
    this.#reader = reader;
    this.#kind = kind;
    this.#chain = chain;
    this.#lenient = reader.unfinalized !== undefined && OPEN_KINDS.has(kind);
  }

  /** Where the walk ended; undefined where it came to no block. */
  get tail(): ChainTail | undefined {
    if (this.#lastOffset === 0) return undefined;
    return {
      list: this.#lastList,
      way: this.#lastWay,
      used: this.#lastUsed,
      last: this.#lastOffset,
      storedBytes: this.#bytesBefore,
    };
  }

  /** Adds the data block at `offset`. */
  async append(offset: number, path: string): Promise<void> {
    const known = this.#reader.knownData?.get(offset) as Fragment | undefined;
    if (known && !this.#brokenOff) return this.#keepKnown(offset, known);
    const header = await sparseHeader(this.#reader, offset, path);
    await this.#block(offset, header, path);
  }

  /** The block that a DG or CN links to. */
  async entry(offset: number, path: string): Promise<void> {
    const header = await sparseHeader(this.#reader, offset, path);
    switch (header.id) {
      case "HL": {
        const list = this.#reader.peek(HL, offset, path) ??
          await this.#reader.load(HL, offset, path);
        const first = link(list, "hl_dl_first");
        const way = list.offset + HEADER_BYTES;
        if (first !== 0) await this.#followLists(first, `${path}>HL`, way);
        return;
      }
      case "DL":
        return await this.#followLists(offset, path);
      default:
        return await this.#block(offset, header, path);
    }
  }

  /**
   * Goes on where an earlier walk of the chain ended, with its last block, which may have grown since.
   * False where the list that named that block has been replaced by another.
   */
  async resume(tail: ChainTail, path: string): Promise<boolean> {
    const { list, way, used, last, storedBytes } = tail;
    this.#storedBytes = storedBytes;
    if (list === 0) {
      await this.append(last, path);
      return true;
    }
    try {
      if (way !== 0 && await this.#linkAt(way) !== list) return false;
      if (moreLinks(await this.#list(list, path))[used - 1] !== last) return false;
    } catch (error) {
      if (error instanceof CorruptFileError) return false;
      throw error;
    }
    await this.#followLists(list, path, way, used - 1);
    return true;
  }

  async #linkAt(offset: number): Promise<number> {
    const { buffer, byteOffset } = await this.#reader.loadBytes(offset, 8);
    return readU64(new DataView(buffer, byteOffset, 8), 0);
  }

  /** Finds where the data of an unfinalized file ends, once all of its blocks are known. */
  async finish(): Promise<void> {
    if (!this.#lenient) return;
    const chain = this.#chain;
    const { header, fragment } = this.#last ?? {};
    const open = header !== undefined && hasOpenEnd(this.#reader, header);
    if (open || this.#brokenOff) chain.open = true;
    // Data whose length was never written is not known to be missing.
    if (this.#brokenOff && !open) chain.lost = asProblem(this.#brokenOff);
    const end = open ? await openEnd(this.#reader, header, fragment!.offset) : undefined;
    if (end === undefined) return;
    if (chain.fragments.at(-1) === fragment) {
      chain.fragments.pop();
      chain.length -= fragment!.length;
    }
    keepFragment(chain, { ...fragment!, length: end - fragment!.offset });
  }

  /**
   * Adds the blocks of all lists from `first` on, of that one without those before `skipped`. The link
   * to it stands at `way`, unless it is the owner's.
   */
  async #followLists(first: number, path: string, way = 0, skipped = 0): Promise<void> {
    let offset = first;
    for (let n = 0; offset !== 0; n++) {
      const listPath = `${path}>DL[${n}]`;
      if (this.#seenLists.has(offset)) {
        throw new CorruptFileError(
          "the data list leads back to itself; the file is damaged",
          this.#reader.place("DL", offset, listPath),
        );
      }
      this.#seenLists.add(offset);
      if (this.#isMissing(offset, listPath)) return;
      const list = await this.#list(offset, listPath);
      const blocks = moreLinks(list);
      // The counter of an unfinalized list may be behind; its links tell.
      const count = this.#lenient ? blocks.length : list.fields.dl_count;
      if (count > blocks.length) {
        throw new CorruptFileError(
          `the list counts ${list.fields.dl_count} blocks but links to ${blocks.length}`,
          this.#reader.place("DL", offset, listPath),
        );
      }
      for (let i = offset === first ? skipped : 0; i < count; i++) {
        const blockPath = `${listPath}[${i}]`;
        if (blocks[i] === 0 || this.#isMissing(blocks[i], blockPath)) continue;
        this.#lastList = offset;
        this.#lastWay = way;
        this.#lastUsed = i + 1;
        await this.append(blocks[i], blockPath);
      }
      way = list.offset + HEADER_BYTES;
      offset = link(list, "dl_dl_next");
    }
  }

  async #list(
    offset: number,
    path: string,
  ): Promise<Block<typeof OPEN_DL.fields, (typeof DL.links)[number]>> {
    const table: typeof OPEN_DL = this.#lenient ? OPEN_DL : DL;
    return this.#reader.peek(table, offset, path) ?? await this.#reader.load(table, offset, path);
  }

  /** Whether an unfinalized file was cut off before a block that was already linked to. */
  #isMissing(offset: number, path: string): boolean {
    const { fileSize } = this.#reader;
    if (!this.#lenient || offset + HEADER_BYTES <= fileSize) return false;
    this.#brokenOff ??= new TruncatedFileError(
      `the list names a block past the end of the file, which has ${fileSize} bytes; the file was ` +
        "never finished, and the data from there on is missing",
      this.#reader.place(this.#kind, offset, path),
    );
    return true;
  }

  /** Adds a block that a link to `offset` leads to. */
  async #block(offset: number, header: BlockHeader, path: string): Promise<void> {
    if (this.#brokenOff) throw this.#brokenOff;
    this.#lastOffset = offset;
    this.#bytesBefore = this.#storedBytes;
    const fragment = header.id === "DZ"
      ? await this.#compressed(header, path)
      : this.#plain(header, path);
    this.#last = { header, fragment };
    // Blocks that lie apart cannot hold more than the file; a list that names one block over and
    // over would otherwise make a small file endless.
    this.#storedBytes += fragment.stored ?? fragment.length;
    if (this.#storedBytes > this.#reader.fileSize) {
      throw new CorruptFileError(
        "the blocks of the list hold more bytes than the file; it names some of them repeatedly",
        this.#reader.place(header.id, header.offset, path),
      );
    }
    keepFragment(this.#chain, fragment);
  }

  /** A block that was met before and cannot have changed. */
  #keepKnown(offset: number, fragment: Fragment): void {
    if (this.#reader.unfinalized !== undefined) this.#reader.met.add(offset);
    this.#last = undefined;
    this.#lastOffset = offset;
    this.#bytesBefore = this.#storedBytes;
    this.#storedBytes += fragment.stored ?? fragment.length;
    keepFragment(this.#chain, fragment);
  }

  #plain(header: BlockHeader, path: string): Fragment {
    if (header.id !== this.#kind) {
      throw new UnsupportedFeatureError(
        `a ${header.id} block stands where ${this.#kind} data is expected`,
        this.#reader.place(header.id, header.offset, path),
      );
    }
    const fragment = plainFragment(header);
    if (this.#endsBeyond(header.offset + header.length, header, path)) {
      fragment.length = Math.max(0, this.#reader.fileSize - fragment.offset);
    }
    return fragment;
  }

  async #compressed(header: BlockHeader, path: string): Promise<Fragment> {
    const reader = this.#reader;
    const fieldsEnd = header.offset + 8 * header.linkCount + usualHead({ zip: 0 });
    if (fieldsEnd > reader.fileSize && this.#endsBeyond(fieldsEnd, header, path)) {
      return { offset: fieldsEnd, length: 0 };
    }
    const block = reader.peek(DZ, header.offset, path, true) ??
      await reader.load(DZ, header.offset, path, true);
    const fragment = compressedFragment(reader, block, this.#kind, path);
    // Half of a compressed block gives no data.
    if (this.#endsBeyond(fragment.offset + fragment.stored!, header, path)) {
      return { offset: fragment.offset, length: 0 };
    }
    return fragment;
  }

  /** Whether the file was cut off in a block, which an unfinalized file may be. */
  #endsBeyond(end: number, header: BlockHeader, path: string): boolean {
    const { fileSize } = this.#reader;
    if (end <= fileSize) return false;
    const error = new TruncatedFileError(
      `the block ends ${end - fileSize} bytes after the end of the file, which has ` +
        `${fileSize} bytes; copy the file again or repair it with its own tool`,
      this.#reader.place(header.id, header.offset, path),
    );
    if (!this.#lenient) throw error;
    this.#brokenOff = error;
    return true;
  }
}

function keepFragment(chain: DataChain, fragment: Fragment): void {
  if (fragment.length === 0) return;
  // What is pushed into an empty array gets room for sixteen more; most chains are of one block.
  if (chain.fragments.length === 0) chain.fragments = [fragment];
  else chain.fragments.push(fragment);
  chain.length += fragment.length;
}
