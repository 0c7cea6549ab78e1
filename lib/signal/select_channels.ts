/**
 * Sorts channels that are asked for by their groups, each of which is read in one pass.
 *
 * @module
 */
import type { NumberArray } from "../decode/number_kernels.ts";
import { UsageError } from "../errors.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { GroupSelection } from "./open_columns.ts";
import type { ReadAllOptions } from "./signal.ts";

/**
 * The channels of each group, all of the file where none are named.
 *
 * @throws {UsageError} when arrays are given for channels that are not named, or several for one
 */
export function selectChannels(
  groups: readonly ChannelGroup[],
  channels: readonly Channel[] | undefined,
  arrays: ReadAllOptions["into"] = [],
  file: string,
): GroupSelection[] {
  if (!channels && arrays.length > 0) {
    throw new UsageError("say which channels the arrays of into are for", { file });
  }
  if (channels && arrays.length > channels.length) {
    throw new UsageError(
      `into has ${arrays.length} arrays for ${channels.length} channels; give one for each`,
      { file },
    );
  }
  if (!channels) return groups.map((group) => ({ group, channels: group.channels }));
  const byGroup = new Map<ChannelGroup, Set<Channel>>();
  const into = new Map<Channel, NumberArray>();
  for (const [i, channel] of channels.entries()) {
    const array = arrays[i];
    if (array && (into.get(channel) ?? array) !== array) {
      throw new UsageError(
        `channel "${channel.name}" is named twice, each time with another array of into; name it once`,
        { file },
      );
    }
    if (array) into.set(channel, array);
    const chosen = byGroup.get(channel.group);
    if (chosen) chosen.add(channel);
    else byGroup.set(channel.group, new Set([channel]));
  }
  return [...byGroup].map(([group, chosen]) => ({ group, channels: [...chosen], into }));
}
