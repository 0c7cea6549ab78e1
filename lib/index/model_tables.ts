/**
 * The model of a measurement file as it stands in an index.
 *
 * @module
 */
import type {
  ArrayModel,
  AttachmentModel,
  BlockTriple,
  ChannelPlace,
  ConversionModel,
  ConversionReference,
  DataGroupModel,
  EventModel,
  FileHistoryEntry,
  Header,
  Identification,
  JsonNumber,
  RecordData,
  ReductionModel,
  SourceModel,
  TimeStamp,
} from "../structure/measurement.ts";
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import { CHAIN, PROBLEM } from "./chain_coder.ts";
import { CHECK_POINTS } from "./check_point_coder.ts";
import {
  asList,
  type Coder,
  isInteger,
  lazily,
  list,
  member,
  optional,
  reference,
  rule,
  show,
  string,
  text,
  usually,
  whole,
} from "./coder.ts";
import { RECORD_PLACES } from "./place_coder.ts";
import { record, table } from "./table.ts";

/** Least bytes of any block: its header. */
export const BLOCK_BYTES = 24;

/** A whole number in decimal digits. */
const DECIMAL = /^-?[0-9]{1,20}$/;

const SPECIAL = /^(NaN|Infinity|-Infinity|-0)$/;

/** A number that JSON may not know. */
export const JSON_NUMBER: Coder<JsonNumber> = {
  write: (value) => value,
  read(json, from) {
    if (typeof json === "number" && Number.isFinite(json)) return json;
    if (typeof json === "string" && SPECIAL.test(json)) return json as JsonNumber;
    return from.fail(`${show(json)} is no number`);
  },
  schema: { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity", "-0"] }] },
};

const jsonNumber = member(JSON_NUMBER);
const plain = member(string());

const TIME_STAMP = record<TimeStamp>({
  ns: member(string(DECIMAL)),
  zoneMinutes: usually(0, whole(31, { least: -(2 ** 31) })),
  daylightMinutes: usually(0, whole(31, { least: -(2 ** 31) })),
  flags: usually(0, whole(8)),
});

/** Identification block. */
export const IDENTIFICATION = record<Identification>({
  file: plain,
  versionText: plain,
  version: whole(16),
  program: plain,
  unfinalizedFlags: usually(0, whole(16)),
  customFlags: usually(0, whole(16)),
});

/** Header block. */
export const HEADER = record<Header>({
  start: member(TIME_STAMP),
  timeClass: usually(0, whole(8)),
  flags: usually(0, whole(8)),
  startAngle: usually<JsonNumber>(0, jsonNumber),
  startDistance: usually<JsonNumber>(0, jsonNumber),
  comment: usually("", plain),
});

/** File history. */
export const FILE_HISTORY = table<FileHistoryEntry>(
  { time: member(TIME_STAMP), comment: usually("", text()) },
  BLOCK_BYTES,
);

/** Sources. */
export const SOURCES = table<SourceModel>({
  name: usually("", text()),
  path: usually("", text()),
  comment: usually("", text()),
  type: usually(0, whole(8)),
  busType: usually(0, whole(8)),
  flags: usually(0, whole(8)),
}, BLOCK_BYTES);

/** Problems of parts beside the samples. */
export const PROBLEMS = list(PROBLEM);

/** A parameter of a conversion. */
export const CONVERSION_VALUE: Coder<JsonNumber | string> = {
  write: (value) => value,
  read: (json, from) =>
    typeof json === "string" && DECIMAL.test(json) ? json : JSON_NUMBER.read(json, from),
  schema: { type: ["number", "string"], pattern: `${DECIMAL.source}|${SPECIAL.source}` },
};

/** What a conversion refers to. */
export const CONVERSION_REFERENCE: Coder<ConversionReference> = {
  write: (value) => value,
  read(json, from) {
    if (json === null || typeof json === "string") return json;
    if (isInteger(json, 0, from.facts.counts.conversions - 1)) return json;
    return from.fail(`${show(json)} is neither a text nor a conversion`);
  },
  schema: { type: ["integer", "string", "null"], minimum: 0 },
};

const CONVERSION_TABLE = table<ConversionModel>({
  offset: whole(53, { delta: true }),
  type: whole(8, { least: -1 }),
  name: optional(text()),
  unit: optional(text()),
  comment: optional(text()),
  values: rule(list(CONVERSION_VALUE)),
  references: rule(list(CONVERSION_REFERENCE)),
  inverse: optional(reference("conversions", { delta: true })),
  problem: optional(member(PROBLEM)),
}, BLOCK_BYTES);

/** Conversions. */
export const CONVERSIONS: typeof CONVERSION_TABLE = {
  ...CONVERSION_TABLE,
  read(json, from) {
    const conversions = CONVERSION_TABLE.read(json, from);
    const isMask = (value: unknown) => typeof value === "string" && DECIMAL.test(value);
    const isNumber = (value: unknown) => typeof value === "number" || SPECIAL.test(String(value));
    for (const { type, values } of conversions) {
      if (!values.every(type === CONVERSION_TYPE.bitfieldText ? isMask : isNumber)) {
        from.fail(`the values of a conversion of type ${type} are not of its kind`);
      }
    }
    return conversions;
  },
};

const TRIPLE_NUMBERS = list<number>(whole(53).coder);

/** Offsets of a data group, a channel group and a channel. */
export const TRIPLE: Coder<BlockTriple> = {
  write: ({ dataGroup, channelGroup, channel }) => [dataGroup, channelGroup, channel],
  read(json, from) {
    const numbers = TRIPLE_NUMBERS.read(json, from);
    if (numbers.length !== 3) from.fail("a channel is named by three offsets");
    const [dataGroup, channelGroup, channel] = numbers;
    return { dataGroup, channelGroup, channel };
  },
  schema: { ...TRIPLE_NUMBERS.schema, minItems: 3, maxItems: 3 },
};

const RECORD_DATA = record<RecordData>({
  data: member(CHAIN),
  invalidation: optional(member(CHAIN)),
});

const AXIS_CONVERSION: Coder<number | null> = {
  write: (value) => value,
  read: (json, from) => json === null ? null : reference("conversions").coder.read(json, from),
  schema: { type: ["integer", "null"], minimum: 0 },
};

const wholes = member(list<number>(whole(53).coder));
const triples = optional(member(list(TRIPLE)));

const SIZES = list<number>(whole(53, { least: 1 }).coder);

/** Sizes of an array, which has an element at least. */
const DIMENSIONS: Coder<number[]> = {
  ...SIZES,
  read(json, from) {
    const sizes = SIZES.read(json, from);
    return sizes.length > 0 ? sizes : from.fail("an array has no dimensions");
  },
  schema: { ...SIZES.schema, minItems: 1 },
};

/** An array description. */
export const ARRAY = record<ArrayModel>({
  type: usually(0, whole(8)),
  storage: usually(0, whole(8)),
  flags: usually(0, whole(32)),
  dimensions: member(DIMENSIONS),
  byteOffsetBase: usually(0, whole(31, { least: -(2 ** 31) })),
  invalidationBase: usually(0, whole(32)),
  sizeChannels: triples,
  inputChannels: triples,
  outputChannel: optional(member(TRIPLE)),
  comparisonChannel: optional(member(TRIPLE)),
  axisChannels: triples,
  axisConversions: optional(member(list(AXIS_CONVERSION))),
  axisValues: optional(member(list(list(JSON_NUMBER)))),
  cycleCounts: optional(wholes),
  elementData: optional(member(list(RECORD_DATA))),
});

/** Data groups; where their data lies is read when it is asked for. */
export const DATA_GROUPS = table<DataGroupModel>({
  recordIdBytes: usually(0, whole(4)),
  comment: optional(text()),
  data: lazily(member(CHAIN)),
  invalidation: lazily(optional(member(CHAIN))),
  checkPoints: lazily(optional(member(CHECK_POINTS))),
  places: lazily(optional(member(RECORD_PLACES))),
}, BLOCK_BYTES);

/** Sample reductions of a group. */
export const REDUCTIONS = table<ReductionModel>({
  offset: whole(53),
  cycleCount: whole(53),
  interval: jsonNumber,
  syncType: usually(0, whole(8)),
  flags: usually(0, whole(8)),
  data: member(CHAIN),
  invalidation: optional(member(CHAIN)),
}, BLOCK_BYTES);

/** Attachments. */
export const ATTACHMENTS = table<AttachmentModel>({
  offset: whole(53, { delta: true }),
  name: text(),
  mimeType: text(),
  comment: optional(text()),
  flags: usually(0, whole(16)),
  creator: usually(0, whole(16)),
  md5: optional(text()),
  originalSize: whole(53),
  embeddedSize: whole(53),
  payloadOffset: whole(53, { delta: true }),
  problem: optional(member(PROBLEM)),
}, BLOCK_BYTES);

/** A group, or a channel of it; `[group]` or `[group, channel]`. */
export const PLACE: Coder<ChannelPlace> = {
  write: ({ group, channel }) => channel === undefined ? [group] : [group, channel],
  read(json, from) {
    const [number, position, ...more] = asList(json, from);
    if (more.length > 0) from.fail("a place has the form [group] or [group, channel]");
    const group = reference("groups").coder.read(number, from);
    if (position === undefined) return { group };
    return { group, channel: whole(53).coder.read(position, from) };
  },
  schema: { type: "array", items: { type: "integer", minimum: 0 }, minItems: 1, maxItems: 2 },
};

/** Events, and templates of events. */
export const EVENTS = table<EventModel>({
  offset: whole(53, { delta: true }),
  name: text(),
  groupName: optional(text()),
  comment: optional(text()),
  type: usually(0, whole(8)),
  syncType: usually(0, whole(8)),
  rangeType: usually(0, whole(8)),
  cause: usually(0, whole(8)),
  flags: usually(0, whole(8)),
  creator: usually(0, whole(16)),
  syncBase: member(string(DECIMAL)),
  syncFactor: jsonNumber,
  parent: optional(reference("events")),
  rangeBegin: optional(reference("events")),
  parentGroup: optional(reference("groups")),
  rangeBeginGroup: optional(reference("groups")),
  scope: member(list(PLACE)),
  attachments: member(list<number>(reference("attachments").coder)),
}, BLOCK_BYTES);
