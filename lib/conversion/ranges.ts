/**
 * Tables of ranges. Ranges of integers include both ends; ranges of floats do not include their upper
 * end, unless both ends are the same number. The first range that holds a value decides.
 *
 * @module
 */

/** Ranges in the order of the file. */
export interface RangeTable {
  /** Lower ends. */
  readonly lows: Float64Array;
  /** Upper ends. */
  readonly highs: Float64Array;
  /** Whether the values are integers. */
  readonly integer: boolean;
  /** Whether the ranges rise and do not overlap, as the format wants it. */
  readonly sorted: boolean;
}

/** Makes a table of `count` ranges; one starts every `step` numbers. */
export function rangeTable(
  limits: readonly number[],
  count: number,
  step: number,
  integer: boolean,
): RangeTable {
  const lows = Float64Array.from({ length: count }, (_, i) => limits[i * step]);
  const highs = Float64Array.from({ length: count }, (_, i) => limits[i * step + 1]);
  const sorted = lows.every((low, i) =>
    low <= highs[i] && (i === 0 || (lows[i - 1] < low && highs[i - 1] <= low))
  );
  return { lows, highs, integer, sorted };
}

/** Index of the first range that holds `x`, or -1. */
export function findRange(x: number, table: RangeTable): number {
  const { lows, highs, integer } = table;
  let first = 0;
  let end = lows.length;
  if (table.sorted) {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lows[middle] <= x) low = middle + 1;
      else high = middle;
    }
    // Two integer ranges may share a boundary, which belongs to the first of them.
    first = low > 1 ? low - 2 : 0;
    end = low;
  }
  for (let i = first; i < end; i++) {
    const high = highs[i];
    if (x >= lows[i] && (x < high || (x === high && (integer || lows[i] === high)))) return i;
  }
  return -1;
}

/** The same for an integer of 64 bits of an integer channel, exactly. */
export function findRangeExact(x: bigint, table: RangeTable): number {
  const rounded = Number(x);
  if (Number.isSafeInteger(rounded)) return findRange(rounded, table);
  // Comparing a bigint with a number does not round.
  return table.lows.findIndex((low, i) => x >= low && x <= table.highs[i]);
}
