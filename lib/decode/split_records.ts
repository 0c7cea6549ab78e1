/**
 * Data groups in which records of several groups are mixed: a walk from record to record by their
 * ids.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace, UnsupportedFeatureError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import { membersOf } from "../plan/group_members.ts";
import type {
  ChannelGroupModel,
  DataGroupModel,
  Measurement,
  Problem,
} from "../structure/measurement.ts";
import { asProblem } from "../structure/problem.ts";
import { ChainReader, type DataAccess } from "./chain_reader.ts";
import { BATCH_RECORDS, copyRecords, emptyBatch, type RecordBatch } from "./record_batch.ts";
import { LOOP_IDS, WINDOW_BYTES } from "./record_loops.ts";
import { type RecordScanner, recordScanner, type ScannedRecords } from "./record_scanner.ts";

/** High words of record ids from which on a number cannot hold them. */
const EXACT_HIGH = 2 ** 21;
/** Bytes that are looked at to tell room that was never filled from other data. */
const PROBE_BYTES = 64 * 1024;

/** What is known of one kind of record in a mixed data group. */
interface RecordKind {
  /** Position among the groups of the data group; array elements follow the last group. */
  readonly member: number;
  /** Bytes after the id; 0 for records that tell their own length. */
  readonly bytes: number;
  /** Whether the record holds one value of variable length. */
  readonly variable: boolean;
}

