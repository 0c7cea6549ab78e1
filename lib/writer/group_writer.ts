/**
 * The handle of a group that is being written.
 *
 * @module
 */
import type { Columns } from "./writer_options.ts";

/** What a group's handle asks its writer for. */
export interface GroupBackend {
  /** Number of records so far. */
  recordCount(): number;
  /** Appends records. */
  append(columns: Columns): Promise<void>;
}

/** Appends records to one channel group; made by `MdfWriter.addGroup`. */
export class GroupWriter {
  /** Name of the channel group. */
  readonly name: string;
  readonly #backend: GroupBackend;

  /** Use `MdfWriter.addGroup`. */
  constructor(name: string, backend: GroupBackend) {
    this.name = name;
    this.#backend = backend;
  }

  /** Records appended so far. */
  get recordCount(): number {
    return this.#backend.recordCount();
  }

  /**
   * Appends records: one column of raw values for every channel, all of the same length. Typed arrays
   * of exactly the channel's type are taken as they are; other arrays are checked value by value.
   * Calls are carried out in order, one at a time, over all groups of the file; the columns must stay
   * as they are until the promise resolves.
   *
   * Throws UsageError for a missing, unknown or shorter column and for values the channel cannot
   * hold, naming channel and position, and then appends nothing; SourceError when the output fails,
   * after which nothing more can be written.
   */
  append(columns: Columns): Promise<void> {
    return this.#backend.append(columns);
  }
}
