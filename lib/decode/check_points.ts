/**
 * Check points in mixed records, which spare walking from the start every time.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import type { CheckPoints, Measurement } from "../structure/measurement.ts";
import type { DataAccess } from "./chain_reader.ts";
import { RecordSplitter } from "./split_records.ts";

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
  const counts = known?.counts.at(-1)?.slice() ?? members.map(() => 0);
  const totals = known?.totals.slice() ?? new Array<number>(splitter.kinds).fill(0);
  const distance = Math.max(64 * 1024, Math.ceil(splitter.length / MOST_CHECK_POINTS));
  const points: CheckPoints = {
    positions: known?.positions.slice(0, -1) ?? [0],
    counts: known?.counts.slice(0, -1) ?? [[...counts]],
    totals,
    end: 0,
  };
  splitter.position = known?.end ?? 0;
  let walked = splitter.position - points.positions.at(-1)!;
  const idBytes = measurement.dataGroups[dataGroup].recordIdBytes;
  const { batch } = splitter;
  const { kinds, lengths } = batch;
  for (;;) {
    const more = splitter.scan();
    if (!(more instanceof Promise ? await more : more)) break;
    while (batch.next < batch.count) {
      const kind = kinds[batch.next];
      const length = lengths[batch.next];
      batch.next++;
      if (kind < counts.length) counts[kind] += variable[kind] ? length : 1;
      totals[kind]++;
      walked += idBytes + length;
      if (walked < distance) continue;
      walked = 0;
      points.positions.push(splitter.position);
      points.counts.push([...counts]);
    }
  }
  if (splitter.ended && !(await splitter.zerosFollow())) {
    const { data } = measurement.dataGroups[dataGroup];
    data.lost ??= splitter.ended;
  }
  if (points.positions.length > 2 * MOST_CHECK_POINTS) thinOut(points);
  points.end = splitter.position;
  points.positions.push(splitter.position);
  points.counts.push([...counts]);
  return points;
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
