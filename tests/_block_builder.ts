/**
 * Blocks laid one after the other, which can still be changed.
 *
 * @module
 */
import {
  AT,
  BLOCK_TABLES,
  type BlockTable,
  CH,
  DG,
  EV,
  FH,
  HD,
  HEADER_BYTES,
  ID_BYTES,
  MD,
  TX,
} from "../lib/blocks/block_tables.ts";
import {
  alignTo8,
  type BlockContents,
  encodeBlock,
  encodeIdentification,
  encodeText,
} from "../lib/blocks/encode_block.ts";
import { type FieldTable, type ValuesOf, writeU64 } from "../lib/blocks/field_layout.ts";

/** What a file starts with. */
export interface FileOptions {
  /** Default `"4.10"`. */
  version?: string;
  /** Default `"tests"`. */
  program?: string;
  /** Makes the file an unfinalized one with these `id_unfin_flags`. */
  unfinalized?: number;
  /** Fields of the HD block. */
  header?: Partial<ValuesOf<typeof HD.fields>>;
}

/** Blocks that hang from the header in a list of their own. */
const HEADER_LISTS = new Map<string, { first: string; next: string; last: number }>([
  [DG.id, { first: "hd_dg_first", next: "dg_dg_next", last: 0 }],
  [FH.id, { first: "hd_fh_first", next: "fh_fh_next", last: 0 }],
  [CH.id, { first: "hd_ch_first", next: "ch_ch_next", last: 0 }],
  [AT.id, { first: "hd_at_first", next: "at_at_next", last: 0 }],
  [EV.id, { first: "hd_ev_first", next: "ev_ev_next", last: 0 }],
]);

/** A file under construction. Starts with the identification and the header. */
export class BlockBuilder {
  /** Offset of the HD block. */
  readonly hd: number;
  #bytes = new Uint8Array(4096);
  #size = 0;
  readonly #lists = structuredClone(HEADER_LISTS);

  /** Writes ID and HD. */
  constructor(options: FileOptions = {}) {
    const version = options.version ?? "4.10";
    const [major, minor] = version.split(".");
    this.append(encodeIdentification({
      id_file: options.unfinalized === undefined ? "MDF     " : "UnFinMF ",
      id_vers: version.padEnd(8),
      id_prog: (options.program ?? "tests").padEnd(8),
      id_ver: Number(major) * 100 + Number(minor),
      id_unfin_flags: options.unfinalized ?? 0,
    }));
    this.hd = this.add(HD, { fields: options.header });
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** A copy of the file so far, closed by padding to a multiple of eight bytes. */
  bytes(): Uint8Array {
    this.#align();
    return this.#bytes.slice(0, this.#size);
  }

  /** Adds a block and gives its offset. */
  add<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    contents: BlockContents<F, L> = {},
  ): number {
    return this.append(encodeBlock(table, contents));
  }

  /** Adds bytes of any kind at the next multiple of eight and gives their offset. */
  append(bytes: Uint8Array): number {
    this.#align();
    const at = this.#size;
    this.#grow(at + bytes.length);
    this.#bytes.set(bytes, at);
    return at;
  }

  /** Adds a block to the end of its list in the header: DG, FH, CH, AT or EV. */
  addToHeader<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    contents: BlockContents<F, L> = {},
  ): number {
    const list = this.#lists.get(table.id);
    if (!list) throw new Error(`the header has no list of ${table.id} blocks`);
    const at = this.add(table, contents);
    if (list.last === 0) this.patchLink(this.hd, list.first, at);
    else this.patchLink(list.last, list.next, at);
    list.last = at;
    return at;
  }

  /** Adds a text; "" gives the nil link. */
  text(text: string): number {
    return text === "" ? 0 : this.add(TX, { payload: encodeText(text) });
  }

  /** Adds a metadata block. */
  metadata(xml: string): number {
    return this.add(MD, { payload: encodeText(xml) });
  }

  /** Sets a link of a block, by name or by its place among all links. */
  patchLink(block: number, link: string | number, target: number): void {
    writeU64(this.#view(), this.#linkAt(block, link), target);
  }

  /** The target of a link. */
  linkOf(block: number, link: string | number): number {
    return Number(this.#view().getBigUint64(this.#linkAt(block, link), true));
  }

  /** Sets a field that has no variable number of values. */
  patchField(block: number, name: string, value: unknown): void {
    const { fields } = this.#table(block);
    let at = block + HEADER_BYTES + 8 * this.#linkCount(block);
    for (const each in fields) {
      if (fields[each].count) break;
      if (each === name) return fields[each].write(this.#view(), at, value);
      at += fields[each].size;
    }
    throw new Error(`${this.#id(block)} has no field ${name} at a fixed place`);
  }

  /** Overwrites bytes; to damage a header, for example. */
  patchBytes(at: number, bytes: Uint8Array | readonly number[]): void {
    if (at + bytes.length > this.#size) throw new Error("the bytes lie past the end of the file");
    this.#bytes.set(bytes, at);
  }

  /** Overwrites the length in a block's header. */
  patchLength(block: number, length: number): void {
    writeU64(this.#view(), block + 8, length);
  }

  #linkAt(block: number, link: string | number): number {
    const index = typeof link === "number" ? link : this.#table(block).links.indexOf(link);
    if (!(index >= 0 && index < this.#linkCount(block))) {
      throw new Error(`the ${this.#id(block)} block at ${block} has no link ${link}`);
    }
    return block + HEADER_BYTES + 8 * index;
  }

  #linkCount(block: number): number {
    return Number(this.#view().getBigUint64(block + 16, true));
  }

  #id(block: number): string {
    return String.fromCharCode(this.#bytes[block + 2], this.#bytes[block + 3]);
  }

  #table(block: number): BlockTable {
    const table = block >= ID_BYTES ? BLOCK_TABLES.get(this.#id(block)) : undefined;
    if (!table) throw new Error(`there is no block at ${block}`);
    return table;
  }

  #view(): DataView {
    return new DataView(this.#bytes.buffer, 0, this.#size);
  }

  #align(): void {
    this.#grow(alignTo8(this.#size));
  }

  #grow(size: number): void {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#size = size;
  }
}
