/**
 * Indexes as streams of bytes: written piece by piece, and read up to a limit.
 *
 * @module
 */
import { LimitExceededError, UsageError } from "../errors.ts";
import { checkFormat, type MdfIndex } from "./file_index.ts";

/** Characters of a piece, as a rule. */
const PIECE = 64 * 1024;
/** Parts of an index that are nested deeper are written at once. */
const DEPTH = 3;
/** Bytes of an index that are read, after they were unpacked, unless told otherwise. */
const MOST_BYTES = 256 * 1024 * 1024;
/** First bytes of data in the format gzip. */
const GZIP = [0x1f, 0x8b];

/** Options of {@link indexStream}. */
export interface IndexStreamOptions {
  /** Whether the stream is packed with gzip. Default false. */
  gzip?: boolean;
}

/** Options of {@link readIndex}. */
export interface ReadIndexOptions {
  /** Most bytes that the index may have, after it was unpacked. Default 256 MiB. */
  maxBytes?: number;
  /** Cancels reading. */
  signal?: AbortSignal;
}

/**
 * An index as the bytes of its JSON, the same that `JSON.stringify` gives, without ever making one text
 * of it.
 *
 * ```ts
 * const file = await Deno.create("drive.mf4.index.json");
 * await indexStream(mdf.toIndex()).pipeTo(file.writable);
 * ```
 */
export function indexStream(
  index: MdfIndex,
  { gzip = false }: IndexStreamOptions = {},
): ReadableStream<Uint8Array> {
  const pieces = gathered(index);
  const encoder = new TextEncoder();
  const plain = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  }, { highWaterMark: 0 });
  return gzip ? plain.pipeThrough(new CompressionStream("gzip")) : plain;
}

/**
 * Reads an index from a stream of its JSON, plain or packed with gzip.
 *
 * ```ts
 * const { body } = await fetch("https://example.com/drive.mf4.index.json");
 * const index = await readIndex(body!);
 * ```
 *
 * @throws {UsageError} when it is no index, or one of another version
 * @throws {LimitExceededError} when it is longer than `maxBytes`
 */
export async function readIndex(
  stream: ReadableStream<Uint8Array>,
  { maxBytes = MOST_BYTES, signal }: ReadIndexOptions = {},
): Promise<MdfIndex> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  const reader = (await unpacked(stream)).getReader();
  const onAbort = () => void reader.cancel(signal!.reason).catch(() => {});
  signal?.addEventListener("abort", onAbort);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) break;
      bytes += value.length;
      if (bytes > maxBytes) {
        throw new LimitExceededError(
          `the index has more than ${maxBytes} bytes; raise maxBytes if it is trusted`,
        );
      }
      text += decoder.decode(value, { stream: true });
    }
    const index = JSON.parse(text + decoder.decode());
    checkFormat(index);
    return index;
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    // Broken JSON, UTF-8 or gzip; what the stream itself fails with is left as it is.
    if (!(error instanceof SyntaxError || error instanceof TypeError && isCoding(error))) {
      throw error;
    }
    throw new UsageError(`this is not an index made by toIndex(): ${error.message}`);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Whether an error is about the coding of bytes, and not about the network. */
function isCoding({ message }: TypeError): boolean {
  return /decod|encod|utf-?8|gzip|deflate|corrupt|header|trailing|unexpected end|crc/i.test(
    message,
  );
}

/** The stream behind its packing, if it has one. */
async function unpacked(stream: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const reader = stream.getReader();
  const held: Uint8Array[] = [];
  let first: number[] = [];
  while (first.length < GZIP.length) {
    const { done, value } = await reader.read();
    if (done) break;
    held.push(value);
    first = first.concat(Array.from(value.subarray(0, GZIP.length)));
  }
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const value = held.shift() ?? (await reader.read()).value;
      if (value) controller.enqueue(value as Uint8Array<ArrayBuffer>);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  const packed = GZIP.every((byte, i) => first[i] === byte);
  return packed ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

/** The JSON of a value in pieces of a good size. */
function* gathered(value: unknown): Generator<string> {
  let held = "";
  for (const piece of piecesOf(value, DEPTH)) {
    held += piece;
    if (held.length < PIECE) continue;
    yield held;
    held = "";
  }
  if (held) yield held;
}

function* piecesOf(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== "object" || value === null) {
    yield JSON.stringify(value);
  } else if (Array.isArray(value)) {
    yield "[";
    for (const [i, each] of value.entries()) {
      if (i > 0) yield ",";
      yield* piecesOf(each ?? null, depth - 1);
    }
    yield "]";
  } else {
    let before = "{";
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* piecesOf(each, depth - 1);
      before = ",";
    }
    yield before === "{" ? "{}" : "}";
  }
}
