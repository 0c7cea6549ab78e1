/**
 * Where each record of mixed data lies, found by walking all of them once.
 *
 * @module
 */
import { LimitExceededError } from "../errors.ts";
import { isMixed } from "../plan/group_members.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import type { Measurement, RecordPlaces } from "../structure/measurement.ts";
import type { DataAccess } from "./chain_reader.ts";
import { confirmMixedRecords } from "./count_records.ts";
import { RecordSplitter } from "./split_records.ts";

/** Most runs of records of a data group: records that follow no pattern would fill any memory. */
const MOST_RUNS = 1 << 20;

/**
 * The places of the records of every data group in which several kinds are mixed, by the index of the
 * data group. Their counts are set right on the way.
 *
 * @throws {LimitExceededError} when the records follow so little of a pattern that noting them is not
 * worth it
 */
export async function recordPlaces(
  source: SourceReader,
  measurement: Measurement,
  access: DataAccess = {},
): Promise<Map<number, RecordPlaces[]>> {
  const found = new Map<number, RecordPlaces[]>();
  for (const [number, { data, places }] of measurement.dataGroups.entries()) {
    if (!isMixed(measurement, number) || data.length === 0) continue;
    await confirmMixedRecords(source, measurement, number, access);
    if (data.problem) continue;
    found.set(number, places ?? await placesOf(source, measurement, number, access));
  }
  return found;
}

async function placesOf(
  source: SourceReader,
  measurement: Measurement,
  dataGroup: number,
  access: DataAccess,
): Promise<RecordPlaces[]> {
  const splitter = new RecordSplitter(source, measurement, dataGroup, access);
  const { recordIdBytes } = measurement.dataGroups[dataGroup];
  let runs = 0;
  const groups = splitter.members.map((index) => {
    const group = measurement.groups[index];
    const variable = (group.flags & GROUP_FLAG.variableLength) !== 0;
    const places: RecordPlaces = { positions: [], counts: [], strides: [] };
    if (variable) places.lengths = [];
    return { places, lengths: places.lengths, last: 0 };
  });
  const { batch } = splitter;
  const { kinds, lengths } = batch;
  for (;;) {
    const more = splitter.scan();
    if (!(more instanceof Promise ? await more : more)) break;
    let position = splitter.position;
    while (batch.next < batch.count) {
      const length = lengths[batch.next];
      const kind = kinds[batch.next++];
      if (kind < groups.length) note(kind, position, length);
      position += recordIdBytes + length;
    }
    if (runs > MOST_RUNS) {
      throw new LimitExceededError(
        `the mixed records follow no pattern: after ${position} of ${splitter.length} bytes there are ` +
          `more than ${MOST_RUNS} runs to note; make the index without { records: true }`,
        splitter.place,
      );
    }
  }
  return groups.map(({ places }) => places);

  function note(kind: number, position: number, length: number): void {
    const group = groups[kind];
    const { positions, counts, strides } = group.places;
    const run = counts.length - 1;
    const stride = position - group.last;
    const same = run >= 0 && (!group.lengths || group.lengths[run] === length);
    group.last = position;
    if (same && (counts[run] === 1 || strides[run] === stride)) {
      counts[run]++;
      strides[run] = stride;
      return;
    }
    runs++;
    positions.push(position);
    counts.push(1);
    strides.push(0);
    group.lengths?.push(length);
  }
}
