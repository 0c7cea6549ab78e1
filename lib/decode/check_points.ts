/**
 * Check points in mixed records, which spare walking from the start every time.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import type { CheckPoints, Measurement } from "../structure/measurement.ts";
import type { DataAccess } from "./chain_reader.ts";
import type { RecordBatch } from "./record_batch.ts";
import { RecordSplitter } from "./split_records.ts";

/** What is counted on a walk. */
interface Tally {
  readonly idBytes: number;
  /** Records of each kind. */
  readonly records: Float64Array;
  /** Records of each kind, or bytes of its values of variable length. */
  readonly counts: Float64Array;
  /** 1 for kinds whose values are of variable length. */
  readonly variable: Uint8Array;
  /** Records and bytes of each kind that were not added yet; whole numbers are faster to add to. */
  readonly newRecords: Int32Array;
  readonly newBytes: Int32Array;
  /** Bytes since the last check point. */
  walked: number;
}

/** Most check points kept for a data group. */
const MOST_CHECK_POINTS = 1024;

/**
 * Walks all records of a mixed data group once and notes, every so often, how many of each kind came
 * before: records, or bytes for values of variable length. Where the data has grown, the walk goes on
 * at the end of `known`.
 */
export async function makeCheckPoints(
  source: SourceReader,
  measurement: Measurement,
  dataGroup: number,
  access: DataAccess = {},
  known?: CheckPoints,
): Promise<CheckPoints> {
  const splitter = new RecordSplitter(source, measurement, dataGroup, access);
  const { members } = splitter;
  const variable = members.map((index) =>
    (measurement.groups[index].flags & GROUP_FLAG.variableLength) !== 0
  );
  const start = known?.counts.at(-1) ?? members.map(() => 0);
  const tally: Tally = {
    idBytes: measurement.dataGroups[dataGroup].recordIdBytes,
    records: Float64Array.from(known?.totals ?? { length: splitter.kinds }, (total) => total ?? 0),
    // Array elements have no counts of their own; theirs are not looked at.
    counts: Float64Array.from({ length: splitter.kinds }, (_, kind) => start[kind] ?? 0),
    variable: Uint8Array.from({ length: splitter.kinds }, (_, kind) => variable[kind] ? 1 : 0),
    newRecords: new Int32Array(splitter.kinds),
    newBytes: new Int32Array(splitter.kinds),
    walked: 0,
  };
  const distance = Math.max(64 * 1024, Math.ceil(splitter.length / MOST_CHECK_POINTS));
  const points: CheckPoints = {
    positions: known?.positions.slice(0, -1) ?? [0],
    counts: known?.counts.slice(0, -1) ?? [[...start]],
    totals: [],
    end: 0,
  };
  const countsNow = () => Array.from(tally.counts.subarray(0, members.length));
  splitter.position = known?.end ?? 0;
  tally.walked = splitter.position - points.positions.at(-1)!;
  const { batch } = splitter;
  for (;;) {
    const more = splitter.scan();
    if (!(more instanceof Promise ? await more : more)) break;
    while (batch.next < batch.count) {
      countRecords(batch, tally, distance);
      if (tally.walked < distance) continue;
      tally.walked = 0;
      points.positions.push(splitter.position);
      points.counts.push(countsNow());
    }
  }
  points.totals = Array.from(tally.records);
  if (splitter.ended && !(await splitter.zerosFollow())) {
    const { data } = measurement.dataGroups[dataGroup];
    data.lost ??= splitter.ended;
  }
  if (points.positions.length > 2 * MOST_CHECK_POINTS) thinOut(points);
  points.end = splitter.position;
  points.positions.push(splitter.position);
  points.counts.push(countsNow());
  return points;
}

/** Takes records of a batch until so many bytes were walked. */
function countRecords(batch: RecordBatch, tally: Tally, distance: number): void {
  const { kinds, places, lengths, count } = batch;
  const { idBytes, newRecords, newBytes } = tally;
  const start = places[batch.next] - idBytes;
  const limit = places[batch.next] + distance - tally.walked;
  let { next } = batch;
  while (next < count && places[next] < limit) {
    const kind = kinds[next];
    newRecords[kind]++;
    newBytes[kind] += lengths[next++];
  }
  tally.walked += places[next - 1] + lengths[next - 1] - start;
  batch.next = next;
  addUp(tally);
}

/** Adds what is new to the sums. */
function addUp({ records, counts, variable, newRecords, newBytes }: Tally): void {
  for (let kind = 0; kind < newRecords.length; kind++) {
    const found = newRecords[kind];
    if (found === 0) continue;
    records[kind] += found;
    counts[kind] += variable[kind] === 0 ? found : newBytes[kind];
    newRecords[kind] = newBytes[kind] = 0;
  }
}

/** Leaves out every second check point. */
function thinOut(points: CheckPoints): void {
  points.positions = points.positions.filter((_, i) => i % 2 === 0);
  points.counts = points.counts.filter((_, i) => i % 2 === 0);
}

/** Index of the last check point at which a member's count is not above `count`. */
export function checkPointBefore(points: CheckPoints, member: number, count: number): number {
  let low = 0;
  let high = points.counts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (points.counts[middle][member] <= count) low = middle;
    else high = middle - 1;
  }
  return low;
}
