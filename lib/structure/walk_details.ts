/**
 * What stands around the samples: attachments, events, the channel hierarchy, sample reductions. None
 * of it is needed to read samples, so damage here becomes a problem in the list of the measurement.
 *
 * @module
 */
import type { HD } from "../blocks/block_tables.ts";
import { OffsetSet } from "../blocks/offset_set.ts";
import { type Block, link } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError } from "../errors.ts";
import type { ArrayModel, ChannelGroupModel, ChannelPlace, Measurement } from "./measurement.ts";
import { asProblem } from "./problem.ts";
import { walkAttachments } from "./walk_attachments.ts";
import { type EventTemplateLink, walkEvents, walkEventTemplates } from "./walk_events.ts";
import type { LinkingChannel } from "./walk_elements.ts";
import { walkHierarchy } from "./walk_hierarchy.ts";
import {
  followReductionData,
  type ReductionData,
  type ReductionLink,
  walkReductions,
} from "./walk_reductions.ts";

type HeaderBlock = Block<typeof HD.fields, (typeof HD.links)[number]>;

/** What the walkers of the details share. */
export class DetailContext {
  /** Reads blocks. */
  readonly reader: BlockReader;
  /** The measurement that is being filled. */
  readonly model: Measurement;
  /** Index of each attachment by the offset of its block. */
  readonly attachments = new Map<number, number>();
  #places?: Map<number, ChannelPlace>;

  /** Adds what is found to `model`, whose groups are known. */
  constructor(reader: BlockReader, model: Measurement) {
    this.reader = reader;
    this.model = model;
  }

  /** Keeps an error about the file as a problem; any other error is thrown on. */
  report(error: unknown): void {
    this.model.problems.push(asProblem(error));
  }

  /** Runs a step, and keeps what is wrong with the file as a problem. */
  async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.report(error);
    }
  }

  /** The text behind a link; one that cannot be read is a problem and counts as empty. */
  async text(offset: number, path: string): Promise<string> {
    try {
      return this.reader.peekText(offset, path) ?? await this.reader.loadText(offset, path);
    } catch (error) {
      this.report(error);
      return "";
    }
  }

  /** The indexes of linked attachments. Links that lead to no attachment are a problem of `owner`. */
  attachmentsOf(links: readonly number[], owner: string, offset: number, path?: string): number[] {
    const found: number[] = [];
    const lost: number[] = [];
    for (const at of links) {
      const index = this.attachments.get(at);
      if (index !== undefined) found.push(index);
      else if (at !== 0) lost.push(at);
    }
    this.#reportLost(lost, "attachments", "attachment", owner, offset, path);
    return found;
  }

  /** The groups and channels behind links. Links that lead to neither are a problem of `owner`. */
  placesOf(links: readonly number[], owner: string, offset: number, path?: string): ChannelPlace[] {
    const found: ChannelPlace[] = [];
    const lost: number[] = [];
    if (links.length > 0) this.#places ??= this.#locate();
    for (const at of links) {
      const place = this.#places!.get(at);
      if (place) found.push({ ...place });
      else lost.push(at);
    }
    this.#reportLost(lost, "groups or channels", "group or channel", owner, offset, path);
    return found;
  }

  /** Index of the group whose block is at an offset. */
  groupAt(offset: number): number | undefined {
    if (offset === 0) return undefined;
    const place = (this.#places ??= this.#locate()).get(offset);
    return place?.channel === undefined ? place?.group : undefined;
  }

  /** Where groups and channels are, by the offsets of their blocks. */
  #locate(): Map<number, ChannelPlace> {
    const places = new Map<number, ChannelPlace>();
    this.model.groups.forEach(({ offset, channels }, group) => {
      places.set(offset, { group });
      channels.forEach((channel, i) => places.set(channel.offset, { group, channel: i }));
    });
    return places;
  }

  #reportLost(
    lost: readonly number[],
    many: string,
    one: string,
    owner: string,
    offset: number,
    path?: string,
  ): void {
    if (lost.length === 0) return;
    const some = lost.slice(0, 3).join(", ") + (lost.length > 3 ? ", …" : "");
    this.report(
      new CorruptFileError(
        `${lost.length} of its links to ${many} (${some}) lead to no ${one} of the file`,
        this.reader.place(owner, offset, path),
      ),
    );
  }
}

/** Reads the details of one file. */
export class DetailWalk {
  readonly #context: DetailContext;
  readonly #reductions: ReductionLink[] = [];
  readonly #reductionData: ReductionData[] = [];
  readonly #visitedReductions = new OffsetSet();

  /** Adds what it finds to `model`. */
  constructor(reader: BlockReader, model: Measurement) {
    this.#context = new DetailContext(reader, model);
  }

  /** Notes the sample reductions of a group, to be read later. */
  noteReductions(group: ChannelGroupModel, first: number, path: string): void {
    if (first !== 0) this.#reductions.push({ group, first, path });
  }

  /**
   * Reads all details, once groups and channels are known. `linking` are the channels that may link
   * to attachments or to other channels.
   */
  async run(
    header: HeaderBlock,
    templates: readonly EventTemplateLink[],
    linking: readonly LinkingChannel[],
  ): Promise<void> {
    const context = this.#context;
    await context.attempt(() => walkAttachments(context, link(header, "hd_at_first")));
    this.#checkChannelLinks(linking);
    await context.attempt(() => walkEvents(context, link(header, "hd_ev_first")));
    await walkEventTemplates(context, templates);
    await context.attempt(() => walkHierarchy(context, link(header, "hd_ch_first")));
    for (const reductions of this.#reductions) {
      await context.attempt(() =>
        walkReductions(context, reductions, this.#reductionData, this.#visitedReductions)
      );
    }
  }

  /** Finds where the data of the reductions lies; again, once more of an unfinalized file is known. */
  async followReductionData(): Promise<void> {
    for (const reduction of this.#reductionData) {
      await followReductionData(this.#context, reduction);
    }
  }

  /** Links of channels and arrays must lead to attachments and channels of the file. */
  #checkChannelLinks(linking: readonly LinkingChannel[]): void {
    const context = this.#context;
    const seen = new Set<ArrayModel>();
    for (const { channel: { attachments, arrays = [], defaultX, offset } } of linking) {
      if (attachments) context.attachmentsOf(attachments, "CN", offset);
      const named = defaultX ? [defaultX.channel] : [];
      for (const array of arrays) {
        if (seen.has(array)) continue;
        seen.add(array);
        named.push(...channelsOf(array));
      }
      const links = named.filter((target) => target !== 0);
      if (links.length > 0) context.placesOf(links, "CN", offset);
    }
  }
}

/** Offsets of the channels that an array names. */
function channelsOf(array: ArrayModel): number[] {
  const { sizeChannels, inputChannels, outputChannel, comparisonChannel, axisChannels } = array;
  return [sizeChannels, inputChannels, outputChannel, comparisonChannel, axisChannels]
    .flatMap((triples) => triples ?? [])
    .map(({ channel }) => channel);
}
