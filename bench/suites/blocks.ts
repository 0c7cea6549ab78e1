/**
 * Files put together from blocks: what the writer does not offer.
 *
 * @module
 */
import { TX } from "../../lib/blocks/block_tables.ts";
import { alignTo8, encodeBlock, encodeText } from "../../lib/blocks/encode_block.ts";

/** Blocks one after the other. */
export class Blocks {
  readonly parts: Uint8Array[] = [];
  size = 0;

  /** Adds a block, padded to where the next may begin, and gives its offset. */
  append(block: Uint8Array, aligned = true): number {
    const at = this.size;
    const padded = new Uint8Array(aligned ? alignTo8(block.length) : block.length);
    padded.set(block);
    this.parts.push(padded);
    this.size += padded.length;
    return at;
  }

  /** Adds a text. */
  text(text: string): number {
    return this.append(encodeBlock(TX, { payload: encodeText(text) }));
  }

  /** All of them. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
