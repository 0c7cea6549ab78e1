/**
 * Records that are alone in their data.
 *
 * @module
 */
import { CorruptFileError } from "../errors.ts";
import type { ChannelGroupModel, DataGroupModel } from "../structure/measurement.ts";
import type { ChainReader } from "./chain_reader.ts";
import type { RecordColumns, RecordFeed, RecordRun } from "./record_feed.ts";
import { firstWrongId } from "./record_ids.ts";
import { exactRecordId } from "./split_records.ts";

/** How much is read at a time. */
export interface SortedShape {
  /** Most records of a stretch. */
  readonly capacity: number;
  /** Most records that are read together. */
  readonly together: number;
  /** Whether all bytes have to come to the buffer of the run. */
  readonly intoBuffer: boolean;
  /** Whether they lie as they are in a source that answers at once. */
  readonly asTheyAre: boolean;
  /** Whether they are wanted column by column where they lie so. */
  readonly byColumn: boolean;
}

/**
 * Records that lie one after the other in their data group. Where there is room for several stretches, those
 * that are expected are read together. What was unpacked is taken from where it was.
 */
export class SortedFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly #chain: ChainReader;
  readonly #dataGroup: DataGroupModel;
  readonly #recordId: bigint;
  readonly #shape: SortedShape;
  readonly #buffer: Uint8Array;
  readonly #bufferView: DataView;
  /** The records that were read last. */
  #first = 0;
  #end = 0;
  /** End of the records that will be read in order. */
  #expectedEnd = 0;

  constructor(
    chain: ChainReader,
    group: ChannelGroupModel,
    dataGroup: DataGroupModel,
    run: RecordRun,
    shape: SortedShape,
  ) {
    this.#chain = chain;
    this.#dataGroup = dataGroup;
    this.#recordId = exactRecordId(group);
    this.#shape = shape;
    this.run = run;
    this.#buffer = run.bytes;
    this.#bufferView = run.view;
  }

  get capacity(): number {
    return this.#shape.capacity;
  }

  get asTheyAre(): boolean {
    return this.#shape.asTheyAre;
  }

  expect(first: number, end: number, whole: boolean): void {
    this.#chain.expect(first * this.run.stride, end * this.run.stride, whole);
    this.#expectedEnd = end;
  }

  /** Those of the block that the first of them lies in, where they are wanted column by column. */
  together(first: number, count: number): number {
    if (!this.#shape.byColumn) return count;
    const { stride } = this.run;
    return this.#chain.recordsTogether(first * stride, stride, count);
  }

  fill(first: number, count: number): void | Promise<void> {
    const { run } = this;
    const { stride } = run;
    run.first = first;
    run.count = count;
    if (stride === 0) return;
    const pending = first >= this.#first && first + count <= this.#end
      ? undefined
      : this.#read(first, count);
    run.at = (first - this.#first) * stride;
    if (this.#dataGroup.recordIdBytes === 0) return pending;
    if (pending) return pending.then(() => this.#checkIds());
    this.#checkIds();
  }

  #read(first: number, count: number): void | Promise<void> {
    this.#first = first;
    // Nothing is there until it was read.
    this.#end = 0;
    const { run } = this;
    if (this.#shape.byColumn) {
      const show = (columns: RecordColumns | undefined) => {
        run.columns = columns;
        return columns ? undefined : this.#copy(first, count);
      };
      const columns = this.#chain.columns(first * run.stride, run.stride, count);
      return columns instanceof Promise ? columns.then(show) : show(columns);
    }
    if (this.#shape.intoBuffer) return this.#copy(first, count);
    const show = (bytes: Uint8Array | undefined) => {
      if (!bytes) return this.#copy(first, count);
      run.bytes = bytes;
      run.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    };
    const bytes = this.#chain.view(first * run.stride, count * run.stride);
    return bytes instanceof Promise ? bytes.then(show) : show(bytes);
  }

  #copy(first: number, count: number): void | Promise<void> {
    const { run } = this;
    run.bytes = this.#buffer;
    run.view = this.#bufferView;
    const read = (records: number) =>
      this.#chain.readInto(first * run.stride, this.#buffer.subarray(0, records * run.stride));
    const ahead = Math.min(this.#shape.together, this.#expectedEnd - first);
    if (ahead > count) {
      try {
        const pending = read(ahead);
        this.#end = first + ahead;
        return pending;
      } catch {
        // What is wrong may lie behind the records that are asked for now.
      }
    }
    return read(count);
  }

  /** A group that is alone may still have record ids; a wrong one shows that the data is damaged. */
  #checkIds(): void {
    const { stride, first } = this.run;
    const wrong = firstWrongId(this.run, this.#dataGroup.recordIdBytes, this.#recordId);
    if (wrong < 0) return;
    throw new CorruptFileError(
      `record ${
        first + wrong
      } does not have the id ${this.#recordId} of the only channel group in ` +
        "the data group; the data is damaged from there on",
      this.#chain.placeOf((first + wrong) * stride),
    );
  }
}
