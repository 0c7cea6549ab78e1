/**
 * Texts over bytes that lie one after the other: many are decoded at once where they are ASCII.
 *
 * @module
 */
import { DATA_TYPE } from "../structure/format_codes.ts";
import { textDecoder } from "./text.ts";
import { type ByteRuns, LazyValues } from "./values.ts";

/** Bytes decoded at once; a text that is kept keeps so many. */
const CHUNK_BYTES = 64 * 1024;

const ascii = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The texts of a channel. Bytes up to 0x7f mean the same in UTF-8 and in Latin-1, each one character,
 * so that a stretch of them is decoded in one go and texts are cut out of it.
 */
export function textValues(runs: ByteRuns, count: number, dataType: number): LazyValues<string> {
  const decode = textDecoder(dataType);
  const { bytes } = runs;
  const alone = (i: number) => decode(bytes.subarray(runs.start(i), runs.end(i)));
  if (dataType !== DATA_TYPE.utf8 && dataType !== DATA_TYPE.latin1) {
    return new LazyValues(count, alone);
  }
  const chunk = new AsciiChunk(bytes);
  return new LazyValues(count, (i) => {
    const start = runs.start(i);
    const end = runs.end(i);
    return chunk.covers(start, end) ? chunk.text(start, end) : alone(i);
  });
}

/** The stretch that was decoded last. */
class AsciiChunk {
  readonly #bytes: Uint8Array;
  #start = 0;
  #end = 0;
  #text: string | undefined;
  /** Nothing between these places is zero; the second is, or is where the stretch ends. */
  #zeroFrom = 0;
  #zero = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether the bytes `[start, end)` lie in the stretch, or in one that is decoded now, of ASCII. */
  covers(start: number, end: number): boolean {
    if (start < this.#start || end > this.#end) {
      if (end - start > CHUNK_BYTES) return false;
      this.#start = start;
      this.#end = Math.min(this.#bytes.length, start + CHUNK_BYTES);
      const stretch = this.#bytes.subarray(start, this.#end);
      this.#text = isAscii(stretch) ? ascii.decode(stretch) : undefined;
      this.#zero = -1;
    }
    return this.#text !== undefined;
  }

  /** The text of these bytes, up to the first zero. */
  text(start: number, end: number): string {
    const text = this.#text!;
    const from = start - this.#start;
    const to = end - this.#start;
    if (from < this.#zeroFrom || from > this.#zero) {
      const zero = text.indexOf("\0", from);
      this.#zeroFrom = from;
      this.#zero = zero < 0 ? text.length : zero;
    }
    return text.slice(from, Math.min(to, this.#zero));
  }
}

const NO_WORDS = new Int32Array(0);

/** Whether no byte is above 0x7f; eight are looked at at once. */
function isAscii(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  const head = Math.min(length, -byteOffset & 7);
  const pairs = (length - head) >> 3;
  let all = 0;
  for (let i = 0; i < head; i++) all |= bytes[i];
  for (let i = head + 8 * pairs; i < length; i++) all |= bytes[i];
  const words = pairs > 0 ? new Int32Array(buffer, byteOffset + head, 2 * pairs) : NO_WORDS;
  let low = 0;
  let high = 0;
  for (let i = 0; i < words.length; i += 2) {
    low |= words[i];
    high |= words[i + 1];
  }
  return ((all & 0x80) | ((low | high) & 0x80808080)) === 0;
}
