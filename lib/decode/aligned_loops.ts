/**
 * The loops over aligned numbers, one function for each width, so that the engine sees one type of
 * array in each and compiles it to a few instructions per value. The byte order is a constant in each
 * loop and the counters are 32-bit integers (a stretch of records is far smaller): both are worth a
 * third of the time.
 *
 * @module
 */
import type { Kernel, NumberArray } from "./number_kernels.ts";

/** Uint8 values at byte `o` of the record, as they are. */
export function ownU8(o: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Uint8Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      target[i] = view.getUint8(p);
    }
  };
}

/** Int8 values at byte `o` of the record, as they are. */
export function ownI8(o: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Int8Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      target[i] = view.getInt8(p);
    }
  };
}

/** Uint16 values at byte `o` of the record, as they are. */
export function ownU16(o: number, le: boolean): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Uint16Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint16(p, true);
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint16(p, false);
      }
    }
  };
}

/** Int16 values at byte `o` of the record, as they are. */
export function ownI16(o: number, le: boolean): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Int16Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt16(p, true);
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt16(p, false);
      }
    }
  };
}

/** Uint32 values at byte `o` of the record, as they are. */
export function ownU32(o: number, le: boolean): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Uint32Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint32(p, true);
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint32(p, false);
      }
    }
  };
}

/** Int32 values at byte `o` of the record, as they are. */
export function ownI32(o: number, le: boolean): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Int32Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt32(p, true);
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt32(p, false);
      }
    }
  };
}

/** Float32 values at byte `o` of the record, as they are. */
export function ownF32(o: number, le: boolean): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float32Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat32(p, true);
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat32(p, false);
      }
    }
  };
}

/** Float64 values at byte `o` of the record, as they are. */
export function ownF64(o: number, le: boolean): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat64(p, true);
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat64(p, false);
      }
    }
  };
}

/** 64-bit integers as pairs of 32-bit words, since making a bigint per record would allocate. */
export function ownWords(o: number, le: boolean): Kernel {
  // Making a view costs as much as hundreds of values; stretches of a channel share their target.
  let known: NumberArray | undefined;
  let target: Int32Array = new Int32Array();
  return (view, at, stride, count, out, outAt) => {
    if (out !== known) {
      known = out;
      target = new Int32Array(out.buffer, out.byteOffset, out.length * 2);
    }
    if (le) copyWordsLE(view, at + o, stride, target, 2 * outAt, 2 * (outAt + count));
    else copyWordsBE(view, at + o, stride, target, 2 * outAt, 2 * (outAt + count));
  };
}

function copyWordsLE(
  view: DataView,
  at: number,
  stride: number,
  target: Int32Array,
  from: number,
  to: number,
): void {
  let p = at | 0;
  const step = stride | 0;
  for (let i = from | 0; i < to; i = (i + 2) | 0, p = (p + step) | 0) {
    target[i] = view.getInt32(p, true);
    target[i + 1] = view.getInt32((p + 4) | 0, true);
  }
}

function copyWordsBE(
  view: DataView,
  at: number,
  stride: number,
  target: Int32Array,
  from: number,
  to: number,
): void {
  let p = at | 0;
  const step = stride | 0;
  for (let i = from | 0; i < to; i = (i + 2) | 0, p = (p + step) | 0) {
    target[i] = view.getInt32((p + 4) | 0, false);
    target[i + 1] = view.getInt32(p, false);
  }
}
