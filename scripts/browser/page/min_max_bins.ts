/**
 * Numbers of a channel as smallest and largest of each bin of records.
 *
 * @module
 */
import { RecordBins } from "./record_bins.ts";

/** What is added: values of consecutive records. */
export interface NumberRun {
  values: ArrayLike<number | bigint>;
  /** Absent where there is no time; the numbers of the records take its place. */
  times: Float64Array | undefined;
  valid: ArrayLike<number> | undefined;
  /** Number of the first record. */
  first: number;
  /** How many records. */
  count: number;
  /** Values of one record, and which of them is meant. */
  elements: number;
  element: number;
}

/** A line to draw; where `y` is null there is a gap. */
export interface Line {
  x: Float64Array;
  y: (number | null)[];
  /** Number of the record of each point. */
  record: Float64Array;
}

/** Bins of numbers, and the extremes of all. */
export class MinMaxBins extends RecordBins {
  /** Smallest value so far. */
  min = Infinity;
  /** Largest value so far. */
  max = -Infinity;
  /** Samples that the file calls invalid. */
  invalid = 0;
  /** Valid samples that are NaN or infinite. */
  notFinite = 0;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #minX: Float64Array;
  readonly #maxX: Float64Array;
  readonly #minRecord: Float64Array;
  readonly #maxRecord: Float64Array;

  /** See {@link RecordBins}. */
  constructor(capacity: number, expected: number) {
    super(capacity, expected);
    const numbers = () => new Float64Array(this.capacity);
    [this.#min, this.#max, this.#minX] = [numbers(), numbers(), numbers()];
    [this.#maxX, this.#minRecord, this.#maxRecord] = [numbers(), numbers(), numbers()];
  }

  /** Adds records that follow those before. */
  add({ values, times, valid, first, count, elements, element }: NumberRun): void {
    if (this.records === 0) {
      this.firstRecord = first;
      this.counted = times === undefined;
    }
    // Validity is told of each record, or of each element.
    const perElement = valid !== undefined && valid.length === count * elements && elements > 1;
    for (let i = 0; i < count; i++) {
      const record = first + i;
      const x = times ? times[i] : record;
      const bin = this.next(x);
      const at = i * elements + element;
      if (valid && valid[perElement ? at : i] === 0) {
        this.invalid++;
        continue;
      }
      const value = Number(values[at]);
      if (!Number.isFinite(value)) {
        this.notFinite++;
        continue;
      }
      if (value < this.#min[bin]) {
        this.#min[bin] = value;
        this.#minX[bin] = x;
        this.#minRecord[bin] = record;
        if (value < this.min) this.min = value;
      }
      if (value > this.#max[bin]) {
        this.#max[bin] = value;
        this.#maxX[bin] = x;
        this.#maxRecord[bin] = record;
        if (value > this.max) this.max = value;
      }
    }
  }

  protected override clear(bin: number): void {
    this.#min[bin] = Infinity;
    this.#max[bin] = -Infinity;
  }

  protected override merge(into: number, a: number, b: number): void {
    const low = this.#min[b] < this.#min[a] ? b : a;
    const high = this.#max[b] > this.#max[a] ? b : a;
    this.#minX[into] = this.#minX[low];
    this.#minRecord[into] = this.#minRecord[low];
    this.#min[into] = this.#min[low];
    this.#maxX[into] = this.#maxX[high];
    this.#maxRecord[into] = this.#maxRecord[high];
    this.#max[into] = this.#max[high];
  }

  /** Smallest and largest value of a bin; undefined where it has none. */
  extremes(bin: number): [min: number, max: number] | undefined {
    return this.#min[bin] <= this.#max[bin] ? [this.#min[bin], this.#max[bin]] : undefined;
  }

  /** One or two points for each bin, in the order of the records. */
  line(): Line {
    const x: number[] = [];
    const y: (number | null)[] = [];
    const records: number[] = [];
    for (let bin = 0; bin < this.count; bin++) {
      const [low, high] = [this.#minRecord[bin], this.#maxRecord[bin]];
      if (!this.extremes(bin)) {
        x.push(this.xOf(bin));
        y.push(null);
        records.push(this.recordOf(bin));
        continue;
      }
      const point = (value: number, time: number, record: number) => {
        x.push(this.ordered ? time : record);
        y.push(value);
        records.push(record);
      };
      const smallest = () => point(this.#min[bin], this.#minX[bin], low);
      const largest = () => point(this.#max[bin], this.#maxX[bin], high);
      if (low <= high) smallest();
      if (low !== high) largest();
      if (low > high) smallest();
    }
    return { x: Float64Array.from(x), y, record: Float64Array.from(records) };
  }
}
