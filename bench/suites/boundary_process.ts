/**
 * This side of the boundary between two processes.
 *
 * @module
 */
import { join } from "node:path";

const CHILD = join(import.meta.dirname!, "boundary_child.ts");
const CALL = new TextEncoder().encode("c");
const VALUES = new TextEncoder().encode("v");

/** A process that has a file open. */
export class BoundaryProcess {
  readonly #child: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamBYOBReader;
  #buffer: Uint8Array<ArrayBuffer>;

  /**
   * Starts the process.
   *
   * @param most Bytes of the largest answer.
   */
  constructor(path: string, channel: string, most: number) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", CHILD, path, channel],
      ...{ stdin: "piped", stdout: "piped" },
    }).spawn();
    this.#requests = this.#child.stdin.getWriter();
    this.#answers = this.#child.stdout.getReader({ mode: "byob" });
    this.#buffer = new Uint8Array(most);
  }

  /** One call that does nothing there. */
  async call(): Promise<void> {
    await this.#requests.write(CALL);
    await this.#read(1);
  }

  /** So many values of the channel. They are only valid until the next call. */
  async values(count: number): Promise<Float64Array> {
    await this.#requests.write(VALUES);
    await this.#read(8 * count);
    return new Float64Array(this.#buffer.buffer, 0, count);
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#requests.close();
    await this.#answers.cancel();
    await this.#child.status;
  }

  async #read(length: number): Promise<void> {
    for (let at = 0; at < length;) {
      const { buffer } = this.#buffer;
      const { value } = await this.#answers.read(new Uint8Array(buffer, at, length - at));
      if (value === undefined || value.length === 0) throw new Error("the process has ended");
      // A read takes the memory away and gives it back as another buffer.
      this.#buffer = new Uint8Array(value.buffer);
      at += value.length;
    }
  }
}
