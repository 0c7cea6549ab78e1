/**
 * What a channel being read is to the loop that reads it.
 *
 * @module
 */
import type { Limits } from "../blocks/limits.ts";
import type { DataAccess } from "../decode/chain_reader.ts";
import type { NumberArray, NumberArrayType } from "../decode/number_kernels.ts";
import type { SharedBuffer } from "../decode/record_feed.ts";
import type { StorageAheads } from "../decode/storage_ahead.ts";
import type { Taker } from "../decode/transposed_columns.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { Measurement } from "../structure/measurement.ts";
import type { Channel } from "./channel.ts";
import type { OpenColumn } from "./lanes.ts";
import type { StreamReading } from "./stream_columns.ts";
import type { Values } from "./values.ts";

/** Values of a signal, see the table in the module's documentation. */
export type SignalValues =
  | NumberArray
  | Values<string>
  | Values<string | number>
  | Values<Uint8Array>
  | Values<Date>
  | ListValues;

/**
 * Values of a channel in a list of a data stream (version 4.3): for each record as many as it has, in
 * a typed array where they are numbers.
 */
export type ListValues = Values<NumberArray | unknown[]>;

/** What a column needs to know of the file. */
export interface ColumnContext extends DataAccess {
  /** The file's structure. */
  readonly measurement: Measurement;
  /** The file's bytes. */
  readonly source: SourceReader;
  /** Limits in force. */
  readonly limits: Limits;
  /** Leave out conversions. */
  readonly raw: boolean;
  /** What the channels of the group that is being read share. */
  readonly shares?: GroupShares;
  /** A buffer for the records of one group after the other. */
  readonly buffer?: SharedBuffer;
}

/** What the channels of a group share while they are read. */
export class GroupShares {
  #storage?: StorageAheads;
  #streams?: Map<number, StreamReading>;

  /** Values of variable length that are kept while the records around them are read. */
  get storage(): StorageAheads {
    return this.#storage ??= new Map();
  }

  /** The same, where there are any. */
  get kept(): StorageAheads | undefined {
    return this.#storage;
  }

  /** Data streams being read, by the index of their channel. */
  get streams(): Map<number, StreamReading> {
    return this.#streams ??= new Map();
  }
}

/** The array that a column of numbers fills. */
export interface NumberRoom {
  /** Its type. */
  readonly Type: NumberArrayType;
  /** Numbers that it must hold. */
  readonly length: number;
  /** Has the column fill that array, and not one of its own. */
  use(array: NumberArray): void;
}

/** A channel being read: `take` stretches of records, `finish` them, then `values`. */
export interface Column extends Taker {
  /** Does what has to wait, or needs them all, once `count` values were taken. */
  finish?(count: number): Promise<void> | void;
  /** The first `count` values; views of the column's own arrays. */
  values(count: number): SignalValues;
  /**
   * 1 where a record has the value and 0 where it has none, of the first `count`; undefined when all
   * have it.
   */
  valid?(count: number): Uint8Array | undefined;
  /** Dimensions of one value, where a record holds several. */
  readonly dimensions?: readonly number[];
  /** The array of `values`, where these are plain numbers. */
  readonly room?: NumberRoom;
  /** The column of that channel, which has no more to it: of very many, an object less for each. */
  opened?(channel: Channel): OpenColumn;
}

/** The first values of a master as numbers. */
export function asTimes(column: Column, count: number): Float64Array {
  const values = column.values(count);
  if (values instanceof Float64Array) return values;
  return Float64Array.from(values as Iterable<number>, Number);
}
