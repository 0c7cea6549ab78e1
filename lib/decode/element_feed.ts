/**
 * Arrays whose elements have records of their own, as rows: one record of each element, put one after
 * the other in row-major order of the array. What reads a record of an array then reads rows as well.
 *
 * @module
 */
import { CorruptFileError } from "../errors.ts";
import { elementCount } from "../plan/array_layout.ts";
import { recordBytes } from "../plan/column_layout.ts";
import { elementMeasurement } from "../plan/element_records.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { ARRAY_STORAGE } from "../structure/format_codes.ts";
import type {
  ArrayModel,
  ChannelGroupModel,
  Measurement,
  RecordData,
} from "../structure/measurement.ts";
import type { DataAccess } from "./chain_reader.ts";
import { openFeed } from "./open_feed.ts";
import { makeRun, type RecordFeed, type RecordRun } from "./record_feed.ts";
import { RecordSplitter } from "./split_records.ts";

/** Bytes of rows put together at a time from a source that answers at once. */
const CACHED_BYTES = 1024 * 1024;
/** Bytes of rows put together at a time from a source that has to be waited for. */
const FETCHED_BYTES = 16 * 1024 * 1024;
/** Unpacked blocks of all elements are kept from one stretch to the next up to this many bytes. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** Opens the rows of an array; all of its elements must have the records that are asked for. */
export function openElementFeed(
  source: SourceReader,
  measurement: Measurement,
  group: ChannelGroupModel,
  array: ArrayModel,
  mostRecords: number,
  access: DataAccess = {},
): RecordFeed {
  const elements = elementCount([array]);
  const bytes = recordBytes(group, measurement.dataGroups[group.dataGroup]);
  const rowBytes = source.synchronous ? CACHED_BYTES : FETCHED_BYTES;
  const fitting = Math.floor(rowBytes / Math.max(1, elements * bytes));
  const capacity = Math.max(1, Math.min(mostRecords, fitting));
  const run = makeRun(capacity, elements * bytes);
  return array.storage === ARRAY_STORAGE.channelGroups
    ? new MixedElementFeed(source, measurement, group, elements, run, access)
    : new SeparateElementFeed(source, measurement, group, array.elementData!, run, access);
}

/** Elements that each have data of their own. */
class SeparateElementFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly capacity: number;
  readonly #open: (element: number) => RecordFeed | Promise<RecordFeed>;
  readonly #elements: number;
  readonly #kept?: RecordFeed[];

  constructor(
    source: SourceReader,
    measurement: Measurement,
    group: ChannelGroupModel,
    elementData: readonly RecordData[],
    run: RecordRun,
    access: DataAccess = {},
  ) {
    this.run = run;
    this.#elements = elementData.length;
    this.capacity = Math.max(1, run.stride > 0 ? Math.floor(run.bytes.length / run.stride) : 1);
    this.#open = (element) => {
      const alone = elementMeasurement(measurement, group, elementData[element], Infinity);
      return openFeed(source, alone.measurement, alone.group, this.capacity, access);
    };
    const unpacked = elementData.reduce((sum, { data }) => sum + largestUnpacked(data), 0);
    if (unpacked <= KEPT_BYTES) this.#kept = [];
  }

  async fill(first: number, count: number): Promise<void> {
    const { run } = this;
    run.first = first;
    run.count = count;
    const width = run.stride / this.#elements;
    for (let k = 0; k < this.#elements; k++) {
      const feed = this.#kept?.[k] ?? await this.#open(k);
      if (this.#kept) this.#kept[k] = feed;
      for (let done = 0; done < count;) {
        const part = Math.min(feed.capacity, count - done);
        const pending = feed.fill(first + done, part);
        if (pending) await pending;
        copyRecords(feed.run, run.bytes, done * run.stride + k * width, run.stride);
        done += part;
      }
    }
  }
}

