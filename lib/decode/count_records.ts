/**
 * Records of mixed data groups, counted from the data where the file's counters cannot be right.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import { isMixed, membersOf } from "../plan/group_members.ts";
import type { Measurement } from "../structure/measurement.ts";
import { asProblem } from "../structure/problem.ts";
import type { DataAccess } from "./chain_reader.ts";
import { makeCheckPoints } from "./check_points.ts";

/**
 * Sets the record counts of groups that share their data with others. The counters of the file are
 * believed when together they account for every byte of the data; else the records are walked.
 */
export async function countMixedRecords(
  source: SourceReader,
  measurement: Measurement,
  access: DataAccess = {},
): Promise<void> {
  for (const number of measurement.dataGroups.keys()) {
    const pending = countMixedGroup(source, measurement, number, access);
    if (pending) await pending;
  }
}

/** The same for one data group; a promise only where there is something to walk. */
export function countMixedGroup(
  source: SourceReader,
  measurement: Measurement,
  number: number,
  access: DataAccess = {},
): Promise<void> | undefined {
  const { data } = measurement.dataGroups[number];
  // The counters have to do until the data is found.
  if (!isMixed(measurement, number) || data.problem || data.unread !== undefined) return;
  if (accountedBytes(measurement, membersOf(measurement, number)).includes(data.length)) return;
  return countByWalk(source, measurement, number, access);
}

/**
 * Sets the record counts of a file that has grown: groups that were walked `before` are walked on
 * from where that ended.
 *
 * @throws {MdfError} when the records cannot be followed, perhaps only not yet
 */
export async function recountMixedRecords(
  source: SourceReader,
  before: Measurement,
  measurement: Measurement,
  access: DataAccess = {},
): Promise<void> {
  const { identification } = measurement;
  // A file that says it is finished from the start may break off in a record all the same.
  const unfinished = identification.file === before.identification.file
    ? { ...measurement, identification: { ...identification, file: "UnFinMF" } }
    : measurement;
  for (const [number, dataGroup] of measurement.dataGroups.entries()) {
    if (!isMixed(measurement, number) || dataGroup.data.problem) continue;
    const members = membersOf(measurement, number);
    const old = before.dataGroups[number];
    // Check points count the groups that there were.
    const known = old && membersOf(before, number).length === members.length
      ? old.checkPoints
      : undefined;
    delete dataGroup.checkPoints;
    delete dataGroup.places;
    if (!known && accountedBytes(measurement, members).includes(dataGroup.data.length)) continue;
    const points = await makeCheckPoints(source, unfinished, number, access, known);
    dataGroup.checkPoints = points;
    setCounts(measurement, members, points.totals);
  }
}

/**
 * Sets the record counts by the data before records of a mixed data group are read: counters that
 * account for all bytes may still be those of each other's groups. A promise only where there is
 * something to walk.
 */
export function confirmMixedRecords(
  source: SourceReader,
  measurement: Measurement,
  number: number,
  access: DataAccess = {},
): Promise<void> | undefined {
  const { data, checkPoints } = measurement.dataGroups[number];
  if (checkPoints || data.problem || data.length === 0 || !isMixed(measurement, number)) return;
  return countByWalk(source, measurement, number, access);
}

async function countByWalk(
  source: SourceReader,
  measurement: Measurement,
  number: number,
  access: DataAccess = {},
): Promise<void> {
  const dataGroup = measurement.dataGroups[number];
  try {
    const points = await makeCheckPoints(source, measurement, number, access);
    dataGroup.checkPoints = points;
    setCounts(measurement, membersOf(measurement, number), points.totals);
  } catch (error) {
    dataGroup.data.problem = asProblem(error);
  }
}

/** Sets what a walk has counted: the records of each group, then those of further elements. */
function setCounts(
  measurement: Measurement,
  members: readonly number[],
  totals: readonly number[],
): void {
  let next = members.length;
  members.forEach((index, i) => {
    const group = measurement.groups[index];
    group.recordCount = totals[i];
    if (!group.elementCounts) return;
    const further = group.elementCounts.length - 1;
    group.elementCounts = [totals[i], ...totals.slice(next, next + further)];
    next += further;
  });
}

/** Whether the counters of mixed groups account for all bytes of their data, and were found to be right. */
export function countersHold(measurement: Measurement, dataGroup: number): boolean {
  const members = membersOf(measurement, dataGroup);
  return accountedBytes(measurement, members).includes(
    measurement.dataGroups[dataGroup].data.length,
  ) && members.every((index) => {
    const { recordCount, cycleCount } = measurement.groups[index];
    return recordCount === cycleCount;
  });
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
    const { elementCounts = [group.cycleCount] } = group;
    // The counter of the first element and that of the group are one, or none is to be believed.
    if (elementCounts[0] !== group.cycleCount) return [];
    const records = elementCounts.reduce((sum, count) => sum + count, 0);
    bytes += records * recordIdBytes;
    if (group.flags & GROUP_FLAG.variableLength) {
      bytes += group.dataBytes + group.invalidationBytes * 4294967296;
      lengths += 4 * group.cycleCount;
    } else {
      bytes += records * (group.dataBytes + group.invalidationBytes);
    }
  }
  return [bytes, bytes + lengths];
}
