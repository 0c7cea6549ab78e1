/**
 * A logger in a process of its own, for tests of following: it writes a file in phases, in pieces that
 * end anywhere. After each phase it prints how many records of each group are complete, and waits for
 * a line. `deno run --allow-read --allow-write _logger.ts PATH MODE SEED`
 *
 * @module
 */
import { DL, DT } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { writeU64 } from "../../lib/blocks/field_layout.ts";
import { type Compression, MdfWriter } from "../../mod.ts";
import { FileBuilder } from "../_file_builder.ts";

/** The ways of the logger. */
export type LoggerMode = "open-end" | "lists" | "reserved" | "mixed" | "writer" | "cut-off";

/** Bytes of a record of `t`, `n` and one more. */
export const STRIDE = 13;
const PHASES = 8;
const RECORDS_PER_PHASE = 60;

const CHANNELS = [
  { name: "t", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
  { name: "n", cn_byte_offset: 8, cn_bit_count: 32 },
];

/** Bits of `id_unfin_flags`: counters, length of the last block. */
const COUNTERS = 1;
const LAST_LENGTH = 4;
/** A flag that has nothing to do with records: sample reductions are not counted. */
const REDUCTIONS = 2;

/** Numbers that look random and are the same for a seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 4294967296 * below);
  };
}

class LiveFile {
  readonly #file: Deno.FsFile;
  readonly #random: (below: number) => number;
  end = 0;

  constructor(path: string, random: (below: number) => number) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#random = random;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    this.end = Math.max(this.end, offset + bytes.length);
  }

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

  close(): void {
    this.#file.close();
  }
}

/** The record of number `i`. */
function record(i: number): Uint8Array {
  const bytes = new Uint8Array(STRIDE).fill(0xee);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, i / 2, true);
  view.setUint32(8, i + 1, true);
  return bytes;
}

function records(from: number, to: number): Uint8Array {
  const bytes = new Uint8Array((to - from) * STRIDE);
  for (let i = from; i < to; i++) bytes.set(record(i), (i - from) * STRIDE);
  return bytes;
}

const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();

/** Says how many records are complete, and waits until they were seen. */
async function phaseEnds(counts: number[]): Promise<void> {
  console.log(JSON.stringify(counts));
  const { done } = await input.read();
  // Whoever started this is gone.
  if (done) Deno.exit(1);
}

/** Links and counters of a file whose one group has its records in a data group of their own. */
function sortedFile(flags: number) {
  const builder = new FileBuilder({ unfinalized: flags });
  const { dg, cg } = builder.group({
    name: "Log",
    channels: CHANNELS,
    cg_data_bytes: STRIDE,
    cg_cycle_count: 0,
  });
  return { bytes: builder.bytes(), data: dg + 24 + 16, counter: cg + 24 + 48 + 8 };
}

/** One data block that goes on to the end of the file, and is never counted. */
async function openEnd(file: LiveFile, finish: boolean): Promise<void> {
  const { bytes, data, counter } = sortedFile(COUNTERS | LAST_LENGTH);
  file.write(0, bytes);
  const block = file.append(encodeBlock(DT));
  file.writeNumber(data, block);
  await phaseEnds([0]);
  let count = 0;
  for (let phase = 1; phase <= PHASES; phase++) {
    // The phases end in the middle of a record.
    const until = phase * RECORDS_PER_PHASE;
    const bytes = records(count, until + 1);
    const written = file.end - (block + 24) - count * STRIDE;
    const rest = finish && phase === PHASES ? 0 : STRIDE - 1 - phase;
    await file.pour(bytes.subarray(written, (until - count) * STRIDE + rest));
    count = until;
    await phaseEnds([count]);
  }
  if (!finish) return;
  file.writeNumber(block + 8, file.end - block);
  file.writeNumber(counter, count);
  file.finalize();
}

/** Lists of data blocks that break records anywhere; the counter is kept. */
async function lists(file: LiveFile, random: (below: number) => number): Promise<void> {
  const { bytes, data, counter } = sortedFile(REDUCTIONS);
  file.write(0, bytes);
  await phaseEnds([0]);
  const room = 5;
  let list = 0;
  let used = room;
  let stored = 0;
  for (let phase = 1; phase <= PHASES; phase++) {
    const until = phase * RECORDS_PER_PHASE;
    const all = records(0, until + 1).subarray(0, until * STRIDE + (phase < PHASES ? phase : 0));
    while (stored < all.length) {
      const payload = all.subarray(stored, stored + 1 + random(5 * STRIDE));
      if (used === room) {
        const next = file.append(
          encodeBlock(DL, {
            moreLinks: new Array(room).fill(0),
            fields: { dl_count: room, dl_offset: new Array(room).fill(0) },
          }),
        );
        file.write(next + 24 + 8 * (room + 1) + 4, new Uint8Array(4));
        file.writeNumber(list === 0 ? data : list + 24, next);
        list = next;
        used = 0;
      }
      const link = list + 24 + 8 * (used + 1);
      const counts = list + 24 + 8 * (room + 1) + 4;
      const block = encodeBlock(DT, { payload });
      const at = Math.ceil(file.end / 8) * 8;
      // Some loggers link a block before they write it.
      const early = random(2) === 0;
      if (early) file.writeNumber(link, at);
      file.append(block.subarray(0, 24));
      await file.pour(block.subarray(24));
      file.writeNumber(counts + 4 + 8 * used, stored);
      if (!early) file.writeNumber(link, at);
      used++;
      file.write(counts, Uint8Array.of(used));
      stored += payload.length;
      file.writeNumber(counter, Math.floor(stored / STRIDE));
    }
    await phaseEnds([until]);
  }
  file.finalize();
}

