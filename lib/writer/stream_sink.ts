/**
 * Writes to a `WritableStream`.
 *
 * The format puts links and counts in front of the data they belong to, so a writer has to return to
 * bytes it wrote before. A stream with a `seek` method, such as `FileSystemWritableFileStream`, can
 * do that. Any other stream cannot be rewound: its file is held in memory until it is complete and
 * then written in one go.
 *
 * @module
 */
import { SourceError, UsageError } from "../errors.ts";
import { type ByteSink, MemorySink } from "./byte_sink.ts";

/** What a `FileSystemWritableFileStream` takes beside bytes. */
interface PositionedWrite {
  type: "write";
  position: number;
  data: Uint8Array;
}

const NAME = "(output stream)";

/** A sink over a stream. The stream stays locked until the sink is closed or aborted. */
export function streamSink(stream: WritableStream<Uint8Array>): ByteSink {
  if (stream.locked) {
    throw new UsageError("the output stream is locked by another writer; release it first");
  }
  if (typeof (stream as { seek?: unknown }).seek === "function") {
    return new SeekableStreamSink(
      (stream as unknown as WritableStream<PositionedWrite>).getWriter(),
    );
  }
  return new HeldStreamSink(stream.getWriter());
}

class SeekableStreamSink implements ByteSink {
  readonly name = NAME;
  readonly #writer: WritableStreamDefaultWriter<PositionedWrite>;
  #end = 0;

  constructor(writer: WritableStreamDefaultWriter<PositionedWrite>) {
    this.#writer = writer;
  }

  write(bytes: Uint8Array): Promise<void> {
    const position = this.#end;
    this.#end += bytes.length;
    return this.patch(position, bytes);
  }

  async patch(position: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write({ type: "write", position, data: bytes });
    } catch (error) {
      throw new SourceError(
        "the output stream failed",
        { file: NAME, offset: position },
        error,
      );
    }
  }

  close(): Promise<void> {
    return closeStream(this.#writer);
  }

  abort(reason: unknown): Promise<void> {
    return abortStream(this.#writer, reason);
  }
}

class HeldStreamSink implements ByteSink {
  readonly name = NAME;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #held = new MemorySink();

  constructor(writer: WritableStreamDefaultWriter<Uint8Array>) {
    this.#writer = writer;
  }

  write(bytes: Uint8Array): void {
    this.#held.write(bytes);
  }

  patch(offset: number, bytes: Uint8Array): void {
    this.#held.patch(offset, bytes);
  }

  async close(): Promise<void> {
    let offset = 0;
    try {
      for (const piece of this.#held.drain()) {
        await this.#writer.ready;
        await this.#writer.write(piece);
        offset += piece.length;
      }
    } catch (error) {
      throw new SourceError("the output stream failed", { file: NAME, offset }, error);
    }
    await closeStream(this.#writer);
  }

  abort(reason: unknown): Promise<void> {
    return abortStream(this.#writer, reason);
  }
}

async function closeStream(writer: WritableStreamDefaultWriter<unknown>): Promise<void> {
  try {
    await writer.close();
  } catch (error) {
    throw new SourceError("the output stream could not be closed", { file: NAME }, error);
  } finally {
    writer.releaseLock();
  }
}

async function abortStream(
  writer: WritableStreamDefaultWriter<unknown>,
  reason: unknown,
): Promise<void> {
  try {
    await writer.abort(reason);
  } finally {
    writer.releaseLock();
  }
}
