/**
 * The one way to read: stretches of records go through the columns of the channels asked for, every
 * channel of a stretch before the next stretch. Reading a whole channel is a batch of all records.
 *
 * @module
 */
import type { NumberArray } from "../decode/number_kernels.ts";
import { CorruptFileError, isMdfError, UsageError } from "../errors.ts";
import { problemError } from "../structure/problem.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import { asTimes, type Column, type ColumnContext } from "./column.ts";
import { openElements, timesAgree } from "./element_columns.ts";
import { type Lane, type OpenColumn, openLanes } from "./lanes.ts";
import { openColumn } from "./open_column.ts";
import type { RecordWindow } from "./record_window.ts";
import type { Batch, ReadOptions, Signal } from "./signal.ts";
import { openValidity } from "./validity_column.ts";

/** Channels to read from one group. */
export interface GroupSelection {
  /** The group. */
  readonly group: ChannelGroup;
  /** Its channels, in the order asked for. */
  readonly channels: readonly Channel[];
  /** Arrays of the caller's for some of them. */
  readonly into?: ReadonlyMap<Channel, NumberArray>;
}

/** Bytes after which a reader that can be cancelled lets other tasks run. */
const BREATH_BYTES = 16 * 1024 * 1024;

/**
 * Reads a window of a group in batches of `batchRecords`, whose arrays are used again, or in one of all
 * records where that is `Infinity`. What keeps a channel from being read goes to `options.onChannelError`, where there is one.
 */
