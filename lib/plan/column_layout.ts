/**
 * Where in a record a channel's value lies, and how it is to be understood; pure data.
 *
 * @module
 */
import { CorruptFileError, UnsupportedFeatureError } from "../errors.ts";
import { CHANNEL_TYPE, DATA_TYPE, isComplex } from "../structure/format_codes.ts";
import type {
  ArrayModel,
  ChannelGroupModel,
  ChannelModel,
  DataGroupModel,
} from "../structure/measurement.ts";
import { type ElementOrder, elementOrder, sameElements, splitArray } from "./array_layout.ts";
import { failure, withinLimits } from "./layout_error.ts";

/** A number of fixed length. */
export interface NumberLayout {
  readonly kind: "number";
  /** How the bits are read. */
  readonly numeric: "unsigned" | "signed" | "float";
  /** First byte, counted from the start of the record with its id. */
  readonly byteOffset: number;
  /** Right shift after the bytes are put together, 0 to 7. */
  readonly bitOffset: number;
  /** Bits of the value, 1 to 64. */
  readonly bitCount: number;
  /** Whether the most significant byte comes first. */
  readonly bigEndian: boolean;
}

/** A fixed number of bytes: texts, byte arrays, dates, structures. */
export interface BytesLayout {
  readonly kind: "bytes";
  /** First byte, counted from the start of the record with its id. */
  readonly byteOffset: number;
  /** Bytes of one value. */
  readonly byteCount: number;
}

/** The record's own number, of a virtual channel. */
export interface RecordNumberLayout {
  readonly kind: "record-number";
}

/** A value of variable length: the record holds the place of the value in the signal data. */
export interface VariableLayout {
  readonly kind: "variable";
  /** The place, an unsigned little-endian integer. */
  readonly place: NumberLayout;
  /** Index into the measurement's signal data, where the values stand in blocks of their own. */
  readonly signalData?: number;
  /** Index of the group whose records hold the values, where they are mixed with other records. */
  readonly storageGroup?: number;
  /** Bytes of the value, where the record tells them; else they stand before the value. */
  readonly size?: NumberLayout;
}

/** Bytes of which each record uses as many as another channel tells. */
export interface LimitedLayout {
  readonly kind: "limited";
  /** The room in the record. */
  readonly room: BytesLayout;
  /** Bytes used. */
  readonly used: NumberLayout;
}

/** Several elements in one record: an array, or the two parts of a complex number. */
export interface ArrayLayout {
  readonly kind: "array";
  /** The first element. */
  readonly element: NumberLayout | BytesLayout | VariableLayout | LimitedLayout;
  /** Dimensions, and where the elements lie. */
  readonly order: ElementOrder;
}

type ElementLayout =
  | NumberLayout
  | BytesLayout
  | RecordNumberLayout
  | VariableLayout
  | LimitedLayout;

/** Where a channel's value comes from. */
export type ColumnLayout = ElementLayout | ArrayLayout;

const NO_ARRAYS: readonly ArrayModel[] = [];

/** Bytes of one whole record: id, values, invalidation bits. */
export function recordBytes(group: ChannelGroupModel, dataGroup: DataGroupModel): number {
  return dataGroup.recordIdBytes + group.dataBytes + group.invalidationBytes;
}

/**
 * Layout of a channel's values. Of an array whose elements have records of their own, the layout is
 * that of one record for each element, put one after the other in row-major order.
 *
 * @throws {UnsupportedFeatureError} for a channel type or data type that is not read
 * @throws {CorruptFileError} for a value that reaches beyond its record
 * @throws {LimitExceededError} for an array of too many elements
 */
export function columnLayout(
  channel: ChannelModel,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  file?: string,
): ColumnLayout {
  const element = elementLayout(channel, group, dataGroup, channel, file);
  const complex = isComplex(channel.dataType) && !channel.structure &&
    element.kind === "number";
  // Most channels are no array, and there may be very many: what follows makes functions.
  return complex || channel.arrays?.length
    ? elementsLayout(channel, element, complex, group, dataGroup, file)
    : element;
}

