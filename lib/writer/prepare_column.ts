/**
 * Checks the columns of one `append` and brings each to the form its encoder takes.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { ChannelType, Column, Columns } from "./writer_options.ts";

/** Typed array of exactly the channel's type, or the checked values of a variable-length channel. */
export type PreparedColumn =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly string[]
  | readonly Uint8Array[];

/** A channel, as far as its column is concerned. */
export interface ColumnChannel {
  /** Name of the channel and key of its column. */
  readonly name: string;
  /** How it stores its values. */
  readonly type: ChannelType;
}

type IntegerType = Exclude<ChannelType, "float32" | "float64" | "bool" | "string" | "bytes">;

const INTEGERS = {
  uint8: { array: Uint8Array, min: 0, max: 255 },
  int8: { array: Int8Array, min: -128, max: 127 },
  uint16: { array: Uint16Array, min: 0, max: 65535 },
  int16: { array: Int16Array, min: -32768, max: 32767 },
  uint32: { array: Uint32Array, min: 0, max: 4294967295 },
  int32: { array: Int32Array, min: -2147483648, max: 2147483647 },
} as const;

const BIG_INTEGERS = {
  uint64: { array: BigUint64Array, min: 0n, max: (1n << 64n) - 1n },
  int64: { array: BigInt64Array, min: -(1n << 63n), max: (1n << 63n) - 1n },
} as const;

/** Signal data entries tell their length in 32 bits; a string takes one more byte for its end. */
const MAX_ENTRY_BYTES = 4294967295 - 1;

/**
 * Columns in the order of the channels. Throws UsageError, naming channel and position, when a column
 * is missing, unknown, of another length than the rest, or holds a value its channel cannot store.
 */
export function prepareColumns(
  group: string,
  channels: readonly ColumnChannel[],
  columns: Columns,
): { columns: PreparedColumn[]; count: number } {
  if (typeof columns !== "object" || columns === null) {
    throw new UsageError(`group "${group}" is given ${columns}; give an object of columns`);
  }
  const known = new Set(channels.map((channel) => channel.name));
  const unknown = Object.keys(columns).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `group "${group}" has no channel "${unknown}"; it has ${[...known].join(", ")}`,
    );
  }
  let count = -1;
  for (const { name } of channels) {
    const length = columnLength(group, name, columns);
    if (count < 0) count = length;
    if (length !== count) {
      throw new UsageError(
        `the columns of group "${group}" have different lengths: "${channels[0].name}" ${count}, ` +
          `"${name}" ${length}`,
      );
    }
  }
  return {
    count,
    columns: channels.map((channel) => prepare(new Place(group, channel), columns[channel.name])),
  };
}

function columnLength(group: string, name: string, columns: Columns): number {
  const column: unknown = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column === undefined || column === null) {
    throw new UsageError(`the column of channel "${name}" of group "${group}" is missing`);
  }
  const length = (column as { length?: unknown }).length;
  if (typeof column !== "object" || !Number.isSafeInteger(length) || (length as number) < 0) {
    throw new UsageError(
      `the column of channel "${name}" of group "${group}" is no array; give an array or typed array`,
    );
  }
  return length as number;
}

/** Which column is at fault, for messages. */
class Place {
  readonly #group: string;
  readonly channel: ColumnChannel;

  constructor(group: string, channel: ColumnChannel) {
    this.#group = group;
    this.channel = channel;
  }

  refuse(index: number, value: unknown, reason: string): never {
    const shown = typeof value === "string"
      ? JSON.stringify(value.length > 40 ? value.slice(0, 40) + "…" : value)
      : typeof value === "object" && value !== null
      ? Object.prototype.toString.call(value)
      : String(value) + (typeof value === "bigint" ? "n" : "");
    throw new UsageError(
      `channel "${this.channel.name}" of group "${this.#group}", position ${index}: ` +
        `${shown} ${reason}`,
    );
  }
}

function prepare(place: Place, column: Column): PreparedColumn {
  const type = place.channel.type;
  switch (type) {
    case "string":
      return prepareStrings(place, column);
    case "bytes":
      return prepareBytes(place, column);
    case "bool":
      return prepareBooleans(place, column);
    case "float64":
      if (column instanceof Float64Array) return column;
      return prepareFloats(place, column, new Float64Array(column.length));
    case "float32":
      if (column instanceof Float32Array) return column;
      return prepareFloats(place, column, new Float32Array(column.length));
    case "uint64":
    case "int64":
      if (column instanceof BIG_INTEGERS[type].array) return column;
      return prepareBigIntegers(place, column, type);
    default:
      if (column instanceof INTEGERS[type].array) return column;
      return prepareIntegers(place, column, type);
  }
}

