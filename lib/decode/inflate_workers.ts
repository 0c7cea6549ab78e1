/**
 * Threads that unpack compressed data blocks before they are needed, in memory that they share with
 * the thread that reads.
 *
 * @module
 */
import { BlockColumns } from "./block_columns.ts";
import { leaveMemory, leaveThreads, takeMemory, takeThreads } from "./left_threads.ts";
import {
  type InflateMemory,
  makeInflateMemory,
  type Slot,
  SLOT_WORDS,
  type SlotRoom,
} from "./inflate_memory.ts";
import { compiledInflater } from "./inflate_module.ts";
import {
  idleStrands,
  type InflateThread,
  JOB_WORDS,
  SLOT_STATE,
  SLOT_WORD,
  unpackNext,
  WORKER_PROGRAM,
} from "./inflate_thread.ts";
import { putRowsBack, type TransposedBlock } from "./put_rows_back.ts";
import type { RecordColumns } from "./record_feed.ts";
import type { InflateFunctions } from "./wasm_inflater.ts";

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
}

/**
 * Fewer bytes are unpacked by the calling thread alone before another one, whose start holds it up,
 * could have helped enough.
 */
const STARTED_BYTES = 40 * 1024 * 1024;
/** Threads that somebody left a moment ago help at once. */
const ADOPTED_BYTES = 8 * 1024 * 1024;
/** Workers that had nothing to do for so long end. */
const IDLE_MS = 250;

/**
 * Threads and the memory they share; both are there only while compressed data is read. Without further
 * threads, the calling one does all the work.
 */
export class InflateWorkers {
  #most: number;
  #memory?: InflateMemory;
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

  /** Whether other threads may work for this one. */
  get allowed(): boolean {
    return this.#most > 0;
  }

  /** Slots there are; 0 before {@link InflateWorkers.start}. */
  get slots(): readonly Slot[] {
    return this.#memory?.slots ?? [];
  }

  /** Threads besides the calling one. */
  get threads(): number {
    return this.#workers.length;
  }

  /**
   * Has memory ready for slots of that room, and threads where so many bytes to be unpacked are worth
   * it. Tells whether that is so: a runtime may lack what it takes, or others may be using slots that
   * are smaller.
   */
  start(room: SlotRoom, bytes: number): boolean {
    const most = bytes >= STARTED_BYTES ? this.#most : 0;
    const known = this.#memory;
    if (known && (!fits(room, known.room) || this.#workers.length < most)) {
      if (known.slots.some(({ index }) => this.#busy(index))) return false;
      this.close();
    }
    if (!this.#memory && !this.#begin(room, most, bytes >= ADOPTED_BYTES)) return false;
    this.#touch();
    return true;
  }

  #begin(room: SlotRoom, most: number, adopting: boolean): boolean {
    try {
      if (!adopting || !this.#adopt(room)) this.#open(room, most);
      return true;
    } catch {
      this.close();
      if (most === 0) return false;
      // Workers or shared memory may be forbidden, and the blocks too large for so many threads.
      this.#most = 0;
      return this.#begin(room, 0, false);
    }
  }

  #open(room: SlotRoom, most: number): void {
    // A thread that was told to end may still touch the memory that it shared.
    const left = most === 0 ? takeMemory(({ memory }) => fits(room, memory.room)) : undefined;
    if (left) {
      this.#memory = left.memory;
      this.#thread = left.thread;
      return;
    }
    const made = makeInflateMemory(room, 1 + most);
    const { memory, slots, scratch } = made;
    this.#memory = made;
    const shape = { slots: slots.length, slotWords: SLOT_WORDS };
    const moduleFor = (scratch: readonly [number, number]) =>
      compiledInflater({ shared: most > 0, scratch });
    // While they start, the modules are made, theirs first.
    if (most > 0) this.#makeWorkers(most);
    this.#workers.forEach((worker, k) => {
      const own = scratch[k + 1];
      const thread = { ...shape, strands: idleStrands(own) };
      // Pages that share no memory with their workers refuse this.
      worker.postMessage({ module: moduleFor(own), memory, thread });
    });
    const { exports } = new WebAssembly.Instance(moduleFor(scratch[0]), { host: { memory } });
    this.#thread = {
      ...shape,
      ...(exports as unknown as InflateFunctions),
      words: new Int32Array(memory.buffer),
      strands: idleStrands(scratch[0]),
    };
  }

  #makeWorkers(count: number): void {
    const url = URL.createObjectURL(new Blob([WORKER_PROGRAM], { type: "text/javascript" }));
    const workers: Worker[] = [];
    this.#workers = workers;
    try {
      while (workers.length < count) {
        const worker = new Worker(url, { type: "module" });
        workers.push(worker);
        this.#listen(worker);
      }
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  #listen(worker: Worker): void {
    worker.onmessage = ({ data }) => this.slots[data]?.wake?.();
    worker.onerror = (event) => {
      event.preventDefault();
      this.close();
    };
  }

