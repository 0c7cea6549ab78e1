/**
 * Invalidation bits to one byte per sample.
 *
 * @module
 */
import type { ElementOrder } from "../plan/array_layout.ts";
import type { ValidityLayout } from "../plan/validity_layout.ts";
import type { RecordRun } from "./record_feed.ts";

/**
 * Writes 1 for valid and 0 for invalid samples of a stretch into `out` from `outAt` on: one for each
 * record, or one for each element where these have bits of their own.
 *
 * @returns whether any of them is invalid
 */
export function readValidity(
  layout: ValidityLayout,
  run: RecordRun,
  out: Uint8Array,
  outAt: number,
): boolean {
  if (layout.byteOffset < 0) {
    out.fill(0, outAt, outAt + run.count);
    return run.count > 0;
  }
  if (layout.elements) return readElementValidity(layout, layout.elements, run, out, outAt);
  const { bytes, stride, count } = run;
  const mask = layout.mask;
  let seen = 0;
  for (let i = 0, p = run.at + layout.byteOffset; i < count; i++, p += stride) {
    const bit = bytes[p] & mask;
    seen |= bit;
    out[outAt + i] = bit === 0 ? 1 : 0;
  }
  return seen !== 0;
}

function readElementValidity(
  { byteOffset, mask }: ValidityLayout,
  { runs }: ElementOrder,
  run: RecordRun,
  out: Uint8Array,
  outAt: number,
): boolean {
  const { bytes } = run;
  const firstBit = 31 - Math.clz32(mask);
  let seen = 0;
  let at = outAt;
  for (let i = 0, start = run.at + byteOffset; i < run.count; i++, start += run.stride) {
    for (const { offset, stride, count } of runs) {
      for (let n = 0, bit = firstBit + offset; n < count; n++, bit += stride) {
        const invalid = (bytes[start + Math.floor(bit / 8)] >> (bit % 8)) & 1;
        seen |= invalid;
        out[at++] = 1 - invalid;
      }
    }
  }
  return seen !== 0;
}
