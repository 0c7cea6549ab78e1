/**
 * Columns together with the records that they are filled from.
 *
 * @module
 */
import { openElementFeed } from "../decode/element_feed.ts";
import { openFeed, type RecordFeed, type SharedBuffer } from "../decode/record_feed.ts";
import { WasmColumns } from "../decode/wasm_columns.ts";
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

/** Columns that are filled from the same records. */
export interface Lane {
  /** Brings the records. */
  readonly feed: RecordFeed;
  /** The columns. */
  readonly columns: readonly OpenColumn[];
  /** Fills the arrays of some of the columns. */
  readonly loops?: WasmColumns;
}

/** How much is read. */
export interface ReadExtent {
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
  const { total, capacity } = extent;
  // A signal that is read whole gets an array of its own, which can be kept or given to a worker.
  const loops = total > capacity
    ? WasmColumns.plan(
      columns.flatMap(({ column }) => column.target ?? []),
      capacity,
      total * groupRecordBytes(group, context),
    )
    : undefined;
  const makeBuffer = loops
    ? (bytes: number) => loops.makeSource(bytes)
    : buffer && ((bytes: number) => buffer.take(bytes));
  const feed = openFeed(source, measurement, group.model, capacity, context, {
    ...{ makeBuffer, columns: columns.length, storage: context.shares?.kept },
  });
  if (loops || feed instanceof Promise) return startLane(columns, feed, loops, extent);
  if (!extent.whole) shareRoom(columns);
  return { feed, columns };
}

async function startLane(
  columns: readonly OpenColumn[],
  opening: RecordFeed | Promise<RecordFeed>,
  loops: WasmColumns | undefined,
  { whole }: ReadExtent,
): Promise<Lane> {
  const feed = await opening;
  const started = await loops?.start(feed.run.stride);
  if (!whole) shareRoom(columns);
  return { feed, columns, loops: started ? loops : undefined };
}
