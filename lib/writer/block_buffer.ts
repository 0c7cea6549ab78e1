/**
 * Collects the bytes of data blocks and writes every full block.
 *
 * @module
 */
import { type BlockTable, DT, HEADER_BYTES, SD } from "../blocks/block_tables.ts";
import { alignTo8, encodeBlock } from "../blocks/encode_block.ts";
import type { BlockOutput } from "./block_output.ts";
import type { BlockCompressor } from "./compress_block.ts";
import { DataList } from "./data_list.ts";

/** How much memory all buffers of a file hold, and how much they may. */
export interface MemoryBudget {
  /** Bytes held now. */
  used: number;
  /** Bytes from which on buffers are written before they are full. */
  readonly limit: number;
}

/** What a buffer is for. */
export interface BlockBufferOptions {
  /** Type of the blocks. */
  kind: "DT" | "SD";
  /** Offset in the file of the link that leads to the data. */
  ownerLink: number;
  /** Bytes of data in a full block. */
  capacity: number;
  /** Columns for transposition; 0 or 1 for none. Used with a compressor only. */
  columns: number;
  /** Compresses the blocks, when given. */
  compressor?: BlockCompressor;
}

const TABLES: Record<"DT" | "SD", BlockTable> = { DT, SD };
const SMALLEST_BUFFER = 1024;
const NOTHING = new Uint8Array(0);

/** Where in {@link BlockBuffer.bytes} the data starts: the block's header stands before it. */
export const DATA_START = HEADER_BYTES;

/** The block under construction and the list of those before it. */
export class BlockBuffer {
  /** The block: room for its header, then the data. Replaced when it grows. */
  bytes: Uint8Array = NOTHING;
  /** View of {@link BlockBuffer.bytes}. */
  view: DataView = new DataView(NOTHING.buffer);
  /** Bytes of data in the buffer. */
  used = 0;
  /** Bytes of data in a full block. */
  readonly capacity: number;
  readonly #kind: "DT" | "SD";
  readonly #columns: number;
  readonly #compressor: BlockCompressor | undefined;
  readonly #output: BlockOutput;
  readonly #budget: MemoryBudget;
  readonly #list: DataList;

  /** See {@link BlockBufferOptions}. */
  constructor(output: BlockOutput, budget: MemoryBudget, options: BlockBufferOptions) {
    this.#output = output;
    this.#budget = budget;
    this.#kind = options.kind;
    this.capacity = options.capacity;
    this.#columns = options.columns;
    this.#compressor = options.compressor;
    const zipType = options.compressor ? (options.columns > 1 ? 1 : 0) : undefined;
    this.#list = new DataList(output, options.ownerLink, zipType);
  }

  /** Position in the whole of the data at which the next byte will stand. */
  get position(): number {
    return this.#list.length + this.used;
  }

  /** Bytes of memory held. */
  get held(): number {
    return this.bytes.length;
  }

  /** Makes room for `count` more bytes, at most up to the capacity. False when they do not fit. */
  reserve(count: number): boolean {
    const needed = this.used + count;
    if (needed > this.capacity) return false;
    const room = this.bytes.length - HEADER_BYTES - 7;
    if (needed > room) {
      const data = Math.min(this.capacity, Math.max(needed, 2 * room, SMALLEST_BUFFER));
      const grown = new Uint8Array(alignTo8(HEADER_BYTES + data) + 8);
      grown.set(this.bytes.subarray(0, HEADER_BYTES + this.used));
      this.#replace(grown);
    }
    return true;
  }

  /** Writes what is there as a block. Nothing may be added until that is done. */
  async flush(): Promise<void> {
    if (this.used === 0) return;
    const compressed = await this.#compressor?.compress(
      this.#kind,
      this.bytes.subarray(HEADER_BYTES, HEADER_BYTES + this.used),
      this.#columns,
    );
    const at = this.#output.append(compressed ?? this.#plainBlock());
    this.#list.add(at, this.used);
    this.used = 0;
    await this.#output.settle();
  }

  /** Gives back the memory of an empty buffer. */
  release(): void {
    if (this.used === 0) this.#replace(NOTHING);
  }

  /** Gives the lists of blocks their final form; the buffer was flushed before. */
  finish(): void {
    this.#list.finish();
  }

  #plainBlock(): Uint8Array {
    this.bytes.set(encodeBlock(TABLES[this.#kind], { payloadBytes: this.used }));
    const end = HEADER_BYTES + this.used;
    this.bytes.fill(0, end, alignTo8(end));
    return this.bytes.subarray(0, alignTo8(end));
  }

  #replace(bytes: Uint8Array): void {
    this.#budget.used += bytes.length - this.bytes.length;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
