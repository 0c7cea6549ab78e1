/**
 * Shapes that draw random numbers record by record. Each keeps its place in the stream and starts over
 * when asked for an earlier record, so any range gives the same values as one pass from the start.
 *
 * @module
 */
import type { NoiseShape, RandomWalkShape, ToggleShape } from "./pattern.ts";
import type { AddShape, TimeBase } from "./periodic_shapes.ts";
import { Sfc32 } from "./prng.ts";

/** The three words a stream of random numbers starts from. */
export type StreamSeed = readonly [number, number, number];

const PIECE = 4096;
const TWO_POW_MINUS_16 = 2 ** -16;
const TWO_POW_MINUS_32 = 2 ** -32;
// Only used within one call of an AddShape, so all shapes can share them.
const numbers = new Uint32Array(2 * PIECE);
const unwanted = new Float64Array(PIECE);

/** A shape that can only go forward; `rewind` puts it back before record 0. */
interface Sequence {
  rewind(): void;
  /** Adds the next `count` values, at most `PIECE`, to `out` from `at` on. */
  add(out: Float64Array, at: number, count: number): void;
}

function fromSequence(sequence: Sequence): AddShape {
  let position = 0;
  sequence.rewind();
  return (out, first, count) => {
    if (first < position) {
      sequence.rewind();
      position = 0;
    }
    while (position < first) {
      const piece = Math.min(PIECE, first - position);
      sequence.add(unwanted, 0, piece);
      position += piece;
    }
    for (let done = 0; done < count;) {
      const piece = Math.min(PIECE, count - done);
      sequence.add(out, done, piece);
      done += piece;
    }
    position = first + count;
  };
}

/** Normal noise adds four uniform numbers (Irwin–Hall), which stays within 3.5 deviations. */
export function noise(shape: NoiseShape, seed: StreamSeed): AddShape {
  const uniform = shape.distribution === "uniform";
  const mean = shape.mean ?? 0;
  const scale = shape.deviation * Math.sqrt(uniform ? 12 : 3);
  let random: Sfc32;
  return fromSequence({
    rewind: () => random = new Sfc32(...seed),
    add(out, at, count) {
      if (uniform) {
        random.fill(numbers, count);
        for (let i = 0; i < count; i++) {
          out[at + i] += mean + scale * (numbers[i] * TWO_POW_MINUS_32 - 0.5);
        }
        return;
      }
      random.fill(numbers, 2 * count);
      for (let i = 0; i < count; i++) {
        const x = numbers[2 * i], y = numbers[2 * i + 1];
        const sum = (x & 0xffff) + (x >>> 16) + (y & 0xffff) + (y >>> 16);
        out[at + i] += mean + scale * (sum * TWO_POW_MINUS_16 - 2);
      }
    },
  });
}

/** See {@link RandomWalkShape}. */
export function randomWalk(shape: RandomWalkShape, seed: StreamSeed): AddShape {
  const { start, min, max } = shape;
  const scale = 2 * shape.step * TWO_POW_MINUS_32;
  let random: Sfc32;
  let value = start;
  return fromSequence({
    rewind() {
      random = new Sfc32(...seed);
      value = start;
    },
    add(out, at, count) {
      random.fill(numbers, count);
      let current = value;
      for (let i = 0; i < count; i++) {
        out[at + i] += current;
        const move = numbers[i] * scale - shape.step;
        const next = current + move;
        current = next < min || next > max ? current - move : next;
      }
      value = current;
    },
  });
}

/** See {@link ToggleShape}. */
export function toggle(shape: ToggleShape, base: TimeBase, seed: StreamSeed): AddShape {
  const low = shape.low ?? 0, high = shape.high ?? 1;
  const meanRecords = shape.seconds * base.sampleRate;
  let random: Sfc32;
  let value = low;
  let left = 0;
  const dwell = () => Math.max(1, Math.round(-Math.log(1 - random.next()) * meanRecords));
  return fromSequence({
    rewind() {
      random = new Sfc32(...seed);
      value = low;
      left = dwell();
    },
    add(out, at, count) {
      for (let i = 0; i < count;) {
        const run = Math.min(left, count - i);
        for (const stop = i + run; i < stop; i++) out[at + i] += value;
        left -= run;
        if (left === 0) {
          value = value === low ? high : low;
          left = dwell();
        }
      }
    },
  });
}
