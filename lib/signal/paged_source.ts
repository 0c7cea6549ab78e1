/**
 * A byte source that is asked for whole pages, and for each of them once.
 *
 * @module
 */
import type { ByteReadOptions, ByteSource } from "../source/byte_source.ts";

/** Bytes of a page. */
const PAGE_BYTES = 4096;
/** Pages that are kept. */
const MOST_PAGES = 1024;

/**
 * Reads another source by pages, for searches that come close to where they were before. Sources that
 * answer at once are read as they are.
 */
export function pagedSource(source: ByteSource): ByteSource {
  if (source.readIntoSync) return source;
  const pages = new Map<number, Uint8Array>();
  let size: number | undefined;
  const paged: ByteSource = {
    get name() {
      return source.name;
    },
    get validator() {
      return source.validator;
    },
    get modified() {
      return source.modified;
    },
    size: async (options) => size = await source.size(options),
    async read(offset, length, options) {
      const start = Math.floor(offset / PAGE_BYTES) * PAGE_BYTES;
      const end = Math.ceil((offset + length) / PAGE_BYTES) * PAGE_BYTES;
      // What is longer than a page or two is not met again.
      if (end - start > 2 * PAGE_BYTES) return await source.read(offset, length, options);
      const first = await page(start, options);
      const from = offset - start;
      // A shorter answer than was asked for is continued by the caller.
      return first.slice(from, Math.min(from + length, first.length));
    },
    close: () => source.close?.(),
  };
  return paged;

  async function page(start: number, options?: ByteReadOptions): Promise<Uint8Array> {
    const known = pages.get(start);
    if (known) return known;
    const length = Math.min(PAGE_BYTES, (size ?? Infinity) - start);
    const bytes = await source.read(start, length, options);
    // A part of a page would be taken for the end of the file.
    if (bytes.length >= length) {
      if (pages.size === MOST_PAGES) pages.delete(pages.keys().next().value!);
      pages.set(start, bytes);
    }
    return bytes;
  }
}
