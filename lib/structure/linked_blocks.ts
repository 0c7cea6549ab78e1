/**
 * Linked lists of blocks, guarded against lists that lead back to themselves.
 *
 * @module
 */
import type { BlockTable } from "../blocks/block_tables.ts";
import type { FieldTable } from "../blocks/field_layout.ts";
import { ListPath } from "../blocks/link_path.ts";
import type { OffsetSet } from "../blocks/offset_set.ts";
import { type Block, link } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError } from "../errors.ts";

/**
 * The blocks of a linked list, one after the other:
 *
 * ```ts
 * while (list.more()) {
 *   const block = list.peek() ?? await list.load();
 * ```
 */
export class LinkedBlocks<F extends FieldTable, L extends string> {
  readonly #reader: BlockReader;
  readonly #table: BlockTable<F, L>;
  readonly #next: L;
  readonly #visited: OffsetSet;
  readonly #path: ListPath;
  #offset: number;
  #block?: Block<F, L>;

  /**
   * `visited` holds the offsets of blocks that must not come again; those of the list are added to
   * it. `prefix` is the path to the list.
   */
  constructor(
    reader: BlockReader,
    table: BlockTable<F, L>,
    next: L,
    first: number,
    prefix: string,
    visited: OffsetSet,
  ) {
    this.#reader = reader;
    this.#table = table;
    this.#next = next;
    this.#offset = first;
    this.#visited = visited;
    this.#path = new ListPath(prefix);
  }

  /** Path to the block. */
  get path(): string {
    return String(this.#path);
  }

  /**
   * Goes to the next block, if there is one.
   *
   * @throws {CorruptFileError} when the list leads back to a block that was already read
   */
  more(): boolean {
    if (this.#block) {
      this.#offset = link(this.#block, this.#next);
      this.#path.index++;
    }
    if (this.#offset === 0) return false;
    if (this.#visited.add(this.#offset)) return true;
    throw new CorruptFileError(
      "the chain of blocks leads back to a block that was already read; the file is damaged",
      this.#reader.place(this.#table.id, this.#offset, this.#path),
    );
  }

  /** The block, if it can be had without waiting. */
  peek(): Block<F, L> | undefined {
    return this.#block = this.#reader.peek(this.#table, this.#offset, this.#path);
  }

  /** The block, waiting for the source where needed. */
  async load(): Promise<Block<F, L>> {
    return this.#block = await this.#reader.load(this.#table, this.#offset, this.#path);
  }
}
