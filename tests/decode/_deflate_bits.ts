/**
 * Deflated streams put together from bits.
 *
 * @module
 */
import { deflateSync } from "node:zlib";

/** A generator of numbers below 1 that gives the same every time. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const LENGTH_BASES = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67]
  .concat([83, 99, 115, 131, 163, 195, 227, 258]);

/** A bit pattern of a code in the order in which it stands in a stream, and what stands behind it. */
export type Bits = readonly [value: number, bits: number];

/** Bits of a fixed code, the first one lowest. */
export function codeOf(code: number, bits: number): Bits {
  const reversed = Array.from({ length: bits }, (_, k) => (code >> k & 1) << bits - 1 - k);
  return [reversed.reduce((sum, bit) => sum | bit, 0), bits];
}

/** Bits, the first one lowest, as the blocks of a stream. */
export function blocksOf(...parts: readonly Bits[]): Uint8Array {
  const out = [0x78, 0x9c];
  let [byte, used] = [0, 0];
  for (const [value, bits] of parts) {
    for (let k = 0; k < bits; k++) {
      byte |= (value >> k & 1) << used;
      if (++used < 8) continue;
      out.push(byte);
      [byte, used] = [0, 0];
    }
  }
  if (used > 0) out.push(byte);
  return new Uint8Array([...out, 0, 0, 0, 0, 0, 0, 0, 0]);
}

/** The symbols of a match, each with what stands behind its code. */
export function matchSymbols(length: number, distance: number): {
  length: number;
  lengthExtra: Bits;
  distance: number;
  distanceExtra: Bits;
} {
  const i = LENGTH_BASES.findLastIndex((base) => base <= length);
  let [d, base] = [0, 1];
  const extraOf = (d: number) => Math.max(0, (d >> 1) - 1);
  while (distance >= base + (1 << extraOf(d))) base += 1 << extraOf(d++);
  return {
    length: 257 + i,
    lengthExtra: [length - LENGTH_BASES[i], i < 8 || i === 28 ? 0 : (i >> 2) - 1],
    distance: d,
    distanceExtra: [distance - base, extraOf(d)],
  };
}

/** A stream of one block, the last, of a type, with the sum of what it unpacks to. */
export function streamOf(type: number, parts: readonly Bits[], plain: Uint8Array): Uint8Array {
  const body = blocksOf([1, 1], [type, 2], ...parts).subarray(0, -8);
  const sum = deflateSync(plain).subarray(-4);
  return new Uint8Array([...body, ...sum]);
}
