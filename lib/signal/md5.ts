/**
 * MD5 (RFC 1321), with which the format tells whether an attachment is intact. The web platform has
 * none, so it is computed here where the runtime does not bring it.
 *
 * @module
 */
import { builtinModule } from "../source/node_modules.ts";

interface Crypto {
  createHash(name: string): { update(data: Uint8Array): { digest(encoding: "hex"): string } };
}

/** Rotations of the four rounds. */
const ROTATIONS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const SINES = Int32Array.from(
  { length: 64 },
  (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32),
);

/** MD5 of bytes as lower-case hexadecimal text. */
export function md5(bytes: Uint8Array): string {
  const crypto = builtinModule<Crypto>("node:crypto");
  return crypto ? crypto.createHash("md5").update(bytes).digest("hex") : portableMd5(bytes);
}

/** {@link md5} without help of the runtime. */
export function portableMd5(bytes: Uint8Array): string {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const words = new Int32Array(16);
  const whole = bytes.length - bytes.length % 64;
  for (let at = 0; at < whole; at += 64) addBlock(state, words, bytes, at);

  // The rest, a set bit, zeros, and the length in bits as 64-bit integer.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, (bytes.length * 8) % 2 ** 32, true);
  view.setUint32(tail.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  for (let at = 0; at < tail.length; at += 64) addBlock(state, words, tail, at);

  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => digest.setInt32(4 * i, word, true));
  return Array.from(
    new Uint8Array(digest.buffer),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

function addBlock(state: Int32Array, words: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0, p = at; i < 16; i++, p += 4) {
    words[i] = bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24);
  }
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let mixed: number;
    let word: number;
    if (round === 0) {
      mixed = (b & c) | (~b & d);
      word = i;
    } else if (round === 1) {
      mixed = (d & b) | (~d & c);
      word = (5 * i + 1) % 16;
    } else if (round === 2) {
      mixed = b ^ c ^ d;
      word = (3 * i + 5) % 16;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * i) % 16;
    }
    const sum = (a + mixed + SINES[i] + words[word]) | 0;
    const rotation = ROTATIONS[round][i % 4];
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << rotation) | (sum >>> (32 - rotation)))) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}
