/**
 * Opens the columns of the channels that are read from one group.
 *
 * @module
 */
import type { NumberArray } from "../decode/number_kernels.ts";
import { CorruptFileError, UsageError } from "../errors.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { Column, ColumnContext } from "./column.ts";
import { openElements } from "./element_columns.ts";
import type { OpenColumn } from "./lanes.ts";
import { openColumn } from "./open_column.ts";
import type { RecordWindow } from "./record_window.ts";
import type { ReadOptions } from "./signal.ts";
import { openValidity } from "./validity_column.ts";

/** Channels to read from one group. */
export interface GroupSelection {
  /** The group. */
  readonly group: ChannelGroup;
  /** Its channels, in the order asked for. */
  readonly channels: readonly Channel[];
  /** Arrays of the caller's for some of them. */
  readonly into?: ReadonlyMap<Channel, NumberArray>;
}

/**
 * The columns of a selection, with room for `capacity` records, but for those that fail where somebody
 * listens.
 */
export function openColumns(
  selection: GroupSelection,
  context: ColumnContext,
  capacity: number,
  options: ReadOptions,
): OpenColumn[] {
  const { channels } = selection;
  const columns = new Array<OpenColumn>(channels.length);
  let count = 0;
  // Going through very many by an iterator makes an object for each.
  for (let i = 0; i < channels.length; i++) {
    const channel = channels[i];
    try {
      const column = openColumn(channel, context, capacity);
      const array = selection.into?.get(channel);
      if (array) useArray(channel, column, array, context);
      const elements = openElements(channel, context, capacity);
      const validity = openValidity(channel, context, capacity);
      const bare = elements || validity ? undefined : column.opened?.(channel);
      columns[count++] = bare ?? { channel, elements, column, validity };
    } catch (error) {
      if (!options.onChannelError) throw error;
      options.onChannelError(channel, error);
    }
  }
  columns.length = count;
  return columns;
}

/** Has a column fill an array of the caller's. */
function useArray(channel: Channel, { room }: Column, array: NumberArray, context: ColumnContext) {
  const place = { file: context.source.name, block: "CN", offset: channel.model.offset };
  if (!room) {
    throw new UsageError(
      `the values of channel "${channel.name}" are no plain numbers, so there is no array to fill; ` +
        "read it without into",
      place,
    );
  }
  if (!(array instanceof room.Type) || array.length < room.length) {
    throw new UsageError(
      `to read channel "${channel.name}" into it, an array must be of the type ${room.Type.name} and have ` +
        `room for ${room.length} values; this is ${array.constructor.name}(${array.length})`,
      place,
    );
  }
  room.use(array);
}

/** The master as a column of converted numbers; the one asked for serves, when it is such a column. */
export function openMaster(
  group: ChannelGroup,
  columns: readonly OpenColumn[],
  context: ColumnContext,
  capacity: number,
): OpenColumn | undefined {
  const { master } = group;
  if (!master) return undefined;
  if (!context.raw) {
    const asked = columns.find(({ channel }) => channel === master);
    if (asked) return asked;
  }
  return {
    channel: master,
    column: openColumn(master, { ...context, raw: false }, capacity),
    validity: undefined,
  };
}

/** The master of another group must have a value for every record. */
export function checkMaster(
  master: Channel,
  group: ChannelGroup,
  window: RecordWindow,
  context: ColumnContext,
): void {
  if (master.group.recordCount >= window.end) return;
  throw new CorruptFileError(
    `group ${group.index} has ${group.recordCount} records, and its master "${master.name}" in group ` +
      `${master.group.index} only ${master.group.recordCount}`,
    { file: context.source.name, block: "CG", offset: group.model.offset },
  );
}