function elementsLayout(
  channel: ChannelModel,
  element: ElementLayout,
  complex: boolean,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  file: string | undefined,
): ArrayLayout {
  const { arrays = NO_ARRAYS } = channel;
  const fail = failure(channel, file);
  if (element.kind === "record-number") {
    throw fail("an array of virtual channels is not supported", UnsupportedFeatureError);
  }
  const split = splitArray(arrays);
  const part = complex ? channel.bitCount / 16 : undefined;
  const stride = recordBytes(group, dataGroup);
  const { start, span } = extent(element);
  const inner = withinLimits(() => elementOrder(split ? arrays.slice(1) : arrays, part), fail);
  for (const { offset, stride, count } of inner.runs) {
    const last = offset + stride * (count - 1);
    if (stride === 0 && count > 1) {
      throw fail("all elements of the array lie at the same place", CorruptFileError);
    }
    checkExtent(start + Math.min(offset, last), span, group, dataGroup, channel, file);
    checkExtent(start + Math.max(offset, last), span, group, dataGroup, channel, file);
  }
  return {
    kind: "array",
    element,
    order: split ? withinLimits(() => elementOrder(arrays, part, stride), fail) : inner,
  };
}

/**
 * Layout of one element, or of the whole value where the channel is no array. What is wrong is wrong with
 * the channel `owner`.
 */
function elementLayout(
  channel: ChannelModel,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  owner: ChannelModel,
  file: string | undefined,
): ElementLayout {
  const start = dataGroup.recordIdBytes + channel.byteOffset;
  switch (channel.type) {
    case CHANNEL_TYPE.virtualMaster:
    case CHANNEL_TYPE.virtualData:
      return { kind: "record-number" };
    case CHANNEL_TYPE.variableLengthSized:
    case CHANNEL_TYPE.variableLength: {
      const { bitOffset, bitCount } = channel;
      checkBits("unsigned", bitOffset, bitCount, owner, file);
      const place: NumberLayout = {
        kind: "number",
        numeric: "unsigned",
        byteOffset: start,
        bitOffset,
        bitCount,
        bigEndian: false,
      };
      checkExtent(place.byteOffset, byteSpan(place), group, dataGroup, owner, file);
      const { signalData, storageGroup } = channel;
      const size = channel.type === CHANNEL_TYPE.variableLengthSized
        ? lengthLayout(channel, group, dataGroup, owner, file)
        : undefined;
      return { kind: "variable", place, signalData, storageGroup, size };
    }
    case CHANNEL_TYPE.maximumLength: {
      const room = bytesLayout(channel, start, owner, file);
      checkExtent(start, room.byteCount, group, dataGroup, owner, file);
      const used = lengthLayout(channel, group, dataGroup, owner, file);
      return { kind: "limited", room, used };
    }
    case CHANNEL_TYPE.fixed:
    case CHANNEL_TYPE.master:
    case CHANNEL_TYPE.sync:
      break;
    default:
      throw failure(owner, file)(
        `channels of type ${channel.type} are not supported`,
        UnsupportedFeatureError,
      );
  }
  const element = channel.structure || channel.composition
    ? bytesLayout(channel, start, owner, file)
    : isComplex(channel.dataType)
    ? complexPart(channel, start, owner, file)
    : fixedLayout(channel, start, owner, file);
  checkExtent(start, extent(element).span, group, dataGroup, owner, file);
  return element;
}

/** The channel that tells the bytes of a value. */
function lengthLayout(
  channel: ChannelModel,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  owner: ChannelModel,
  file: string | undefined,
): NumberLayout {
  const length = group.channels[channel.lengthChannel!];
  if (!sameElements(channel.arrays, length.arrays)) {
    throw failure(owner, file)(
      `the values are elements of other arrays than those of the channel "${length.name}" that ` +
        "tells their length, which is not supported",
      UnsupportedFeatureError,
    );
  }
  // Such a length might be that of itself.
  const sized = length.type === CHANNEL_TYPE.variableLengthSized ||
    length.type === CHANNEL_TYPE.maximumLength;
  const layout = sized ? undefined : elementLayout(length, group, dataGroup, owner, file);
  if (layout?.kind !== "number" || layout.numeric === "float") {
    throw failure(owner, file)(
      `the channel "${length.name}" that tells its length is no integer`,
      CorruptFileError,
    );
  }
  return layout;
}

