/**
 * Attachments: files that a measurement carries with it or refers to.
 *
 * @module
 */
import { unpack } from "../decode/inflate.ts";
import {
  CorruptFileError,
  isMdfError,
  LimitExceededError,
  type MdfErrorPlace,
  UsageError,
} from "../errors.ts";
import { ATTACHMENT_FLAG, DEFLATE_MAX_RATIO } from "../structure/format_codes.ts";
import type { AttachmentModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { Commented } from "./comment.ts";
import { writeIntoFolder } from "./extract_file.ts";
import { md5 } from "./md5.ts";
import type { OpenFile } from "./open_file.ts";
import { safeFileName } from "./safe_name.ts";

/** Options of reading an attachment. */
export interface ReadAttachmentOptions {
  /**
   * Fetches the bytes of an attachment that lies outside the file. It is given the path that the file
   * tells, absolute or relative to the file's folder; whether that path is to be trusted is for this
   * function to decide.
   */
  external?: (path: string, attachment: Attachment) => Promise<Uint8Array> | Uint8Array;
  /** Set to false to take the bytes although size or MD5 checksum differ. Default true. */
  verify?: boolean;
  /** Cancels reading. */
  signal?: AbortSignal;
}

/** Options of writing an attachment to a folder. */
export interface ExtractOptions extends ReadAttachmentOptions {
  /** Replace a file of that name. Default false: that is an error. */
  overwrite?: boolean;
}

/** A file that the measurement carries with it, or refers to. */
export class Attachment extends Commented {
  /** Position in the file's list of attachments. */
  readonly index: number;
  /** The attachment as the format describes it. */
  readonly model: AttachmentModel;
  readonly #file: OpenFile;

  /** Made by `Mdf`. */
  constructor(file: OpenFile, index: number) {
    super();
    this.#file = file;
    this.index = index;
    this.model = file.measurement.attachments[index];
  }

  /** Name or path as the file tells it; not to be trusted as a path, see `extract`. */
  get name(): string {
    return this.model.name;
  }

  /** MIME type, "" where the file does not tell. */
  get mimeType(): string {
    return this.model.mimeType;
  }

  /** Whether the bytes are in the file; otherwise `name` tells where they are. */
  get embedded(): boolean {
    return (this.model.flags & ATTACHMENT_FLAG.embedded) !== 0;
  }

  /** Whether the embedded bytes are deflated in the file. */
  get compressed(): boolean {
    return (this.model.flags & ATTACHMENT_FLAG.compressed) !== 0;
  }

  /** Size in bytes of what `read` gives. */
  get size(): number {
    return this.model.originalSize;
  }

  /** MD5 checksum of what `read` gives, in hexadecimal, where the file tells it. */
  get md5(): string | undefined {
    return this.model.md5;
  }

  /**
   * The attached bytes, inflated and checked against size and MD5 checksum.
   *
   * @throws {CorruptFileError} when the bytes are damaged
   * @throws {LimitExceededError} when there are more than `limits.inflatedBlockBytes`
   * @throws {UsageError} when they lie outside the file and `external` is not given
   */
  async read(options: ReadAttachmentOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    const { model } = this;
    if (model.problem) throw problemError(model.problem, this.#file.source.name);
    const bytes = this.embedded ? await this.#embedded(options) : await this.#external(options);
    if (options.verify ?? true) this.#verify(bytes);
    return bytes;
  }

  /**
   * Writes the attached bytes into a local folder. The file gets the last part of `name`, without
   * anything that leads out of the folder; an existing file is only replaced with `overwrite`.
   *
   * @returns the path of the file
   * @throws {UsageError} when the folder holds that name already
   * @throws {SourceError} when the file cannot be written
   * @throws {MdfError} see `read`
   */
  async extract(folder: string | URL, options: ExtractOptions = {}): Promise<string> {
    const bytes = await this.read(options);
    const name = safeFileName(this.name, `attachment-${this.index}`);
    return writeIntoFolder(folder, name, bytes, options.overwrite ?? false);
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    return [this.model.comment, this.#place()];
  }

  async #embedded({ signal }: ReadAttachmentOptions): Promise<Uint8Array> {
    const { source, limits } = this.#file;
    const { payloadOffset, embeddedSize, originalSize } = this.model;
    this.#file.checkOpen();
    const largest = this.compressed ? originalSize : embeddedSize;
    if (largest > limits.inflatedBlockBytes) {
      throw new LimitExceededError(
        `the attachment has ${largest} bytes and the limit is ${limits.inflatedBlockBytes}; raise ` +
          "limits.inflatedBlockBytes if the file is to be trusted",
        this.#place(),
      );
    }
    if (this.compressed && originalSize > embeddedSize * DEFLATE_MAX_RATIO + 64) {
      throw new CorruptFileError(
        `${embeddedSize} deflated bytes cannot unpack to ${originalSize}; the size is wrong`,
        this.#place(),
      );
    }
    const stored = await source.read(payloadOffset, embeddedSize, signal);
    if (!this.compressed) return stored;
    const fragment = { offset: payloadOffset, length: originalSize, zip: 0, stored: embeddedSize };
    try {
      const bytes = await unpack(fragment, stored, source.name);
      // Some runtimes inflate into a subclass of Uint8Array that slices and prints in its own way.
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    } catch (error) {
      if (!isMdfError(error)) throw error;
      throw new CorruptFileError(error.reason, this.#place(), error);
    }
  }

  async #external({ external }: ReadAttachmentOptions): Promise<Uint8Array> {
    if (!external) {
      throw new UsageError(
        `the attachment lies outside the measurement, at "${this.name}"; pass external to fetch it`,
        this.#place(),
      );
    }
    return await external(this.name, this);
  }

  #verify(bytes: Uint8Array): void {
    const { originalSize, md5: expected } = this.model;
    if (bytes.length !== originalSize) {
      throw new CorruptFileError(
        `the attachment has ${bytes.length} bytes and should have ${originalSize}; pass ` +
          "verify: false to take it as it is",
        this.#place(),
      );
    }
    if (expected === undefined) return;
    const found = md5(bytes);
    if (found !== expected) {
      throw new CorruptFileError(
        `the attachment has the MD5 checksum ${found} and should have ${expected}; it was changed ` +
          "or damaged, so pass verify: false only to look into it",
        this.#place(),
      );
    }
  }

  #place(): MdfErrorPlace {
    return { file: this.#file.source.name, block: "AT", offset: this.model.offset };
  }
}
