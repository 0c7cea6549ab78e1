/**
 * Invalidation bits to one byte per sample.
 *
 * @module
 */
import type { ValidityLayout } from "../plan/column_layout.ts";
import type { RecordRun } from "./record_feed.ts";

/**
 * Writes 1 for valid and 0 for invalid samples of a stretch into `out` from `outAt` on.
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
