/**
 * Byte ranges straight from an index.
 *
 * @module
 */
import { AmbiguousChannelError, ChannelNotFoundError } from "../errors.ts";
import { channelRanges } from "../plan/byte_ranges.ts";
import type { ByteRange } from "../source/byte_ranges.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import { channelPath } from "../structure/channel_path.ts";
import type { ChannelGroupModel, Measurement } from "../structure/measurement.ts";
import { type MdfIndex, openIndex } from "./file_index.ts";

/** A channel by name, or by its position as a `Channel` of the same file has it. */
export type ChannelReference =
  | string
  | { readonly index: number; readonly group: { readonly index: number } };

/** Options of {@link byteRanges}. */
export interface ByteRangesOptions {
  /** Only the records `[from, to)`. */
  records?: readonly [from: number, to: number];
  /** Index of the group to look in, where several have a channel of that name. */
  group?: number;
}

/**
 * The `[offset, length]` spans of the file that a reader needs for a channel, sorted and merged.
 *
 * @throws {ChannelNotFoundError} when the index has no such channel
 * @throws {AmbiguousChannelError} when several groups have one of that name
 */
export function byteRanges(
  index: MdfIndex,
  channel: ChannelReference,
  options: ByteRangesOptions = {},
): ByteRange[] {
  const measurement = structureOf(index);
  const [group, position] = locate(measurement, channel, options.group);
  return channelRanges(measurement, group, position, options.records);
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
  wanted: number | undefined,
): [group: number, channel: number] {
  // Users count the listed groups; the model also has those that only store variable-length values.
  const listed = measurement.groups
    .map((group, number) => ({ group, number }))
    .filter(({ group }) => (group.flags & GROUP_FLAG.variableLength) === 0);
  if (typeof channel !== "string") {
    const entry = listed[channel.group.index];
    if (!entry?.group.channels[channel.index]) {
      throw new ChannelNotFoundError("the index has no channel at that position", []);
    }
    return [entry.number, channel.index];
  }
  const find = (matches: (group: ChannelGroupModel, position: number) => boolean) => {
    const found: [listed: number, group: number, channel: number][] = [];
    listed.forEach(({ group, number }, i) => {
      if (wanted !== undefined && wanted !== i) return;
      group.channels.forEach((_, position) => {
        if (matches(group, position)) found.push([i, number, position]);
      });
    });
    return found;
  };
  let found = find((group, position) => group.channels[position].name === channel);
  if (found.length === 0) {
    found = find((group, position) =>
      group.channels[position].parent !== undefined && channelPath(group, position) === channel
    );
  }
  if (found.length === 0) {
    throw new ChannelNotFoundError(`the index has no channel "${channel}"`, []);
  }
  if (found.length > 1) {
    const groups = [...new Set(found.map(([i]) => i))];
    throw new AmbiguousChannelError(
      `the index has ${found.length} channels "${channel}", in the groups ${groups.join(", ")}; ` +
        "pass { group }, or a channel instead of its name",
      groups,
    );
  }
  return [found[0][1], found[0][2]];
}
