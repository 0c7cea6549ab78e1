/**
 * Byte ranges straight from an index.
 *
 * @module
 */
import { AmbiguousChannelError, ChannelNotFoundError, UsageError } from "../errors.ts";
import { channelRanges } from "../plan/byte_ranges.ts";
import type { ByteRange } from "../source/byte_ranges.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import { channelPath } from "../structure/channel_path.ts";
import type { Measurement } from "../structure/measurement.ts";
import { type MdfIndex, openIndex } from "./file_index.ts";
import { type ChannelPosition, namesOf } from "./index_names.ts";

/** A channel by name, or by its position as a `Channel` of the same file has it. */
export type ChannelReference =
  | string
  | { readonly index: number; readonly group: { readonly index: number } };

/** Options of `byteRanges`. */
export interface ByteRangesOptions {
  /** Only the records `[from, to)`. */
  records?: readonly [from: number, to: number];
  /** Index or name of the group to look in, where several have a channel of that name. */
  group?: number | string;
  /**
   * Bytes between two spans up to which they are given as one. Default 64, so that the headers of data
   * blocks that follow each other do not take their data apart; 0 for nothing but what is needed.
   */
  gap?: number;
}

const DEFAULT_GAP = 64;

/** The spans of records, without looking into the file. */
export function recordRanges(
  index: MdfIndex,
  channel: ChannelReference,
  { records, group, gap = DEFAULT_GAP }: ByteRangesOptions = {},
): ByteRange[] {
  if (!(gap >= 0)) throw new UsageError(`gap must be a number of bytes from 0 on, not ${gap}`);
  if (records && !(records[0] >= 0 && records[0] <= records[1])) {
    throw new UsageError(`records must be [from, to) with 0 <= from <= to, not [${records}]`);
  }
  const measurement = structureOf(index);
  const [number, position] = locate(measurement, channel, group);
  return channelRanges(measurement, number, position, { records, gap });
}

/** Structures of indexes whose ranges were asked for, as one often asks for many. */
const opened = new WeakMap<MdfIndex, Measurement>();

function structureOf(index: MdfIndex): Measurement {
  let measurement = opened.get(index);
  if (!measurement) {
    measurement = openIndex(index);
    opened.set(index, measurement);
  }
  return measurement;
}

function locate(
  measurement: Measurement,
  channel: ChannelReference,
  wanted: number | string | undefined,
): ChannelPosition {
  // Users count the listed groups; the model also has those that only store variable-length values.
  const listed: number[] = [];
  for (const [number, { flags }] of measurement.groups.entries()) {
    if ((flags & GROUP_FLAG.variableLength) === 0) listed.push(number);
  }
  if (typeof channel !== "string") {
    const number = listed[channel.group.index];
    if (!measurement.groups[number]?.channels[channel.index]) {
      throw new ChannelNotFoundError("the index has no channel at that position", []);
    }
    return [number, channel.index];
  }
  const isWanted = ([number]: ChannelPosition) =>
    (measurement.groups[number].flags & GROUP_FLAG.variableLength) === 0 &&
    (wanted === undefined || listed[wanted as number] === number ||
      measurement.groups[number].name === wanted);
  const names = namesOf(measurement)!;
  let found = names.find(channel).filter(isWanted);
  if (found.length === 0) {
    found = names.withMembers().flatMap((number) => {
      const group = measurement.groups[number];
      return group.channels.flatMap(({ parent }, position): ChannelPosition[] =>
        parent !== undefined && channelPath(group, position) === channel ? [[number, position]] : []
      );
    }).filter(isWanted);
  }
  if (found.length === 0) {
    const where = wanted === undefined ? "" : ` in group ${JSON.stringify(wanted)}`;
    throw new ChannelNotFoundError(`the index has no channel "${channel}"${where}`, []);
  }
  if (found.length > 1) {
    const groups = [...new Set(found.map(([number]) => listed.indexOf(number)))];
    throw new AmbiguousChannelError(
      `the index has ${found.length} channels "${channel}", in the groups ${groups.join(", ")}; ` +
        "pass { group }, or a channel instead of its name",
      groups,
    );
  }
  return found[0];
}
