/**
 * Which records of a group are asked for, by number or by time.
 *
 * @module
 */
import { confirmMixedRecords } from "../decode/count_records.ts";
import { openFeed } from "../decode/open_feed.ts";
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

/** The records of a group that the options ask for; a promise only where they have to be looked for. */
export function recordWindow(
  group: ChannelGroup,
  options: ReadOptions,
  context: ColumnContext,
): RecordWindow | Promise<RecordWindow> {
  const { source, measurement } = context;
  const pending = confirmMixedRecords(source, measurement, group.model.dataGroup, context);
  if (pending) return pending.then(() => findWindow(group, options, context));
  if (options.records || options.time) return findWindow(group, options, context);
  return { first: 0, end: group.recordCount };
}

async function findWindow(
  group: ChannelGroup,
  options: ReadOptions,
  context: ColumnContext,
): Promise<RecordWindow> {
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
    await column.finish?.(1);
    return Number(column.values(1).at(0));
  };
}

/**
 * First record whose master is not below `bound`; masters never decrease. Looks where the record would
 * be if the times in between were evenly spaced, which they mostly are: each look may be a request.
 */
async function lowerBound(
  timeOf: (record: number) => Promise<number>,
  count: number,
  bound: number,
): Promise<number> {
  if (count === 0) return 0;
  let low = 0;
  let high = count - 1;
  let timeLow = await timeOf(low);
  if (!(timeLow < bound)) return low;
  let timeHigh = await timeOf(high);
  if (timeHigh < bound) return count;
  // The record is in (low, high].
  for (let slow = 0; high - low > 1;) {
    const room = high - low;
    const share = (bound - timeLow) / (timeHigh - timeLow);
    // A guess may come close from one side only, and then takes another to get past the record.
    const halve = slow === 3 || !(share >= 0 && share <= 1);
    const guess = halve ? room / 2 : share * room;
    const middle = low + Math.min(room - 1, Math.max(1, Math.floor(guess)));
    const time = await timeOf(middle);
    if (time < bound) [low, timeLow] = [middle, time];
    else [high, timeHigh] = [middle, time];
    slow = halve || high - low <= room / 2 ? 0 : slow + 1;
  }
  return high;
}
