/**
 * Records picked out of data in which several kinds are mixed.
 *
 * @module
 */
import { CorruptFileError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { ChannelGroupModel, CheckPoints, Measurement } from "../structure/measurement.ts";
import type { DataAccess } from "./chain_reader.ts";
import { checkPointBefore, makeCheckPoints } from "./check_points.ts";
import { skipRecords } from "./record_batch.ts";
import type { RecordFeed, RecordRun } from "./record_feed.ts";
import { RecordSplitter } from "./split_records.ts";
import type { StorageAhead, StorageAheads } from "./storage_ahead.ts";

/** Opens the feed of a group whose records are mixed with others; `storage` is kept on the way. */
export async function openMixedFeed(
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