function largestUnpacked({ fragments }: RecordData["data"]): number {
  return fragments.reduce(
    (most, { zip, length }) => zip === undefined ? most : Math.max(most, length),
    0,
  );
}

function copyRecords(from: RecordRun, to: Uint8Array, at: number, stride: number): void {
  const { bytes, stride: width } = from;
  for (let i = 0, p = from.at, q = at; i < from.count; i++, p += width, q += stride) {
    for (let k = 0; k < width; k++) to[q + k] = bytes[p + k];
  }
}

/** Where a walk over mixed records may go on. */
interface Resumption {
  readonly position: number;
  /** For each element, the number of its record that comes next. */
  readonly next: Float64Array;
}

/** Elements whose records are mixed, told apart by their record ids. */
class MixedElementFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly capacity: number;
  readonly #splitter: RecordSplitter;
  readonly #elementOf: ElementOf;
  readonly #elements: number;
  readonly #idBytes: number;
  #resumption: Resumption;

  constructor(
    source: SourceReader,
    measurement: Measurement,
    group: ChannelGroupModel,
    elements: number,
    run: RecordRun,
    access: DataAccess = {},
  ) {
    this.run = run;
    this.#elements = elements;
    this.#idBytes = measurement.dataGroups[group.dataGroup].recordIdBytes;
    this.capacity = Math.max(1, run.stride > 0 ? Math.floor(run.bytes.length / run.stride) : 1);
    this.#splitter = new RecordSplitter(source, measurement, group.dataGroup, access);
    this.#elementOf = elementFinder(this.#splitter, measurement, group, elements);
    this.#resumption = { position: 0, next: new Float64Array(elements) };
  }

  async fill(first: number, count: number): Promise<void> {
    const { run } = this;
    const { bytes: target, stride } = run;
    run.first = first;
    run.count = count;
    const splitter = this.#splitter;
    const idBytes = this.#idBytes;
    const width = stride / this.#elements;
    if (this.#resumption.next.some((next) => next > first)) {
      this.#resumption = { position: 0, next: new Float64Array(this.#elements) };
    }
    splitter.position = this.#resumption.position;
    const next = this.#resumption.next.slice();
    const wanted = this.#elements * count;
    let ahead: Resumption | undefined;
    let taken = 0;
    let behind = 0;
    const visit = (kind: number, bytes: Uint8Array, at: number, length: number): boolean => {
      const element = this.#elementOf(kind);
      if (element < 0) return false;
      const row = next[element] - first;
      // Elements that run ahead belong to a later stretch, which starts again from here.
      if (row >= count && !ahead) {
        behind = idBytes + length;
        return true;
      }
      next[element]++;
      if (row < 0 || row >= count) return false;
      const from = at + length - width;
      const to = row * stride + element * width;
      for (let k = 0; k < width; k++) target[to + k] = bytes[from + k];
      taken++;
      return taken === wanted;
    };
    while (taken < wanted) {
      if (!(await splitter.walk(visit))) {
        throw new CorruptFileError(
          `the elements of the array have fewer records in the data than the ${
            first + count
          } expected`,
          splitter.place,
        );
      }
      if (behind === 0) continue;
      splitter.position -= behind;
      behind = 0;
      ahead = { position: splitter.position, next: next.slice() };
    }
    this.#resumption = ahead ?? { position: splitter.position, next };
  }
}

/** The element that records of a kind hold; -1 for records of something else. */
export type ElementOf = (kind: number) => number;

/** Finds out which element records of a kind hold. */
export function elementFinder(
  splitter: RecordSplitter,
  measurement: Measurement,
  group: ChannelGroupModel,
  elements: number,
): ElementOf {
  const member = splitter.members.indexOf(measurement.groups.indexOf(group));
  const second = elements > 1 ? splitter.elementKind(member, 1) : -1;
  return (kind) => {
    if (kind === member) return 0;
    const further = kind - second;
    return second >= 0 && further >= 0 && further < elements - 1 ? further + 1 : -1;
  };
}
