/**
 * Columns of raw values for the signals of a plan.
 *
 * @module
 */
import type { PlannedSignal } from "./data_plan.ts";
import type { NumberSignal, NumberType, Shape, TextSignal } from "./pattern.ts";
import {
  type AddShape,
  ramp,
  square,
  step,
  type TimeBase,
  triangle,
  wave,
} from "./periodic_shapes.ts";
import { noise, randomWalk, type StreamSeed, toggle } from "./random_shapes.ts";

/** Raw values of a channel of numbers. */
export type NumberColumn =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** Raw values of one channel. */
export type Column = NumberColumn | string[];

/** Most records that are made in one go. */
export const CHUNK_RECORDS = 4096;

/** Gives the raw values of records `[first, first + count)`; they are valid until the next call. */
export type ColumnSource = (first: number, count: number) => Column;

interface Storage {
  make: (count: number) => NumberColumn;
  /** Raw values an integer is held within; absent for floats. */
  range?: readonly [number, number];
}

const SAFE = Number.MAX_SAFE_INTEGER;
const STORAGE: Record<NumberType, Storage> = {
  float64: { make: (n) => new Float64Array(n) },
  float32: { make: (n) => new Float32Array(n) },
  int8: { make: (n) => new Int8Array(n), range: [-(2 ** 7), 2 ** 7 - 1] },
  int16: { make: (n) => new Int16Array(n), range: [-(2 ** 15), 2 ** 15 - 1] },
  int32: { make: (n) => new Int32Array(n), range: [-(2 ** 31), 2 ** 31 - 1] },
  int64: { make: (n) => new BigInt64Array(n), range: [-SAFE, SAFE] },
  uint8: { make: (n) => new Uint8Array(n), range: [0, 2 ** 8 - 1] },
  uint16: { make: (n) => new Uint16Array(n), range: [0, 2 ** 16 - 1] },
  uint32: { make: (n) => new Uint32Array(n), range: [0, 2 ** 32 - 1] },
  uint64: { make: (n) => new BigUint64Array(n), range: [0, SAFE] },
  bool: { make: (n) => new Uint8Array(n), range: [0, 1] },
};

/** Memory that sources take turns in: values on their way, and a raw column for each place and type. */
export class ColumnPool {
  readonly #physical = new Float64Array(CHUNK_RECORDS);
  readonly #words = new Int32Array(CHUNK_RECORDS);
  readonly #columns = new Map<string, NumberColumn>();

  /** Room for the physical values of one signal, all zero. */
  physical(count: number): Float64Array {
    return this.#physical.subarray(0, count).fill(0);
  }

  /** Room for the low 32 bits of as many integers. */
  words(count: number): Int32Array {
    return this.#words.subarray(0, count);
  }

  /** The raw column at `place`, that of the channel within its group. */
  column(type: NumberType, place: number, count: number): NumberColumn {
    const key = `${place} ${type}`;
    let column = this.#columns.get(key);
    if (!column) this.#columns.set(key, column = STORAGE[type].make(CHUNK_RECORDS));
    return column.subarray(0, count);
  }
}

/** Time stamps in seconds. */
export function masterSource(sampleRate: number, pool: ColumnPool): ColumnSource {
  return (first, count) => {
    const column = pool.column("float64", -1, count) as Float64Array;
    for (let i = 0; i < count; i++) column[i] = (first + i) / sampleRate;
    return column;
  };
}

/** Raw values of one signal; `place` is its position within its group. */
export function signalSource(
  planned: PlannedSignal,
  sampleRate: number,
  seed: number,
  place: number,
  pool: ColumnPool,
): ColumnSource {
  const { signal } = planned;
  const base: TimeBase = { sampleRate, shift: planned.shift };
  const shapes: readonly Shape[] = "kind" in signal.shape ? [signal.shape] : signal.shape;
  const adds = shapes.map((shape, i) =>
    compileShape(shape, base, [seed >>> 0, Math.floor(seed / 2 ** 32), planned.number * 16 + i])
  );
  const physical = (first: number, count: number) => {
    const values = pool.physical(count);
    for (const add of adds) add(values, first, count);
    return values;
  };
  if (signal.type === "string") return (first, count) => toTexts(physical(first, count), signal);
  return (first, count) => {
    const column = pool.column(signal.type, place, count);
    store(toRaw(physical(first, count), signal), column, pool);
    return column;
  };
}

function compileShape(shape: Shape, base: TimeBase, seed: StreamSeed): AddShape {
  switch (shape.kind) {
    case "sine":
    case "cosine":
      return wave(shape, base);
    case "ramp":
      return ramp(shape, base);
    case "triangle":
      return triangle(shape, base);
    case "square":
      return square(shape, base);
    case "step":
      return step(shape, base);
    case "noise":
      return noise(shape, seed);
    case "randomWalk":
      return randomWalk(shape, seed);
    case "toggle":
      return toggle(shape, base, seed);
  }
}

function toTexts(values: Float64Array, signal: TextSignal): string[] {
  const last = signal.texts.length - 1;
  return Array.from(values, (v) => signal.texts[Math.max(0, Math.min(last, Math.round(v)))]);
}

/** Undoes the conversion, and rounds what an integer is to hold; in place. */
function toRaw(values: Float64Array, signal: NumberSignal): Float64Array {
  const linear = signal.conversion?.kind === "linear" ? signal.conversion : undefined;
  const offset = linear?.offset ?? 0;
  const perUnit = linear ? 1 / linear.factor : 1;
  const { range } = STORAGE[signal.type];
  if (!range) {
    if (linear) {
      for (let i = 0; i < values.length; i++) values[i] = (values[i] - offset) * perUnit;
    }
    return values;
  }
  const [min, max] = range;
  for (let i = 0; i < values.length; i++) {
    const rounded = Math.floor((values[i] - offset) * perUnit + 0.5);
    values[i] = rounded < min ? min : rounded > max ? max : rounded;
  }
  return values;
}

function store(values: Float64Array, column: NumberColumn, pool: ColumnPool): void {
  if (column instanceof BigInt64Array || column instanceof BigUint64Array) {
    storeWide(values, new Int32Array(column.buffer, column.byteOffset, 2 * values.length));
  } else if (column instanceof Float64Array || column instanceof Float32Array) {
    column.set(values);
  } else {
    // From integers to integers `set` is ten times as fast as from floats, and keeps the low bits.
    const words = pool.words(values.length);
    for (let i = 0; i < values.length; i++) words[i] = values[i];
    column.set(words);
  }
}

// Halves instead of a BigInt for every value, which would cost an allocation each. All runtimes that
// Deno supports keep the low half first.
function storeWide(values: Float64Array, halves: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    const high = Math.floor(values[i] / 2 ** 32);
    halves[2 * i] = values[i] - high * 2 ** 32;
    halves[2 * i + 1] = high;
  }
}
