/**
 * Compressed blocks of a chain, unpacked by several threads before they are needed.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import type { Fragment } from "../structure/measurement.ts";
import type { Slot } from "./inflate_memory.ts";
import type { InflateWorkers, SlotJob } from "./inflate_workers.ts";
import type { TransposedBlock } from "./put_rows_back.ts";
import type { RecordColumns } from "./record_feed.ts";
import { SLOT_STATE } from "./inflate_thread.ts";
import { slotRoom, UnpackPieces } from "./unpack_pieces.ts";

/** How {@link UnpackAhead} works. */
export interface UnpackOptions {
  /** Cancels reading. */
  readonly signal?: AbortSignal;
  /**
   * Bytes of the last fragment that are taken, where all bytes are taken in order and none is used
   * before the last is there. Then bytes of a block are given before its check sum was seen, but the
   * last of them, which are given only when it is right.
   */
  readonly lastBytes?: number;
}

/** Unpacks the blocks of one chain in order, ahead of who reads them. */
export class UnpackAhead {
  readonly #source: SourceReader;
  readonly #fragments: readonly Fragment[];
  readonly #workers: InflateWorkers;
  readonly #options: UnpackOptions;
  readonly #pieces: UnpackPieces;
  readonly #held = new Map<number, Slot>();
  /** Pieces that could not be read: the blocks before the one that is missing may be there. */
  readonly #lost = new Set<number>();

  private constructor(
    source: SourceReader,
    fragments: readonly Fragment[],
    pieces: UnpackPieces,
    workers: InflateWorkers,
    options: UnpackOptions,
  ) {
    this.#source = source;
    this.#fragments = fragments;
    this.#pieces = pieces;
    this.#workers = workers;
    this.#options = options;
  }

  /** For the fragments `[first, end)`; undefined where that is not worth it, or not possible. */
  static start(
    source: SourceReader,
    fragments: readonly Fragment[],
    first: number,
    end: number,
    workers: InflateWorkers,
    options: UnpackOptions,
  ): UnpackAhead | undefined {
    const pieces = UnpackPieces.of(fragments, first, end);
    if (!pieces || !workers.start(pieces.room, pieces.bytes)) return undefined;
    const ahead = new UnpackAhead(source, fragments, pieces, workers, options);
    ahead.#loadFrom(0);
    return ahead;
  }

  /**
   * Fills `target` with the original bytes of a fragment from `skip` on. Gives false where they have to
   * be got another way, which then says what is wrong with them. A promise only where it has to wait.
   */
  readInto(index: number, skip: number, target: Uint8Array): boolean | Promise<boolean> {
    const copy = (slot: Slot | undefined) => {
      if (slot) this.#copy(slot, index, skip, target);
      return slot !== undefined;
    };
    const found = this.#find(index, skip + target.length);
    return found instanceof Promise ? found.then(copy) : copy(found);
  }

