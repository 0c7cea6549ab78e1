/**
 * What reading gives: signals, batches of them, and the options of reading.
 *
 * @module
 */
import type { NumberArray } from "../decode/number_kernels.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { SignalValues } from "./column.ts";

/** The values of one channel. */
export interface Signal {
  /** The channel. */
  readonly channel: Channel;
  /**
   * One value per record: the typed array of the channel's own width for plain numbers, a
   * `Float64Array` for converted numbers, else an array-like of texts, bytes or dates.
   */
  readonly values: SignalValues;
  /**
   * The group's master channel, converted; undefined where the group has none, and for an array whose
   * elements have records of their own with different times.
   */
  readonly timestamps: Float64Array | undefined;
  /** Unit of `values`. */
  readonly unit: string;
  /** `[records]`, followed by the dimensions of array channels. */
  readonly shape: readonly number[];
  /**
   * 1 for valid and 0 for invalid samples; absent when all are valid. Where the elements of an array
   * have invalidation bits of their own, there is one entry for each element, in the order of `values`.
   */
  readonly valid?: Uint8Array;
}

/** A stretch of records of one group. */
export interface Batch {
  /** The group. */
  readonly group: ChannelGroup;
  /** Number of the first record in its group. */
  readonly firstRecord: number;
  /** Number of records. */
  readonly recordCount: number;
  /** The channels asked for; their arrays are only valid until the next batch, those of the last one longer. */
  readonly signals: Signal[];
}

/** How far reading has come. */
export interface Progress {
  /** Bytes of records read so far. */
  readonly bytesRead: number;
  /** Bytes of records to read in all. */
  readonly bytesTotal: number;
}

/** Options of reading. */
export interface ReadOptions {
  /** Give the values as stored, without conversion. */
  raw?: boolean;
  /** Only the records `[from, to)` of each group; what lies outside the group is left out. */
  records?: readonly [from: number, to: number];
  /** Only the records whose master lies in `[from, to)`, in units of the master. */
  time?: readonly [from: number, to: number];
  /** Cancels reading. */
  signal?: AbortSignal;
  /** Told of progress while reading. */
  onProgress?: (progress: Progress) => void;
  /**
   * Called for a channel that cannot be read, which is then left out. Without it, the first such
   * channel ends reading with its error.
   */
  onChannelError?: (channel: Channel, error: unknown) => void;
}

/** Options of streaming. */
export interface StreamOptions extends ReadOptions {
  /**
   * Bytes of records that one batch stands for. Default 512 KiB, which stays in the cache, or 128 for
   * each channel where these are more: a batch has a cost for each, however few its records are.
   */
  batchBytes?: number;
}

/** Options of reading several channels at once. */
export interface ReadAllOptions extends ReadOptions {
  /**
   * Arrays to be filled, in the order of the channels asked for; undefined where a new one is to be
   * made. Each must have the type that the channel's values have without it, and room for all of them;
   * `values` is then a view of it.
   */
  into?: readonly (NumberArray | undefined)[];
}

/** Options of reading one channel by name. */
export interface ReadChannelOptions extends ReadOptions {
  /**
   * An array to be filled, so that none has to be made. It must have the type that the values have
   * without it, and room for all of them; `values` is then a view of it.
   */
  into?: NumberArray;
  /** The group to look in, by index or name, where several have a channel of that name. */
  group?: number | string;
}
