/**
 * Room for the values of many columns in few arrays.
 *
 * @module
 */
import type { OpenColumn } from "./lanes.ts";

/** Columns of more bytes have an array of their own: making it costs little beside filling it. */
const MOST_BYTES = 1024;
/** Bytes of one array for many columns. */
const SLAB_BYTES = 256 * 1024;
/** Numbers of any type may start at multiples of this. */
const ALIGNMENT = 8;

/**
 * Gives columns of few numbers their place in arrays that they share, since a buffer costs as much as
 * many values. For batches only: what is read whole belongs to whoever reads it, buffer and all.
 */
export function shareRoom(columns: readonly OpenColumn[]): void {
  let slab: ArrayBuffer | undefined;
  let used = 0;
  for (let i = 0; i < columns.length; i++) {
    const { room } = columns[i].column;
    if (!room) continue;
    const { Type, length } = room;
    const bytes = length * Type.BYTES_PER_ELEMENT;
    if (bytes > MOST_BYTES) continue;
    const taken = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (!slab || used + taken > slab.byteLength) {
      // The others are mostly of the same size.
      slab = new ArrayBuffer(Math.min(SLAB_BYTES, taken * (columns.length - i)));
      used = 0;
    }
    room.use(new Type(slab, used, length));
    used += taken;
  }
}
