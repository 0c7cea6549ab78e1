/**
 * Where the elements of an array channel lie in a record.
 *
 * @module
 */
import { ARRAY_FLAG } from "../structure/format_codes.ts";
import type { ArrayModel } from "../structure/measurement.ts";

/** Elements that lie evenly spaced. */
export interface ElementRun {
  /** Bytes from the first element of the array to the first of the run. */
  readonly offset: number;
  /** Bytes from one element to the next; may be negative. */
  readonly stride: number;
  /** Number of elements. */
  readonly count: number;
}

/** An array's elements, in row-major order of the dimensions. */
export interface ElementOrder {
  /** Dimensions, outermost first. */
  readonly dimensions: readonly number[];
  /** The elements as runs, in order. */
  readonly runs: readonly ElementRun[];
}

/**
 * The elements of nested arrays, the outer ones first. Element (i, j, …) of one array lies at
 * `byteOffsetBase` times its linear index; the last index varies fastest, or with the inverse layout
 * the first (ASAM MDF 4, CA block). Complex elements have a last dimension of real and imaginary part.
 */
export function elementOrder(
  arrays: readonly ArrayModel[],
  complexPartBytes?: number,
): ElementOrder {
  const dimensions: number[] = [];
  const strides: number[] = [];
  for (const array of arrays) {
    const sizes = array.dimensions;
    const inverse = (array.flags & ARRAY_FLAG.inverseLayout) !== 0;
    sizes.forEach((size, d) => {
      const faster = inverse ? sizes.slice(0, d) : sizes.slice(d + 1);
      dimensions.push(size);
      strides.push(array.byteOffsetBase * faster.reduce((product, n) => product * n, 1));
    });
  }
  if (complexPartBytes !== undefined) {
    dimensions.push(2);
    strides.push(complexPartBytes);
  }
  return { dimensions, runs: mergeRuns(dimensions, strides) };
}

/** Runs over all dimensions; inner dimensions that continue each other evenly become one run. */
function mergeRuns(dimensions: readonly number[], strides: readonly number[]): ElementRun[] {
  let outer = dimensions.length;
  let count = 1;
  let stride = 0;
  while (outer > 0) {
    const size = dimensions[outer - 1];
    if (count === 1) stride = strides[outer - 1];
    else if (size !== 1 && strides[outer - 1] !== stride * count) break;
    count *= size;
    outer--;
  }
  const runs: ElementRun[] = [];
  const indexes = dimensions.slice(0, outer).map(() => 0);
  for (;;) {
    const offset = indexes.reduce((sum, index, d) => sum + index * strides[d], 0);
    runs.push({ offset, stride, count });
    let d = outer - 1;
    while (d >= 0 && ++indexes[d] === dimensions[d]) indexes[d--] = 0;
    if (d < 0) return runs;
  }
}
