/**
 * Records of one channel group, a stretch at a time, in a buffer that is used again.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import type { ChannelGroupModel, DataGroupModel } from "../structure/measurement.ts";
import { recordBytes } from "../plan/column_layout.ts";
import { ChainReader } from "./chain_reader.ts";

/** A stretch of records that lie one after the other in memory. */
export interface RecordRun {
  /** The records' bytes; the first record starts at 0. */
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /** Bytes from one record to the next. */
  readonly stride: number;
  /** Number of the first record in its group. */
  first: number;
  /** Number of records. */
  count: number;
}

/**
 * Bytes read at a time from a source that answers at once: small enough to stay in the processor's
 * cache until every channel was taken out.
 */
const CACHED_BYTES = 256 * 1024;
/** Bytes read at a time from a source that has to be waited for. */
const FETCHED_BYTES = 4 * 1024 * 1024;

/** Reads records of a sorted group. */
export class RecordFeed {
  /** The stretch that `fill` read last. */
  readonly run: RecordRun;
  /** Most records that one stretch holds. */
  readonly capacity: number;
  readonly #chain: ChainReader;
  readonly #stride: number;

  /** @throws {MdfError} when the group's data cannot be reached */
  constructor(
    source: SourceReader,
    group: ChannelGroupModel,
    dataGroup: DataGroupModel,
    mostRecords: number,
    signal?: AbortSignal,
  ) {
    this.#chain = new ChainReader(source, dataGroup.data, signal);
    this.#stride = recordBytes(group, dataGroup);
    const bytes = source.synchronous ? CACHED_BYTES : FETCHED_BYTES;
    const fitting = this.#stride > 0 ? Math.floor(bytes / this.#stride) : bytes;
    this.capacity = Math.max(1, Math.min(fitting, mostRecords));
    const buffer = offPageBuffer(this.capacity * this.#stride);
    this.run = {
      bytes: buffer,
      view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength),
      stride: this.#stride,
      first: 0,
      count: 0,
    };
  }

  /** Brings records `[first, first + count)` into `run`; a promise only where it has to wait. */
  fill(first: number, count: number): void | Promise<void> {
    this.run.first = first;
    this.run.count = count;
    if (this.#stride === 0) return;
    return this.#chain.readInto(
      first * this.#stride,
      this.run.bytes.subarray(0, count * this.#stride),
    );
  }
}

/**
 * A buffer that does not start at the beginning of a memory page: reads into the first bytes of a
 * page are several times slower on common processors.
 */
function offPageBuffer(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length + 64), 64, length);
}