  /**
   * The `length` original bytes of a fragment from `skip` on, where they were unpacked: until bytes of
   * a later fragment are asked for. Undefined where they do not lie anywhere as they are.
   */
  view(
    index: number,
    skip: number,
    length: number,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (columnsOf(this.#fragments[index]) > 0) return undefined;
    const view = (slot: Slot | undefined) => {
      if (!slot) return undefined;
      const at = this.#pieces.placeOf(index) + skip;
      return slot.unpacked.subarray(at, at + length);
    };
    const found = this.#find(index, skip + length);
    return found instanceof Promise ? found.then(view) : view(found);
  }

  /**
   * The `count` records of `stride` bytes from `skip` on, of a fragment that was transposed by them: until
   * bytes of a later fragment are asked for. Undefined where they do not lie column by column.
   */
  columns(
    index: number,
    skip: number,
    stride: number,
    count: number,
  ): RecordColumns | undefined | Promise<RecordColumns | undefined> {
    const fragment = this.#fragments[index];
    const row = skip / stride;
    const rows = Math.floor(fragment.length / stride);
    if (columnsOf(fragment) !== stride || !Number.isInteger(row) || row + count > rows) {
      return undefined;
    }
    const columns = (slot: Slot | undefined) =>
      slot && this.#workers.columns(this.#blockIn(slot, index), row, count);
    const found = this.#find(index, skip + stride * count);
    return found instanceof Promise ? found.then(columns) : columns(found);
  }

  /** The slot in which a fragment was unpacked up to `end`; a promise only where it has to wait. */
  #find(index: number, end: number): Slot | undefined | Promise<Slot | undefined> {
    const number = this.#pieces.numberOf(index);
    if (number < 0) return undefined;
    for (const [piece, slot] of this.#held) {
      if (piece >= number) continue;
      this.#held.delete(piece);
      this.#workers.release(slot);
    }
    this.#loadFrom(number);
    const slot = this.#held.get(number);
    return slot && this.#finished(slot, number, this.#neededUpTo(slot, index, end));
  }

  /** The address up to which the bytes of a slot have to be there; infinite where all of it has to. */
  #neededUpTo(slot: Slot, index: number, end: number): number {
    const { lastBytes } = this.#options;
    const fragment = this.#fragments[index];
    if (lastBytes === undefined || columnsOf(fragment) > 0) return Infinity;
    if (this.#pieces.isLast(index) && end >= lastBytes) return Infinity;
    // The end of a block is right when the next one was begun.
    const beyond = end === fragment.length ? 1 : 0;
    return slot.unpacked.byteOffset + this.#pieces.placeOf(index) + end + beyond;
  }

  /** Gives back what it holds. */
  close(): void {
    for (const slot of this.#held.values()) this.#workers.release(slot);
    this.#held.clear();
  }

  #finished(
    slot: Slot,
    number: number,
    until: number,
  ): Slot | undefined | Promise<Slot | undefined> {
    const workers = this.#workers;
    for (;;) {
      switch (workers.state(slot)) {
        case SLOT_STATE.done:
          return slot;
        case SLOT_STATE.loading:
          return slot.loading!.then(() =>
            this.#lost.has(number) ? undefined : this.#finished(slot, number, until)
          );
        case SLOT_STATE.queued:
        case SLOT_STATE.taken:
          if (workers.madeUpTo(slot) >= until) return slot;
          if (workers.help(slot, until)) continue;
          return new Promise<void>((resolve) => slot.wake = resolve)
            .then(() => this.#finished(slot, number, until));
        default:
          return undefined;
      }
    }
  }

  #copy(slot: Slot, index: number, skip: number, target: Uint8Array): void {
    if (columnsOf(this.#fragments[index]) === 0) {
      const at = this.#pieces.placeOf(index) + skip;
      target.set(slot.unpacked.subarray(at, at + target.length));
      return;
    }
    this.#workers.putBack(this.#blockIn(slot, index), skip, target);
  }

  /** A transposed fragment, as it was unpacked. */
  #blockIn(slot: Slot, index: number): TransposedBlock {
    const fragment = this.#fragments[index];
    const from = slot.unpacked.byteOffset + this.#pieces.placeOf(index);
    return { from, length: fragment.length, columns: columnsOf(fragment) };
  }

  /** Has pieces from that one on unpacked, as many as there is room for. */
  #loadFrom(number: number): void {
    for (let piece = number; piece < this.#pieces.list.length; piece++) {
      if (this.#held.has(piece) || this.#lost.has(piece)) continue;
      if (!this.#load(piece)) break;
    }
  }

  /** Brings the compressed bytes of a piece into a slot; tells whether there was one. */
  #load(number: number): boolean {
    const workers = this.#workers;
    const slot = workers.spare();
    if (!slot) return false;
    workers.assign(slot, this, number);
    this.#held.set(number, slot);
    const { first, end } = this.#pieces.list[number];
    const jobs: SlotJob[] = [];
    const pending: Promise<void>[] = [];
    let [from, to] = [0, 0];
    const giveUp = () => {
      this.#held.delete(number);
      this.#lost.add(number);
      // Reads that have not ended yet write into the slot.
      Promise.allSettled(pending).then(() => workers.abandon(slot));
    };
    try {
      for (let i = first; i < end; i++) {
        const fragment = this.#fragments[i];
        const { offset, length } = fragment;
        const stored = fragment.stored!;
        const target = slot.stored.subarray(from, from + stored);
        const loading = this.#source.readInto(offset, target, this.#options.signal);
        if (loading) pending.push(loading);
        jobs.push({ from, stored, to, length });
        from += slotRoom(stored);
        to += slotRoom(length);
      }
    } catch {
      giveUp();
      return true;
    }
    if (pending.length === 0) {
      workers.queue(slot, jobs);
      return true;
    }
    slot.loading = Promise.all(pending).then(() => {
      slot.loading = undefined;
      workers.queue(slot, jobs);
    }, giveUp);
    return true;
  }
}

/** Columns in which the data of a fragment was stored; 0 where it was not transposed. */
function columnsOf({ zip, columns }: Fragment): number {
  return zip === 1 ? columns! : 0;
}
