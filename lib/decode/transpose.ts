/**
 * Undoes the transposition that makes records compress better.
 *
 * @module
 */

/**
 * Rows that are put back at a time: a cache line of every column is then read at once, and only
 * once, also where the columns lie a power of two apart and push each other out of the cache.
 */
const ROWS_AT_ONCE = 64;

/**
 * Bytes stored column by column put back row by row. Only whole rows are transposed: with
 * `floor(length / columns)` rows, the rest stands at the end as it was. Returns `bytes` itself where
 * there is nothing to put back, a new array otherwise.
 */
export function untranspose(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  if (rows <= 1 || columns <= 1) return bytes;
  const out = new Uint8Array(bytes.length);
  if (rows < 4 || columns === 3) {
    moveBytes(bytes, out, rows, columns);
  } else {
    const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const target = new DataView(out.buffer);
    if (columns === 2) {
      movePairs(source, target, rows);
    } else {
      for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
        moveSquares(source, target, rows, columns, from, Math.min(rows, from + ROWS_AT_ONCE));
      }
    }
  }
  out.set(bytes.subarray(rows * columns), rows * columns);
  return out;
}

function moveBytes(bytes: Uint8Array, out: Uint8Array, rows: number, columns: number): void {
  let from = 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0, to = column; row < rows; row++, to += columns) out[to] = bytes[from++];
  }
}

/** Four rows of two columns at a time; the last four overlap the ones before. */
function movePairs(source: DataView, target: DataView, rows: number): void {
  for (let row = 0; row < rows; row += 4) {
    if (row > rows - 4) row = rows - 4;
    const a = source.getInt32(row, true);
    const b = source.getInt32(rows + row, true);
    const even = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
    const odd = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
    target.setInt32(2 * row, (even & 0xffff) | (odd << 16), true);
    target.setInt32(2 * row + 4, (even >>> 16) | (odd & 0xffff0000), true);
  }
}

/**
 * Squares of four rows and four columns as words, from row `from` to row `to`. The squares of the
 * last rows and columns overlap the ones before, so none is smaller.
 */
function moveSquares(
  source: DataView,
  target: DataView,
  rows: number,
  columns: number,
  from: number,
  to: number,
): void {
  for (let column = 0; column < columns; column += 4) {
    if (column > columns - 4) column = columns - 4;
    const first = column * rows;
    for (let row = from; row < to; row += 4) {
      if (row > rows - 4) row = rows - 4;
      let at = first + row;
      const a = source.getInt32(at, true);
      const b = source.getInt32(at += rows, true);
      const c = source.getInt32(at += rows, true);
      const d = source.getInt32(at + rows, true);
      const evenLow = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
      const oddLow = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
      const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
      const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
      at = row * columns + column;
      target.setInt32(at, (evenLow & 0xffff) | (evenHigh << 16), true);
      target.setInt32(at += columns, (oddLow & 0xffff) | (oddHigh << 16), true);
      target.setInt32(at += columns, (evenLow >>> 16) | (evenHigh & 0xffff0000), true);
      target.setInt32(at + columns, (oddLow >>> 16) | (oddHigh & 0xffff0000), true);
    }
  }
}
