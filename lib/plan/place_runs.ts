/**
 * Records among those of other groups, found by the runs that an index tells.
 *
 * @module
 */
import type { DataChain, RecordPlaces } from "../structure/measurement.ts";

/** Runs of records, with what came before each. */
export class PlaceRuns {
  /** Records in all runs. */
  readonly records: number;
  /** Bytes in all runs, of a group of values of variable length. */
  readonly bytes: number;
  readonly #places: RecordPlaces;
  /** Records before each run. */
  readonly #before: Float64Array;
  /** Bytes before each run, of a group of values of variable length. */
  readonly #bytesBefore: Float64Array;

  private constructor(places: RecordPlaces) {
    const { counts, lengths } = this.#places = places;
    this.#before = new Float64Array(counts.length);
    this.#bytesBefore = new Float64Array(counts.length);
    let [records, bytes] = [0, 0];
    for (let i = 0; i < counts.length; i++) {
      this.#before[i] = records;
      this.#bytesBefore[i] = bytes;
      records += counts[i];
      bytes += counts[i] * (lengths?.[i] ?? 0);
    }
    this.records = records;
    this.bytes = bytes;
  }

  /**
   * The runs of a group whose records have so many bytes; undefined where they are not one behind the
   * other within the data, as in an index that was damaged.
   */
  static of(
    places: RecordPlaces | undefined,
    chain: DataChain,
    idBytes: number,
    recordBytes: number,
  ): PlaceRuns | undefined {
    if (!places) return undefined;
    const { positions, counts, strides, lengths } = places;
    for (let i = 0, end = 0; i < positions.length; i++) {
      const bytes = lengths ? idBytes + lengths[i] : recordBytes;
      const last = positions[i] + (counts[i] - 1) * strides[i];
      const apart = counts[i] === 1 || strides[i] >= Math.max(1, bytes);
      if (!(counts[i] >= 1) || !apart || positions[i] < end) return undefined;
      end = last + bytes;
      if (!(end <= chain.length)) return undefined;
    }
    return new PlaceRuns(places);
  }

  /** Puts the positions of the records `[first, first + count)` into `out`. */
  fill(first: number, count: number, out: Float64Array): void {
    const { positions, counts, strides } = this.#places;
    let run = lastNotAbove(this.#before, first);
    let k = first - this.#before[run];
    for (let i = 0; i < count; i++) {
      if (k === counts[run]) [run, k] = [run + 1, 0];
      out[i] = positions[run] + k * strides[run];
      k++;
    }
  }

  /**
   * Calls `visit` with the position of each record that holds some of the bytes `[from, to)` of values
   * of variable length, and with the place of its first byte among all.
   */
  eachOfBytes(
    from: number,
    to: number,
    visit: (position: number, start: number, length: number) => void,
  ): void {
    const { positions, counts, strides, lengths = [] } = this.#places;
    for (let run = lastNotAbove(this.#bytesBefore, from); run < counts.length; run++) {
      const before = this.#bytesBefore[run];
      if (before >= to) return;
      const length = lengths[run];
      let k = length > 0 ? Math.max(0, Math.floor((from - before) / length)) : 0;
      for (; k < counts[run] && before + k * length < to; k++) {
        visit(positions[run] + k * strides[run], before + k * length, length);
      }
    }
  }

  /**
   * Calls `visit` with spans of the chain that hold the records `[first, end)`, of so many bytes each
   * unless their values have a variable length.
   */
  spans(
    first: number,
    end: number,
    idBytes: number,
    recordBytes: number,
    visit: (from: number, to: number) => void,
  ): void {
    const { positions, counts, strides, lengths } = this.#places;
    for (let run = lastNotAbove(this.#before, first); run < counts.length; run++) {
      const before = this.#before[run];
      if (before >= end) return;
      const bytes = lengths ? idBytes + lengths[run] : recordBytes;
      const to = Math.min(counts[run], end - before);
      for (let k = Math.max(0, first - before); k < to; k++) {
        const position = positions[run] + k * strides[run];
        visit(position, position + bytes);
      }
    }
  }
}

/** Index of the last of rising numbers that is not above `value`. */
function lastNotAbove(numbers: Float64Array, value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
