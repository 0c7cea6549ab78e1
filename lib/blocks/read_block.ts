/**
 * Blocks and texts of a file, read through its page cache; guards are passed on the way.
 *
 * @module
 */
import {
  CorruptFileError,
  type MdfErrorPlace,
  NotMdfError,
  UnsupportedFeatureError,
} from "../errors.ts";
import type { PageCache } from "../source/page_cache.ts";
import { type Block, type BlockHeader, link } from "./block.ts";
import { BlockCursor, wordsOf } from "./block_cursor.ts";
import { type BlockTable, GD, HEADER_BYTES, ID_BYTES, ID_FIELDS } from "./block_tables.ts";
import type { FieldTable, ValuesOf } from "./field_layout.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { LinkPath } from "./link_path.ts";
import { MetBlocks } from "./met_blocks.ts";
import { OffsetSet } from "./offset_set.ts";
import {
  type BlockFile,
  checkLink,
  metadataBytes,
  parseBlock,
  parseHeader,
  textBytes,
} from "./parse_block.ts";
import { readFields } from "./read_fields.ts";
import { markOf, type TableLayout } from "./table_layout.ts";
import { decodeText } from "./text_bytes.ts";

/** Highest version of the format that is read, as `id_ver` has it. */
export const SUPPORTED_VERSION = 430;

/** Reads blocks through a page cache. */
export class BlockReader implements BlockFile {
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
    checkLink(this, offset, path, expected);
    const at = this.#cache.find(offset, HEADER_BYTES, sparse);
    if (at < 0) return undefined;
    const { view } = this.#cache;
    if (this.#guards(view, at, expected)) return undefined;
    return parseHeader(this, view, at, offset, path, expected);
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
    checkLink(this, offset, path, expected);
    const view = viewOf(await this.#cache.load(offset, HEADER_BYTES, this.#signal, sparse));
    if (this.#guards(view, 0, expected)) {
      return this.loadHeader(await this.#guarded(offset, path), `${path}>GD`, expected, sparse);
    }
    return parseHeader(this, view, 0, offset, path, expected);
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
    const wanted = metadataBytes(this, table, header, path);
    const at = this.#cache.find(offset, wanted, sparse);
    return at < 0 ? undefined : parseBlock(this, table, header, this.#cache.view, at, wanted, path);
  }

  /** The block at `offset`, which must be of the table's type. */
  async load<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    offset: number,
    path: LinkPath,
    sparse = false,
  ): Promise<Block<F, L>> {
    const header = await this.loadHeader(offset, path, table.id, sparse);
    const wanted = metadataBytes(this, table, header, path);
    const bytes = await this.#cache.load(header.offset, wanted, this.#signal, sparse);
    return parseBlock(this, table, header, viewOf(bytes), 0, wanted, path);
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
    const wanted = header && metadataBytes(this, table, header, path);
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
    const wanted = metadataBytes(this, table, header, path);
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
    if (!moved) parseBlock(this, table, header, view, at, header.length, path);
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
    const bytes = this.#cache.peek(offset, textBytes(this, header, path));
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
    const wanted = textBytes(this, header, path);
    return this.#keepText(header, await this.#cache.load(header.offset, wanted, this.#signal));
  }

  /** Bytes of the file, for payloads that belong to the metadata. */
  loadBytes(offset: number, length: number): Promise<Uint8Array> {
    return this.#cache.load(offset, length, this.#signal);
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

const GD_MARK = markOf(GD.id);
const TX_MARK = markOf("TX");
const MD_MARK = markOf("MD");

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
