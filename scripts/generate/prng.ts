/**
 * The sfc32 generator ("Small Fast Counting", by Chris Doty-Humphrey, part of PractRand): 128 bits of
 * state, integer arithmetic only, so that every engine gives the same numbers.
 *
 * @module
 */

const TWO_POW_MINUS_32 = 2 ** -32;
const ROUNDS_BEFORE_USE = 12;

/** A reproducible stream of random 32-bit numbers. */
export class Sfc32 {
  readonly #state = new Uint32Array(4);
  readonly #one = new Uint32Array(1);

  /** Starts the stream that belongs to three 32-bit words. */
  constructor(a: number, b: number, c: number) {
    this.#state.set([a, b, c, 1]);
    this.fill(new Uint32Array(ROUNDS_BEFORE_USE), ROUNDS_BEFORE_USE);
  }

  /** Puts the next `count` numbers into `out`. */
  fill(out: Uint32Array, count: number): void {
    const state = this.#state;
    let a = state[0] | 0, b = state[1] | 0, c = state[2] | 0, d = state[3] | 0;
    for (let i = 0; i < count; i++) {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      out[i] = t;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }

  /** The next number, from 0 up to but not including 1. */
  next(): number {
    this.fill(this.#one, 1);
    return this.#one[0] * TWO_POW_MINUS_32;
  }
}
