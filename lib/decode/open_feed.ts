/**
 * Opens the feed of a channel group, by how its records lie in the file.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace } from "../errors.ts";
import { recordBytes } from "../plan/column_layout.ts";
import { isMixed } from "../plan/group_members.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { ChannelGroupModel, Measurement } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { ChainReader, type DataAccess } from "./chain_reader.ts";
import { ColumnFeed } from "./column_feed.ts";
import { openMixedFeed } from "./mixed_feed.ts";
import { openPlacedFeed } from "./placed_feed.ts";
import {
  type BufferMaker,
  makeRun,
  offPageBuffer,
  type RecordFeed,
  type RecordRun,
} from "./record_feed.ts";
import { SortedFeed } from "./sorted_feed.ts";
import type { StorageAheads } from "./storage_ahead.ts";
import { LEAST_COLUMN_RECORDS } from "./transposed_columns.ts";
import { canBeAhead } from "./unpack_pieces.ts";

/**
 * Bytes put together at a time where they do not lie as they are in a source that answers at once: small
 * enough to stay in the processor's cache until every channel was taken out.
 */
const CACHED_BYTES = 256 * 1024;
/**
 * Bytes read at a time where they do: smaller reads are slower by more than the processor's nearest cache
 * saves.
 */
const READ_BYTES = 1024 * 1024;
/** Bytes read at a time from a source that has to be waited for. */
const FETCHED_BYTES = 8 * 1024 * 1024;
/**
 * Bytes of records for each column that is filled from them, where these are more: going from column to
 * column costs as much as several values, also when all of a record fits no cache.
 */
export const COLUMN_BYTES = 128;

/** How a feed is opened. */
export interface FeedOptions {
  /** Makes its buffer. */
  readonly makeBuffer?: BufferMaker;
  /** Whether all bytes have to come to that buffer, and not stay where they happen to be. */
  readonly intoBuffer?: boolean;
  /** Whether records are wanted column by column, as {@link liesByColumn} says that they lie. */
  readonly byColumn?: boolean;
  /** Columns that are filled from each stretch. */
  readonly columns?: number;
  /** Values of variable length that are to be kept, where the records are mixed with them. */
  readonly storage?: StorageAheads;
}

/**
 * Opens the feed of a channel group; `mostRecords` bounds its stretches.
 *
 * @throws {MdfError} when the group's data cannot be reached
 */
export function openFeed(
  source: SourceReader,
  measurement: Measurement,
  group: ChannelGroupModel,
  mostRecords: number,
  access: DataAccess = {},
  options: FeedOptions = {},
): RecordFeed | Promise<RecordFeed> {
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const pending = dataGroup.data.unread === undefined
    ? undefined
    : access.location?.group(group.dataGroup, access.signal);
  if (!pending) return openLocated(source, measurement, group, mostRecords, access, options);
  return pending.then(() => openLocated(source, measurement, group, mostRecords, access, options));
}

function openLocated(
  source: SourceReader,
  measurement: Measurement,
  group: ChannelGroupModel,
  mostRecords: number,
  access: DataAccess,
  options: FeedOptions,
): RecordFeed | Promise<RecordFeed> {
  const { makeBuffer = offPageBuffer, intoBuffer = false, byColumn = false, storage } = options;
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const stride = recordBytes(group, dataGroup);
  const { data, invalidation } = dataGroup;
  const sorted = !invalidation && !isMixed(measurement, group.dataGroup);
  const asTheyAre = sorted && source.synchronous &&
    data.fragments.every(({ zip }) => zip === undefined);
  const bytes = byColumn ? CACHED_BYTES : stretchBytes(source, asTheyAre, options.columns);
  const fitting = stride > 0 ? Math.max(1, Math.floor(bytes / stride)) : bytes;
  // Stretches of one length: a short one at the end of each batch would cost as much as a long one.
  const stretches = Math.max(1, Math.ceil(mostRecords / fitting));
  const capacity = Math.max(1, Math.ceil(mostRecords / stretches));
  if (stride > data.length + (invalidation?.length ?? 0)) {
    if (data.problem) throw problemError(data.problem, source.name);
    return new EmptyFeed(source, group, stride);
  }
  if (sorted) {
    const chain = new ChainReader(source, data, access);
    const most = asTheyAre && stride > 0 ? Math.min(fitting, Math.floor(data.length / stride)) : 0;
    const together = Math.floor(most / capacity) * capacity;
    const run = makeRun(Math.max(capacity, together), stride, makeBuffer);
    const shape = { capacity, together, intoBuffer, asTheyAre, byColumn };
    return new SortedFeed(chain, group, dataGroup, run, shape);
  }
  const run = makeRun(capacity, stride, makeBuffer);
  if (invalidation) return new ColumnFeed(source, group, dataGroup, run, access);
  return openPlacedFeed(source, measurement, group, run, access) ??
    openMixedFeed(source, measurement, group, run, access, storage);
}

function stretchBytes(source: SourceReader, asTheyAre: boolean, columns = 0): number {
  const usual = asTheyAre ? READ_BYTES : source.synchronous ? CACHED_BYTES : FETCHED_BYTES;
  return Math.max(usual, columns * COLUMN_BYTES);
}

/**
 * Whether the records of a group lie column by column in its data, and enough of them in a stretch that
 * going from column to column is worth it. Its first block tells; some of another one may lie otherwise.
 */
export function liesByColumn(
  measurement: Measurement,
  group: ChannelGroupModel,
  { workers }: DataAccess,
): boolean {
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const { data: { fragments }, invalidation, recordIdBytes } = dataGroup;
  if (!workers || fragments.length < 2 || invalidation || recordIdBytes > 0) return false;
  const [first] = fragments;
  const stride = recordBytes(group, dataGroup);
  return first.zip === 1 && first.columns === stride && canBeAhead(first) &&
    stride * LEAST_COLUMN_RECORDS <= Math.min(CACHED_BYTES, first.length) &&
    !isMixed(measurement, group.dataGroup);
}

/** Stands for records that are longer than all of their data, so that no room is made for one. */
class EmptyFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly capacity = 1;
  readonly #place: MdfErrorPlace;

  constructor(source: SourceReader, group: ChannelGroupModel, stride: number) {
    this.run = makeRun(0, stride);
    this.#place = { file: source.name, block: "CG", offset: group.offset };
  }

  fill(first: number, count: number): void {
    throw new CorruptFileError(
      `records ${first} to ${first + count} are asked for, and the data of the group is shorter ` +
        "than one of its records",
      this.#place,
    );
  }
}
