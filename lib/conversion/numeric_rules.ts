/**
 * Rules from number to number.
 *
 * @module
 */
import type { NumberRule } from "./compile_conversion.ts";

/** (P1 x² + P2 x + P3) / (P4 x² + P5 x + P6), with IEEE division where the denominator is zero. */
export function rational([p1, p2, p3, p4, p5, p6]: readonly number[]): NumberRule {
  return (x) => ((p1 * x + p2) * x + p3) / ((p4 * x + p5) * x + p6);
}

/** Pairs of key and value. Both ends clamp; without interpolation the nearest key, of two the lower. */
export function table(pairs: readonly number[], interpolate: boolean): NumberRule {
  const count = Math.floor(pairs.length / 2);
  const keys = Float64Array.from({ length: count }, (_, i) => pairs[2 * i]);
  const values = Float64Array.from({ length: count }, (_, i) => pairs[2 * i + 1]);
  return (x) => {
    if (Number.isNaN(x)) return NaN;
    if (x <= keys[0]) return values[0];
    if (x >= keys[count - 1]) return values[count - 1];
    let low = 0;
    let high = count - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (keys[middle] <= x) low = middle;
      else high = middle;
    }
    if (interpolate) {
      const share = (x - keys[low]) / (keys[high] - keys[low]);
      return values[low] + share * (values[high] - values[low]);
    }
    return x - keys[low] <= keys[high] - x ? values[low] : values[high];
  };
}

/**
 * Triples of lower end, upper end and value, then a default. The first range that holds the number
 * decides; a range of floats does not include its upper end.
 */
export function rangeToValue(triples: readonly number[], integer: boolean): NumberRule {
  const count = Math.floor((triples.length - 1) / 3);
  const otherwise = triples[3 * count];
  return (x) => {
    const i = findRange(x, triples, count, 3, integer);
    return i < 0 ? otherwise : triples[3 * i + 2];
  };
}

/** Index of the first range that holds `x`, or -1; a range starts every `step` numbers. */
export function findRange(
  x: number,
  limits: readonly number[],
  count: number,
  step: number,
  integer: boolean,
): number {
  for (let i = 0; i < count; i++) {
    const low = limits[i * step];
    const high = limits[i * step + 1];
    if (x >= low && (integer ? x <= high : x < high || (low === high && x === low))) return i;
  }
  return -1;
}
