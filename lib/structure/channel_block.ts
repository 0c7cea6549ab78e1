/**
 * The block of a channel, read in place: a file may have a hundred thousand of them.
 *
 * @module
 */
import { BlockCursor } from "../blocks/block_cursor.ts";
import { CN } from "../blocks/block_tables.ts";
import type { LinkPath } from "../blocks/link_path.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { tableLayout } from "../blocks/table_layout.ts";
import { CHANNEL_FLAG, CHANNEL_TYPE } from "./format_codes.ts";
import type { ChannelModel } from "./measurement.ts";

const LAYOUT = tableLayout(CN);
const { bits: BITS } = LAYOUT;
const NO_LINKS: readonly number[] = [];

/** Place of each named link. */
export const CHANNEL_LINK = LAYOUT.links;

/** What one channel block says; the next one is read into the same object. */
export class ChannelBlock {
  /** The channel, so far without its name and whatever else is behind links. */
  channel!: ChannelModel;
  /** The named links, by {@link CHANNEL_LINK}; 0 where there is none. */
  readonly links: number[] = CN.links.map(() => 0);
  /** Links after the named ones. */
  more: readonly number[] = NO_LINKS;
  /** `cn_attachment_count`. */
  attachments = 0;
  /** `cn_alignment`. */
  alignment = 0;

  /** Whether nothing lies in the channel, and no link is to be followed but those that any may have. */
  get plain(): boolean {
    const { type, flags } = this.channel;
    const leaf = this.links[CHANNEL_LINK.cn_composition] === 0 &&
      this.links[CHANNEL_LINK.cn_data] === 0;
    return leaf && this.attachments === 0 && this.alignment === 0 &&
      (flags & CHANNEL_FLAG.defaultX) === 0 && type !== CHANNEL_TYPE.variableLengthSized &&
      type !== CHANNEL_TYPE.maximumLength;
  }

  /** Reads the block at `offset` if that takes no waiting; else false. */
  peek(reader: BlockReader, offset: number, path: LinkPath): boolean {
    const cursor = reader.peekCursor(CN, LAYOUT, offset, path);
    if (!cursor) return false;
    this.#read(cursor);
    return true;
  }

  /** Reads the block at `offset`, waiting for the source where needed. */
  async load(reader: BlockReader, offset: number, path: LinkPath): Promise<void> {
    this.#read(await reader.loadCursor(CN, LAYOUT, offset, path));
  }

  #read(cursor: BlockCursor): void {
    cursor.copyLinks(this.links);
    const named = this.links.length;
    this.more = cursor.linkCount > named ? cursor.linksFrom(named) : NO_LINKS;
    this.attachments = cursor.get(BITS.cn_attachment_count);
    this.alignment = cursor.get(BITS.cn_alignment);
    this.channel = channelOf(cursor);
  }
}

/** The channel, without what is behind links. */
function channelOf(cursor: BlockCursor): ChannelModel {
  return {
    offset: cursor.offset,
    name: "",
    type: cursor.get(BITS.cn_type),
    syncType: cursor.get(BITS.cn_sync_type),
    dataType: cursor.get(BITS.cn_data_type),
    bitOffset: cursor.get(BITS.cn_bit_offset),
    byteOffset: cursor.get(BITS.cn_byte_offset),
    bitCount: cursor.get(BITS.cn_bit_count),
    flags: cursor.get(BITS.cn_flags),
    invalidationBit: cursor.get(BITS.cn_inval_bit_pos),
    precision: cursor.get(BITS.cn_precision),
  };
}

/** A channel with each set of what may be behind links; see `walkFile`. */
export function channelSpecimens(): ChannelModel[] {
  return Array.from({ length: 16 }, (_, set) => {
    const channel = channelOf(new BlockCursor());
    if (set & 1) channel.unit = "";
    if (set & 2) channel.comment = "";
    if (set & 4) channel.source = 0;
    if (set & 8) channel.conversion = 0;
    return channel;
  });
}
