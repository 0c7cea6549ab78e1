/**
 * The quantile of Student's t distribution.
 *
 * No package does: jstat is wrong in the eighth digit (4.7e-8), simple-statistics has none, and
 * @stdlib's, which is exact, brings 232 packages and asks for the environment. Degrees of freedom of
 * samples are whole numbers, and for those the distribution is a finite sum of positive terms.
 *
 * @module
 */

// Halves an interval below π/2 until it is narrower than a double can tell.
const HALVINGS = 60;

/**
 * How many standard errors lie on either side of a mean, so that the interval has the true mean in it
 * with a probability of `level`.
 *
 * @param degrees Degrees of freedom: the number of samples less one.
 * @param level Probability of the interval, both sides together; 0.95 when absent.
 * @throws {RangeError} If `degrees` is no whole number of at least 1, or `level` not between 0 and 1.
 */
export function studentT(degrees: number, level = 0.95): number {
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(`degrees of freedom are whole numbers of at least 1, not ${degrees}`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`a level is between 0 and 1, not ${level}`);
  let low = 0, high = Math.PI / 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

/**
 * Probability that |t| is below √degrees · tan(angle): Abramowitz and Stegun, Handbook of Mathematical
 * Functions, 26.7.3 and 26.7.4.
 */
function probabilityWithin(angle: number, degrees: number): number {
  const odd = degrees % 2;
  const cosine = Math.cos(angle), square = cosine * cosine;
  let term = odd ? cosine : 1, sum = degrees === 1 ? 0 : term;
  for (let i = 2 + odd; i <= degrees - 2; i += 2) {
    term *= square * (i - 1) / i;
    sum += term;
  }
  return odd ? (angle + Math.sin(angle) * sum) * 2 / Math.PI : Math.sin(angle) * sum;
}
