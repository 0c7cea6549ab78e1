/**
 * Names of the members of structures.
 *
 * @module
 */
import type { ChannelGroupModel } from "./measurement.ts";

/**
 * Name of a channel behind those of the structures that it is a member of. Some writers put the names
 * of the structures into that of the member; these are not put in front of it again.
 */
export function channelPath(group: ChannelGroupModel, index: number): string {
  const { name, parent } = group.channels[index];
  if (parent === undefined) return name;
  const separator = group.pathSeparator === 0 ? "." : String.fromCharCode(group.pathSeparator);
  const above = channelPath(group, parent);
  if (name.startsWith(above + separator)) return name;
  const parentName = group.channels[parent].name;
  return name.startsWith(parentName + separator)
    ? above.slice(0, above.length - parentName.length) + name
    : above + separator + name;
}
