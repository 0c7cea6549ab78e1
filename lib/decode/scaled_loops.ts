/**
 * The loops over aligned numbers that end in a linear conversion, `value * factor + offset`; see
 * `aligned_loops.ts` for why there is one for each width.
 *
 * @module
 */
import type { Kernel } from "./number_kernels.ts";

/** Uint8 values at byte `o` of the record, scaled. */
export function scaledU8(o: number, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      target[i] = view.getUint8(p) * factor + offset;
    }
  };
}

/** Int8 values at byte `o` of the record, scaled. */
export function scaledI8(o: number, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
      target[i] = view.getInt8(p) * factor + offset;
    }
  };
}

/** Uint16 values at byte `o` of the record, scaled. */
export function scaledU16(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint16(p, true) * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint16(p, false) * factor + offset;
      }
    }
  };
}

/** Int16 values at byte `o` of the record, scaled. */
export function scaledI16(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt16(p, true) * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt16(p, false) * factor + offset;
      }
    }
  };
}

/** Uint32 values at byte `o` of the record, scaled. */
export function scaledU32(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint32(p, true) * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getUint32(p, false) * factor + offset;
      }
    }
  };
}

/** Int32 values at byte `o` of the record, scaled. */
export function scaledI32(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt32(p, true) * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getInt32(p, false) * factor + offset;
      }
    }
  };
}

/** Float32 values at byte `o` of the record, scaled. */
export function scaledF32(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat32(p, true) * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat32(p, false) * factor + offset;
      }
    }
  };
}

/** Float64 values at byte `o` of the record, scaled. */
export function scaledF64(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat64(p, true) * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        target[i] = view.getFloat64(p, false) * factor + offset;
      }
    }
  };
}

/** Unsigned 64-bit integers at byte `o` of the record, scaled. */
export function scaledU64(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        const value = view.getUint32((p + 4) | 0, true) * 4294967296 + view.getUint32(p, true);
        target[i] = value * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        const value = view.getUint32(p, false) * 4294967296 + view.getUint32((p + 4) | 0, false);
        target[i] = value * factor + offset;
      }
    }
  };
}

/** Signed 64-bit integers at byte `o` of the record, scaled. */
export function scaledI64(o: number, le: boolean, factor: number, offset: number): Kernel {
  return (view, at, stride, count, out, outAt) => {
    const target = out as Float64Array;
    const step = stride | 0;
    const end = (outAt + count) | 0;
    let p = (at + o) | 0;
    if (le) {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        const value = view.getInt32((p + 4) | 0, true) * 4294967296 + view.getUint32(p, true);
        target[i] = value * factor + offset;
      }
    } else {
      for (let i = outAt | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
        const value = view.getInt32(p, false) * 4294967296 + view.getUint32((p + 4) | 0, false);
        target[i] = value * factor + offset;
      }
    }
  };
}
