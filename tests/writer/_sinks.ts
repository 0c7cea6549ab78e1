/** Sinks that hold the writer to the contract of a byte sink. */
import { type ByteSink, MemorySink } from "../../lib/writer/mdf_writer.ts";

/**
 * Takes its time, refuses overlapping calls, and copies the bytes only at the end of a call: bytes
 * that the writer reuses too early come out wrong.
 */
export class SlowSink implements ByteSink {
  readonly name = "(slow sink)";
  readonly memory = new MemorySink();
  calls = 0;
  closed = 0;
  #busy = false;

  write(bytes: Uint8Array): Promise<void> {
    return this.#later(() => this.memory.write(bytes));
  }

  patch(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#later(() => this.memory.patch(offset, bytes));
  }

  close(): Promise<void> {
    return this.#later(() => {
      this.closed++;
    });
  }

  async #later(act: () => void): Promise<void> {
    if (this.#busy) throw new Error("a call was made before the last one had finished");
    this.#busy = true;
    this.calls++;
    await new Promise((resolve) => setTimeout(resolve, 0));
    act();
    this.#busy = false;
  }
}

/** Fails once so many bytes have arrived, like a full disk. */
export class FullSink extends MemorySink {
  aborted: unknown;
  closed = false;
  readonly #capacity: number;

  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  override write(bytes: Uint8Array): void {
    if (this.size + bytes.length > this.#capacity) throw new Error("no space left");
    super.write(bytes);
  }

  override close(): void {
    this.closed = true;
  }

  abort(reason: unknown): void {
    this.aborted = reason;
  }
}

/** Takes bytes and forgets them; counts. */
export class CountingSink implements ByteSink {
  bytes = 0;
  largest = 0;

  write(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.largest = Math.max(this.largest, bytes.length);
  }

  patch(): void {}

  close(): void {}
}

/** A stream that keeps what it is given, in pieces, as a network connection would get it. */
export function collectingStream(): {
  stream: WritableStream<Uint8Array>;
  chunks: Uint8Array[];
  state: { closed: boolean; aborted: unknown };
} {
  const chunks: Uint8Array[] = [];
  const state: { closed: boolean; aborted: unknown } = { closed: false, aborted: undefined };
  const stream = new WritableStream<Uint8Array>({
    write(chunk) {
      chunks.push(chunk.slice());
    },
    close() {
      state.closed = true;
    },
    abort(reason) {
      state.aborted = reason;
    },
  });
  return { stream, chunks, state };
}

/** A stream like `FileSystemWritableFileStream`: it can seek and takes positioned writes. */
export function seekableStream(): { stream: WritableStream<Uint8Array>; file: MemorySink } {
  const file = new MemorySink();
  const stream = new WritableStream<{ type: string; position: number; data: Uint8Array }>({
    async write(chunk) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (chunk.type !== "write") throw new TypeError(`cannot ${chunk.type}`);
      if (chunk.position === file.size) file.write(chunk.data);
      else file.patch(chunk.position, chunk.data);
    },
  });
  Object.assign(stream, { seek: () => Promise.resolve() });
  return { stream: stream as unknown as WritableStream<Uint8Array>, file };
}
