/**
 * Arrays whose elements have records of their own: in the same data under record ids of their own
 * (storage in channel groups), or each in data of its own (storage in data groups).
 *
 * @module
 */
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError } from "../errors.ts";
import { readRecordData } from "./record_data.ts";
import { ARRAY_STORAGE } from "./format_codes.ts";
import type { ArrayModel, ChannelGroupModel, ChannelModel, Measurement } from "./measurement.ts";
import { asProblem } from "./problem.ts";

/** A channel that may link to attachments or other channels: one with arrays, for example. */
export interface LinkingChannel {
  readonly channel: ChannelModel;
  readonly group: ChannelGroupModel;
}

/** Follows the links to the records of each element, which are laid out like those of the group. */
export async function readElementData(
  reader: BlockReader,
  array: ArrayModel,
  group: ChannelGroupModel,
  links: readonly number[],
  path: string,
): Promise<void> {
  array.elementData = [];
  let bytes = 0;
  for (const [k, start] of links.entries()) {
    const found = await readRecordData(
      reader,
      start,
      group.invalidationBytes,
      group.dataBytes,
      `${path}.data[${k}]`,
    );
    for (const { offset, length, stored } of found.data.fragments) {
      if (offset >= 0) bytes += stored ?? length;
    }
    if (bytes > reader.fileSize) {
      found.data = {
        fragments: [],
        length: 0,
        problem: asProblem(
          new CorruptFileError(
            "the elements of the array hold more bytes than the file; some are named repeatedly",
            reader.place("CA", start, path),
          ),
        ),
      };
    }
    array.elementData.push(found);
  }
}

/**
 * Gives every group that is the template of array elements their counts, as the file counts them.
 * Elements whose record ids cannot be told from those of others are a problem of the array's channel.
 * The arrays are among the `linking` channels.
 */
export function countElements(
  measurement: Measurement,
  linking: readonly LinkingChannel[],
  reader: BlockReader,
): void {
  const spread = linking.filter(({ channel: { arrays } }) =>
    arrays?.[0].storage === ARRAY_STORAGE.channelGroups
  );
  if (spread.length === 0) return;
  const taken = new Map<number, Set<number>>();
  for (const group of measurement.groups) {
    let ids = taken.get(group.dataGroup);
    if (!ids) taken.set(group.dataGroup, ids = new Set());
    ids.add(group.recordId);
  }
  for (const { channel, group } of spread) {
    const counts = channel.arrays![0].cycleCounts;
    if (!counts) continue;
    const known = group.elementCounts?.length ?? 1;
    const ids = taken.get(group.dataGroup)!;
    const { recordIdBytes } = measurement.dataGroups[group.dataGroup];
    const fail = (reason: string) => {
      channel.problem ??= asProblem(
        new CorruptFileError(reason, reader.place("CN", channel.offset)),
      );
    };
    if (counts.length > 1 && recordIdBytes === 0) {
      fail("the elements of the array share data whose records have no id to tell them apart");
      continue;
    }
    const last = group.recordId + counts.length - 1;
    let clash = last >= 256 ** recordIdBytes ? last : -1;
    for (let k = known; k < counts.length && clash < 0; k++) {
      if (ids.has(group.recordId + k)) clash = group.recordId + k;
    }
    if (clash >= 0) {
      fail(
        `the elements of the array have the record ids ${group.recordId} to ${last}, and ${clash} ` +
          `of them ${
            ids.has(clash) ? "belongs to another group" : "does not fit the file's record ids"
          }`,
      );
      continue;
    }
    for (let k = known; k < counts.length; k++) ids.add(group.recordId + k);
    if (counts.length > known) group.elementCounts = [...counts];
  }
}
