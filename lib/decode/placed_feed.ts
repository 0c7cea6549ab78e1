/**
 * Mixed records whose places an index tells: what lies between them is read only where leaving it out
 * would cost more.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace } from "../errors.ts";
import { recordBytes } from "../plan/column_layout.ts";
import { membersOf } from "../plan/group_members.ts";
import { PlaceRuns } from "../plan/place_runs.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { ChannelGroupModel, Measurement } from "../structure/measurement.ts";
import { type ByteStream, ChainReader, type DataAccess } from "./chain_reader.ts";
import { copyBytes } from "./copy_bytes.ts";
import type { RecordFeed, RecordRun } from "./record_feed.ts";
import { firstWrongId } from "./record_ids.ts";
import { exactRecordId } from "./split_records.ts";

/** Bytes between records that are read rather than left out. */
const GAP = { synchronous: 1024, fetched: 16 * 1024 };
/** Most bytes of one read. */
const SPAN_BYTES = 1024 * 1024;

/** Reads spans of a chain that hold pieces, which are closer to each other than a gap. */
class SpanReader {
  readonly #chain: ChainReader;
  readonly #gap: number;
  #window = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);

  constructor(chain: ChainReader, synchronous: boolean) {
    this.#chain = chain;
    this.#gap = synchronous ? GAP.synchronous : GAP.fetched;
  }

  /** Copies pieces, each so long and in rising order, behind each other. */
  async read(
    count: number,
    positionOf: (i: number) => number,
    lengthOf: (i: number) => number,
    to: DataView,
    targetOf: (i: number) => number,
  ): Promise<void> {
    for (let i = 0; i < count;) {
      const from = positionOf(i);
      let stop = from + lengthOf(i);
      let end = i + 1;
      for (; end < count; end++) {
        const position = positionOf(end);
        const after = position + lengthOf(end);
        if (position - stop > this.#gap || after - from > SPAN_BYTES) break;
        stop = after;
      }
      const span = this.#room(stop - from);
      const pending = this.#chain.readInto(from, span);
      if (pending) await pending;
      for (; i < end; i++) {
        copyBytes(this.#view, positionOf(i) - from, to, targetOf(i), lengthOf(i));
      }
    }
  }

  #room(length: number): Uint8Array {
    if (this.#window.length < length) {
      this.#window = new Uint8Array(length);
      this.#view = new DataView(this.#window.buffer);
    }
    return this.#window.subarray(0, length);
  }
}

/** The runs of a group, where the places of all of its records are known. */
export function placeRuns(
  measurement: Measurement,
  group: ChannelGroupModel,
): PlaceRuns | undefined {
  const dataGroup = measurement.dataGroups[group.dataGroup];
  // Check points come with the places; without them the counts are not sure.
  if (!dataGroup.places || !dataGroup.checkPoints || dataGroup.data.problem) return undefined;
  const member = membersOf(measurement, group.dataGroup).indexOf(measurement.groups.indexOf(group));
  const { recordIdBytes, data } = dataGroup;
  const bytes = recordBytes(group, dataGroup);
  return PlaceRuns.of(dataGroup.places[member], data, recordIdBytes, bytes);
}

/** The feed of a group whose records' places are known; undefined where they are not. */
export function openPlacedFeed(
  source: SourceReader,
  measurement: Measurement,
  group: ChannelGroupModel,
  run: RecordRun,
  access: DataAccess,
): RecordFeed | undefined {
  const runs = placeRuns(measurement, group);
  if (runs?.records !== group.recordCount) return undefined;
  const { data, recordIdBytes } = measurement.dataGroups[group.dataGroup];
  const chain = new ChainReader(source, data, access);
  return new PlacedFeed(
    chain,
    new SpanReader(chain, source.synchronous),
    runs,
    { bytes: recordIdBytes, id: exactRecordId(group) },
    run,
  );
}

class PlacedFeed implements RecordFeed {
  readonly run: RecordRun;
  readonly capacity: number;
  readonly #chain: ChainReader;
  readonly #spans: SpanReader;
  readonly #runs: PlaceRuns;
  readonly #id: { bytes: number; id: bigint };
  readonly #positions: Float64Array;

  constructor(
    chain: ChainReader,
    spans: SpanReader,
    runs: PlaceRuns,
    id: { bytes: number; id: bigint },
    run: RecordRun,
  ) {
    this.#chain = chain;
    this.#spans = spans;
    this.#runs = runs;
    this.#id = id;
    this.run = run;
    this.capacity = Math.max(1, run.stride > 0 ? Math.floor(run.bytes.length / run.stride) : 1);
    this.#positions = new Float64Array(this.capacity);
  }

  async fill(first: number, count: number): Promise<void> {
    const { run } = this;
    const { stride, view } = run;
    run.first = first;
    run.count = count;
    if (first + count > this.#runs.records) {
      throw new CorruptFileError(
        `the group has ${this.#runs.records} records in the data and ${
          first + count
        } were expected`,
        this.#chain.placeOf(this.#chain.length),
      );
    }
    const positions = this.#positions;
    this.#runs.fill(first, count, positions);
    await this.#spans.read(count, (i) => positions[i], () => stride, view, (i) => i * stride);
    const wrong = firstWrongId(run, this.#id.bytes, this.#id.id);
    if (wrong < 0) return;
    throw new CorruptFileError(
      `the index says that record ${
        first + wrong
      } of the group with the id ${this.#id.id} starts at ` +
        `byte ${positions[wrong]} of the data, and the record there has another id; the index is ` +
        "damaged, make it again with toIndex()",
      this.#chain.placeOf(positions[wrong]),
    );
  }
}

/** Values of variable length in mixed records whose places are known; undefined where they are not. */
export function openPlacedStream(
  source: SourceReader,
  measurement: Measurement,
  group: ChannelGroupModel,
  access: DataAccess,
): ByteStream | undefined {
  const runs = placeRuns(measurement, group);
  const { data, recordIdBytes } = measurement.dataGroups[group.dataGroup];
  if (runs?.records !== group.recordCount) return undefined;
  const chain = new ChainReader(source, data, access);
  return new PlacedStream(chain, new SpanReader(chain, source.synchronous), runs, recordIdBytes);
}

class PlacedStream implements ByteStream {
  readonly length: number;
  readonly #chain: ChainReader;
  readonly #spans: SpanReader;
  readonly #runs: PlaceRuns;
  readonly #idBytes: number;

  constructor(chain: ChainReader, spans: SpanReader, runs: PlaceRuns, idBytes: number) {
    this.#chain = chain;
    this.#spans = spans;
    this.#runs = runs;
    this.#idBytes = idBytes;
    this.length = runs.bytes;
  }

  placeOf(at: number): MdfErrorPlace {
    let place = 0;
    this.#runs.eachOfBytes(at, at + 1, (position) => place = position);
    return this.#chain.placeOf(place);
  }

  async readInto(at: number, target: Uint8Array): Promise<void> {
    const positions: number[] = [];
    const lengths: number[] = [];
    const targets: number[] = [];
    const end = at + target.length;
    this.#runs.eachOfBytes(at, end, (position, start, length) => {
      const skip = Math.max(0, at - start);
      const piece = Math.min(length, end - start) - skip;
      if (piece <= 0) return;
      positions.push(position + this.#idBytes + skip);
      lengths.push(piece);
      targets.push(start + skip - at);
    });
    const view = new DataView(target.buffer, target.byteOffset, target.length);
    const count = positions.length;
    await this.#spans.read(count, (i) => positions[i], (i) => lengths[i], view, (i) => targets[i]);
  }
}
