/**
 * What an index holds, without the file.
 *
 * @module
 */
import type { MdfIndex, Measurement } from "../../mod.ts";
import { openIndex } from "../../lib/index/file_index.ts";
import { namesOf } from "../../lib/index/index_names.ts";
import { plainComment } from "../../lib/signal/comment.ts";
import { channelPath } from "../../lib/structure/channel_path.ts";
import { GROUP_FLAG } from "../../lib/structure/format_codes.ts";

/** A channel of an index. */
export interface IndexedChannel {
  /** Index of the group among those that are listed. */
  group: number;
  groupName: string;
  /** Name, behind those of the structures that it is a member of. */
  name: string;
  unit: string;
  records: number;
}

/** The structure in an index. */
export class IndexContents {
  readonly measurement: Measurement;
  /** Indexes, in the model, of the groups that are listed. */
  readonly listed: readonly number[];

  constructor(index: MdfIndex) {
    this.measurement = openIndex(index);
    this.listed = this.measurement.groups.flatMap(({ flags }, i) =>
      (flags & GROUP_FLAG.variableLength) === 0 ? [i] : []
    );
  }

  /** Channels of a listed group. */
  channels(group: number): IndexedChannel[] {
    const { channels } = this.measurement.groups[this.listed[group]];
    return channels.map((_, i) => this.#channel(group, i));
  }

  /** Channels whose name or path fits; groups that have none are not looked into. */
  find(fits: (name: string) => boolean): IndexedChannel[] {
    const names = namesOf(this.measurement)!;
    const positions = new Map<number, Set<number>>();
    const add = (group: number, channel: number) => {
      const known = positions.get(group);
      if (known) known.add(channel);
      else positions.set(group, new Set([channel]));
    };
    for (const name of names.names()) {
      if (fits(name)) { for (const [group, channel] of names.find(name)) add(group, channel); }
    }
    for (const number of names.withMembers()) {
      const group = this.measurement.groups[number];
      for (const [i, { parent }] of group.channels.entries()) {
        if (parent !== undefined && fits(channelPath(group, i))) add(number, i);
      }
    }
    return this.listed.flatMap((number, group) =>
      [...positions.get(number) ?? []].sort((a, b) => a - b).map((i) => this.#channel(group, i))
    );
  }

  #channel(group: number, position: number): IndexedChannel {
    const { conversions } = this.measurement;
    const model = this.measurement.groups[this.listed[group]];
    const { unit, conversion } = model.channels[position];
    const own = unit ?? (conversion === undefined ? undefined : conversions[conversion].unit);
    return {
      group,
      groupName: model.name,
      name: channelPath(model, position),
      unit: plainComment(own).trim(),
      records: model.recordCount,
    };
  }
}

/** Whether names fit a pattern in which `*` and `?` stand for others, whatever their case. */
export function matcher(pattern: string): (name: string) => boolean {
  const source = Array.from(
    pattern,
    (char) => char === "*" ? ".*" : char === "?" ? "." : char.replace(/[\\^$.*+?()[\]{}|]/, "\\$&"),
  )
    .join("");
  const expression = new RegExp(`^${source}$`, "isu");
  return (name) => expression.test(name);
}
