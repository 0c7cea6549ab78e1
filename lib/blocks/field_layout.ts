/**
 * Field kinds of which block tables are made. One table reads, writes and describes a block, so the
 * three cannot drift apart.
 *
 * @module
 */

/** Values of the fields read so far; array fields take their length from them. */
export type FieldValues = Record<string, unknown>;

/** How one field is laid out in bytes. */
export interface Field<V> {
  /** Bytes of one element. */
  readonly size: number;
  /** Number of elements of an array field, from the fields before it; absent for a single value. */
  readonly count?: (before: FieldValues) => number;
  /** Whether nothing is read from the bytes. */
  readonly reserved?: boolean;
  /** Reads a value; `count` is the number of elements of an array field. */
  read(view: DataView, at: number, count: number): V;
  /** Writes a value. */
  write(view: DataView, at: number, value: V): void;
}

/** The fields of a block, in file order. */
export type FieldTable = Record<string, Field<unknown>>;

/** The values a table reads. */
export type ValuesOf<T extends FieldTable> = {
  -readonly [K in keyof T]: T[K] extends Field<infer V> ? V : never;
};

function scalar<V>(
  size: number,
  read: (view: DataView, at: number) => V,
  write: (view: DataView, at: number, value: V) => void,
): Field<V> {
  return { size, read, write };
}

/** Unsigned byte. */
export const u8: Field<number> = scalar(
  1,
  (view, at) => view.getUint8(at),
  (view, at, value) => view.setUint8(at, value),
);
/** Unsigned 16-bit integer. */
export const u16: Field<number> = scalar(
  2,
  (view, at) => view.getUint16(at, true),
  (view, at, value) => view.setUint16(at, value, true),
);
/** Signed 16-bit integer. */
export const i16: Field<number> = scalar(
  2,
  (view, at) => view.getInt16(at, true),
  (view, at, value) => view.setInt16(at, value, true),
);
/** Unsigned 32-bit integer. */
export const u32: Field<number> = scalar(
  4,
  (view, at) => view.getUint32(at, true),
  (view, at, value) => view.setUint32(at, value, true),
);
/** Signed 32-bit integer. */
export const i32: Field<number> = scalar(
  4,
  (view, at) => view.getInt32(at, true),
  (view, at, value) => view.setInt32(at, value, true),
);
/** 64-bit float. */
export const f64: Field<number> = scalar(
  8,
  (view, at) => view.getFloat64(at, true),
  (view, at, value) => view.setFloat64(at, value, true),
);

/**
 * Unsigned 64-bit count, length or offset as a number. Values past 2^53 become the nearest double;
 * they are larger than any file, so the range checks of their users refuse them.
 */
export const u64: Field<number> = scalar(8, readU64, writeU64);
/** Unsigned 64-bit integer kept exactly. */
export const bigU64: Field<bigint> = scalar(
  8,
  (view, at) => view.getBigUint64(at, true),
  (view, at, value) => view.setBigUint64(at, value, true),
);
/** Signed 64-bit integer kept exactly. */
export const bigI64: Field<bigint> = scalar(
  8,
  (view, at) => view.getBigInt64(at, true),
  (view, at, value) => view.setBigInt64(at, value, true),
);

/** Reads an unsigned 64-bit integer as a number. */
export function readU64(view: DataView, at: number): number {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  // Small integers take no memory of their own, which a product of floats does.
  return high === 0 ? low : high * 4294967296 + low;
}

/** Writes a safe integer as an unsigned 64-bit integer. */
export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 4294967296), true);
}

/** Fixed number of characters of one byte each; read up to the first zero byte. */
export function chars(length: number): Field<string> {
  return scalar(
    length,
    (view, at) => {
      let text = "";
      for (let i = 0; i < length; i++) {
        const code = view.getUint8(at + i);
        if (code === 0) break;
        text += String.fromCharCode(code);
      }
      return text;
    },
    (view, at, value) => {
      for (let i = 0; i < length; i++) {
        view.setUint8(at + i, i < value.length ? value.charCodeAt(i) & 0xff : 0);
      }
    },
  );
}

/** Fixed number of bytes, as lower-case hexadecimal text. */
export function hexBytes(length: number): Field<string> {
  return scalar(
    length,
    (view, at) => {
      let text = "";
      for (let i = 0; i < length; i++) text += view.getUint8(at + i).toString(16).padStart(2, "0");
      return text;
    },
    (view, at, value) => {
      for (let i = 0; i < length; i++) {
        view.setUint8(at + i, parseInt(value.slice(2 * i, 2 * i + 2), 16) || 0);
      }
    },
  );
}

/** Bytes that the format reserves; read as nothing, written as zeros. */
export function reserved(length: number): Field<undefined> {
  return {
    size: length,
    reserved: true,
    read: () => undefined,
    write(view, at) {
      for (let i = 0; i < length; i++) view.setUint8(at + i, 0);
    },
  };
}

/** An array of fields whose length follows from the fields before it. */
export function list<V>(element: Field<V>, count: (before: FieldValues) => number): Field<V[]> {
  return {
    size: element.size,
    count,
    read(view, at, length) {
      const values: V[] = [];
      for (let i = 0; i < length; i++) values.push(element.read(view, at + i * element.size, 1));
      return values;
    },
    write(view, at, values) {
      values.forEach((value, i) => element.write(view, at + i * element.size, value));
    },
  };
}
