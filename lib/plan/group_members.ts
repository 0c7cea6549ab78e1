/**
 * Which channel groups share the data of a data group.
 *
 * @module
 */
import type { ChannelGroupModel, Measurement } from "../structure/measurement.ts";

/** By data group, the indexes of its groups; a file may have very many of both. */
const known = new WeakMap<readonly ChannelGroupModel[], number[][]>();

/** Indexes of the groups that share a data group. */
export function membersOf({ groups }: Measurement, dataGroup: number): readonly number[] {
  let members = known.get(groups);
  if (!members) {
    members = [];
    for (const [i, { dataGroup }] of groups.entries()) {
      const others = members[dataGroup];
      if (others) others.push(i);
      // What is pushed into an empty array gets room for sixteen more.
      else members[dataGroup] = [i];
    }
    known.set(groups, members);
  }
  return members[dataGroup] ?? [];
}

/** Whether records of several kinds share a data group: of several groups, or of array elements. */
export function isMixed(measurement: Measurement, dataGroup: number): boolean {
  const members = membersOf(measurement, dataGroup);
  if (members.length !== 1) return members.length > 1;
  return measurement.groups[members[0]].elementCounts !== undefined;
}
