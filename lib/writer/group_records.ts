/**
 * The records of one channel group: from checked columns to data blocks.
 *
 * @module
 */
import { CG, CN, DG } from "../blocks/block_tables.ts";
import { BlockBuffer, DATA_START, type MemoryBudget } from "./block_buffer.ts";
import { type BlockOutput, fieldPlace, linkPlace } from "./block_output.ts";
import { layoutRecord } from "./channel_types.ts";
import type { BlockCompressor, Compression } from "./compress_block.ts";
import { FIELD_ENCODERS, type FieldEncoder } from "./encode_records.ts";
import type { PreparedColumn } from "./prepare_column.ts";
import { SignalData } from "./signal_data.ts";
import type { GroupPlaces } from "./write_metadata.ts";
import type { ChannelOptions } from "./writer_options.ts";

/** What the groups of a file share. */
export interface RecordsContext {
  /** The file. */
  readonly output: BlockOutput;
  /** Memory of all buffers. */
  readonly budget: MemoryBudget;
  /** How data blocks are stored. */
  readonly compression: Compression;
  /** Compresses them, unless they are stored as they are. */
  readonly compressor?: BlockCompressor;
  /** Bytes of data in a full block, before it is cut to whole records. */
  readonly blockBytes: number;
}

/** Every channel of a piece is written before the next piece, so that the piece stays in the cache. */
const PIECE_BYTES = 128 * 1024;

interface FixedField {
  readonly column: number;
  readonly offset: number;
  readonly encode: FieldEncoder;
}

interface VariableField {
  readonly column: number;
  readonly offset: number;
  readonly data: SignalData;
}

/** Encodes and stores the records of one group. */
export class GroupRecords {
  /** Records that were encoded. */
  count = 0;
  readonly #output: BlockOutput;
  readonly #cycleCountAt: number;
  readonly #recordBytes: number;
  readonly #records: BlockBuffer;
  readonly #fixed: FixedField[] = [];
  readonly #variable: VariableField[] = [];

  /** `places` tells where the group's blocks stand in the file. */
  constructor(context: RecordsContext, channels: readonly ChannelOptions[], places: GroupPlaces) {
    const { output, budget, compressor, blockBytes } = context;
    const layout = layoutRecord(channels.map((channel) => channel.type));
    this.#output = output;
    this.#cycleCountAt = places.group + fieldPlace(CG, "cg_cycle_count");
    this.#recordBytes = layout.bytes;
    this.#records = new BlockBuffer(output, budget, {
      kind: "DT",
      ownerLink: places.dataGroup + linkPlace(DG, "dg_data"),
      capacity: Math.max(1, Math.floor(blockBytes / layout.bytes)) * layout.bytes,
      columns: context.compression === "transpose" ? layout.bytes : 0,
      compressor,
    });
    channels.forEach(({ type }, column) => {
      const offset = layout.offsets[column];
      if (type !== "string" && type !== "bytes") {
        this.#fixed.push({ column, offset, encode: FIELD_ENCODERS[type] });
        return;
      }
      const buffer = new BlockBuffer(output, budget, {
        kind: "SD",
        ownerLink: places.channels[column] + linkPlace(CN, "cn_data"),
        capacity: blockBytes,
        columns: 0,
        compressor,
      });
      this.#variable.push({ column, offset, data: new SignalData(buffer, type === "string") });
    });
  }

  /** Bytes of memory that the group's buffers hold. */
  get held(): number {
    let bytes = this.#records.held;
    for (const { data } of this.#variable) bytes += data.buffer.held;
    return bytes;
  }

  /** Encodes `count` records; `relieve` is called wherever buffers may be written early. */
  async encode(
    columns: readonly PreparedColumn[],
    count: number,
    relieve: () => Promise<void> | undefined,
  ): Promise<void> {
    const stride = this.#recordBytes;
    const pieceRecords = Math.max(1, Math.floor(PIECE_BYTES / stride));
    const records = this.#records;
    for (let from = 0; from < count;) {
      const room = (records.capacity - records.used) / stride;
      const to = from + Math.min(count - from, pieceRecords, room);
      const bytes = (to - from) * stride;
      records.reserve(bytes);
      const at = DATA_START + records.used;
      for (const { column, offset, encode } of this.#fixed) {
        encode(records.view, at + offset, stride, columns[column], from, to);
      }
      for (const { column, offset, data } of this.#variable) {
        const values = columns[column] as readonly string[] | readonly Uint8Array[];
        await data.encode(records.view, at + offset, stride, values, from, to);
      }
      records.used += bytes;
      this.count += to - from;
      from = to;
      if (records.used === records.capacity) await this.flush();
      await relieve();
    }
  }

  /**
   * Writes what is buffered. Signal data goes first, so that a record in the file never points at
   * signal data that is not.
   */
  async flush(): Promise<void> {
    for (const { data } of this.#variable) await data.buffer.flush();
    await this.#records.flush();
  }

  /** Gives back the memory of flushed buffers. */
  release(): void {
    this.#records.release();
    for (const { data } of this.#variable) data.buffer.release();
  }

  /** Writes the rest, the final lists and the number of records. */
  async finish(): Promise<void> {
    await this.flush();
    this.release();
    this.#records.finish();
    for (const { data } of this.#variable) data.buffer.finish();
    this.#output.patchU64(this.#cycleCountAt, this.count);
    await this.#output.settle();
  }
}
