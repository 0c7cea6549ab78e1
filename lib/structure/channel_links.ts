/**
 * What the links of channels lead to that many of them share: names, units, comments, sources,
 * conversions.
 *
 * @module
 */
import { SI } from "../blocks/block_tables.ts";
import type { LinkPath } from "../blocks/link_path.ts";
import { link } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CHANNEL_LINK as LINK, type ChannelBlock } from "./channel_block.ts";
import type { Measurement } from "./measurement.ts";
import { ConversionWalk } from "./walk_conversions.ts";

/** Follows such links; what was read once is found again. */
export class ChannelLinks {
  /** Conversions of the file. */
  readonly conversions: ConversionWalk;
  readonly #reader: BlockReader;
  readonly #model: Measurement;
  readonly #sources = new Map<number, number>();

  /** Adds sources and conversions to `model`. */
  constructor(reader: BlockReader, model: Measurement) {
    this.#reader = reader;
    this.#model = model;
    this.conversions = new ConversionWalk(reader, model);
  }

  /** Gives a channel what its links lead to; false where that takes waiting. */
  peek({ channel, links }: ChannelBlock, path: LinkPath): boolean {
    const reader = this.#reader;
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
      channel.conversion = this.conversions.known(conversion);
      if (channel.conversion === undefined) return false;
    }
    return true;
  }

  /** The same, waiting where needed. */
  async load({ channel, links }: ChannelBlock, path: LinkPath): Promise<void> {
    const reader = this.#reader;
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
      channel.conversion = this.conversions.known(conversion) ??
        await this.conversions.read(conversion, String(path));
    }
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

  async #text(offset: number, path: string): Promise<string> {
    return this.#reader.peekText(offset, path) ?? await this.#reader.loadText(offset, path);
  }
}
