/**
 * One channel's way from records to values: taken out by a kernel, converted, collected.
 *
 * @module
 */
import {
  compileConversion,
  type Conversion,
  type RawKind,
} from "../conversion/compile_conversion.ts";
import { type NumberArray, type NumberDecoder, numberDecoder } from "../decode/number_kernels.ts";
import { type ByteStream, ChainReader } from "../decode/chain_reader.ts";
import { type RecordRun, StorageStream } from "../decode/record_feed.ts";
import type { NumberTarget } from "../decode/wasm_columns.ts";
import { readValidity } from "../decode/validity.ts";
import { type PackedValues, VariableDataReader } from "../decode/variable_data.ts";
import { CorruptFileError, LimitExceededError } from "../errors.ts";
import type { ElementOrder } from "../plan/array_layout.ts";
import {
  type BytesLayout,
  type ColumnLayout,
  columnLayout,
  type LimitedLayout,
  type NumberLayout,
  type ValidityLayout,
  validityLayout,
  type VariableLayout,
} from "../plan/column_layout.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { DATA_TYPE, isNumeric, isText, UNFINALIZED } from "../structure/format_codes.ts";
import { problemError } from "../structure/problem.ts";
import type { Measurement } from "../structure/measurement.ts";
import type { Limits } from "../blocks/read_block.ts";
import { canopenDate, canopenTime } from "./canopen.ts";
import type { Channel } from "./channel.ts";
import { plainComment } from "./comment.ts";
import { textDecoder } from "./text.ts";
import { type BytesAt, fixedBytes, LazyValues, type Values } from "./values.ts";

/** Values of a signal, see the table in the module's documentation. */
export type SignalValues =
  | NumberArray
  | Values<string>
  | Values<string | number>
  | Values<Uint8Array>
  | Values<Date>;

/** What a column needs to know of the file. */
export interface ColumnContext {
  /** The file's structure. */
  readonly measurement: Measurement;
  /** The file's bytes. */
  readonly source: SourceReader;
  /** Limits in force. */
  readonly limits: Limits;
  /** Leave out conversions. */
  readonly raw: boolean;
  /** Cancels reading. */
  readonly signal?: AbortSignal;
}

/** A channel being read: `take` stretches of records, `finish` them, then `values`. */
export interface Column {
  /** Takes the values of a stretch and puts them at `at`. */
  take(run: RecordRun, at: number): void;
  /** Does what has to wait, once `count` values were taken. */
  finish(count: number): Promise<void> | void;
  /** The first `count` values; views of the column's own arrays. */
  values(count: number): SignalValues;
  /** Dimensions of one value, where a record holds several. */
  readonly dimensions?: readonly number[];
  /** What other loops need to fill the column's array; `take` then does the rest. */
  readonly target?: NumberTarget;
}

/** Validity of a channel's samples being read. */
export class ValidityColumn {
  readonly #layout: ValidityLayout;
  readonly #bits: Uint8Array;
  #invalid = false;

  /** Room for `capacity` samples. */
  constructor(layout: ValidityLayout, capacity: number) {
    this.#layout = layout;
    this.#bits = new Uint8Array(capacity);
  }