/** The bytes that an element takes up. */
function extent(
  element: NumberLayout | BytesLayout | VariableLayout | LimitedLayout,
): { start: number; span: number } {
  if (element.kind === "variable") return extent(element.place);
  if (element.kind === "limited") return extent(element.room);
  const span = element.kind === "number" ? byteSpan(element) : element.byteCount;
  return { start: element.byteOffset, span };
}

/** Bytes that a number touches. */
export function byteSpan(layout: NumberLayout): number {
  return Math.ceil((layout.bitOffset + layout.bitCount) / 8);
}

/** Layout of a number, or of bytes, at a place. */
export function fixedLayout(
  channel: ChannelModel,
  byteOffset: number,
  owner: ChannelModel,
  file?: string,
): NumberLayout | BytesLayout {
  const { dataType, bitCount, bitOffset } = channel;
  if (dataType > DATA_TYPE.floatBE) return bytesLayout(channel, byteOffset, owner, file);
  const numeric = dataType >= DATA_TYPE.floatLE
    ? "float"
    : dataType >= DATA_TYPE.signedLE
    ? "signed"
    : "unsigned";
  checkBits(numeric, bitOffset, bitCount, owner, file);
  return {
    kind: "number",
    numeric,
    byteOffset,
    bitOffset,
    bitCount,
    bigEndian: dataType % 2 === 1,
  };
}

function checkBits(
  numeric: NumberLayout["numeric"],
  bitOffset: number,
  bitCount: number,
  owner: ChannelModel,
  file: string | undefined,
): void {
  if (bitOffset > 7) {
    throw failure(owner, file)(
      `the bit offset is ${bitOffset}; it must be 0 to 7`,
      CorruptFileError,
    );
  }
  const possible = numeric === "float"
    ? bitCount === 16 || bitCount === 32 || bitCount === 64
    : bitCount >= 1 && bitCount <= 64;
  if (!possible) {
    throw failure(owner, file)(
      numeric === "float"
        ? `a float of ${bitCount} bits does not exist (16, 32 or 64)`
        : `an integer of ${bitCount} bits does not exist (1 to 64)`,
      CorruptFileError,
    );
  }
}

/** The real part of a complex number; the imaginary part follows at once. */
function complexPart(
  channel: ChannelModel,
  byteOffset: number,
  owner: ChannelModel,
  file?: string,
): NumberLayout {
  const { bitCount, bitOffset, dataType } = channel;
  if (bitOffset !== 0 || (bitCount !== 32 && bitCount !== 64 && bitCount !== 128)) {
    throw failure(owner, file)(
      `a complex number of ${bitCount} bits at bit offset ${bitOffset} does not exist`,
      CorruptFileError,
    );
  }
  return {
    kind: "number",
    numeric: "float",
    byteOffset,
    bitOffset: 0,
    bitCount: bitCount / 2,
    bigEndian: dataType === DATA_TYPE.complexBE,
  };
}

function bytesLayout(
  channel: ChannelModel,
  byteOffset: number,
  owner: ChannelModel,
  file?: string,
): BytesLayout {
  if (channel.dataType > DATA_TYPE.bomText) {
    throw failure(owner, file)(
      `data type ${channel.dataType} is not known`,
      UnsupportedFeatureError,
    );
  }
  if (channel.bitOffset !== 0 || channel.bitCount % 8 !== 0) {
    throw failure(owner, file)(
      `${channel.bitCount} bits at bit offset ${channel.bitOffset} are not whole bytes`,
      CorruptFileError,
    );
  }
  return { kind: "bytes", byteOffset, byteCount: channel.bitCount / 8 };
}

function checkExtent(
  start: number,
  span: number,
  group: ChannelGroupModel,
  dataGroup: DataGroupModel,
  owner: ChannelModel,
  file: string | undefined,
): void {
  const end = dataGroup.recordIdBytes + group.dataBytes + group.invalidationBytes;
  if (start < 0 || start + span > end) {
    throw failure(owner, file)(
      `the value takes the bytes ${start} to ${start + span} of a record of ${end} bytes`,
      CorruptFileError,
    );
  }
}
