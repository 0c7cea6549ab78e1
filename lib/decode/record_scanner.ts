/**
 * Loops of WebAssembly over mixed records, in a memory that all readers of one thread use in turn.
 *
 * @module
 */
import {
  COPIED_BYTES,
  RECORD_MEMORY_BYTES,
  RECORD_PLACE,
  type RecordLoops,
  recordModule,
} from "./record_loops.ts";
import type { RecordBatch } from "./record_batch.ts";
import { PAGE_BYTES } from "./wasm_code.ts";
import { once } from "./once.ts";

/** Fewer bytes are not worth a module. */
const LEAST_BYTES = 64 * 1024;

/** What the loops have to know of those who use them. */
export interface ScannedRecords {
  /** The stretch of data in which records are found. */
  readonly window: Uint8Array;
  /** The records that were found last. */
  readonly batch: RecordBatch;
  /** For ids below 256 the kind of the records, negative where there is none. */
  readonly smallKinds: Int32Array;
  /** For these the bytes after the id, negative where they tell their own. */
  readonly smallBytes: Int32Array;
}

/** The loops, and whose records lie in their memory. */
export class RecordScanner {
  readonly #loops: RecordLoops;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  #holds?: ScannedRecords;

  /** @throws where the runtime has no WebAssembly, forbids it, or lacks instructions */
  constructor() {
    const memory = new WebAssembly.Memory({
      initial: RECORD_MEMORY_BYTES / PAGE_BYTES,
    });
    const module = new WebAssembly.Module(recordModule());
    this.#loops = new WebAssembly.Instance(module, { host: { memory } })
      .exports as unknown as RecordLoops;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
  }

  /** Says that the window or the batch of these records has changed. */
  forget(records: ScannedRecords): void {
    if (this.#holds === records) this.#holds = undefined;
  }

  /**
   * Finds records from `at` to `end` in the window, and puts them into the batch. Gives the place
   * behind them; stops before an id that is not small.
   */
  scan(records: ScannedRecords, at: number, end: number, idBytes: number, mask: number): number {
    this.#hold(records);
    const { batch } = records;
    const count = this.#loops.scan(at, end, idBytes, mask);
    const words = this.#words;
    batch.kinds.set(words.subarray(RECORD_PLACE.kinds / 4, RECORD_PLACE.kinds / 4 + count));
    batch.places.set(words.subarray(RECORD_PLACE.places / 4, RECORD_PLACE.places / 4 + count));
    batch.lengths.set(words.subarray(RECORD_PLACE.lengths / 4, RECORD_PLACE.lengths / 4 + count));
    batch.count = count;
    return words[RECORD_PLACE.result / 4];
  }

  /**
   * Copies records of a kind from the batch to `target`, of each its last `stride` bytes or, where that
   * is 0, all of it, until there is no room for another. Gives the number of bytes; the batch goes on
   * behind the records.
   */
  copy(records: ScannedRecords, kind: number, stride: number, target: Uint8Array): number {
    this.#hold(records);
    const { batch } = records;
    const start = RECORD_PLACE.copied;
    let copied = 0;
    for (;;) {
      const room = Math.min(COPIED_BYTES, target.length - copied);
      batch.next = this.#loops.copy(batch.next, batch.count, kind, stride, start, start + room);
      const bytes = this.#words[RECORD_PLACE.result / 4] - start;
      target.set(this.#bytes.subarray(start, start + bytes), copied);
      copied += bytes;
      if (bytes === 0 || batch.next === batch.count) return copied;
    }
  }

  #hold(records: ScannedRecords): void {
    if (this.#holds === records) return;
    this.#holds = records;
    const { batch, smallKinds, smallBytes, window } = records;
    const words = this.#words;
    words.set(smallKinds, RECORD_PLACE.kindOf / 4);
    words.set(smallBytes, RECORD_PLACE.bytesOf / 4);
    words.set(batch.kinds.subarray(0, batch.count), RECORD_PLACE.kinds / 4);
    words.set(batch.places.subarray(0, batch.count), RECORD_PLACE.places / 4);
    words.set(batch.lengths.subarray(0, batch.count), RECORD_PLACE.lengths / 4);
    this.#bytes.set(window, RECORD_PLACE.window);
  }
}

const scanner = once(() => new RecordScanner());

/**
 * The scanner of this thread for so many bytes of data, in ids of so many bytes; undefined where there
 * can be none, or it is not worth it.
 */
export function recordScanner(bytes: number, idBytes: number): RecordScanner | undefined {
  if (bytes < LEAST_BYTES || idBytes > 4) return undefined;
  return scanner();
}
