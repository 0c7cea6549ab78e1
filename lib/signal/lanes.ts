/**
 * Columns together with the records that they are filled from.
 *
 * @module
 */
import { openElementFeed } from "../decode/element_feed.ts";
import { JoinedColumns } from "../decode/joined_loops.ts";
import { liesByColumn, openFeed } from "../decode/open_feed.ts";
import type { RecordFeed, SharedBuffer } from "../decode/record_feed.ts";
import { StagedColumns } from "../decode/staged_columns.ts";
import {
  LEAST_COLUMN_RECORDS,
  type Taker,
  TransposedColumns,
} from "../decode/transposed_columns.ts";
import { type NumberTarget, WasmColumns } from "../decode/wasm_columns.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { Column, ColumnContext } from "./column.ts";
import type { ElementColumns } from "./element_columns.ts";
import { groupRecordBytes } from "./record_window.ts";
import { shareRoom } from "./shared_room.ts";
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

/** Fewer records are not worth joining columns for. */
const JOINED_RECORDS = 1024;

/** Fills the arrays of several columns at once. */
interface ColumnLoops {
  /** Takes `count` values out of records that start at `at` in the feed's buffer, to `index` on. */
  run(at: number, count: number, index: number): void;
  /** Told after the last values were taken, of which there are so many. */
  finish?(count: number): void;
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

/** What is read. */
export interface ReadExtent {
  /** Number of the first record. */
  readonly first: number;
  /** Records in all. */
  readonly total: number;
  /** Records of one batch. */
  readonly capacity: number;
  /** Whether it is one batch, however many records there are, whose arrays are the reader's to keep. */
  readonly whole: boolean;
}

/**
 * The group's own records, those of the group that holds its master where that is another, and the rows
 * of arrays whose elements have records of their own. `master` is the master where it is not among
 * those that were opened for the group.
 */
export function openLanes(
  opened: readonly OpenColumn[],
  master: OpenColumn | undefined,
  group: ChannelGroup,
  extent: ReadExtent,
  context: ColumnContext,
): Lane[] | Promise<Lane[]> {
  const rows = opened.filter(({ elements }) => elements);
  const plain = rows.length > 0 ? opened.filter(({ elements }) => !elements) : opened;
  const own = master?.channel.group === group ? [...plain, master] : plain;
  const first = openLane(own, group, extent, context, context.buffer);
  const foreign = master && master.channel.group !== group ? master : undefined;
  if (!(first instanceof Promise) && !foreign && rows.length === 0) return [first];
  return openMore(first, foreign, rows, group, extent, context);
}

async function openMore(
  first: Lane | Promise<Lane>,
  foreign: OpenColumn | undefined,
  rows: readonly OpenColumn[],
  group: ChannelGroup,
  extent: ReadExtent,
  context: ColumnContext,
): Promise<Lane[]> {
  const lanes = [await first];
  if (foreign) lanes.push(await openLane([foreign], foreign.channel.group, extent, context));
  const { source, measurement } = context;
  const byArray = Map.groupBy(rows, ({ elements }) => elements!.array);
  for (const [array, columns] of byArray) {
    const feed = openElementFeed(source, measurement, group.model, array, extent.capacity, context);
    expect(feed, extent);
    lanes.push({ feed, columns });
  }
  return lanes;
}

function openLane(
  columns: readonly OpenColumn[],
  group: ChannelGroup,
  extent: ReadExtent,
  context: ColumnContext,
  buffer?: SharedBuffer,
): Lane | Promise<Lane> {
  const { source, measurement } = context;
  const takers = takersByColumn(columns, group, extent, context);
  const byColumn = takers !== undefined;
  const loops = takers ? undefined : planLoops(columns, extent, groupRecordBytes(group, context));
  const makeBuffer = loops
    ? (bytes: number) => loops.makeSource(bytes)
    : buffer && ((bytes: number) => buffer.take(bytes));
  const feed = openFeed(source, measurement, group.model, extent.capacity, context, {
    ...{ makeBuffer, intoBuffer: loops !== undefined, byColumn, columns: columns.length },
    storage: context.shares?.kept,
  });
  if (feed instanceof Promise) return feed.then((feed) => start(feed));
  return start(feed);

  function start(feed: RecordFeed): Lane | Promise<Lane> {
    // Before there are arrays: other threads can work while this one gets the memory.
    expect(feed, extent);
    if (takers) {
      return { feed, columns, loops: TransposedColumns.over(takers, feed.run, extent.capacity) };
    }
    return loops
      ? startLane(columns, feed, loops, extent)
      : makeLane(columns, feed, undefined, extent);
  }
}

/** All that is read, where it is to be taken column by column. */
function takersByColumn(
  columns: readonly OpenColumn[],
  group: ChannelGroup,
  { capacity }: ReadExtent,
  context: ColumnContext,
): Taker[] | undefined {
  if (capacity < LEAST_COLUMN_RECORDS) return undefined;
  if (!liesByColumn(context.measurement, group.model, context)) return undefined;
  const takers = columns.flatMap(({ column, validity }) => validity ? [column, validity] : column);
  return TransposedColumns.suits(takers, groupRecordBytes(group, context)) ? takers : undefined;
}

function expect(feed: RecordFeed, { first, total, whole }: ReadExtent): void {
  feed.expect?.(first, first + total, whole);
}

/** Loops in WebAssembly, where they are worth it. */
function planLoops(
  columns: readonly OpenColumn[],
  { total, capacity, whole }: ReadExtent,
  stride: number,
): WasmColumns | StagedColumns | undefined {
  // A signal that is read whole gets an array of its own, which can be kept or given to a worker.
  if (whole) {
    if (!StagedColumns.isWorth(total * stride)) return undefined;
    return StagedColumns.plan(targetsOf(columns), capacity, stride, total * stride);
  }
  if (total <= capacity) return undefined;
  return WasmColumns.plan(targetsOf(columns), capacity, total * stride);
}

async function startLane(
  columns: readonly OpenColumn[],
  feed: RecordFeed,
  loops: WasmColumns | StagedColumns,
  extent: ReadExtent,
): Promise<Lane> {
  const started = await loops.start(feed.run.stride);
  return makeLane(columns, feed, started ? loops : undefined, extent);
}

function makeLane(
  columns: readonly OpenColumn[],
  feed: RecordFeed,
  loops: ColumnLoops | undefined,
  { total, capacity, whole }: ReadExtent,
): Lane {
  if (!whole) {
    shareRoom(columns);
    return { feed, columns, loops };
  }
  if (total < JOINED_RECORDS) return { feed, columns, loops };
  const joined = JoinedColumns.over(targetsOf(columns), feed.run, capacity);
  return { feed, columns, loops: loops && joined ? bothLoops(loops, joined) : loops ?? joined };
}

function targetsOf(columns: readonly OpenColumn[]): NumberTarget[] {
  return columns.flatMap(({ column }) => column.target ?? []);
}

function bothLoops(first: ColumnLoops, second: ColumnLoops): ColumnLoops {
  return {
    run(at, count, index) {
      first.run(at, count, index);
      second.run(at, count, index);
    },
    finish(count) {
      first.finish?.(count);
      second.finish?.(count);
    },
  };
}
