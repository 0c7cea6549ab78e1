/**
 * Options of opening a file.
 *
 * @module
 */
import type { Limits } from "../blocks/limits.ts";
import type { Damaged } from "../structure/damage_guard.ts";

/** Options of opening a file. */
export interface OpenOptions {
  /** Cancels opening. */
  signal?: AbortSignal;
  /** Limits on what the file may ask for. */
  limits?: Partial<Limits>;
  /**
   * Whether a block of the structure that cannot be read (a broken link, a chain that leads back to
   * itself) ends opening with its error, or is left out and kept in `mdf.problems`. Default
   * `"refuse"`.
   */
  damaged?: Damaged;
  /**
   * Most threads besides the calling one that unpack compressed data; 0 for none. They are there only
   * while much compressed data is being read. With 0, threads of the runtime do not help with the memory
   * of large results either. Default: one less than there are processors, up to 3.
   */
  workers?: number;
}

/** Options of opening a file by an index. */
export interface IndexOptions extends OpenOptions {
  /**
   * What to do with a file that has only grown since the index was made, as one does that a logger is
   * writing: refuse it like any other change, or go on from the index as `refresh()` does. Default
   * `"refuse"`.
   */
  grown?: "refuse" | "continue";
}