/** Reads values of anything like an array, also of one that has `at` but no indexes. */
function reader(column: Column): (index: number) => unknown {
  const indexed = column as ArrayLike<unknown>;
  if (Array.isArray(column) || ArrayBuffer.isView(column)) return (i) => indexed[i];
  const asked = column as { at?: (index: number) => unknown };
  return typeof asked.at === "function" ? (i) => asked.at!(i) : (i) => indexed[i];
}

function prepareIntegers(
  place: Place,
  column: Column,
  type: Exclude<IntegerType, "uint64" | "int64">,
): PreparedColumn {
  const { array, min, max } = INTEGERS[type];
  const target = new array(column.length);
  const valueAt = reader(column);
  for (let i = 0; i < target.length; i++) {
    const value = valueAt(i);
    if (typeof value !== "number") place.refuse(i, value, "is not a number");
    if (!(value >= min && value <= max && Number.isInteger(value))) {
      place.refuse(i, value, `does not fit ${type}, whole numbers from ${min} to ${max}`);
    }
    target[i] = value;
  }
  return target;
}

function prepareBigIntegers(
  place: Place,
  column: Column,
  type: "uint64" | "int64",
): PreparedColumn {
  const { array, min, max } = BIG_INTEGERS[type];
  const target = new array(column.length);
  const valueAt = reader(column);
  for (let i = 0; i < target.length; i++) {
    const value = valueAt(i);
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) {
        place.refuse(i, value, "is not a whole number that is kept exactly; give a bigint");
      }
    } else if (typeof value !== "bigint") {
      place.refuse(i, value, "is neither a bigint nor a number");
    }
    const integer = BigInt(value as number | bigint);
    if (integer < min || integer > max) {
      place.refuse(i, value, `does not fit ${type}, whole numbers from ${min} to ${max}`);
    }
    target[i] = integer;
  }
  return target;
}

function prepareFloats<T extends Float32Array | Float64Array>(
  place: Place,
  column: Column,
  target: T,
): T {
  const valueAt = reader(column);
  for (let i = 0; i < target.length; i++) {
    const value = valueAt(i);
    if (typeof value !== "number") place.refuse(i, value, "is not a number");
    target[i] = value;
    if (Number.isFinite(value) && !Number.isFinite(target[i])) {
      place.refuse(i, value, "is too large for float32; use float64");
    }
  }
  return target;
}

function prepareBooleans(place: Place, column: Column): Uint8Array {
  const target = new Uint8Array(column.length);
  const valueAt = reader(column);
  for (let i = 0; i < target.length; i++) {
    const value = valueAt(i);
    if (value !== true && value !== false && value !== 0 && value !== 1) {
      place.refuse(i, value, "is neither a boolean nor 0 or 1");
    }
    target[i] = Number(value);
  }
  return target;
}

function prepareStrings(place: Place, column: Column): readonly string[] {
  const valueAt = reader(column);
  const target = new Array<string>(column.length);
  for (let i = 0; i < target.length; i++) {
    const value = valueAt(i);
    if (typeof value !== "string") place.refuse(i, value, "is not a string");
    if (value.includes("\0")) {
      place.refuse(i, value, "has a zero character, which ends a string; use type bytes");
    }
    if (!value.isWellFormed()) {
      place.refuse(i, value, "has half a surrogate pair, which UTF-8 cannot hold");
    }
    target[i] = value;
  }
  return target;
}

function prepareBytes(place: Place, column: Column): readonly Uint8Array[] {
  const valueAt = reader(column);
  const target = new Array<Uint8Array>(column.length);
  for (let i = 0; i < target.length; i++) {
    const value = valueAt(i);
    if (!(value instanceof Uint8Array)) place.refuse(i, value, "is not a Uint8Array");
    if (value.length > MAX_ENTRY_BYTES) {
      place.refuse(i, value, `has ${value.length} bytes; one value can have ${MAX_ENTRY_BYTES}`);
    }
    target[i] = value;
  }
  return target;
}