/** Longer records are not in the arrays. */
const MOST_BYTES = 0x7fffffff;
const NO_KIND = -1;
/** Stands for the length of records that tell their own. */
const OWN_LENGTH = -1;

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
  /** Records that were found last. */
  readonly batch: RecordBatch = emptyBatch();
  /** Why an unfinalized file has no more records, where its data goes on or breaks off. */
  ended?: Problem;
  readonly #measurement: Measurement;
  readonly #dataGroup: DataGroupModel;
  readonly #file: string;
  readonly #chain: ChainReader;
  readonly #kinds = new Map<number, RecordKind>();
  /** For each group, the kind of its second element. */
  readonly #secondElements: number[] = [];
  /** For small ids: kind and bytes of their records. */
  readonly #smallKinds = new Int32Array(LOOP_IDS).fill(NO_KIND);
  readonly #smallBytes = new Int32Array(LOOP_IDS);
  readonly #large = new Map<bigint, RecordKind>();
  #window: Uint8Array;
  #view: DataView;
  /** Has the loops in WebAssembly, unless the window outgrew them. */
  #scanner?: RecordScanner;
  #records: ScannedRecords;
  #start = 0;
  #end = 0;
  /** Position in the chain behind the batch. */
  #scanned = 0;

  /** Walks the data group with that index. */
  constructor(
    source: SourceReader,
    measurement: Measurement,
    dataGroup: number,
    access: DataAccess = {},
  ) {
    this.#file = source.name;
    this.#measurement = measurement;
    this.#dataGroup = measurement.dataGroups[dataGroup];
    this.#chain = new ChainReader(source, this.#dataGroup.data, access);
    this.members = membersOf(measurement, dataGroup);
    if (
      this.#dataGroup.recordIdBytes === 0 && this.#chain.length > 0 && this.members.length > 1
    ) {
      throw new CorruptFileError(
        `${this.members.length} channel groups share data whose records have no id to tell them ` +
          "apart",
        this.#chain.placeOf(0),
      );
    }
    if (this.#chain.length > 0) this.#checkProgress();
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
      this.#addKind(group, 0, { member, bytes, variable });
      this.#secondElements.push(kinds);
      const elements = group.elementCounts?.length ?? 1;
      for (let k = 1; k < elements; k++) {
        this.#addKind(group, k, { member: kinds++, bytes, variable });
      }
    });
    this.kinds = kinds;
    this.#window = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(1, this.#chain.length)));
    this.#view = new DataView(this.#window.buffer);
    const [smallKinds, smallBytes] = [this.#smallKinds, this.#smallBytes];
    this.#records = { window: this.#window, batch: this.batch, smallKinds, smallBytes };
    this.#scanner = recordScanner(this.#chain.length, this.#dataGroup.recordIdBytes);
  }

  /** Records of no bytes at all would never come to the end of the data. */
  #checkProgress(): void {
    if (this.#dataGroup.recordIdBytes > 0) return;
    for (const member of this.members) {
      const group = this.#measurement.groups[member];
      const variable = (group.flags & GROUP_FLAG.variableLength) !== 0;
      if (variable || group.dataBytes + group.invalidationBytes > 0) continue;
      throw new CorruptFileError(
        "the records of the only channel group have neither an id nor any bytes, and there is data",
        this.#chain.placeOf(0),
      );
    }
  }

  #addKind(group: ChannelGroupModel, element: number, kind: RecordKind): void {
    const id = exactRecordId(group) + BigInt(element);
    const number = Number(id);
    const large = number >= EXACT_HIGH * 2 ** 32;
    if (this.#chain.length > 0 && (large ? this.#large.has(id) : this.#kinds.has(number))) {
      throw new CorruptFileError(
        `the record id ${id} belongs to two channel groups that share their data, so that their ` +
          "records cannot be told apart",
        { file: this.#file, block: "CG", offset: group.offset },
      );
    }
    if (large) this.#large.set(id, kind);
    else this.#kinds.set(number, kind);
    const small = this.#dataGroup.recordIdBytes === 0 ? 0 : number;
    // Records without ids are all of the one kind there is.
    if (this.#dataGroup.recordIdBytes === 0) this.#kinds.set(0, kind);
    if (small >= LOOP_IDS || kind.bytes > MOST_BYTES) return;
    this.#smallKinds[small] = kind.member;
    this.#smallBytes[small] = kind.variable ? OWN_LENGTH : kind.bytes;
  }

  /** The kind of the records that hold an array element of a group; the first is the group's own. */
  elementKind(member: number, element: number): number {
    return element === 0 ? member : this.#secondElements[member] + element - 1;
  }

  /** Bytes of the whole chain. */
  get length(): number {
    return this.#chain.length;
  }

  /** Position in the chain of the record to be taken next. */
  get position(): number {
    const { places, next, count } = this.batch;
    if (next === count) return this.#scanned;
    return this.#start + places[next] - this.#dataGroup.recordIdBytes;
  }

  set position(position: number) {
    if (position === this.position) return;
    this.#scanned = position;
    this.batch.count = this.batch.next = 0;
  }

  /** Bytes of the window that the places of a batch are in. */
  get window(): Uint8Array {
    return this.#window;
  }

  /** The same bytes. */
  get view(): DataView {
    return this.#view;
  }

  /** The block in which the record at `position` starts, as the place of an error. */
  get place(): MdfErrorPlace {
    const place = this.#chain.placeOf(this.position);
    if (place.offset !== undefined) return place;
    const { offset } = this.#measurement.groups[this.members[0]];
    return { ...place, block: "CG", offset };
  }

  /**
   * Visits records from `position` until the visitor returns true or the data ends.
   *
   * @returns whether the visitor ended the walk
   */
  async walk(visit: RecordVisitor): Promise<boolean> {
    const { batch } = this;
    const { kinds, places, lengths } = batch;
    for (;;) {
      while (batch.next < batch.count) {
        const i = batch.next++;
        if (visit(kinds[i], this.#window, places[i], lengths[i])) return true;
      }
      const more = this.scan();
      if (!(more instanceof Promise ? await more : more)) return false;
    }
  }

  /**
   * Finds the records that come next, which then are the batch. Tells whether there are any; a promise
   * only where it has to wait.
   */
  scan(): boolean | Promise<boolean> {
    const { batch } = this;
    this.#scanned = this.position;
    batch.count = batch.next = 0;
    while (this.#scanned < this.length) {
      const needed = this.#scanWindow();
      if (batch.count > 0) return true;
      if (needed === 0) return false;
      const pending = this.#fill(needed);
      if (pending) return pending.then(() => this.scan());
    }
    return false;
  }

  /** Finds records that lie whole in the window; gives the bytes needed to go on, 0 at the end. */
  #scanWindow(): number {
    const idBytes = this.#dataGroup.recordIdBytes;
    const { batch } = this;
    const { kinds, places, lengths } = batch;
    const [window, view] = [this.#window, this.#view];
    const [smallKinds, smallBytes] = [this.#smallKinds, this.#smallBytes];
    let at = this.#scanned - this.#start;
    if (at < 0 || this.#scanned >= this.#end) return idBytes + 4;
    const end = this.#end - this.#start;
    if (this.#scanner) {
      const mask = idBytes === 4 ? -1 : 2 ** (8 * idBytes) - 1;
      const behind = this.#scanner.scan(this.#records, at, end, idBytes, mask);
      if (batch.count > 0) {
        this.#scanned = this.#start + behind;
        return idBytes + 4;
      }
      this.#scanner.forget(this.#records);
    }
    let count = 0;
    while (at < end && count < BATCH_RECORDS) {
      const body = at + idBytes;
      if (body > end) break;
      const id = idBytes === 1 ? window[at] : this.#recordId(at, idBytes);
      let kind = id < LOOP_IDS ? smallKinds[id] : NO_KIND;
      let length = 0;
      if (kind !== NO_KIND) {
        length = smallBytes[id];
      } else {
        const other = this.#otherKind(id, at);
        if (!other) {
          // What was found before is taken first, and this met again.
          if (count > 0) break;
          return this.#unknown(id);
        }
        kind = other.member;
        length = other.variable ? OWN_LENGTH : other.bytes;
      }
      if (length === OWN_LENGTH) {
        if (body + 4 > end) break;
        length = 4 + view.getUint32(body, true);
      }
      if (body + length > end) break;
      kinds[count] = kind;
      places[count] = body;
      lengths[count] = length;
      count++;
      at = body + length;
    }
    batch.count = count;
    this.#scanned = this.#start + at;
    return count > 0 || at >= end ? idBytes + 4 : this.#cutOff(at, end);
  }

  /** Bytes that are needed of the record that the window ends in, 0 where the data ends there too. */
  #cutOff(at: number, end: number): number {
    const idBytes = this.#dataGroup.recordIdBytes;
    let needed = idBytes;
    let variable = false;
    if (at + idBytes <= end) {
      const kind = this.#otherKind(this.#recordId(at, idBytes), at)!;
      variable = kind.variable;
      needed += variable ? 4 : kind.bytes;
      if (variable && at + needed <= end) needed += this.#view.getUint32(at + idBytes, true);
    }
    return this.#scanned + needed > this.length ? this.#partial(needed, variable) : needed + 4;
  }

  /** The kind of a record that the arrays do not tell. */
  #otherKind(id: number, at: number): RecordKind | undefined {
    return id < EXACT_HIGH * 2 ** 32
      ? this.#kinds.get(id)
      : this.#large.get(this.#view.getBigUint64(at, true));
  }

  /**
   * Copies the batch's next records of a kind to `target`, one behind the other: of each the last
   * `stride` bytes, with its id where they reach so far, or all of it behind the id where that is 0.
   * Stops where there is no room for another, and gives the number of bytes.
   */
  take(kind: number, stride: number, target: Uint8Array): number {
    return this.#scanner
      ? this.#scanner.copy(this.#records, kind, stride, target)
      : copyRecords(this.batch, this.#view, kind, stride, target);
  }

  #fill(needed: number): void | Promise<void> {
    this.#scanner?.forget(this.#records);
    if (needed > this.#window.length) {
      // Longer records than the loops have room for are rare.
      this.#scanner = undefined;
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
      case 0:
        return 0;
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

  /** The data of a logger that was cut off may go on behind its records. */
  #unknown(id: number): 0 {
    const error = new CorruptFileError(
      `the record at byte ${this.position} of the data has the id ${id}, which no channel group of ` +
        "the data group has; the data is damaged from here on",
      this.#chain.placeOf(this.position),
    );
    if (!this.#dataGroup.data.open) throw error;
    this.ended = asProblem(error);
    return 0;
  }

  /** A logger that was cut off leaves the last record unfinished. */
  #partial(needed: number, variable: boolean): 0 {
    const error = new CorruptFileError(
      `the record at byte ${this.position} of the data needs ${needed} bytes and ` +
        `${this.length - this.position} are left; the data is cut off or damaged`,
      this.#chain.placeOf(this.position),
    );
    if (this.#measurement.identification.file !== "UnFinMF") throw error;
    // A length that is wrong cannot be told from a value that was cut off, so that it is worth a word.
    if (variable) this.ended = asProblem(error);
    return 0;
  }

  /** Whether nothing but zero bytes stands at `position`, as far as is worth looking. */
  async zerosFollow(): Promise<boolean> {
    const rest = new Uint8Array(Math.min(PROBE_BYTES, this.length - this.position));
    await this.#chain.readInto(this.position, rest);
    return rest.every((byte) => byte === 0);
  }
}

/** The record id of a group. */
export function exactRecordId(group: ChannelGroupModel): bigint {
  return BigInt(group.exactRecordId ?? group.recordId);
}