  /** Goes on with the threads that somebody left a moment ago, if their slots are large enough. */
  #adopt(room: SlotRoom): boolean {
    const left = takeThreads(({ workers, memory }) =>
      workers.length === this.#most && fits(room, memory.room)
    );
    if (!left) return false;
    this.#memory = left.memory;
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
    words[at + SLOT_WORD.made] = 0;
    words[at + SLOT_WORD.jobs] = jobs.length;
    jobs.forEach(({ from, stored, to, length }, i) => {
      words.set(
        [slot.stored.byteOffset + from, stored, slot.unpacked.byteOffset + to, length],
        at + SLOT_WORD.first + JOB_WORDS * i,
      );
    });
    Atomics.store(words, at, SLOT_STATE.queued);
    for (const worker of this.#workers) worker.postMessage(undefined);
  }

  /**
   * Does work itself until a slot is finished, or the one given, or bytes of that are there up to the
   * address `until`; tells whether there was any.
   */
  help(awaited?: Slot, until?: number): boolean {
    return this.#thread !== undefined && unpackNext(this.#thread, awaited?.index, until) >= 0;
  }

  /** Fills `target` with original bytes of a block that was stored column by column. */
  putBack(block: TransposedBlock, skip: number, target: Uint8Array): void {
    const { memory, stage } = this.#memory!;
    putRowsBack(this.#thread!, new Uint8Array(memory.buffer), stage, block, skip, target);
  }

  /** The `count` rows from `row` on of such a block, column by column. */
  columns(block: TransposedBlock, row: number, count: number): RecordColumns {
    const { memory, stage } = this.#memory!;
    return new BlockColumns(this.#thread!, memory.buffer, stage, block, row, count);
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
    const { words, strands } = this.#thread!;
    const at = slot.index * SLOT_WORDS;
    for (const strand of strands) {
      if (strand.slot !== slot.index) continue;
      strand.slot = -1;
      Atomics.store(words, at, SLOT_STATE.empty);
    }
    // What another thread has begun, or is still to come, comes to its end first.
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

  /** Up to what address the original bytes of a slot are there that is being unpacked. */
  madeUpTo(slot: Slot): number {
    if (!this.#has(slot)) return 0;
    return Atomics.load(this.#thread!.words, slot.index * SLOT_WORDS + SLOT_WORD.made);
  }

  #has(slot: Slot): boolean {
    return this.slots[slot.index] === slot;
  }

  /** Whether a thread works on a slot, or its bytes are on their way. */
  #busy(index: number): boolean {
    const state = this.state(this.slots[index]);
    return state === SLOT_STATE.taken || state === SLOT_STATE.loading;
  }

  /** A slot that nobody waits for or works on. */
  spare(): Slot | undefined {
    return this.slots.find((slot) => {
      const state = this.state(slot);
      return !slot.owner && state !== SLOT_STATE.queued && !this.#busy(slot.index);
    });
  }

  /**
   * Leaves the threads and the memory to whoever unpacks next, threads for a moment: starting them takes
   * as long as unpacking several megabytes, and files are often read one after the other.
   */
  leave(): void {
    const [memory, thread, workers] = [this.#memory, this.#thread, this.#workers];
    const idle = this.slots.every(({ index, owner }) => !owner && !this.#busy(index));
    if (!memory || !thread || !idle) return this.close();
    this.#forget();
    if (workers.length > 0) leaveThreads({ memory, thread, workers });
    else leaveMemory({ memory, thread });
  }

  /** Ends the threads and gives the memory back. Slots count as failed from then on. */
  close(): void {
    const [slots, workers] = [this.slots, this.#workers];
    this.#forget();
    for (const worker of workers) worker.terminate();
    for (const slot of slots) slot.wake?.();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#workers = [];
    this.#thread = undefined;
    this.#memory = undefined;
  }

  /** Workers keep a process alive, so that idle ones have to end. */
  #touch(): void {
    this.#used = performance.now();
    if (this.#workers.length === 0 || this.#timer !== undefined) return;
    // The first timer of a process takes several milliseconds, in which they can work already.
    queueMicrotask(() => {
      if (this.#workers.length > 0) this.#timer ??= setTimeout(() => this.#rest(), IDLE_MS);
    });
  }

  #rest(): void {
    this.#timer = undefined;
    const left = this.#used + IDLE_MS - performance.now();
    if (left <= 0 && !this.slots.some(({ index }) => this.#busy(index))) this.close();
    else this.#timer = setTimeout(() => this.#rest(), Math.max(left, IDLE_MS / 2));
  }
}

function fits(room: SlotRoom, into: SlotRoom): boolean {
  return room.stored <= into.stored && room.unpacked <= into.unpacked;
}
