/**
 * Ranges of bytes as plain data.
 *
 * @module
 */

/** `[offset, length]` of a span of bytes in a file. */
export type ByteRange = [offset: number, length: number];

/** Sorted ranges in which spans that touch, overlap or lie at most `gap` bytes apart are one. */
export function mergeRanges(ranges: readonly ByteRange[], gap = 0): ByteRange[] {
  const sorted = ranges.filter(([, length]) => length > 0).sort((a, b) => a[0] - b[0]);
  const merged: ByteRange[] = [];
  for (const [offset, length] of sorted) {
    const last = merged.at(-1);
    if (last && offset <= last[0] + last[1] + gap) {
      last[1] = Math.max(last[1], offset + length - last[0]);
    } else {
      merged.push([offset, length]);
    }
  }
  return merged;
}
