/**
 * Bytes to texts.
 *
 * @module
 */

/** Longest text, in bytes, for which a decoder of our own is faster than the runtime's. */
const SHORT_BYTES = 64;

/** For each length a list that the codes of a short text are put into. */
const CODES: readonly number[][] = Array.from(
  { length: SHORT_BYTES + 1 },
  (_, length) => Array.from({ length }, () => 0),
);

/** The text in UTF-8 that starts at `start` and ends before `limit` or at its first zero byte. */
export function decodeText(bytes: Uint8Array, start: number, limit: number): string {
  let end = start;
  let any = 0;
  while (end < limit && bytes[end] !== 0) any |= bytes[end++];
  const length = end - start;
  if (any > 0x7f || length > SHORT_BYTES) return decoder.decode(bytes.subarray(start, end));
  const codes = CODES[length];
  for (let i = 0; i < length; i++) codes[i] = bytes[start + i];
  return String.fromCharCode(...codes);
}

const decoder = new TextDecoder();
