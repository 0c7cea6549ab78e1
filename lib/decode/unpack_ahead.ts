/**
 * Compressed blocks of a chain, unpacked by several threads before they are needed.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import type { Fragment } from "../structure/measurement.ts";
import { INFLATE_SLACK_BYTES } from "./inflate_scratch.ts";
import { MOST_JOBS, type Slot, STAGE_BYTES } from "./inflate_memory.ts";
import type { InflateWorkers, SlotJob } from "./inflate_workers.ts";
import type { TransposedBlock } from "./put_rows_back.ts";
import type { RecordColumns } from "./record_feed.ts";
import { SLOT_STATE } from "./inflate_thread.ts";

/** Fewer bytes are not worth the memory. */
const WORTHWHILE_BYTES = 1024 * 1024;
/** Blocks are put together until they have so many bytes. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** Blocks of more bytes are unpacked when they are needed. */
const MOST_BLOCK_BYTES = 8 * 1024 * 1024;
/** Deflate cannot expand more. */
const MAX_RATIO = 1032;

/** Consecutive blocks that are unpacked together. */
interface Piece {
  /** First of them. */
  readonly first: number;
  /** The one after the last. */
  end: number;
  /** Bytes of compressed data, with what lies between. */
  stored: number;
  /** Bytes of original data. */
  unpacked: number;
}

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
  readonly #pieces: Piece[] = [];
  /** Number of the piece of each fragment from `#first` on; -1 where it is in none. */
  #pieceOf = new Int32Array(0);
  #first = 0;
  readonly #held = new Map<number, Slot>();
  /** Pieces that could not be read: the blocks before the one that is missing may be there. */
  readonly #lost = new Set<number>();

  private constructor(
    source: SourceReader,
    fragments: readonly Fragment[],
    workers: InflateWorkers,
    options: UnpackOptions,
  ) {
    this.#source = source;
    this.#fragments = fragments;
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
    let blocks = 0, bytes = 0;
    for (let i = first; i < end; i++) {
      if (!canBeAhead(fragments[i])) continue;
      blocks++;
      bytes += fragments[i].length;
    }
    if (blocks < 2 || bytes < WORTHWHILE_BYTES) return undefined;
    const ahead = new UnpackAhead(source, fragments, workers, options);
    if (!ahead.#plan(first, end, bytes)) return undefined;
    ahead.#loadFrom(0);
    return ahead;
  }

  #plan(first: number, end: number, bytes: number): boolean {
    this.#first = first;
    this.#pieceOf = new Int32Array(end - first).fill(-1);
    const room = { stored: 0, unpacked: 0 };
    // Two blocks are unpacked in turns, so that there have to be two pieces.
    const pieceBytes = Math.min(PIECE_BYTES, Math.ceil(bytes / 2));
    let piece: Piece | undefined;
    for (let i = first; i < end; i++) {
      const fragment = this.#fragments[i];
      if (!canBeAhead(fragment)) {
        piece = undefined;
        continue;
      }
      const [stored, unpacked] = [room16(fragment.stored!), room16(fragment.length)];
      if (
        !piece || piece.unpacked + unpacked > pieceBytes || piece.stored + stored > pieceBytes ||
        piece.end - piece.first === MOST_JOBS
      ) {
        piece = { first: i, end: i, stored: 0, unpacked: 0 };
        this.#pieces.push(piece);
      }
      piece.end = i + 1;
      piece.stored += stored;
      piece.unpacked += unpacked;
      room.stored = Math.max(room.stored, piece.stored);
      room.unpacked = Math.max(room.unpacked, piece.unpacked);
      this.#pieceOf[i - first] = this.#pieces.length - 1;
    }
    return this.#workers.start(room, bytes);
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
      const at = this.#placeOf(index) + skip;
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
    const number = this.#pieceOf[index - this.#first] ?? -1;
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
    const isLast = index === this.#first + this.#pieceOf.length - 1;
    if (isLast && end >= lastBytes) return Infinity;
    // The end of a block is right when the next one was begun.
    const beyond = end === fragment.length ? 1 : 0;
    return slot.unpacked.byteOffset + this.#placeOf(index) + end + beyond;
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

  /** Where a fragment starts in the slot of its piece. */
  #placeOf(index: number): number {
    let at = 0;
    for (let i = this.#pieces[this.#pieceOf[index - this.#first]].first; i < index; i++) {
      at += room16(this.#fragments[i].length);
    }
    return at;
  }

  #copy(slot: Slot, index: number, skip: number, target: Uint8Array): void {
    if (columnsOf(this.#fragments[index]) === 0) {
      const at = this.#placeOf(index) + skip;
      target.set(slot.unpacked.subarray(at, at + target.length));
      return;
    }
    this.#workers.putBack(this.#blockIn(slot, index), skip, target);
  }

  /** A transposed fragment, as it was unpacked. */
  #blockIn(slot: Slot, index: number): TransposedBlock {
    const fragment = this.#fragments[index];
    const from = slot.unpacked.byteOffset + this.#placeOf(index);
    return { from, length: fragment.length, columns: columnsOf(fragment) };
  }

  /** Has pieces from that one on unpacked, as many as there is room for. */
  #loadFrom(number: number): void {
    for (let piece = number; piece < this.#pieces.length; piece++) {
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
    const { first, end } = this.#pieces[number];
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
        from += room16(stored);
        to += room16(length);
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

/** Whether a fragment is one that can be unpacked ahead. */
export function canBeAhead({ zip, length, stored, offset, columns }: Fragment): boolean {
  if (zip !== 0 && zip !== 1 || offset < 0 || length === 0) return false;
  if (zip === 1 && !(Number.isInteger(columns) && columns! > 0 && columns! <= STAGE_BYTES)) {
    return false;
  }
  return length <= MOST_BLOCK_BYTES && stored! <= MOST_BLOCK_BYTES && length <= stored! * MAX_RATIO;
}

/** Columns in which the data of a fragment was stored; 0 where it was not transposed. */
function columnsOf({ zip, columns }: Fragment): number {
  return zip === 1 ? columns! : 0;
}

/** Room for that many bytes, and for what may be touched behind them. */
function room16(bytes: number): number {
  return Math.ceil((bytes + INFLATE_SLACK_BYTES) / 16) * 16;
}