/** A data block whose room is reserved from the start and filled with zeros; the counter is kept. */
async function reserved(file: LiveFile): Promise<void> {
  const { bytes, data, counter } = sortedFile(REDUCTIONS);
  file.write(0, bytes);
  const total = PHASES * RECORDS_PER_PHASE;
  const block = file.append(encodeBlock(DT, { payload: new Uint8Array(total * STRIDE) }));
  file.writeNumber(data, block);
  await phaseEnds([0]);
  for (let i = 0; i < total; i++) {
    const at = block + 24 + i * STRIDE;
    const bytes = record(i);
    file.write(at, bytes.subarray(0, 5));
    if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    file.write(at + 5, bytes.subarray(5));
    file.writeNumber(counter, i + 1);
    if ((i + 1) % RECORDS_PER_PHASE === 0) await phaseEnds([i + 1]);
  }
  file.finalize();
}

/** Two groups by turns, one with texts that a third one stores; never counted, to the end of the file. */
async function mixed(file: LiveFile, random: (below: number) => number): Promise<void> {
  const builder = new FileBuilder({ unfinalized: COUNTERS | LAST_LENGTH | 32 });
  const { dg, groups } = builder.dataGroup({
    recordIdSize: 1,
    groups: [
      {
        name: "Texts",
        cg_record_id: 1,
        channels: [
          { name: "n", cn_bit_count: 32 },
          { name: "text", cn_type: 1, cn_data_type: 7, cn_byte_offset: 4, cn_bit_count: 64 },
        ],
      },
      { cg_record_id: 2, cg_flags: 1, channels: [] },
      { name: "Log", cg_record_id: 3, channels: CHANNELS, cg_data_bytes: STRIDE },
    ],
  });
  builder.patchLink(groups[0].channels[1], "cn_data", groups[1].cg);
  file.write(0, builder.bytes());
  const block = file.append(encodeBlock(DT));
  file.writeNumber(dg + 24 + 16, block);
  await phaseEnds([0, 0]);
  const counts = [0, 0];
  let place = 0;
  for (let phase = 1; phase <= PHASES; phase++) {
    const until = phase * RECORDS_PER_PHASE;
    while (counts[0] + counts[1] < until) {
      if (random(2) === 0) {
        await file.pour(Uint8Array.of(3, ...record(counts[1]++)));
        continue;
      }
      const text = new TextEncoder().encode("text " + "x".repeat(random(30)) + counts[0]);
      const row = new Uint8Array(1 + 12);
      const view = new DataView(row.buffer);
      row[0] = 1;
      view.setUint32(1, counts[0]++ + 1, true);
      view.setUint32(5, place, true);
      const entry = new Uint8Array(5 + text.length);
      entry[0] = 2;
      new DataView(entry.buffer).setUint32(1, text.length, true);
      entry.set(text, 5);
      place += 4 + text.length;
      // The record may come before its text.
      const parts = random(2) === 0 ? [row, entry] : [entry, row];
      for (const part of parts) await file.pour(part);
    }
    await phaseEnds(counts);
  }
  file.writeNumber(block + 8, file.end - block);
  const [texts, storage, log] = groups.map(({ cg }) => cg + 24 + 48);
  file.writeNumber(texts + 8, counts[0]);
  file.writeNumber(storage + 8, counts[0]);
  file.writeNumber(storage + 24, place);
  file.writeNumber(log + 8, counts[1]);
  file.finalize();
}

/** The library's own writer, with small blocks, so that lists grow. */
async function writer(path: string, compression: Compression): Promise<void> {
  const writer = await MdfWriter.create(path, { blockBytes: 512, bufferBytes: 512, compression });
  const group = writer.addGroup({
    name: "Log",
    channels: [
      { name: "t", type: "float64", master: "time" },
      { name: "n", type: "uint32" },
      { name: "text", type: "string" },
    ],
  });
  await phaseEnds([0]);
  for (let phase = 1; phase <= PHASES; phase++) {
    const from = (phase - 1) * 10 * RECORDS_PER_PHASE;
    const n = Uint32Array.from({ length: 10 * RECORDS_PER_PHASE }, (_, i) => from + i + 1);
    await group.append({
      t: Float64Array.from(n, (n) => (n - 1) / 2),
      n,
      text: Array.from(n, (n) => `text ${n - 1}`),
    });
    await writer.flush();
    await phaseEnds([group.recordCount]);
  }
  await writer.close();
}

async function main(path: string, mode: LoggerMode, seed: number): Promise<void> {
  if (mode === "writer") {
    return await writer(path, (["none", "deflate", "transpose"] as const)[seed % 3]);
  }
  const random = randomNumbers(seed);
  const file = new LiveFile(path, random);
  if (mode === "lists") await lists(file, random);
  else if (mode === "reserved") await reserved(file);
  else if (mode === "mixed") await mixed(file, random);
  else await openEnd(file, mode === "open-end");
  file.close();
}

if (import.meta.main) {
  const [path, mode, seed] = Deno.args;
  await main(path, mode as LoggerMode, Number(seed));
  Deno.exit(0);
}
