/**
 * Channels of a group, with what they share: names, units, sources, conversions, signal data.
 *
 * @module
 */
import { readsLater, unreadChain } from "./locate_data.ts";
import { SI } from "../blocks/block_tables.ts";
import { type LinkPath, ListPath } from "../blocks/link_path.ts";
import { OffsetSet } from "../blocks/offset_set.ts";
import { type BlockReader, link } from "../blocks/read_block.ts";
import { CorruptFileError, LimitExceededError, UnsupportedFeatureError } from "../errors.ts";
import { CHANNEL_LINK as LINK, ChannelBlock } from "./channel_block.ts";
import type { DamageGuard } from "./damage_guard.ts";
import { readDataChain } from "./data_chain.ts";
import { ARRAY_STORAGE, CHANNEL_FLAG, CHANNEL_TYPE, GROUP_FLAG } from "./format_codes.ts";
import type { ArrayModel, ChannelGroupModel, ChannelModel, Measurement } from "./measurement.ts";
import { asProblem } from "./problem.ts";
import { readArray } from "./walk_arrays.ts";
import type { EventTemplateLink } from "./walk_events.ts";
import { type LinkingChannel, readElementData } from "./walk_elements.ts";
import { CompositionWalk } from "./walk_compositions.ts";
import { ConversionWalk } from "./walk_conversions.ts";

