/**
 * Bytes to one block: header, links by count, data section, texts; guards are passed on the way.
 *
 * @module
 */
import {
  CorruptFileError,
  LimitExceededError,
  type MdfErrorPlace,
  NotMdfError,
  UnsupportedFeatureError,
} from "../errors.ts";
import type { PageCache } from "../source/page_cache.ts";
import { BlockCursor, wordsOf } from "./block_cursor.ts";
import { type BlockTable, GD, HEADER_BYTES, ID_BYTES, ID_FIELDS } from "./block_tables.ts";
import { type FieldTable, readU64, type ValuesOf } from "./field_layout.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { LinkPath } from "./link_path.ts";
import { MetBlocks } from "./met_blocks.ts";
import { OffsetSet } from "./offset_set.ts";
import { readFields } from "./read_fields.ts";
import { markOf, type TableLayout } from "./table_layout.ts";
import { decodeText } from "./text_bytes.ts";

/** Highest version of the format that is read, as `id_ver` has it. */
export const SUPPORTED_VERSION = 430;

/** The common header of a block. */
export interface BlockHeader {
  /** Two-character identifier. */
  readonly id: string;
  /** Where the block starts in the file. */
  readonly offset: number;
  /** Length of the whole block in bytes. */
  readonly length: number;
  /** Number of links. */
  readonly linkCount: number;
  /** Set for a data block of an unfinalized file whose length was never written. */
  readonly unwritten?: boolean;
}

/** A block that was read: its header, links and fields. */
export interface Block<F extends FieldTable = FieldTable, L extends string = string>
  extends BlockHeader {
  /** All links; 0 means none. */
  readonly links: number[];
  /** Fields of the data section. */
  readonly fields: ValuesOf<F>;
  /** Offset in the file of the bytes after the fields. */
  readonly payloadOffset: number;
  /** The table that read the block. */
  readonly table: BlockTable<F, L>;
}

/** The named link of a block, 0 when it is empty or the block is too old to have it. */
export function link<F extends FieldTable, L extends string>(block: Block<F, L>, name: L): number {
  return block.links[block.table.links.indexOf(name)] ?? 0;
}

/** Links after the named ones. */
export function moreLinks(block: Block): number[] {
  return block.links.slice(block.table.links.length);
}

/** Reads blocks through a page cache. */
export class BlockReader {
  /** Limits in force. */
  readonly limits: Limits;
  /** Size of the file in bytes. */
  readonly fileSize: number;
  /** Program named by the identification block, for error messages. */
  program?: string;
  /**
   * The `id_unfin_flags` of a file that was never closed, so that lengths of data blocks may not have
   * been written yet. The offsets of all blocks that are met are then kept in `met`.
   */
  unfinalized?: number;
  /** Whether the data of a finished file is left alone until it is needed. */
  dataLater = false;
  /** Whether a guard block is read as a block of its own, and not as the block that it guards. */
  keepGuards = false;
  /** The blocks met in an unfinalized file. */
  met = new MetBlocks();
  /** Blocks of data that need not be looked at, by offset, with what is known of each. */
  knownData?: ReadonlyMap<number, object>;
  readonly #cache: PageCache;
  readonly #signal?: AbortSignal;
  readonly #texts = new Map<number, string>();
  /** Texts that were read at least once. */
  readonly #readTexts = new OffsetSet();
  readonly #cursor = new BlockCursor();

  /** Reads through `cache`; `signal` cancels. */
  constructor(cache: PageCache, limits: Partial<Limits> = {}, signal?: AbortSignal) {
    this.#cache = cache;
    this.#signal = signal;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.fileSize = cache.reader.size;
  }

  /** Place of a problem, for an error. */
  place(block: string | undefined, offset: number, path?: LinkPath): MdfErrorPlace {
    const { name: file } = this.#cache.reader;
    return { file, block, offset, path: path && String(path), program: this.program };
  }

