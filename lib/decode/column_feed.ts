/**
 * Column-oriented data, read like records.
 *
 * @module
 */
import type { SourceReader } from "../source/byte_source.ts";
import type { ChannelGroupModel, DataGroupModel } from "../structure/measurement.ts";
import { ChainReader, type DataAccess } from "./chain_reader.ts";
import type { RecordFeed, RecordRun } from "./record_feed.ts";

/** Records of column-oriented data, put together from values and invalidation bytes. */
export class ColumnFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly capacity: number;
  readonly #values: ChainReader;
  readonly #invalidation: ChainReader;
  readonly #dataBytes: number;
  readonly #invalidationBytes: number;
  readonly #valueBuffer: Uint8Array;
  readonly #bitBuffer: Uint8Array;

  constructor(
    source: SourceReader,
    group: ChannelGroupModel,
    dataGroup: DataGroupModel,
    run: RecordRun,
    access: DataAccess = {},
  ) {
    this.run = run;
    this.#values = new ChainReader(source, dataGroup.data, access);
    this.#invalidation = new ChainReader(source, dataGroup.invalidation!, access);
    this.#dataBytes = group.dataBytes;
    this.#invalidationBytes = group.invalidationBytes;
    this.capacity = Math.max(1, run.stride > 0 ? Math.floor(run.bytes.length / run.stride) : 1);
    this.#valueBuffer = new Uint8Array(this.capacity * group.dataBytes);
    this.#bitBuffer = new Uint8Array(this.capacity * group.invalidationBytes);
  }

  expect(first: number, end: number): void {
    this.#values.expect(first * this.#dataBytes, end * this.#dataBytes);
    this.#invalidation.expect(first * this.#invalidationBytes, end * this.#invalidationBytes);
  }

  async fill(first: number, count: number): Promise<void> {
    const { run } = this;
    run.first = first;
    run.count = count;
    const values = this.#valueBuffer.subarray(0, count * this.#dataBytes);
    const bits = this.#bitBuffer.subarray(0, count * this.#invalidationBytes);
    await this.#values.readInto(first * this.#dataBytes, values);
    await this.#invalidation.readInto(first * this.#invalidationBytes, bits);
    interleave(values, this.#dataBytes, run, 0);
    interleave(bits, this.#invalidationBytes, run, this.#dataBytes);
  }
}

function interleave(from: Uint8Array, bytes: number, run: RecordRun, offset: number): void {
  const to = run.bytes;
  for (let i = 0, q = 0, p = offset; i < run.count; i++, p += run.stride) {
    for (let k = 0; k < bytes; k++) to[p + k] = from[q++];
  }
}
