/**
 * Byte ranges of a channel, by record or by time.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import {
  type ByteRangesOptions,
  type ChannelReference,
  recordRanges,
} from "../index/index_ranges.ts";
import type { MdfIndex } from "../index/file_index.ts";
import type { ByteRange } from "../source/byte_ranges.ts";
import { Mdf } from "./mdf.ts";
import { type MdfInput, openSource } from "./open_source.ts";
import { pagedSource } from "./paged_source.ts";

/** Options of `byteRanges` for a window of time. */
export interface TimeRangesOptions extends ByteRangesOptions {
  /** Only the records whose master lies in `[from, to)`, in its units. */
  time: readonly [from: number, to: number];
  /**
   * The file, or the file as it is open: the master channel is searched in it, of which only the pages
   * are read that a binary search meets. A file that is not open yet is checked to be that of the
   * index.
   */
  source: MdfInput | Mdf;
  /** Cancels reading. */
  signal?: AbortSignal;
}

/**
 * The `[offset, length]` spans of the file that a reader needs for the values of a channel and its
 * times, sorted, and merged where they nearly touch.
 *
 * ```ts
 * const spans = byteRanges(index, "RPM", { records: [0, 1000] });
 * const later = await byteRanges(index, "RPM", { time: [60, 70], source: "drive.mf4" });
 * ```
 *
 * @throws {ChannelNotFoundError} when the index has no such channel
 * @throws {AmbiguousChannelError} when several groups have one of that name
 * @throws {StaleIndexError} when the source is not the file that the index was made from
 * @throws {UsageError} when a window of time is asked for and the group has no master channel
 */
export function byteRanges(
  index: MdfIndex,
  channel: ChannelReference,
  options?: ByteRangesOptions & { time?: undefined },
): ByteRange[];
/** The spans for a window of time, which is searched in the file. */
export function byteRanges(
  index: MdfIndex,
  channel: ChannelReference,
  options: TimeRangesOptions,
): Promise<ByteRange[]>;
export function byteRanges(
  index: MdfIndex,
  channel: ChannelReference,
  options: ByteRangesOptions & Partial<Omit<TimeRangesOptions, "time">> & {
    time?: readonly [from: number, to: number];
  } = {},
): ByteRange[] | Promise<ByteRange[]> {
  const { time, source, ...rest } = options;
  if (time === undefined) return recordRanges(index, channel, rest);
  if (source === undefined) {
    throw new UsageError(
      "an index does not hold times; pass the file as { source } to search them in, or { records }",
    );
  }
  return timeRanges(index, channel, { ...rest, time, source });
}

async function timeRanges(
  index: MdfIndex,
  channel: ChannelReference,
  { time, source, signal, ...options }: TimeRangesOptions,
): Promise<ByteRange[]> {
  if (source instanceof Mdf) return await search(source);
  await using mdf = await Mdf.fromIndex(index, pagedSource(openSource(source)), { signal });
  return await search(mdf);

  async function search(mdf: Mdf): Promise<ByteRange[]> {
    const found = typeof channel === "string"
      ? mdf.channel(channel, { group: options.group })
      : mdf.groups[channel.group.index]?.channels[channel.index];
    // Where there is none, the error is that of the index.
    if (!found) return recordRanges(index, channel, options);
    const window: ReadWindow = { time, records: options.records, signal };
    const records = await mdf.recordsOf(found, window);
    return recordRanges(index, found, { ...options, records });
  }
}

type ReadWindow = Parameters<Mdf["recordsOf"]>[1];
