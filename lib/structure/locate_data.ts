/**
 * Data chains that were left alone when a file was opened, because every block header of theirs would
 * have been a request of its own, followed once they are needed.
 *
 * @module
 */
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, type MdfErrorPlace } from "../errors.ts";
import { GROUP_FLAG } from "./format_codes.ts";
import { emptyChain, readDataChain } from "./data_chain.ts";
import type { ChannelGroupModel, DataChain, Measurement, RecordData } from "./measurement.ts";
import { asProblem } from "./problem.ts";
import { readRecordData } from "./record_data.ts";

/** A chain that is followed later, from the block at `start` on. */
export function unreadChain(start: number, kind: string): DataChain {
  const chain = emptyChain(kind);
  if (start !== 0) chain.unread = start;
  return chain;
}

/** Whether chains are left alone until they are needed. */
export function readsLater(reader: BlockReader): boolean {
  // Where the data of an unfinalized file ends, and what it counts, has to be known at once.
  return reader.dataLater && reader.unfinalized === undefined;
}

/** The data of a data group with these channel groups, behind the link to `start`. */
export async function readGroupData(
  reader: BlockReader,
  members: readonly ChannelGroupModel[],
  recordIdBytes: number,
  start: number,
  path: string,
  place: MdfErrorPlace,
): Promise<RecordData> {
  const [group, other] = members;
  const { invalidationBytes = 0, dataBytes = 0 } = group ?? {};
  const found = await readRecordData(reader, start, invalidationBytes, dataBytes, path);
  const misplaced = found.data.kind === "DV" && (other !== undefined || recordIdBytes > 0);
  if (misplaced && !found.data.problem) {
    found.data.problem = asProblem(
      new CorruptFileError(
        "the data is stored column by column, which only one channel group without record ids " +
          `may have; there are ${members.length} groups, and record ids of ${recordIdBytes} bytes`,
        place,
      ),
    );
  }
  return found;
}

/** Follows the data of a data group, if that has not been done; `members` are its groups. */
export async function locateGroupData(
  reader: BlockReader,
  measurement: Measurement,
  number: number,
  members: readonly ChannelGroupModel[],
): Promise<void> {
  const dataGroup = measurement.dataGroups[number];
  const { unread } = dataGroup.data;
  if (unread === undefined) return;
  const place = reader.place("CG", members[0]?.offset ?? 0, "DG>CG");
  const { recordIdBytes } = dataGroup;
  const found = await readGroupData(reader, members, recordIdBytes, unread, "DG>DT", place);
  Object.assign(dataGroup, found);
  if (members.length === 1) countSortedGroup(measurement, members[0]);
}

/** Follows signal data, if that has not been done. */
export async function locateSignalData(
  reader: BlockReader,
  measurement: Measurement,
  index: number,
): Promise<void> {
  const { unread, kind = "SD" } = measurement.signalData[index];
  if (unread === undefined) return;
  measurement.signalData[index] = await readDataChain(reader, unread, kind, `CN>${kind}`);
}

/** The data decides how many records there are wherever they lie one after the other. */
export function countSortedRecords(model: Measurement): void {
  const members = new Array<number>(model.dataGroups.length).fill(0);
  for (const { dataGroup } of model.groups) members[dataGroup]++;
  for (const group of model.groups) {
    if (members[group.dataGroup] === 1) countSortedGroup(model, group);
  }
}

/** The same for a group that is alone in its data group. */
function countSortedGroup({ dataGroups }: Measurement, group: ChannelGroupModel): void {
  const { data, recordIdBytes, invalidation } = dataGroups[group.dataGroup];
  if (group.elementCounts || data.problem || data.unread !== undefined) return;
  if ((group.flags & GROUP_FLAG.variableLength) !== 0) return;
  const recordBytes = invalidation
    ? group.dataBytes
    : recordIdBytes + group.dataBytes + group.invalidationBytes;
  if (recordBytes > 0) group.recordCount = Math.floor(data.length / recordBytes);
}
