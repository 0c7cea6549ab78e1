/**
 * The contract of a byte sink, and a sink that keeps its bytes in memory.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/**
 * Takes the bytes of one file: mostly one after the other, with small corrections to bytes that were
 * written before. Calls never overlap: the next one is made when the promise of the last has settled.
 * The bytes handed over may be reused by their owner as soon as a call has finished.
 */
export interface ByteSink {
  /** Path or other name, used in error messages. */
  readonly name?: string;
  /** Appends bytes at the end. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Overwrites bytes that were written before; `offset` counts from the start of the file. */
  patch(offset: number, bytes: Uint8Array): void | Promise<void>;
  /** Called once, after everything was written. */
  close(): void | Promise<void>;
  /** Called instead of `close` when writing failed: gives back what the sink holds. */
  abort?(reason: unknown): void | Promise<void>;
}

const PAGE_BYTES = 1024 * 1024;

/** Keeps a file in memory, in pages so that growing it never copies what is already there. */
export class MemorySink implements ByteSink {
  /** Shown in error messages. */
  readonly name = "(bytes in memory)";
  readonly #pages: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  /** Number of bytes written. */
  get size(): number {
    return this.#size;
  }

  /** Appends a copy of the bytes. */
  write(bytes: Uint8Array): void {
    const end = this.#size + bytes.length;
    while (this.#pages.length * PAGE_BYTES < end) this.#pages.push(new Uint8Array(PAGE_BYTES));
    this.#copy(this.#size, bytes);
    this.#size = end;
  }

  /** Overwrites bytes that are already there; throws UsageError for a range that is not. */
  patch(offset: number, bytes: Uint8Array): void {
    if (!(offset >= 0 && offset + bytes.length <= this.#size)) {
      throw new UsageError(`bytes past the ${this.#size} that were written cannot be overwritten`, {
        file: this.name,
        offset,
      });
    }
    this.#copy(offset, bytes);
  }

  /** Does nothing: the bytes stay at hand. */
  close(): void {}

  /** The whole file, in a new array. */
  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#size);
    this.#pages.forEach((_, i) => whole.set(this.#page(i), i * PAGE_BYTES));
    return whole;
  }

  /** Hands out the file piece by piece and forgets it. */
  *drain(): Generator<Uint8Array<ArrayBuffer>> {
    const count = this.#pages.length;
    for (let i = 0; i < count; i++) {
      const page = this.#page(i);
      this.#pages[i] = new Uint8Array(0);
      yield page;
    }
    this.#pages.length = 0;
    this.#size = 0;
  }

  #page(index: number): Uint8Array<ArrayBuffer> {
    return this.#pages[index].subarray(0, Math.max(0, this.#size - index * PAGE_BYTES));
  }

  #copy(offset: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      const within = (offset + done) % PAGE_BYTES;
      const count = Math.min(bytes.length - done, PAGE_BYTES - within);
      this.#pages[Math.floor((offset + done) / PAGE_BYTES)].set(
        bytes.subarray(done, done + count),
        within,
      );
      done += count;
    }
  }
}
