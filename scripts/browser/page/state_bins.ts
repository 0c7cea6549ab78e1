/**
 * Texts of a channel as sets of those that occur in each bin of records.
 *
 * @module
 */
import { RecordBins } from "./record_bins.ts";

/** Most different texts; one bit of a number stands for each. */
export const MOST_STATES = 32;

/** Characters of a text that tell it from others. */
const MOST_CHARACTERS = 200;

/** Bins of texts. */
export class StateBins extends RecordBins {
  /** The different texts, in the order they came. */
  readonly states: string[] = [];
  /** Samples that the file calls invalid. */
  invalid = 0;
  readonly #codes = new Map<string, number>();
  readonly #sets: Uint32Array;

  /** See {@link RecordBins}; the texts of `like`, if given, keep their places. */
  constructor(capacity: number, expected: number, like?: StateBins) {
    super(capacity, expected);
    this.#sets = new Uint32Array(this.capacity);
    if (!like) return;
    this.states.push(...like.states);
    for (const [text, code] of like.#codes) this.#codes.set(text, code);
  }

  /**
   * Adds records that follow those before; `textAt` gives a text, or undefined for an invalid sample.
   *
   * @returns false when there are too many different texts
   */
  add(
    first: number,
    count: number,
    textAt: (index: number) => string | undefined,
    times: Float64Array | undefined,
  ): boolean {
    if (this.records === 0) {
      this.firstRecord = first;
      this.counted = times === undefined;
    }
    for (let i = 0; i < count; i++) {
      const bin = this.next(times ? times[i] : first + i);
      const text = textAt(i);
      if (text === undefined) {
        this.invalid++;
        continue;
      }
      const code = this.#codeOf(text);
      if (code === MOST_STATES) return false;
      this.#sets[bin] |= 1 << code;
    }
    return true;
  }

  #codeOf(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.states.length;
    if (code === MOST_STATES) return code;
    this.#codes.set(text, code);
    this.states.push(text.slice(0, MOST_CHARACTERS));
    return code;
  }

  protected override clear(bin: number): void {
    this.#sets[bin] = 0;
  }

  protected override merge(into: number, a: number, b: number): void {
    this.#sets[into] = this.#sets[a] | this.#sets[b];
  }

  /** Whether a state occurs in a bin. */
  has(bin: number, state: number): boolean {
    return (this.#sets[bin] & (1 << state)) !== 0;
  }

  /** The states of a bin. */
  statesOf(bin: number): string[] {
    return this.states.filter((_, state) => this.has(bin, state));
  }
}
