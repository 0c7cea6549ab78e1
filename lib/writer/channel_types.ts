/**
 * How each channel type is stored in a record.
 *
 * @module
 */
import { CHANNEL_TYPE, DATA_TYPE } from "../structure/format_codes.ts";
import type { ChannelType, MasterKind } from "./writer_options.ts";

/** Storage of a channel type. */
export interface Storage {
  /** Bytes in the record. */
  readonly bytes: number;
  /** `cn_data_type`. */
  readonly dataType: number;
  /** Whether the record holds an offset into signal data instead of the value. */
  readonly variableLength: boolean;
}

function fixed(bytes: number, dataType: number): Storage {
  return { bytes, dataType, variableLength: false };
}

/** Storage by channel type. */
export const STORAGE: Readonly<Record<ChannelType, Storage>> = {
  uint8: fixed(1, DATA_TYPE.unsignedLE),
  int8: fixed(1, DATA_TYPE.signedLE),
  uint16: fixed(2, DATA_TYPE.unsignedLE),
  int16: fixed(2, DATA_TYPE.signedLE),
  uint32: fixed(4, DATA_TYPE.unsignedLE),
  int32: fixed(4, DATA_TYPE.signedLE),
  uint64: fixed(8, DATA_TYPE.unsignedLE),
  int64: fixed(8, DATA_TYPE.signedLE),
  float32: fixed(4, DATA_TYPE.floatLE),
  float64: fixed(8, DATA_TYPE.floatLE),
  bool: fixed(1, DATA_TYPE.unsignedLE),
  string: { bytes: 8, dataType: DATA_TYPE.utf8, variableLength: true },
  bytes: { bytes: 8, dataType: DATA_TYPE.bytes, variableLength: true },
};

/** `cn_sync_type` by kind of master. */
export const SYNC_TYPE: Readonly<Record<MasterKind, number>> = {
  time: 1,
  angle: 2,
  distance: 3,
  index: 4,
};

/** `cn_type` of a channel. */
export function channelTypeCode(type: ChannelType, master: MasterKind | undefined): number {
  if (STORAGE[type].variableLength) return CHANNEL_TYPE.variableLength;
  return master ? CHANNEL_TYPE.master : CHANNEL_TYPE.fixed;
}

/** Where the fields of a record stand. */
export interface RecordLayout {
  /** Byte offset of each channel, in the order of the channels. */
  readonly offsets: readonly number[];
  /** Bytes of a record. */
  readonly bytes: number;
}

/** Wide fields first, so that every field is aligned within the record and none is padded. */
export function layoutRecord(types: readonly ChannelType[]): RecordLayout {
  const offsets = new Array<number>(types.length);
  let bytes = 0;
  for (const width of [8, 4, 2, 1]) {
    types.forEach((type, i) => {
      if (STORAGE[type].bytes !== width) return;
      offsets[i] = bytes;
      bytes += width;
    });
  }
  return { offsets, bytes };
}
