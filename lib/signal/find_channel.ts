/**
 * Channels by name.
 *
 * @module
 */
import { AmbiguousChannelError, ChannelNotFoundError, UsageError } from "../errors.ts";
import { type ChannelPosition, type IndexNames, namesOf } from "../index/index_names.ts";
import type { ChannelGroupModel, Measurement } from "../structure/measurement.ts";
import type { Channel, ChannelGroup } from "./channel.ts";

/** Most near names that an error offers. */
const NEAR_NAMES = 5;
/** Going through all names takes a fifth of the time that it takes to make a map of them. */
const LOOKS_WITHOUT_MAP = 4;

/** Finds channels of a file by name. */
export class ChannelFinder {
  readonly #groups: readonly ChannelGroup[];
  readonly #file: string;
  readonly #measurement: Measurement;
  readonly #positions = new Map<string, ChannelPosition[]>();
  #byModel?: Map<ChannelGroupModel, ChannelGroup>;
  #byName?: Map<string, Channel[]>;
  #looks = 0;
  #byPath?: Map<string, Channel[]>;

  /** Looks in these groups of a measurement. */
  constructor(groups: readonly ChannelGroup[], file: string, measurement: Measurement) {
    this.#groups = groups;
    this.#file = file;
    this.#measurement = measurement;
  }

  /**
   * The channel of that name, in the group given by index or name; where none has the name, the one
   * of that path.
   *
   * @throws {ChannelNotFoundError} when there is none; its `near` holds similar names
   * @throws {AmbiguousChannelError} when there are several
   */
  find(name: string, group?: number | string): Channel {
    let found = this.#inGroup(this.#named(name, group), group);
    if (found.length === 0) found = this.#inGroup(this.#paths().get(name) ?? [], group);
    if (found.length === 1) return found[0];
    if (found.length === 0) {
      const where = group === undefined ? "" : ` in group ${JSON.stringify(group)}`;
      const all = this.#named(name);
      const near = this.#near(name);
      const hint = all.length > 0
        ? `; groups ${all.map((channel) => channel.group.index).join(", ")} have it`
        : near.length > 0
        ? `; did you mean ${near.map((near) => `"${near}"`).join(", ")}?`
        : "";
      throw new ChannelNotFoundError(`there is no channel "${name}"${where}${hint}`, near, {
        file: this.#file,
      });
    }
    const groups = [...new Set(found.map((channel) => channel.group.index))];
    throw new AmbiguousChannelError(
      groups.length > 1
        ? `channel "${name}" is in the groups ${groups.join(", ")}; pass { group } to choose one`
        : `group ${groups[0]} has ${found.length} channels "${name}"; ${choice(found)}`,
      groups,
      { file: this.#file },
    );
  }

  /** Those of some channels, which are in the order of the groups, that are in a group. */
  #inGroup(channels: readonly Channel[], group?: number | string): readonly Channel[] {
    if (group === undefined || channels.length === 0) return channels;
    if (typeof group === "string") {
      return channels.filter((channel) => channel.group.name === group);
    }
    if (!Number.isInteger(group) || group < 0 || group >= this.#groups.length) {
      throw new UsageError(`there is no group ${group}; the file has ${this.#groups.length}`, {
        file: this.#file,
      });
    }
    const first = firstOfGroup(channels, group);
    return channels.slice(first, firstOfGroup(channels, group + 1));
  }

  /**
   * Channels of that name, at least those of the group. An index tells them without making the
   * channels of all groups.
   */
  #named(name: string, group?: number | string): readonly Channel[] {
    const names = this.#indexed();
    if (!names) return this.#lookUp(name);
    let positions = this.#positions.get(name);
    if (!positions) this.#positions.set(name, positions = names.find(name));
    return positions.flatMap(([index, channel]) => {
      const listed = this.#listed(index);
      const other = typeof group === "number" && listed?.index !== group;
      return listed && !other ? listed.channels[channel] : [];
    });
  }

  #indexed(): IndexNames | undefined {
    return this.#byName ? undefined : namesOf(this.#measurement);
  }

  /** The group with that index in the model, if it is listed. */
  #listed(index: number): ChannelGroup | undefined {
    this.#byModel ??= new Map(this.#groups.map((group) => [group.model, group]));
    return this.#byModel.get(this.#measurement.groups[index]);
  }

  #lookUp(name: string): readonly Channel[] {
    if (this.#byName || this.#looks === LOOKS_WITHOUT_MAP) return this.#names().get(name) ?? [];
    this.#looks++;
    return this.#groups.flatMap(({ channels }) =>
      channels.filter((channel) => channel.name === name)
    );
  }

  #names(): Map<string, Channel[]> {
    return this.#byName ??= mapped(this.#groups, ({ name }) => name);
  }

  /** Members of structures by their paths, where these are not their names. */
  #paths(): Map<string, Channel[]> {
    if (this.#byPath) return this.#byPath;
    const groups = this.#indexed()?.withMembers().flatMap((index) => this.#listed(index) ?? []);
    return this.#byPath = mapped(
      groups ?? this.#groups,
      (channel) => channel.model.parent === undefined ? undefined : channel.path,
    );
  }

  #near(name: string): string[] {
    const wanted = name.toLowerCase();
    const scored: [distance: number, name: string][] = [];
    for (const candidate of this.#indexed()?.names() ?? this.#names().keys()) {
      const other = candidate.toLowerCase();
      const farthest = Math.max(2, Math.floor(wanted.length / 3));
      const distance = other.includes(wanted) || (other && wanted.includes(other))
        ? 1
        : editDistance(wanted, other, farthest);
      if (distance <= farthest) scored.push([distance, candidate]);
    }
    return scored.sort((a, b) => a[0] - b[0]).slice(0, NEAR_NAMES).map(([, near]) => near);
  }
}

/** The channels of groups by a text, where they have one. */
function mapped(
  groups: readonly ChannelGroup[],
  textOf: (channel: Channel) => string | undefined,
): Map<string, Channel[]> {
  const map = new Map<string, Channel[]>();
  for (const group of groups) {
    for (const channel of group.channels) {
      const text = textOf(channel);
      if (text === undefined) continue;
      const known = map.get(text);
      if (known) known.push(channel);
      else map.set(text, [channel]);
    }
  }
  return map;
}

/** Which of some channels, in the order of the groups, is the first in a group or behind it. */
function firstOfGroup(channels: readonly Channel[], group: number): number {
  let low = 0;
  let high = channels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (channels[middle].group.index < group) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How one of several channels of a name can be chosen. */
function choice(channels: readonly Channel[]): string {
  const paths = channels.map(({ path }) => path);
  if (new Set(paths).size < paths.length) return "take one from its channels";
  const some = paths.slice(0, NEAR_NAMES).map((path) => `"${path}"`).join(", ");
  return `use its path: ${some}${paths.length > NEAR_NAMES ? ", …" : ""}`;
}

/** Levenshtein distance, or more than `farthest` once it is certain to be larger. */
function editDistance(a: string, b: string, farthest: number): number {
  if (Math.abs(a.length - b.length) > farthest) return farthest + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    if (Math.min(...next) > farthest) return farthest + 1;
    row = next;
  }
  return row[b.length];
}
