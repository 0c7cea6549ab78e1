/**
 * Which bytes of a file a channel's values need.
 *
 * @module
 */
import { type ByteRange, mergeRanges } from "../source/byte_ranges.ts";
import { ARRAY_STORAGE } from "../structure/format_codes.ts";
import { isMixed } from "./group_members.ts";
import type { DataChain, Measurement } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { splitArray } from "./array_layout.ts";
import { columnLayout, recordBytes } from "./column_layout.ts";

/**
 * Spans of the file that hold the records `[first, end)` of a channel, and all of its signal data
 * when its values have a variable length. Compressed blocks are needed whole, and so are data groups
 * in which several kinds of records are mixed.
 */
export function channelRanges(
  measurement: Measurement,
  groupIndex: number,
  channelIndex: number,
  records?: readonly [first: number, end: number],
): ByteRange[] {
  const group = measurement.groups[groupIndex];
  const dataGroup = measurement.dataGroups[group.dataGroup];
  const layout = columnLayout(group.channels[channelIndex], group, dataGroup);
  const [first, end] = [Math.max(0, records?.[0] ?? 0), records?.[1] ?? Infinity];
  const ranges: ByteRange[] = [];
  const split = splitArray(group.channels[channelIndex].arrays);
  if (split?.storage !== ARRAY_STORAGE.dataGroups && isMixed(measurement, group.dataGroup)) {
    ranges.push(...chainRanges(dataGroup.data, 0, dataGroup.data.length));
  } else {
    const whole = recordBytes(group, dataGroup);
    for (const { data, invalidation } of split?.elementData ?? [dataGroup]) {
      const bytes = invalidation ? group.dataBytes : whole;
      ranges.push(...recordRanges(data, bytes, first, end));
      if (!invalidation) continue;
      ranges.push(...recordRanges(invalidation, group.invalidationBytes, first, end));
    }
  }
  const element = layout.kind === "array" ? layout.element : layout;
  if (element.kind === "variable" && element.signalData !== undefined) {
    const data = measurement.signalData[element.signalData];
    ranges.push(...chainRanges(data, 0, data.length));
  }
  return mergeRanges(ranges);
}

/** Spans of the file that hold the records `[first, end)` of a chain, as far as it has them. */
function recordRanges(chain: DataChain, bytes: number, first: number, end: number): ByteRange[] {
  const count = bytes > 0 ? Math.floor(chain.length / bytes) : 0;
  return chainRanges(chain, Math.min(first, count) * bytes, Math.min(end, count) * bytes);
}

/** Spans of the file that hold the bytes `[from, to)` of a chain. */
export function chainRanges(chain: DataChain, from: number, to: number): ByteRange[] {
  if (chain.problem) throw problemError(chain.problem);
  const ranges: ByteRange[] = [];
  if (from >= to) return ranges;
  let start = 0;
  for (const fragment of chain.fragments) {
    const end = start + fragment.length;
    if (end > from && start < to && fragment.offset >= 0) {
      if (fragment.zip !== undefined) {
        ranges.push([fragment.offset, fragment.stored!]);
      } else {
        const low = Math.max(from, start);
        ranges.push([fragment.offset + low - start, Math.min(to, end) - low]);
      }
    }
    start = end;
  }
  return ranges;
}
