/**
 * The inside of a compressed LZ4 block.
 *
 * @module
 */

/** A block that breaks the rules, where a position was expected. */
export const MALFORMED = -1;
/** A block that gives more bytes than it may, where a position was expected. */
export const OVERFULL = -2;

/** Bytes past its end that the buffer of the output must have, since words are copied whole. */
export const SLACK = 16;

/** From here on a call of the runtime copies faster than a loop. */
const LONG_COPY = 96;

/** Bytes, and a view of the buffer from their start on, for whole words. */
export interface Bytes {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** May go on past the end of the bytes. */
  readonly view: DataView;
}

/**
 * Decodes the block from `from` to `end` to `at`. Nothing at or after `limit` is part of the result,
 * and nothing before `reach` is copied from.
 *
 * @returns where the content ends, {@link MALFORMED} or {@link OVERFULL}
 */
export function decodeBlock(
  source: Bytes,
  from: number,
  end: number,
  target: Bytes,
  at: number,
  limit: number,
  reach: number,
): number {
  const packed = source.bytes;
  const packedView = source.view;
  const out = target.bytes;
  const outView = target.view;
  const lastWord = packedView.byteLength - 4;
  while (from < end) {
    const token = packed[from++];
    let count = token >> 4;
    if (count === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) return MALFORMED;
        more = packed[from++];
        count += more;
      }
    }
    if (count > end - from) return MALFORMED;
    if (count > limit - at) return OVERFULL;
    if (count > LONG_COPY || from + count > lastWord) {
      out.set(packed.subarray(from, from + count), at);
    } else {
      for (let i = 0; i < count; i += 4) {
        outView.setInt32(at + i, packedView.getInt32(from + i, true), true);
      }
    }
    from += count;
    at += count;
    if (from === end) return at;

    if (end - from < 2) return MALFORMED;
    const distance = packed[from] | (packed[from + 1] << 8);
    from += 2;
    if (distance === 0 || distance > at - reach) return MALFORMED;
    count = (token & 15) + 4;
    if (count === 19) {
      let more = 255;
      while (more === 255) {
        if (from >= end) return MALFORMED;
        more = packed[from++];
        count += more;
      }
    }
    if (count > limit - at) return OVERFULL;
    if (count > LONG_COPY) {
      repeat(out, at, distance, count);
    } else if (distance >= 4) {
      for (let i = 0, back = at - distance; i < count; i += 4) {
        outView.setInt32(at + i, outView.getInt32(back + i, true), true);
      }
    } else {
      for (let i = at, to = at + count; i < to; i++) out[i] = out[i - distance];
    }
    at += count;
  }
  // Literals end a block, so one that ends with a match, or is empty, lacks something.
  return MALFORMED;
}

/** Repeats the last `distance` bytes before `at` until `count` bytes are written. */
function repeat(out: Uint8Array, at: number, distance: number, count: number): void {
  if (distance === 1) {
    out.fill(out[at - 1], at, at + count);
    return;
  }
  let done = Math.min(distance, count);
  out.copyWithin(at, at - distance, at - distance + done);
  while (done < count) {
    const next = Math.min(done, count - done);
    out.copyWithin(at + done, at, at + next);
    done += next;
  }
}
