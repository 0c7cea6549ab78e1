/**
 * How many records make a file of a wanted size.
 *
 * @module
 */
import { CHUNK_RECORDS } from "./columns.ts";
import type { DataPlan } from "./data_plan.ts";
import { type Compression, writeRecords } from "./write_records.ts";

/** Largest difference from the wanted size that counts as reached. */
export const SIZE_TOLERANCE = 0.01;

/** Aimed at, so that the result is inside the tolerance with room to spare. */
const AIM = 0.007;
const MAX_TRIALS = 12;
// A sample this much smaller than the file still tells how well the file will compress.
const SAMPLE_PART = 12;

/** Size that a number of records gave. */
interface Trial {
  records: number;
  bytes: number;
}

/** Finds the number of records step by step, from the sizes of what was written so far. */
export class RecordSearch {
  readonly #wanted: number;
  readonly #trials: Trial[] = [];

  private constructor(wanted: number, trials: Trial[]) {
    this.#wanted = wanted;
    this.#trials = trials;
  }

  /**
   * Writes samples to nowhere until the number of records can be foretold.
   *
   * @throws {RangeError} If not even a file without records is small enough.
   */
  static async start(
    plan: DataPlan,
    compression: Compression,
    wanted: number,
    signal?: AbortSignal,
  ): Promise<RecordSearch> {
    const trial = async (records: number): Promise<Trial> => ({
      records,
      bytes: await writeRecords(undefined, plan, { compression, records, signal }),
    });
    const empty = await trial(0);
    if (empty.bytes > wanted * (1 - SIZE_TOLERANCE)) {
      throw new RangeError(
        `a file of ${wanted} bytes cannot hold these channels: without any record it would have ` +
          `${empty.bytes}`,
      );
    }
    const search = new RecordSearch(wanted, [empty]);
    search.#trials.push(await trial(CHUNK_RECORDS));
    if (compression === "none") return search;
    // Compression varies along the file, and blocks only compress well once they are full.
    let records = search.next();
    while (records > SAMPLE_PART * search.#last.records) {
      search.#trials.push(await trial(Math.ceil(records / SAMPLE_PART)));
      records = search.next();
    }
    return search;
  }

  /** Records to try next. */
  next(): number {
    const { records, bytes } = this.#last;
    const before = this.#trials.at(-2) ?? this.#last;
    const near = Math.abs(bytes - this.#wanted) < 0.2 * this.#wanted;
    const rising = (bytes - before.bytes) * (records - before.records) > 0;
    const base = near && rising ? before : this.#trials[0];
    const each = (bytes - base.bytes) / (records - base.records);
    return Math.max(1, Math.round(records + (this.#wanted - bytes) / each));
  }

  /**
   * Takes note of the size that a number of records gave.
   *
   * @returns Whether that is the wanted size, or as close as it gets.
   * @throws {RangeError} If the wanted size cannot be reached.
   */
  accept(records: number, bytes: number): boolean {
    const error = Math.abs(bytes - this.#wanted) / this.#wanted;
    if (error <= AIM) return true;
    const seen = this.#trials.some((trial) => trial.records === records);
    this.#trials.push({ records, bytes });
    if (!seen && this.#trials.length < MAX_TRIALS && this.next() !== records) return false;
    if (error <= SIZE_TOLERANCE) return true;
    throw new RangeError(
      `a file of ${this.#wanted} bytes cannot be made with these channels: ${records} records ` +
        `give ${bytes}`,
    );
  }

  get #last(): Trial {
    return this.#trials[this.#trials.length - 1];
  }
}
