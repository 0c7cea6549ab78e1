/**
 * The handle of an open measurement file.
 *
 * @module
 */
import { DEFAULT_LIMITS, type Limits } from "../blocks/limits.ts";
import { BlockReader } from "../blocks/read_block.ts";
import { countMixedRecords } from "../decode/count_records.ts";
import type { NumberArray } from "../decode/number_kernels.ts";
import { UsageError } from "../errors.ts";
import { checkIdentity, type FileIdentity, fileIdentity } from "../index/file_identity.ts";
import { makeIndex, type MdfIndex, openIndex } from "../index/file_index.ts";
import { SourceReader } from "../source/byte_source.ts";
import { PageCache } from "../source/page_cache.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import type { Damaged } from "../structure/damage_guard.ts";
import type { ChannelGroupModel, Measurement, Problem } from "../structure/measurement.ts";
import { walkFile } from "../structure/walk_file.ts";
import type { Attachment } from "./attachments.ts";
import { type Channel, ChannelGroup } from "./channel.ts";
import type { ColumnContext } from "./column.ts";
import { type CommentProperty, parseComment, plainComment } from "./comment.ts";
import type { MdfEvent } from "./events.ts";
import { FileDetails } from "./file_details.ts";
import type { FileHistory } from "./file_history.ts";
import { ChannelFinder } from "./find_channel.ts";
import type { HierarchyNode } from "./hierarchy.ts";
import type { OpenFile } from "./open_file.ts";
import { type MdfInput, openSource } from "./open_source.ts";
import { type GroupSelection, readBatches } from "./read_group.ts";
import { groupRecordBytes, type RecordWindow, recordWindow } from "./record_window.ts";
import { type ElementSignal, readElements, type ReadElementsOptions } from "./read_elements.ts";
import { MdfTime } from "./start_time.ts";
import type {
  Batch,
  ReadAllOptions,
  ReadChannelOptions,
  ReadOptions,
  Signal,
  StreamOptions,
} from "./signal.ts";

/** Options of opening a file. */
export interface OpenOptions {
  /** Cancels opening. */
  signal?: AbortSignal;
  /** Limits on what the file may ask for. */
  limits?: Partial<Limits>;
  /**
   * Whether a block of the structure that cannot be read (a broken link, a chain that leads back to
   * itself) ends opening with its error, or is left out and kept in `mdf.problems`. Default
   * `"refuse"`.
   */
  damaged?: Damaged;
}

const DEFAULT_BATCH_BYTES = 512 * 1024;

/**
 * An open measurement file.
 *
 * ```ts
 * await using mdf = await Mdf.open("drive.mf4");
 * const rpm = await mdf.read("RPM");
 * console.log(rpm.values.length, rpm.unit, rpm.timestamps);
 * ```
 */
export class Mdf {
  /** Version as the file spells it, for example `4.10`. */
  readonly version: string;
  /** False for a file that its logger never closed. */
  readonly finalized: boolean;
  /** Start of the measurement in nanoseconds since 1970-01-01T00:00:00Z. */
  readonly startTimeNs: bigint;
  /** Channel groups in file order; groups that only store variable-length values are not listed. */
  readonly groups: readonly ChannelGroup[];
  /** The structure as plain data. */
  readonly measurement: Measurement;
  readonly #source: SourceReader;
  readonly #identity: FileIdentity;
  readonly #limits: Limits;
  readonly #finder: ChannelFinder;
  readonly #details: FileDetails;
  #closed = false;

  private constructor(
    source: SourceReader,
    measurement: Measurement,
    identity: FileIdentity,
    limits: Limits,
  ) {
    this.#source = source;
    this.#identity = identity;
    this.#limits = limits;
    this.measurement = measurement;
    this.version = measurement.identification.versionText;
    this.finalized = measurement.identification.file === "MDF";
    this.startTimeNs = BigInt(measurement.header.start.ns);
    const file: OpenFile = {
      measurement,
      source,
      limits,
      checkOpen: () => this.#checkOpen(),
      attachmentAt: (offset) => this.#details.attachmentAt(offset),
      channelAt: (offset) => this.#details.channelAt(offset),
      eventTemplate: (index) => this.#details.eventTemplate(index),
    };
    this.#details = new FileDetails(file, () => this.groups);
    const byModel = new Map<ChannelGroupModel, ChannelGroup>();
    this.groups = measurement.groups
      .filter((group) => (group.flags & GROUP_FLAG.variableLength) === 0)
      .map((group, index) => new ChannelGroup(file, group, index, (model) => byModel.get(model)));
    for (const group of this.groups) byModel.set(group.model, group);
    this.#finder = new ChannelFinder(this.groups, source.name);
  }

