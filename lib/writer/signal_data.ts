/**
 * Values of variable length to signal data: entries of a 32-bit length and the bytes.
 *
 * @module
 */
import { writeU64 } from "../blocks/field_layout.ts";
import { type BlockBuffer, DATA_START } from "./block_buffer.ts";

const LENGTH_BYTES = 4;
/** Below this length a loop over the characters beats the call of the text encoder. */
const SHORT_TEXT = 48;

/** Writes one channel's values as signal data and their offsets into the records. */
export class SignalData {
  /** The SD block under construction. */
  readonly buffer: BlockBuffer;
  readonly #text: boolean;
  readonly #encoder = new TextEncoder();

  /** `text` for strings, which end with a zero byte; else the values are bytes. */
  constructor(buffer: BlockBuffer, text: boolean) {
    this.buffer = buffer;
    this.#text = text;
  }

  /**
   * Writes values `from` … `to - 1`, each into signal data and its offset into a record: the first at
   * byte `at` of `view`, the following ones `stride` bytes apart.
   */
  async encode(
    view: DataView,
    at: number,
    stride: number,
    column: readonly string[] | readonly Uint8Array[],
    from: number,
    to: number,
  ): Promise<void> {
    let next = from;
    while (next < to) {
      const place = at + (next - from) * stride;
      next = this.#text
        ? this.#fillTexts(view, place, stride, column as readonly string[], next, to)
        : this.#fillBytes(view, place, stride, column as readonly Uint8Array[], next, to);
      if (next === to) return;
      if (this.buffer.used > 0) {
        await this.buffer.flush();
      } else {
        writeU64(view, at + (next - from) * stride, this.buffer.position);
        await this.#straddle(column[next++]);
      }
    }
  }

  /** Index of the first value for which the block has no room. */
  #fillTexts(
    view: DataView,
    at: number,
    stride: number,
    column: readonly string[],
    from: number,
    to: number,
  ): number {
    const buffer = this.buffer;
    for (let i = from; i < to; i++, at += stride) {
      const text = column[i];
      // No UTF-16 unit takes more than three bytes of UTF-8.
      if (!buffer.reserve(LENGTH_BYTES + 3 * text.length + 1)) return i;
      const bytes = buffer.bytes;
      const entry = DATA_START + buffer.used;
      const start = entry + LENGTH_BYTES;
      let length = text.length < SHORT_TEXT ? putAscii(bytes, start, text) : -1;
      if (length < 0) {
        length = this.#encoder.encodeInto(
          text,
          bytes.subarray(start, start + 3 * text.length),
        ).written;
      }
      bytes[start + length] = 0;
      buffer.view.setUint32(entry, length + 1, true);
      writeU64(view, at, buffer.position);
      buffer.used += LENGTH_BYTES + length + 1;
    }
    return to;
  }

  #fillBytes(
    view: DataView,
    at: number,
    stride: number,
    column: readonly Uint8Array[],
    from: number,
    to: number,
  ): number {
    const buffer = this.buffer;
    for (let i = from; i < to; i++, at += stride) {
      const value = column[i];
      if (!buffer.reserve(LENGTH_BYTES + value.length)) return i;
      const entry = DATA_START + buffer.used;
      buffer.bytes.set(value, entry + LENGTH_BYTES);
      buffer.view.setUint32(entry, value.length, true);
      writeU64(view, at, buffer.position);
      buffer.used += LENGTH_BYTES + value.length;
    }
    return to;
  }

  /** Writes a value that may be too large for one block, over as many blocks as it takes. */
  async #straddle(value: string | Uint8Array): Promise<void> {
    const payload = typeof value === "string" ? this.#encoder.encode(value + "\0") : value;
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, payload.length, true);
    await this.#push(length);
    await this.#push(payload);
  }

  async #push(bytes: Uint8Array): Promise<void> {
    const buffer = this.buffer;
    for (let done = 0; done < bytes.length;) {
      const count = Math.min(bytes.length - done, buffer.capacity - buffer.used);
      buffer.reserve(count);
      buffer.bytes.set(bytes.subarray(done, done + count), DATA_START + buffer.used);
      buffer.used += count;
      done += count;
      if (buffer.used === buffer.capacity) await buffer.flush();
    }
  }
}

/** Writes a text of ASCII characters; -1 when it has others. */
function putAscii(bytes: Uint8Array, at: number, text: string): number {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return -1;
    bytes[at + i] = code;
  }
  return length;
}