  /** Takes the validity of a stretch. */
  take(run: RecordRun, at: number): void {
    if (at === 0) this.#invalid = false;
    if (readValidity(this.#layout, run, this.#bits, at)) this.#invalid = true;
  }

  /** 1 for valid, 0 for invalid; undefined when all are valid. */
  values(count: number): Uint8Array | undefined {
    return this.#invalid ? this.#bits.subarray(0, count) : undefined;
  }
}

/** Makes the validity column of a channel, when its samples can be invalid. */
export function openValidity(
  channel: Channel,
  context: ColumnContext,
  capacity: number,
): ValidityColumn | undefined {
  const group = channel.group.model;
  const dataGroup = context.measurement.dataGroups[group.dataGroup];
  const layout = validityLayout(channel.model, group, dataGroup, context.source.name);
  return layout && new ValidityColumn(layout, capacity);
}

/** Makes the column of a channel, with room for `capacity` values. */
export function openColumn(channel: Channel, context: ColumnContext, capacity: number): Column {
  const { model } = channel;
  const file = context.source.name;
  if (model.problem) throw problemError(model.problem, file);
  const group = channel.group.model;
  const dataGroup = context.measurement.dataGroups[group.dataGroup];
  const layout = columnLayout(model, group, dataGroup, file);
  const element = layout.kind === "array" ? layout.element : layout;
  const conversion = openConversion(channel, layout.kind, context);
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
  const room = capacity * elements;
  const open = (): Column => {
    switch (element.kind) {
      case "number":
        return numberColumn(element, conversion, room);
      case "record-number":
        return recordNumberColumn(conversion, room);
      case "bytes":
        return bytesColumn(element, channel, conversion, room);
      case "variable":
        return variableColumn(element, channel, conversion, context, room);
      case "limited":
        return limitedColumn(element, channel, conversion, context, room);
    }
  };
  return layout.kind === "array" ? arrayColumn(layout.order, elements, open()) : open();
}

function bytesOfValue(layout: ColumnLayout): number {
  if (layout.kind === "bytes") return layout.byteCount;
  return layout.kind === "limited" ? layout.room.byteCount + 8 : 8;
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((product, size) => product * size, 1);
}

/** The elements of a record are to an array what the records of a stretch are to a plain channel. */
function arrayColumn(order: ElementOrder, elements: number, column: Column): Column {
  return {
    dimensions: order.dimensions,
    take(run, at) {
      const part: RecordRun = { ...run };
      for (let i = 0, start = run.at; i < run.count; i++, start += run.stride) {
        let place = (at + i) * elements;
        for (const { offset, stride, count } of order.runs) {
          part.at = start + offset;
          part.stride = stride;
          part.count = count;
          column.take(part, place);
          place += count;
        }
      }
    },
    finish: (count) => column.finish(count * elements),
    values: (count) => column.values(count * elements),
  };
}

function openConversion(channel: Channel, layoutKind: string, context: ColumnContext): Conversion {
  if (context.raw) return { kind: "none" };
  const { dataType, conversion, structure } = channel.model;
  const rawKind: RawKind = layoutKind === "record-number"
    ? "integer"
    : structure
    ? "other"
    : dataType <= DATA_TYPE.signedBE
    ? "integer"
    : isNumeric(dataType)
    ? "float"
    : isText(dataType)
    ? "text"
    : "other";
  return compileConversion(
    context.measurement.conversions,
    conversion,
    rawKind,
    { file: context.source.name, plainText: plainComment },
  );
}

/** Whole numbers of more bits than this do not fit a Float64Array. */
const FLOAT_BITS = 53;

function numberColumn(layout: NumberLayout, conversion: Conversion, capacity: number): Column {
  const decoder = numberDecoder(layout);
  if (conversion.kind === "none") {
    return filledColumn(decoder, undefined, capacity, (out) => out);
  }
  if (conversion.kind === "mixed") {
    const exact = layout.numeric !== "float" && layout.bitCount > FLOAT_BITS;
    const convert = (raw: number | bigint) =>
      exact ? conversion.convertExact(raw as bigint) : conversion.convert(Number(raw));
    return filledColumn(decoder, undefined, capacity, (out) => {
      return new LazyValues<string | number>(out.length, (i) => convert(out[i]));
    });
  }
  // Adding -0 changes no number; adding 0 would make 0 of -0.
  const linear = conversion.kind === "linear" ? conversion : { factor: 1, offset: -0 };
  const convert = conversion.kind === "numeric" ? conversion.convertInPlace : undefined;
  return filledColumn(decoder, linear, capacity, (out) => out, convert);
}

/** A column of numbers of their own width, or, with `linear`, of 64-bit floats. */
function filledColumn(
  decoder: NumberDecoder,
  linear: NumberTarget["linear"],
  capacity: number,
  valuesOf: (out: NumberArray) => SignalValues,
  convertInPlace?: (values: Float64Array, from: number, to: number) => void,
): Column {
  const Type = linear ? Float64Array : decoder.Own;
  let kernel = linear ? decoder.scaled(linear.factor, linear.offset) : decoder.own;
  let out: NumberArray | undefined;
  // Batches are of one length, but for the last; making a view costs as much as many values.
  let given: { count: number; values: SignalValues } | undefined;
  return {
    target: {
      ...{ layout: decoder.layout, linear, Type },
      adopt(values) {
        out = values;
        kernel = () => {};
      },
    },
    take(run, at) {
      out ??= new Type(capacity);
      kernel(run.view, run.at, run.stride, run.count, out, at);
      convertInPlace?.(out as Float64Array, at, at + run.count);
    },
    finish: () => {},
    values(count) {
      out ??= new Type(capacity);
      if (given?.count !== count) given = { count, values: valuesOf(out.subarray(0, count)) };
      return given.values;
    },
  };
}

function recordNumberColumn(conversion: Conversion, capacity: number): Column {
  const out = new Float64Array(capacity);
  const { factor, offset } = conversion.kind === "linear" ? conversion : { factor: 1, offset: 0 };
  return {
    take(run, at) {
      for (let i = 0; i < run.count; i++) out[at + i] = (run.first + i) * factor + offset;
      convertInPlace(conversion, out, at, run.count);
    },
    finish: () => {},
    values: (count) => numberValues(conversion, out, count),
  };
}

function convertInPlace(conversion: Conversion, out: Float64Array, at: number, count: number) {
  if (conversion.kind === "numeric") conversion.convertInPlace(out, at, at + count);
}

function numberValues(conversion: Conversion, out: Float64Array, count: number): SignalValues {
  if (conversion.kind !== "mixed") return out.subarray(0, count);
  const { convert } = conversion;
  return new LazyValues<string | number>(count, (i) => convert(out[i]));
}

function bytesColumn(
  layout: BytesLayout,
  channel: Channel,
  conversion: Conversion,
  capacity: number,
): Column {
  const { byteOffset, byteCount } = layout;
  const out = new Uint8Array(capacity * byteCount);
  return {
    take: (run, at) => takeBytes(run, byteOffset, byteCount, out, at),
    finish: () => {},
    values: (count) => byteValues(fixedBytes(out, byteCount), count, channel, conversion),
  };
}

function takeBytes(
  run: RecordRun,
  byteOffset: number,
  byteCount: number,
  out: Uint8Array,
  at: number,
): void {
  const { bytes, stride, count } = run;
  for (let i = 0, p = run.at + byteOffset, q = at * byteCount; i < count; i++, p += stride) {
    for (let k = 0; k < byteCount; k++) out[q++] = bytes[p + k];
  }
}

function variableColumn(
  layout: VariableLayout,
  channel: Channel,
  conversion: Conversion,
  context: ColumnContext,
  capacity: number,
): Column {
  const places = new Float64Array(capacity);
  const kernel = numberDecoder(layout.place).scaled(1, 0);
  const inOrder = layout.storageGroup !== undefined &&
    (context.measurement.identification.unfinalizedFlags & UNFINALIZED.variableOffsets) !== 0;
  let reader: VariableDataReader | undefined;
  let packed: PackedValues;
  let firstRecord = 0;
  return {
    take(run, at) {
      if (at === 0) firstRecord = run.first;
      kernel(run.view, run.at, run.stride, run.count, places, at);
    },
    async finish(count) {
      reader ??= new VariableDataReader(
        await openVariableStream(layout, context),
        context.limits.signalBytes,
        context.source.name,
      );
      if (inOrder) await reader.placesInOrder(firstRecord, places, count);
      packed = await reader.collect(places, count);
    },
    values(count) {
      const { bytes, starts, ends } = packed;
      return byteValues((i) => bytes.subarray(starts[i], ends[i]), count, channel, conversion);
    },
  };
}

function limitedColumn(
  layout: LimitedLayout,
  channel: Channel,
  conversion: Conversion,
  context: ColumnContext,
  capacity: number,
): Column {
  const { byteOffset, byteCount } = layout.room;
  const out = new Uint8Array(capacity * byteCount);
  const used = new Float64Array(capacity);
  const kernel = numberDecoder(layout.used).scaled(1, 0);
  return {
    take(run, at) {
      takeBytes(run, byteOffset, byteCount, out, at);
      kernel(run.view, run.at, run.stride, run.count, used, at);
    },
    finish(count) {
      for (let i = 0; i < count; i++) {
        if (used[i] >= 0 && used[i] <= byteCount) continue;
        throw new CorruptFileError(
          `channel "${channel.name}": value ${i} of the stretch is said to be ${
            used[i]
          } bytes long, ` +
            `and there is room for ${byteCount}`,
          { file: context.source.name, block: "CN", offset: channel.model.offset },
        );
      }
    },
    values: (count) =>
      byteValues(
        (i) => out.subarray(i * byteCount, i * byteCount + used[i]),
        count,
        channel,
        conversion,
      ),
  };
}

/** The stream of a channel's values of variable length; empty where there is no link to one. */
async function openVariableStream(
  { signalData, storageGroup }: VariableLayout,
  { source, measurement, signal }: ColumnContext,
): Promise<ByteStream> {
  if (storageGroup !== undefined) {
    return await StorageStream.open(source, measurement, storageGroup, signal);
  }
  const chain = signalData === undefined
    ? { fragments: [], length: 0 }
    : measurement.signalData[signalData];
  return new ChainReader(source, chain, signal);
}

function byteValues(
  bytesAt: BytesAt,
  count: number,
  channel: Channel,
  conversion: Conversion,
): SignalValues {
  const { dataType, structure } = channel.model;
  if (!structure && isText(dataType)) {
    const decode = textDecoder(dataType);
    switch (conversion.kind) {
      case "text": {
        const { convert } = conversion;
        return new LazyValues<string | number>(count, (i) => convert(decode(bytesAt(i))));
      }
      case "text-to-number": {
        const { convert } = conversion;
        return Float64Array.from({ length: count }, (_, i) => convert(decode(bytesAt(i))));
      }
      default:
        return new LazyValues(count, (i) => decode(bytesAt(i)));
    }
  }
  if (!structure && dataType === DATA_TYPE.canopenDate) {
    return new LazyValues(count, (i) => canopenDate(bytesAt(i)));
  }
  if (!structure && dataType === DATA_TYPE.canopenTime) {
    return new LazyValues(count, (i) => canopenTime(bytesAt(i)));
  }
  return new LazyValues(count, bytesAt);
}
