/**
 * A chain of data blocks as one stream of bytes with random access. Where blocks begin and end is
 * hidden here, so records may straddle them at any byte.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace, UsageError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { fragmentPlace } from "../structure/fragment_place.ts";
import type { DataChain, Fragment } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { unpack } from "./inflate.ts";
import type { InflateWorkers } from "./inflate_workers.ts";
import { NearBlocks } from "./near_blocks.ts";
import type { RecordColumns } from "./record_feed.ts";
import { UnpackAhead } from "./unpack_ahead.ts";

/** What reading data may make use of. */
export interface DataAccess {
  /** Cancels reading. */
  readonly signal?: AbortSignal;
  /** Threads that unpack compressed blocks. */
  readonly workers?: InflateWorkers;
  /** Finds data whose place is not known yet. */
  readonly location?: DataLocation;
}

/** Follows data chains that were left alone when a file was opened. */
export interface DataLocation {
  /** The data of a data group; a promise only where it has to wait. */
  group(number: number, signal?: AbortSignal): void | Promise<void>;
  /** The values of variable length with that index. */
  signalData(index: number, signal?: AbortSignal): void | Promise<void>;
}

/** A stream of bytes with random access. */
export interface ByteStream {
  /** Bytes of the whole stream. */
  readonly length: number;
  /** Fills `target` with the bytes from `at` on; returns a promise only where it has to wait. */
  readInto(at: number, target: Uint8Array): void | Promise<void>;
  /**
   * The bytes `[at, at + length)` where they lie in memory in one piece, without copying them. They
   * hold for as long as what is read now.
   */
  peek?(at: number, length: number): Uint8Array | undefined;
  /** The block that holds the byte at `at`, as the place of an error. */
  placeOf(at: number): MdfErrorPlace;
}

/** Data must never pass for none because nobody has looked where it lies. */
function notLocated({ unread, kind = "DT" }: DataChain, file: string): UsageError {
  return new UsageError("where this data lies was not looked up; call locateData() first", {
    ...{ file, block: kind, offset: unread },
  });
}

/** Where the fragments of a chain start that is of one: there may be very many such chains. */
const AT_START = new Float64Array(1);

/** Reads ranges of a data chain. */
export class ChainReader implements ByteStream {
  /** Bytes of the whole chain. */
  readonly length: number;
  readonly #source: SourceReader;
  readonly #fragments: readonly Fragment[];
  readonly #kind: string;
  /** Where each fragment starts in the chain. */
  readonly #starts: Float64Array;
  readonly #access: DataAccess;
  /** For files to which each request is a long way. */
  #near?: NearBlocks;
  #ahead?: UnpackAhead;
  #last = 0;
  #unpacked?: { index: number; bytes: Uint8Array };

  /** @throws {MdfError} when the chain could not be followed to its end */
  constructor(source: SourceReader, chain: DataChain, access: DataAccess = {}) {
    if (chain.problem) throw problemError(chain.problem, source.name);
    if (chain.unread !== undefined) throw notLocated(chain, source.name);
    this.#source = source;
    this.#access = access;
    this.#fragments = chain.fragments;
    this.#kind = chain.kind ?? "DT";
    this.#starts = chain.fragments.length === 1
      ? AT_START
      : new Float64Array(chain.fragments.length);
    let length = 0;
    for (let i = 0; i < chain.fragments.length; i++) {
      this.#starts[i] = length;
      length += chain.fragments[i].length;
    }
    this.length = length;
  }

