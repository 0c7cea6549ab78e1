/**
 * A block that was read, and its links.
 *
 * @module
 */
import type { BlockTable } from "./block_tables.ts";
import type { FieldTable, ValuesOf } from "./field_layout.ts";

/** The common header of a block. */
export interface BlockHeader {
  /** Two-character identifier. */
  readonly id: string;
  /** Where the block starts in the file. */
  readonly offset: number;
  /** Length of the whole block in bytes. */
  readonly length: number;
  /** Number of links. */
  readonly linkCount: number;
  /** Set for a data block of an unfinalized file whose length was never written. */
  readonly unwritten?: boolean;
}

/** A block that was read: its header, links and fields. */
export interface Block<F extends FieldTable = FieldTable, L extends string = string>
  extends BlockHeader {
  /** All links; 0 means none. */
  readonly links: number[];
  /** Fields of the data section. */
  readonly fields: ValuesOf<F>;
  /** Offset in the file of the bytes after the fields. */
  readonly payloadOffset: number;
  /** The table that read the block. */
  readonly table: BlockTable<F, L>;
}

/** The named link of a block, 0 when it is empty or the block is too old to have it. */
export function link<F extends FieldTable, L extends string>(block: Block<F, L>, name: L): number {
  return block.links[block.table.links.indexOf(name)] ?? 0;
}

/** Links after the named ones. */
export function moreLinks(block: Block): number[] {
  return block.links.slice(block.table.links.length);
}
