/**
 * Values of variable length that lie between the records of their data group.
 *
 * @module
 */
import type { MdfErrorPlace } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { CheckPoints, Measurement } from "../structure/measurement.ts";
import type { ByteStream, DataAccess } from "./chain_reader.ts";
import { checkPointBefore, makeCheckPoints } from "./check_points.ts";
import { copyBytes } from "./copy_bytes.ts";
import { openPlacedStream } from "./placed_feed.ts";
import { RecordSplitter } from "./split_records.ts";
import type { StorageAhead } from "./storage_ahead.ts";

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