export async function* readBatches(
  selection: GroupSelection,
  window: RecordWindow,
  batchRecords: number,
  context: ColumnContext,
  options: ReadOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Batch> {
  const { group } = selection;
  const total = window.end - window.first;
  const capacity = Math.min(batchRecords, total);
  context = { ...context, streams: new Map(), storage: new Map() };
  const columns = openColumns(selection, context, capacity, options);
  if (columns.length === 0 && selection.channels.length > 0) return;
  let lanes: readonly Lane[] = [];
  try {
    const master = openMaster(group, columns, context, capacity);
    if (master) checkMaster(master.channel, group, window, context);
    const asked = new AskedColumns(columns, master, options);
    if (total === 0) {
      checkData(group, context);
      await asked.finish(0);
      yield makeBatch(group, asked.columns, master, window.first, 0);
      return;
    }
    const whole = batchRecords === Infinity;
    lanes = await openLanes(columns, asked.beside, group, { total, capacity, whole }, context);
    for (const { feed } of lanes) feed.expect?.(window.first, window.end);
    const pace = new Pace(context.signal);
    let before: Batch | undefined;
    for (let first = window.first; first < window.end;) {
      const wanted = Math.min(capacity, window.end - first);
      const step = Math.min(...lanes.map(({ feed }) => feed.capacity));
      for (let done = 0; done < wanted;) {
        const count = Math.min(step, wanted - done);
        for (const { feed, columns, loops } of lanes) {
          const pending = feed.fill(first + done, count);
          if (pending) await pending;
          loops?.run(feed.run.at, count, done);
          for (const { column, validity, elements } of columns) {
            column.take(feed.run, done);
            validity?.take(feed.run, done);
            elements?.times?.take(feed.run, done);
          }
        }
        done += count;
        const bytes = count * lanes[0].feed.run.stride;
        onBytes(bytes);
        const pause = pace.after(bytes);
        if (pause) await pause;
      }
      const pending = asked.finish(wanted);
      if (pending) await pending;
      before = makeBatch(group, asked.columns, master, first, wanted, before);
      yield before;
      first += wanted;
    }
  } catch (error) {
    // What is wrong with the records is wrong for all of their channels.
    if (!options.onChannelError || !isMdfError(error)) throw error;
    for (const { channel } of columns) options.onChannelError(channel, error);
  } finally {
    for (const { feed } of lanes) feed.expect?.(0, 0);
  }
}

/** Lets other tasks run now and then, where reading can be cancelled. */
class Pace {
  readonly #signal?: AbortSignal;
  #bytes = 0;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws the signal's reason once it was aborted */
  after(bytes: number): Promise<void> | undefined {
    const signal = this.#signal;
    if (!signal) return undefined;
    signal.throwIfAborted();
    this.#bytes += bytes;
    if (this.#bytes < BREATH_BYTES) return undefined;
    this.#bytes = 0;
    return new Promise((resolve) => setTimeout(resolve, 0)).then(() => signal.throwIfAborted());
  }
}

/** Data that could not be followed must not pass for data without records. */
function checkData(group: ChannelGroup, { measurement, source }: ColumnContext): void {
  const { problem } = measurement.dataGroups[group.model.dataGroup].data;
  if (problem) throw problemError(problem, source.name);
}

/** The columns of the channels asked for; one that fails is dropped where somebody listens. */
class AskedColumns {
  /** Those that have not failed. */
  columns: readonly OpenColumn[];
  /** The master, where it is not among them. */
  beside: OpenColumn | undefined;
  readonly #master: OpenColumn | undefined;
  readonly #options: ReadOptions;
  /** Those that have something to finish; of very many, mostly few. */
  #unfinished: readonly OpenColumn[];
  readonly #failed = new Set<OpenColumn>();

  constructor(
    columns: readonly OpenColumn[],
    master: OpenColumn | undefined,
    options: ReadOptions,
  ) {
    this.columns = columns;
    this.#master = master;
    this.beside = master && !columns.includes(master) ? master : undefined;
    this.#options = options;
    this.#unfinished = columns.filter(({ column }) => column.finish);
  }

  /** Finishes them and the master. */
  finish(count: number): Promise<void> | undefined {
    const pending: Promise<void>[] = [];
    for (const one of this.#unfinished) {
      try {
        const waiting = one.column.finish!(count);
        if (waiting) pending.push(waiting.catch((error) => this.#fail(one, error)));
      } catch (error) {
        this.#fail(one, error);
      }
    }
    const last = this.beside?.column.finish?.(count);
    if (last) pending.push(last);
    if (pending.length > 0) return Promise.all(pending).then(() => this.#leaveOut());
    this.#leaveOut();
  }

  #fail(one: OpenColumn, error: unknown): void {
    const { onChannelError } = this.#options;
    if (!onChannelError || !isMdfError(error)) throw error;
    onChannelError(one.channel, error);
    this.#failed.add(one);
    if (one === this.#master) this.beside = one;
  }

  #leaveOut(): void {
    if (this.#failed.size === 0) return;
    this.columns = this.columns.filter((one) => !this.#failed.has(one));
    this.#unfinished = this.#unfinished.filter((one) => !this.#failed.has(one));
    this.#failed.clear();
  }
}

/** The master of another group must have a value for every record. */
function checkMaster(
  master: Channel,
  group: ChannelGroup,
  window: RecordWindow,
  context: ColumnContext,
): void {
  if (master.group.recordCount >= window.end) return;
  throw new CorruptFileError(
    `group ${group.index} has ${group.recordCount} records, and its master "${master.name}" in group ` +
      `${master.group.index} only ${master.group.recordCount}`,
    { file: context.source.name, block: "CG", offset: group.model.offset },
  );
}

function openColumns(
  selection: GroupSelection,
  context: ColumnContext,
  capacity: number,
  options: ReadOptions,
): OpenColumn[] {
  const columns: OpenColumn[] = [];
  for (const channel of selection.channels) {
    try {
      const column = openColumn(channel, context, capacity);
      const array = selection.into?.get(channel);
      if (array) useArray(channel, column, array, context);
      columns.push({
        channel,
        elements: openElements(channel, context, capacity),
        column,
        validity: openValidity(channel, context, capacity),
      });
    } catch (error) {
      if (!options.onChannelError) throw error;
      options.onChannelError(channel, error);
    }
  }
  return columns;
}

/** Has a column fill an array of the caller's. */
function useArray(channel: Channel, { room }: Column, array: NumberArray, context: ColumnContext) {
  const place = { file: context.source.name, block: "CN", offset: channel.model.offset };
  if (!room) {
    throw new UsageError(
      `the values of channel "${channel.name}" are no plain numbers, so there is no array to fill; ` +
        "read it without into",
      place,
    );
  }
  if (!(array instanceof room.Type) || array.length < room.length) {
    throw new UsageError(
      `to read channel "${channel.name}" into it, an array must be of the type ${room.Type.name} and have ` +
        `room for ${room.length} values; this is ${array.constructor.name}(${array.length})`,
      place,
    );
  }
  room.use(array);
}

/** The master as a column of converted numbers; the one asked for serves, when it is such a column. */
function openMaster(
  group: ChannelGroup,
  columns: OpenColumn[],
  context: ColumnContext,
  capacity: number,
): OpenColumn | undefined {
  const { master } = group;
  if (!master) return undefined;
  if (!context.raw) {
    const asked = columns.find(({ channel }) => channel === master);
    if (asked) return asked;
  }
  return {
    channel: master,
    column: openColumn(master, { ...context, raw: false }, capacity),
    validity: undefined,
  };
}

/**
 * Signals that are what they were in the batch `before` are given again: there may be very many, and few
 * records in each batch.
 */
function makeBatch(
  group: ChannelGroup,
  columns: readonly OpenColumn[],
  master: OpenColumn | undefined,
  firstRecord: number,
  recordCount: number,
  before?: Batch,
): Batch {
  const timestamps = master && asTimes(master.column, recordCount);
  const plainShape = [recordCount];
  const signals = new Array<Signal>(columns.length);
  for (let i = 0; i < columns.length; i++) {
    const { channel, column, validity, elements } = columns[i];
    const values = column.values(recordCount);
    const valid = bothValid(validity?.values(recordCount), column.valid?.(recordCount));
    // Elements that were not sampled together have no time that would be that of the whole array.
    const times = !elements || timesAgree(elements, recordCount) ? timestamps : undefined;
    const old = before?.signals[i];
    if (
      old?.channel === channel && old.values === values && old.timestamps === times &&
      old.valid === valid && old.shape[0] === recordCount
    ) {
      signals[i] = old;
      continue;
    }
    const { dimensions } = column;
    const shape = dimensions ? [recordCount, ...dimensions] : plainShape;
    const signal = { channel, values, timestamps: times, unit: channel.unit, shape };
    signals[i] = valid ? { ...signal, valid } : signal;
  }
  return { group, firstRecord, recordCount, signals };
}

/** Valid where both say so. */
function bothValid(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  return a && b ? a.map((valid, i) => valid & b[i]) : a ?? b;
}
