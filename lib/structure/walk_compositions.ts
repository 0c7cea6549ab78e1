/**
 * Compositions of version 4.3: data streams, lists, variants, unions.
 *
 * @module
 */
import { CL, CU, CV, DS } from "../blocks/block_tables.ts";
import { link, moreLinks } from "../blocks/block.ts";
import { type BlockReader, SUPPORTED_VERSION } from "../blocks/read_block.ts";
import { CorruptFileError, UnsupportedFeatureError } from "../errors.ts";
import { STREAM_MODE } from "./format_codes.ts";
import type { ChannelGroupModel, ChannelModel } from "./measurement.ts";
import { asProblem } from "./problem.ts";

/** Reads a channel and those that follow it, or that one alone, and gives their indexes. */
export type ChannelReading = (first: number, alone: boolean) => Promise<number[]>;

/** A link to a channel that may not have been read yet. */
interface ChannelLink {
  readonly offset: number;
  readonly assign: (index: number) => void;
  readonly channel: ChannelModel;
  readonly block: string;
  readonly path: string;
}

/** Reads the compositions of the channels of one group after the other. */
export class CompositionWalk {
  readonly #reader: BlockReader;
  /** Links to sizes and discriminators, within the group being read. */
  readonly #links: ChannelLink[] = [];

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  /** Reads the block at `offset`, of which `id` is known; false when it is no such composition. */
  async read(
    id: string,
    offset: number,
    channel: ChannelModel,
    path: string,
    read: ChannelReading,
  ): Promise<boolean> {
    const at = `${path}>${id}`;
    switch (id) {
      case "DS":
        await this.#stream(offset, channel, at, read);
        return true;
      case "CL":
        await this.#list(offset, channel, at, read);
        return true;
      case "CV":
        await this.#variant(offset, channel, at, read);
        return true;
      case "CU":
        await this.#union(offset, channel, at, read);
        return true;
      default:
        return false;
    }
  }

  /** Finds the channels that tell sizes and options; call it once all channels of the group are read. */
  resolve(group: ChannelGroupModel): void {
    if (this.#links.length === 0) return;
    const indexes = new Map(group.channels.map(({ offset }, i) => [offset, i]));
    for (const { offset, assign, channel, block, path } of this.#links.splice(0)) {
      const index = indexes.get(offset);
      if (index !== undefined) {
        assign(index);
        continue;
      }
      channel.problem ??= asProblem(
        new CorruptFileError(
          "the channel depends on another one of its group, but the link to that leads to none",
          this.#reader.place(block, channel.offset, path),
        ),
      );
    }
  }

  async #stream(
    offset: number,
    channel: ChannelModel,
    path: string,
    read: ChannelReading,
  ): Promise<void> {
    const block = this.#reader.peek(DS, offset, path) ?? await this.#reader.load(DS, offset, path);
    const { ds_version: version, ds_mode: mode } = block.fields;
    const place = this.#reader.place("DS", offset, path);
    if (version > SUPPORTED_VERSION) {
      throw new UnsupportedFeatureError(
        `the data stream is to be read by readers of version ${version / 100}; this one knows ` +
          `${SUPPORTED_VERSION / 100}`,
        place,
      );
    }
    const composition = link(block, "ds_composition");
    // The attached file describes the bytes, which can be read as they are.
    if (mode === STREAM_MODE.attachment) {
      if (composition !== 0) channel.attachments = [...channel.attachments ?? [], composition];
      return;
    }
    if (mode !== STREAM_MODE.channels) {
      throw new UnsupportedFeatureError(`data streams of mode ${mode} are not known`, place);
    }
    const model = { kind: "stream" as const, members: [] as number[] };
    channel.composition = model;
    const start = link(block, "ds_cn_alignment_start");
    if (start !== 0) {
      this.#later(start, channel, path, (index) => Object.assign(model, { alignmentStart: index }));
    }
    if (composition !== 0) model.members = await read(composition, false);
  }

  async #list(
    offset: number,
    channel: ChannelModel,
    path: string,
    read: ChannelReading,
  ): Promise<void> {
    const block = this.#reader.peek(CL, offset, path) ?? await this.#reader.load(CL, offset, path);
    const fields = block.fields;
    const model = {
      kind: "list" as const,
      members: [] as number[],
      sizeChannel: -1,
      flags: fields.cl_flags,
      alignment: fields.cl_alignment,
      bitOffset: fields.cl_bit_offset,
      byteOffset: fields.cl_byte_offset,
    };
    channel.composition = model;
    this.#later(
      link(block, "cl_cn_size"),
      channel,
      path,
      (index) => model.sizeChannel = index,
    );
    const elements = link(block, "cl_composition");
    if (elements !== 0) model.members = await read(elements, false);
  }

  async #variant(
    offset: number,
    channel: ChannelModel,
    path: string,
    read: ChannelReading,
  ): Promise<void> {
    const block = this.#reader.peek(CV, offset, path) ?? await this.#reader.load(CV, offset, path);
    const options = moreLinks(block);
    const values = block.fields.cv_option_val.map(String);
    if (options.length < values.length) {
      throw new CorruptFileError(
        `the variant counts ${values.length} options and links to ${options.length}`,
        this.#reader.place("CV", offset, path),
      );
    }
    const model = {
      kind: "variant" as const,
      members: [] as number[],
      discriminator: -1,
      values: [] as string[],
    };
    channel.composition = model;
    for (const [i, value] of values.entries()) {
      if (options[i] === 0) continue;
      model.members.push(...await read(options[i], true));
      model.values.push(value);
    }
    this.#later(
      link(block, "cv_cn_discriminator"),
      channel,
      path,
      (index) => model.discriminator = index,
    );
  }

  async #union(
    offset: number,
    channel: ChannelModel,
    path: string,
    read: ChannelReading,
  ): Promise<void> {
    const block = this.#reader.peek(CU, offset, path) ?? await this.#reader.load(CU, offset, path);
    const count = block.fields.cu_member_count;
    if (block.links.length < count) {
      throw new CorruptFileError(
        `the union counts ${count} members and links to ${block.links.length}`,
        this.#reader.place("CU", offset, path),
      );
    }
    const members: number[] = [];
    channel.composition = { kind: "union", members };
    for (const member of block.links.slice(0, count)) {
      if (member !== 0) members.push(...await read(member, true));
    }
  }

  #later(
    offset: number,
    channel: ChannelModel,
    path: string,
    assign: (index: number) => void,
  ): void {
    this.#links.push({ offset, assign, channel, block: "CN", path });
  }
}
