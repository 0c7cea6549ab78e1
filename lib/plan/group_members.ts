/**
 * Which channel groups share the data of a data group.
 *
 * @module
 */
import type { Measurement } from "../structure/measurement.ts";

/** Indexes of the groups that share a data group. */
export function membersOf(measurement: Measurement, dataGroup: number): number[] {
  const members: number[] = [];
  measurement.groups.forEach((group, i) => {
    if (group.dataGroup === dataGroup) members.push(i);
  });
  return members;
}

/** Whether records of several kinds share a data group: of several groups, or of array elements. */
export function isMixed(measurement: Measurement, dataGroup: number): boolean {
  const members = membersOf(measurement, dataGroup);
  return members.length > 1 ||
    members.some((member) => measurement.groups[member].elementCounts !== undefined);
}
