/**
 * Which records of a group are asked for, by number or by time.
 *
 * @module
 */
import { confirmMixedRecords } from "../decode/count_records.ts";
import { openFeed } from "../decode/record_feed.ts";
import { UsageError } from "../errors.ts";
import { recordBytes } from "../plan/column_layout.ts";
import type { ChannelGroup } from "./channel.ts";
import type { ColumnContext } from "./column.ts";
import { openColumn } from "./open_column.ts";
import type { ReadOptions } from "./signal.ts";

/** A range of records. */
export interface RecordWindow {
  /** First record. */
  readonly first: number;
  /** Record after the last. */
  readonly end: number;
}

/** Bytes of one record of a group, with its id. */
export function groupRecordBytes(group: ChannelGroup, context: ColumnContext): number {
  return recordBytes(group.model, context.measurement.dataGroups[group.model.dataGroup]);
}

/** The records of a group that the options ask for. */
export async function recordWindow(
  group: ChannelGroup,
  options: ReadOptions,
  context: ColumnContext,
): Promise<RecordWindow> {
  const { source, measurement } = context;
  await confirmMixedRecords(source, measurement, group.model.dataGroup, context);
  let first = 0;
  let end = group.recordCount;
  if (options.records) {
    const [from, to] = options.records;
    if (!Number.isInteger(from) || Number.isNaN(to) || from < 0 || to < from) {
      throw new UsageError(
        `records must be [from, to) with whole numbers 0 <= from <= to, not [${from}, ${to}]`,
        { file: context.source.name },
      );
    }
    first = Math.min(from, end);
    end = Math.min(Math.floor(to), end);
  }
  if (options.time) {
    const [from, to] = options.time;
    if (!(from <= to)) {
      throw new UsageError(`time must be [from, to) with from <= to, not [${from}, ${to}]`, {
        file: context.source.name,
      });
    }
    const timeOf = await masterProbe(group, context);
    first = Math.max(first, await lowerBound(timeOf, group.recordCount, from));
    end = Math.min(end, await lowerBound(timeOf, group.recordCount, to));
  }
  return { first, end: Math.max(first, end) };
}

/** A function that reads the master of one record. */
async function masterProbe(
  group: ChannelGroup,
  context: ColumnContext,
): Promise<(record: number) => Promise<number>> {
  const { master } = group;
  if (!master) {
    throw new UsageError(
      `group ${group.index} "${group.name}" has no master channel to choose times by; use records`,
      { file: context.source.name, block: "CG", offset: group.model.offset },
    );
  }
  const column = openColumn(master, { ...context, raw: false }, 1);
  const { source, measurement } = context;
  const feed = await openFeed(source, measurement, master.group.model, 1, context);
  return async (record) => {
    await feed.fill(record, 1);
    column.take(feed.run, 0);
    await column.finish(1);
    return Number(column.values(1).at(0));
  };
}

/** First record whose master is not below `bound`; masters never decrease. */
async function lowerBound(
  timeOf: (record: number) => Promise<number>,
  count: number,
  bound: number,
): Promise<number> {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await timeOf(middle) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
