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
  /** When the file was last changed, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly modified?: number;
  /**
   * Whether each read costs much, however little is read, as it does over a network: what need not be
   * read at once is then left until it is needed.
   */
  readonly distant?: boolean;
  /** Size of the file in bytes. */
  size(options?: ByteReadOptions): Promise<number>;
  /** The bytes `[offset, offset + length)`; they belong to the caller. */
  read(offset: number, length: number, options?: ByteReadOptions): Promise<Uint8Array>;
  /** Fills `target` from `offset` without waiting. Sources that can do so are read much faster. */
  readIntoSync?(offset: number, target: Uint8Array): void;
  /**
   * The source of a file that grows, as the file is now: this one, or another that may take its
   * place, while this one goes on to give the file as it was. One without it is asked for its `size`
   * again.
   *
   * @throws {SourceChangedError} when another file has taken the place of the one that was opened
   * @throws {UsageError} when what is behind the source can never grow
   */
  refresh?(options?: ByteReadOptions): Promise<ByteSource>;
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
  /** Whether `readInto` finishes before it returns. */
  readonly synchronous: boolean;
  /** Whether each read costs much, however little is read. */
  readonly distant: boolean;
  /** Bytes fetched so far. */
  bytesRead = 0;
  #source: ByteSource;
  #size: number;

  /** Use {@link SourceReader.open}. */
  private constructor(source: ByteSource, size: number) {
    this.#source = source;
    this.name = source.name ?? "(unnamed source)";
    this.#size = size;
    this.synchronous = typeof source.readIntoSync === "function";
    this.distant = source.distant === true;
  }

  /** Asks the source for its size once and wraps it. */
  static async open(source: ByteSource, options: ByteReadOptions = {}): Promise<SourceReader> {
    return new SourceReader(source, checkSize(source, await source.size(options)));
  }

  /** Size of the file in bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * A reader of the file as it is now. This one stays as it is until it becomes that one with
   * {@link SourceReader.become}.
   *
   * @throws {SourceChangedError} when another file has taken the place of the one that was opened
   * @throws {UsageError} when what is behind the source can never grow
   */
  async renew(options: ByteReadOptions = {}): Promise<SourceReader> {
    const source = await this.#source.refresh?.(options) ?? this.#source;
    return new SourceReader(source, checkSize(source, await source.size(options)));
  }

  /** Reads what a renewed reader reads from now on. */
  become(renewed: SourceReader): void {
    this.#source = renewed.#source;
    this.#size = renewed.#size;
    this.bytesRead += renewed.bytesRead;
  }

  /** What tells this version of the file from another, when the source knows. */
  get validator(): string | undefined {
    return this.#source.validator;
  }

  /** When the file was last changed, in milliseconds since 1970, when the source knows. */
  get modified(): number | undefined {
    return this.#source.modified;
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

function checkSize(source: ByteSource, size: number): number {
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new SourceError(
    `size() gave ${size}; a byte source must give a whole number of bytes`,
    { file: source.name },
  );
}
