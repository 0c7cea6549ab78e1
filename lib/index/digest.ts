/**
 * Digests that notice changes.
 *
 * @module
 */

/**
 * 64-bit digest of bytes, in hexadecimal, taken a word at a time. It tells files apart and is no
 * protection against anybody who makes two of the same digest on purpose.
 */
export function digest(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let a = 0x811c9dc5 ^ bytes.length;
  let b = 0x9747b28c ^ bytes.length;
  const words = bytes.length & ~3;
  for (let at = 0; at < words; at += 4) {
    const word = view.getUint32(at, true);
    a = Math.imul(a ^ word, 0x9e3779b1);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b + word, 0x85ebca77);
    b ^= b >>> 15;
  }
  for (let at = words; at < bytes.length; at++) {
    a = Math.imul(a ^ bytes[at], 0x01000193);
    b = Math.imul(b + bytes[at], 0x27d4eb2f) ^ (b >>> 13);
  }
  return hex(mixed(a)) + hex(mixed(b ^ a));
}

/** Lets every bit depend on every other. */
function mixed(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
