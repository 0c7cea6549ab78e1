/**
 * Compressed data blocks to their original bytes.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace, UnsupportedFeatureError } from "../errors.ts";
import { builtinModule } from "../source/node_modules.ts";
import type { Fragment } from "../structure/measurement.ts";
import { untranspose } from "./transpose.ts";

interface ZlibOptions {
  chunkSize?: number;
  maxOutputLength?: number;
}

interface Zlib {
  inflateSync(data: Uint8Array, options?: ZlibOptions): Uint8Array;
}

const zlib = builtinModule<Zlib>("node:zlib");

/** Original bytes of a compressed fragment; a promise only where the runtime cannot do it at once. */
export function unpack(
  fragment: Fragment,
  stored: Uint8Array,
  file?: string,
): Uint8Array | Promise<Uint8Array> {
  const place: MdfErrorPlace = { file, block: "DZ", offset: fragment.offset };
  const finish = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length !== fragment.length) {
      throw new CorruptFileError(
        `the compressed data unpacks to ${bytes.length} bytes and should give ${fragment.length}`,
        place,
      );
    }
    return fragment.columns ? untranspose(bytes, fragment.columns) : bytes;
  };
  if (fragment.zip! > 1) {
    throw new UnsupportedFeatureError(
      `data compressed with ${fragment.zip! <= 3 ? "zstd" : "lz4"} is not supported`,
      place,
    );
  }
  if (!zlib) return inflateStream(stored, fragment.length, place).then(finish);
  let bytes: Uint8Array;
  try {
    // One chunk of the output's size spares zlib a copy; one byte more shows data that is too long.
    bytes = zlib.inflateSync(stored, {
      chunkSize: Math.max(64, fragment.length + 1),
      maxOutputLength: fragment.length + 1,
    });
  } catch (error) {
    throw new CorruptFileError(`the compressed data is damaged (${reason(error)})`, place, error);
  }
  return finish(bytes);
}

async function inflateStream(
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const stream = new Blob([stored as Uint8Array<ArrayBuffer>]).stream()
    .pipeThrough(new DecompressionStream("deflate"));
  try {
    for await (const part of stream) {
      if (at + part.length > length) {
        throw new RangeError(`more than ${length} bytes`);
      }
      bytes.set(part, at);
      at += part.length;
    }
  } catch (error) {
    throw new CorruptFileError(`the compressed data is damaged (${reason(error)})`, place, error);
  }
  return bytes.subarray(0, at);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
