/**
 * The structure of a file that has grown, taken over into the one that was read before, whose groups
 * and channels are in use.
 *
 * @module
 */
import type { BlockReader } from "../blocks/read_block.ts";
import { checkContinues } from "./continue_chain.ts";
import { changed } from "./continue_file.ts";
import type { ChannelGroupModel, ChannelModel, DataChain, Measurement } from "./measurement.ts";

/** What makes a channel the one that it is. */
const CHANNEL_MEMBERS = [
  "offset",
  "name",
  "type",
  "syncType",
  "dataType",
  "bitOffset",
  "byteOffset",
  "bitCount",
  "flags",
  "parent",
] as const satisfies readonly (keyof ChannelModel)[];

/** What makes a channel group the one that it is; the size of some is a counter. */
const GROUP_MEMBERS = [
  "offset",
  "dataGroup",
  "recordId",
  "flags",
] as const satisfies readonly (keyof ChannelGroupModel)[];

/**
 * Checks that a file that was walked again has all that it had before.
 *
 * @throws {SourceChangedError} when it has not
 */
export function checkContinuation(
  reader: BlockReader,
  before: Measurement,
  now: Measurement,
): void {
  if (before.header.start.ns !== "0" && before.header.start.ns !== now.header.start.ns) {
    changed(reader, "the measurement started at another time", "HD", 64);
  }
  for (const [i, group] of before.groups.entries()) {
    const found = now.groups[i];
    if (!found || GROUP_MEMBERS.some((member) => found[member] !== group[member])) {
      changed(reader, `group "${group.name}" is no longer there`, "CG", group.offset);
    }
    if (found.channels.length !== group.channels.length) {
      changed(reader, `group "${group.name}" has other channels`, "CG", group.offset);
    }
    for (const [k, channel] of group.channels.entries()) {
      const other = found.channels[k];
      if (CHANNEL_MEMBERS.some((member) => other[member] !== channel[member])) {
        changed(reader, `channel "${channel.name}" is another now`, "CN", channel.offset);
      }
      if (channel.signalData === undefined) continue;
      const values = other.signalData === undefined ? undefined : now.signalData[other.signalData];
      checkContinues(reader, before.signalData[channel.signalData], values ?? NO_DATA);
    }
  }
  for (const [i, { data, invalidation }] of before.dataGroups.entries()) {
    const found = now.dataGroups[i];
    if (!found) changed(reader, "a data group is no longer there", "HD", 64);
    checkContinues(reader, data, found.data);
    if (invalidation) checkContinues(reader, invalidation, found.invalidation ?? NO_DATA);
  }
}

const NO_DATA: DataChain = { fragments: [], length: 0 };

/** Makes `model` what `now` is; its groups, channels and reductions stay the same objects. */
export function adoptModel(model: Measurement, now: Measurement): void {
  const groups = now.groups.map((group, i) => {
    const known = model.groups[i];
    if (!known) return group;
    const channels = known.channels;
    if (group.channels !== channels) {
      for (const [k, channel] of channels.entries()) become(channel, group.channels[k]);
    }
    const reductions = group.reductions?.map((reduction, k) => {
      const old = known.reductions?.[k];
      return old ? become(old, reduction) : reduction;
    });
    return become(known, reductions ? { ...group, channels, reductions } : { ...group, channels });
  });
  become(model, { ...now, groups });
}

function become<T extends object>(target: T, source: T): T {
  for (const name of Object.keys(target) as (keyof T)[]) {
    if (!(name in source)) delete target[name];
  }
  return Object.assign(target, source);
}

/** All data chains of a file. */
export function* chainsOf(model: Measurement): Generator<DataChain> {
  yield* model.signalData;
  for (const { data, invalidation } of model.dataGroups) {
    yield data;
    if (invalidation) yield invalidation;
  }
  for (const { channels, reductions = [] } of model.groups) {
    const elements = channels.flatMap(({ arrays = [] }) =>
      arrays.flatMap(({ elementData = [] }) => elementData)
    );
    for (const { data, invalidation } of [...elements, ...reductions]) {
      yield data;
      if (invalidation) yield invalidation;
    }
  }
}
