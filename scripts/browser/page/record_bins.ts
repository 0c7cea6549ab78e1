/**
 * Records in a bounded number of bins, however many there are.
 *
 * @module
 */

/**
 * Bins of equally many records each. When there would be too many, neighbours are merged in pairs,
 * so that nothing need be known of the number of records; a good guess spares the merging.
 */
export abstract class RecordBins {
  /** Records in each bin but the last. */
  stride: number;
  /** Bins in use. */
  count = 0;
  /** Records so far. */
  records = 0;
  /** Number of the first record in its group. */
  firstRecord = 0;
  /** Whether x never went back and always was a number. */
  ordered = true;
  /** Whether x is the number of the record, there being no time. */
  counted = false;
  /** Last x. */
  lastX = -Infinity;
  /** x of the first record of each bin. */
  readonly startX: Float64Array;
  /** Most bins. */
  readonly capacity: number;
  #inLast = 0;

  /** `expected` is how many records there will probably be. */
  constructor(capacity: number, expected: number) {
    // Pairs are merged, so the number is even.
    this.capacity = Math.max(2, Math.ceil(capacity / 2) * 2);
    this.stride = Math.max(1, Math.ceil(expected / this.capacity));
    this.startX = new Float64Array(this.capacity);
  }

  /** Empties a bin. */
  protected abstract clear(bin: number): void;
  /** Puts what two bins hold into one, which may be the first of them. */
  protected abstract merge(into: number, a: number, b: number): void;

  /** The bin of the next record. */
  protected next(x: number): number {
    if (this.#inLast === this.stride || this.count === 0) {
      if (this.count === this.capacity) this.#halve();
      this.#open(x);
    }
    this.#inLast++;
    this.records++;
    if (!(x >= this.lastX)) this.ordered = false;
    this.lastX = x;
    return this.count - 1;
  }

  #open(x: number): void {
    this.startX[this.count] = x;
    this.clear(this.count++);
    this.#inLast = 0;
  }

  #halve(): void {
    const half = this.capacity / 2;
    for (let bin = 0; bin < half; bin++) {
      this.merge(bin, 2 * bin, 2 * bin + 1);
      this.startX[bin] = this.startX[2 * bin];
    }
    this.count = half;
    this.stride *= 2;
  }

  /** x of where a bin starts: its time, or the number of its record where times do not increase. */
  xOf(bin: number): number {
    return this.ordered ? this.startX[bin] : this.recordOf(bin);
  }

  /** x of the last record. */
  get endX(): number {
    return this.ordered ? this.lastX : this.firstRecord + this.records - 1;
  }

  /** Number of the first record of a bin, in its group. */
  recordOf(bin: number): number {
    return this.firstRecord + bin * this.stride;
  }

  /** The bin that an x lies in. */
  binAt(x: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.xOf(middle) <= x) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Records `[from, to)` that hold all of a stretch of x, and one more at either side. */
  recordsBetween(from: number, to: number): [from: number, to: number] {
    // Equal times may reach over several bins, so the first of them is looked for.
    let first = this.binAt(from);
    while (first > 0 && this.xOf(first) >= from) first--;
    const last = this.binAt(to);
    const end = this.firstRecord + this.records;
    return [
      Math.max(this.firstRecord, this.recordOf(first) - 1),
      Math.min(end, this.recordOf(last + 1) + 1),
    ];
  }
}
