/**
 * One channel's way from records to values: taken out by a kernel, converted, collected.
 *
 * @module
 */
import { compileConversion, type Conversion } from "../conversion/compile_conversion.ts";
import { LimitExceededError, UnsupportedFeatureError } from "../errors.ts";
import {
  type ArrayLayout,
  type ColumnLayout,
  columnLayout,
  type NumberLayout,
} from "../plan/column_layout.ts";
import { failure } from "../plan/layout_error.ts";
import { streamOf } from "../plan/stream_layout.ts";
import { UNFINALIZED } from "../structure/format_codes.ts";
import type { ArrayModel, ChannelModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { arrayColumn } from "./array_column.ts";
import { bytesColumn } from "./byte_columns.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { Column, ColumnContext } from "./column.ts";
import { plainComment } from "./comment.ts";
import { numberColumn, recordNumberColumn } from "./number_columns.ts";
import { rawKind } from "./raw_kind.ts";
import { optionColumn, streamColumn, StreamReading } from "./stream_columns.ts";
import { limitedColumn, variableColumn } from "./variable_columns.ts";

/**
 * Makes the column of a channel, with room for `capacity` values. `arrays` are the arrays that a value
 * is, where they are not those of the channel.
 */
export function openColumn(
  channel: Channel,
  context: ColumnContext,
  capacity: number,
  arrays: readonly ArrayModel[] | undefined = channel.model.arrays,
): Column {
  const model = modelWith(channel.model, arrays);
  const file = context.source.name;
  if (model.problem) throw problemError(model.problem, file);
  const group = channel.group.model;
  const stream = streamOf(group, channel.index);
  if (stream !== undefined) {
    const reading = openStream(channel.group, stream, context, capacity);
    return streamColumn(reading, channel, openConversion(channel, context));
  }
  refuseList(channel, file);
  const column = openPlain(channel, model, context, capacity);
  const variant = model.parent === undefined ? undefined : group.channels[model.parent].composition;
  if (variant?.kind !== "variant") return column;
  const value = BigInt(variant.values[variant.members.indexOf(channel.index)]);
  return optionColumn(column, variant.discriminator, value, channel.group, context, capacity);
}

/** The model of a channel with these arrays in place of its own. */
export function modelWith(model: ChannelModel, arrays: readonly ArrayModel[] | undefined) {
  return arrays === model.arrays ? model : { ...model, arrays: arrays && [...arrays] };
}

/** Streams of a channel, shared by the channels that lie in them. */
function openStream(
  group: ChannelGroup,
  parent: number,
  context: ColumnContext,
  capacity: number,
): StreamReading {
  const known = context.shares?.streams.get(parent);
  if (known) return known;
  const { problem } = group.model.channels[parent];
  if (problem) throw problemError(problem, context.source.name);
  const reading = new StreamReading(
    group,
    parent,
    context,
    capacity,
    (channel, model) => openPlain(channel, model, { ...context, raw: true }, capacity),
  );
  context.shares?.streams.set(parent, reading);
  return reading;
}

/** Lists are known to lie in data streams only. */
function refuseList(channel: Channel, file: string): void {
  const { channels } = channel.group.model;
  for (let at: number | undefined = channel.index; at !== undefined; at = channels[at].parent) {
    if (channels[at].composition?.kind !== "list") continue;
    throw failure(channel.model, file)(
      "it belongs to a list outside of a data stream, which is not supported",
      UnsupportedFeatureError,
    );
  }
}

function openPlain(
  channel: Channel,
  model: ChannelModel,
  context: ColumnContext,
  capacity: number,
): Column {
  const file = context.source.name;
  const group = channel.group.model;
  const dataGroup = context.measurement.dataGroups[group.dataGroup];
  const layout = columnLayout(model, group, dataGroup, file);
  const element = layout.kind === "array" ? layout.element : layout;
  const conversion = openConversion(channel, context);
  const elements = layout.kind === "array" ? product(layout.order.dimensions) : 1;
  const width = bytesOfValue(element) * elements;
  if (capacity * width > context.limits.signalBytes) {
    throw new LimitExceededError(
      `channel "${model.name}" has ${capacity} values of up to ${width} bytes, more than ` +
        `${context.limits.signalBytes} bytes; stream it, read fewer records, or raise ` +
        "limits.signalBytes",
      { file, block: "CN", offset: model.offset },
    );
  }
  const unordered = context.measurement.identification.unfinalizedFlags &
    UNFINALIZED.variableOffsets;
  if (layout.kind === "array" && element.kind === "variable" && unordered) {
    throw new UnsupportedFeatureError(
      `channel "${model.name}" is an array of values of variable length, and the file was never ` +
        "finished, so that it does not tell where these values are",
      { file, block: "CN", offset: model.offset },
    );
  }
  const room = capacity * elements;
  const column = element.kind === "number"
    ? numberColumn(element, conversion, room)
    : otherColumn(element, { name: channel.name, model }, conversion, context, room);
  return layout.kind === "array" ? arrayColumn(layout.order, elements, column) : column;
}

function otherColumn(
  element: Exclude<ColumnLayout, ArrayLayout | NumberLayout>,
  owner: { name: string; model: ChannelModel },
  conversion: Conversion,
  context: ColumnContext,
  room: number,
): Column {
  switch (element.kind) {
    case "record-number":
      return recordNumberColumn(conversion, room);
    case "bytes":
      return bytesColumn(element, owner, conversion, room);
    case "variable":
      return variableColumn(element, owner, conversion, context, room);
    case "limited":
      return limitedColumn(element, owner, conversion, context, room);
  }
}

function bytesOfValue(layout: ColumnLayout): number {
  if (layout.kind === "bytes") return layout.byteCount;
  return layout.kind === "limited" ? layout.room.byteCount + 8 : 8;
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((product, size) => product * size, 1);
}

function openConversion(channel: Channel, context: ColumnContext): Conversion {
  if (context.raw) return { kind: "none" };
  return compileConversion(
    context.measurement.conversions,
    channel.model.conversion,
    rawKind(channel.model),
    { file: context.source.name, plainText: plainComment },
  );
}
