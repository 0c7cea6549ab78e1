/**
 * Compressed data blocks to their original bytes.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace, UnsupportedFeatureError } from "../errors.ts";
import { fragmentPlace } from "../structure/fragment_place.ts";
import type { Fragment } from "../structure/measurement.ts";
import {
  reasonOf,
  type RuntimeCodecs,
  runtimeCodecs,
  runtimeName,
  unpackStream,
  unpackSync,
} from "./runtime_codecs.ts";
import { untranspose } from "./transpose.ts";

/** Methods by half of `dz_zip_type`; with an odd one the data was transposed first. */
const METHODS = ["deflate", "zstd", "lz4"] as const;

/** Deflate cannot expand more. */
const MAX_RATIO = 1032;

/** Writers that count the padding of the block as data add at most this much. */
const MAX_PADDING = 7;

/** Unpacks `stored`; the result need not have `length` bytes, but has at most one more. */
type Unpack = (
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  codecs: RuntimeCodecs,
) => Uint8Array | Promise<Uint8Array>;

/** Unpackers by method; those of zstd and lz4 come when a file needs them. */
const unpackers: (Unpack | undefined)[] = [inflate];

/**
 * Original bytes of a compressed fragment; a promise only where the runtime cannot do it at once,
 * and the first time that zstd or lz4 data is met.
 *
 * @throws {CorruptFileError} when the data is damaged or has another length than the block tells
 * @throws {UnsupportedFeatureError} when the method is unknown or the runtime lacks it
 */
export function unpack(
  fragment: Fragment,
  stored: Uint8Array,
  file?: string,
  codecs: RuntimeCodecs = runtimeCodecs,
): Uint8Array | Promise<Uint8Array> {
  const { length, zip = 0, columns } = fragment;
  const place = fragmentPlace(fragment, "DZ", file);
  const fast = unpackFast(fragment, stored, codecs);
  if (fast) return fast;
  const bytes = decompress(zip, stored, length, place, codecs);
  if (zip % 2 === 0) return bytes;
  return bytes instanceof Promise
    ? bytes.then((done) => putBack(done, columns, place))
    : putBack(bytes, columns, place);
}

/** By the library's own inflater, where the block looks right; the others judge what does not. */
function unpackFast(
  { length, zip = 0, columns = 0 }: Fragment,
  stored: Uint8Array,
  codecs: RuntimeCodecs,
): Uint8Array | undefined {
  if (METHODS[zip >> 1] !== "deflate" || length > stored.length * MAX_RATIO) return undefined;
  if (zip === 1 && !(Number.isInteger(columns) && columns > 0)) return undefined;
  return codecs.inflater?.()?.unpack(stored, length, zip === 1 ? columns : 0);
}

function putBack(
  bytes: Uint8Array,
  columns: number | undefined,
  place: MdfErrorPlace,
): Uint8Array {
  if (columns !== undefined && Number.isInteger(columns) && columns > 0) {
    return untranspose(bytes, columns);
  }
  throw new CorruptFileError(
    `the data is transposed into ${columns} columns, which cannot be`,
    place,
  );
}

/**
 * The `length` original bytes of compressed data, still transposed if they were. `zip` is a
 * `dz_zip_type`: 0 and 1 deflate, 2 and 3 zstd, 4 and 5 lz4.
 *
 * @throws {CorruptFileError} when the data is damaged or does not come to `length` bytes
 * @throws {UnsupportedFeatureError} when the method is unknown or the runtime lacks it
 */
export function decompress(
  zip: number,
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  codecs: RuntimeCodecs = runtimeCodecs,
): Uint8Array | Promise<Uint8Array> {
  const method = METHODS[zip >> 1];
  if (!method) {
    throw new UnsupportedFeatureError(
      `data compressed with method ${zip} cannot be read; known are 0 to 5 (deflate, zstd and lz4)`,
      place,
    );
  }
  if (length === 0) return new Uint8Array(0);
  const check = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === length) return bytes;
    throw new CorruptFileError(
      `the ${method} data unpacks to ${bytes.length} bytes and should give ${length}`,
      place,
    );
  };
  const unpacker = unpackers[zip >> 1];
  const bytes = unpacker
    ? unpacker(stored, length, place, codecs)
    : load(method, place).then((loaded) => loaded(stored, length, place, codecs));
  return bytes instanceof Promise ? bytes.then(check) : check(bytes);
}

async function load(method: "deflate" | "zstd" | "lz4", place: MdfErrorPlace): Promise<Unpack> {
  try {
    return unpackers[METHODS.indexOf(method)] = method === "lz4"
      ? (await import("./lz4.ts")).unpackLz4
      : (await import("./zstd.ts")).unpackZstd;
  } catch (error) {
    throw new UnsupportedFeatureError(
      `the part of the library that reads ${method} could not be loaded (${reasonOf(error)}); ` +
        "see that lib/decode is complete and can be reached",
      place,
    );
  }
}

function inflate(
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  codecs: RuntimeCodecs,
): Uint8Array | Promise<Uint8Array> {
  if (length > stored.length * MAX_RATIO) {
    throw new CorruptFileError(
      `${stored.length} deflated bytes cannot unpack to ${length}; a length is wrong`,
      place,
    );
  }
  return codecs.zlib
    ? unpackSync(codecs.zlib.inflateSync, stored, length, place)
    : inflateStream(stored, length, place, codecs);
}

/** `node:zlib` stops where the data ends, but streams take padding after it for an error. */
async function inflateStream(
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  codecs: RuntimeCodecs,
): Promise<Uint8Array> {
  for (let padding = 0;; padding++) {
    const stream = codecs.openStream("deflate");
    if (!stream) {
      throw new UnsupportedFeatureError(
        `${runtimeName()} has no DecompressionStream("deflate"), which compressed data needs; use ` +
          "a current version of it",
        place,
      );
    }
    const end = stored.length - padding;
    try {
      return await unpackStream(stream, stored.subarray(0, end), length, place);
    } catch (error) {
      if (padding === MAX_PADDING || end === 0 || stored[end - 1] !== 0) throw error;
    }
  }
}
