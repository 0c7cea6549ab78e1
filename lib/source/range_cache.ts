/**
 * Ranges of a file that were fetched, kept in bounded memory, and fetches that several readers share.
 *
 * @module
 */

/** Fetches `[offset, offset + length)`. */
export type FetchRange = (
  offset: number,
  length: number,
  signal: AbortSignal,
) => Promise<Uint8Array>;

interface Kept {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A fetch under way, and how many wait for it. */
interface Shared {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Promise<Uint8Array>;
  readonly stop: AbortController;
  waiting: number;
}

/** Settings of a {@link RangeCache}. */
export interface RangeCacheOptions {
  /** Bytes that are kept at most. */
  readonly cacheBytes: number;
  /** Smaller ranges are rounded out to whole blocks of so many bytes. */
  readonly blockBytes: number;
  /** Larger ranges are not kept. */
  readonly keptBytes: number;
}

/** Hands out ranges of a file; what it gives must not be written to. */
export class RangeCache {
  readonly #fetch: FetchRange;
  readonly #options: RangeCacheOptions;
  /** Oldest first. */
  #kept: Kept[] = [];
  #bytes = 0;
  readonly #shared = new Set<Shared>();

  /** Puts a cache in front of a way to fetch ranges. */
  constructor(fetch: FetchRange, options: RangeCacheOptions) {
    this.#fetch = fetch;
    this.#options = options;
  }

  /** The bytes `[offset, offset + length)` of a file of `size` bytes. */
  async read(
    offset: number,
    length: number,
    size: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const known = this.#find(offset, length);
    if (known) return known;
    const { blockBytes } = this.#options;
    let [from, to] = [offset, offset + length];
    if (length < blockBytes) {
      from = Math.floor(from / blockBytes) * blockBytes;
      to = Math.min(size, Math.ceil(to / blockBytes) * blockBytes);
    }
    const shared = this.#join(from, to) ?? this.#start(from, to - from);
    const bytes = await this.#wait(shared, signal);
    return bytes.subarray(offset - shared.offset, offset - shared.offset + length);
  }

  #find(offset: number, length: number): Uint8Array | undefined {
    const index = this.#kept.findIndex((kept) =>
      covers(kept.offset, kept.bytes.length, offset, length)
    );
    if (index < 0) return undefined;
    const [kept] = this.#kept.splice(index, 1);
    this.#kept.push(kept);
    return kept.bytes.subarray(offset - kept.offset, offset - kept.offset + length);
  }

  /** A fetch under way that brings the range too. */
  #join(from: number, to: number): Shared | undefined {
    for (const shared of this.#shared) {
      if (covers(shared.offset, shared.length, from, to - from)) return shared;
    }
  }

  #start(offset: number, length: number): Shared {
    const stop = new AbortController();
    const shared: Shared = {
      ...{ offset, length, stop, waiting: 0 },
      bytes: this.#fetch(offset, length, stop.signal).then((bytes) => {
        this.#keep({ offset, bytes });
        return bytes;
      }).finally(() => this.#shared.delete(shared)),
    };
    this.#shared.add(shared);
    return shared;
  }

  /** One reader that gives up does not fail the others; the last one ends the fetch. */
  #wait(shared: Shared, signal?: AbortSignal): Promise<Uint8Array> {
    shared.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal!.reason);
        if (--shared.waiting > 0) return;
        this.#shared.delete(shared);
        shared.stop.abort(signal!.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      const done = () => signal?.removeEventListener("abort", leave);
      shared.bytes.then((bytes) => (done(), resolve(bytes)), (error) => (done(), reject(error)));
    });
  }

  #keep(kept: Kept): void {
    const { cacheBytes, keptBytes } = this.#options;
    if (kept.bytes.length > Math.min(keptBytes, cacheBytes)) return;
    this.#kept.push(kept);
    this.#bytes += kept.bytes.length;
    while (this.#bytes > cacheBytes) this.#bytes -= this.#kept.shift()!.bytes.length;
  }
}

function covers(from: number, bytes: number, offset: number, length: number): boolean {
  return from <= offset && offset + length <= from + bytes;
}
