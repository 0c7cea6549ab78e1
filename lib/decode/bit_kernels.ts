/**
 * Loops for integers at odd bit positions or of odd widths, up to 64 bits in nine bytes. The bytes
 * are put together in the channel's byte order, shifted right by the bit offset and masked; the rule
 * is the same for both byte orders.
 *
 * @module
 */
import { byteSpan, type NumberLayout } from "../plan/column_layout.ts";
import type { Kernel } from "./number_kernels.ts";

/** Values that are taken out before they are put into the array they are for. */
const STAGED_VALUES = 1024;
const staged = new Uint32Array(STAGED_VALUES);
const stagedSigned = new Int32Array(staged.buffer);

/**
 * Puts the bytes of values together as 32 bits, shifted down by `shift` and cut by `mask`. There is a loop for each number of bytes, so that none has to be counted in it.
 */
type BitLoop = (
  view: DataView,
  at: number,
  stride: number,
  count: number,
  little: boolean,
  shift: number,
  mask: number,
) => void;

const BIT_LOOPS: readonly BitLoop[] = [
  (view, at, stride, count, _little, shift, mask) => {
    const [step, end] = [stride | 0, count | 0];
    for (let i = 0, p = at | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      staged[i] = view.getUint8(p) >>> shift & mask;
    }
  },
  (view, at, stride, count, little, shift, mask) => {
    const [step, end] = [stride | 0, count | 0];
    for (let i = 0, p = at | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      staged[i] = view.getUint16(p, little) >>> shift & mask;
    }
  },
  (view, at, stride, count, little, shift, mask) => {
    const [low, high] = little ? [0, 2] : [1, 0];
    const [step, end] = [stride | 0, count | 0];
    for (let i = 0, p = at | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      const bits = view.getUint16((p + low) | 0, little) | view.getUint8((p + high) | 0) << 16;
      staged[i] = bits >>> shift & mask;
    }
  },
  (view, at, stride, count, little, shift, mask) => {
    const [step, end] = [stride | 0, count | 0];
    for (let i = 0, p = at | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      staged[i] = view.getInt32(p, little) >>> shift & mask;
    }
  },
  // The shift is above 0 when there is a fifth byte.
  (view, at, stride, count, little, shift, mask) => {
    const [low, high] = little ? [0, 4] : [1, 0];
    const [step, end] = [stride | 0, count | 0];
    for (let i = 0, p = at | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      const bits = view.getInt32((p + low) | 0, little) >>> shift |
        view.getUint8((p + high) | 0) << (32 - shift);
      staged[i] = bits & mask;
    }
  },
];

/** Takes out up to `STAGED_VALUES` values of up to 32 bits. */
function bitTaker(layout: NumberLayout) {
  const { byteOffset, bitOffset: shift, bitCount, bigEndian, numeric } = layout;
  const loop = BIT_LOOPS[byteSpan(layout) - 1];
  const lift = 32 - bitCount;
  const mask = -1 >>> lift | 0;
  const signed = numeric === "signed";
  return (view: DataView, at: number, stride: number, count: number): void => {
    loop(view, at + byteOffset, stride, count, !bigEndian, shift, mask);
    if (!signed) return;
    for (let i = 0; i < count; i++) stagedSigned[i] = stagedSigned[i] << lift >> lift;
  };
}

/** Values within one byte, which is most flags; they need not be put together first. */
function byteBitKernel({ byteOffset, bitOffset, bitCount, numeric }: NumberLayout): Kernel {
  const shift = bitOffset | 0;
  const lift = (32 - bitCount) | 0;
  const mask = -1 >>> lift | 0;
  if (numeric === "signed") {
    return (view, at, stride, count, out, outAt) => {
      const target = out as Int8Array;
      const step = stride | 0;
      const end = (outAt + count) | 0;
      let p = (at + byteOffset) | 0;
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint8(p) >>> shift << lift >> lift;
      }
    };
  }
  return (view, at, stride, count, out, outAt) => {
    const target = out as Uint8Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + byteOffset) | 0;
    for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      target[i] = view.getUint8(p) >>> shift & mask;
    }
  };
}

/** Values of up to 32 bits, into an array of the values' own width. */
export function bitKernel(layout: NumberLayout): Kernel {
  if (byteSpan(layout) === 1) return byteBitKernel(layout);
  const take = bitTaker(layout);
  const values = layout.numeric === "signed" ? stagedSigned : staged;
  return (view, at, stride, count, out, outAt) => {
    const target = out as Uint32Array;
    for (let done = 0; done < count; done += STAGED_VALUES) {
      const some = Math.min(STAGED_VALUES, count - done);
      take(view, at + done * stride, stride, some);
      target.set(some < STAGED_VALUES ? values.subarray(0, some) : values, outAt + done);
    }
  };
}

/** Values of up to 32 bits, as `value * factor + offset` in a Float64Array. */
export function bitScaledKernel(layout: NumberLayout, factor: number, offset: number): Kernel {
  const take = bitTaker(layout);
  const signed = layout.numeric === "signed";
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    for (let done = 0; done < count; done += STAGED_VALUES) {
      const some = Math.min(STAGED_VALUES, count - done);
      take(view, at + done * stride, stride, some);
      const to = outAt + done;
      if (signed) {
        for (let i = 0; i < some; i++) target[to + i] = stagedSigned[i] * factor + offset;
      } else for (let i = 0; i < some; i++) target[to + i] = staged[i] * factor + offset;
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
