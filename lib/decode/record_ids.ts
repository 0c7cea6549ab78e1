/**
 * The ids in front of records.
 *
 * @module
 */
import type { RecordRun } from "./record_feed.ts";

/** Which record of a stretch is the first with another id than it must have; -1 for none. */
export function firstWrongId(run: RecordRun, idBytes: number, id: bigint): number {
  const { bytes, at, stride, count } = run;
  let first = count;
  for (let k = 0; k < idBytes; k++) {
    const expected = Number(BigInt.asUintN(8, id >> BigInt(8 * k)));
    for (let i = 0, p = at + k; i < first; i++, p += stride) {
      if (bytes[p] !== expected) first = i;
    }
  }
  return first < count ? first : -1;
}