  /**
   * Says that the bytes `[from, to)` will be read in order, so that they may be made ready; and with
   * `whole` that none is used before all are there, so that what turns out to be damaged may come first.
   */
  expect(from: number, to: number, whole = false): void {
    const { workers, signal } = this.#access;
    this.#near = this.#source.distant && from < to
      ? new NearBlocks(this.#source, this.#fragments, signal)
      : undefined;
    this.#ahead?.close();
    this.#ahead = undefined;
    if (!workers || from >= to || this.#fragments.length === 0) return;
    const [first, end] = [this.#find(from), this.#find(to - 1) + 1];
    const lastBytes = whole ? to - this.#starts[end - 1] : undefined;
    const options = { signal, lastBytes };
    this.#ahead = UnpackAhead.start(this.#source, this.#fragments, first, end, workers, options);
  }

  /** Fills `target` with the bytes from `at` on; returns a promise only where it has to wait. */
  readInto(at: number, target: Uint8Array): void | Promise<void> {
    if (at + target.length > this.length) {
      throw new CorruptFileError(
        `bytes ${at} to ${at + target.length} of data of ${this.length} bytes are asked for`,
        this.placeOf(this.length),
      );
    }
    let done = 0;
    while (done < target.length) {
      const index = this.#find(at + done);
      const fragment = this.#fragments[index];
      const skip = at + done - this.#starts[index];
      const count = Math.min(target.length - done, fragment.length - skip);
      const piece = count === target.length ? target : target.subarray(done, done + count);
      if (fragment.offset < 0) {
        piece.fill(0);
        done += piece.length;
        continue;
      }
      const pending = fragment.zip === undefined
        ? this.#fetch(index, fragment.offset + skip, piece, at + target.length)
        : this.#readCompressed(index, skip, piece, at + target.length);
      done += piece.length;
      if (pending) {
        return pending.then(() => this.readInto(at + done, target.subarray(done)));
      }
    }
  }

  /**
   * The bytes `[at, at + length)` where they lie after they were unpacked, until others are read.
   * Undefined where they do not lie there in one piece.
   */
  view(at: number, length: number): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (!this.#ahead || at + length > this.length) return undefined;
    const index = this.#find(at);
    const fragment = this.#fragments[index];
    const skip = at - this.#starts[index];
    const isThere = fragment.zip !== undefined && fragment.offset >= 0 &&
      skip + length <= fragment.length && this.#unpacked?.index !== index;
    return isThere ? this.#ahead.view(index, skip, length) : undefined;
  }

  /**
   * How many of `count` records of `stride` bytes, from `at` on, lie in the block of the first; all of them
   * where it begins within a record.
   */
  recordsTogether(at: number, stride: number, count: number): number {
    const index = this.#find(at);
    const skip = at - this.#starts[index];
    const rows = Math.floor((this.#fragments[index].length - skip) / stride);
    return skip % stride === 0 && rows > 0 ? Math.min(count, rows) : count;
  }

  /**
   * The `count` records of `stride` bytes from `at` on, column by column, until others are read.
   * Undefined where they were not unpacked so, or do not lie in one block.
   */
  columns(
    at: number,
    stride: number,
    count: number,
  ): RecordColumns | undefined | Promise<RecordColumns | undefined> {
    if (!this.#ahead || at + stride * count > this.length) return undefined;
    const index = this.#find(at);
    return this.#ahead.columns(index, at - this.#starts[index], stride, count);
  }

  /** The block that holds the byte at `at`, or the last one. */
  placeOf(at: number): MdfErrorPlace {
    if (this.#fragments.length === 0) return { file: this.#source.name, block: this.#kind };
    const inside = Math.max(0, Math.min(at, this.length - 1));
    return fragmentPlace(this.#fragments[this.#find(inside)], this.#kind, this.#source.name);
  }

  /** Reads from a block; the chain will be needed up to `until`. */
  #fetch(index: number, offset: number, target: Uint8Array, until: number): void | Promise<void> {
    if (!this.#near) return this.#source.readInto(offset, target, this.#access.signal);
    const last = this.#find(until - 1);
    const { offset: start, stored } = this.#fragments[last];
    // The search starts from the last one found.
    this.#last = index;
    const lastEnd = start + (stored ?? until - this.#starts[last]);
    return this.#near.readInto(offset, target, index, last, lastEnd);
  }

  #readCompressed(
    index: number,
    skip: number,
    piece: Uint8Array,
    until: number,
  ): void | Promise<void> {
    const copy = (bytes: Uint8Array) => piece.set(bytes.subarray(skip, skip + piece.length));
    if (this.#unpacked?.index === index) return copy(this.#unpacked.bytes);
    const done = this.#ahead?.readInto(index, skip, piece) ?? false;
    if (done instanceof Promise) {
      return done.then((done) => done ? undefined : this.#unpack(index, copy, until));
    }
    if (!done) return this.#unpack(index, copy, until);
  }

  #unpack(
    index: number,
    copy: (bytes: Uint8Array) => void,
    until: number,
  ): void | Promise<void> {
    const fragment = this.#fragments[index];
    const stored = new Uint8Array(fragment.stored!);
    const keep = (bytes: Uint8Array) => {
      this.#unpacked = { index, bytes };
      copy(bytes);
    };
    const pending = this.#fetch(index, fragment.offset, stored, until);
    if (pending) {
      return pending.then(() => unpack(fragment, stored, this.#source.name)).then(keep);
    }
    const bytes = unpack(fragment, stored, this.#source.name);
    if (bytes instanceof Promise) return bytes.then(keep);
    keep(bytes);
  }

  /** Index of the fragment that holds the byte at `at`. */
  #find(at: number): number {
    const starts = this.#starts;
    const inside = (i: number) => starts[i] <= at && at < starts[i] + this.#fragments[i].length;
    if (inside(this.#last)) return this.#last;
    if (this.#last + 1 < starts.length && inside(this.#last + 1)) return ++this.#last;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return low;
  }
}
