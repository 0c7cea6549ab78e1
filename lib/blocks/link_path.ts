/**
 * The path of links that led to a block. Paths are only needed where something is wrong, so the path
 * of a list's block is put together when it is asked for.
 *
 * @module
 */

/** A path as a text, or what becomes one. */
export type LinkPath = string | ListPath;

/** The path to the block of a list that is being read. */
export class ListPath {
  /** Which block of the list. */
  index = 0;
  readonly #list: string;

  /** `list` is the path to the list. */
  constructor(list: string) {
    this.#list = list;
  }

  /** The path as it is now. */
  toString(): string {
    return `${this.#list}[${this.index}]`;
  }
}
