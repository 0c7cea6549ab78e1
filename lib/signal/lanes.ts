/**
 * Columns together with the records that they are filled from.
 *
 * @module
 */
import { openElementFeed } from "../decode/element_feed.ts";
import { openFeed, type RecordFeed } from "../decode/record_feed.ts";
import { WasmColumns } from "../decode/wasm_columns.ts";
import type { ArrayModel } from "../structure/measurement.ts";
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
export async function openLanes(
  opened: readonly OpenColumn[],
  master: OpenColumn | undefined,
  group: ChannelGroup,
  extent: ReadExtent,
  context: ColumnContext,
): Promise<Lane[]> {
  const rows = opened.filter(({ elements }) => elements);
  const plain = rows.length > 0 ? opened.filter(({ elements }) => !elements) : opened;
  const own = master?.channel.group === group ? [...plain, master] : plain;
  const lanes = [await openLane(own, group, extent, context)];
  if (master && master.channel.group !== group) {
    lanes.push(await openLane([master], master.channel.group, extent, context));
  }
  const { source, measurement } = context;
  const byArray = new Map<ArrayModel, OpenColumn[]>();
  for (const column of rows) {
    const { array } = column.elements!;
    const known = byArray.get(array);
    if (known) known.push(column);
    else byArray.set(array, [column]);
  }
  for (const [array, columns] of byArray) {
    const feed = openElementFeed(source, measurement, group.model, array, extent.capacity, context);
    lanes.push({ feed, columns });
  }
  return lanes;
}

async function openLane(
  columns: readonly OpenColumn[],
  group: ChannelGroup,
  extent: ReadExtent,
  context: ColumnContext,
): Promise<Lane> {
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
  const makeBuffer = loops && ((bytes: number) => loops.makeSource(bytes));
  const feed = await openFeed(source, measurement, group.model, capacity, context, {
    ...{ makeBuffer, columns: columns.length, storage: context.storage },
  });
  const started = await loops?.start(feed.run.stride);
  if (!extent.whole) shareRoom(columns);
  return { feed, columns, loops: started ? loops : undefined };
}
