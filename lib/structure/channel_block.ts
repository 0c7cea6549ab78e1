/**
 * The block of a channel, read in place: a file may have a hundred thousand of them.
 *
 * @module
 */
import type { BlockCursor } from "../blocks/block_cursor.ts";
import { CN } from "../blocks/block_tables.ts";
import type { LinkPath } from "../blocks/link_path.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { tableLayout } from "../blocks/table_layout.ts";
import type { ChannelModel } from "./measurement.ts";

const LAYOUT = tableLayout(CN);
const { fields: FIELDS } = CN;
const { offsets: AT } = LAYOUT;
const NO_LINKS: readonly number[] = [];

/** Place of each named link. */
export const CHANNEL_LINK = LAYOUT.links;

/** What one channel block says; the next one is read into the same object. */
export class ChannelBlock {
  /** The channel, so far without its name and whatever else is behind links. */
  channel!: ChannelModel;
  /** The named links, by {@link CHANNEL_LINK}; 0 where there is none. */
  readonly links = new Float64Array(CN.links.length);
  /** Links after the named ones. */
  more: readonly number[] = NO_LINKS;
  /** `cn_attachment_count`. */
  attachments = 0;
  /** `cn_alignment`. */
  alignment = 0;

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
    const { offset, view, fieldsAt: at } = cursor;
    cursor.copyLinks(this.links);
    const named = this.links.length;
    this.more = cursor.linkCount > named ? cursor.linksFrom(named) : NO_LINKS;
    this.attachments = FIELDS.cn_attachment_count.read(view, at + AT.cn_attachment_count, 1);
    this.alignment = FIELDS.cn_alignment.read(view, at + AT.cn_alignment, 1);
    this.channel = {
      offset,
      name: "",
      type: FIELDS.cn_type.read(view, at + AT.cn_type, 1),
      syncType: FIELDS.cn_sync_type.read(view, at + AT.cn_sync_type, 1),
      dataType: FIELDS.cn_data_type.read(view, at + AT.cn_data_type, 1),
      bitOffset: FIELDS.cn_bit_offset.read(view, at + AT.cn_bit_offset, 1),
      byteOffset: FIELDS.cn_byte_offset.read(view, at + AT.cn_byte_offset, 1),
      bitCount: FIELDS.cn_bit_count.read(view, at + AT.cn_bit_count, 1),
      flags: FIELDS.cn_flags.read(view, at + AT.cn_flags, 1),
      invalidationBit: FIELDS.cn_inval_bit_pos.read(view, at + AT.cn_inval_bit_pos, 1),
      precision: FIELDS.cn_precision.read(view, at + AT.cn_precision, 1),
    };
  }
}
