/**
 * Sample reductions: mean, minimum and maximum of a group's channels over intervals.
 *
 * @module
 */
import { openFeed } from "../decode/open_feed.ts";
import {
  AmbiguousChannelError,
  ChannelNotFoundError,
  UnsupportedFeatureError,
  UsageError,
} from "../errors.ts";
import { splitArray } from "../plan/array_layout.ts";
import { columnLayout } from "../plan/column_layout.ts";
import { CHANNEL_FLAG, REDUCTION_FLAG } from "../structure/format_codes.ts";
import type { ChannelGroupModel, Measurement, ReductionModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import { type SyncType, syncType } from "./code_names.ts";
import type { ColumnContext, SignalValues } from "./column.ts";
import { openColumn } from "./open_column.ts";
import type { OpenFile } from "./open_file.ts";
import { openValidity } from "./validity_column.ts";

/** Options of reading a sample reduction. */
export interface ReadReductionOptions {
  /** Give the values as stored, without conversion. */
  raw?: boolean;
  /** Cancels reading. */
  signal?: AbortSignal;
}

/** A channel reduced to one mean, minimum and maximum for each interval. */
export interface ReducedSignal {
  /** The channel. */
  readonly channel: Channel;
  /** Mean of each interval, of the same kind as the channel's own values. */
  readonly mean: SignalValues;
  /** Smallest value of each interval. */
  readonly min: SignalValues;
  /** Largest value of each interval. */
  readonly max: SignalValues;
  /** Unit of the values. */
  readonly unit: string;
  /** `[intervals]`, followed by the dimensions of array channels. */
  readonly shape: readonly number[];
  /**
   * 1 for valid and 0 for invalid intervals; absent when all are valid. An interval is invalid when
   * all of its samples are, or any of them where the reduction's `dominant` says so.
   */
  readonly valid?: Uint8Array;
}

/** One sample reduction of a channel group. */
export class Reduction {
  /** The group that is reduced. */
  readonly group: ChannelGroup;
  /** The reduction as the format describes it. */
  readonly model: ReductionModel;
  readonly #file: OpenFile;

  /** Made by {@link ChannelGroup}. */
  constructor(file: OpenFile, group: ChannelGroup, model: ReductionModel) {
    this.#file = file;
    this.group = group;
    this.model = model;
  }

  /** Length of an interval: seconds, radians, metres or records, as `syncType` says. */
  get interval(): number {
    return Number(this.model.interval);
  }

  /** Axis that the intervals divide. */
  get syncType(): SyncType {
    return syncType(this.model.syncType);
  }

  /** Whether one invalid sample makes its interval invalid; otherwise only all of them do. */
  get dominant(): boolean {
    return (this.model.flags & REDUCTION_FLAG.dominant) !== 0;
  }

  /** Number of intervals, counted from the data. */
  get count(): number {
    const { data, invalidation } = this.model;
    const stride = 3 * this.group.model.dataBytes + (invalidation ? 0 : this.#invalidationBytes);
    return stride > 0 ? Math.floor(data.length / stride) : 0;
  }

  /**
   * Reads one channel of the group, by name or itself. Of the master channel, writers store the start
   * of each interval as its mean, and the shortest and longest distance of samples as the others.
   *
   * @throws {UnsupportedFeatureError} for channels that a reduction does not hold: virtual ones and
   * those whose values have a variable length
   * @throws {CorruptFileError} when the data is damaged
   */
  async read(
    channel: string | Channel,
    options: ReadReductionOptions = {},
  ): Promise<ReducedSignal> {
    const { source, measurement, limits } = this.#file;
    this.#file.checkOpen();
    options.signal?.throwIfAborted();
    if (this.model.data.problem) throw problemError(this.model.data.problem, source.name);
    const found = typeof channel === "string" ? this.#find(channel) : channel;
    this.#check(found);
    const context: ColumnContext = {
      measurement: withoutRecordIds(measurement, this.group.model.dataGroup),
      source,
      limits,
      raw: options.raw ?? false,
      signal: options.signal,
    };
    const { count } = this;
    const columns = [0, 1, 2].map(() => openColumn(found, context, count));
    const stored = this.#invalidationBytes > 0 ||
      (found.model.flags & CHANNEL_FLAG.allInvalid) !== 0;
    const validity = stored ? openValidity(found, context, count) : undefined;
    const { dataBytes } = this.group.model;
    if (count > 0) {
      const feed = await this.#feed(measurement, count, options.signal);
      for (let first = 0; first < count; first += feed.capacity) {
        await feed.fill(first, Math.min(feed.capacity, count - first));
        // Each record of the reduction has three sections laid out like the values of a record.
        for (const [section, column] of columns.entries()) {
          column.take({ ...feed.run, at: feed.run.at + section * dataBytes }, first);
        }
        // One section of invalidation bytes follows, where it would follow the last of the three.
        validity?.take({ ...feed.run, at: feed.run.at + 2 * dataBytes }, first);
      }
    }
    for (const column of columns) await column.finish?.(count);
    const [mean, min, max] = columns.map((column) => column.values(count));
    const valid = validity?.values(count);
    const shape = [count, ...columns[0].dimensions ?? []];
    return { channel: found, mean, min, max, unit: found.unit, shape, ...(valid ? { valid } : {}) };
  }

  get #invalidationBytes(): number {
    const { flags } = this.model;
    return flags & REDUCTION_FLAG.invalidationBytes ? this.group.model.invalidationBytes : 0;
  }

  /** The records of the reduction as records of a group of their own. */
  #feed(measurement: Measurement, count: number, signal: AbortSignal | undefined) {
    const { data, invalidation } = this.model;
    const group: ChannelGroupModel = {
      ...this.group.model,
      dataGroup: 0,
      dataBytes: 3 * this.group.model.dataBytes,
      invalidationBytes: this.#invalidationBytes,
      recordCount: count,
    };
    const alone: Measurement = {
      ...measurement,
      groups: [group],
      dataGroups: [{ recordIdBytes: 0, data, invalidation }],
    };
    return openFeed(this.#file.source, alone, group, count, { signal });
  }

  #find(name: string): Channel {
    const named = this.group.channels.filter((channel) => channel.name === name);
    const place = this.#place();
    if (named.length === 0) {
      throw new ChannelNotFoundError(
        `group ${this.group.index} has no channel "${name}"`,
        this.group.channels.map((channel) => channel.name).slice(0, 5),
        place,
      );
    }
    if (named.length > 1) {
      throw new AmbiguousChannelError(
        `group ${this.group.index} has ${named.length} channels "${name}"; pass the channel itself`,
        [this.group.index],
        place,
      );
    }
    return named[0];
  }

  #check(channel: Channel): void {
    if (channel.group !== this.group) {
      throw new UsageError(
        `channel "${channel.name}" belongs to another group than the sample reduction`,
        this.#place(),
      );
    }
    if (channel.model.problem) return;
    if (splitArray(channel.model.arrays)) {
      throw new UnsupportedFeatureError(
        `channel "${channel.name}" is an array whose elements have records of their own, which a ` +
          "sample reduction does not hold",
        { file: this.#file.source.name, block: "CN", offset: channel.model.offset },
      );
    }
    const layout = columnLayout(
      channel.model,
      { ...this.group.model, invalidationBytes: 0 },
      { recordIdBytes: 0, data: this.model.data },
      this.#file.source.name,
    );
    if (layout.kind === "record-number" || layout.kind === "variable") {
      throw new UnsupportedFeatureError(
        `channel "${channel.name}" has no values in its records, so a sample reduction holds none`,
        { file: this.#file.source.name, block: "CN", offset: channel.model.offset },
      );
    }
  }

  #place() {
    return { file: this.#file.source.name, block: "SR", offset: this.model.offset };
  }
}

/** The measurement as it is for the records of a reduction, which have no record ids. */
function withoutRecordIds(measurement: Measurement, number: number): Measurement {
  const dataGroups = measurement.dataGroups.map((dataGroup, i) =>
    i === number ? { ...dataGroup, recordIdBytes: 0 } : dataGroup
  );
  return { ...measurement, dataGroups };
}
