/**
 * Where the elements of an array channel lie in a record.
 *
 * @module
 */
import { ARRAY_FLAG, ARRAY_STORAGE } from "../structure/format_codes.ts";
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

/** Most runs that the elements of one value may form. */
const MOST_RUNS = 1 << 20;
/** Most elements that one value may have. */
const MOST_ELEMENTS = 0x7fffffff;

/** How far elements lie apart; the unit is the caller's. */
type BaseOf = (array: ArrayModel) => number;

/**
 * The array whose elements have records of their own, in channel groups or data groups. There is at
 * most one, the outermost.
 */
export function splitArray(arrays: readonly ArrayModel[] = []): ArrayModel | undefined {
  return arrays.length > 0 && arrays[0].storage !== ARRAY_STORAGE.record ? arrays[0] : undefined;
}

/** Number of elements of nested arrays. */
export function elementCount(arrays: readonly ArrayModel[]): number {
  return arrays.reduce(
    (count, { dimensions }) => dimensions.reduce((product, size) => product * size, count),
    1,
  );
}

/** Whether the elements of two channels lie equally far apart in the records. */
export function sameElements(
  one: readonly ArrayModel[] = [],
  other: readonly ArrayModel[] = [],
): boolean {
  const steps = (arrays: readonly ArrayModel[]) =>
    arrays
      .filter(({ storage }) => storage === ARRAY_STORAGE.record)
      .map(({ dimensions, byteOffsetBase, flags }) =>
        [byteOffsetBase, flags & ARRAY_FLAG.inverseLayout, ...dimensions].join()
      )
      .join(";");
  return steps(one) === steps(other);
}

/**
 * The elements of nested arrays, the outer ones first. Element (i, j, …) of one array lies at
 * `byteOffsetBase` times its linear index; the last index varies fastest, or with the inverse layout
 * the first (ASAM MDF 4, CA block). Complex elements have a last dimension of real and imaginary part.
 * Elements with records of their own lie in these records, `recordBytes` apart.
 *
 * @throws {RangeError} for more elements, or more scattered ones, than are read
 */
export function elementOrder(
  arrays: readonly ArrayModel[],
  complexPartBytes?: number,
  recordBytes = 0,
): ElementOrder {
  const { dimensions, strides } = dimensionSteps(
    arrays,
    (array) => array.storage === ARRAY_STORAGE.record ? array.byteOffsetBase : recordBytes,
  );
  if (complexPartBytes !== undefined) {
    dimensions.push(2);
    strides.push(complexPartBytes);
  }
  return { dimensions, runs: mergeRuns(dimensions, strides) };
}

/**
 * Where the invalidation bits of the elements lie, counted in bits from that of the first; undefined
 * where all elements share one bit.
 */
export function invalidationOrder(
  arrays: readonly ArrayModel[],
  recordBytes = 0,
): ElementOrder | undefined {
  const baseOf = (array: ArrayModel) =>
    array.storage === ARRAY_STORAGE.record ? array.invalidationBase : 8 * recordBytes;
  if (arrays.every((array) => baseOf(array) === 0)) return undefined;
  const { dimensions, strides } = dimensionSteps(arrays, baseOf);
  return { dimensions, runs: mergeRuns(dimensions, strides) };
}

/** The dimensions of nested arrays, and the distance of neighbours in each. */
function dimensionSteps(
  arrays: readonly ArrayModel[],
  baseOf: BaseOf,
): { dimensions: number[]; strides: number[] } {
  const elements = elementCount(arrays);
  if (elements > MOST_ELEMENTS) {
    throw new RangeError(
      `the array has ${elements} elements; no more than ${MOST_ELEMENTS} are read`,
    );
  }
  const dimensions: number[] = [];
  const strides: number[] = [];
  for (const array of arrays) {
    const sizes = array.dimensions;
    // The flag says how a record is laid out, and means nothing where each element has its own.
    const inverse = array.storage === ARRAY_STORAGE.record &&
      (array.flags & ARRAY_FLAG.inverseLayout) !== 0;
    const base = baseOf(array);
    sizes.forEach((size, d) => {
      const faster = inverse ? sizes.slice(0, d) : sizes.slice(d + 1);
      dimensions.push(size);
      strides.push(base * faster.reduce((product, n) => product * n, 1));
    });
  }
  return { dimensions, strides };
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
  const outerCount = dimensions.slice(0, outer).reduce((product, n) => product * n, 1);
  if (outerCount > MOST_RUNS) {
    throw new RangeError(
      `the elements of the array lie in ${outerCount} places apart; no more than ${MOST_RUNS} are read`,
    );
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
