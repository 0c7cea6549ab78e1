/**
 * A bounded cache of pages in front of a source, for the many small reads of a block walk.
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
  /** Told of every read that reaches the source. */
  onRead?: (offset: number, length: number) => void;
}

/** Keeps recently read pages, and hands out views of them without waiting when it can. */
export class PageCache {
  /** The reader behind the cache. */
  readonly reader: SourceReader;
  readonly #pageBytes: number;
  readonly #maxPages: number;
  readonly #onRead?: (offset: number, length: number) => void;
  readonly #pages = new Map<number, Uint8Array>();

  /** Puts a cache in front of a reader. */
  constructor(reader: SourceReader, options: PageCacheOptions = {}) {
    this.reader = reader;
    this.#pageBytes = options.pageBytes ?? 65536;
    this.#maxPages = options.maxPages ?? 512;
    this.#onRead = options.onRead;
  }

  /**
   * A view of `[offset, offset + length)` if that can be had without waiting, else undefined. The
   * view must not be written to, nor kept. With `sparse` the neighbourhood is not worth reading: what
   * is not cached yet is read alone.
   */
  peek(offset: number, length: number, sparse = false): Uint8Array | undefined {
    const number = Math.floor(offset / this.#pageBytes);
    const at = offset - number * this.#pageBytes;
    if (at + length <= this.#pageBytes) {
      const page = this.#pages.get(number) ?? (sparse ? undefined : this.#loadSync(number));
      if (page && at + length <= page.length) return page.subarray(at, at + length);
    }
    if (!this.reader.synchronous) return undefined;
    const bytes = new Uint8Array(length);
    this.#onRead?.(offset, length);
    void this.reader.readInto(offset, bytes);
    return bytes;
  }

  /** The bytes `[offset, offset + length)`, waiting for the source where needed; see `peek`. */
  async load(
    offset: number,
    length: number,
    signal?: AbortSignal,
    sparse = false,
  ): Promise<Uint8Array> {
    const first = Math.floor(offset / this.#pageBytes);
    const last = Math.floor((offset + Math.max(1, length) - 1) / this.#pageBytes);
    let page = this.#pages.get(first);
    if (first === last && (page || !sparse) && offset + length <= this.reader.size) {
      if (!page) {
        const start = first * this.#pageBytes;
        const size = Math.min(this.#pageBytes, this.reader.size - start);
        this.#onRead?.(start, size);
        page = await this.reader.read(start, size, signal);
        this.#keep(first, page);
      }
      const at = offset - first * this.#pageBytes;
      return page.subarray(at, at + length);
    }
    this.#onRead?.(offset, length);
    return await this.reader.read(offset, length, signal);
  }

  #loadSync(number: number): Uint8Array | undefined {
    if (!this.reader.synchronous) return undefined;
    const start = number * this.#pageBytes;
    if (start >= this.reader.size) return undefined;
    const page = new Uint8Array(Math.min(this.#pageBytes, this.reader.size - start));
    this.#onRead?.(start, page.length);
    void this.reader.readInto(start, page);
    this.#keep(number, page);
    return page;
  }

  #keep(number: number, page: Uint8Array): void {
    if (this.#pages.size >= this.#maxPages && !this.#pages.has(number)) {
      for (const oldest of this.#pages.keys()) {
        this.#pages.delete(oldest);
        break;
      }
    }
    this.#pages.set(number, page);
  }
}
