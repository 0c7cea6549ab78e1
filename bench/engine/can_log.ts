/**
 * A log of a CAN bus as loggers leave it: records of several groups mixed, payloads of variable length
 * among them, and never closed, so that neither records are counted nor the length of the data is
 * known.
 *
 * @module
 */
import { join } from "node:path";
import { CG, CN, DG, DT, HD } from "../../lib/blocks/block_tables.ts";
import { encodeBlock, encodeIdentification } from "../../lib/blocks/encode_block.ts";
import type { GeneratedFile } from "../../scripts/generate/generate_file.ts";
import { ensureMade, TESTDATA, type TestFile } from "../../scripts/generate/test_files.ts";
import { Blocks } from "../suites/blocks.ts";

/** Frames of the log that is measured: about 3 MB, as the one of the corpus has. */
export const CAN_FRAMES = 85_000;

const VERSION = 2;
const PATTERN = "can-log";
const FRAME_ID = 1;
const PAYLOAD_ID = 2;
const REMOTE_ID = 3;
const FRAME_BYTES = 22;
const REMOTE_BYTES = 14;
const LENGTH_BYTES = 4;
const MOST_PAYLOAD = 8;
const SHORT_EVERY = 60;
/** Counts of records and lengths of data blocks are to be put right. */
const UNFINALIZED_FLAGS = 0x25;

const FLOAT = 4;
const BYTES = 10;
const VARIABLE = 1;
const MASTER = 2;
const TIME = 1;
const BUS_EVENTS = 0x6;
const VARIABLE_GROUP = 0x1;

/** A member of the frame, by its place within it. */
interface Member {
  name: string;
  byte: number;
  bit?: number;
  bits: number;
  of(frame: number): number;
}

const MEMBERS: readonly Member[] = [
  { name: "BusChannel", byte: 0, bit: 0, bits: 2, of: () => 1 },
  { name: "ID", byte: 0, bit: 3, bits: 29, of: (i) => (i * 2654435761) % 2 ** 29 },
  { name: "IDE", byte: 4, bit: 0, bits: 1, of: (i) => i & 1 },
  { name: "DLC", byte: 5, bit: 0, bits: 4, of: (i) => payloadBytes(i) },
  { name: "DataLength", byte: 4, bit: 1, bits: 7, of: (i) => payloadBytes(i) },
  { name: "Dir", byte: 5, bit: 4, bits: 1, of: (i) => (i >> 1) & 1 },
  { name: "EDL", byte: 5, bit: 5, bits: 1, of: (i) => (i >> 2) & 1 },
  { name: "ESI", byte: 5, bit: 6, bits: 1, of: () => 0 },
  { name: "BRS", byte: 5, bit: 7, bits: 1, of: (i) => (i >> 3) & 1 },
];

/** Time of a frame in seconds. */
export const frameTime = (frame: number) => frame / 4096;

function payloadBytes(frame: number): number {
  // As on a real bus: nearly all frames are full.
  return frame % SHORT_EVERY === 0 ? 1 + (frame / SHORT_EVERY) % 6 : MOST_PAYLOAD;
}

/** Payload of a frame. */
export function payloadOf(frame: number): Uint8Array {
  return Uint8Array.from(
    { length: payloadBytes(frame) },
    // The last byte is not 0: readers that give all payloads one length fill up with zeros.
    (_, i) => 1 + ((frame * 31 + i * 7) % 255),
  );
}

/** Channels of the frames with values of the first few, by name, as text. */
export function expectedFrames(count: number): Record<string, string[]> {
  const frames = Array.from({ length: count }, (_, i) => i);
  return {
    Timestamp: frames.map((i) => String(frameTime(i))),
    "CAN_DataFrame.DataBytes": frames.map((i) => payloadOf(i).join()),
    ...Object.fromEntries(
      MEMBERS.map(({ name, of }) => [`CAN_DataFrame.${name}`, frames.map((i) => String(of(i)))]),
    ),
  };
}

/** Finds the log, or makes it. */
export function ensureCanLog(frames: number, directory = TESTDATA): Promise<TestFile> {
  const path = join(directory, `engine_can_${frames}.mf4`);
  const parameters = JSON.stringify({ engine: PATTERN, version: VERSION, frames });
  return ensureMade(path, parameters, { record: true }, async (publish) => {
    const started = performance.now();
    const unfinished = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      const bytes = canLog(frames);
      await Deno.writeFile(unfinished, bytes);
      const made: GeneratedFile = {
        ...{ path, bytes: bytes.length, records: frames, groupRecords: [frames, 0], groups: 2 },
        ...{ channels: MEMBERS.length + 3, pattern: PATTERN, seed: 0, compression: "none" },
        seconds: (performance.now() - started) / 1000,
      };
      await publish(unfinished, made);
      return made;
    } finally {
      await Deno.remove(unfinished).catch(() => {}); // it was published
    }
  });
}

