/**
 * Records of one channel group, a stretch at a time, in a buffer that is used again.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace } from "../errors.ts";
import { recordBytes } from "../plan/column_layout.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { isMixed } from "../plan/group_members.ts";
import type { ChannelGroupModel, CheckPoints, Measurement } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { type ByteStream, ChainReader, type DataAccess } from "./chain_reader.ts";
import { checkPointBefore, makeCheckPoints } from "./check_points.ts";
import { ColumnFeed } from "./column_feed.ts";
import { copyBytes } from "./copy_bytes.ts";
import { openPlacedFeed, openPlacedStream } from "./placed_feed.ts";
import { skipRecords } from "./record_batch.ts";
import { SortedFeed } from "./sorted_feed.ts";
import { RecordSplitter } from "./split_records.ts";
import type { StorageAhead, StorageAheads } from "./storage_ahead.ts";

/** A stretch of records that lie one after the other in memory. */
export interface RecordRun {
  /** The records' bytes; others after the next stretch was read. */
  bytes: Uint8Array;
  /** The same bytes. */
  view: DataView;
  /** Where the first record starts. */
  at: number;
  /** Bytes from one record to the next. */
  stride: number;
  /** Number of the first record in its group. */
  first: number;
  /** Number of records. */
  count: number;
}

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

/** Gives the records of one channel group, a stretch at a time. */
export interface RecordFeed {
  /** The stretch that `fill` read last. */
  readonly run: RecordRun;
  /** Most records that one stretch holds. */
  readonly capacity: number;
  /** Whether the records lie as they are in a source that answers at once, with no work for other threads. */
  readonly asTheyAre?: boolean;
  /** Brings records `[first, first + count)` into `run`; a promise only where it has to wait. */
  fill(first: number, count: number): void | Promise<void>;
  /**
   * Says that the records `[first, end)` will be read in order, so that they may be made ready; and with
   * `whole` that none is used before all are there.
   */
  expect?(first: number, end: number, whole: boolean): void;
}

/** Makes the buffer of a feed. */
export type BufferMaker = (bytes: number) => Uint8Array;

/** A buffer that one feed after the other fills: a new one for each costs more than a few records. */
export class SharedBuffer {
  #bytes: Uint8Array | undefined;

  /** So many bytes, until the next ones are taken. */
  take(length: number): Uint8Array {
    if (!this.#bytes || this.#bytes.length < length) this.#bytes = offPageBuffer(length);
    return this.#bytes.length === length ? this.#bytes : this.#bytes.subarray(0, length);
  }
}

/** How a feed is opened. */
export interface FeedOptions {
  /** Makes its buffer. */
  readonly makeBuffer?: BufferMaker;
  /** Whether all bytes have to come to that buffer, and not stay where they happen to be. */
  readonly intoBuffer?: boolean;
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
  { makeBuffer = offPageBuffer, intoBuffer = false, columns = 0, storage }: FeedOptions,
): RecordFeed | Promise<RecordFeed> {
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const stride = recordBytes(group, dataGroup);
  const { data, invalidation } = dataGroup;
  const sorted = !invalidation && !isMixed(measurement, group.dataGroup);
  const asTheyAre = sorted && source.synchronous &&
    data.fragments.every(({ zip }) => zip === undefined);
  const usual = asTheyAre ? READ_BYTES : source.synchronous ? CACHED_BYTES : FETCHED_BYTES;
  const bytes = Math.max(usual, columns * COLUMN_BYTES);
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
    const shape = { capacity, together, intoBuffer, asTheyAre };
    return new SortedFeed(chain, group, dataGroup, run, shape);
  }
  const run = makeRun(capacity, stride, makeBuffer);
  if (invalidation) return new ColumnFeed(source, group, dataGroup, run, access);
  return openPlacedFeed(source, measurement, group, run, access) ??
    openMixedFeed(source, measurement, group, run, access, storage);
}

