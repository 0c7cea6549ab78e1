/**
 * Arrays in the model of a measurement file.
 *
 * @module
 */
import type { DataChain, JsonNumber } from "./measurement.ts";

/** A channel named by the offsets of its blocks in the file; 0 where none is named. */
export interface BlockTriple {
  /** Offset of the data group. */
  dataGroup: number;
  /** Offset of the channel group. */
  channelGroup: number;
  /** Offset of the channel. */
  channel: number;
}

/** Records of one kind. */
export interface RecordData {
  /** The records; without their invalidation bytes where those are stored apart. */
  data: DataChain;
  /** Invalidation bytes of column-oriented data. */
  invalidation?: DataChain;
}

/** An array description. */
export interface ArrayModel {
  /** `ca_type`: 0 array, 1 scaling axis, 2 look-up, 3 interval axis, 4 classification result. */
  type: number;
  /** `ca_storage`: 0 in the record, 1 in channel groups, 2 in data groups. */
  storage: number;
  /** `ca_flags`. */
  flags: number;
  /** Number of elements of each dimension. */
  dimensions: number[];
  /** Bytes from one element to the next. */
  byteOffsetBase: number;
  /** Invalidation bits from one element to the next. */
  invalidationBase: number;
  /** Channels that tell the used size of each dimension. */
  sizeChannels?: BlockTriple[];
  /** Input quantities of each dimension. */
  inputChannels?: BlockTriple[];
  /** Output quantity. */
  outputChannel?: BlockTriple;
  /** Comparison quantity. */
  comparisonChannel?: BlockTriple;
  /** Channels that hold the axis points of each dimension. */
  axisChannels?: BlockTriple[];
  /** Conversions of the axis points of each dimension; null where there is none. */
  axisConversions?: (number | null)[];
  /** Fixed axis points of each dimension. */
  axisValues?: JsonNumber[][];
  /** The counters of samples stored in the file, of elements with records of their own. */
  cycleCounts?: number[];
  /** Records of each element, of arrays in data groups. */
  elementData?: RecordData[];
}
