/**
 * What tests of files that grow share.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { DL, DT, HL } from "../../lib/blocks/block_tables.ts";
import { bytesSource, Mdf } from "../../mod.ts";
import { FileBuilder, type GrowingSource, growingSource } from "../_helpers.ts";

export const CHANNELS = [
  { name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 16 },
  { name: "v", cn_byte_offset: 2, cn_bit_count: 8 },
];

/** Records `[from, to)` of three bytes: the time, and a value. */
export function records(from: number, to: number): Uint8Array {
  return Uint8Array.from({ length: 3 * (to - from) }, (_, k) => {
    const i = from + Math.floor(k / 3);
    return [i & 255, i >> 8, (100 + i) & 255][k % 3];
  });
}

/** The numbers below one. */
export const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The structure, without the check points, which depend on where walks began. */
function structureOf({ measurement }: Mdf): unknown {
  return JSON.parse(JSON.stringify(measurement, (name, value) => {
    if (name !== "checkPoints" || !value) return value;
    return { totals: value.totals, end: value.end, counts: value.counts.at(-1) };
  }));
}

/** Checks that a file was brought up to date: as if it had been opened just now. */
export async function assertUpToDate(mdf: Mdf, bytes: Uint8Array, message?: string): Promise<void> {
  await using fresh = await Mdf.open(bytesSource(bytes, "growing.mf4"));
  assertEquals(structureOf(mdf), structureOf(fresh), message);
  assertEquals(mdf.size, bytes.length);
}

/** A file of one group whose records come block by block, in lists of `room` blocks. */
export class ListedFile {
  readonly file = new FileBuilder({ unfinalized: 2 });
  readonly #room: number;
  readonly #group: { dg: number; cg: number };
  readonly #header: number;
  #list = 0;
  #used: number;
  #bytes = 0;

  constructor(room: number, header = false) {
    this.#room = this.#used = room;
    this.#group = this.file.group({ channels: CHANNELS, cg_cycle_count: 0 });
    this.#header = header ? this.file.add(HL) : 0;
  }

  /** Adds the next `length` bytes of the records as a block. */
  add(length: number): void {
    const { file } = this;
    const from = this.#bytes;
    this.#bytes += length;
    const all = records(Math.floor(from / 3), Math.ceil(this.#bytes / 3));
    const block = file.add(DT, { payload: all.subarray(from % 3, from % 3 + length) });
    if (this.#used === this.#room) this.#addList();
    file.patchLink(this.#list, 1 + this.#used, block);
    file.patchField(this.#list, "dl_count", ++this.#used);
    const counts = this.#list + 24 + 8 * (1 + this.#room) + 8;
    file.patchBytes(counts + 8 * (this.#used - 1), encodeNumber(from));
    file.patchField(this.#group.cg, "cg_cycle_count", Math.floor(this.#bytes / 3));
  }

  #addList(): void {
    const { file } = this;
    const room = new Array(this.#room).fill(0);
    const next = file.add(DL, {
      moreLinks: room,
      fields: { dl_count: room.length, dl_offset: room },
    });
    file.patchField(next, "dl_count", 0);
    this.#used = 0;
    if (this.#list) file.patchLink(this.#list, "dl_dl_next", next);
    else if (this.#header) {
      file.patchLink(this.#header, "hl_dl_first", next);
      file.patchLink(this.#group.dg, "dg_data", this.#header);
    } else file.patchLink(this.#group.dg, "dg_data", next);
    this.#list = next;
  }
}

function encodeNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

/** Opens a file as it is, then lets it become what `change` makes of it, and refreshes. */
export async function refreshAfter(
  file: FileBuilder,
  change: () => void,
  test: (mdf: Mdf, source: GrowingSource, before: Uint8Array) => Promise<void> | void,
): Promise<void> {
  const before = file.bytes();
  change();
  const after = file.bytes();
  for (const synchronous of [true, false]) {
    const source = growingSource(before, synchronous);
    await using mdf = await Mdf.open(source);
    source.bytes = after;
    await test(mdf, source, before);
  }
}
