/**
 * The chain of data blocks of a data group or channel: nothing, one block, or lists of blocks.
 *
 * The chain is valid after every block, so that a file whose writer was killed still leads to all
 * data that reached it. Lists are made with room to grow; {@link DataList.finish} cuts them to size.
 *
 * @module
 */
import { DL, HL } from "../blocks/block_tables.ts";
import { encodeBlock } from "../blocks/encode_block.ts";
import { type BlockOutput, fieldPlace, linkPlace } from "./block_output.ts";

/** Entries of a full list. */
export const LIST_ENTRIES = 4096;
const FIRST_ROOM = 8;
const ROOM_GROWTH = 8;
const EQUAL_LENGTH = 1;
const COUNT_BYTES = 4;

interface List {
  /** Offset of the DL block in the file. */
  at: number;
  /** Entries that the bytes at that offset have room for. */
  room: number;
  /** Index of its first block. */
  first: number;
  /** Entries in use. */
  count: number;
}

/** Links blocks to their owner, in order. */
export class DataList {
  readonly #output: BlockOutput;
  readonly #ownerLink: number;
  readonly #zipType: number | undefined;
  /** Offsets of the blocks in the file. */
  readonly #blocks: number[] = [];
  /** Offsets of the blocks' data in the whole of the data. */
  readonly #starts: number[] = [];
  readonly #lists: List[] = [];
  #length = 0;
  #headerAt = 0;

  /**
   * `ownerLink` is the offset in the file of the link that leads to the data; with a zip type the
   * lists get a header that names it.
   */
  constructor(output: BlockOutput, ownerLink: number, zipType: number | undefined) {
    this.#output = output;
    this.#ownerLink = ownerLink;
    this.#zipType = zipType;
  }

  /** Bytes of data in all blocks. */
  get length(): number {
    return this.#length;
  }

  /** Appends a block that was written at `at` and holds `length` bytes of data. */
  add(at: number, length: number): void {
    this.#blocks.push(at);
    this.#starts.push(this.#length);
    this.#length += length;
    if (this.#blocks.length === 1) return this.#output.patchU64(this.#ownerLink, at);
    const list = this.#lists.at(-1);
    if (!list) this.#open(0, FIRST_ROOM);
    else if (list.count < list.room) this.#enter(list);
    else if (list.room < LIST_ENTRIES) this.#widen(list);
    else this.#open(this.#blocks.length - 1, FIRST_ROOM);
  }

  /** Gives all lists their final form. */
  finish(): void {
    if (this.#lists.length === 0) return;
    const equalLength = this.#equalLength();
    if (this.#headerAt && equalLength) {
      this.#output.patch(
        this.#headerAt + fieldPlace(HL, "hl_flags"),
        Uint8Array.of(EQUAL_LENGTH, 0),
      );
    }
    this.#lists.forEach((list, i) => {
      const next = this.#lists[i + 1]?.at ?? 0;
      const bytes = new Uint8Array(listBytes(list.room));
      bytes.set(
        encodeBlock(DL, {
          links: { dl_dl_next: next },
          moreLinks: this.#blocks.slice(list.first, list.first + list.count),
          fields: {
            dl_count: list.count,
            ...(equalLength
              ? { dl_flags: EQUAL_LENGTH, dl_equal_length: [equalLength] }
              : { dl_offset: this.#starts.slice(list.first, list.first + list.count) }),
          },
        }),
      );
      this.#output.patch(list.at, bytes);
    });
  }

  /** The length that all blocks but the last have, when the last is not longer; else 0. */
  #equalLength(): number {
    const length = this.#starts[1];
    const last = this.#starts.length - 1;
    for (let i = 1; i <= last; i++) if (this.#starts[i] !== i * length) return 0;
    return this.#length - this.#starts[last] <= length ? length : 0;
  }

  #open(first: number, room: number): void {
    const list: List = { at: 0, room, first, count: this.#blocks.length - first };
    if (this.#lists.length === 0 && this.#zipType !== undefined) {
      this.#headerAt = this.#output.append(
        encodeBlock(HL, { fields: { hl_zip_type: this.#zipType } }),
      );
    }
    list.at = this.#output.append(this.#encodeOpen(list));
    this.#lists.push(list);
    this.#linkTo(list);
    // Only now does the owner's way to its data change, from the first block to the lists.
    if (this.#lists.length === 1 && this.#headerAt) {
      this.#output.patchU64(this.#ownerLink, this.#headerAt);
    }
  }

  /** Moves a full list to where it has more room. */
  #widen(list: List): void {
    const old = { at: list.at, bytes: listBytes(list.room) };
    list.room = Math.min(LIST_ENTRIES, list.room * ROOM_GROWTH);
    list.count++;
    list.at = this.#output.append(this.#encodeOpen(list));
    this.#linkTo(list);
    this.#output.patch(old.at, new Uint8Array(old.bytes));
  }

  #enter(list: List): void {
    const index = list.first + list.count;
    const fields = list.at + fieldPlace(DL, "dl_count", 1 + list.room);
    this.#output.patchU64(
      list.at + linkPlace(DL, "dl_dl_next") + 8 * (1 + list.count),
      this.#blocks[index],
    );
    this.#output.patchU64(fields + COUNT_BYTES + 8 * list.count, this.#starts[index]);
    list.count++;
    const count = new Uint8Array(COUNT_BYTES);
    new DataView(count.buffer).setUint32(0, list.count, true);
    this.#output.patch(fields, count);
  }

  #linkTo(list: List): void {
    const index = this.#lists.indexOf(list);
    const link = index > 0
      ? this.#lists[index - 1].at + linkPlace(DL, "dl_dl_next")
      : this.#headerAt
      ? this.#headerAt + linkPlace(HL, "hl_dl_first")
      : this.#ownerLink;
    this.#output.patchU64(link, list.at);
  }

  /** A list with empty links behind those in use; while it grows it tells offsets, not a length. */
  #encodeOpen(list: List): Uint8Array {
    const links: number[] = new Array(list.room).fill(0);
    const starts: number[] = new Array(list.room).fill(0);
    for (let i = 0; i < list.count; i++) {
      links[i] = this.#blocks[list.first + i];
      starts[i] = this.#starts[list.first + i];
    }
    const bytes = encodeBlock(DL, {
      moreLinks: links,
      fields: { dl_count: list.room, dl_offset: starts },
    });
    new DataView(bytes.buffer).setUint32(
      fieldPlace(DL, "dl_count", 1 + list.room),
      list.count,
      true,
    );
    return bytes;
  }
}

/** Bytes of a list of so many blocks that tells their offsets. */
function listBytes(room: number): number {
  return fieldPlace(DL, "dl_count", 1 + room) + COUNT_BYTES + 8 * room;
}
