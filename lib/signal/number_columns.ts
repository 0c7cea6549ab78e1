/**
 * Channels whose raw values are numbers.
 *
 * @module
 */
import type { Conversion } from "../conversion/compile_conversion.ts";
import { type NumberArray, type NumberDecoder, numberDecoder } from "../decode/number_kernels.ts";
import type { NumberTarget } from "../decode/wasm_columns.ts";
import type { NumberLayout } from "../plan/column_layout.ts";
import type { Column, SignalValues } from "./column.ts";
import { LazyValues } from "./values.ts";

/** Whole numbers of more bits than this do not fit a Float64Array. */
const FLOAT_BITS = 53;

/** Makes the column of a channel of plain or converted numbers. */
export function numberColumn(
  layout: NumberLayout,
  conversion: Conversion,
  capacity: number,
): Column {
  const decoder = numberDecoder(layout);
  if (conversion.kind === "none") {
    return filledColumn(decoder, undefined, capacity, (out) => out);
  }
  if (conversion.kind === "mixed") {
    const exact = layout.numeric !== "float" && layout.bitCount > FLOAT_BITS;
    const convert = (raw: number | bigint) =>
      exact ? conversion.convertExact(raw as bigint) : conversion.convert(Number(raw));
    const filled = filledColumn(decoder, undefined, capacity, (out) => {
      return new LazyValues<string | number>(out.length, (i) => convert(out[i]));
    });
    return { ...filled, room: undefined };
  }
  // Adding -0 changes no number; adding 0 would make 0 of -0.
  const linear = conversion.kind === "linear" ? conversion : { factor: 1, offset: -0 };
  const convert = conversion.kind === "numeric" ? conversion.convertInPlace : undefined;
  return filledColumn(decoder, linear, capacity, (out) => out, convert);
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
    room: {
      Type,
      length: capacity,
      use(array) {
        out = array;
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

/** Makes the column of a virtual channel. */
export function recordNumberColumn(conversion: Conversion, capacity: number): Column {
  let out = new Float64Array(capacity);
  const { factor, offset } = conversion.kind === "linear" ? conversion : { factor: 1, offset: 0 };
  return {
    take(run, at) {
      for (let i = 0; i < run.count; i++) out[at + i] = (run.first + i) * factor + offset;
      convertInPlace(conversion, out, at, run.count);
    },
    finish: () => {},
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
