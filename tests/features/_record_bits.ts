/**
 * Records, bit by bit: the slow definition of where a number lies.
 *
 * @module
 */

/** Where a number lies in a record. */
export interface BitPlace {
  byte: number;
  bit?: number;
  bits: number;
  bigEndian?: boolean;
}

/**
 * Puts an integer into a record: its lowest bit at `bit` of the first byte, or of the last byte of
 * those that it touches when the first is the most significant one. Other bits stay as they are.
 */
export function putBits(record: Uint8Array, place: BitPlace, value: bigint): void {
  const { byte, bit = 0, bits, bigEndian = false } = place;
  const span = Math.ceil((bit + bits) / 8);
  for (let i = 0; i < bits; i++) {
    const position = bit + i;
    const index = Math.floor(position / 8);
    const at = byte + (bigEndian ? span - 1 - index : index);
    const mask = 1 << (position % 8);
    if ((value >> BigInt(i)) & 1n) record[at] |= mask;
    else record[at] &= ~mask;
  }
}

/** The bits of a 64-bit or 32-bit float as an integer. */
export function floatBits(value: number, bits: 32 | 64): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 64) {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}

/** `count` records of `bytes` each, full of bits that must not be taken for values. */
export function makeRecords(
  count: number,
  bytes: number,
  put: (record: Uint8Array, index: number) => void,
): Uint8Array {
  const all = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++) {
    const record = all.subarray(i * bytes, (i + 1) * bytes);
    record.fill(i % 2 === 0 ? 0xff : 0x5a);
    put(record, i);
  }
  return all;
}

/** Numbers that fill `bits` bits, extremes among them. */
export function anyBits(bits: number, count: number, seed = 1n): bigint[] {
  const mask = (1n << BigInt(bits)) - 1n;
  const values = [0n, mask, 1n, mask >> 1n, (mask >> 1n) + 1n];
  let state = 0x9e3779b97f4a7c15n * seed;
  while (values.length < count) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    values.push((state ^ (state >> 29n)) & mask);
  }
  return values.slice(0, count);
}

/** Entries of signal data, each with its length in four bytes before it, and where each starts. */
export function lengthPrefixed(values: readonly Uint8Array[]): { bytes: Uint8Array; at: number[] } {
  const at: number[] = [];
  const bytes: number[] = [];
  for (const value of values) {
    at.push(bytes.length);
    const { length } = value;
    bytes.push(length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24);
    for (const byte of value) bytes.push(byte);
  }
  return { bytes: Uint8Array.from(bytes), at };
}
