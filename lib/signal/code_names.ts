/**
 * Names for the numbers with which arrays, events, the hierarchy and reductions say what they are.
 *
 * @module
 */

/** A number that the format gives no name. */
export type UnknownCode = `code ${number}`;

/** What kind of event it is. */
export type EventType =
  | "recording"
  | "recording interrupt"
  | "acquisition interrupt"
  | "start recording trigger"
  | "stop recording trigger"
  | "trigger"
  | "marker"
  | UnknownCode;

/** Whether an event is a point, or the beginning or end of a range. */
export type EventRangeType = "point" | "begin" | "end" | UnknownCode;

/** What caused an event. */
export type EventCause = "other" | "error" | "tool" | "script" | "user" | UnknownCode;

/** Axis that a position is measured on; the position on `index` is the number of a record. */
export type SyncType = "none" | "time" | "angle" | "distance" | "index" | UnknownCode;

/** What a node of the channel hierarchy stands for. */
export type HierarchyType =
  | "group"
  | "function"
  | "structure"
  | "map list"
  | "function input"
  | "function output"
  | "function local"
  | "calibration definition"
  | "calibration reference"
  | UnknownCode;

/** What an array is for. */
export type ArrayType =
  | "array"
  | "scaling axis"
  | "look-up"
  | "interval axis"
  | "classification result"
  | UnknownCode;

/** Where the elements of an array lie: in one record, or in records of their own. */
export type ArrayStorage = "record" | "channel groups" | "data groups";

const ARRAY_TYPES: readonly ArrayType[] = [
  "array",
  "scaling axis",
  "look-up",
  "interval axis",
  "classification result",
];
const ARRAY_STORAGES: readonly ArrayStorage[] = ["record", "channel groups", "data groups"];
const EVENT_TYPES: readonly EventType[] = [
  "recording",
  "recording interrupt",
  "acquisition interrupt",
  "start recording trigger",
  "stop recording trigger",
  "trigger",
  "marker",
];
const RANGE_TYPES: readonly EventRangeType[] = ["point", "begin", "end"];
const CAUSES: readonly EventCause[] = ["other", "error", "tool", "script", "user"];
const SYNC_TYPES: readonly SyncType[] = ["none", "time", "angle", "distance", "index"];
const SYNC_UNITS = ["", "s", "rad", "m", ""];
const HIERARCHY_TYPES: readonly HierarchyType[] = [
  "group",
  "function",
  "structure",
  "map list",
  "function input",
  "function output",
  "function local",
  "calibration definition",
  "calibration reference",
];

/** Name of an `ev_type`. */
export function eventType(code: number): EventType {
  return EVENT_TYPES[code] ?? `code ${code}`;
}

/** Name of an `ev_range_type`. */
export function eventRangeType(code: number): EventRangeType {
  return RANGE_TYPES[code] ?? `code ${code}`;
}

/** Name of an `ev_cause`. */
export function eventCause(code: number): EventCause {
  return CAUSES[code] ?? `code ${code}`;
}

/** Name of an `ev_sync_type` or `sr_sync_type`. */
export function syncType(code: number): SyncType {
  return SYNC_TYPES[code] ?? `code ${code}`;
}

/** Unit of positions on the axis of a sync type. */
export function syncUnit(code: number): string {
  return SYNC_UNITS[code] ?? "";
}

/** Name of a `ch_type`. */
export function hierarchyType(code: number): HierarchyType {
  return HIERARCHY_TYPES[code] ?? `code ${code}`;
}

/** Name of a `ca_type`. */
export function arrayType(code: number): ArrayType {
  return ARRAY_TYPES[code] ?? `code ${code}`;
}

/** Name of a `ca_storage`, which is one of three. */
export function arrayStorage(code: number): ArrayStorage {
  return ARRAY_STORAGES[code];
}
