/**
 * The memory in which blocks are unpacked, by one thread or several: what is to be done, the scratch
 * memory of each thread, and slots with room for blocks.
 *
 * @module
 */
import { INFLATE_SCRATCH_BYTES, INFLATE_SLACK_BYTES, inflateScratch } from "./inflate_scratch.ts";
import { PAGE_BYTES } from "./wasm_code.ts";
import { JOB_WORDS, SLOT_WORD } from "./inflate_thread.ts";

/** Compressed blocks that are unpacked together, as a slot has room for them. */
export interface SlotRoom {
  /** Bytes of compressed data. */
  readonly stored: number;
  /** Bytes of original data. */
  readonly unpacked: number;
}

/** Memory for some blocks, compressed and unpacked. */
export interface Slot {
  /** Position among the slots. */
  readonly index: number;
  /** Room for the compressed bytes. */
  readonly stored: Uint8Array;
  /** Room for the original bytes. */
  readonly unpacked: Uint8Array;
  /** Whom its content belongs to. */
  owner?: object;
  /** What of the owner's it holds. */
  piece: number;
  /** The compressed bytes are on their way. */
  loading?: Promise<void>;
  /** Called when a worker has finished it. */
  wake?: () => void;
}

/** A memory, and what lies where in it. */
export interface InflateMemory {
  readonly memory: WebAssembly.Memory;
  /** What each slot has room for. */
  readonly room: SlotRoom;
  readonly slots: readonly Slot[];
  /** Addresses of the scratch memory of each thread, the calling one first. */
  readonly scratch: readonly (readonly [number, number])[];
  /** Address of {@link STAGE_BYTES} for the calling thread. */
  readonly stage: number;
}

/** Most blocks in a slot. */
export const MOST_JOBS = 512;
/** Words of the description of a slot; they stand at the beginning of the memory. */
export const SLOT_WORDS: number = SLOT_WORD.first + JOB_WORDS * MOST_JOBS;
/** Rows that are put back from columns are made here. */
export const STAGE_BYTES = 256 * 1024;
/** Most bytes of the memory. */
const MOST_BYTES = 48 * 1024 * 1024;
/** A thread unpacks two blocks at a time, and should find the next one queued. */
const SLOTS_PER_THREAD = 3;
const ALIGNMENT = 64;

const align = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Makes the memory for so many threads, which share it where they are several.
 *
 * @throws {RangeError} when slots of that room are too large
 */
export function makeInflateMemory(room: SlotRoom, threads: number): InflateMemory {
  const mostSlots = SLOTS_PER_THREAD * threads;
  const control = align(4 * mostSlots * SLOT_WORDS);
  const scratchBytes = align(INFLATE_SCRATCH_BYTES);
  const stage = control + 2 * threads * scratchBytes;
  const fixed = align(stage + STAGE_BYTES + INFLATE_SLACK_BYTES);
  const stored = align(room.stored + INFLATE_SLACK_BYTES);
  const unpacked = align(room.unpacked + INFLATE_SLACK_BYTES);
  const count = Math.min(mostSlots, Math.floor((MOST_BYTES - fixed) / (stored + unpacked)));
  if (count < 2) throw new RangeError("the blocks are too large");
  const pages = Math.ceil((fixed + count * (stored + unpacked)) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: threads > 1 });
  const scratch = Array.from({ length: threads }, (_, thread) => {
    const first = control + 2 * thread * scratchBytes;
    return [first, first + scratchBytes] as const;
  });
  const bytes = new Uint8Array(memory.buffer);
  const initial = inflateScratch();
  for (const address of scratch.flat()) bytes.set(initial, address);
  const slots = Array.from({ length: count }, (_, index): Slot => {
    const at = fixed + index * (stored + unpacked);
    return {
      ...{ index, piece: -1 },
      stored: new Uint8Array(memory.buffer, at, stored),
      unpacked: new Uint8Array(memory.buffer, at + stored, unpacked),
    };
  });
  return { memory, room, slots, scratch, stage };
}
