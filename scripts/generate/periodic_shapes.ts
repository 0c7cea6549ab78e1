/**
 * Shapes whose value is a function of the record number alone.
 *
 * @module
 */
import type { RampShape, SquareShape, StepShape, TriangleShape, WaveShape } from "./pattern.ts";

/** Adds the values of records `[first, first + count)` to the start of `out`. */
export type AddShape = (out: Float64Array, first: number, count: number) => void;

/** Where a signal lies in time. */
export interface TimeBase {
  /** Records per second. */
  sampleRate: number;
  /** Seconds by which the signal is ahead of its shape. */
  shift: number;
}

const ANCHOR = 256;
// Cycles added so that a record on an edge belongs to what begins there, whichever way it is rounded.
const EDGE = 1e-9;

/** Cycles at record 0 and cycles per record. */
function cycles(period: number, phase: number, base: TimeBase): { start: number; each: number } {
  return { start: phase + base.shift / period, each: 1 / (period * base.sampleRate) };
}

/**
 * Turns a pointer from record to record, which costs two multiplications where `Math.sin` costs a
 * polynomial. It starts afresh at every multiple of `ANCHOR`, so that rounding cannot build up and the
 * value of a record does not depend on where a run starts.
 */
export function wave(shape: WaveShape, base: TimeBase): AddShape {
  const quarter = shape.kind === "cosine" ? 0.25 : 0;
  const { start, each } = cycles(shape.period, (shape.phase ?? 0) + quarter, base);
  const middle = (shape.min + shape.max) / 2;
  const amplitude = (shape.max - shape.min) / 2;
  const turnSin = Math.sin(2 * Math.PI * each), turnCos = Math.cos(2 * Math.PI * each);
  return (out, first, count) => {
    const end = first + count;
    for (let anchor = first - first % ANCHOR; anchor < end; anchor += ANCHOR) {
      const turns = start + anchor * each;
      const angle = 2 * Math.PI * (turns - Math.floor(turns));
      let sin = Math.sin(angle), cos = Math.cos(angle);
      const stop = Math.min(anchor + ANCHOR, end) - first;
      for (let i = anchor - first; i < stop; i++) {
        if (i >= 0) out[i] += middle + amplitude * sin;
        const next = sin * turnCos + cos * turnSin;
        cos = cos * turnCos - sin * turnSin;
        sin = next;
      }
    }
  };
}

/** See {@link RampShape}. */
export function ramp(shape: RampShape, base: TimeBase): AddShape {
  const { start, each } = cycles(shape.period, shape.phase ?? 0, base);
  const { from } = shape, rise = shape.to - shape.from;
  return (out, first, count) => {
    for (let i = 0; i < count; i++) {
      const turns = start + (first + i) * each;
      out[i] += from + rise * (turns - Math.floor(turns));
    }
  };
}

/** See {@link TriangleShape}. */
export function triangle(shape: TriangleShape, base: TimeBase): AddShape {
  const { start, each } = cycles(shape.period, shape.phase ?? 0, base);
  const { max } = shape, fall = 2 * (shape.max - shape.min);
  return (out, first, count) => {
    for (let i = 0; i < count; i++) {
      const turns = start + (first + i) * each;
      out[i] += max - fall * Math.abs(turns - Math.floor(turns) - 0.5);
    }
  };
}

/** See {@link SquareShape}. */
export function square(shape: SquareShape, base: TimeBase): AddShape {
  const { start, each } = cycles(shape.period, shape.phase ?? 0, base);
  const { min, max } = shape, duty = shape.duty ?? 0.5;
  return (out, first, count) => {
    for (let i = 0; i < count; i++) {
      const turns = start + EDGE + (first + i) * each;
      out[i] += turns - Math.floor(turns) < duty ? max : min;
    }
  };
}

/** See {@link StepShape}. */
export function step(shape: StepShape, base: TimeBase): AddShape {
  const levels = Float64Array.from(shape.levels);
  const { start, each } = cycles(shape.seconds * levels.length, 0, base);
  const last = levels.length - 1;
  return (out, first, count) => {
    for (let i = 0; i < count; i++) {
      const turns = start + EDGE + (first + i) * each;
      out[i] += levels[Math.min(last, Math.floor((turns - Math.floor(turns)) * levels.length))];
    }
  };
}
