/**
 * Linked lists of blocks, guarded against lists that lead back to themselves.
 *
 * @module
 */
import type { BlockTable } from "../blocks/block_tables.ts";
import type { FieldTable } from "../blocks/field_layout.ts";
import { type Block, type BlockReader, link } from "../blocks/read_block.ts";
import { CorruptFileError } from "../errors.ts";

/**
 * The blocks of a linked list with the path to each. `visited` holds the offsets of blocks that must
 * not come again; those of the list are added to it.
 *
 * @throws {CorruptFileError} when the list leads back to a block that was already read
 */
export async function* linkedBlocks<F extends FieldTable, L extends string>(
  reader: BlockReader,
  table: BlockTable<F, L>,
  next: L,
  first: number,
  prefix: string,
  visited: Set<number>,
): AsyncGenerator<[Block<F, L>, string]> {
  let offset = first;
  for (let n = 0; offset !== 0; n++) {
    const path = `${prefix}[${n}]`;
    if (visited.has(offset)) {
      throw new CorruptFileError(
        "the chain of blocks leads back to a block that was already read; the file is damaged",
        reader.place(table.id, offset, path),
      );
    }
    visited.add(offset);
    const block = reader.peek(table, offset, path) ?? await reader.load(table, offset, path);
    yield [block, path];
    offset = link(block, next);
  }
}
