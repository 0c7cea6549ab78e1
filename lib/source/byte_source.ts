/**
 * The contract of a byte source, and the reader that holds every source to it.
 *
 * @module
 */
import { SourceError, TruncatedFileError } from "../errors.ts";

/** Options of one read. */
export interface ByteReadOptions {
  /** Cancels the read. */
  signal?: AbortSignal;
}

/**
 * Random access to the bytes of one file. `size` and `read` are enough; the other members let a
 * source say more about itself or work faster.
 */
export interface ByteSource {
  /** Path, URL or other name, used in error messages. */
  readonly name?: string;
  /** What tells this version of the file from another, for example an HTTP entity tag. */
  readonly validator?: string;
  /** Size of the file in bytes. */
  size(options?: ByteReadOptions): Promise<number>;
  /** The bytes `[offset, offset + length)`; they belong to the caller. */
  read(offset: number, length: number, options?: ByteReadOptions): Promise<Uint8Array>;
  /** Fills `target` from `offset` without waiting. Sources that can do so are read much faster. */
  readIntoSync?(offset: number, target: Uint8Array): void;
  /** Gives back what the source holds, such as a file handle. */
  close?(): void | Promise<void>;
}

/**
 * Reads exact ranges from any {@link ByteSource}: a short answer is continued, a long one trimmed,
 * and a range that the file does not have is an error that names file and offset.
 */
export class SourceReader {
  /** Name of the source, for messages. */
  readonly name: string;
  /** Size of the file in bytes. */
  readonly size: number;
  /** Whether `readInto` finishes before it returns. */
  readonly synchronous: boolean;
  /** Bytes fetched so far. */
  bytesRead = 0;
  readonly #source: ByteSource;

  /** Use {@link SourceReader.open}. */
  private constructor(source: ByteSource, size: number) {
    this.#source = source;
    this.name = source.name ?? "(unnamed source)";
    this.size = size;
    this.synchronous = typeof source.readIntoSync === "function";
  }

  /** Asks the source for its size once and wraps it. */
  static async open(source: ByteSource, options: ByteReadOptions = {}): Promise<SourceReader> {
    const size = await source.size(options);
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new SourceError(
        `size() gave ${size}; a byte source must give a whole number of bytes`,
        {
          file: source.name,
        },
      );
    }
    return new SourceReader(source, size);
  }

  /** What tells this version of the file from another, when the source knows. */
  get validator(): string | undefined {
    return this.#source.validator;
  }

  /** Fills `target` from `offset`; returns a promise only when the source has to wait. */
  readInto(offset: number, target: Uint8Array, signal?: AbortSignal): void | Promise<void> {
    this.#check(offset, target.length);
    if (target.length === 0) return;
    if (this.#source.readIntoSync) {
      this.#source.readIntoSync(offset, target);
      this.bytesRead += target.length;
      return;
    }
    return this.#readAsync(offset, target, signal);
  }

  /** The bytes `[offset, offset + length)` in a new array. */
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    this.#check(offset, length);
    const target = new Uint8Array(length);
    await this.readInto(offset, target, signal);
    return target;
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#source.close?.();
  }

  async #readAsync(offset: number, target: Uint8Array, signal?: AbortSignal): Promise<void> {
    let done = 0;
    while (done < target.length) {
      // Not every source minds the signal.
      signal?.throwIfAborted();
      const wanted = target.length - done;
      const bytes = await this.#source.read(offset + done, wanted, signal ? { signal } : undefined);
      if (bytes.length === 0) {
        throw new TruncatedFileError(
          `the source gave no bytes although ${wanted} more were expected; ` +
            "the file may have shrunk while it was read",
          { file: this.name, offset: offset + done },
        );
      }
      const usable = bytes.length > wanted ? bytes.subarray(0, wanted) : bytes;
      target.set(usable, done);
      done += usable.length;
      this.bytesRead += usable.length;
    }
  }

  #check(offset: number, length: number): void {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw new TruncatedFileError(
        `${length} bytes are needed here but the file has ${this.size} bytes; ` +
          "it is cut off, or the length or link that led here is wrong",
        { file: this.name, offset },
      );
    }
  }
}