  /**
   * Opens a file and reads its structure; samples are read when they are asked for.
   *
   * @throws {SourceError} when the file cannot be reached
   * @throws {NotMdfError} when it is no measurement file
   * @throws {CorruptFileError} when its structure contradicts the format
   */
  static open(input: MdfInput, options: OpenOptions = {}): Promise<Mdf> {
    return Mdf.#from(input, options, async (source, limits) => {
      const blocks = new BlockReader(new PageCache(source), limits, options.signal);
      const measurement = await walkFile(blocks, options.damaged);
      await countMixedRecords(source, measurement, { signal: options.signal });
      return [measurement, await fileIdentity(source)];
    });
  }

  /**
   * Opens a file by an index that {@link Mdf.toIndex} made, without walking its blocks.
   *
   * @throws {StaleIndexError} when the file is not the one that the index was made from
   * @throws {UsageError} when the data is no index
   */
  static fromIndex(index: MdfIndex, input: MdfInput, options: OpenOptions = {}): Promise<Mdf> {
    return Mdf.#from(input, options, async (source) => {
      const measurement = openIndex(index);
      await checkIdentity(source, index.identity);
      return [measurement, index.identity];
    });
  }

  static async #from(
    input: MdfInput,
    options: OpenOptions,
    structure: (source: SourceReader, limits: Limits) => Promise<[Measurement, FileIdentity]>,
  ): Promise<Mdf> {
    options.signal?.throwIfAborted();
    const source = openSource(input);
    try {
      const limits = { ...DEFAULT_LIMITS, ...options.limits };
      const reader = await SourceReader.open(source, { signal: options.signal });
      const [measurement, identity] = await structure(reader, limits);
      return new Mdf(reader, measurement, identity, limits);
    } catch (error) {
      await source.close?.();
      throw error;
    }
  }

  /** Name of the file or address, as errors give it. */
  get name(): string {
    return this.#source.name;
  }

  /** Size of the file in bytes. */
  get size(): number {
    return this.#source.size;
  }

  /** The program that wrote the file. */
  get program(): string {
    return this.measurement.identification.program;
  }

  /** Start of the measurement with its time zone, where the file tells it. */
  get startTime(): MdfTime {
    return new MdfTime(this.measurement.header.start);
  }

  /** Comment of the file as plain text. */
  get comment(): string {
    return plainComment(this.measurement.header.comment);
  }

  /**
   * Properties in the comment of the file, see {@link commentProperty}.
   *
   * @throws {CorruptFileError} when the XML of the comment is not well-formed
   */
  get commentProperties(): readonly CommentProperty[] {
    return parseComment(this.measurement.header.comment, { file: this.name, block: "HD" })
      .properties;
  }

  /** Attached files, in file order. */
  get attachments(): readonly Attachment[] {
    return this.#details.attachments;
  }

  /** Events, in file order. */
  get events(): readonly MdfEvent[] {
    return this.#details.events;
  }

  /** Roots of the channel hierarchy; empty where the file has none. */
  get hierarchy(): readonly HierarchyNode[] {
    return this.#details.hierarchy;
  }

  /** Programs that wrote or changed the file, oldest first. */
  get fileHistory(): readonly FileHistory[] {
    return this.#details.fileHistory;
  }

  /** Parts of the file that could not be read and were left out. */
  get problems(): readonly Problem[] {
    return this.measurement.problems;
  }

  /**
   * The channel of that name.
   *
   * @throws {ChannelNotFoundError} when there is none; its `near` holds similar names
   * @throws {AmbiguousChannelError} when several groups have one; pass `group`, an index or a name
   */
  channel(name: string, options: { group?: number | string } = {}): Channel {
    return this.#finder.find(name, options.group);
  }

  /**
   * Reads one channel, whole or in part.
   *
   * An array whose elements have records of their own (storage in channel groups or data groups) is
   * given like any other, one row for each record number, as long as all elements have equally many
   * records; its `timestamps` are there when the elements have them in common.
   *
   * @throws {UsageError} for an array whose elements differ in their number of records; read it with
   * {@link Mdf.readElements}
   */
  async read(channel: string | Channel, options: ReadChannelOptions = {}): Promise<Signal> {
    const found = typeof channel === "string"
      ? this.channel(channel, options)
      : this.#resolve(channel);
    const into = options.into && new Map([[found, options.into]]);
    const selection = { group: found.group, channels: [found], into };
    const [signal] = await this.#collect([selection], options);
    return signal;
  }

  /** Reads channels, or all of them, in one pass over each group; signals come in the order asked. */
  async readAll(
    channels?: readonly (string | Channel)[],
    options: ReadAllOptions = {},
  ): Promise<Signal[]> {
    const signals = await this.#collect(this.#select(channels, options.into), options);
    if (!channels) return signals;
    const byChannel = new Map(signals.map((signal) => [signal.channel, signal]));
    return channels
      .map((channel) => byChannel.get(this.#resolve(channel)))
      .filter((signal) => signal !== undefined);
  }

  /**
   * Reads an array whose elements have records of their own, element by element in row-major order:
   * each with as many values as it has records, and with its own times.
   *
   * @throws {UsageError} when the channel is no such array
   */
  async readElements(
    channel: string | Channel,
    options: ReadElementsOptions & { group?: number | string } = {},
  ): Promise<ElementSignal[]> {
    const found = typeof channel === "string"
      ? this.channel(channel, options)
      : this.#resolve(channel);
    return await readElements(found, this.#context(options), options);
  }

  /**
   * Reads channels, or all of them, batch by batch, group after group. The arrays of a batch are only
   * valid until the next one; memory does not grow with the file.
   */
  async *stream(
    channels?: readonly (string | Channel)[],
    options: StreamOptions = {},
  ): AsyncGenerator<Batch> {
    const batchBytes = options.batchBytes ?? DEFAULT_BATCH_BYTES;
    if (!(batchBytes >= 1)) {
      throw new UsageError(`batchBytes must be at least 1, not ${batchBytes}`, { file: this.name });
    }
    yield* this.#batches(
      this.#select(channels),
      options,
      (stride) => Math.max(1, Math.floor(batchBytes / Math.max(1, stride))),
      true,
    );
  }

  /** The structure as an index: plain JSON data with which `Mdf.fromIndex` opens the file at once. */
  toIndex(): MdfIndex {
    return makeIndex(this.measurement, this.#identity);
  }

  /** Gives back the file handle. Reading afterwards is an error. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#source.close();
  }

  /** Closes the file at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #collect(selections: GroupSelection[], options: ReadOptions): Promise<Signal[]> {
    const signals: Signal[] = [];
    for await (const batch of this.#batches(selections, options, () => Infinity, false)) {
      signals.push(...batch.signals);
    }
    return signals;
  }

  async *#batches(
    selections: GroupSelection[],
    options: ReadOptions,
    batchRecords: (stride: number) => number,
    skipEmpty: boolean,
  ): AsyncGenerator<Batch> {
    const context = this.#context(options);
    const windows: RecordWindow[] = [];
    let bytesTotal = 0;
    for (const { group } of selections) {
      const window = await recordWindow(group, options, context);
      windows.push(window);
      bytesTotal += (window.end - window.first) * groupRecordBytes(group, context);
    }
    let bytesRead = 0;
    const onBytes = (bytes: number) => {
      bytesRead += bytes;
      options.onProgress?.({ bytesRead, bytesTotal });
    };
    for (const [i, selection] of selections.entries()) {
      const window = windows[i];
      if (skipEmpty && window.first === window.end) continue;
      const records = batchRecords(groupRecordBytes(selection.group, context));
      yield* readBatches(selection, window, records, context, options, onBytes);
    }
  }

  #context(options: { raw?: boolean; signal?: AbortSignal }): ColumnContext {
    this.#checkOpen();
    options.signal?.throwIfAborted();
    return {
      measurement: this.measurement,
      source: this.#source,
      limits: this.#limits,
      raw: options.raw ?? false,
      signal: options.signal,
    };
  }

  #checkOpen(): void {
    if (this.#closed) throw new UsageError("the file was closed", { file: this.name });
  }

  #resolve(channel: string | Channel): Channel {
    if (typeof channel === "string") return this.channel(channel);
    if (this.groups[channel.group.index] === channel.group) return channel;
    throw new UsageError(
      `channel "${channel.name}" belongs to another open file; take it from this one`,
      { file: this.name },
    );
  }

  #select(
    channels: readonly (string | Channel)[] | undefined,
    arrays: ReadAllOptions["into"] = [],
  ): GroupSelection[] {
    if (!channels && arrays.length > 0) {
      throw new UsageError("say which channels the arrays of into are for", { file: this.name });
    }
    if (!channels) return this.groups.map((group) => ({ group, channels: group.channels }));
    const byGroup = new Map<ChannelGroup, Channel[]>();
    const into = new Map<Channel, NumberArray>();
    for (const [i, channel] of channels.map((channel) => this.#resolve(channel)).entries()) {
      const array = arrays[i];
      if (array) into.set(channel, array);
      const list = byGroup.get(channel.group);
      if (!list) byGroup.set(channel.group, [channel]);
      else if (!list.includes(channel)) list.push(channel);
    }
    return [...byGroup].map(([group, list]) => ({ group, channels: list, into }));
  }
}
