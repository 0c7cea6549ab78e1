/**
 * Mixed records that were found at once.
 *
 * @module
 */
import { copyBytes } from "./copy_bytes.ts";

/** Most records of a batch. */
export const BATCH_RECORDS = 4096;

/** Records that lie whole in a stretch of data. */
export interface RecordBatch {
  /** Kind of each record. */
  readonly kinds: Int32Array;
  /** Where each record's bytes start in the stretch, behind its id. */
  readonly places: Int32Array;
  /** Bytes of each record, without its id. */
  readonly lengths: Int32Array;
  /** Number of records. */
  count: number;
  /** The record to be taken next. */
  next: number;
}

/** A batch without records. */
export function emptyBatch(): RecordBatch {
  return {
    kinds: new Int32Array(BATCH_RECORDS),
    places: new Int32Array(BATCH_RECORDS),
    lengths: new Int32Array(BATCH_RECORDS),
    count: 0,
    next: 0,
  };
}

/** Passes by records of one kind; gives how many are still to be passed by. */
export function skipRecords(batch: RecordBatch, kind: number, skip: number): number {
  const { kinds, count } = batch;
  let { next } = batch;
  while (skip > 0 && next < count) if (kinds[next++] === kind) skip--;
  batch.next = next;
  return skip;
}

/**
 * Copies records of a kind to `target`: of each its last `stride` bytes or, where that is 0, all of it,
 * until there is no room for another. Gives the number of bytes; the batch goes on behind the records.
 */
export function copyRecords(
  batch: RecordBatch,
  from: DataView,
  kind: number,
  stride: number,
  target: Uint8Array,
): number {
  const { kinds, places, lengths, count } = batch;
  const to = new DataView(target.buffer, target.byteOffset, target.length);
  let copied = 0;
  let { next } = batch;
  for (; next < count; next++) {
    if (kinds[next] !== kind) continue;
    const bytes = stride || lengths[next];
    if (bytes > target.length - copied) break;
    copyBytes(from, places[next] + lengths[next] - bytes, to, copied, bytes);
    copied += bytes;
  }
  batch.next = next;
  return copied;
}
