/**
 * Words for the numbers and flags of the format.
 *
 * @module
 */
import {
  eventCause,
  eventRangeType,
  eventType,
  hierarchyType,
  syncType,
} from "../../lib/signal/code_names.ts";
import { MdfTime } from "../../lib/signal/start_time.ts";

/** The word at the place of the code, or the code itself. */
export function wordFor(words: readonly string[], code: number): string {
  return words[code] ?? `code ${code}`;
}

/** The words of the set bits; bits without one are numbered. */
export function flagWords(words: readonly string[], flags: number): string[] {
  const found: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if ((flags >>> bit) & 1) found.push(words[bit] || `bit ${bit}`);
  }
  return found;
}

/** `id_unfin_flags`. */
export const UNFINALIZED_WORDS = [
  "record counters are not up to date",
  "counters of sample reductions are not up to date",
  "length of the last data block is not up to date",
  "length of the last reduction data block is not up to date",
  "last data list is not up to date",
  "byte counts of variable-length groups are not up to date",
  "offsets of variable-length values are not up to date",
];

/** `cn_type`. */
export const CHANNEL_TYPE_WORDS = [
  "fixed length",
  "variable length",
  "master",
  "virtual master",
  "synchronisation",
  "maximum length",
  "virtual data",
  "variable length, sized by a channel",
];

/** `cn_data_type`. */
export const DATA_TYPE_WORDS = [
  "unsigned integer, little-endian",
  "unsigned integer, big-endian",
  "signed integer, little-endian",
  "signed integer, big-endian",
  "float, little-endian",
  "float, big-endian",
  "text Latin-1",
  "text UTF-8",
  "text UTF-16 little-endian",
  "text UTF-16 big-endian",
  "byte array",
  "MIME sample",
  "MIME stream",
  "CANopen date",
  "CANopen time",
  "complex, little-endian",
  "complex, big-endian",
  "text with byte order mark",
];

/** `cn_flags`. */
export const CHANNEL_FLAG_WORDS = [
  "all values invalid",
  "invalidation bit",
  "precision",
  "value range",
  "limits",
  "extended limits",
  "discrete",
  "calibration",
  "calculated",
  "virtual",
  "bus event",
  "strictly monotonous",
  "default x axis",
  "event signal",
  "data stream",
  ...["", "", "", "alignment reset"],
];

/** `cg_flags`. */
export const GROUP_FLAG_WORDS = [
  "variable-length values",
  "bus event",
  "plain bus event",
  "remote master",
  "event signal",
  "compact variable-length values",
];

/** `cc_type`. */
export const CONVERSION_TYPE_WORDS = [
  "identity",
  "linear",
  "rational",
  "formula",
  "interpolated table",
  "table",
  "ranges to values",
  "value to text",
  "ranges to text",
  "text to value",
  "text to text",
  "bit fields",
];

/** `si_type`. */
export const SOURCE_TYPE_WORDS = ["other", "ECU", "bus", "I/O", "tool", "user"];
/** `si_bus_type`. */
export const BUS_TYPE_WORDS = [
  ..."none,other,CAN,LIN,MOST,FlexRay,K-Line,Ethernet,USB".split(","),
];

/** `ca_type`. */
export const ARRAY_TYPE_WORDS = [
  "array",
  "scaling axis",
  "look-up",
  "interval axis",
  "classification result",
];
/** `ca_storage`. */
export const ARRAY_STORAGE_WORDS = ["in the record", "in channel groups", "in data groups"];
/** `ca_flags`. */
export const ARRAY_FLAG_WORDS = [
  "dynamic size",
  "input quantities",
  "output quantity",
  "comparison quantity",
  "axes",
  "fixed axes",
  "inverse layout",
  "left-open intervals",
  "standard axes",
];

/** `dz_zip_type`. */
export const ZIP_WORDS = [
  "deflate",
  "transposed deflate",
  "zstd",
  "transposed zstd",
  "lz4",
  "transposed lz4",
];

const TIME_FLAG_WORDS = ["local time", "offsets valid"];
const LIST_FLAG_WORDS = ["equal length", "time values", "angle values", "distance values"];
const LD_FLAG_WORDS = Object.assign([...LIST_FLAG_WORDS], { 31: "invalidation bits" });

/** `hd_time_class`. */
export const TIME_CLASSES: Record<number, string> = {
  0: "clock of the computer",
  10: "external clock",
  16: "external clock, synchronised",
};

type Meaning = (value: number) => string;
const word = (words: readonly string[]): Meaning => (code) => wordFor(words, code);
const flags = (words: readonly string[]): Meaning => (value) => flagWords(words, value).join(", ");
const time = (value: number | bigint) =>
  new MdfTime({ ns: String(value), zoneMinutes: 0, daylightMinutes: 0, flags: 0 }).toString();

const MEANINGS: Record<string, (value: never) => string> = {
  id_unfin_flags: flags(UNFINALIZED_WORDS),
  hd_start_time_ns: time,
  hd_time_flags: flags(TIME_FLAG_WORDS),
  hd_time_class: (code: number) => TIME_CLASSES[code] ?? "",
  hd_flags: flags(["start angle", "start distance"]),
  fh_time_ns: time,
  fh_time_flags: flags(TIME_FLAG_WORDS),
  ch_type: hierarchyType,
  at_flags: flags(["embedded", "compressed", "MD5 checksum"]),
  ev_type: eventType,
  ev_sync_type: syncType,
  ev_range_type: eventRangeType,
  ev_cause: eventCause,
  ev_flags: flags(["added after the recording", "group name"]),
  cg_flags: flags(GROUP_FLAG_WORDS),
  si_type: word(SOURCE_TYPE_WORDS),
  si_bus_type: word(BUS_TYPE_WORDS),
  si_flags: flags(["simulated"]),
  cn_type: word(CHANNEL_TYPE_WORDS),
  cn_sync_type: syncType,
  cn_data_type: word(DATA_TYPE_WORDS),
  cn_flags: flags(CHANNEL_FLAG_WORDS),
  cc_type: word(CONVERSION_TYPE_WORDS),
  cc_flags: flags(["precision", "physical range", "status text"]),
  ca_type: word(ARRAY_TYPE_WORDS),
  ca_storage: word(ARRAY_STORAGE_WORDS),
  ca_flags: flags(ARRAY_FLAG_WORDS),
  ds_mode: word(["channels", "attachment"]),
  cl_flags: flags(["counts elements", "alignment reset"]),
  sr_sync_type: syncType,
  sr_flags: flags(["invalidation bytes", "dominant invalidation"]),
  dz_zip_type: word(ZIP_WORDS),
  hl_flags: flags(LIST_FLAG_WORDS),
  hl_zip_type: word(ZIP_WORDS),
  dl_flags: flags(LIST_FLAG_WORDS),
  ld_flags: flags(LD_FLAG_WORDS),
};

/** What the value of a block's field means; "" where the value speaks for itself. */
export function meaningOf(field: string, value: unknown): string {
  if (typeof value !== "number" && typeof value !== "bigint") return "";
  const meaning = Object.hasOwn(MEANINGS, field) ? MEANINGS[field] : undefined;
  try {
    return meaning?.(value as never) ?? "";
  } catch (error) {
    // A damaged time can lie outside what a Date can be.
    if (error instanceof RangeError) return "no possible time";
    throw error;
  }
}
