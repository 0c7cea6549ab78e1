/**
 * Data groups in which records of several groups are mixed: a walk from record to record by their
 * ids, and the check points that spare walking from the start every time.
 *
 * @module
 */
import { CorruptFileError, UnsupportedFeatureError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import { membersOf } from "../plan/group_members.ts";
import type { CheckPoints, DataGroupModel, Measurement } from "../structure/measurement.ts";
import { ChainReader } from "./chain_reader.ts";

/** Most check points kept for a data group. */
const MOST_CHECK_POINTS = 1024;
const WINDOW_BYTES = 256 * 1024;

/** What is known of one kind of record in a mixed data group. */
interface RecordKind {
  /** Position among the groups of the data group; array elements follow the last group. */
  readonly member: number;
  /** Bytes after the id; 0 for records that tell their own length. */
  readonly bytes: number;
  /** Whether the record holds one value of variable length. */
  readonly variable: boolean;
}

/** Told of every record of a walk; returns true to end the walk after it. */
export type RecordVisitor = (
  member: number,
  bytes: Uint8Array,
  at: number,
  length: number,
) => boolean;

/** Walks the records of one mixed data group. */
export class RecordSplitter {
  /** Indexes, in the measurement, of the groups that share the data. */
  readonly members: readonly number[];
  /** Kinds of records: the groups, and the further elements of arrays. */
  readonly kinds: number;
  /** Position in the chain of the record to be visited next. */
  position = 0;
  readonly #measurement: Measurement;
  readonly #dataGroup: DataGroupModel;
  readonly #source: SourceReader;
  readonly #chain: ChainReader;
  readonly #kinds = new Map<number, RecordKind>();
  /** For each group, the kind of its second element. */
  readonly #secondElements: number[] = [];
  readonly #small: (RecordKind | undefined)[] = [];
  #window: Uint8Array;
  #view: DataView;
  #start = 0;
  #end = 0;

  /** Walks the data group with that index. */
  constructor(
    source: SourceReader,
    measurement: Measurement,
    dataGroup: number,
    signal?: AbortSignal,
  ) {
    this.#source = source;
    this.#measurement = measurement;
    this.#dataGroup = measurement.dataGroups[dataGroup];
    this.#chain = new ChainReader(source, this.#dataGroup.data, signal);
    this.members = membersOf(measurement, dataGroup);
    if (
      this.#dataGroup.recordIdBytes === 0 && this.#chain.length > 0 && this.members.length > 1
    ) {
      throw new CorruptFileError(
        `${this.members.length} channel groups share data whose records have no id to tell them ` +
          "apart",
        this.#place(),
      );
    }
    let kinds = this.members.length;
    this.members.forEach((index, member) => {
      const group = measurement.groups[index];
      if (group.flags & GROUP_FLAG.compactVariableLength) {
        throw new UnsupportedFeatureError(
          "records of a channel group of variable length with a length channel are mixed with others, " +
            "and where they end is not known",
          { file: source.name, block: "CG", offset: group.offset },
        );
      }
      const variable = (group.flags & GROUP_FLAG.variableLength) !== 0;
      const bytes = variable ? 0 : group.dataBytes + group.invalidationBytes;
      this.#addKind(group.recordId, { member, bytes, variable });
      this.#secondElements.push(kinds);
      const elements = group.elementCounts?.length ?? 1;
      for (let k = 1; k < elements; k++) {
        this.#addKind(group.recordId + k, { member: kinds++, bytes, variable });
      }
    });
    this.kinds = kinds;
    this.#window = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(1, this.#chain.length)));
    this.#view = new DataView(this.#window.buffer);
  }

  #addKind(recordId: number, kind: RecordKind): void {
    this.#kinds.set(recordId, kind);
    if (recordId < 256) this.#small[recordId] = kind;
  }

  /** The kind of the records that hold an array element of a group; the first is the group's own. */
  elementKind(member: number, element: number): number {
    return element === 0 ? member : this.#secondElements[member] + element - 1;
  }

  /** Bytes of the whole chain. */
  get length(): number {
    return this.#chain.length;
  }

  /**
   * Visits records from `position` until the visitor returns true or the data ends.
   *
   * @returns whether the visitor ended the walk
   */
  async walk(visit: RecordVisitor): Promise<boolean> {
    while (this.position < this.length) {
      const outcome = this.#walkWindow(visit);
      if (outcome === "stopped") return true;
      if (outcome === "ended") return false;
      if (this.position >= this.length) return false;
      const pending = this.#fill(outcome);
      if (pending) await pending;
    }
    return false;
  }

  /** The records that lie whole in the window; gives the bytes needed to go on. */
  #walkWindow(visit: RecordVisitor): "stopped" | "ended" | number {
    const idBytes = this.#dataGroup.recordIdBytes;
    const window = this.#window;
    let at = this.position - this.#start;
    if (at < 0 || this.position >= this.#end) return idBytes + 4;
    const end = this.#end - this.#start;
    const rest = this.length - this.#start;
    for (;;) {
      if (at >= end) break;
      if (at + idBytes > end) {
        this.position = this.#start + at;
        if (at + idBytes > rest) return this.#partial(idBytes);
        return idBytes + 4;
      }
      const id = this.#recordId(at, idBytes);
      const kind = id < 256 ? this.#small[id] : this.#kinds.get(id);
      if (!kind) {
        this.position = this.#start + at;
        return this.#unknown(id);
      }
      let length = kind.bytes;
      const body = at + idBytes;
      if (kind.variable) {
        if (body + 4 > end) {
          this.position = this.#start + at;
          return body + 4 > rest ? this.#partial(idBytes + 4) : idBytes + 4;
        }
        length = 4 + this.#view.getUint32(body, true);
      }
      if (body + length > end) {
        this.position = this.#start + at;
        return body + length > rest ? this.#partial(idBytes + length) : idBytes + length;
      }
      at = body + length;
      if (visit(kind.member, window, body, length)) {
        this.position = this.#start + at;
        return "stopped";
      }
    }
    this.position = this.#start + at;
    return idBytes + 4;
  }

  #fill(needed: number): void | Promise<void> {
    if (needed > this.#window.length) {
      this.#window = new Uint8Array(
        Math.min(this.length, Math.max(needed, 2 * this.#window.length)),
      );
      this.#view = new DataView(this.#window.buffer);
    }
    this.#start = this.position;
    this.#end = Math.min(this.length, this.position + this.#window.length);
    return this.#chain.readInto(this.#start, this.#window.subarray(0, this.#end - this.#start));
  }

  #recordId(at: number, idBytes: number): number {
    switch (idBytes) {
      case 1:
        return this.#window[at];
      case 2:
        return this.#view.getUint16(at, true);
      case 4:
        return this.#view.getUint32(at, true);
      default:
        return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 4294967296;
    }
  }

  /** A logger that was cut off leaves the last record unfinished, or room that it never filled. */
  #unknown(id: number): "ended" {
    if (this.#measurement.identification.unfinalizedFlags !== 0) return "ended";
    throw new CorruptFileError(
      `the record at byte ${this.position} of the data has the id ${id}, which no channel group of ` +
        "the data group has; the data is damaged from here on",
      this.#place(),
    );
  }

  #partial(needed: number): "ended" {
    if (this.#measurement.identification.unfinalizedFlags !== 0) return "ended";
    throw new CorruptFileError(
      `the record at byte ${this.position} of the data needs ${needed} bytes and ` +
        `${this.length - this.position} are left; the data is cut off or damaged`,
      this.#place(),
    );
  }

  #place() {
    return {
      file: this.#source.name,
      block: "DT",
      offset: this.#dataGroup.data.fragments[0]?.offset,
    };
  }
}

