/**
 * One block where it lies in memory. Blocks that a file has by the ten thousands are read through a
 * cursor, which is moved from one to the next, and not as objects.
 *
 * @module
 */
import { HEADER_BYTES } from "./block_tables.ts";
import { type FieldTable, readU64 } from "./field_layout.ts";
import type { TableLayout } from "./table_layout.ts";

/**
 * A view of one block. It holds until anything else is read from the file: take what is needed at
 * once. A field is read by its own reader in the table: `read(cursor.view, cursor.fieldsAt + offset)`.
 */
export class BlockCursor {
  /** Where the block starts in the file. */
  offset = 0;
  /** Memory that holds the block. */
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the block starts within `view`. */
  at = 0;
  /** Bytes of the block. */
  length = 0;
  /** Number of links. */
  linkCount = 0;
  /** Where the fields start within `view`. */
  fieldsAt = 0;

  /**
   * Moves to the block at `at` of a view, which is at `offset` in the file. False when anything about it is unusual: another type, more bytes than
   * the view has, a length that its links and fields do not fit in.
   */
  move<F extends FieldTable, L extends string>(
    view: DataView,
    at: number,
    offset: number,
    layout: TableLayout<F, L>,
  ): boolean {
    const length = readU64(view, at + 8);
    const linkCount = readU64(view, at + 16);
    if (
      view.getInt32(at, true) !== layout.mark || at + length > view.byteLength ||
      HEADER_BYTES + 8 * linkCount + layout.bytes > length
    ) return false;
    this.offset = offset;
    this.view = view;
    this.at = at;
    this.length = length;
    this.linkCount = linkCount;
    this.fieldsAt = at + HEADER_BYTES + 8 * linkCount;
    return true;
  }

  /** Fills `target` with the first links; 0 where a link is empty or the block does not have it. */
  copyLinks(target: Float64Array): void {
    const { view, linkCount } = this;
    for (let i = 0, at = this.at + HEADER_BYTES; i < target.length; i++, at += 8) {
      target[i] = i < linkCount ? readU64(view, at) : 0;
    }
  }

  /** The links from a place on. */
  linksFrom(place: number): number[] {
    const links: number[] = [];
    const at = this.at + HEADER_BYTES;
    for (let i = place; i < this.linkCount; i++) links.push(readU64(this.view, at + 8 * i));
    return links;
  }
}
