/**
 * A cache of pages over a byte source, for the many small reads of a block walk.
 *
 * @module
 */
import type { SourceReader } from "./byte_source.ts";

/** Settings of a {@link PageCache}. */
export interface PageCacheOptions {
  /** Bytes of one page. */
  pageBytes?: number;
  /** Pages kept; the oldest goes first. */
  maxPages?: number;
  /** Most pages that one read brings when pages are asked for in file order without waiting. */
  maxPagesAhead?: number;
  /** Told of every read that reaches the source. */
  onRead?: (offset: number, length: number) => void;
}

/** Bytes of the file that lie in memory: one or more pages, or a range read alone. */
interface Span {
  /** Offset in the file of the first byte. */
  readonly start: number;
  /** Number of the first page; its length in pages is 0 for a range read alone. */
  readonly number: number;
  readonly pages: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly view: DataView;
}

/** Pages that are kept until one of those that had to go is asked for again, if reading takes no waiting. */
const PAGES_AT_FIRST = 64;

/** Buffers that start with a page of memory are read into three to four times slower. */
const BUFFER_OFFSET = 64;

/** Keeps recently read pages, and hands out views of them without waiting when it can. */
export class PageCache {
  /** The reader behind the cache. */
  readonly reader: SourceReader;
  /** The bytes in which `find` found a range. They must not be written to. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes as words of the processor's byte order, as far as they are whole words. */
  words: Uint32Array = new Uint32Array(0);
  /** The same bytes. */
  view: DataView = new DataView(this.bytes.buffer);
  #start = 0;
  readonly #pageBytes: number;
  readonly #maxPages: number;
  readonly #maxPagesAhead: number;
  readonly #onRead?: (offset: number, length: number) => void;
  readonly #pages = new Map<number, Span>();
  /** What is kept, oldest first. */
  readonly #spans: Span[] = [];
  readonly #gone = new Set<number>();
  #room: number;
  #lastSparse = -Infinity;

  /** Puts a cache in front of a reader. */
  constructor(reader: SourceReader, options: PageCacheOptions = {}) {
    this.reader = reader;
    this.#pageBytes = options.pageBytes ?? 65536;
    this.#maxPages = options.maxPages ?? 512;
    this.#maxPagesAhead = options.maxPagesAhead ?? 16;
    this.#onRead = options.onRead;
    this.#room = reader.synchronous ? Math.min(this.#maxPages, PAGES_AT_FIRST) : this.#maxPages;
  }

  /**
   * Where `[offset, offset + length)` starts within `bytes` and `view`, or -1 when that cannot be had
   * without waiting. The bytes hold until the next call. With `sparse` the neighbourhood is not worth
   * reading: what is not cached yet is read alone, unless it lies near the sparse range before.
   */
  find(offset: number, length: number, sparse = false): number {
    const at = offset - this.#start;
    if (at >= 0 && at + length <= this.bytes.length) return at;
    const span = this.#search(offset, length, sparse);
    return span ? this.#turnTo(span, offset) : -1;
  }

  /**
   * A view of `[offset, offset + length)` if that can be had without waiting, else undefined. The
   * view must not be written to, and holds until the next call; for `sparse` see `find`.
   */
  peek(offset: number, length: number, sparse = false): Uint8Array | undefined {
    const at = this.find(offset, length, sparse);
    return at < 0 ? undefined : this.bytes.subarray(at, at + length);
  }

