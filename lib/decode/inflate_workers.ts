/**
 * Threads that unpack compressed data blocks before they are needed, in memory that they share with
 * the thread that reads.
 *
 * @module
 */
import { leaveThreads, takeThreads } from "./left_threads.ts";
import { inflateModule } from "./inflate_module.ts";
import { INFLATE_SCRATCH_BYTES, INFLATE_SLACK_BYTES, inflateScratch } from "./inflate_scratch.ts";
import type { InflateFunctions } from "./wasm_inflater.ts";
import {
  type InflateThread,
  JOB_WORDS,
  SLOT_STATE,
  SLOT_WORD,
  unpackNext,
  WORKER_PROGRAM,
} from "./inflate_thread.ts";

/** Compressed blocks that are unpacked together, as a slot has room for them. */
export interface SlotRoom {
  /** Bytes of compressed data. */
  readonly stored: number;
  /** Bytes of original data. */
  readonly unpacked: number;
  /** Bytes of the largest transposed block. */
  readonly beside: number;
}

/** One compressed block in a slot: where it lies in the slot's rooms. */
export interface SlotJob {
  /** Place in the room of compressed data. */
  readonly from: number;
  /** Its bytes there. */
  readonly stored: number;
  /** Place in the room of original data. */
  readonly to: number;
  /** Its bytes there. */
  readonly length: number;
  /** Columns of transposed data, else 0. */
  readonly columns: number;
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

/** Most blocks in a slot. */
export const MOST_JOBS = 512;
/** Most bytes of the shared memory. */
const MOST_BYTES = 48 * 1024 * 1024;
const SLOT_WORDS = SLOT_WORD.first + JOB_WORDS * MOST_JOBS;
const PAGE_BYTES = 65536;
const ALIGNMENT = 64;
/** Workers that had nothing to do for so long end. */
const IDLE_MS = 250;

const align = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Threads and the memory they share; both are there only while compressed data is read. */
export class InflateWorkers {
  readonly #most: number;
  #room?: SlotRoom;
  #slots: Slot[] = [];
  #workers: readonly Worker[] = [];
  #thread?: InflateThread;
  #turn = 0;
  #used = 0;
  #timer?: ReturnType<typeof setTimeout>;

  /** At most `most` threads besides the calling one. */
  constructor(most: number) {
    this.#most = most;
  }

  /** One thread less than there are processors, as far as the runtime has what threads need. */
  static usual(): number {
    const { crossOriginIsolated, navigator, Worker } = globalThis as {
      crossOriginIsolated?: boolean;
      navigator?: { hardwareConcurrency?: number };
      Worker?: unknown;
    };
    const able = typeof Worker === "function" && typeof SharedArrayBuffer === "function" &&
      typeof WebAssembly === "object" && crossOriginIsolated !== false;
    return able ? Math.min(3, (navigator?.hardwareConcurrency ?? 1) - 1) : 0;
  }