/** The bytes of a log. */
export function canLog(frames: number): Uint8Array<ArrayBuffer> {
  const blocks = new Blocks();
  blocks.append(encodeIdentification({
    ...{ id_file: "UnFinMF ", id_vers: "4.11    ", id_prog: "mf4deno", id_ver: 411 },
    id_unfin_flags: UNFINALIZED_FLAGS,
  }));
  blocks.append(encodeBlock(HD));
  const remote = addGroup(blocks, {
    ...{ id: REMOTE_ID, bytes: REMOTE_BYTES, name: "CAN_RemoteFrame" },
    members: MEMBERS.slice(0, 3),
  });
  const payloads = blocks.append(encodeBlock(CG, {
    links: { cg_cg_next: remote },
    fields: { cg_record_id: PAYLOAD_ID, cg_flags: VARIABLE_GROUP },
  }));
  const first = addGroup(blocks, {
    ...{ id: FRAME_ID, bytes: FRAME_BYTES, name: "CAN_DataFrame", next: payloads, payloads },
    members: MEMBERS,
  });
  // The group stands before the data: its last block has no length to go on behind.
  const group = blocks.size;
  const data = group + encodeBlock(DG).length;
  blocks.append(encodeBlock(DG, {
    links: { dg_cg_first: first, dg_data: data },
    fields: { dg_rec_id_size: 1 },
  }));
  blocks.append(encodeBlock(DT));
  blocks.append(records(frames), false);
  blocks.parts[1] = encodeBlock(HD, { links: { hd_dg_first: group } });
  return blocks.bytes();
}

interface LogGroup {
  id: number;
  bytes: number;
  name: string;
  members: readonly Member[];
  next?: number;
  /** Offset of the group that stores the payloads. */
  payloads?: number;
}

function addGroup(blocks: Blocks, group: LogGroup): number {
  let next = group.payloads === undefined ? 0 : blocks.append(encodeBlock(CN, {
    links: { cn_tx_name: blocks.text(`${group.name}.DataBytes`), cn_data: group.payloads },
    fields: { cn_type: VARIABLE, cn_data_type: BYTES, cn_byte_offset: 14, cn_bit_count: 64 },
  }));
  for (const { name, byte, bit = 0, bits } of group.members.toReversed()) {
    next = blocks.append(encodeBlock(CN, {
      links: { cn_cn_next: next, cn_tx_name: blocks.text(`${group.name}.${name}`) },
      fields: { cn_bit_offset: bit, cn_byte_offset: 8 + byte, cn_bit_count: bits },
    }));
  }
  const frame = blocks.append(encodeBlock(CN, {
    links: { cn_composition: next, cn_tx_name: blocks.text(group.name) },
    fields: { cn_data_type: BYTES, cn_byte_offset: 8, cn_bit_count: 8 * (group.bytes - 8) },
  }));
  const time = blocks.append(encodeBlock(CN, {
    links: { cn_cn_next: frame, cn_tx_name: blocks.text("Timestamp") },
    fields: { cn_type: MASTER, cn_sync_type: TIME, cn_data_type: FLOAT, cn_bit_count: 64 },
  }));
  return blocks.append(encodeBlock(CG, {
    links: {
      cg_cg_next: group.next ?? 0,
      cg_cn_first: time,
      cg_tx_acq_name: blocks.text(group.name),
    },
    fields: { cg_record_id: group.id, cg_flags: BUS_EVENTS, cg_data_bytes: group.bytes },
  }));
}

/** Each frame and behind it its payload, as loggers write them. */
function records(frames: number): Uint8Array {
  const most = 1 + FRAME_BYTES + 1 + LENGTH_BYTES + MOST_PAYLOAD;
  const bytes = new Uint8Array(frames * most);
  const view = new DataView(bytes.buffer);
  let at = 0, stored = 0;
  for (let i = 0; i < frames; i++) {
    bytes[at] = FRAME_ID;
    view.setFloat64(at + 1, frameTime(i), true);
    for (const { byte, bit = 0, of } of MEMBERS) {
      const place = at + 9 + byte;
      view.setUint32(place, (view.getUint32(place, true) | of(i) << bit) >>> 0, true);
    }
    view.setUint32(at + 15, stored, true);
    const payload = payloadOf(i);
    at += 1 + FRAME_BYTES;
    bytes[at] = PAYLOAD_ID;
    view.setUint32(at + 1, payload.length, true);
    bytes.set(payload, at + 1 + LENGTH_BYTES);
    at += 1 + LENGTH_BYTES + payload.length;
    stored += LENGTH_BYTES + payload.length;
  }
  return bytes.subarray(0, at);
}
