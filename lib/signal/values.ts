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
  [Symbol.iterator](): IterableIterator<T> {
    // A generator would take several times as long for each value.
    const [make, length] = [this.#make, this.length];
    let i = 0;
    return {
      next: () => i < length ? { done: false, value: make(i++) } : { done: true, value: undefined },
      [Symbol.iterator]() {
        return this;
      },
    };
  }

  /** The values as JSON. */
  toJSON(): T[] {
    return Array.from(this);
  }
}

/** Bytes of the value at an index: a view into what was read. */
export type BytesAt = (index: number) => Uint8Array;

/** Bytes of many values in one array. */
export interface ByteRuns {
  /** The array. */
  readonly bytes: Uint8Array;
  /** Where the bytes of a value start. */
  start(index: number): number;
  /** Where they end. */
  end(index: number): number;
}

/** Values of one width, one after the other. */
export function fixedRuns(bytes: Uint8Array, width: number): ByteRuns {
  return { bytes, start: (i) => i * width, end: (i) => (i + 1) * width };
}