  /** Slots there are; 0 before {@link InflateWorkers.start}. */
  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /**
   * Has memory and threads ready for slots of that room. Tells whether that is so: a runtime may lack
   * what it takes, or others may be using slots that are smaller.
   */
  start(room: SlotRoom): boolean {
    if (this.#most < 1) return false;
    if (this.#room && !fits(room, this.#room)) {
      if (this.#slots.some(({ index }) => this.#busy(index))) return false;
      this.close();
    }
    if (!this.#room) {
      try {
        if (!this.#adopt(room)) this.#open(room);
      } catch {
        // Workers or shared memory may be forbidden; data is then unpacked when it is needed.
        this.close();
        return false;
      }
    }
    this.#touch();
    return true;
  }

  #open(room: SlotRoom): void {
    const control = align(4 * 2 * (this.#most + 1) * SLOT_WORDS);
    const scratch = align(INFLATE_SCRATCH_BYTES);
    const stored = align(room.stored + INFLATE_SLACK_BYTES);
    const unpacked = align(room.unpacked + INFLATE_SLACK_BYTES);
    const beside = room.beside > 0 ? align(room.beside + INFLATE_SLACK_BYTES) : 0;
    const fixed = control + (this.#most + 1) * scratch;
    const slotBytes = stored + unpacked + beside;
    // A thread that has finished a slot should find the next one queued.
    const count = Math.min(2 * (this.#most + 1), Math.floor((MOST_BYTES - fixed) / slotBytes));
    if (count < 2) throw new RangeError("the blocks are too large");
    const pages = Math.ceil((fixed + count * slotBytes) / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const module = new WebAssembly.Module(inflateModule({ shared: true }));
    const { inflate, untranspose } = new WebAssembly.Instance(module, { host: { memory } })
      .exports as unknown as InflateFunctions;
    const shape = { slots: count, slotWords: SLOT_WORDS };
    this.#thread = {
      ...shape,
      words: new Int32Array(memory.buffer),
      bytes: new Uint8Array(memory.buffer),
      scratch: control,
      inflate,
      untranspose,
    };
    for (let k = 0; k <= this.#most; k++) {
      this.#thread.bytes.set(inflateScratch(), control + k * scratch);
    }
    this.#room = room;
    for (let index = 0; index < count; index++) {
      const at = fixed + index * slotBytes;
      this.#slots.push({
        index,
        piece: -1,
        stored: new Uint8Array(memory.buffer, at, stored),
        unpacked: new Uint8Array(memory.buffer, at + stored, unpacked),
      });
    }
    const url = URL.createObjectURL(new Blob([WORKER_PROGRAM], { type: "text/javascript" }));
    const workers: Worker[] = [];
    this.#workers = workers;
    try {
      for (let k = 0; k < this.#most; k++) {
        const worker = new Worker(url, { type: "module" });
        workers.push(worker);
        this.#listen(worker);
        const thread = { ...shape, scratch: control + (k + 1) * scratch };
        // Pages that share no memory with their workers refuse this.
        worker.postMessage({ module, memory, thread });
      }
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  #listen(worker: Worker): void {
    worker.onmessage = ({ data }) => this.#slots[data]?.wake?.();
    worker.onerror = (event) => {
      event.preventDefault();
      this.close();
    };
  }

  /** Goes on with the threads that somebody left a moment ago, if their slots are large enough. */
  #adopt(room: SlotRoom): boolean {
    const left = takeThreads((left) => left.workers.length === this.#most && fits(room, left.room));
    if (!left) return false;
    this.#room = left.room;
    this.#slots = [...left.slots];
    this.#thread = left.thread;
    this.#workers = left.workers;
    for (const worker of left.workers) this.#listen(worker);
    return true;
  }

  /** Says what is to be done with the compressed bytes of a slot, and has it done. */
  queue(slot: Slot, jobs: readonly SlotJob[]): void {
    // The threads may have ended while the bytes were on their way.
    if (!this.#has(slot)) return;
    const { words } = this.#thread!;
    const at = slot.index * SLOT_WORDS;
    words[at + SLOT_WORD.turn] = this.#turn++;
    words[at + SLOT_WORD.jobs] = jobs.length;
    const [stored, unpacked] = [slot.stored.byteOffset, slot.unpacked.byteOffset];
    const beside = unpacked + slot.unpacked.length;
    jobs.forEach((job, i) => {
      const { from, to, length, columns } = job;
      words.set(
        [stored + from, job.stored, unpacked + to, length, beside, columns],
        at + SLOT_WORD.first + JOB_WORDS * i,
      );
    });
    Atomics.store(words, at, SLOT_STATE.queued);
    for (const worker of this.#workers) worker.postMessage(undefined);
  }

  /** Does queued work itself; tells whether there was any. */
  help(): boolean {
    return this.#thread !== undefined && unpackNext(this.#thread) >= 0;
  }

  /** Gives a slot to an owner, who loads it. */
  assign(slot: Slot, owner: object, piece: number): void {
    slot.owner = owner;
    slot.piece = piece;
    Atomics.store(this.#thread!.words, slot.index * SLOT_WORDS, SLOT_STATE.loading);
    this.#touch();
  }

  /** Gives a slot back. */
  release(slot: Slot): void {
    slot.owner = undefined;
    if (!this.#has(slot)) return;
    const { words } = this.#thread!;
    const at = slot.index * SLOT_WORDS;
    // What a thread has begun, or is still to come, comes to its end first.
    for (const state of [SLOT_STATE.queued, SLOT_STATE.done, SLOT_STATE.failed]) {
      Atomics.compareExchange(words, at, state, SLOT_STATE.empty);
    }
  }

  /** Gives a slot back whose compressed bytes did not come. */
  abandon(slot: Slot): void {
    slot.owner = slot.loading = undefined;
    if (!this.#has(slot)) return;
    const at = slot.index * SLOT_WORDS;
    Atomics.store(this.#thread!.words, at, SLOT_STATE.empty);
  }

  /** What has become of a slot. */
  state(slot: Slot): number {
    if (!this.#has(slot)) return SLOT_STATE.failed;
    return Atomics.load(this.#thread!.words, slot.index * SLOT_WORDS);
  }

  #has(slot: Slot): boolean {
    return this.#slots[slot.index] === slot;
  }

  /** Whether a thread works on a slot, or its bytes are on their way. */
  #busy(index: number): boolean {
    const state = this.state(this.#slots[index]);
    return state === SLOT_STATE.taken || state === SLOT_STATE.loading;
  }

  /** A slot that nobody waits for or works on. */
  spare(): Slot | undefined {
    return this.#slots.find((slot) => {
      const state = this.state(slot);
      return !slot.owner && state !== SLOT_STATE.queued && !this.#busy(slot.index);
    });
  }

  /**
   * Leaves the threads and the memory to whoever unpacks next, for a moment: starting threads takes as
   * long as unpacking several megabytes, and files are often read one after the other.
   */
  leave(): void {
    const [room, thread] = [this.#room, this.#thread];
    const idle = this.#slots.every(({ index, owner }) => !owner && !this.#busy(index));
    if (!room || !thread || !idle) return this.close();
    const [slots, workers] = [this.#slots, this.#workers];
    this.#forget();
    leaveThreads({ room, thread, slots, workers });
  }

  /** Ends the threads and gives the memory back. Slots count as failed from then on. */
  close(): void {
    const [slots, workers] = [this.#slots, this.#workers];
    this.#forget();
    for (const worker of workers) worker.terminate();
    for (const slot of slots) slot.wake?.();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#workers = [];
    this.#slots = [];
    this.#thread = undefined;
    this.#room = undefined;
  }

  /** Workers keep a process alive, so that idle ones have to end. */
  #touch(): void {
    this.#used = performance.now();
    this.#timer ??= setTimeout(() => this.#rest(), IDLE_MS);
  }

  #rest(): void {
    this.#timer = undefined;
    const left = this.#used + IDLE_MS - performance.now();
    if (left <= 0 && !this.#slots.some(({ index }) => this.#busy(index))) this.close();
    else this.#timer = setTimeout(() => this.#rest(), Math.max(left, IDLE_MS / 2));
  }
}

function fits(room: SlotRoom, into: SlotRoom): boolean {
  return room.stored <= into.stored && room.unpacked <= into.unpacked &&
    room.beside <= into.beside;
}
