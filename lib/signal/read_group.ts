/**
 * The one way to read: stretches of records go through the columns of the channels asked for, every
 * channel of a stretch before the next stretch. Reading a whole channel is a batch of all records.
 *
 * @module
 */
import { isLarge, NewPages } from "../decode/new_pages.ts";
import { RoomBehind } from "../decode/room_behind.ts";
import { isMdfError } from "../errors.ts";
import { memoryHelper } from "../source/file_source.ts";
import { problemError } from "../structure/problem.ts";
import type { ChannelGroup } from "./channel.ts";
import { type ColumnContext, GroupShares } from "./column.ts";
import { type Lane, type OpenColumn, openLanes } from "./lanes.ts";
import { AskedColumns, makeBatch } from "./make_batch.ts";
import { checkMaster, type GroupSelection, openColumns, openMaster } from "./open_columns.ts";
import type { RecordWindow } from "./record_window.ts";
import type { Batch, ReadOptions } from "./signal.ts";

/** Bytes after which a reader that can be cancelled lets other tasks run. */
const BREATH_BYTES = 16 * 1024 * 1024;

/** How a group is read. */
export interface GroupReadOptions {
  /** The file, and what its groups share while they are read. */
  readonly context: ColumnContext;
  /** Records of a batch; `Infinity` for one batch of all, whose arrays are the reader's to keep. */
  readonly batchRecords: number;
  /** What keeps a channel from being read goes to `onChannelError`, where there is one. */
  readonly options: ReadOptions;
  /** Told how many bytes of records were read. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Reads a window of a group in batches, whose arrays are used again. There may be very many groups of few
 * records, so that a promise is made only where something has to be waited for.
 */
export class GroupReading {
  readonly #group: ChannelGroup;
  readonly #window: RecordWindow;
  readonly #context: ColumnContext;
  readonly #options: ReadOptions;
  readonly #onBytes: (bytes: number) => void;
  readonly #columns: readonly OpenColumn[];
  readonly #capacity: number;
  readonly #whole: boolean;
  /** Whether arrays of the caller's are filled. */
  readonly #given: boolean;
  readonly #behind: RoomBehind | undefined;
  readonly #pace: Pace;
  #master: OpenColumn | undefined;
  #asked!: AskedColumns;
  #lanes: readonly Lane[] | undefined;
  #pages: NewPages | undefined;
  #before: Batch | undefined;
  #ended: boolean;
  /** The batch: its first record, its records, and those of them that were taken. */
  #first: number;
  #wanted = 0;
  #done = 0;
  /** The lane that is next in the stretch, and whether its records are there. */
  #lane = 0;
  #filled = false;

  /** @throws {MdfError} when a channel cannot be read, where nobody listens */
  constructor(selection: GroupSelection, window: RecordWindow, reading: GroupReadOptions) {
    const { context, batchRecords, options, onBytes } = reading;
    this.#group = selection.group;
    this.#window = window;
    this.#context = { ...context, shares: new GroupShares() };
    this.#options = options;
    this.#onBytes = onBytes;
    this.#whole = batchRecords === Infinity;
    this.#given = (selection.into?.size ?? 0) > 0;
    this.#capacity = Math.min(batchRecords, window.end - window.first);
    this.#first = window.first;
    this.#pace = new Pace(context.signal);
    this.#columns = openColumns(selection, this.#context, this.#capacity, options);
    const isNew = this.#whole && !this.#given && isLarge(this.#columns.length, this.#capacity);
    this.#behind = isNew ? new RoomBehind() : undefined;
    this.#ended = this.#columns.length === 0 && selection.channels.length > 0;
  }

