/**
 * Channels of an index by name, found without making the channels of all groups.
 *
 * @module
 */
import type { Measurement } from "../structure/measurement.ts";
import { channelColumns } from "./channel_tables.ts";
import { type IndexReader, isInteger, show } from "./coder.ts";
import type { ColumnStore } from "./column_store.ts";
import { readColumn } from "./number_column.ts";

/** From so many look-ups on, a table of all names is worth making. */
const FEW = 8;

/** A channel by the index of its group in the model, and its position there. */
export type ChannelPosition = readonly [group: number, channel: number];

/** Names of the channels of an index. */
export class IndexNames {
  readonly #channels: ColumnStore;
  readonly #from: IndexReader;
  #lookups = 0;
  #ids?: Map<string, number>;
  #places?: NamePlaces;

  /** `channels` has the columns of the channels of each group. */
  constructor(channels: ColumnStore, from: IndexReader) {
    this.#channels = channels;
    this.#from = from;
  }

  /** Number of groups. */
  get groups(): number {
    return this.#channels.length;
  }

  /** Channels of that name, in file order. */
  find(name: string): ChannelPosition[] {
    const { strings } = this.#from.facts.pools;
    if (++this.#lookups > FEW) this.#ids ??= new Map(Array.from(strings, (text, i) => [text, i]));
    const id = this.#ids ? this.#ids.get(name) ?? -1 : strings.indexOf(name);
    if (id < 0) return [];
    const { first, next, starts } = this.#namePlaces();
    const found: ChannelPosition[] = [];
    let group = 0;
    for (let at = first[id]; at >= 0; at = next[at]) {
      while (starts[group + 1] <= at) group++;
      found.push([group, at - starts[group]]);
    }
    return found;
  }

  /** All names of channels, each once. */
  names(): string[] {
    const { first } = this.#namePlaces();
    return Array.from(this.#from.facts.pools.strings).filter((_, id) => first[id] >= 0);
  }

  /** Groups that have members of structures. */
  withMembers(): number[] {
    const found: number[] = [];
    for (let group = 0; group < this.groups; group++) {
      const has = this.#resume(group, () => this.#columns(group, "layout").parent !== undefined);
      if (has) found.push(group);
    }
    return found;
  }

  /** Number of channels in all groups. */
  get channels(): number {
    return this.#namePlaces().starts.at(-1)!;
  }

  #columns(group: number, ...keys: string[]): Record<string, unknown> {
    return channelColumns(this.#channels.columns(group, keys), this.#from);
  }

  #resume<T>(group: number, read: () => T): T {
    return this.#from.resume(["groups", "channels", String(group)], read);
  }

  #namePlaces(): NamePlaces {
    if (this.#places) return this.#places;
    const from = this.#from;
    const { strings } = from.facts.pools;
    const rule = { delta: true, least: 0, most: strings.length - 1 };
    const most = Math.floor(from.facts.fileSize / 24);
    const starts = [0];
    const ids: number[] = [];
    for (let group = 0; group < this.groups; group++) {
      this.#resume(group, () => {
        const { n, name } = this.#columns(group, "layout", "name");
        if (!isInteger(n, 0, most - ids.length)) from.fail(`${show(n)} is no number of channels`);
        for (const id of readColumn(name, n as number, rule, from)) ids.push(id!);
      });
      starts.push(ids.length);
    }
    const first = new Int32Array(strings.length).fill(-1);
    const next = new Int32Array(ids.length);
    for (let at = ids.length - 1; at >= 0; at--) {
      next[at] = first[ids[at]];
      first[ids[at]] = at;
    }
    return this.#places = { first, next, starts };
  }
}

/** Channels, counted through all groups, by the text that is their name. */
interface NamePlaces {
  /** For each text, the first channel of that name, or -1. */
  readonly first: Int32Array;
  /** For each channel, the next one of its name, or -1. */
  readonly next: Int32Array;
  /** For each group, the number of its first channel; the last entry is the end. */
  readonly starts: readonly number[];
}

const known = new WeakMap<Measurement, IndexNames>();

/** Keeps the names of a structure that came from an index. */
export function knowNames(measurement: Measurement, names: IndexNames): void {
  known.set(measurement, names);
}

/** The names of a structure, if it came from an index and has no other groups by now. */
export function namesOf(measurement: Measurement): IndexNames | undefined {
  const names = known.get(measurement);
  return names?.groups === measurement.groups.length ? names : undefined;
}
