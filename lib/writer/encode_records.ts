/**
 * Columns of numbers to fields of records: one loop per type, each seeing one kind of array only.
 *
 * @module
 */
import type { ChannelType } from "./writer_options.ts";
import type { PreparedColumn } from "./prepare_column.ts";

/**
 * Writes `column[from]` … `column[to - 1]` into one field of consecutive records: the first value at
 * byte `at` of `view`, the following ones `stride` bytes apart.
 */
export type FieldEncoder = (
  view: DataView,
  at: number,
  stride: number,
  column: PreparedColumn,
  from: number,
  to: number,
) => void;

function encoder<T extends PreparedColumn>(
  put: (
    view: DataView,
    at: number,
    stride: number,
    column: T,
    from: number,
    to: number,
  ) => void,
): FieldEncoder {
  return put as FieldEncoder;
}

const uint8 = encoder<Uint8Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setUint8(at, column[i]);
});
const int8 = encoder<Int8Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setInt8(at, column[i]);
});
const uint16 = encoder<Uint16Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setUint16(at, column[i], true);
});
const int16 = encoder<Int16Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setInt16(at, column[i], true);
});
const uint32 = encoder<Uint32Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setUint32(at, column[i], true);
});
const int32 = encoder<Int32Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setInt32(at, column[i], true);
});
const uint64 = encoder<BigUint64Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setBigUint64(at, column[i], true);
});
const int64 = encoder<BigInt64Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setBigInt64(at, column[i], true);
});
const float32 = encoder<Float32Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setFloat32(at, column[i], true);
});
const float64 = encoder<Float64Array>((view, at, stride, column, from, to) => {
  for (let i = from; i < to; i++, at += stride) view.setFloat64(at, column[i], true);
});

/** The encoder of each type whose values stand in the record itself. */
export const FIELD_ENCODERS: Readonly<
  Record<Exclude<ChannelType, "string" | "bytes">, FieldEncoder>
> = {
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  uint64,
  int64,
  float32,
  float64,
  bool: uint8,
};
