/**
 * Loops for integers at odd bit positions or of odd widths, up to 64 bits in nine bytes. The bytes
 * are put together in the channel's byte order, shifted right by the bit offset and masked; the rule
 * is the same for both byte orders.
 *
 * @module
 */
import { byteSpan, type NumberLayout } from "../plan/column_layout.ts";
import type { Kernel } from "./number_kernels.ts";

/**
 * Values of up to 32 bits, as `value * factor + offset`. With factor 1 and offset 0 the target may be
 * an array of the value's own width.
 */
export function bitKernel(layout: NumberLayout, factor: number, offset: number): Kernel {
  const { byteOffset, bitOffset: shift, bitCount, bigEndian } = layout;
  const span = byteSpan(layout);
  // Byte k of the value, least significant first, lies at first + k * step.
  const first = byteOffset + (bigEndian ? span - 1 : 0);
  const step = bigEndian ? -1 : 1;
  const low = Math.min(span, 4);
  const lift = 32 - bitCount;
  const signed = layout.numeric === "signed";
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    for (let i = 0, p = at + first; i < count; i++, p += stride) {
      let bits = 0;
      for (let k = 0; k < low; k++) bits |= view.getUint8(p + k * step) << (8 * k);
      bits >>>= shift;
      // A fifth byte is touched only when the shift is above 0.
      if (span > 4) bits |= view.getUint8(p + 4 * step) << (32 - shift);
      const value = signed ? (bits << lift) >> lift : (bits << lift) >>> lift;
      target[outAt + i] = value * factor + offset;
    }
  };
}

/** Values of more than 32 bits, as the two 32-bit words of a 64-bit integer. */
export function wideBitKernel(layout: NumberLayout): Kernel {
  const extract = wideExtractor(layout);
  return (view, at, stride, count, out, outAt) => {
    const target = new Uint32Array(out.buffer, out.byteOffset, out.length * 2);
    for (let i = 0, p = at; i < count; i++, p += stride) {
      extract(view, p, target, 2 * (outAt + i));
    }
  };
}

/** Values of more than 32 bits, as `value * factor + offset` in a Float64Array. */
export function wideBitScaledKernel(layout: NumberLayout, factor: number, offset: number): Kernel {
  const extract = wideExtractor(layout);
  const words = new Uint32Array(2);
  const signed = layout.numeric === "signed";
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    for (let i = 0, p = at; i < count; i++, p += stride) {
      extract(view, p, words, 0);
      const high = signed ? words[1] | 0 : words[1];
      target[outAt + i] = (high * 4294967296 + words[0]) * factor + offset;
    }
  };
}

type Extractor = (view: DataView, at: number, words: Uint32Array, index: number) => void;

function wideExtractor(layout: NumberLayout): Extractor {
  const { byteOffset, bitOffset: shift, bitCount, bigEndian } = layout;
  const span = byteSpan(layout);
  const first = byteOffset + (bigEndian ? span - 1 : 0);
  const step = bigEndian ? -1 : 1;
  const signed = layout.numeric === "signed";
  const lowLift = Math.max(0, 32 - bitCount);
  const highLift = Math.min(32, 64 - bitCount);
  return (view, at, words, index) => {
    const p = at + first;
    let low = 0;
    let high = 0;
    for (let k = 0; k < span && k < 4; k++) low |= view.getUint8(p + k * step) << (8 * k);
    for (let k = 4; k < span && k < 8; k++) high |= view.getUint8(p + k * step) << (8 * k - 32);
    const ninth = span > 8 ? view.getUint8(p + 8 * step) : 0;
    if (shift > 0) {
      low = (low >>> shift) | (high << (32 - shift));
      high = (high >>> shift) | (ninth << (32 - shift));
    }
    if (highLift === 32) {
      low = signed ? (low << lowLift) >> lowLift : (low << lowLift) >>> lowLift;
      high = signed ? low >> 31 : 0;
    } else {
      high = signed ? (high << highLift) >> highLift : (high << highLift) >>> highLift;
    }
    words[index] = low;
    words[index + 1] = high;
  };
}
