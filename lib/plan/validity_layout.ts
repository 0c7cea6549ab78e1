/**
 * Where in a record it says whether a channel's value is valid; pure data.
 *
 * @module
 */
import { CorruptFileError } from "../errors.ts";
import { CHANNEL_FLAG } from "../structure/format_codes.ts";
import type { ChannelGroupModel, ChannelModel, DataGroupModel } from "../structure/measurement.ts";
import { type ElementOrder, invalidationOrder, splitArray } from "./array_layout.ts";
import { recordBytes } from "./column_layout.ts";
import { failure, withinLimits } from "./layout_error.ts";

/** Where a channel's invalidation bit lies. */
export interface ValidityLayout {
  /** Byte, counted from the start of the record with its id; -1 when every sample is invalid. */
  readonly byteOffset: number;
  /** The bit within the byte; set means invalid. */
  readonly mask: number;
  /** Where the elements of an array have bits of their own: how far each lies from the first, in bits. */
  readonly elements?: ElementOrder;
}

/**
 * Where the invalidation bit lies; undefined when the channel's samples are always valid.
 *
 * @throws {CorruptFileError} for a bit outside the record
 */
export function validityLayout(
  channel: ChannelModel,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  file?: string,
): ValidityLayout | undefined {
  if (channel.flags & CHANNEL_FLAG.allInvalid) return { byteOffset: -1, mask: 0 };
  // Most channels have none, and there may be very many: what follows makes functions.
  return channel.flags & CHANNEL_FLAG.invalidationBit
    ? invalidationLayout(channel, group, dataGroup, file)
    : undefined;
}

function invalidationLayout(
  channel: ChannelModel,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  file: string | undefined,
): ValidityLayout {
  const fail = failure(channel, file);
  const { arrays = [], invalidationBit } = channel;
  const split = splitArray(arrays);
  const inner = withinLimits(() => invalidationOrder(split ? arrays.slice(1) : arrays), fail);
  const last = (inner?.runs ?? []).reduce(
    (most, { offset, stride, count }) => Math.max(most, offset + stride * (count - 1)),
    0,
  );
  if (Math.floor((invalidationBit + last) / 8) >= group.invalidationBytes) {
    throw fail(
      `the invalidation bit ${invalidationBit + last} lies outside the record, which has ` +
        `${group.invalidationBytes} bytes of them`,
      CorruptFileError,
    );
  }
  return {
    byteOffset: dataGroup.recordIdBytes + group.dataBytes + Math.floor(invalidationBit / 8),
    mask: 1 << (invalidationBit % 8),
    elements: split
      ? withinLimits(() => invalidationOrder(arrays, recordBytes(group, dataGroup)), fail)
      : inner,
  };
}
