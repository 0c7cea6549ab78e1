/**
 * A logger in a process of its own, for tests of following: it writes a file in phases, in pieces that
 * end anywhere. After each phase it prints how many records of each group are complete, and waits for
 * a line. `deno run --allow-read --allow-write _logger.ts PATH MODE SEED`
 *
 * @module
 */
import { DT } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { type Compression, MdfWriter } from "../../mod.ts";
import { FileBuilder } from "../_file_builder.ts";
import {
  CHANNELS,
  LiveFile,
  LiveList,
  phaseEnds,
  PHASES,
  randomNumbers,
  record,
  records,
  RECORDS_PER_PHASE,
  sortedFile,
  STRIDE,
  UNFINALIZED,
} from "./_live_log.ts";

/** The ways of the logger. */
export type LoggerMode =
  | "open-end"
  | "lists"
  | "compressed"
  | "texts"
  | "reserved"
  | "mixed"
  | "writer"
  | "cut-off";

/** One data block that goes on to the end of the file, and is never counted. */
async function openEnd(file: LiveFile, finish: boolean): Promise<void> {
  const { bytes, data, counter } = sortedFile(UNFINALIZED.counters | UNFINALIZED.lastLength);
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

/**
 * Lists of data blocks that break records anywhere. The counter is kept, or, with every other seed,
 * only written at the end.
 */
async function lists(
  file: LiveFile,
  random: (below: number) => number,
  seed: number,
  compressed: boolean,
): Promise<void> {
  const counted = seed % 2 === 1;
  const flags = counted ? UNFINALIZED.reductions : UNFINALIZED.counters | UNFINALIZED.lastList;
  const { bytes, data, counter } = sortedFile(flags);
  file.write(0, bytes);
  const columns = compressed ? [0, STRIDE, 7][random(3)] : undefined;
  const list = new LiveList(file, random, { link: data, columns });
  await phaseEnds([0]);
  for (let phase = 1; phase <= PHASES; phase++) {
    const until = phase * RECORDS_PER_PHASE;
    const all = records(0, until + 1).subarray(0, until * STRIDE + (phase < PHASES ? phase : 0));
    while (list.stored < all.length) {
      await list.add(all.subarray(list.stored, list.stored + 1 + random(5 * STRIDE)));
      if (counted) file.writeNumber(counter, Math.floor(list.stored / STRIDE));
    }
    await phaseEnds([until]);
  }
  file.writeNumber(counter, PHASES * RECORDS_PER_PHASE);
  file.finalize();
}

/** Records in lists of blocks, and texts of theirs in others, that come before or after them. */
async function texts(file: LiveFile, random: (below: number) => number, seed: number) {
  const builder = new FileBuilder({ unfinalized: UNFINALIZED.counters | UNFINALIZED.lastList });
  const { dg, cg, channels } = builder.group({
    name: "Texts",
    channels: [
      { name: "n", cn_bit_count: 32 },
      { name: "text", cn_type: 1, cn_data_type: 7, cn_byte_offset: 4, cn_bit_count: 64 },
    ],
    cg_cycle_count: 0,
  });
  file.write(0, builder.bytes());
  const columns = seed % 2 === 1 ? 0 : undefined;
  const rows = new LiveList(file, random, { link: dg + 24 + 16, columns });
  const link = channels[1] + 24 + 5 * 8;
  const entries = new LiveList(file, random, { kind: "SD", link, columns });
  await phaseEnds([0]);
  let count = 0;
  let place = 0;
  for (let phase = 1; phase <= PHASES; phase++) {
    while (count < phase * RECORDS_PER_PHASE) {
      const [row, entry]: number[][] = [[], []];
      for (let i = 1 + random(6); i > 0 && count < phase * RECORDS_PER_PHASE; i--) {
        const text = new TextEncoder().encode("text " + "x".repeat(random(30)) + count++);
        row.push(...numberBytes(count, 4), ...numberBytes(place, 8));
        entry.push(...numberBytes(text.length, 4), ...text);
        place += 4 + text.length;
      }
      const parts = [[rows, row], [entries, entry]] as const;
      for (const [list, bytes] of random(2) === 0 ? parts : parts.toReversed()) {
        const cut = random(bytes.length);
        for (const part of [bytes.slice(0, cut), bytes.slice(cut)]) {
          if (part.length > 0) await list.add(Uint8Array.from(part));
        }
      }
    }
    await phaseEnds([count]);
  }
  file.writeNumber(cg + 24 + 48 + 8, count);
  file.finalize();
}

function numberBytes(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes.subarray(0, length);
}

/** A data block whose room is reserved from the start and filled with zeros; the counter is kept. */
async function reserved(file: LiveFile): Promise<void> {
  const { bytes, data, counter } = sortedFile(UNFINALIZED.reductions);
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
  const builder = new FileBuilder({
    unfinalized: UNFINALIZED.counters | UNFINALIZED.lastLength | UNFINALIZED.texts,
  });
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
  if (mode === "lists" || mode === "compressed") await lists(file, random, seed, mode !== "lists");
  else if (mode === "texts") await texts(file, random, seed);
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
