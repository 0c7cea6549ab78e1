/**
 * What the ways of a logger share: a file that is written in pieces, its records, and the phases.
 *
 * @module
 */
import { DL, DT, DZ, HL, SD } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { writeU64 } from "../../lib/blocks/field_layout.ts";
import { zipped } from "../_data_blocks.ts";
import { FileBuilder } from "../_file_builder.ts";

/** Bytes of a record of `t`, `n` and one more. */
export const STRIDE = 13;
/** Phases of a logger. */
export const PHASES = 8;
/** Records of a phase. */
export const RECORDS_PER_PHASE = 60;

/** Channels `t` and `n`. */
export const CHANNELS = [
  { name: "t", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
  { name: "n", cn_byte_offset: 8, cn_bit_count: 32 },
];

/** Bits of `id_unfin_flags`; that of reductions has nothing to do with records. */
export const UNFINALIZED = { counters: 1, reductions: 2, lastLength: 4, lastList: 16, texts: 32 };

/** Numbers that look random and are the same for a seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 4294967296 * below);
  };
}

/** A file that is written while others read it. */
export class LiveFile {
  readonly #file: Deno.FsFile;
  readonly #random: (below: number) => number;
  /** Bytes so far. */
  end = 0;

  constructor(path: string, random: (below: number) => number) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#random = random;
  }

  /** Writes over what is there, or behind it. */
  write(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    this.end = Math.max(this.end, offset + bytes.length);
  }

  /** Writes a number or link of 64 bits. */
  writeNumber(offset: number, value: number): void {
    const bytes = new Uint8Array(8);
    writeU64(new DataView(bytes.buffer), 0, value);
    this.write(offset, bytes);
  }

  /** Appends in pieces of any size. */
  async pour(bytes: Uint8Array, most = 40): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + 1 + this.#random(most));
      this.write(this.end, piece);
      at += piece.length;
      if (this.#random(4) === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Appends a block, at a multiple of eight bytes. */
  append(bytes: Uint8Array): number {
    const at = Math.ceil(this.end / 8) * 8;
    this.write(at, bytes);
    return at;
  }

  /** Says that the file is complete. */
  finalize(): void {
    this.write(0, new TextEncoder().encode("MDF     "));
  }

  /** Ends writing. */
  close(): void {
    this.#file.close();
  }
}

/** The record of number `i`. */
export function record(i: number): Uint8Array {
  const bytes = new Uint8Array(STRIDE).fill(0xee);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, i / 2, true);
  view.setUint32(8, i + 1, true);
  return bytes;
}

/** The records `[from, to)`. */
export function records(from: number, to: number): Uint8Array {
  const bytes = new Uint8Array((to - from) * STRIDE);
  for (let i = from; i < to; i++) bytes.set(record(i), (i - from) * STRIDE);
  return bytes;
}

const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();

/** Says how many records are complete, and waits until they were seen. */
export async function phaseEnds(counts: number[]): Promise<void> {
  console.log(JSON.stringify(counts));
  const { done } = await input.read();
  // Whoever started this is gone.
  if (done) Deno.exit(1);
}

/** Links and counters of a file whose one group has its records in a data group of their own. */
export function sortedFile(flags: number) {
  const builder = new FileBuilder({ unfinalized: flags });
  const { dg, cg } = builder.group({
    name: "Log",
    channels: CHANNELS,
    cg_data_bytes: STRIDE,
    cg_cycle_count: 0,
  });
  return { bytes: builder.bytes(), data: dg + 24 + 16, counter: cg + 24 + 48 + 8 };
}

/** How the blocks of a growing list are stored. */
export interface ListOptions {
  /** Where the link to the list stands. */
  link: number;
  /** Default `DT`. */
  kind?: "DT" | "SD";
  /** Compressed, and into how many columns; 0 for none. */
  columns?: number;
}

const ROOM = 5;

/** A chain of data blocks in lists of five, to which blocks are added. */
export class LiveList {
  readonly #file: LiveFile;
  readonly #random: (below: number) => number;
  readonly #options: ListOptions;
  /** Where the link to the next list goes. */
  #link: number;
  #list = 0;
  #used = ROOM;
  /** Bytes of data so far. */
  stored = 0;

  constructor(file: LiveFile, random: (below: number) => number, options: ListOptions) {
    this.#file = file;
    this.#random = random;
    this.#options = options;
    this.#link = options.link;
    if (options.columns === undefined) return;
    const zip = options.columns > 0 ? 1 : 0;
    const header = file.append(encodeBlock(HL, { fields: { hl_zip_type: zip } }));
    file.writeNumber(this.#link, header);
    this.#link = header + 24;
  }

  /** Adds a block; its link may come before it. */
  async add(payload: Uint8Array): Promise<void> {
    const file = this.#file;
    if (this.#used === ROOM) await this.#addList();
    const link = this.#list + 24 + 8 * (this.#used + 1);
    const counts = this.#list + 24 + 8 * (ROOM + 1) + 4;
    const block = this.#block(payload);
    const early = this.#random(2) === 0;
    const at = Math.ceil(file.end / 8) * 8;
    file.writeNumber(counts + 4 + 8 * this.#used, this.stored);
    // Some loggers link a block before they write it.
    if (early) file.writeNumber(link, at);
    file.append(block.subarray(0, 24));
    await file.pour(block.subarray(24));
    if (!early) file.writeNumber(link, at);
    file.write(counts, Uint8Array.of(++this.#used));
    this.stored += payload.length;
  }

  async #addList(): Promise<void> {
    const file = this.#file;
    const links = new Array(ROOM).fill(0);
    const bytes = encodeBlock(DL, {
      moreLinks: links,
      fields: { dl_count: ROOM, dl_offset: links },
    });
    bytes.fill(0, 24 + 8 * (ROOM + 1) + 4, 24 + 8 * (ROOM + 1) + 8);
    const at = Math.ceil(file.end / 8) * 8;
    const early = this.#random(3) === 0;
    if (early) file.writeNumber(this.#link, at);
    file.append(bytes.subarray(0, 16));
    await file.pour(bytes.subarray(16));
    if (!early) file.writeNumber(this.#link, at);
    this.#link = at + 24;
    this.#list = at;
    this.#used = 0;
  }

  #block(payload: Uint8Array): Uint8Array {
    const { kind = "DT", columns } = this.#options;
    if (columns === undefined) return encodeBlock(kind === "DT" ? DT : SD, { payload });
    return encodeBlock(DZ, zipped(kind, payload, columns || true));
  }
}
