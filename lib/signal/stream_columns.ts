/**
 * Channels that lie in data streams (version 4.3). The streams of a batch are gone through once,
 * however many of their channels are read.
 *
 * @module
 */
import type { Conversion } from "../conversion/compile_conversion.ts";
import { type NumberArray, numberDecoder } from "../decode/number_kernels.ts";
import type { RecordRun } from "../decode/record_feed.ts";
import { StreamDecoder, type StreamValues } from "../decode/stream_decoder.ts";
import { CorruptFileError } from "../errors.ts";
import { columnLayout, fixedLayout, type NumberLayout } from "../plan/column_layout.ts";
import { failure } from "../plan/layout_error.ts";
import { type StreamLayout, streamLayout } from "../plan/stream_layout.ts";
import { DATA_TYPE, isNumeric } from "../structure/format_codes.ts";
import type { ChannelModel } from "../structure/measurement.ts";
import { byteValues } from "./byte_columns.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { Column, ColumnContext, SignalValues } from "./column.ts";
import { convertNumbers } from "./number_columns.ts";
import { LazyValues, type Values } from "./values.ts";

/** Opens the column of a channel's values as plain bytes. */
export type BytesOpener = (channel: Channel, model: ChannelModel) => Column;

/** The streams of one channel, being read. */
export class StreamReading {
  readonly layout: StreamLayout;
  readonly #group: ChannelGroup;
  readonly #file: string;
  readonly #capacity: number;
  readonly #streams: Column;
  readonly #references = new Map<number, ReferenceColumn>();
  readonly #wanted = new Set<number>();
  #decoder?: StreamDecoder;
  #taken = "";
  #found?: Promise<Map<number, StreamValues>>;

  constructor(
    group: ChannelGroup,
    parent: number,
    context: ColumnContext,
    capacity: number,
    openBytes: BytesOpener,
  ) {
    this.#group = group;
    this.#file = context.source.name;
    this.#capacity = capacity;
    this.layout = streamLayout(group.model, parent, this.#file);
    const channel = group.channels[parent];
    this.#streams = openBytes(channel, {
      ...channel.model,
      dataType: DATA_TYPE.bytes,
      composition: undefined,
    });
    for (const index of this.layout.references) {
      if (this.layout.channels.has(index)) continue;
      this.#references.set(index, new ReferenceColumn(group, index, context, capacity));
    }
  }

  /** Has the values of a channel kept. */
  want(channel: number): void {
    this.#wanted.add(channel);
  }

  /** Takes a stretch of records, once for all channels. */
  take(run: RecordRun, at: number): void {
    const stretch = `${run.first} ${at}`;
    if (stretch === this.#taken) return;
    this.#taken = stretch;
    this.#found = undefined;
    this.#streams.take(run, at);
    for (const reference of this.#references.values()) reference.take(run, at);
  }

  /** Goes through the streams of the batch, once for all channels. */
  finish(count: number): Promise<Map<number, StreamValues>> {
    return this.#found ??= this.#decode(Math.min(count, this.#capacity));
  }

  async #decode(count: number): Promise<Map<number, StreamValues>> {
    await this.#streams.finish?.(count);
    const streams = this.#streams.values(count) as Values<Uint8Array>;
    this.#decoder ??= new StreamDecoder(
      this.layout,
      this.#wanted,
      (channel, record) => this.#references.get(channel)!.at(record),
      this.#file,
    );
    return this.#decoder.decode(count, (record) => streams.at(record)!);
  }

  /** Model of a channel of the stream. */
  model(channel: number): ChannelModel {
    return this.#group.model.channels[channel];
  }
}

/** The column of a channel that lies in streams. */
export function streamColumn(
  reading: StreamReading,
  channel: Channel,
  conversion: Conversion,
): Column {
  const { index } = channel;
  reading.want(index);
  let found: StreamValues;
  const listed = reading.layout.listed.has(index);
  return {
    take: (run, at) => reading.take(run, at),
    async finish(count) {
      found = (await reading.finish(count)).get(index)!;
    },
    values(count) {
      return listed
        ? listValues(found, count, channel, conversion)
        : singleValues(found, count, channel, conversion);
    },
    valid(count) {
      if (listed || found.ends[count - 1] === count) return undefined;
      return Uint8Array.from(
        { length: count },
        (_, i) => found.ends[i] > startOf(found, i) ? 1 : 0,
      );
    },
  };
}