  /** The identification block. */
  async identification(): Promise<ValuesOf<typeof ID_FIELDS>> {
    const place = this.place("ID", 0);
    if (this.fileSize < ID_BYTES) {
      throw new NotMdfError(
        `the file has ${this.fileSize} bytes; an MDF file starts with an identification of ${ID_BYTES}`,
        place,
      );
    }
    const bytes = await this.#cache.load(0, ID_BYTES, this.#signal);
    const fields = readFields(ID_FIELDS, viewOf(bytes), 0, ID_BYTES, () => {
      throw new NotMdfError("the identification is incomplete", place);
    }).fields as ValuesOf<typeof ID_FIELDS>;
    return fields;
  }

  /**
   * The header of the block at `offset`, whatever its type, if it can be had without waiting. With
   * `sparse`, nothing else nearby is going to be read.
   */
  peekHeader(
    offset: number,
    path: LinkPath,
    expected?: string,
    sparse = false,
  ): BlockHeader | undefined {
    this.#checkLink(offset, path, expected);
    const at = this.#cache.find(offset, HEADER_BYTES, sparse);
    if (at < 0) return undefined;
    const { view } = this.#cache;
    if (this.#guards(view, at, expected)) return undefined;
    return this.#parseHeader(view, at, offset, path, expected);
  }

  /**
   * The header of the block at `offset`, whatever its type. A guard block leads to the block that it
   * guards.
   *
   * @throws {UnsupportedFeatureError} when the guard keeps readers of this version away
   */
  async loadHeader(
    offset: number,
    path: LinkPath,
    expected?: string,
    sparse = false,
  ): Promise<BlockHeader> {
    this.#checkLink(offset, path, expected);
    const view = viewOf(await this.#cache.load(offset, HEADER_BYTES, this.#signal, sparse));
    if (this.#guards(view, 0, expected)) {
      return this.loadHeader(await this.#guarded(offset, path), `${path}>GD`, expected, sparse);
    }
    return this.#parseHeader(view, 0, offset, path, expected);
  }

  #guards(view: DataView, at: number, expected?: string): boolean {
    return view.getUint32(at, true) === GD_MARK && !this.keepGuards && expected !== GD.id;
  }

  /** The block behind a guard. */
  async #guarded(offset: number, path: LinkPath): Promise<number> {
    const guard = await this.load(GD, offset, path);
    const place = this.place(GD.id, offset, path);
    const { gd_version: version } = guard.fields;
    if (version > SUPPORTED_VERSION) {
      throw new UnsupportedFeatureError(
        `what follows is for readers of version ${version / 100} of the format; this one knows ` +
          `${SUPPORTED_VERSION / 100}`,
        place,
      );
    }
    // Guards of guards have no use, and could lead around in circles.
    const target = link(guard, "gd_link");
    if (target === 0 || target === offset || String(path).endsWith(">GD")) {
      throw new CorruptFileError("the guard block leads to no block that it guards", place);
    }
    return target;
  }

  /** The block at `offset`, which must be of the table's type, if it can be had without waiting. */
  peek<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    offset: number,
    path: LinkPath,
    sparse = false,
  ): Block<F, L> | undefined {
    const header = this.peekHeader(offset, path, table.id, sparse);
    if (!header) return undefined;
    const wanted = this.#metadataBytes(table, header, path);
    const at = this.#cache.find(offset, wanted, sparse);
    return at < 0 ? undefined : this.#parse(table, header, this.#cache.view, at, wanted, path);
  }