  /** The bytes `[offset, offset + length)`, waiting for the source where needed; see `find`. */
  async load(
    offset: number,
    length: number,
    signal?: AbortSignal,
    sparse = false,
  ): Promise<Uint8Array> {
    const first = Math.floor(offset / this.#pageBytes);
    const last = Math.floor((offset + Math.max(1, length) - 1) / this.#pageBytes);
    const known = this.#pages.get(first);
    if (known && offset + length <= known.start + known.bytes.length) {
      // Pages that are read without waiting give their memory to others.
      const at = offset - known.start;
      return this.reader.synchronous
        ? known.bytes.slice(at, at + length)
        : known.bytes.subarray(at, at + length);
    }
    const alone = sparse && !this.#nearSparse(offset);
    // The page that a block goes on in is the next that will be asked for.
    const goesOn = known !== undefined && last === first + 1;
    if ((first === last || goesOn) && !alone && offset + length <= this.reader.size) {
      const page = this.#pages.get(last) ?? await this.#loadPage(last, signal);
      if (known && goesOn) return joined(known, page, offset, length);
      return page.bytes.subarray(offset - page.start, offset - page.start + length);
    }
    this.#onRead?.(offset, length);
    const bytes = await this.reader.read(offset, length, signal);
    // What was waited for is looked at again without waiting.
    this.#turnTo(spanOf(offset, first, 0, bytes), offset);
    return bytes;
  }

  async #loadPage(number: number, signal?: AbortSignal): Promise<Span> {
    const start = number * this.#pageBytes;
    const size = Math.min(this.#pageBytes, this.reader.size - start);
    this.#onRead?.(start, size);
    const span = spanOf(start, number, 1, await this.reader.read(start, size, signal));
    this.#keep(span);
    return span;
  }

  /** What `find` is asked for, read if need be; undefined where that takes waiting. */
  #search(offset: number, length: number, sparse: boolean): Span | undefined {
    const number = Math.floor(offset / this.#pageBytes);
    let span = this.#pages.get(number);
    if (!span && this.reader.synchronous && offset < this.reader.size) {
      const alone = sparse && !this.#nearSparse(offset);
      const onePage = offset + length <= (number + 1) * this.#pageBytes;
      if (onePage && !alone) span = this.#loadSync(number);
    }
    if (span && offset + length <= span.start + span.bytes.length) return span;
    const next = span && this.#pages.get(span.number + span.pages);
    if (next && offset + length <= next.start + next.bytes.length) {
      return spanOf(offset, number, 0, joined(span!, next, offset, length));
    }
    if (!this.reader.synchronous) return undefined;
    const bytes = new Uint8Array(length);
    this.#onRead?.(offset, length);
    void this.reader.readInto(offset, bytes);
    return spanOf(offset, number, 0, bytes);
  }

  /** Whether a sparse range lies so near the one before that their page is worth reading. */
  #nearSparse(offset: number): boolean {
    const distance = Math.abs(offset - this.#lastSparse);
    this.#lastSparse = offset;
    return distance > 0 && distance < this.#pageBytes / 4;
  }

  /** Makes a span the one whose bytes are at hand, and gives the place of an offset in it. */
  #turnTo(span: Span, offset: number): number {
    this.#start = span.start;
    this.bytes = span.bytes;
    this.words = span.words;
    this.view = span.view;
    return offset - span.start;
  }

  /** Reads a page; twice as much as the last time when the page before it is there. */
  #loadSync(number: number): Span {
    const before = this.#pages.get(number - 1);
    const most = before ? Math.min(this.#maxPagesAhead, 2 * before.pages, this.#room / 4) : 1;
    let pages = 1;
    while (pages < most && !this.#pages.has(number + pages)) pages++;
    const start = number * this.#pageBytes;
    const size = Math.min(pages * this.#pageBytes, this.reader.size - start);
    pages = Math.ceil(size / this.#pageBytes);
    const bytes = this.#memory(number, pages, size);
    this.#onRead?.(start, size);
    void this.reader.readInto(start, bytes);
    const span = spanOf(start, number, pages, bytes);
    this.#keep(span);
    return span;
  }

  /** Memory for a span, if possible that of one that has to go for it: new memory costs more than reading. */
  #memory(number: number, pages: number, size: number): Uint8Array {
    // What is read again is read in no order; then more pages are worth their memory.
    if (this.#gone.has(number)) {
      this.#room = Math.min(this.#maxPages, 2 * this.#room);
      this.#gone.clear();
    }
    const gone = this.#makeRoom(pages);
    if (gone?.buffer.byteLength === BUFFER_OFFSET + size && gone.byteOffset === BUFFER_OFFSET) {
      return gone;
    }
    return new Uint8Array(new ArrayBuffer(BUFFER_OFFSET + size), BUFFER_OFFSET, size);
  }

  /** Gives up the oldest pages until so many more have room; the memory of the last one is returned. */
  #makeRoom(pages: number): Uint8Array | undefined {
    let gone: Uint8Array | undefined;
    while (this.#spans.length > 0 && this.#pages.size + pages > this.#room) {
      const oldest = this.#spans.shift()!;
      for (let i = 0; i < oldest.pages; i++) {
        this.#pages.delete(oldest.number + i);
        this.#gone.add(oldest.number + i);
      }
      gone = oldest.bytes;
      if (gone === this.bytes) this.#start = Infinity;
    }
    return gone;
  }

  #keep(span: Span): void {
    const known = this.#pages.get(span.number);
    if (known) this.#spans[this.#spans.indexOf(known)] = span;
    else {
      this.#makeRoom(span.pages);
      this.#spans.push(span);
    }
    for (let i = 0; i < span.pages; i++) this.#pages.set(span.number + i, span);
  }
}

/** A range that starts in one span and ends in the next. */
function joined(span: Span, next: Span, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const head = span.bytes.subarray(offset - span.start);
  bytes.set(head);
  bytes.set(next.bytes.subarray(0, length - head.length), head.length);
  return bytes;
}

function spanOf(start: number, number: number, pages: number, bytes: Uint8Array): Span {
  const { buffer, byteOffset, byteLength } = bytes;
  const words = byteOffset % 4 === 0 ? byteLength >> 2 : 0;
  return {
    ...{ start, number, pages, bytes },
    words: new Uint32Array(buffer, words === 0 ? 0 : byteOffset, words),
    view: new DataView(buffer, byteOffset, byteLength),
  };
}
