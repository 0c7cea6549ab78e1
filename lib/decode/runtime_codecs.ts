/**
 * What the runtime itself can decompress: `node:zlib` in Deno, Node and Bun, streams elsewhere.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace } from "../errors.ts";
import { builtinModule } from "../source/node_modules.ts";
import { once } from "./once.ts";
import { wasmInflater } from "./wasm_inflater.ts";

interface ZlibOptions {
  chunkSize?: number;
  maxOutputLength?: number;
  params?: Record<number, number>;
}

/** The functions of `node:zlib` in use; older versions lack the second. */
export interface Zlib {
  /** Unpacks zlib data. */
  inflateSync(data: Uint8Array, options: ZlibOptions): Uint8Array;
  /** Unpacks a zstd frame. */
  zstdDecompressSync?(data: Uint8Array, options: ZlibOptions): Uint8Array;
}

/** A stream that decompresses what is written to it. */
export interface ByteTransform {
  /** Original bytes. */
  readable: ReadableStream<Uint8Array>;
  /** Compressed bytes. */
  writable: WritableStream<BufferSource>;
}

/** Unpacks deflated data faster than the runtime does. */
export interface FastInflater {
  /**
   * The `length` original bytes of a zlib stream, put back from `columns` columns where that is not 0;
   * undefined where the runtime's own decompressor has to do it, or to say what is wrong.
   */
  unpack(stored: Uint8Array, length: number, columns: number): Uint8Array | undefined;
}

/** The decompressors of a runtime. */
export interface RuntimeCodecs {
  /** The library's own, where the runtime can run it. */
  inflater?(): FastInflater | undefined;
  /** `node:zlib`, where there is one. */
  zlib?: Zlib;
  /** A `DecompressionStream`, or undefined where that, or the format, is not known. */
  openStream(format: string): ByteTransform | undefined;
}

// To have it there takes a runtime some 20 ms, and most files do not need it.
const nodeZlib = once(() => builtinModule<Zlib>("node:zlib"));

/** The decompressors of this runtime. */
export const runtimeCodecs: RuntimeCodecs = {
  inflater: wasmInflater,
  get zlib() {
    return nodeZlib();
  },
  openStream(format) {
    try {
      return new DecompressionStream(format as CompressionFormat) as ByteTransform;
    } catch {
      return undefined;
    }
  },
};

/** Name and version of the runtime, for messages. */
export function runtimeName(): string {
  const { navigator, process } = globalThis as {
    navigator?: { userAgent?: string };
    process?: { version?: string };
  };
  return navigator?.userAgent ??
    (process?.version ? `Node.js ${process.version}` : "this runtime");
}

/**
 * Unpacks by a function of `node:zlib`; `length` bytes are expected and bound what it may give.
 * `params` are parameters of the method.
 */
export function unpackSync(
  unpack: (data: Uint8Array, options: ZlibOptions) => Uint8Array,
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  params?: Record<number, number>,
): Uint8Array {
  // One chunk of the output's size spares zlib a copy; one byte more shows data that is too long.
  const most = length + 1;
  try {
    const bytes = unpack(stored, { chunkSize: Math.max(64, most), maxOutputLength: most, params });
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      tooLong(length, place, error);
    }
    throw damaged(place, error);
  }
}

/** Unpacks by a stream; `length` bytes are expected and bound what it may give. */
export async function unpackStream(
  stream: ByteTransform,
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const reader = new Blob([stored as Uint8Array<ArrayBuffer>]).stream()
    .pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>).getReader();
  for (;;) {
    let part: Uint8Array | undefined;
    try {
      part = (await reader.read()).value;
    } catch (error) {
      throw damaged(place, error);
    }
    if (!part) return bytes.subarray(0, at);
    if (part.length > length - at) {
      await reader.cancel().catch(() => {});
      tooLong(length, place);
    }
    bytes.set(part, at);
    at += part.length;
  }
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function damaged(place: MdfErrorPlace, error: unknown): CorruptFileError {
  return new CorruptFileError(
    `the compressed data is damaged (${reasonOf(error)})`,
    place,
    error,
  );
}

function tooLong(length: number, place: MdfErrorPlace, error?: unknown): never {
  throw new CorruptFileError(
    `the compressed data unpacks to more than the ${length} bytes it should give`,
    place,
    error,
  );
}
