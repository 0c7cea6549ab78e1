/**
 * Which bytes of a file a channel's values need.
 *
 * @module
 */
import { type ByteRange, mergeRanges } from "../source/byte_ranges.ts";
import { UsageError } from "../errors.ts";
import { ARRAY_STORAGE, CHANNEL_TYPE, DATA_TYPE } from "../structure/format_codes.ts";
import { isMixed, membersOf } from "./group_members.ts";
import type {
  ChannelGroupModel,
  ChannelModel,
  DataChain,
  Measurement,
} from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { splitArray } from "./array_layout.ts";
import { columnLayout, recordBytes } from "./column_layout.ts";
import { PlaceRuns } from "./place_runs.ts";

/** Which records, and what may be read besides. */
export interface ChannelRangesOptions {
  /** Only the records `[first, end)`. */
  records?: readonly [first: number, end: number];
  /** Bytes between two spans up to which they are one. */
  gap?: number;
}

/**
 * Spans of the file that hold the records `[first, end)` of a channel and of its master, and all of
 * its signal data when its values have a variable length. Compressed blocks are needed whole; of data
 * groups in which several kinds of records are mixed, all that lies between the check points around
 * the records, or where the places of the records are known, no more than these.
 */
export function channelRanges(
  measurement: Measurement,
  groupIndex: number,
  channelIndex: number,
  { records, gap = 0 }: ChannelRangesOptions = {},
): ByteRange[] {
  const group = measurement.groups[groupIndex];
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const channel = storedChannel(group, group.channels[channelIndex]);
  const layout = columnLayout(channel, group, dataGroup);
  const [first, end] = [Math.max(0, records?.[0] ?? 0), records?.[1] ?? Infinity];
  const ranges: ByteRange[] = [];
  const split = splitArray(channel.arrays);
  if (split?.storage === ARRAY_STORAGE.channelGroups) {
    // The elements of the array are records of kinds of their own.
    addSpans(ranges, dataGroup.data, [[0, dataGroup.data.length]]);
  } else if (split) {
    const whole = recordBytes(group, dataGroup);
    for (const { data, invalidation } of split.elementData ?? []) {
      addRecords(ranges, data, invalidation ? group.dataBytes : whole, first, end);
      if (invalidation) addRecords(ranges, invalidation, group.invalidationBytes, first, end);
    }
  } else {
    addGroup(ranges, measurement, groupIndex, first, Math.min(end, group.recordCount), gap);
  }
  const hasMaster = group.channels.some(({ type }) => isMaster(type));
  if (group.masterGroup !== undefined && !hasMaster) {
    const { recordCount } = measurement.groups[group.masterGroup];
    addGroup(ranges, measurement, group.masterGroup, first, Math.min(end, recordCount), gap);
  }
  const element = layout.kind === "array" ? layout.element : layout;
  if (element.kind === "variable") {
    const { signalData, storageGroup } = element;
    if (storageGroup !== undefined) addGroup(ranges, measurement, storageGroup, 0, Infinity, gap);
    else if (signalData !== undefined) {
      const data = measurement.signalData[signalData];
      addSpans(ranges, data, [[0, data.length]]);
    }
  }
  return mergeRanges(ranges, gap);
}

function isMaster(type: number): boolean {
  return type === CHANNEL_TYPE.master || type === CHANNEL_TYPE.virtualMaster;
}

/** The channel whose bytes hold a channel: the data stream that it lies in, or itself. */
function storedChannel(group: ChannelGroupModel, channel: ChannelModel): ChannelModel {
  let above: ChannelModel | undefined = channel;
  for (; above; above = above.parent === undefined ? undefined : group.channels[above.parent]) {
    if (above.composition?.kind !== "stream") continue;
    return { ...above, dataType: DATA_TYPE.bytes, composition: undefined };
  }
  return channel;
}

/** A span of a chain, `[from, to)`. */
type Span = [from: number, to: number];

/** Adds the records `[first, end)` of a group. */
function addGroup(
  ranges: ByteRange[],
  measurement: Measurement,
  index: number,
  first: number,
  end: number,
  gap: number,
): void {
  const group = measurement.groups[index];
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const { data, invalidation } = dataGroup;
  const whole = recordBytes(group, dataGroup);
  if (isMixed(measurement, group.dataGroup)) {
    addSpans(ranges, data, mixedSpans(measurement, index, whole, first, end, gap));
  } else if (first === 0 && end === Infinity) {
    // Records of variable length have no size.
    addSpans(ranges, data, [[0, data.length]]);
    if (invalidation) addSpans(ranges, invalidation, [[0, invalidation.length]]);
  } else {
    addRecords(ranges, data, invalidation ? group.dataBytes : whole, first, end);
    if (invalidation) addRecords(ranges, invalidation, group.invalidationBytes, first, end);
  }
}

/** Adds the records `[first, end)` of a chain of equally long ones, as far as it has them. */
function addRecords(
  ranges: ByteRange[],
  chain: DataChain,
  bytes: number,
  first: number,
  end: number,
): void {
  const count = bytes > 0 ? Math.floor(chain.length / bytes) : 0;
  addSpans(ranges, chain, [[Math.min(first, count) * bytes, Math.min(end, count) * bytes]]);
}

/** Spans of mixed data in which the records `[first, end)` of a group lie. */
function mixedSpans(
  measurement: Measurement,
  index: number,
  bytes: number,
  first: number,
  end: number,
  gap: number,
): Span[] {
  const { dataGroup } = measurement.groups[index];
  const { data, recordIdBytes, places, checkPoints } = measurement.dataGroups[dataGroup];
  if (first >= end) return [];
  if (!checkPoints) return [[0, data.length]];
  const member = membersOf(measurement, dataGroup).indexOf(index);
  const runs = PlaceRuns.of(places?.[member], data, recordIdBytes, bytes);
  if (runs?.records === measurement.groups[index].recordCount) {
    const spans: Span[] = [];
    runs.spans(first, end, recordIdBytes, bytes, (from, to) => {
      const last = spans.at(-1);
      if (last && from - last[1] <= gap) last[1] = to;
      else spans.push([from, to]);
    });
    return spans;
  }
  const { positions, counts } = checkPoints;
  // Points before which there are too few records to reach the wanted ones, or enough for all.
  let from = 0;
  while (from + 1 < counts.length && counts[from + 1][member] <= first) from++;
  let to = from;
  while (to + 1 < counts.length && counts[to][member] < end) to++;
  return [[positions[from], Math.min(positions[to], data.length)]];
}

/** Adds the bytes of the file in which spans of a chain lie, which are in rising order. */
function addSpans(ranges: ByteRange[], chain: DataChain, spans: readonly Span[]): void {
  if (chain.problem) throw problemError(chain.problem);
  if (chain.unread !== undefined) {
    throw new UsageError(
      "the index was made before anybody looked where this data lies; make it again after " +
        "locateData()",
      { block: chain.kind ?? "DT", offset: chain.unread },
    );
  }
  const { fragments } = chain;
  let at = 0;
  let start = 0;
  for (const [from, to] of spans) {
    while (at < fragments.length && start + fragments[at].length <= from) {
      start += fragments[at++].length;
    }
    for (let i = at, begin = start; i < fragments.length && begin < to && from < to; i++) {
      const { offset, length, zip, stored } = fragments[i];
      const low = Math.max(from, begin);
      if (offset >= 0) {
        ranges.push(
          zip === undefined
            ? [offset + low - begin, Math.min(to, begin + length) - low]
            : [offset, stored!],
        );
      }
      begin += length;
    }
  }
}