/** Reads the channels of all groups of one file. */
export class ChannelWalk {
  /** Links to the templates of events that are stored as records. */
  readonly eventTemplates: EventTemplateLink[] = [];
  /** Channels that may link to attachments or other channels. */
  readonly linking: LinkingChannel[] = [];
  readonly #reader: BlockReader;
  readonly #model: Measurement;
  readonly #conversions: ConversionWalk;
  readonly #compositions: CompositionWalk;
  readonly #sources = new Map<number, number>();
  readonly #visited = new OffsetSet();
  /** The channel being read; its members are read after it. */
  readonly #block = new ChannelBlock();
  /** Links to the channels that tell the length of others, within the group being read. */
  readonly #lengthLinks = new Map<ChannelModel, number>();
  readonly #signalLinks: { channel: ChannelModel; link: number; path: string }[] = [];
  readonly #elementLinks: {
    array: ArrayModel;
    group: ChannelGroupModel;
    links: readonly number[];
    path: string;
  }[] = [];
  /** Offsets in the file of channel groups, with their indexes. */
  readonly #groupOffsets = new Map<number, number>();

  readonly #guard: DamageGuard;

  /** Adds what it finds to `model`. */
  constructor(reader: BlockReader, model: Measurement, guard: DamageGuard) {
    this.#reader = reader;
    this.#model = model;
    this.#guard = guard;
    this.#conversions = new ConversionWalk(reader, model);
    this.#compositions = new CompositionWalk(reader);
  }

  /** Reads the chain of channels that starts at `first` into the group. */
  read(first: number, group: ChannelGroupModel, path: string): void | Promise<void> {
    const list = new ListPath(`${path}>CN`);
    const rest = this.#plainChannels(first, group, list);
    if (rest !== 0) return this.#readRest(rest, group, path, list);
    this.#resolveLengthChannels(group, path);
    this.#compositions.resolve(group);
  }

  async #readRest(
    first: number,
    group: ChannelGroupModel,
    path: string,
    list: ListPath,
  ): Promise<void> {
    try {
      await this.#chain(first, group, undefined, list, 0);
    } catch (error) {
      this.#guard.leaveOut(error);
    }
    this.#resolveLengthChannels(group, path);
    this.#compositions.resolve(group);
  }

  /**
   * Reads plain channels for as long as nothing has to be waited for, and gives the offset of the one from
   * which on they are to be read in full: mostly 0, so that very many groups make no promises.
   */
  #plainChannels(first: number, group: ChannelGroupModel, path: ListPath): number {
    const block = this.#block;
    let offset = first;
    try {
      for (; offset !== 0; path.index++) {
        if (!block.peek(this.#reader, offset, path)) break;
        const { channel, links } = block;
        if (!block.plain || !this.#peekLinks(path) || !this.#visited.add(offset)) break;
        group.channels.push(channel);
        offset = links[LINK.cn_cn_next];
      }
    } catch {
      // Reading it in full says what is wrong, and to whom.
    }
    return offset;
  }

  /** Gives the channel at hand what its links lead to, if that takes no waiting. */
  #peekLinks(path: LinkPath): boolean {
    const reader = this.#reader;
    const { channel, links } = this.#block;
    const unit = links[LINK.cn_md_unit];
    const comment = links[LINK.cn_md_comment];
    const source = links[LINK.cn_si_source];
    const conversion = links[LINK.cn_cc_conversion];
    const name = reader.peekText(links[LINK.cn_tx_name], path);
    if (name === undefined) return false;
    channel.name = name;
    if (unit && (channel.unit = reader.peekText(unit, path)) === undefined) return false;
    if (comment && (channel.comment = reader.peekText(comment, path)) === undefined) return false;
    if (source && (channel.source = this.#sources.get(source)) === undefined) return false;
    if (conversion) {
      channel.conversion = this.#conversions.known(conversion);
      if (channel.conversion === undefined) return false;
    }
    return true;
  }

  /** Index of the source at `offset`, read once however many refer to it. */
  async source(offset: number, path: string): Promise<number | undefined> {
    if (offset === 0) return undefined;
    const known = this.#sources.get(offset);
    if (known !== undefined) return known;
    const at = `${path}>SI`;
    const block = this.#reader.peek(SI, offset, at) ?? await this.#reader.load(SI, offset, at);
    const index = this.#model.sources.push({
      name: await this.#text(link(block, "si_tx_name"), at),
      path: await this.#text(link(block, "si_tx_path"), at),
      comment: await this.#text(link(block, "si_md_comment"), at),
      type: block.fields.si_type,
      busType: block.fields.si_bus_type,
      flags: block.fields.si_flags,
    }) - 1;
    this.#sources.set(offset, index);
    return index;
  }

  /** Follows the links to values of variable length, once all groups are known. */
  async followSignalData(): Promise<void> {
    this.#model.groups.forEach((group, i) => this.#groupOffsets.set(group.offset, i));
    const chains = new Map<number, number>();
    for (const { channel, link: start, path } of this.#signalLinks) {
      const storageGroup = this.#groupOffsets.get(start);
      const sized = channel.type === CHANNEL_TYPE.variableLengthSized;
      if (storageGroup !== undefined) {
        if (sized) {
          channel.problem ??= asProblem(
            new UnsupportedFeatureError(
              "values of variable length with a length channel, stored as records of a channel group, " +
                "are not supported",
              this.#reader.place("CG", start, path),
            ),
          );
        } else this.#storeIn(storageGroup, channel, path);
        continue;
      }
      let index = chains.get(start);
      if (index === undefined) {
        index = this.#model.signalData.push(
          readsLater(this.#reader)
            ? unreadChain(start, sized ? "VD" : "SD")
            : await readDataChain(this.#reader, start, sized ? "VD" : "SD", path),
        ) - 1;
        chains.set(start, index);
      }
      channel.signalData = index;
    }
  }

  #storeIn(storageGroup: number, channel: ChannelModel, path: string): void {
    const group = this.#model.groups[storageGroup];
    if (group.flags & GROUP_FLAG.variableLength) {
      channel.storageGroup = storageGroup;
      return;
    }
    channel.problem ??= asProblem(
      new CorruptFileError(
        "the values have a variable length, and the channel group that is to hold them has records " +
          "of fixed length",
        this.#reader.place("CG", group.offset, path),
      ),
    );
  }

  /** Follows the links to the records of array elements; again, once more of the file is known. */
  async followElementData(): Promise<void> {
    for (const { array, group, links, path } of this.#elementLinks) {
      await readElementData(this.#reader, array, group, links, path);
    }
  }

  async #chain(
    first: number,
    group: ChannelGroupModel,
    parent: number | undefined,
    path: ListPath,
    depth: number,
    arrays?: ArrayModel[],
    alone = false,
  ): Promise<number[]> {
    const reader = this.#reader;
    const indexes: number[] = [];
    const block = this.#block;
    let offset = first;
    for (; offset !== 0; path.index++) {
      if (!this.#visited.add(offset)) {
        throw new CorruptFileError(
          "the chain of channels leads back to a channel that was already read; " +
            "the file is damaged",
          reader.place("CN", offset, path),
        );
      }
      if (depth > reader.limits.depth) {
        throw new LimitExceededError(
          `structures are nested more than ${reader.limits.depth} deep; raise limits.depth ` +
            "if the file is to be trusted",
          reader.place("CN", offset, path),
        );
      }
      if (!block.peek(reader, offset, path)) await block.load(reader, offset, path);
      const { channel, links } = block;
      const next = links[LINK.cn_cn_next];
      const composition = links[LINK.cn_composition];
      try {
        if (!this.#peekLinks(path)) await this.#loadLinks(path);
        this.#furtherLinks(block, path);
        if (parent !== undefined) channel.parent = parent;
        if (arrays) channel.arrays = arrays;
        const index = group.channels.push(channel) - 1;
        if (parent !== undefined) indexes.push(index);
        if (arrays || composition !== 0 || channel.attachments || channel.defaultX) {
          this.linking.push({ channel, group });
        }
        if (composition !== 0) {
          try {
            await this.#composition(composition, channel, index, group, String(path), depth);
          } catch (error) {
            channel.problem ??= asProblem(error);
            throw error;
          }
        }
      } catch (error) {
        this.#guard.leaveOut(error);
      }
      offset = alone ? 0 : next;
    }
    return indexes;
  }

  /** The same, waiting for the source where needed. */
  async #loadLinks(path: LinkPath): Promise<void> {
    const reader = this.#reader;
    const { channel, links } = this.#block;
    const name = links[LINK.cn_tx_name];
    const unit = links[LINK.cn_md_unit];
    const comment = links[LINK.cn_md_comment];
    const source = links[LINK.cn_si_source];
    const conversion = links[LINK.cn_cc_conversion];
    channel.name = reader.peekText(name, path) ?? await reader.loadText(name, path);
    if (unit) channel.unit = reader.peekText(unit, path) ?? await reader.loadText(unit, path);
    if (comment) {
      channel.comment = reader.peekText(comment, path) ?? await reader.loadText(comment, path);
    }
    if (source) {
      channel.source = this.#sources.get(source) ?? await this.source(source, String(path));
    }
    if (conversion) {
      channel.conversion = this.#conversions.known(conversion) ??
        await this.#conversions.read(conversion, String(path));
    }
  }

  /** Links of some types of channels, to be followed later. */
  #furtherLinks(block: ChannelBlock, path: LinkPath): void {
    const { channel, links, more, alignment } = block;
    const data = links[LINK.cn_data];
    const { type, flags } = channel;
    const sized = type === CHANNEL_TYPE.variableLengthSized;
    if (data && (sized || type === CHANNEL_TYPE.variableLength)) {
      this.#signalLinks.push({ channel, link: data, path: String(path) });
    }
    if (sized) this.#lengthLinks.set(channel, more[0] ?? 0);
    if (alignment) channel.alignment = alignment;
    if (type === CHANNEL_TYPE.maximumLength) this.#lengthLinks.set(channel, data);
    if (data && type === CHANNEL_TYPE.sync) channel.syncAttachment = data;
    if (data && type === CHANNEL_TYPE.fixed && flags & CHANNEL_FLAG.eventSignal) {
      this.eventTemplates.push({ channel, link: data, path: String(path) });
    }
    if (block.attachments > 0 || flags & CHANNEL_FLAG.defaultX) this.#attached(block, path);
  }

  /** Attachments and the default x axis follow the named links, and the channel of lengths where there is one. */
  #attached({ channel, attachments, more }: ChannelBlock, path: LinkPath): void {
    const defaultX = (channel.flags & CHANNEL_FLAG.defaultX) !== 0;
    const links = channel.type === CHANNEL_TYPE.variableLengthSized ? more.slice(1) : more;
    if (links.length < attachments + (defaultX ? 3 : 0)) {
      throw new CorruptFileError(
        `the channel counts ${attachments} attachments${
          defaultX ? " and a default x axis" : ""
        } but ` +
          `has ${links.length} links for them`,
        this.#reader.place("CN", channel.offset, path),
      );
    }
    if (attachments > 0) channel.attachments = links.slice(0, attachments);
    if (defaultX) {
      const [dataGroup, channelGroup, target] = links.slice(attachments);
      channel.defaultX = { dataGroup, channelGroup, channel: target };
    }
  }

  /** The channel that tells a value's length lies in the same group. */
  #resolveLengthChannels(group: ChannelGroupModel, path: string): void {
    if (this.#lengthLinks.size === 0) return;
    const indexes = new Map(group.channels.map(({ offset }, index) => [offset, index]));
    for (const [channel, offset] of this.#lengthLinks) {
      const index = indexes.get(offset);
      if (index !== undefined) channel.lengthChannel = index;
      else {
        channel.problem = asProblem(
          new CorruptFileError(
            "the values have a length of their own, but the link to the channel that tells it does " +
              "not lead to a channel of the group",
            this.#reader.place("CN", channel.offset, path),
          ),
        );
      }
    }
    this.#lengthLinks.clear();
  }

  async #composition(
    offset: number,
    channel: ChannelModel,
    index: number,
    group: ChannelGroupModel,
    path: string,
    depth: number,
  ): Promise<void> {
    const header = this.#reader.peekHeader(offset, path) ??
      await this.#reader.loadHeader(offset, path);
    if (header.id === "CN") {
      channel.structure = true;
      const members = new ListPath(`${path}>CN`);
      await this.#chain(offset, group, index, members, depth + 1, channel.arrays);
      return;
    }
    if (header.id === "CA") return await this.#array(offset, channel, index, group, path, depth);
    if (this.#visited.has(offset)) {
      throw new CorruptFileError(
        "compositions lead back to themselves; the file is damaged",
        this.#reader.place(header.id, offset, path),
      );
    }
    this.#visited.add(offset);
    try {
      const known = await this.#compositions.read(
        header.id,
        offset,
        channel,
        path,
        (first, alone) =>
          this.#chain(
            first,
            group,
            index,
            new ListPath(`${path}>CN`),
            depth + 1,
            channel.arrays,
            alone,
          ),
      );
      if (known) return;
    } catch (error) {
      channel.problem ??= asProblem(error);
    }
    channel.problem ??= asProblem(
      new UnsupportedFeatureError(
        `the channel is composed by a ${header.id} block, which is not supported`,
        this.#reader.place(header.id, offset, path),
      ),
    );
  }

  /** An array of plain elements, of structures, or of arrays. */
  async #array(
    offset: number,
    channel: ChannelModel,
    index: number,
    group: ChannelGroupModel,
    path: string,
    depth: number,
  ): Promise<void> {
    const at = `${path}>CA`;
    if (this.#visited.has(offset) || depth > this.#reader.limits.depth) {
      throw new CorruptFileError(
        "array descriptions lead back to themselves or are nested without end; the file is damaged",
        this.#reader.place("CA", offset, at),
      );
    }
    this.#visited.add(offset);
    try {
      const { model, composition, dataLinks, axisConversions } = await readArray(
        this.#reader,
        offset,
        at,
      );
      if (axisConversions.length > 0) {
        model.axisConversions = [];
        for (const conversion of axisConversions) {
          model.axisConversions.push(
            conversion === 0 ? null : await this.#conversions.read(conversion, at),
          );
        }
      }
      if (model.storage !== ARRAY_STORAGE.record && channel.arrays) {
        throw new CorruptFileError(
          "the elements of an array within an array cannot have records of their own",
          this.#reader.place("CA", offset, at),
        );
      }
      channel.arrays = [...channel.arrays ?? [], model];
      if (dataLinks.length > 0) {
        this.#elementLinks.push({ array: model, group, links: dataLinks, path: at });
      }
      if (composition !== 0) {
        await this.#composition(composition, channel, index, group, at, depth + 1);
      }
    } catch (error) {
      channel.problem ??= asProblem(error);
    }
  }

  async #text(offset: number, path: string): Promise<string> {
    return this.#reader.peekText(offset, path) ?? await this.#reader.loadText(offset, path);
  }
}
