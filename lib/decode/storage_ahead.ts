/**
 * Values of variable length that lie between the records being read, kept so that their data is not
 * walked a second time.
 *
 * @module
 */
import type { RecordSplitter } from "./split_records.ts";

/** More bytes are not kept; they are walked again. */
const MOST_BYTES = 16 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

/** A part of the values of one group, as the stream of bytes that they make. */
export class StorageAhead {
  #bytes = new Uint8Array(0);
  /** Place in the stream of the first byte. */
  #start = 0;
  #used = 0;
  /** Where the values of the splitter's present batch begin. */
  #batch = 0;
  #done = false;
  #overflow = false;

  /** Says how many bytes there are at most, so that room for them need not be made by steps. */
  expect(bytes: number): void {
    // Room that is not used costs nothing.
    const room = Math.min(bytes, MOST_BYTES);
    if (this.#bytes.length < room) this.#bytes = new Uint8Array(room);
  }

  /** Forgets everything; the next value stands at that place of the stream. */
  begin(place: number): void {
    this.#start = place;
    this.#used = this.#batch = 0;
    this.#done = this.#overflow = false;
  }

  /** Says that all was read that is needed but for the values of the present batch. */
  finish(): void {
    this.#done = true;
  }

  /** Lets go of what is not needed any more. */
  trim(): void {
    if (!this.#done) return;
    this.#done = false;
    if (this.#overflow) return;
    this.#bytes.copyWithin(0, this.#batch, this.#used);
    this.#start += this.#batch;
    this.#used -= this.#batch;
    this.#batch = 0;
  }

  /** Takes the values of a kind out of a batch that was just found. */
  add(splitter: RecordSplitter, kind: number): void {
    const { batch } = splitter;
    this.#batch = this.#used;
    if (this.#overflow) return;
    const { next } = batch;
    for (;;) {
      this.#used += splitter.take(kind, 0, this.#bytes.subarray(this.#used));
      if (batch.next === batch.count || !this.#grow(batch.lengths[batch.next])) break;
    }
    batch.next = next;
  }

  /** Fills `target` with the bytes of the stream from `at` on; tells whether all of them are there. */
  read(at: number, target: Uint8Array): boolean {
    const bytes = this.#view(at, target.length);
    if (bytes) target.set(bytes);
    return bytes !== undefined;
  }

  /**
   * A view of these bytes of the stream, if they are there; it holds until more is read. What is but a
   * small part of what is kept has to be copied, so that it does not keep the rest.
   */
  peek(at: number, length: number): Uint8Array | undefined {
    return 2 * length < this.#bytes.length ? undefined : this.#view(at, length);
  }

  #view(at: number, length: number): Uint8Array | undefined {
    const from = at - this.#start;
    if (this.#overflow || from < 0 || from + length > this.#used) return undefined;
    return this.#bytes.subarray(from, from + length);
  }

  /** Makes room for so many bytes, and more; tells whether there may be so many. */
  #grow(bytes: number): boolean {
    const needed = this.#used + bytes;
    if (needed > MOST_BYTES) {
      this.#overflow = true;
      this.#bytes = new Uint8Array(0);
      return false;
    }
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length, FIRST_BYTES));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    return true;
  }
}

/** What is kept, by the index of the group that stores it. */
export type StorageAheads = Map<number, StorageAhead>;
