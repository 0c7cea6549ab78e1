/**
 * What a pattern of test data is: signals with a type, a conversion and the shapes that their values
 * follow over time. A pattern is plain data, so that it can be fingerprinted and compared.
 *
 * @module
 */

/** Swings between `min` and `max`, starting in the middle (`sine`) or at `max` (`cosine`). */
export interface WaveShape {
  kind: "sine" | "cosine";
  min: number;
  max: number;
  /** Seconds of one cycle. */
  period: number;
  /** Start within the cycle, in cycles; 0 when absent. */
  phase?: number;
}

/** Goes straight from `from` to `to`, then starts again. */
export interface RampShape {
  kind: "ramp";
  from: number;
  to: number;
  /** Seconds of one cycle. */
  period: number;
  /** Start within the cycle, in cycles; 0 when absent. */
  phase?: number;
}

/** Goes straight from `min` to `max` and straight back. */
export interface TriangleShape {
  kind: "triangle";
  min: number;
  max: number;
  /** Seconds of one cycle. */
  period: number;
  /** Start within the cycle, in cycles; 0 when absent. */
  phase?: number;
}

/** Is `max` for the first part of each cycle and `min` for the rest. */
export interface SquareShape {
  kind: "square";
  min: number;
  max: number;
  /** Seconds of one cycle. */
  period: number;
  /** Part of the cycle at `max`, 0 to 1; 0.5 when absent. */
  duty?: number;
  /** Start within the cycle, in cycles; 0 when absent. */
  phase?: number;
}

/** Holds each level for the same time, then starts again. */
export interface StepShape {
  kind: "step";
  levels: readonly number[];
  /** Seconds at each level. */
  seconds: number;
}

/** An independent random value for every record. */
export interface NoiseShape {
  kind: "noise";
  /** 0 when absent. */
  mean?: number;
  /** Standard deviation. */
  deviation: number;
  /** `normal` when absent. */
  distribution?: "normal" | "uniform";
}

/** Moves by at most `step` from record to record and turns back at `min` and `max`. */
export interface RandomWalkShape {
  kind: "randomWalk";
  start: number;
  /** Largest change from one record to the next. */
  step: number;
  min: number;
  max: number;
}

/** Changes between `low` and `high` at random moments. */
export interface ToggleShape {
  kind: "toggle";
  /** Mean seconds between two changes. */
  seconds: number;
  /** 0 when absent. */
  low?: number;
  /** 1 when absent. */
  high?: number;
}

/** How the physical value of a signal moves over time. */
export type Shape =
  | WaveShape
  | RampShape
  | TriangleShape
  | SquareShape
  | StepShape
  | NoiseShape
  | RandomWalkShape
  | ToggleShape;

/** Types of signals that are stored as numbers. */
export const NUMBER_TYPES = [
  "float64",
  "float32",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "bool",
] as const;

/** Storage type of a number; `bool` is a byte of 0 or 1. */
export type NumberType = typeof NUMBER_TYPES[number];

/** `physical = offset + factor * raw`. */
export interface LinearConversion {
  kind: "linear";
  offset: number;
  factor: number;
}

/** Names for raw values; `default` names all others. */
export interface TextConversion {
  kind: "valueToText";
  keys: number[];
  texts: string[];
  default?: string;
}

interface SignalBase {
  /** Channel name. */
  name: string;
  unit?: string;
  comment?: string;
  /** One shape, or several whose values are added. */
  shape: Shape | readonly Shape[];
}

/**
 * A signal stored as a number. Its shape gives physical values, or raw ones with a `valueToText`
 * conversion; integers are rounded and held within their range, 64-bit ones within ±(2⁵³ − 1).
 */
export interface NumberSignal extends SignalBase {
  type: NumberType;
  conversion?: LinearConversion | TextConversion;
}

/** A signal of variable-length text; its shape, rounded, chooses among `texts`. */
export interface TextSignal extends SignalBase {
  type: "string";
  texts: readonly string[];
}

/** One signal of a pattern. */
export type Signal = NumberSignal | TextSignal;

/** A named set of signals that are recorded together. */
export interface Pattern {
  /** Short name in lower case, used in file names. */
  name: string;
  /** Name of the channel group, for example `Automotive`. */
  title: string;
  description?: string;
  /** Records per second of the first channel group. */
  sampleRate: number;
  /** In the order in which they are recorded; `--channels` keeps the first ones. */
  signals: readonly Signal[];
}

/**
 * Describes a pattern of one's own; a module given to `--pattern` exports it as default.
 * `testdata/README.md` has an example.
 */
export function definePattern(pattern: Pattern): Pattern {
  return pattern;
}
