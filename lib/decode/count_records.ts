/**
 * Records of mixed data groups, counted from the data where the file's counters cannot be right.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import type { Measurement } from "../structure/measurement.ts";
import { asProblem } from "../structure/problem.ts";
import { makeCheckPoints, membersOf } from "./split_records.ts";

/**
 * Sets the record counts of groups that share their data with others. The counters of the file are
 * believed when together they account for every byte of the data; else the records are walked.
 */
export async function countMixedRecords(
  source: SourceReader,
  measurement: Measurement,
  signal?: AbortSignal,
): Promise<void> {
  for (const [number, dataGroup] of measurement.dataGroups.entries()) {
    const members = membersOf(measurement, number);
    if (members.length < 2 || dataGroup.data.problem) continue;
    if (accountedBytes(measurement, members).includes(dataGroup.data.length)) continue;
    try {
      const points = await makeCheckPoints(source, measurement, number, signal);
      dataGroup.checkPoints = points;
      members.forEach((index, i) => measurement.groups[index].recordCount = points.totals[i]);
    } catch (error) {
      dataGroup.data.problem = asProblem(error);
    }
  }
}

/**
 * Bytes that the counters stand for. The size of a group of variable-length values is stored in the
 * two fields that else hold the record's size; writers differ in whether the lengths count.
 */
function accountedBytes(measurement: Measurement, members: readonly number[]): number[] {
  let bytes = 0;
  let lengths = 0;
  for (const index of members) {
    const group = measurement.groups[index];
    const { recordIdBytes } = measurement.dataGroups[group.dataGroup];
    bytes += group.cycleCount * recordIdBytes;
    if (group.flags & GROUP_FLAG.variableLength) {
      bytes += group.dataBytes + group.invalidationBytes * 4294967296;
      lengths += 4 * group.cycleCount;
    } else {
      bytes += group.cycleCount * (group.dataBytes + group.invalidationBytes);
    }
  }
  return [bytes, bytes + lengths];
}
