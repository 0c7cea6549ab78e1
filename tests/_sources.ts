/**
 * Byte sources that watch their callers, and some that are as unhelpful as the contract allows.
 *
 * @module
 */
import type { ByteRange } from "../lib/source/byte_ranges.ts";
import type { ByteReadOptions, ByteSource } from "../lib/source/byte_source.ts";

/** A source that counts what is asked of it. */
export interface CountingSource extends ByteSource {
  /** Reads so far. */
  requests: number;
  /** Bytes asked for so far. */
  bytes: number;
  /** Every range that was asked for, in order. */
  ranges: ByteRange[];
  /** Forgets all of this. */
  reset(): void;
}

/** Counts the reads of another source; it is synchronous when that one is. */
export function countingSource(source: ByteSource): CountingSource {
  const counting: CountingSource = {
    name: source.name,
    distant: source.distant,
    get validator() {
      return source.validator;
    },
    requests: 0,
    bytes: 0,
    ranges: [],
    reset() {
      counting.requests = 0;
      counting.bytes = 0;
      counting.ranges = [];
    },
    size: (options) => source.size(options),
    read(offset, length, options) {
      count(offset, length);
      return source.read(offset, length, options);
    },
    close: () => source.close?.(),
  };
  if (source.refresh) {
    counting.refresh = async (options) => {
      source = await source.refresh!(options);
      return counting;
    };
  }
  if (source.readIntoSync) {
    counting.readIntoSync = (offset, target) => {
      count(offset, target.length);
      source.readIntoSync!(offset, target);
    };
  }
  function count(offset: number, length: number) {
    counting.requests++;
    counting.bytes += length;
    counting.ranges.push([offset, length]);
  }
  return counting;
}

/**
 * Bytes in memory behind a source that has to wait, and that throws a plain `Error` (never an
 * `MdfError`) on reads outside the file, on arguments that are no whole numbers, and after `close`.
 */
export function strictSource(bytes: Uint8Array, name = "strict.mf4"): ByteSource {
  let closed = false;
  return {
    name,
    size: () => Promise.resolve(bytes.length),
    async read(offset: number, length: number, options: ByteReadOptions = {}) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) {
        throw new Error(`read(${offset}, ${length}): both must be whole numbers`);
      }
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new Error(`read(${offset}, ${length}) leaves the ${bytes.length} bytes of the file`);
      }
      if (closed) throw new Error(`read(${offset}, ${length}) of a source that was closed`);
      options.signal?.throwIfAborted();
      await Promise.resolve();
      return bytes.slice(offset, offset + length);
    },
    close() {
      closed = true;
    },
  };
}

/**
 * The least that is a byte source, far away: no name, and no answer of more than `most` bytes.
 */
export function minimalSource(bytes: Uint8Array, most = 1): ByteSource {
  return {
    distant: true,
    size: () => Promise.resolve(bytes.length),
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + Math.min(length, most))),
  };
}

/** A source whose bytes may be replaced at any time, as those of a file that a logger writes. */
export interface GrowingSource extends ByteSource {
  bytes: Uint8Array;
}

/** Makes such a source; it has to be waited for unless it is `synchronous`. */
export function growingSource(bytes: Uint8Array, synchronous = true): GrowingSource {
  const source: GrowingSource = {
    name: "growing.mf4",
    bytes,
    size: () => Promise.resolve(source.bytes.length),
    read: (offset, length) => Promise.resolve(source.bytes.slice(offset, offset + length)),
  };
  if (synchronous) {
    source.readIntoSync = (offset, target) =>
      target.set(source.bytes.subarray(offset, offset + target.length));
  }
  return source;
}
