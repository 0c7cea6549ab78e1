/**
 * Channels whose raw values are numbers.
 *
 * @module
 */
import type { Conversion } from "../conversion/compile_conversion.ts";
import {
  type Kernel,
  type NumberArray,
  type NumberArrayType,
  type NumberDecoder,
  sharedDecoder,
} from "../decode/number_kernels.ts";
import type { RecordRun } from "../decode/record_feed.ts";
import { type ByteSpan, NO_BYTES } from "../decode/transposed_columns.ts";
import type { NumberTarget } from "../decode/wasm_columns.ts";
import { byteSpan, type NumberLayout } from "../plan/column_layout.ts";
import type { Channel } from "./channel.ts";
import type { Column, NumberRoom, SignalValues } from "./column.ts";
import type { OpenColumn } from "./lanes.ts";
import { LazyValues } from "./values.ts";

const PLAIN: Filling = {};
/** Whole numbers of more bits than this do not fit a Float64Array. */
const FLOAT_BITS = 53;

/** Makes the column of a channel of plain or converted numbers. */
export function numberColumn(
  layout: NumberLayout,
  conversion: Conversion,
  capacity: number,
): Column {
  switch (conversion.kind) {
    case "none":
      return new NumberColumn(layout, capacity, PLAIN);
    case "mixed": {
      const exact = layout.numeric !== "float" && layout.bitCount > FLOAT_BITS;
      const convert = (raw: number | bigint) =>
        exact ? conversion.convertExact(raw as bigint) : conversion.convert(Number(raw));
      return new NumberColumn(layout, capacity, { convert });
    }
    case "linear":
      return new NumberColumn(layout, capacity, { linear: conversion });
    default: {
      // Adding -0 changes no number; adding 0 would make 0 of -0.
      const linear = { factor: 1, offset: -0 };
      const convertInPlace = conversion.kind === "numeric" ? conversion.convertInPlace : undefined;
      return new NumberColumn(layout, capacity, { linear, convertInPlace });
    }
  }
}

/** Raw numbers, converted. */
export function convertNumbers(
  raw: NumberArray,
  layout: NumberLayout,
  conversion: Conversion,
): SignalValues {
  switch (conversion.kind) {
    case "mixed": {
      const exact = layout.numeric !== "float" && layout.bitCount > FLOAT_BITS;
      const { convert, convertExact } = conversion;
      return new LazyValues<string | number>(
        raw.length,
        (i) => exact ? convertExact(raw[i] as bigint) : convert(Number(raw[i])),
      );
    }
    case "linear": {
      const { factor, offset } = conversion;
      return Float64Array.from(raw as Iterable<number>, (value) => Number(value) * factor + offset);
    }
    case "numeric": {
      const values = Float64Array.from(raw as Iterable<number>, Number);
      conversion.convertInPlace(values, 0, values.length);
      return values;
    }
    default:
      return raw;
  }
}

/** How a column of numbers is filled, and what is made of it. */
interface Filling {
  /** Where present, the numbers are 64-bit floats. */
  readonly linear?: NumberTarget["linear"];
  /** Converts what was taken, in place. */
  readonly convertInPlace?: (values: Float64Array, from: number, to: number) => void;
  /** Makes values of the numbers, where these are not the values. */
  readonly convert?: (raw: number | bigint) => string | number;
}

/**
 * A column of numbers of their own width, or of 64-bit floats. There may be very many at once, so that
 * what is not asked for is not made.
 */
class NumberColumn implements Column, OpenColumn, NumberTarget, NumberRoom {
  /** The channel, once the column was opened for one. */
  channel!: Channel;
  /** Numbers that the array must hold. */
  readonly length: number;
  readonly #decoder: NumberDecoder;
  readonly #byteOffset: number;
  readonly #filling: Filling;
  /** Undefined where somebody else fills the array. */
  #kernel: Kernel | undefined;
  #out: NumberArray | undefined;
  // Batches are of one length, but for the last; making a view costs as much as many values.
  #values: SignalValues | undefined;

  constructor(layout: NumberLayout, capacity: number, filling: Filling) {
    const decoder = sharedDecoder(layout);
    this.#decoder = decoder;
    this.#byteOffset = layout.byteOffset;
    this.length = capacity;
    this.#filling = filling;
    const { linear } = filling;
    this.#kernel = linear ? decoder.scaled(linear.factor, linear.offset) : decoder.own;
  }

  get span(): ByteSpan {
    return { byteOffset: this.#byteOffset, byteCount: byteSpan(this.#decoder.layout) };
  }

  get target(): NumberTarget {
    return this;
  }

  get column(): Column {
    return this;
  }

  get validity(): undefined {
    return undefined;
  }

  get elements(): undefined {
    return undefined;
  }

  opened(channel: Channel): OpenColumn {
    this.channel = channel;
    return this;
  }

  /** The decoder is that of all channels of the kind, which differ in where they lie. */
  get layout(): NumberLayout {
    return { ...this.#decoder.layout, byteOffset: this.#byteOffset };
  }

  get linear(): NumberTarget["linear"] {
    return this.#filling.linear;
  }

  get Type(): NumberArrayType {
    return this.#filling.linear ? Float64Array : this.#decoder.Own;
  }

  get array(): NumberArray | undefined {
    return this.#out;
  }

  adopt(values: NumberArray): void {
    this.#out = values;
    this.#values = undefined;
    this.#kernel = undefined;
  }

  get room(): NumberRoom | undefined {
    return this.#kernel && !this.#filling.convert ? this : undefined;
  }

  use(array: NumberArray): void {
    this.#out = array;
  }

  take({ view, at: from, stride, count }: RecordRun, at: number): void {
    const out = this.#out ??= new this.Type(this.length);
    this.#kernel?.(view, from + this.#byteOffset, stride, count, out, at);
    this.#filling.convertInPlace?.(out as Float64Array, at, at + count);
  }

  values(count: number): SignalValues {
    if (this.#values?.length === count) return this.#values;
    let out = this.#out ??= new this.Type(this.length);
    if (out.length !== count) out = out.subarray(0, count);
    const { convert } = this.#filling;
    return this.#values = convert ? converted(out, convert) : out;
  }
}

function converted(
  raw: NumberArray,
  convert: (raw: number | bigint) => string | number,
): LazyValues<string | number> {
  return new LazyValues(raw.length, (i) => convert(raw[i]));
}

/** Makes the column of a virtual channel. */
export function recordNumberColumn(conversion: Conversion, capacity: number): Column {
  let out = new Float64Array(capacity);
  const { factor, offset } = conversion.kind === "linear" ? conversion : { factor: 1, offset: 0 };
  return {
    span: NO_BYTES,
    take(run, at) {
      for (let i = 0; i < run.count; i++) out[at + i] = (run.first + i) * factor + offset;
      convertInPlace(conversion, out, at, run.count);
    },
    values: (count) => numberValues(conversion, out, count),
    room: conversion.kind === "mixed" ? undefined : {
      Type: Float64Array,
      length: capacity,
      use(array) {
        out = array as Float64Array<ArrayBuffer>;
      },
    },
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