/**
 * Walks all records of a mixed data group once and notes, every so often, how many of each kind came
 * before: records, or bytes for values of variable length.
 */
export async function makeCheckPoints(
  source: SourceReader,
  measurement: Measurement,
  dataGroup: number,
  signal?: AbortSignal,
): Promise<CheckPoints> {
  const splitter = new RecordSplitter(source, measurement, dataGroup, signal);
  const { members } = splitter;
  const variable = members.map((index) =>
    (measurement.groups[index].flags & GROUP_FLAG.variableLength) !== 0
  );
  const counts = members.map(() => 0);
  const totals = new Array<number>(splitter.kinds).fill(0);
  const distance = Math.max(64 * 1024, Math.ceil(splitter.length / MOST_CHECK_POINTS));
  const points: CheckPoints = { positions: [0], counts: [[...counts]], totals, end: 0 };
  let walked = 0;
  const idBytes = measurement.dataGroups[dataGroup].recordIdBytes;
  const visit: RecordVisitor = (member, _bytes, _at, length) => {
    if (member < counts.length) counts[member] += variable[member] ? length : 1;
    totals[member]++;
    walked += idBytes + length;
    return walked >= distance;
  };
  while (await splitter.walk(visit)) {
    walked = 0;
    points.positions.push(splitter.position);
    points.counts.push([...counts]);
  }
  points.end = splitter.position;
  points.positions.push(splitter.position);
  points.counts.push([...counts]);
  return points;
}

/** Index of the last check point at which a member's count is not above `count`. */
export function checkPointBefore(points: CheckPoints, member: number, count: number): number {
  let low = 0;
  let high = points.counts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (points.counts[middle][member] <= count) low = middle;
    else high = middle - 1;
  }
  return low;
}
