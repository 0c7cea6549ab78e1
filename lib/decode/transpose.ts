/**
 * Undoes the transposition that makes records compress better.
 *
 * @module
 */

/** Rows that are put back at a time, so that the rows being written stay in the cache. */
const ROWS_AT_ONCE = 512;

/**
 * Bytes stored column by column put back row by row. Only whole rows are transposed: with
 * `floor(length / columns)` rows, the rest stands at the end as it was.
 */
export function untranspose(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  if (rows <= 1 || columns <= 1) return bytes;
  const out = new Uint8Array(bytes.length);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const to = Math.min(rows, from + ROWS_AT_ONCE);
    for (let column = 0; column < columns; column++) {
      const base = column * rows;
      for (let row = from, p = from * columns + column; row < to; row++, p += columns) {
        out[p] = bytes[base + row];
      }
    }
  }
  out.set(bytes.subarray(rows * columns), rows * columns);
  return out;
}
