/**
 * Array-likes over bytes: the values of channels that are not plain numbers. They keep the raw bytes
 * and make a value when it is asked for.
 *
 * @module
 */

/** What every signal's values can do, typed arrays included. */
export interface Values<T> extends Iterable<T> {
  /** Number of values. */
  readonly length: number;
  /** The value at an index; negative indexes count from the end. */
  at(index: number): T | undefined;
}

/** Values made one by one by a function of their index. */
export class LazyValues<T> implements Values<T> {
  /** Number of values. */
  readonly length: number;
  readonly #make: (index: number) => T;

  /** `make` is called with 0 to `length - 1`, for each value that is asked for. */
  constructor(length: number, make: (index: number) => T) {
    this.length = length;
    this.#make = make;
  }

  /** The value at an index; negative indexes count from the end. */
  at(index: number): T | undefined {
    const whole = Math.trunc(index) || 0;
    const i = whole < 0 ? this.length + whole : whole;
    return i >= 0 && i < this.length ? this.#make(i) : undefined;
  }

  /** All values in order. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.length; i++) yield this.#make(i);
  }

  /** The values as JSON. */
  toJSON(): T[] {
    return Array.from(this);
  }
}

/** Bytes of the value at an index: a view into what was read. */
export type BytesAt = (index: number) => Uint8Array;

/** Values of one width, one after the other. */
export function fixedBytes(bytes: Uint8Array, width: number): BytesAt {
  return (i) => bytes.subarray(i * width, (i + 1) * width);
}
