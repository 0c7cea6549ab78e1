/**
 * What callers tell the writer: file, groups, channels, conversions and sources.
 *
 * @module
 */
import type { ByteSink } from "./byte_sink.ts";
import type { Compression } from "./compress_block.ts";

/** Where a file goes: a local path, a `file:` URL, a stream or any other sink for bytes. */
export type WriterOutput = string | URL | WritableStream<Uint8Array> | ByteSink;

/** Options of {@link MdfWriter.create}. */
export interface WriterOptions {
  /**
   * How data blocks are stored: as they are (`"none"`, the default), deflated, or transposed and
   * deflated, which packs numbers better and is faster to read and write than plain deflate.
   */
  compression?: Compression;
  /**
   * Level of deflate, 0 to 9; default 1, several times faster than 6 for slightly larger files.
   * Runtimes without `node:zlib` (browsers) have one level of their own.
   */
  compressionLevel?: number;
  /** Start of the measurement in nanoseconds since 1970-01-01T00:00:00Z; default now. */
  startTimeNs?: bigint;
  /** Time of the file history entry in nanoseconds since 1970-01-01T00:00:00Z; default now. */
  historyTimeNs?: bigint;
  /** Program that writes the file, at most 8 ASCII characters; default `mf4deno`. */
  program?: string;
  /** Comment of the file. */
  comment?: Comment;
  /** Bytes of data in a block; records are never split, so blocks hold a little less. Default 4 MiB. */
  blockBytes?: number;
  /**
   * Bytes that wait in memory for their block to become full, over all groups; when there are more,
   * the largest blocks are written before they are full. Default 64 MiB.
   */
  bufferBytes?: number;
  /** Version of the format: `"4.10"` (the default), `"4.11"` or `"4.20"`. */
  version?: "4.10" | "4.11" | "4.20";
}

/** A comment: plain text, or a whole XML document as the format defines it for the block. */
export type Comment = string | { xml: string };

/** Options of {@link MdfWriter.addGroup}. */
export interface GroupOptions {
  /** Name of the channel group. */
  name: string;
  /** Comment of the channel group. */
  comment?: Comment;
  /** What acquired the group. */
  source?: SourceOptions;
  /** Channels in the order in which the file lists them; at least one. */
  channels: readonly ChannelOptions[];
}

/** A channel to be written. */
export interface ChannelOptions {
  /** Name, unique within the group; the key of the channel's column in `append`. */
  name: string;
  /** How raw values are stored. */
  type: ChannelType;
  /** Unit of the physical values. */
  unit?: string;
  /** Comment of the channel. */
  comment?: Comment;
  /** Makes the channel the group's master of that kind: the time (angle …) of every record. */
  master?: MasterKind;
  /** How raw values become physical ones; none means that they are the same. */
  conversion?: ConversionOptions;
  /** Where the channel's values come from. */
  source?: SourceOptions;
}

/**
 * How a channel stores its values: numbers in little-endian order, `bool` as a byte of 0 or 1,
 * `string` as UTF-8 and `bytes` as they are, both of any length.
 */
export type ChannelType =
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "float32"
  | "float64"
  | "bool"
  | "string"
  | "bytes";

/** What a master channel measures. */
export type MasterKind = "time" | "angle" | "distance" | "index";

/** How raw values become physical ones. */
export type ConversionOptions =
  | { kind: "identity" }
  /** `raw * factor + offset` */
  | { kind: "linear"; offset: number; factor: number }
  /** `(p1 x² + p2 x + p3) / (p4 x² + p5 x + p6)`, six parameters */
  | { kind: "rational"; parameters: readonly number[] }
  /** The text of the key that equals the raw value, else the default. */
  | {
    kind: "valueToText";
    keys: readonly number[];
    texts: readonly string[];
    default?: string;
  };

/** Source information: an ECU, a bus, a tool … */
export interface SourceOptions {
  /** Name of the source. */
  name?: string;
  /** Path of the source, tool specific. */
  path?: string;
  /** Comment of the source. */
  comment?: Comment;
  /** `si_type`: 0 other, 1 ECU, 2 bus, 3 I/O, 4 tool, 5 user. */
  type?: number;
  /** `si_bus_type`: 0 none, 1 other, 2 CAN, 3 LIN, 4 MOST, 5 FlexRay, 6 K-Line, 7 Ethernet, 8 USB. */
  busType?: number;
  /** `si_flags`: bit 0 simulated. */
  flags?: number;
}

/** Raw values of one channel: a typed array or anything like an array. */
export type Column =
  | ArrayLike<number>
  | ArrayLike<bigint>
  | ArrayLike<number | bigint>
  | ArrayLike<boolean>
  | ArrayLike<string>
  | ArrayLike<Uint8Array>
  | IndexedValues;

/** Values that are asked for one by one, as a `Signal` gives its texts. */
export interface IndexedValues {
  /** Number of values. */
  readonly length: number;
  /** The value at an index. */
  at(index: number): unknown;
}

/** One column for every channel of a group, by channel name. */
export type Columns = Readonly<Record<string, Column>>;
