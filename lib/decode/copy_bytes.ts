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
