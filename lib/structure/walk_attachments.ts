/**
 * The list of attachments.
 *
 * @module
 */
import { AT } from "../blocks/block_tables.ts";
import { OffsetSet } from "../blocks/offset_set.ts";
import { type Block, link } from "../blocks/block.ts";
import { CorruptFileError, TruncatedFileError } from "../errors.ts";
import { ATTACHMENT_FLAG } from "./format_codes.ts";
import { LinkedBlocks } from "./linked_blocks.ts";
import type { AttachmentModel } from "./measurement.ts";
import { asProblem } from "./problem.ts";
import type { DetailContext } from "./walk_details.ts";

type AttachmentBlock = Block<typeof AT.fields, (typeof AT.links)[number]>;

/** Reads the attachments from the first one on; their contents stay untouched. */
export async function walkAttachments(context: DetailContext, first: number): Promise<void> {
  const { reader, model } = context;
  const blocks = new LinkedBlocks(reader, AT, "at_at_next", first, "HD>AT", new OffsetSet());
  while (blocks.more()) {
    const block = blocks.peek() ?? await blocks.load();
    const { path } = blocks;
    const { fields } = block;
    const attachment: AttachmentModel = {
      offset: block.offset,
      name: await context.text(link(block, "at_tx_filename"), `${path}>TX`),
      mimeType: await context.text(link(block, "at_tx_mimetype"), `${path}>TX`),
      flags: fields.at_flags,
      creator: fields.at_creator_index,
      originalSize: fields.at_original_size,
      embeddedSize: fields.at_embedded_size,
      payloadOffset: block.payloadOffset,
    };
    const comment = await context.text(link(block, "at_md_comment"), `${path}>MD`);
    if (comment) attachment.comment = comment;
    if (fields.at_flags & ATTACHMENT_FLAG.md5Valid) attachment.md5 = fields.at_md5_checksum;
    try {
      checkPayload(context, block, path);
    } catch (error) {
      attachment.problem = asProblem(error);
    }
    context.attachments.set(block.offset, model.attachments.push(attachment) - 1);
  }
}

/** The embedded bytes end where their size says; the block may go on with padding. */
function checkPayload({ reader }: DetailContext, block: AttachmentBlock, path: string): void {
  const { at_flags: flags, at_embedded_size: size } = block.fields;
  if (!(flags & ATTACHMENT_FLAG.embedded)) return;
  const place = reader.place("AT", block.offset, path);
  const room = block.offset + block.length - block.payloadOffset;
  if (size > room) {
    throw new CorruptFileError(
      `the attachment counts ${size} embedded bytes and its block has room for ${room}`,
      place,
    );
  }
  if (block.payloadOffset + size > reader.fileSize) {
    throw new TruncatedFileError(
      `the attachment ends ${
        block.payloadOffset + size - reader.fileSize
      } bytes after the end of ` +
        `the file, which has ${reader.fileSize} bytes; copy the file again`,
      place,
    );
  }
}