function startOf({ ends }: StreamValues, record: number): number {
  return record === 0 ? 0 : ends[record - 1];
}

/** For each record the values of the list, as a typed array or as an array. */
function listValues(
  found: StreamValues,
  count: number,
  channel: Channel,
  conversion: Conversion,
): SignalValues {
  const total = count === 0 ? 0 : found.ends[count - 1];
  const all = flatValues(found, total, channel, conversion);
  return new LazyValues<NumberArray | unknown[]>(count, (i) => {
    const [from, to] = [startOf(found, i), found.ends[i]];
    if (ArrayBuffer.isView(all)) return all.subarray(from, to) as NumberArray;
    return Array.from({ length: to - from }, (_, k) => all.at(from + k));
  });
}

/** One value for each record; 0 or no bytes where there is none, which is not valid then. */
function singleValues(
  found: StreamValues,
  count: number,
  channel: Channel,
  conversion: Conversion,
): SignalValues {
  const places = Float64Array.from({ length: count }, (_, i) => {
    const at = startOf(found, i);
    return found.ends[i] > at ? at : -1;
  });
  const layout = numberLayout(channel.model);
  if (!layout) {
    const none = new Uint8Array();
    return byteValues(
      (i) => places[i] < 0 ? none : found.bytes[places[i]],
      count,
      channel,
      conversion,
    );
  }
  const raw = numberDecoder(layout).allocate(count);
  for (let i = 0; i < count; i++) if (places[i] >= 0) raw[i] = found.numbers![places[i]];
  return convertNumbers(raw, layout, conversion);
}

function flatValues(
  found: StreamValues,
  total: number,
  channel: Channel,
  conversion: Conversion,
): SignalValues {
  const layout = numberLayout(channel.model);
  if (!layout) return byteValues((i) => found.bytes[i], total, channel, conversion);
  return convertNumbers(found.numbers ?? numberDecoder(layout).allocate(0), layout, conversion);
}

function numberLayout(model: ChannelModel): NumberLayout | undefined {
  if (model.structure || model.composition || !isNumeric(model.dataType)) return undefined;
  const layout = fixedLayout({ ...model, bitOffset: 0 }, 0, model);
  return layout.kind === "number" ? layout : undefined;
}

/** Raw numbers of a channel of the record that tells sizes or options. */
class ReferenceColumn {
  readonly #column: NumberArray;
  readonly #kernel;

  constructor(group: ChannelGroup, index: number, context: ColumnContext, capacity: number) {
    const { measurement, source } = context;
    const model = group.model.channels[index];
    const dataGroup = measurement.dataGroups[group.model.dataGroup];
    const layout = columnLayout(model, group.model, dataGroup, source.name);
    if (layout.kind !== "number" || layout.numeric === "float") {
      throw failure(model, source.name)(
        "sizes and options are told by a channel that is no integer",
        CorruptFileError,
      );
    }
    const decoder = numberDecoder(layout);
    this.#column = decoder.allocate(capacity);
    this.#kernel = decoder.own;
  }

  take(run: RecordRun, at: number): void {
    this.#kernel(run.view, run.at, run.stride, run.count, this.#column, at);
  }

  at(record: number): bigint | number {
    return this.#column[record];
  }
}

/** A channel that is there only when another one has a certain value. */
export function optionColumn(
  column: Column,
  discriminator: number,
  value: bigint,
  group: ChannelGroup,
  context: ColumnContext,
  capacity: number,
): Column {
  const reference = new ReferenceColumn(group, discriminator, context, capacity);
  return {
    dimensions: column.dimensions,
    take(run, at) {
      column.take(run, at);
      reference.take(run, at);
    },
    finish: (count) => column.finish?.(count),
    values: (count) => column.values(count),
    valid(count) {
      const valid = Uint8Array.from(
        { length: count },
        (_, i) => BigInt(reference.at(i)) === value ? 1 : 0,
      );
      return valid.includes(0) ? valid : undefined;
    },
  };
}
