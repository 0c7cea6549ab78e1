/**
 * Which bytes of a file a channel's values need.
 *
 * @module
 */
import { type ByteRange, mergeRanges } from "../source/byte_ranges.ts";
import type { DataChain, Measurement } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
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
  const stride = dataGroup.invalidation ? group.dataBytes : recordBytes(group, dataGroup);
  const first = Math.min(Math.max(0, records?.[0] ?? 0), group.recordCount);
  const end = Math.min(records?.[1] ?? group.recordCount, group.recordCount);
  const { data } = dataGroup;
  const mixed =
    measurement.groups.filter((other) => other.dataGroup === group.dataGroup).length > 1;
  const ranges = mixed
    ? chainRanges(data, 0, data.length)
    : chainRanges(data, first * stride, Math.max(first, end) * stride);
  if (dataGroup.invalidation) {
    const { invalidation } = dataGroup;
    const bytes = group.invalidationBytes;
    ranges.push(...chainRanges(invalidation, first * bytes, Math.max(first, end) * bytes));
  }
  if (layout.kind === "variable" && layout.signalData !== undefined) {
    const data = measurement.signalData[layout.signalData];
    ranges.push(...chainRanges(data, 0, data.length));
  }
  return mergeRanges(ranges);
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
