/**
 * Blocks to a byte sink: hands out the offsets, keeps the order of calls and remembers a failure.
 *
 * @module
 */
import { MdfError, SourceError } from "../errors.ts";
import { type BlockTable, HEADER_BYTES } from "../blocks/block_tables.ts";
import { type FieldTable, writeU64 } from "../blocks/field_layout.ts";
import type { ByteSink } from "./byte_sink.ts";

/**
 * The growing file. Offsets are known at once, also where the sink takes its time; bytes handed over
 * must stay as they are until {@link BlockOutput.settle} has finished.
 */
export class BlockOutput {
  readonly #sink: ByteSink;
  #end = 0;
  #pending: Promise<void> | undefined;
  #failure: MdfError | undefined;

  /** Writes to an empty sink. */
  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Where the next block starts; a multiple of 8. */
  get end(): number {
    return this.#end;
  }

  /** Name of the sink, for messages. */
  get name(): string | undefined {
    return this.#sink.name;
  }

  /** What stopped the output, if anything did. */
  get failure(): MdfError | undefined {
    return this.#failure;
  }

  /** Appends blocks with their padding, a multiple of 8 bytes; gives the offset of the first. */
  append(bytes: Uint8Array): number {
    const offset = this.#end;
    if (bytes.length % 8 !== 0) throw new RangeError(`${bytes.length} bytes would end misaligned`);
    this.#end += bytes.length;
    this.#run(offset, () => this.#sink.write(bytes));
    return offset;
  }

  /** Overwrites earlier bytes. */
  patch(offset: number, bytes: Uint8Array): void {
    this.#run(offset, () => this.#sink.patch(offset, bytes));
  }

  /** Overwrites an earlier link, offset or count of 64 bits. */
  patchU64(offset: number, value: number): void {
    const bytes = new Uint8Array(8);
    writeU64(new DataView(bytes.buffer), 0, value);
    this.patch(offset, bytes);
  }

  /** Throws what went wrong so far; returns a promise only when the sink is still at work. */
  settle(): void | Promise<void> {
    if (this.#pending) return this.#settleLater();
    if (this.#failure) throw this.#failure;
  }

  /** Refuses all further work because of `error`; the first failure stays. */
  fail(error: unknown): MdfError {
    this.#failure ??= error instanceof MdfError
      ? error
      : new SourceError("the output could not be written", { file: this.#sink.name }, error);
    return this.#failure;
  }

  /** Completes the sink. */
  async close(): Promise<void> {
    await this.settle();
    this.#run(this.#end, () => this.#sink.close());
    await this.settle();
  }

  /** Gives up: frees the sink, leaving the file as it is. Throws nothing. */
  async abort(reason: unknown): Promise<void> {
    while (this.#pending) await this.#pending;
    try {
      await this.#sink.abort?.(reason);
    } catch {
      // The reason for giving up is what the caller has to see, not what came of it.
    }
  }

  async #settleLater(): Promise<void> {
    while (this.#pending) await this.#pending;
    if (this.#failure) throw this.#failure;
  }

  #run(offset: number, call: () => void | Promise<void>): void {
    if (this.#failure) throw this.#failure;
    const guarded = () => {
      if (this.#failure) return;
      return call();
    };
    if (this.#pending) return this.#track(offset, this.#pending.then(guarded));
    try {
      const result = guarded();
      if (result) this.#track(offset, result);
    } catch (error) {
      throw this.#sinkFailed(offset, error);
    }
  }

  #track(offset: number, work: Promise<void>): void {
    const tracked: Promise<void> = work.catch((error) => {
      this.#sinkFailed(offset, error);
    }).then(() => {
      if (this.#pending === tracked) this.#pending = undefined;
    });
    this.#pending = tracked;
  }

  #sinkFailed(offset: number, error: unknown): MdfError {
    return this.fail(
      error instanceof MdfError ? error : new SourceError(
        "the output could not be written",
        { file: this.#sink.name, offset },
        error,
      ),
    );
  }
}

/** Place of a named link within its block. */
export function linkPlace<F extends FieldTable, L extends string>(
  table: BlockTable<F, L>,
  name: L,
): number {
  return HEADER_BYTES + 8 * table.links.indexOf(name);
}

/** Place of a field within its block of `linkCount` links; only for fields that follow no array. */
export function fieldPlace<F extends FieldTable, L extends string>(
  table: BlockTable<F, L>,
  name: keyof F & string,
  linkCount: number = table.links.length,
): number {
  let at = HEADER_BYTES + 8 * linkCount;
  for (const field in table.fields) {
    if (field === name) return at;
    at += table.fields[field].size;
  }
  throw new RangeError(`${table.id} has no field ${name}`);
}
