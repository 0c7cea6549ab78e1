/**
 * What an axis can show: ranges that numbers can divide, and where their ticks stand.
 *
 * @module
 */

/** Numbers beyond it are drawn at the edge; the width of a range has to be a number too. */
const MOST = Number.MAX_VALUE / 8;
/** Narrower ranges, as such and as parts of a number, have too few others in them for ticks. */
const [LEAST, LEAST_PART] = [1e-300, 1e-13];
/** More ticks than any axis has room for. */
const MOST_TICKS = 1000;

/** Distances of the ticks of an axis that counts. */
export const WHOLE_DISTANCES: readonly number[] = Array.from(
  { length: 48 },
  (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3),
);

/** The range, made so wide that it can be drawn. */
export function drawableRange(min: number, max: number): [min: number, max: number] {
  const low = Math.max(-MOST, Math.min(min, MOST));
  const high = Math.max(-MOST, Math.min(max, MOST));
  const least = Math.max(LEAST, LEAST_PART * Math.max(Math.abs(low), Math.abs(high)));
  if (high - low >= least) return [low, high];
  const half = Math.max(0.5, least);
  return [low - half, high + half];
}

/** Multiples of a distance that lie in a range; none where they cannot be told apart. */
export function tickPlaces(min: number, max: number, distance: number): number[] {
  const first = Math.ceil(min / distance);
  const count = Math.floor(max / distance) - first + 1;
  if (!(count > 0 && count <= MOST_TICKS)) return [];
  // Adding zero makes the negative zero a positive one.
  return Array.from({ length: count }, (_, i) => (first + i) * distance + 0);
}
