/**
 * The handle of an open measurement file.
 *
 * @module
 */
import { DEFAULT_LIMITS, type Limits } from "../blocks/limits.ts";
import { BlockReader } from "../blocks/read_block.ts";
import { countMixedRecords } from "../decode/count_records.ts";
import { InflateWorkers } from "../decode/inflate_workers.ts";
import { UsageError } from "../errors.ts";
import { checkIdentity, fileIdentity, IDENTITY_BYTES } from "../index/file_identity.ts";
import { checkFormat, type MdfIndex, openIndex } from "../index/file_index.ts";
import { SourceReader } from "../source/byte_source.ts";
import type { HttpSourceOptions } from "../source/http_source.ts";
import { PageCache } from "../source/page_cache.ts";
import { GROUP_FLAG } from "../structure/format_codes.ts";
import type { ChannelGroupModel, Measurement, Problem } from "../structure/measurement.ts";
import { walkFile } from "../structure/walk_file.ts";
import type { Attachment } from "./attachments.ts";
import { type Channel, ChannelGroup } from "./channel.ts";
import type { ColumnContext } from "./column.ts";
import { type CommentProperty, parseComment, plainComment } from "./comment.ts";
import type { MdfEvent } from "./events.ts";
import { DataLocator } from "./data_locator.ts";
import { FileDetails } from "./file_details.ts";
import type { FileHistory } from "./file_history.ts";
import { ChannelFinder } from "./find_channel.ts";
import { followFile, type FollowOptions } from "./follow.ts";
import type { HierarchyNode } from "./hierarchy.ts";
import { openColumn } from "./open_column.ts";
import type { OpenFile } from "./open_file.ts";
import type { IndexOptions, OpenOptions } from "./open_options.ts";
import { type MdfInput, openSource } from "./open_source.ts";
import type { GroupSelection } from "./open_columns.ts";
import { batchRecordsOf, locateRecords, readSelections, readWhole } from "./read_selections.ts";
import { selectChannels } from "./select_channels.ts";
import { takeSamples } from "./record_samples.ts";
import { FileState, type Refreshed, type Structure } from "./refresh.ts";
import { recordWindow } from "./record_window.ts";
import { type ElementSignal, readElements, type ReadElementsOptions } from "./read_elements.ts";
import { recordIndex, structureIndex, type ToIndexOptions } from "./make_index.ts";
import { MdfTime } from "./start_time.ts";
import type { Batch, ReadAllOptions, ReadChannelOptions, Signal, StreamOptions } from "./signal.ts";

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
  /** The structure as plain data. */
  readonly measurement: Measurement;
  readonly #source: SourceReader;
  readonly #limits: Limits;
  readonly #workers: InflateWorkers;
  readonly #location: DataLocator;
  readonly #state: FileState;
  readonly #file: OpenFile;
  readonly #groups: ChannelGroup[] = [];
  readonly #byModel = new Map<ChannelGroupModel, ChannelGroup>();
  /** Whether the groups were listed; an index is opened without looking at them. */
  #listed = false;
  #finder?: ChannelFinder;
  #details: FileDetails;
  #closed = false;

  private constructor(
    source: SourceReader,
    structure: Structure,
    limits: Limits,
    { damaged, workers = InflateWorkers.usual() }: OpenOptions,
  ) {
    this.#source = source;
    this.#workers = new InflateWorkers(workers);
    this.#limits = limits;
    this.#state = new FileState(source, structure, limits, damaged);
    const { measurement } = structure;
    this.measurement = measurement;
    this.#location = new DataLocator(source, measurement, limits);
    this.#file = {
      measurement,
      source,
      limits,
      checkOpen: () => this.#checkOpen(),
      attachmentAt: (offset) => this.#details.attachmentAt(offset),
      channelAt: (offset) => this.#details.channelAt(offset),
      eventTemplate: (index) => this.#details.eventTemplate(index),
    };
    this.#details = this.#openDetails();
  }

  /** Channel groups in file order; groups that only store variable-length values are not listed. */
  get groups(): readonly ChannelGroup[] {
    if (!this.#listed) this.#listGroups();
    this.#listed = true;
    return this.#groups;
  }

  #openDetails(): FileDetails {
    return new FileDetails(this.#file, () => this.groups);
  }

  /** Lists the groups that are not yet, and gives them. */
  #listGroups(): ChannelGroup[] {
    const added: ChannelGroup[] = [];
    const groupOf = (model: ChannelGroupModel) => this.#byModel.get(model);
    for (const model of this.measurement.groups) {
      if ((model.flags & GROUP_FLAG.variableLength) !== 0 || this.#byModel.has(model)) continue;
      const group = new ChannelGroup(this.#file, model, this.#groups.length, groupOf);
      this.#byModel.set(model, group);
      this.#groups.push(group);
      added.push(group);
    }
    return added;
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
      blocks.dataLater = source.distant;
      const measurement = await walkFile(blocks, options.damaged);
      await countMixedRecords(source, measurement, { signal: options.signal });
      // A file that is complete does not grow, as a rule.
      const live = measurement.identification.file !== "MDF";
      return {
        measurement,
        identity: await fileIdentity(source, measurement, options.signal),
        met: blocks.met,
        samples: live ? await takeSamples(source, measurement) : [],
      };
    });
  }

  /**
   * Opens a file by an index that {@link Mdf.toIndex} made, without walking its blocks.
   *
   * @throws {StaleIndexError} when the file is not the one that the index was made from
   * @throws {UsageError} when the data is no index
   */
  static async fromIndex(
    index: MdfIndex,
    input: MdfInput,
    options: IndexOptions = {},
  ): Promise<Mdf> {
    const { signal } = options;
    const mayGrow = options.grown === "continue";
    let grown = false;
    // Over HTTP, no more is read first than tells whether it is the file of the index.
    const mdf = await Mdf.#from(input, options, async (source, limits) => {
      checkFormat(index);
      const { identity } = index;
      grown = await checkIdentity(source, identity, { mayGrow, signal });
      return { measurement: openIndex(index, source.size, limits), identity };
    }, { firstBytes: IDENTITY_BYTES });
    if (!grown) return mdf;
    try {
      await mdf.refresh({ signal });
      return mdf;
    } catch (error) {
      await mdf.close();
      throw error;
    }
  }

  static async #from(
    input: MdfInput,
    options: OpenOptions,
    structure: (source: SourceReader, limits: Limits) => Promise<Structure>,
    http?: HttpSourceOptions,
  ): Promise<Mdf> {
    options.signal?.throwIfAborted();
    const source = openSource(input, http);
    try {
      const limits = { ...DEFAULT_LIMITS, ...options.limits };
      const reader = await SourceReader.open(source, { signal: options.signal });
      return new Mdf(reader, await structure(reader, limits), limits, options);
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

  /** Version as the file spells it, for example `4.10`. */
  get version(): string {
    return this.measurement.identification.versionText;
  }

  /** False for a file that its logger has not closed, or never did. */
  get finalized(): boolean {
    return this.measurement.identification.file === "MDF";
  }

  /** Start of the measurement in nanoseconds since 1970-01-01T00:00:00Z. */
  get startTimeNs(): bigint {
    return BigInt(this.measurement.header.start.ns);
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
    this.#finder ??= new ChannelFinder(this.groups, this.name, this.measurement);
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
    const [signal] = await readWhole([selection], options, this.#context(options));
    return signal;
  }

  /** Reads channels, or all of them, in one pass over each group; signals come in the order asked. */
  async readAll(
    channels?: readonly (string | Channel)[],
    options: ReadAllOptions = {},
  ): Promise<Signal[]> {
    const selections = this.#select(channels, options.into);
    const signals = await readWhole(selections, options, this.#context(options));
    if (!channels) return signals;
    const byChannel = new Map(signals.map((signal) => [signal.channel, signal]));
    return channels
      .map((channel) => byChannel.get(this.#resolve(channel)))
      .filter((signal) => signal !== undefined);
  }

  /**
   * Which records a window asks for, as `[from, to)`: what `read` with these options gives the values
   * of. A window of time is found by a binary search in the master channel.
   *
   * @throws {UsageError} when times are asked for and the group has no master channel
   */
  async recordsOf(
    channel: string | Channel,
    options: ReadChannelOptions = {},
  ): Promise<[from: number, to: number]> {
    const { group } = typeof channel === "string"
      ? this.channel(channel, options)
      : this.#resolve(channel);
    const { first, end } = await recordWindow(group, options, this.#context(options));
    return [first, end];
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
    const context = this.#context(options);
    await locateRecords(found.group, context);
    return await readElements(found, context, options);
  }

  /**
   * Reads channels, or all of them, batch by batch, group after group. The arrays of a batch are only
   * valid until the next one; memory does not grow with the file.
   */
  stream(
    channels?: readonly (string | Channel)[],
    options: StreamOptions = {},
  ): AsyncGenerator<Batch> {
    return readSelections(() => ({
      batchRecords: batchRecordsOf(options, this.name),
      selections: this.#select(channels),
      context: this.#context(options),
      options,
      skipEmpty: true,
    }));
  }

  /**
   * Looks whether the file has grown, as one does that a logger is still writing, and goes on with it
   * as it is now: groups and channels at hand stay what they are and show more records, and new groups
   * come behind those that are known. Only the ends are looked at, so that the effort does not depend
   * on how much data there is; where the structure has grown, it is walked again.
   *
   * When this throws, or gives a `pending` problem, the open file stays as it was.
   *
   * @throws {SourceChangedError} when the file is not a continuation of the one that was opened: it
   * was replaced or cut off, or has other groups or channels
   * @throws {UsageError} for a Blob or File, which never changes
   */
  async refresh(options: { signal?: AbortSignal } = {}): Promise<Refreshed> {
    this.#checkOpen();
    await this.#location.all(options.signal);
    return await this.#state.refresh({
      groups: this.groups,
      checkOpen: () => this.#checkOpen(),
      renew: (walked) => {
        const added = this.#listGroups();
        if (walked) {
          this.#details = this.#openDetails();
          this.#finder = undefined;
        }
        return added;
      },
    }, options.signal);
  }

  /**
   * Gives the records of channels, or of all, as a logger appends them: first those that are there,
   * then those that come, each once and only when it is complete. The arrays of a batch are only valid
   * until the next one.
   *
   * Ends when the logger has completed the file and all is read, when `signal` is aborted, or when
   * nothing has come for `idleMs`. Once it has ended by itself, what it gave is what reading the file
   * gives, but for records that the file's counters leave out.
   *
   * ```ts
   * for await (const batch of mdf.follow(["RPM"], { signal })) {
   *   console.log(batch.firstRecord, batch.signals[0].values);
   * }
   * ```
   *
   * @throws {SourceChangedError} when the file is replaced or cut off
   * @throws {CorruptFileError} when what the file names stays unreadable for `patienceMs`
   * @throws {UsageError} for a Blob or File, which never changes
   */
  async *follow(
    channels?: readonly (string | Channel)[],
    options: FollowOptions = {},
  ): AsyncGenerator<Batch> {
    const batchRecords = batchRecordsOf(options, this.name);
    const chosen = channels && this.#select(channels);
    yield* followFile({
      name: this.name,
      measurement: this.measurement,
      refresh: () => this.refresh(options),
      selections: () => chosen ?? this.#select(undefined),
      check: (channel) => void openColumn(channel, this.#context(options), 1),
      read: (selection, from, to, onChannelError) => {
        const { raw, signal } = options;
        const records: [number, number] = [from, to];
        const asked = { raw, signal, records, onChannelError };
        return readSelections(() => ({
          ...{ selections: [selection], batchRecords, options: asked, skipEmpty: true },
          context: this.#context(asked),
        }));
      },
    }, options);
  }

  /**
   * Looks up where all data of the file lies. Files behind HTTP are opened without that, since every
   * group would cost requests; it is done for a group when that is read first. Until then, the
   * group's `recordCount` is what the file counts.
   */
  async locateData(options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#checkOpen();
    await this.#location.all(options.signal);
  }

  /** The structure as an index: plain JSON data with which `Mdf.fromIndex` opens the file at once. */
  toIndex(options?: ToIndexOptions & { records?: false }): MdfIndex;
  /**
   * The index with the places of the records of groups that share their data, so that one of them is
   * read without the others; for this, all of these data are read once.
   *
   * @throws {LimitExceededError} when the places are too many to be noted
   */
  toIndex(options: ToIndexOptions & { records: true }): Promise<MdfIndex>;
  toIndex({ records, signal }: ToIndexOptions = {}): MdfIndex | Promise<MdfIndex> {
    const { identity } = this.#state;
    if (!records) return structureIndex(this.measurement, identity);
    return this.locateData({ signal })
      .then(() => recordIndex(this.#source, this.measurement, identity, signal));
  }

  /**
   * Gives back the file handle. Reading afterwards is an error. Threads that unpacked compressed data
   * serve the next file that is opened, and end when there is none within a moment.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#workers.leave();
    await this.#source.close();
  }

  /** Closes the file at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
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
      workers: this.#workers,
      location: this.#location,
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
    arrays?: ReadAllOptions["into"],
  ): GroupSelection[] {
    const resolved = channels?.map((channel) => this.#resolve(channel));
    return selectChannels(this.groups, resolved, arrays, this.name);
  }
}