  /** The block at `offset`, which must be of the table's type. */
  async load<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    offset: number,
    path: LinkPath,
    sparse = false,
  ): Promise<Block<F, L>> {
    const header = await this.loadHeader(offset, path, table.id, sparse);
    const wanted = this.#metadataBytes(table, header, path);
    const bytes = await this.#cache.load(header.offset, wanted, this.#signal, sparse);
    return this.#parse(table, header, viewOf(bytes), 0, wanted, path);
  }

  /**
   * The block at `offset`, which must be of the table's type, if it can be had without waiting. The
   * cursor is the same for all blocks: it holds until anything else is read.
   */
  peekCursor<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    layout: TableLayout<F, L>,
    offset: number,
    path: LinkPath,
  ): BlockCursor | undefined {
    const cursor = this.#cursor;
    const at = this.#usual(offset);
    if (
      at >= 0 && cursor.move(this.#cache.words, at, offset, layout) &&
      cursor.length <= this.limits.metadataBlockBytes
    ) {
      if (this.unfinalized !== undefined) this.met.add(offset);
      return cursor;
    }
    const header = this.peekHeader(offset, path, table.id);
    const wanted = header && this.#metadataBytes(table, header, path);
    const place = wanted === undefined ? -1 : this.#cache.find(offset, wanted);
    if (place < 0) return undefined;
    return this.#moveCursor(table, layout, header!, this.#cache.view, place, path);
  }

  /** The same, waiting for the source where needed. */
  async loadCursor<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    layout: TableLayout<F, L>,
    offset: number,
    path: LinkPath,
  ): Promise<BlockCursor> {
    const header = await this.loadHeader(offset, path, table.id);
    const wanted = this.#metadataBytes(table, header, path);
    const bytes = await this.#cache.load(header.offset, wanted, this.#signal);
    return this.#moveCursor(table, layout, header, viewOf(bytes), 0, path);
  }

  #moveCursor<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    layout: TableLayout<F, L>,
    header: BlockHeader,
    view: DataView,
    at: number,
    path: LinkPath,
  ): BlockCursor {
    const words = wordsOf(view, at, header.length);
    const moved = this.#cursor.move(words, 0, header.offset, layout);
    // What keeps the cursor away is told by reading the block in full.
    if (!moved) this.#parse(table, header, view, at, header.length, path);
    return this.#cursor;
  }

  /** Where the header of a block stands in the bytes of the cache, if that takes no waiting; else -1. */
  #usual(offset: number): number {
    const inside = offset >= ID_BYTES && offset + HEADER_BYTES <= this.fileSize;
    return inside ? this.#cache.find(offset, HEADER_BYTES) : -1;
  }

  /** Text of the TX or MD block at `offset`, up to its first zero byte; "" for a nil link. */
  peekText(offset: number, path: LinkPath): string | undefined {
    if (offset === 0) return "";
    const known = this.#texts.get(offset);
    if (known !== undefined) return known;
    const usual = this.#usualText(offset);
    if (usual !== undefined) {
      // Most texts are read once. Those that are not, such as units, are kept from then on.
      return this.#readTexts.add(offset) ? usual : this.#remember(offset, usual);
    }
    const header = this.peekHeader(offset, path, "TX or MD");
    if (!header) return undefined;
    const bytes = this.#cache.peek(offset, this.#textBytes(header, path));
    return bytes && this.#keepText(header, bytes);
  }

  /** A text that lies in the bytes of the cache and has nothing unusual about it. */
  #usualText(offset: number): string | undefined {
    const at = this.#usual(offset);
    if (at < 0) return undefined;
    const { words, bytes } = this.#cache;
    const start = at >> 2;
    const mark = words[start];
    const length = words[start + 2];
    if (
      (mark !== TX_MARK && mark !== MD_MARK) || (at & 3) !== 0 || words[start + 3] !== 0 ||
      words[start + 4] !== 0 || words[start + 5] !== 0 || length < HEADER_BYTES ||
      at + length > bytes.length || length > this.limits.metadataBlockBytes
    ) return undefined;
    if (this.unfinalized !== undefined) this.met.add(offset);
    return decodeText(bytes, at + HEADER_BYTES, at + length);
  }

  /** Text of the TX or MD block at `offset`, waiting for the source where needed. */
  async loadText(offset: number, path: LinkPath): Promise<string> {
    const header = await this.loadHeader(offset, path, "TX or MD");
    const wanted = this.#textBytes(header, path);
    return this.#keepText(header, await this.#cache.load(header.offset, wanted, this.#signal));
  }

  /** Bytes of the file, for payloads that belong to the metadata. */
  loadBytes(offset: number, length: number): Promise<Uint8Array> {
    return this.#cache.load(offset, length, this.#signal);
  }

  #checkLink(offset: number, path: LinkPath, expected?: string): void {
    if (offset >= ID_BYTES && offset + HEADER_BYTES <= this.fileSize) return;
    const what = offset < ID_BYTES
      ? "a link leads into the identification"
      : `a link leads past the end of the file, which has ${this.fileSize} bytes`;
    throw new CorruptFileError(
      `${what}; the file is damaged or cut off, so use the tool that wrote it to repair it`,
      this.place(expected ?? "data", offset, path),
    );
  }

  #parseHeader(
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
        this.place(expected ?? "data", offset, path),
      );
    }
    let length = readU64(view, at + 8);
    const linkCount = readU64(view, at + 16);
    let unwritten = false;
    if (this.unfinalized !== undefined) {
      this.met.add(offset);
      unwritten = length < HEADER_BYTES && DATA_BLOCKS.has(id);
      if (unwritten) length = HEADER_BYTES;
    }
    if (length < HEADER_BYTES || linkCount * 8 > length - HEADER_BYTES) {
      throw new CorruptFileError(
        `the block says it is ${length} bytes long and has ${linkCount} links, which cannot be`,
        this.place(id, offset, path),
      );
    }
    const header = { id, offset, length, linkCount };
    return unwritten ? { ...header, unwritten } : header;
  }

  #metadataBytes(table: BlockTable, header: BlockHeader, path: LinkPath): number {
    let wanted = header.length;
    if (table.payload) {
      wanted = HEADER_BYTES + header.linkCount * 8;
      for (const name in table.fields) wanted += table.fields[name].size;
    }
    this.#checkExtent(header, Math.min(wanted, header.length), path);
    return Math.min(wanted, header.length);
  }

  #textBytes(header: BlockHeader, path: LinkPath): number {
    this.#checkExtent(header, header.length, path);
    return header.length;
  }

  #checkExtent(header: BlockHeader, wanted: number, path: LinkPath): void {
    if (header.offset + wanted > this.fileSize) {
      throw new CorruptFileError(
        `the block is ${header.length} bytes long and the file ends ` +
          `${
            header.offset + wanted - this.fileSize
          } bytes before its end; the file is cut off or ` +
          "the length is wrong",
        this.place(header.id, header.offset, path),
      );
    }
    if (wanted > this.limits.metadataBlockBytes) {
      throw new LimitExceededError(
        `the block is ${wanted} bytes long and the limit is ${this.limits.metadataBlockBytes}; ` +
          "raise limits.metadataBlockBytes if the file is to be trusted",
        this.place(header.id, header.offset, path),
      );
    }
  }

  #parse<F extends FieldTable, L extends string>(
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
        this.place(header.id, header.offset, path),
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

  #keepText(header: BlockHeader, bytes: Uint8Array): string {
    const start = HEADER_BYTES + 8 * header.linkCount;
    return this.#remember(header.offset, decodeText(bytes, start, bytes.length));
  }

  /** Shared units and names recur thousands of times; long comments do not. */
  #remember(offset: number, text: string): string {
    if (text.length < 256 && this.#texts.size < 100_000) this.#texts.set(offset, text);
    return text;
  }
}

/** Whether an identifier is one of those named by a text such as `TX or MD`. */
function isExpected(id: string, expected?: string): boolean {
  return expected === undefined || id === expected ||
    (/^[A-Z]{2}$/.test(id) && expected.includes(id));
}

/** Blocks that a logger may still have been writing when it was cut off. */
const DATA_BLOCKS: ReadonlySet<string> = new Set(["DT", "SD", "RD", "DV", "DI", "RV", "RI"]);

const GD_MARK = markOf(GD.id);
const TX_MARK = markOf("TX");
const MD_MARK = markOf("MD");

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hex(view: DataView, at: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
