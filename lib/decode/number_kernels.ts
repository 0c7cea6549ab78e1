/**
 * Loops that take numbers out of records. Each is chosen once per channel and runs over a stretch of
 * records of one length; nothing is allocated per record.
 *
 * @module
 */
import { byteSpan, type NumberLayout } from "../plan/column_layout.ts";
import {
  ownF32,
  ownF64,
  ownI16,
  ownI32,
  ownI8,
  ownU16,
  ownU32,
  ownU8,
  ownWords,
} from "./aligned_loops.ts";
import { bitKernel, bitScaledKernel, wideBitKernel, wideBitScaledKernel } from "./bit_kernels.ts";
import {
  scaledF32,
  scaledF64,
  scaledI16,
  scaledI32,
  scaledI64,
  scaledI8,
  scaledU16,
  scaledU32,
  scaledU64,
  scaledU8,
} from "./scaled_loops.ts";

/** Arrays that hold numbers. */
export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/**
 * Takes `count` values from records that start at `at` and lie `stride` bytes apart, and puts them
 * into `out` from `outAt` on.
 */
export type Kernel = (
  view: DataView,
  at: number,
  stride: number,
  count: number,
  out: NumberArray,
  outAt: number,
) => void;

/** A constructor of arrays that hold numbers. */
export interface NumberArrayType {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumberArray;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): NumberArray;
}

/** How a channel's numbers are taken out. */
export interface NumberDecoder {
  /** Where they lie in the record. */
  readonly layout: NumberLayout;
  /** The array of the channel's own width. */
  readonly Own: NumberArrayType;
  /** Makes an array of the channel's own width. */
  allocate(length: number): NumberArray;
  /** Fills an array made by `allocate`. */
  readonly own: Kernel;
  /** Makes a loop that fills a `Float64Array` with `value * factor + offset`. */
  scaled(factor: number, offset: number): Kernel;
}

/** Chooses the loops for a layout. */
export function numberDecoder(layout: NumberLayout): NumberDecoder {
  const { Own, own, scaled } = chooseLoops(layout);
  return { layout, Own, allocate: (length) => new Own(length), own, scaled };
}

const shared = new Map<number, NumberDecoder>();

/**
 * The loops for numbers of that kind at the start of a record; those of many channels are the same. For
 * others, `at` is to be moved on by the layout's `byteOffset`.
 */
export function sharedDecoder(layout: NumberLayout): NumberDecoder {
  const { numeric, bitCount, bitOffset, bigEndian } = layout;
  const kind = numeric === "float" ? 2 : numeric === "signed" ? 1 : 0;
  const key = ((kind * 2 + (bigEndian ? 1 : 0)) * 8 + bitOffset) * 128 + bitCount;
  let known = shared.get(key);
  if (!known) shared.set(key, known = numberDecoder({ ...layout, byteOffset: 0 }));
  return known;
}

type Loops = Pick<NumberDecoder, "Own" | "own" | "scaled">;

function chooseLoops(layout: NumberLayout): Loops {
  const aligned = layout.bitOffset === 0 && [8, 16, 32, 64].includes(layout.bitCount);
  if (layout.numeric === "float") return floatDecoder(layout, aligned);
  return aligned ? alignedInteger(layout) : packedInteger(layout);
}

function alignedInteger({ byteOffset: o, bitCount, numeric, bigEndian }: NumberLayout): Loops {
  const le = !bigEndian;
  const signed = numeric === "signed";
  switch (bitCount) {
    case 8:
      return signed
        ? decoder(Int8Array, ownI8(o), (f, b) => scaledI8(o, f, b))
        : decoder(Uint8Array, ownU8(o), (f, b) => scaledU8(o, f, b));
    case 16:
      return signed
        ? decoder(Int16Array, ownI16(o, le), (f, b) => scaledI16(o, le, f, b))
        : decoder(Uint16Array, ownU16(o, le), (f, b) => scaledU16(o, le, f, b));
    case 32:
      return signed
        ? decoder(Int32Array, ownI32(o, le), (f, b) => scaledI32(o, le, f, b))
        : decoder(Uint32Array, ownU32(o, le), (f, b) => scaledU32(o, le, f, b));
    default:
      return signed
        ? decoder(BigInt64Array, ownWords(o, le), (f, b) => scaledI64(o, le, f, b))
        : decoder(BigUint64Array, ownWords(o, le), (f, b) => scaledU64(o, le, f, b));
  }
}

function packedInteger(layout: NumberLayout): Loops {
  const signed = layout.numeric === "signed";
  if (layout.bitCount > 32) {
    return decoder(
      signed ? BigInt64Array : BigUint64Array,
      wideBitKernel(layout),
      (factor, offset) => wideBitScaledKernel(layout, factor, offset),
    );
  }
  const type = layout.bitCount <= 8
    ? signed ? Int8Array : Uint8Array
    : layout.bitCount <= 16
    ? signed ? Int16Array : Uint16Array
    : signed
    ? Int32Array
    : Uint32Array;
  return decoder(type, bitKernel(layout), (f, b) => bitScaledKernel(layout, f, b));
}

function floatDecoder(layout: NumberLayout, aligned: boolean): Loops {
  const { byteOffset: o, bitCount, bigEndian } = layout;
  const le = !bigEndian;
  if (aligned && bitCount === 64) {
    return decoder(Float64Array, ownF64(o, le), (f, b) => scaledF64(o, le, f, b));
  }
  if (aligned && bitCount === 32) {
    return decoder(Float32Array, ownF32(o, le), (f, b) => scaledF32(o, le, f, b));
  }
  const type = bitCount === 64 ? Float64Array : Float32Array;
  // Adding -0 changes no number; adding 0 would make 0 of -0.
  return decoder(type, patternKernel(layout, 1, -0), (f, b) => patternKernel(layout, f, b));
}

/** Floats of 16 bits, or at odd bit positions: the pattern is taken out first, then understood. */
function patternKernel(layout: NumberLayout, factor: number, offset: number): Kernel {
  const pattern = new BigUint64Array(1);
  const words = new DataView(pattern.buffer);
  const extract = wideBitKernel({ ...layout, numeric: "unsigned" });
  const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  const at = little ? 0 : 8 - layout.bitCount / 8;
  const understand = layout.bitCount === 64
    ? () => words.getFloat64(0, little)
    : layout.bitCount === 32
    ? () => words.getFloat32(at, little)
    : () => halfToNumber(words.getUint16(at, little));
  const span = byteSpan(layout);
  return (view, start, stride, count, out, outAt) => {
    const target = out as Float64Array;
    for (let i = 0, p = start; i < count; i++, p += stride) {
      extract(view, p, span, 1, pattern, 0);
      target[outAt + i] = understand() * factor + offset;
    }
  };
}

/** Value of a 16-bit float (IEEE 754 binary16). */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function decoder(Own: NumberArrayType, own: Kernel, scaled: NumberDecoder["scaled"]): Loops {
  return { Own, own, scaled };
}
