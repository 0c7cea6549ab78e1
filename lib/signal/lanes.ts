/**
 * Columns together with the records that they are filled from.
 *
 * @module
 */
import { openElementFeed } from "../decode/element_feed.ts";
import { openFeed, type RecordFeed } from "../decode/record_feed.ts";
import { JoinedColumns } from "../decode/joined_loops.ts";
import { StagedColumns } from "../decode/staged_columns.ts";
import { WasmColumns } from "../decode/wasm_columns.ts";
import type { ArrayModel } from "../structure/measurement.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { Column, ColumnContext } from "./column.ts";
import type { ElementColumns } from "./element_columns.ts";
import { groupRecordBytes } from "./record_window.ts";
import type { ValidityColumn } from "./validity_column.ts";

/** A channel that is being read. */
export interface OpenColumn {
  /** The channel. */
  readonly channel: Channel;
  /** Takes its values. */
  readonly column: Column;
  /** Takes what says which are valid, where anything does. */
  readonly validity: ValidityColumn | undefined;
  /** Of an array whose elements have records of their own. */
  readonly elements?: ElementColumns;
}

/** Fewer records are not worth loops over several columns. */
const LOOP_RECORDS = 1024;

/** Fills the arrays of several columns at once. */
interface ColumnLoops {
  /** Takes `count` values out of records that start at `at` in the feed's buffer, to `index` on. */
  run(at: number, count: number, index: number): void;
}

/** Columns that are filled from the same records. */
export interface Lane {
  /** Brings the records. */
  readonly feed: RecordFeed;
  /** The columns. */
  readonly columns: readonly OpenColumn[];
  /** Fills the arrays of some of the columns. */
  readonly loops?: ColumnLoops;
}

/**
 * The group's own records, those of the group that holds its master where that is another, and the rows
 * of arrays whose elements have records of their own.
 */
export async function openLanes(
  opened: readonly OpenColumn[],
  group: ChannelGroup,
  capacity: number,
  total: number,
  context: ColumnContext,
): Promise<Lane[]> {
  const plain = opened.filter(({ elements }) => !elements);
  const own = plain.filter(({ channel }) => channel.group === group);
  const lanes = [await openLane(own, group, capacity, total, context)];
  for (const column of plain) {
    if (column.channel.group === group) continue;
    lanes.push(await openLane([column], column.channel.group, capacity, total, context));
  }
  const { source, measurement } = context;
  const byArray = new Map<ArrayModel, OpenColumn[]>();
  for (const column of opened) {
    if (!column.elements) continue;
    const { array } = column.elements;
    const known = byArray.get(array);
    if (known) known.push(column);
    else byArray.set(array, [column]);
  }
  for (const [array, columns] of byArray) {
    const feed = openElementFeed(source, measurement, group.model, array, capacity, context);
    lanes.push({ feed, columns });
  }
  return lanes;
}

async function openLane(
  columns: readonly OpenColumn[],
  group: ChannelGroup,
  capacity: number,
  total: number,
  context: ColumnContext,
): Promise<Lane> {
  const { source, measurement } = context;
  const stride = groupRecordBytes(group, context);
  const targets = total < LOOP_RECORDS ? [] : columns.flatMap(({ column }) => column.target ?? []);
  // A signal that is read whole gets an array of its own, which can be kept or given to a worker.
  const whole = total <= capacity;
  const loops = whole
    ? StagedColumns.plan(targets, capacity, stride, total * stride)
    : WasmColumns.plan(targets, capacity, total * stride);
  const makeBuffer = loops && ((bytes: number) => loops.makeSource(bytes));
  const feed = await openFeed(
    ...[source, measurement, group.model, capacity, context, makeBuffer] as const,
    context.storage,
  );
  const started = await loops?.start(feed.run.stride) ? loops : undefined;
  if (started && !whole) return { feed, columns, loops: started };
  const joined = JoinedColumns.over(targets, feed.run, capacity);
  return {
    feed,
    columns,
    loops: started && joined ? bothLoops(started, joined) : started ?? joined,
  };
}

function bothLoops(first: ColumnLoops, second: ColumnLoops): ColumnLoops {
  return {
    run(at, count, index) {
      first.run(at, count, index);
      second.run(at, count, index);
    },
  };
}
