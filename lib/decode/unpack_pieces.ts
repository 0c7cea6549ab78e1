/**
 * The compressed blocks of a chain, put together to pieces that are unpacked at once.
 *
 * @module
 */
import type { Fragment } from "../structure/measurement.ts";
import { MOST_JOBS, type SlotRoom, STAGE_BYTES } from "./inflate_memory.ts";
import { INFLATE_SLACK_BYTES } from "./inflate_scratch.ts";

/** Fewer bytes are not worth the memory. */
const WORTHWHILE_BYTES = 1024 * 1024;
/** Blocks are put together until they have so many bytes. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** Blocks of more bytes are unpacked when they are needed. */
const MOST_BLOCK_BYTES = 8 * 1024 * 1024;
/** Deflate cannot expand more. */
const MAX_RATIO = 1032;

/** Consecutive blocks that are unpacked together. */
export interface UnpackPiece {
  /** First of them. */
  readonly first: number;
  /** The one after the last. */
  end: number;
  /** Bytes of compressed data, with what lies between. */
  stored: number;
  /** Bytes of original data. */
  unpacked: number;
}

/** Which blocks are unpacked together, and where each of them then lies. */
export class UnpackPieces {
  /** The pieces, in order. */
  readonly list: UnpackPiece[] = [];
  /** What the largest of them need. */
  readonly room: SlotRoom;
  /** Bytes of original data in all. */
  readonly bytes: number;
  readonly #fragments: readonly Fragment[];
  readonly #first: number;
  /** Number of the piece of each fragment from `#first` on; -1 where it is in none. */
  readonly #pieceOf: Int32Array;

  private constructor(fragments: readonly Fragment[], first: number, end: number, bytes: number) {
    this.bytes = bytes;
    this.#fragments = fragments;
    this.#first = first;
    this.#pieceOf = new Int32Array(end - first).fill(-1);
    // Two blocks are unpacked in turns, so that there have to be two pieces.
    const most = Math.min(PIECE_BYTES, Math.ceil(bytes / 2));
    let piece: UnpackPiece | undefined;
    for (let i = first; i < end; i++) {
      const fragment = fragments[i];
      if (!canBeAhead(fragment)) {
        piece = undefined;
        continue;
      }
      const [stored, unpacked] = [slotRoom(fragment.stored!), slotRoom(fragment.length)];
      if (
        !piece || piece.unpacked + unpacked > most || piece.stored + stored > most ||
        piece.end - piece.first === MOST_JOBS
      ) {
        piece = { first: i, end: i, stored: 0, unpacked: 0 };
        this.list.push(piece);
      }
      piece.end = i + 1;
      piece.stored += stored;
      piece.unpacked += unpacked;
      this.#pieceOf[i - first] = this.list.length - 1;
    }
    this.room = {
      stored: this.list.reduce((most, { stored }) => Math.max(most, stored), 0),
      unpacked: this.list.reduce((most, { unpacked }) => Math.max(most, unpacked), 0),
    };
  }

  /** Of the fragments `[first, end)`; undefined where unpacking them ahead is not worth it. */
  static of(fragments: readonly Fragment[], first: number, end: number): UnpackPieces | undefined {
    let blocks = 0, bytes = 0;
    for (let i = first; i < end; i++) {
      if (!canBeAhead(fragments[i])) continue;
      blocks++;
      bytes += fragments[i].length;
    }
    if (blocks < 2 || bytes < WORTHWHILE_BYTES) return undefined;
    return new UnpackPieces(fragments, first, end, bytes);
  }

  /** Number of the piece of a fragment; -1 where it is in none. */
  numberOf(fragment: number): number {
    return this.#pieceOf[fragment - this.#first] ?? -1;
  }

  /** Whether no fragment follows. */
  isLast(fragment: number): boolean {
    return fragment === this.#first + this.#pieceOf.length - 1;
  }

  /** Where a fragment starts among the original bytes of its piece. */
  placeOf(fragment: number): number {
    let at = 0;
    for (let i = this.list[this.numberOf(fragment)].first; i < fragment; i++) {
      at += slotRoom(this.#fragments[i].length);
    }
    return at;
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

/** Room for that many bytes, and for what may be touched behind them. */
export function slotRoom(bytes: number): number {
  return Math.ceil((bytes + INFLATE_SLACK_BYTES) / 16) * 16;
}
