/**
 * The type of a channel in words.
 *
 * @module
 */
import { syncType } from "../../lib/signal/code_names.ts";
import { CHANNEL_TYPE, DATA_TYPE, isText } from "../../lib/structure/format_codes.ts";
import type { ChannelModel } from "../../lib/structure/measurement.ts";
import { CHANNEL_TYPE_WORDS, wordFor } from "./code_words.ts";
import { countOf } from "./plain_text.ts";

const ENCODINGS: Record<number, string> = {
  [DATA_TYPE.latin1]: "Latin-1",
  [DATA_TYPE.utf8]: "UTF-8",
  [DATA_TYPE.utf16LE]: "UTF-16 little-endian",
  [DATA_TYPE.utf16BE]: "UTF-16 big-endian",
  [DATA_TYPE.bomText]: "by its byte order mark",
};

/** What one value is: `float64`, `uint12 big-endian`, `text UTF-8`, `structure`, `uint8[3 × 4]`. */
export function typeWords(channel: ChannelModel): string {
  const dimensions = (channel.arrays ?? []).flatMap((array) => array.dimensions);
  const element = channel.structure ? "structure" : elementWords(channel);
  return dimensions.length > 0 ? `${element}[${dimensions.join(" × ")}]` : element;
}

function elementWords({ dataType, bitCount, type }: ChannelModel): string {
  // Its values are the numbers of the records, whatever the type says.
  if (type === CHANNEL_TYPE.virtualMaster || type === CHANNEL_TYPE.virtualData) {
    return "record number";
  }
  const big = bitCount > 8 ? " big-endian" : "";
  switch (dataType) {
    case DATA_TYPE.unsignedLE:
      return `uint${bitCount}`;
    case DATA_TYPE.unsignedBE:
      return `uint${bitCount}${big}`;
    case DATA_TYPE.signedLE:
      return `int${bitCount}`;
    case DATA_TYPE.signedBE:
      return `int${bitCount}${big}`;
    case DATA_TYPE.floatLE:
      return `float${bitCount}`;
    case DATA_TYPE.floatBE:
      return `float${bitCount}${big}`;
    case DATA_TYPE.bytes:
      return "byte array";
    case DATA_TYPE.mimeSample:
      return "MIME sample";
    case DATA_TYPE.mimeStream:
      return "MIME stream";
    case DATA_TYPE.canopenDate:
      return "CANopen date";
    case DATA_TYPE.canopenTime:
      return "CANopen time";
    case DATA_TYPE.complexLE:
      return `complex${bitCount}`;
    case DATA_TYPE.complexBE:
      return `complex${bitCount}${big}`;
    default:
      return isText(dataType) ? `text ${ENCODINGS[dataType]}` : `data type ${dataType}`;
  }
}

/** What the channel is for, or how its values are stored, where that is not the plain case. */
export function roleWords(channel: ChannelModel, siblings: readonly ChannelModel[]): string[] {
  const { type, bitCount, dataType } = channel;
  switch (type) {
    case CHANNEL_TYPE.fixed: {
      const measured = isText(dataType) || dataType === DATA_TYPE.bytes ||
        dataType === DATA_TYPE.mimeSample || dataType === DATA_TYPE.mimeStream;
      return measured && !channel.structure ? [countOf(Math.ceil(bitCount / 8), "byte")] : [];
    }
    case CHANNEL_TYPE.master:
    case CHANNEL_TYPE.virtualMaster:
    case CHANNEL_TYPE.sync:
      return [`${wordFor(CHANNEL_TYPE_WORDS, type)}: ${syncType(channel.syncType)}`];
    case CHANNEL_TYPE.maximumLength: {
      const length = siblings[channel.lengthChannel ?? -1];
      const told = length ? `, length in ${length.name}` : "";
      return [`at most ${countOf(Math.ceil(bitCount / 8), "byte")}${told}`];
    }
    default:
      return [CHANNEL_TYPE_WORDS[type] ?? `channel type ${type}`];
  }
}

/** Which bits of the record hold the value, where they do not fill whole bytes. */
export function bitWords(channel: ChannelModel): string | undefined {
  const { bitOffset, bitCount, byteOffset, type } = channel;
  if (type === CHANNEL_TYPE.virtualMaster || type === CHANNEL_TYPE.virtualData) return undefined;
  if (bitCount === 0 || (bitOffset === 0 && bitCount % 8 === 0)) return undefined;
  const last = bitOffset + bitCount - 1;
  const bits = bitCount === 1 ? `bit ${bitOffset}` : `bits ${bitOffset}–${last}`;
  return `${bits} from byte ${byteOffset}`;
}
