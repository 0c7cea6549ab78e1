/**
 * Channels whose values differ in length.
 *
 * @module
 */
import type { Conversion } from "../conversion/compile_conversion.ts";
import { type ByteStream, ChainReader } from "../decode/chain_reader.ts";
import { numberDecoder } from "../decode/number_kernels.ts";
import { StorageStream } from "../decode/storage_stream.ts";
import { StorageAhead } from "../decode/storage_ahead.ts";
import { type PackedValues, VariableDataReader } from "../decode/variable_data.ts";
import { CorruptFileError } from "../errors.ts";
import type { LimitedLayout, VariableLayout } from "../plan/column_layout.ts";
import { UNFINALIZED } from "../structure/format_codes.ts";
import { type BytesOwner, byteValues, takeBytes } from "./byte_columns.ts";
import type { Column, ColumnContext } from "./column.ts";

/** Makes the column of a channel whose values lie in signal data. */
export function variableColumn(
  layout: VariableLayout,
  channel: BytesOwner,
  conversion: Conversion,
  context: ColumnContext,
  capacity: number,
): Column {
  const places = new Float64Array(capacity);
  const kernel = numberDecoder(layout.place).scaled(1, 0);
  const sizes = layout.size && new Float64Array(capacity);
  const sizeKernel = layout.size && numberDecoder(layout.size).scaled(1, 0);
  const inOrder = layout.storageGroup !== undefined &&
    (context.measurement.identification.unfinalizedFlags & UNFINALIZED.variableOffsets) !== 0;
  const ahead = aheadOf(layout, context);
  let reader: VariableDataReader | undefined;
  let packed: PackedValues;
  let firstRecord = 0;
  return {
    take(run, at) {
      if (at === 0) firstRecord = run.first;
      kernel(run.view, run.at, run.stride, run.count, places, at);
      if (sizes) sizeKernel!(run.view, run.at, run.stride, run.count, sizes, at);
    },
    async finish(count) {
      reader ??= new VariableDataReader(
        await openVariableStream(layout, context, ahead),
        context.limits.signalBytes,
        { file: context.source.name, block: "CN", offset: channel.model.offset },
      );
      if (inOrder) await reader.placesInOrder(firstRecord, places, count);
      packed = await reader.collect(places, count, sizes);
      ahead?.finish();
    },
    values(count) {
      const { bytes, starts, ends } = packed;
      const runs = { bytes, start: (i: number) => starts[i], end: (i: number) => ends[i] };
      return byteValues(runs, count, channel, conversion);
    },
  };
}

/** Makes the column of a channel with a length for each value. */
export function limitedColumn(
  layout: LimitedLayout,
  channel: BytesOwner,
  conversion: Conversion,
  context: ColumnContext,
  capacity: number,
): Column {
  const { byteOffset, byteCount } = layout.room;
  const out = new Uint8Array(capacity * byteCount);
  const view = new DataView(out.buffer);
  const used = new Float64Array(capacity);
  const kernel = numberDecoder(layout.used).scaled(1, 0);
  return {
    take(run, at) {
      takeBytes(run, byteOffset, byteCount, view, at);
      kernel(run.view, run.at, run.stride, run.count, used, at);
    },
    finish(count) {
      for (let i = 0; i < count; i++) {
        if (used[i] >= 0 && used[i] <= byteCount) continue;
        throw new CorruptFileError(
          `channel "${channel.name}": value ${i} of the stretch is said to be ${
            used[i]
          } bytes long, ` +
            `and there is room for ${byteCount}`,
          { file: context.source.name, block: "CN", offset: channel.model.offset },
        );
      }
    },
    values: (count) =>
      byteValues(
        { bytes: out, start: (i) => i * byteCount, end: (i) => i * byteCount + used[i] },
        count,
        channel,
        conversion,
      ),
  };
}

/** What is kept, on the way, of the values that a channel needs; shared by channels that share them. */
function aheadOf({ storageGroup }: VariableLayout, { shares }: ColumnContext) {
  if (storageGroup === undefined || !shares) return undefined;
  const { storage } = shares;
  const ahead = storage.get(storageGroup) ?? new StorageAhead();
  storage.set(storageGroup, ahead);
  return ahead;
}

/** The stream of a channel's values of variable length; empty where there is no link to one. */
async function openVariableStream(
  { signalData, storageGroup }: VariableLayout,
  context: ColumnContext,
  ahead?: StorageAhead,
): Promise<ByteStream> {
  const { source, measurement } = context;
  if (storageGroup !== undefined) {
    return await StorageStream.open(source, measurement, storageGroup, context, ahead);
  }
  if (signalData !== undefined && measurement.signalData[signalData].unread !== undefined) {
    await context.location?.signalData(signalData, context.signal);
  }
  const chain = signalData === undefined
    ? { fragments: [], length: 0 }
    : measurement.signalData[signalData];
  return new ChainReader(source, chain, context);
}
