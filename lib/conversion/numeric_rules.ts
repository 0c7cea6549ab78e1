/**
 * Rules from number to number. Each has its own loop, so that the engine compiles it with the rule
 * inside.
 *
 * @module
 */
import { findRange, rangeTable } from "./ranges.ts";
import type { NumericRule, RuleContext } from "./rules.ts";

/** (P1 x² + P2 x + P3) / (P4 x² + P5 x + P6), with IEEE division where the denominator is zero. */
export function rational([p1, p2, p3, p4, p5, p6]: readonly number[]): NumericRule {
  return {
    convert: (x) => ((p1 * x + p2) * x + p3) / ((p4 * x + p5) * x + p6),
    convertInPlace(values, from, to) {
      for (let i = from; i < to; i++) {
        const x = values[i];
        values[i] = ((p1 * x + p2) * x + p3) / ((p4 * x + p5) * x + p6);
      }
    },
  };
}

/** Pairs of key and value. Both ends clamp; between two keys a straight line. */
export function interpolatedTable(pairs: readonly number[], context: RuleContext): NumericRule {
  const [keys, values] = sortedPairs(pairs, context);
  return {
    convert: (x) => interpolate(x, keys, values),
    convertInPlace(numbers, from, to) {
      for (let i = from; i < to; i++) numbers[i] = interpolate(numbers[i], keys, values);
    },
  };
}

/** Pairs of key and value. The nearest key decides, of two equally near the lower. */
export function nearestTable(pairs: readonly number[], context: RuleContext): NumericRule {
  const [keys, values] = sortedPairs(pairs, context);
  return {
    convert: (x) => nearest(x, keys, values),
    convertInPlace(numbers, from, to) {
      for (let i = from; i < to; i++) numbers[i] = nearest(numbers[i], keys, values);
    },
  };
}

/** Triples of lower end, upper end and value, then a default; without one the rest is NaN. */
export function rangeToValue(triples: readonly number[], context: RuleContext): NumericRule {
  if (triples.length % 3 === 2) {
    throw context.corrupt(
      `${triples.length} parameters are no triples of lower end, upper end and value with a default`,
    );
  }
  const count = Math.floor(triples.length / 3);
  const table = rangeTable(triples, count, 3, context.integer);
  // The default stands after the values of the ranges; index -1 is turned into its place.
  const values = Float64Array.from({ length: count + 1 }, (_, i) => triples[3 * i + 2]);
  values[count] = triples.length % 3 === 1 ? triples[3 * count] : NaN;
  const convert = (x: number) => {
    const i = findRange(x, table);
    return values[i < 0 ? count : i];
  };
  return {
    convert,
    convertInPlace(numbers, from, to) {
      for (let k = from; k < to; k++) {
        const i = findRange(numbers[k], table);
        numbers[k] = values[i < 0 ? count : i];
      }
    },
  };
}

/** Keys and values of a table, by rising keys: the standard's order, which a file may not keep. */
function sortedPairs(
  pairs: readonly number[],
  context: RuleContext,
): [keys: Float64Array, values: Float64Array] {
  if (pairs.length % 2 !== 0) {
    throw context.corrupt(`${pairs.length} parameters are no pairs of key and value`);
  }
  const order = Array.from({ length: pairs.length / 2 }, (_, i) => i);
  for (const i of order) {
    if (Number.isNaN(pairs[2 * i])) throw context.corrupt(`key ${i} of the table is not a number`);
  }
  order.sort((a, b) => pairs[2 * a] - pairs[2 * b] || a - b);
  return [
    Float64Array.from(order, (i) => pairs[2 * i]),
    Float64Array.from(order, (i) => pairs[2 * i + 1]),
  ];
}

/** Index of the last key that is not above `x`, which lies between the first and the last key. */
function lastKeyUpTo(x: number, keys: Float64Array): number {
  let low = 0;
  let high = keys.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (keys[middle] <= x) low = middle;
    else high = middle;
  }
  return low;
}

function interpolate(x: number, keys: Float64Array, values: Float64Array): number {
  const last = keys.length - 1;
  if (x <= keys[0]) return values[0];
  if (x >= keys[last]) return values[last];
  if (x !== x) return NaN;
  const i = lastKeyUpTo(x, keys);
  if (x === keys[i]) return values[i];
  const share = (x - keys[i]) / (keys[i + 1] - keys[i]);
  return values[i] + share * (values[i + 1] - values[i]);
}

function nearest(x: number, keys: Float64Array, values: Float64Array): number {
  const last = keys.length - 1;
  if (x <= keys[0]) return values[0];
  if (x >= keys[last]) return values[last];
  if (x !== x) return NaN;
  const i = lastKeyUpTo(x, keys);
  return x - keys[i] <= keys[i + 1] - x ? values[i] : values[i + 1];
}
