/**
 * By which power of a size a cost grows.
 *
 * @module
 */
import { linearRegression, linearRegressionLine, rSquared } from "simple-statistics";

/** A size and what it costs. */
export interface ScalePoint {
  size: number;
  ms: number;
}

/** `ms = factor · size ^ exponent`, fitted in logarithms. */
export interface Fit {
  exponent: number;
  factor: number;
  /** Part of the variation in logarithms that the fit explains; near 0 where the cost is constant. */
  rSquared: number;
}

/** Exponents may be so much higher: times move by some percent from run to run. */
export const TOLERANCE = 0.1;

const FEWEST_POINTS = 3;

/**
 * Fits a power by least squares in logarithms.
 *
 * @throws {RangeError} If there are fewer than three points, two sizes are needed and there is one, or
 * a number is not above 0.
 */
export function fitPower(points: readonly ScalePoint[]): Fit {
  if (points.length < FEWEST_POINTS) {
    throw new RangeError(`a fit needs at least ${FEWEST_POINTS} points, not ${points.length}`);
  }
  const wrong = points.find(({ size, ms }) => !(size > 0 && ms > 0 && Number.isFinite(size * ms)));
  if (wrong) throw new RangeError(`a fit needs numbers above 0, not ${wrong.size}: ${wrong.ms} ms`);
  if (new Set(points.map(({ size }) => size)).size < 2) {
    throw new RangeError("a fit needs different sizes");
  }
  const logs = points.map(({ size, ms }) => [Math.log(size), Math.log(ms)]);
  const line = linearRegression(logs);
  return {
    exponent: line.m,
    factor: Math.exp(line.b),
    rSquared: rSquared(logs, linearRegressionLine(line)),
  };
}

/** The fit of the largest three sizes, where what is constant weighs least. */
export function fitLargest(points: readonly ScalePoint[]): Fit {
  return fitPower(points.toSorted((a, b) => a.size - b.size).slice(-FEWEST_POINTS));
}

/**
 * Whether a cost grows no faster than in proportion; or, where the machine itself takes more than that
 * for larger sizes, since they leave its caches, hardly faster than that.
 */
export function isLinear(
  { exponent }: Pick<Fit, "exponent">,
  floors: readonly Pick<Fit, "exponent">[] = [],
): boolean {
  const own = Math.max(1, ...floors.map(({ exponent }) => exponent));
  return exponent <= own + TOLERANCE;
}
