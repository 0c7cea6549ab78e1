/**
 * Deflated data unpacked by WebAssembly, one block at a time, on the calling thread.
 *
 * @module
 */
import { compiledInflater } from "./inflate_module.ts";
import {
  ADVANCED,
  INFLATE_SCRATCH_BYTES,
  INFLATE_SLACK_BYTES,
  inflateScratch,
} from "./inflate_scratch.ts";
import { PAGE_BYTES } from "./wasm_code.ts";
import { once } from "./once.ts";

/** Less data is not worth a copy. */
const LEAST_BYTES = 32 * 1024;
/** More data would keep too much memory. */
const MOST_BYTES = 32 * 1024 * 1024;
const ALIGNMENT = 64;
const SCRATCH = 0;

const align = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What the module gives away. */
export interface InflateFunctions {
  /** Makes a zlib stream ready, with its state in the scratch memory. */
  begin(scratch: number, from: number, length: number, to: number, room: number): void;
  /** Goes on with a stream; gives one of `ADVANCED`. */
  advance(scratch: number): number;
  /** Takes symbols of the first stream while nothing unusual comes. */
  fastFirst(): void;
  /** The same for the second. */
  fastSecond(): void;
  /** The same for both in turns. */
  fastBoth(): void;
  /** The same for both, where matches are about as frequent as literals. */
  fastBothMatches(): void;
  /** What `fastBoth` does, where both have blocks with the fixed code. */
  fastBothFixed(): void;
  /** What `fastBothMatches` does, where both have blocks with the fixed code. */
  fastBothFixedMatches(): void;
  /** Puts whole rows back that were stored column by column, `stride` bytes from one to the next. */
  untranspose(from: number, to: number, rows: number, columns: number, stride: number): void;
}

/** Unpacks by WebAssembly; its memory is used again and grows as need be. */
export class WasmInflater {
  readonly #memory: WebAssembly.Memory;
  readonly #functions: InflateFunctions;

  /** @throws where the runtime has no WebAssembly, forbids it, or lacks instructions */
  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1 });
    // The second stream is not used.
    const module = compiledInflater({ shared: false, scratch: [SCRATCH, SCRATCH] });
    const host = { memory: this.#memory };
    this.#functions = new WebAssembly.Instance(module, { host })
      .exports as unknown as InflateFunctions;
    new Uint8Array(this.#memory.buffer).set(inflateScratch(), SCRATCH);
  }

  /**
   * The `length` original bytes of a zlib stream, put back from `columns` columns where that is not 0;
   * undefined where the data is damaged, or too little or too much for it, and others have to say.
   */
  unpack(stored: Uint8Array, length: number, columns: number): Uint8Array | undefined {
    if (length < LEAST_BYTES || length > MOST_BYTES || stored.length > MOST_BYTES) return undefined;
    const input = align(INFLATE_SCRATCH_BYTES);
    const plain = input + align(stored.length + INFLATE_SLACK_BYTES);
    const room = align(length + INFLATE_SLACK_BYTES);
    const end = plain + (columns > 0 ? 2 * room : room);
    if (!this.#reserve(end)) return undefined;
    const bytes = new Uint8Array(this.#memory.buffer);
    bytes.set(stored, input);
    if (!this.#inflate(input, stored.length, plain, length)) return undefined;
    if (columns === 0) return bytes.slice(plain, plain + length);
    const rows = Math.floor(length / columns);
    const whole = rows * columns;
    this.#functions.untranspose(plain, plain + room, rows, columns, rows);
    bytes.copyWithin(plain + room + whole, plain + whole, plain + length);
    return bytes.slice(plain + room, plain + room + length);
  }

  #inflate(from: number, stored: number, to: number, length: number): boolean {
    const { begin, advance, fastFirst } = this.#functions;
    try {
      begin(SCRATCH, from, stored, to, length);
      for (;;) {
        const advanced = advance(SCRATCH);
        if (advanced < ADVANCED.literals) return advanced === ADVANCED.done;
        fastFirst();
      }
    } catch {
      return false;
    }
  }

  #reserve(bytes: number): boolean {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return true;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
      return true;
    } catch {
      return false;
    }
  }
}

/** The inflater of this thread; undefined where there can be none. */
export const wasmInflater: () => WasmInflater | undefined = once(() => new WasmInflater());
