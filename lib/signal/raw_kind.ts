/**
 * What a channel's values are before conversion.
 *
 * @module
 */
import type { RawKind } from "../conversion/compile_conversion.ts";
import { CHANNEL_TYPE, DATA_TYPE, isNumeric, isText } from "../structure/format_codes.ts";
import type { ChannelModel } from "../structure/measurement.ts";

/** Whether conversions meet integers, floats, texts or something else. */
export function rawKind({ type, dataType, structure, composition }: ChannelModel): RawKind {
  if (type === CHANNEL_TYPE.virtualMaster || type === CHANNEL_TYPE.virtualData) return "integer";
  if (structure || composition) return "other";
  if (dataType <= DATA_TYPE.signedBE) return "integer";
  if (isNumeric(dataType)) return "float";
  return isText(dataType) ? "text" : "other";
}