async function openMixedFeed(
  source: SourceReader,
  measurement: Measurement,
  group: ChannelGroupModel,
  run: RecordRun,
  access: DataAccess,
  storage: StorageAheads | undefined,
): Promise<RecordFeed> {
  const dataGroup = measurement.dataGroups[group.dataGroup];
  dataGroup.checkPoints ??= await makeCheckPoints(source, measurement, group.dataGroup, access);
  const splitter = new RecordSplitter(source, measurement, group.dataGroup, access);
  const member = splitter.members.indexOf(measurement.groups.indexOf(group));
  const sides = [...storage ?? []].map(([group, ahead]) => ({
    member: splitter.members.indexOf(group),
    ahead,
  })).filter(({ member }) => member >= 0);
  return new MixedFeed(splitter, dataGroup.checkPoints, member, run, sides);
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

/** Values of variable length that are kept on the way. */
interface Side {
  readonly member: number;
  readonly ahead: StorageAhead;
}

/** Records picked out of a data group in which several kinds are mixed. */
class MixedFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly capacity: number;
  readonly #splitter: RecordSplitter;
  readonly #points: CheckPoints;
  readonly #member: number;
  readonly #sides: readonly Side[];
  /** Number of the member's record that comes next at the splitter's position. */
  #next = 0;

  constructor(
    splitter: RecordSplitter,
    points: CheckPoints,
    member: number,
    run: RecordRun,
    sides: readonly Side[],
  ) {
    this.#splitter = splitter;
    this.#sides = sides;
    for (const { ahead, member } of sides) ahead.expect(points.counts.at(-1)![member]);
    this.#points = points;
    this.#member = member;
    this.run = run;
    this.capacity = Math.max(1, run.stride > 0 ? Math.floor(run.bytes.length / run.stride) : 1);
  }

  async fill(first: number, count: number): Promise<void> {
    const { run } = this;
    const splitter = this.#splitter;
    run.first = first;
    run.count = count;
    for (const { ahead } of this.#sides) ahead.trim();
    const point = checkPointBefore(this.#points, this.#member, first);
    if (first < this.#next || this.#points.positions[point] > splitter.position) {
      const counts = this.#points.counts[point];
      splitter.position = this.#points.positions[point];
      this.#next = counts[this.#member];
      for (const { ahead, member } of this.#sides) ahead.begin(counts[member]);
    }
    let skip = first - this.#next;
    for (let taken = 0; taken < count;) {
      if (splitter.batch.next === splitter.batch.count) {
        const more = splitter.scan();
        if (!(more instanceof Promise ? await more : more)) {
          throw new CorruptFileError(
            `the group has ${first + taken} records in the data and ${first + count} were expected`,
            splitter.place,
          );
        }
        for (const { ahead, member } of this.#sides) ahead.add(splitter, member);
      }
      skip = skipRecords(splitter.batch, this.#member, skip);
      if (skip > 0) continue;
      // The record id stands before the record and belongs to the stretch like its values.
      const rest = run.bytes.subarray(taken * run.stride, count * run.stride);
      taken += splitter.take(this.#member, run.stride, rest) / run.stride;
    }
    this.#next = first + count;
  }
}

/** Values of variable length that are mixed with other records, as one stream of bytes. */
export class StorageStream implements ByteStream {
  /** Bytes of the whole stream. */
  readonly length: number;
  readonly #splitter: RecordSplitter;
  readonly #points: CheckPoints;
  readonly #member: number;
  /** Place in the stream of the record that comes next at the splitter's position. */
  #next = 0;

  readonly #ahead?: StorageAhead;

  private constructor(
    splitter: RecordSplitter,
    points: CheckPoints,
    member: number,
    ahead?: StorageAhead,
  ) {
    this.#ahead = ahead;
    this.#splitter = splitter;
    this.#points = points;
    this.#member = member;
    this.length = points.counts.at(-1)![member];
  }

  /** Opens the stream that the group with that index stores; what `ahead` has is not walked again. */
  static async open(
    source: SourceReader,
    measurement: Measurement,
    group: number,
    access: DataAccess = {},
    ahead?: StorageAhead,
  ): Promise<ByteStream> {
    const { dataGroup: number } = measurement.groups[group];
    const dataGroup = measurement.dataGroups[number];
    const placed = openPlacedStream(source, measurement, measurement.groups[group], access);
    if (placed) return placed;
    dataGroup.checkPoints ??= await makeCheckPoints(source, measurement, number, access);
    const splitter = new RecordSplitter(source, measurement, number, access);
    const member = splitter.members.indexOf(group);
    return new StorageStream(splitter, dataGroup.checkPoints, member, ahead);
  }

  /** The block in which the value at `at` may be found, as the place of an error. */
  placeOf(at: number): MdfErrorPlace {
    const splitter = this.#splitter;
    const position = splitter.position;
    splitter.position = this.#points.positions[checkPointBefore(this.#points, this.#member, at)];
    const { place } = splitter;
    splitter.position = position;
    return place;
  }

  /** The bytes `[at, at + length)` where they were kept while the records were read. */
  peek(at: number, length: number): Uint8Array | undefined {
    return this.#ahead?.peek(at, length);
  }

  /** Fills `target` with the bytes of the stream from `at` on. */
  readInto(at: number, target: Uint8Array): void | Promise<void> {
    if (!this.#ahead?.read(at, target)) return this.#walkInto(at, target);
  }

  async #walkInto(at: number, target: Uint8Array): Promise<void> {
    const splitter = this.#splitter;
    const point = checkPointBefore(this.#points, this.#member, at);
    if (at < this.#next || this.#points.positions[point] > splitter.position) {
      splitter.position = this.#points.positions[point];
      this.#next = this.#points.counts[point][this.#member];
    }
    const { batch } = splitter;
    const { kinds, places, lengths } = batch;
    const view = new DataView(target.buffer, target.byteOffset, target.length);
    let next = this.#next;
    while (next < at + target.length) {
      if (batch.next === batch.count) {
        const more = splitter.scan();
        if (!(more instanceof Promise ? await more : more)) break;
      }
      if (next >= at) next += splitter.take(this.#member, 0, target.subarray(next - at));
      const { view: window } = splitter;
      // What is left is the end of a record before the bytes that are asked for, or the last of them.
      while (batch.next < batch.count && next < at + target.length) {
        const i = batch.next++;
        if (kinds[i] !== this.#member) continue;
        const skip = Math.max(0, at - next);
        const end = Math.min(lengths[i], at + target.length - next);
        copyBytes(window, places[i] + skip, view, next + skip - at, end - skip);
        next += lengths[i];
      }
    }
    this.#next = next;
    // The last record may be needed again for the bytes after `target`.
    if (next > at + target.length) this.#next = Infinity;
  }
}

/** A stretch with room for `capacity` records. */
export function makeRun(
  capacity: number,
  stride: number,
  makeBuffer: BufferMaker = offPageBuffer,
): RecordRun {
  const bytes = makeBuffer(capacity * stride);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, at: 0, stride, first: 0, count: 0 };
}

/**
 * A buffer that does not start at the beginning of a memory page: reads into the first bytes of a
 * page are several times slower on common processors.
 */
function offPageBuffer(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length + 64), 64, length);
}