  /** The next batch, one without records where the window has none; undefined after the last. */
  next(): Batch | undefined | Promise<Batch | undefined> {
    try {
      const batch = this.#next();
      return batch instanceof Promise ? batch.catch((error) => this.#fail(error)) : batch;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Says that no more will be read; waits for threads that still write to the arrays. */
  close(): Promise<unknown> | undefined {
    this.#ended = true;
    for (const { feed } of this.#lanes ?? []) feed.expect?.(0, 0, false);
    this.#lanes = undefined;
    return this.#pages?.settled();
  }

  #next(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#ended) return undefined;
    const pending = this.#lanes ? undefined : this.#open();
    return pending ? pending.then(() => this.#fill()) : this.#fill();
  }

  #open(): void | Promise<void> {
    const group = this.#group;
    const columns = this.#columns;
    const context = this.#context;
    const capacity = this.#capacity;
    const { first, end } = this.#window;
    const master = this.#master = openMaster(group, columns, context, capacity);
    if (master) checkMaster(master.channel, group, this.#window, context);
    this.#asked = new AskedColumns(columns, master, this.#options);
    if (end === first) return checkData(group, context);
    const extent = { first, total: end - first, capacity, whole: this.#whole };
    const lanes = openLanes(columns, this.#asked.beside, group, extent, context);
    if (lanes instanceof Promise) {
      return lanes.then((lanes) => {
        this.#lanes = lanes;
      });
    }
    this.#lanes = lanes;
  }

  /** Fills the columns for a batch. */
  #fill(): Batch | Promise<Batch> {
    this.#wanted = Math.min(this.#capacity, this.#window.end - this.#first);
    this.#done = 0;
    this.#pages = this.#newPages(this.#lanes ?? []);
    const pending = this.#take();
    return pending ? this.#wait(pending) : this.#finish();
  }

  async #wait(pending: Promise<unknown> | undefined): Promise<Batch> {
    for (; pending; pending = this.#take()) await pending;
    return this.#finish();
  }

  /** Other threads help with large new arrays, where they may and have nothing to unpack. */
  #newPages(lanes: readonly Lane[]): NewPages | undefined {
    const records = this.#wanted;
    if (!this.#whole || this.#given || !this.#context.workers?.allowed) return undefined;
    if (!lanes.every(({ feed }) => feed.asTheyAre)) return undefined;
    if (!isLarge(this.#columns.length, records)) return undefined;
    const helper = memoryHelper();
    return helper && new NewPages(helper, records, () =>
      this.#columns
        .flatMap(({ column }) => column.target?.array ?? [])
        .filter(({ length }) => length === records));
  }

  /** Results that are large and new lie better with something behind them. */
  #keepRoom(): void {
    if (!this.#behind) return;
    const holder = this.#columns.find(({ column }) => column.target?.array);
    if (holder) this.#behind.keep(holder.column.target!.array!);
  }

  /** Takes stretches until the batch is complete, or something has to be waited for before it goes on. */
  #take(): Promise<unknown> | undefined {
    const lanes = this.#lanes ?? [];
    const step = lanes.reduce((least, { feed }) => Math.min(least, feed.capacity), Infinity);
    while (this.#done < this.#wanted) {
      const done = this.#done;
      const most = Math.min(step, this.#wanted - done);
      const count = this.#stretch(lanes, most);
      const brought = this.#pages?.before(done, count);
      if (brought) return brought;
      for (; this.#lane < lanes.length; this.#lane++) {
        const lane = lanes[this.#lane];
        const pending = this.#filled ? undefined : lane.feed.fill(this.#first + done, count);
        this.#filled = true;
        if (pending) return pending;
        takeStretch(lane, count, done);
        this.#filled = false;
      }
      this.#lane = 0;
      if (done === 0) this.#keepRoom();
      this.#done += count;
      const bytes = count * lanes[0].feed.run.stride;
      this.#onBytes(bytes);
      const pause = this.#pace.after(bytes);
      if (pause) return pause;
    }
  }

  /** How many of `most` records to take next; several lanes go at one pace. */
  #stretch(lanes: readonly Lane[], most: number): number {
    if (lanes.length > 1) return most;
    return lanes[0].feed.together?.(this.#first + this.#done, most) ?? most;
  }

  #finish(): Batch | Promise<Batch> {
    const pending = this.#asked.finish(this.#wanted);
    return pending ? pending.then(() => this.#batch()) : this.#batch();
  }

  #batch(): Batch {
    const first = this.#first;
    const count = this.#wanted;
    this.#first += count;
    if (this.#first >= this.#window.end) {
      this.#ended = true;
      for (const { loops } of this.#lanes ?? []) loops?.finish?.(count);
    }
    const { columns } = this.#asked;
    return this.#before = makeBatch(
      this.#group,
      columns,
      this.#master,
      first,
      count,
      this.#before,
    );
  }

  /** What is wrong with the records is wrong for all of their channels. */
  #fail(error: unknown): undefined {
    this.#ended = true;
    const { onChannelError } = this.#options;
    if (!onChannelError || !isMdfError(error)) throw error;
    for (const { channel } of this.#columns) onChannelError(channel, error);
  }
}

function takeStretch({ feed: { run }, columns, loops }: Lane, count: number, done: number): void {
  loops?.run(run.at, count, done);
  if (run.columns) return;
  for (let i = 0; i < columns.length; i++) {
    const { column, validity, elements } = columns[i];
    column.take(run, done);
    validity?.take(run, done);
    elements?.times?.take(run, done);
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
