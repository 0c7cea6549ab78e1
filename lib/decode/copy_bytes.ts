/**
 * Short runs of bytes, copied without making views of them.
 *
 * @module
 */

/** Longer runs are worth a view. */
const MOST_BYTES = 256;

/** Copies `length` bytes; not at all when it is negative. */
export function copyBytes(
  from: DataView,
  source: number,
  to: DataView,
  target: number,
  length: number,
): void {
  if (length > MOST_BYTES) {
    const bytes = new Uint8Array(from.buffer, from.byteOffset + source, length);
    new Uint8Array(to.buffer, to.byteOffset + target, length).set(bytes);
    return;
  }
  let k = 0;
  for (const words = length - 3; k < words; k += 4) {
    to.setInt32(target + k, from.getInt32(source + k, true), true);
  }
  for (; k < length; k++) to.setUint8(target + k, from.getUint8(source + k));
}

/**
 * Copies `count` runs of `length` bytes, the first at `source` and each `stride` bytes behind the one
 * before, to `target`, one behind the other.
 */
export function copyRuns(
  from: DataView,
  source: number,
  stride: number,
  to: DataView,
  target: number,
  length: number,
  count: number,
): void {
  if (length < 4 || length > MOST_BYTES) {
    for (let i = 0; i < count; i++) {
      copyBytes(from, source + i * stride, to, target + i * length, length);
    }
    return;
  }
  // The last word may share bytes with the one before it.
  for (let k = 0; k < length; k += 4) {
    copyWords(
      from,
      source + Math.min(k, length - 4),
      stride,
      to,
      target + Math.min(k, length - 4),
      length,
      count,
    );
  }
}

/** Copies a word of every run. */
function copyWords(
  from: DataView,
  source: number,
  stride: number,
  to: DataView,
  target: number,
  length: number,
  count: number,
): void {
  const [step, room, end] = [stride | 0, length | 0, count | 0];
  let [p, q] = [source | 0, target | 0];
  for (let i = 0; i < end; i = (i + 1) | 0, p = (p + step) | 0, q = (q + room) | 0) {
    to.setInt32(q, from.getInt32(p, true), true);
  }
}
