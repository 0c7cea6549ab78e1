/**
 * Channels whose raw values are a fixed number of bytes: texts, byte arrays, dates, structures.
 *
 * @module
 */
import type { Conversion } from "../conversion/compile_conversion.ts";
import { copyRuns } from "../decode/copy_bytes.ts";
import type { RecordRun } from "../decode/record_feed.ts";
import type { BytesLayout } from "../plan/column_layout.ts";
import { DATA_TYPE, isText } from "../structure/format_codes.ts";
import { canopenDate, canopenTime } from "./canopen.ts";
import type { Channel } from "./channel.ts";
import type { Column, SignalValues } from "./column.ts";
import { textDecoder } from "./text.ts";
import { textValues } from "./text_values.ts";
import { type ByteRuns, type BytesAt, fixedRuns, LazyValues } from "./values.ts";

/** The channel that bytes belong to. */
export type BytesOwner = Pick<Channel, "name" | "model">;

/** Makes the column of a channel whose values all have the same number of bytes. */
export function bytesColumn(
  layout: BytesLayout,
  channel: BytesOwner,
  conversion: Conversion,
  capacity: number,
): Column {
  const { byteOffset, byteCount } = layout;
  const out = new Uint8Array(capacity * byteCount);
  const view = new DataView(out.buffer);
  return {
    span: { byteOffset, byteCount },
    take: (run, at) => takeBytes(run, byteOffset, byteCount, view, at),
    values: (count) => byteValues(fixedRuns(out, byteCount), count, channel, conversion),
  };
}

/** Copies the bytes of each record of a stretch, one after the other. */
export function takeBytes(
  run: RecordRun,
  byteOffset: number,
  byteCount: number,
  out: DataView,
  at: number,
): void {
  const { view, stride, count } = run;
  copyRuns(view, run.at + byteOffset, stride, out, at * byteCount, byteCount, count);
}

/** What bytes mean to the channel, value by value. */
export function byteValues(
  found: ByteRuns | BytesAt,
  count: number,
  channel: BytesOwner,
  conversion: Conversion,
): SignalValues {
  const { dataType } = channel.model;
  const runs = typeof found === "function" ? undefined : found;
  const bytesAt = typeof found === "function"
    ? found
    : (i: number) => found.bytes.subarray(found.start(i), found.end(i));
  const composed = channel.model.structure || channel.model.composition;
  if (!composed && isText(dataType)) {
    const decode = textDecoder(dataType);
    switch (conversion.kind) {
      case "text": {
        const { convert } = conversion;
        return new LazyValues<string | number>(count, (i) => convert(decode(bytesAt(i))));
      }
      case "text-to-number": {
        const { convert } = conversion;
        return Float64Array.from({ length: count }, (_, i) => convert(decode(bytesAt(i))));
      }
      default:
        return runs
          ? textValues(runs, count, dataType)
          : new LazyValues(count, (i) => decode(bytesAt(i)));
    }
  }
  if (!composed && dataType === DATA_TYPE.canopenDate) {
    return new LazyValues(count, (i) => canopenDate(bytesAt(i)));
  }
  if (!composed && dataType === DATA_TYPE.canopenTime) {
    return new LazyValues(count, (i) => canopenTime(bytesAt(i)));
  }
  return new LazyValues(count, bytesAt);
}
