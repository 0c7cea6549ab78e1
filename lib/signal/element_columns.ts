/**
 * Arrays whose elements have records of their own, read like others: row by row.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { elementCount, splitArray } from "../plan/array_layout.ts";
import { elementRecordCounts } from "../plan/element_records.ts";
import type { ArrayModel } from "../structure/measurement.ts";
import type { Channel } from "./channel.ts";
import type { Column, ColumnContext } from "./column.ts";
import { openColumn } from "./open_column.ts";

/** What reading needs to know of an array whose elements have records of their own. */
export interface ElementColumns {
  /** The array. */
  readonly array: ArrayModel;
  /** The master of every element; undefined where all share one. */
  readonly times?: Column;
}

/**
 * Prepares to read such an array row by row; undefined for other channels.
 *
 * @throws {UsageError} when the elements differ in their number of records
 */
export function openElements(
  channel: Channel,
  context: ColumnContext,
  capacity: number,
): ElementColumns | undefined {
  const array = splitArray(channel.model.arrays);
  // Most channels have none, and there may be very many: what follows makes functions.
  return array && !channel.model.problem ? openOf(array, channel, context, capacity) : undefined;
}

function openOf(
  array: ArrayModel,
  channel: Channel,
  context: ColumnContext,
  capacity: number,
): ElementColumns {
  const { group } = channel;
  const counts = elementRecordCounts(context.measurement, group.model, array, context.source.name);
  if (counts.some((count) => count !== group.recordCount)) {
    const fewest = counts.reduce((least, count) => Math.min(least, count), Infinity);
    const most = counts.reduce((most, count) => Math.max(most, count), 0);
    throw new UsageError(
      `channel "${channel.name}": the elements of the array have records of their own, from ` +
        `${fewest} to ${most} for each, and do not form one array per record; read them with ` +
        "readElements()",
      { file: context.source.name, block: "CN", offset: channel.model.offset },
    );
  }
  const master = ownMaster(channel);
  const times = master && openColumn(master, { ...context, raw: false }, capacity, [array]);
  return { array, times };
}

/** The master whose values stand in the records of the elements themselves. */
export function ownMaster({ group }: Channel): Channel | undefined {
  const { master } = group;
  return master && master.group === group && !master.isVirtual ? master : undefined;
}

/** Whether all elements have the same times in each of the last `count` records. */
export function timesAgree({ array, times }: ElementColumns, count: number): boolean {
  if (!times) return true;
  const elements = elementCount([array]);
  const values = times.values(count) as ArrayLike<unknown>;
  for (let i = 0, row = 0; i < count; i++, row += elements) {
    for (let k = 1; k < elements; k++) if (values[row + k] !== values[row]) return false;
  }
  return true;
}
