/**
 * Records of a file that a logger is writing, as they come.
 *
 * @module
 */
import { isMdfError, type MdfError, UsageError } from "../errors.ts";
import { UNFINALIZED } from "../structure/format_codes.ts";
import type { ChannelGroupModel, Measurement } from "../structure/measurement.ts";
import { pause } from "../source/pause.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import type { GroupSelection } from "./open_columns.ts";
import { isUnfinished, type Refreshed } from "./refresh.ts";
import type { Batch, StreamOptions } from "./signal.ts";

/** Options of following a file. */
export interface FollowOptions extends Omit<StreamOptions, "records" | "time" | "onProgress"> {
  /**
   * Where to begin: with the records that are there, with those that come, or with the record of that
   * number in each group. Groups that come later begin with their first record. Default `"start"`.
   */
  from?: "start" | "end" | number;
  /** Milliseconds between two looks at a file that grows. Default 100. */
  pollMs?: number;
  /** Milliseconds between two looks at most, at a file that does not. Default 2000. */
  maxPollMs?: number;
  /** Ends once nothing has come for so many milliseconds. Default: never. */
  idleMs?: number;
  /**
   * Milliseconds for which what the file names may be unreadable, because the logger has not written
   * it to its end, before that is an error. Default 5000.
   */
  patienceMs?: number;
  /**
   * Goes on although the file says that it is finished, which some loggers let it say from the start.
   * The counters of such a file are taken to be up to date.
   */
  evenFinalized?: boolean;
  /**
   * Takes all whole records of the data, also those that the counters of the groups leave out, although
   * the file says that these are up to date.
   */
  ignoreCounters?: boolean;
}

/** What following needs of the open file. */
export interface FollowedFile {
  /** Name of the file. */
  readonly name: string;
  /** The file's structure. */
  readonly measurement: Measurement;
  /** Brings the file up to date. */
  refresh(): Promise<Refreshed>;
  /** The channels asked for, in the groups that are there now. */
  selections(): readonly GroupSelection[];
  /** @throws {MdfError} when the structure tells that a channel cannot be read */
  check(channel: Channel): void;
  /** Reads records `[from, to)` of a group. */
  read(
    selection: GroupSelection,
    from: number,
    to: number,
    onChannelError: FollowOptions["onChannelError"],
  ): AsyncGenerator<Batch>;
}

/** Gives the records of a file as they come; see `Mdf.follow`. */
export async function* followFile(
  file: FollowedFile,
  options: FollowOptions,
): AsyncGenerator<Batch> {
  const { signal } = options;
  checkOptions(file.name, options);
  const following = new Following(file, options);
  try {
    yield* following.run();
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

function checkOptions(file: string, options: FollowOptions): void {
  const { from = "start" } = options;
  if (
    typeof from === "number" ? !(Number.isInteger(from) && from >= 0) : !/^(start|end)$/.test(from)
  ) {
    throw new UsageError(`from must be "start", "end" or the number of a record, not ${from}`, {
      file,
    });
  }
  for (const name of ["pollMs", "maxPollMs", "idleMs", "patienceMs"] as const) {
    const value = options[name];
    const least = name === "idleMs" || name === "patienceMs" ? 0 : 1;
    if (value === undefined || value >= least) continue;
    throw new UsageError(`${name} must be at least ${least}, not ${value}`, { file });
  }
}

/** Something that could not be read, and since when. */
interface Trouble {
  readonly error: MdfError;
  readonly since: number;
  /** How often it has been met. */
  count: number;
}

/** Looks after which something unreadable is an error, however slow they were. */
const FEWEST_LOOKS = 5;

class Following {
  readonly #file: FollowedFile;
  readonly #options: FollowOptions;
  /** For each group, the record to give next. */
  readonly #next = new Map<ChannelGroup, number>();
  /** What is wrong with a group, or with the file as a whole. */
  readonly #troubles = new Map<ChannelGroup | undefined, Trouble>();
  /** Channels that cannot be read, and were reported. */
  readonly #failed = new Set<Channel>();
  readonly #checked = new Set<Channel>();
  /** Groups whose errors are no longer waited out. */
  readonly #givenUp = new Set<ChannelGroup>();
  #started = false;

  constructor(file: FollowedFile, options: FollowOptions) {
    this.#file = file;
    this.#options = options;
  }

  async *run(): AsyncGenerator<Batch> {
    const { signal, idleMs, pollMs = 100, maxPollMs = 2000 } = this.#options;
    let wait = pollMs;
    let lastNews = performance.now();
    for (;;) {
      signal?.throwIfAborted();
      const refreshed = await this.#file.refresh();
      this.#note(undefined, refreshed.pending);
      let news = refreshed.grown;
      for (const selection of this.#file.selections()) {
        for await (const batch of this.#readNew(selection)) {
          news = true;
          yield batch;
          signal?.throwIfAborted();
        }
      }
      this.#started = true;
      if (this.#finished && !refreshed.pending) return;
      const time = performance.now();
      if (news) lastNews = time;
      else if (idleMs !== undefined && time - lastNews >= idleMs && !this.#lastLook()) return;
      wait = news ? pollMs : Math.min(Math.max(pollMs, maxPollMs), 1.5 * wait);
      const left = idleMs === undefined ? Infinity : lastNews + idleMs - time;
      await pause(Math.max(1, Math.min(wait, left)), signal);
    }
  }

  /** Whether no more can come. */
  get #finished(): boolean {
    return this.#file.measurement.identification.file === "MDF" && !this.#options.evenFinalized;
  }

  /** The records of a group that have come. */
  async *#readNew({ group, channels }: GroupSelection): AsyncGenerator<Batch> {
    const settled = () => this.#settled(group);
    let next = this.#next.get(group) ?? this.#begin(settled());
    this.#next.set(group, next);
    this.#failForGood(channels);
    let most = Infinity;
    while (next < settled()) {
      const readable = channels.filter((channel) => !this.#failed.has(channel));
      if (readable.length === 0 && channels.length > 0) return;
      const to = Math.min(settled(), next + most);
      const before = next;
      try {
        const batches = this.#file.read(
          { group, channels: readable },
          next,
          to,
          this.#options.onChannelError &&
            ((channel, error) => this.#channelError(channel, error)),
        );
        for await (const batch of batches) {
          next = batch.firstRecord + batch.recordCount;
          this.#next.set(group, next);
          this.#note(group, undefined);
          yield batch;
        }
        if (next === before) return;
      } catch (error) {
        if (!isTransient(error)) throw error;
        // Of many records, all but the last may be complete.
        if (to - next > 1) most = Math.floor((to - next) / 2);
        else if (this.#note(group, error)) return;
        else most = Infinity;
      }
    }
  }

  /** The first record to give of a group of which `there` have come. */
  #begin(there: number): number {
    const { from = "start" } = this.#options;
    if (this.#started || from === "start") return 0;
    return from === "end" ? there : from;
  }

  /**
   * Records of a group that are complete. Data that a logger has reserved counts only from when the
   * counter of the group does, unless the file says that counters are not up to date: then it is the
   * length of the data that tells (ASAM MDF 4, id_unfin_flags).
   */
  #settled(group: ChannelGroup): number {
    const own = this.#settledRecords(group.model);
    const { master } = group;
    return master && master.group !== group
      ? Math.min(own, this.#settledRecords(master.group.model))
      : own;
  }

  #settledRecords({ recordCount, cycleCount }: ChannelGroupModel): number {
    const { unfinalizedFlags } = this.#file.measurement.identification;
    const uncounted = (unfinalizedFlags & UNFINALIZED.recordCounters) !== 0;
    if (this.#finished || uncounted || this.#options.ignoreCounters) return recordCount;
    return Math.min(recordCount, cycleCount);
  }

  /**
   * Notes what is wrong, or that nothing is. Tells whether to wait.
   *
   * @throws the error once it was waited for long enough
   */
  #note(group: ChannelGroup | undefined, error: MdfError | undefined): boolean {
    if (!error) {
      this.#troubles.delete(group);
      return false;
    }
    const known = this.#troubles.get(group);
    const trouble = { error, since: known?.since ?? performance.now(), count: known?.count ?? 0 };
    trouble.count++;
    this.#troubles.set(group, trouble);
    const { patienceMs = 5000 } = this.#options;
    const waited = performance.now() - trouble.since;
    const complete = group !== undefined && this.#finished;
    if (!complete && (waited < patienceMs || trouble.count < FEWEST_LOOKS)) return true;
    this.#giveUp(group, error);
    return false;
  }

  /** What is unreadable from now on is reported, where somebody listens. */
  #giveUp(group: ChannelGroup | undefined, error: MdfError): void {
    if (!group || !this.#options.onChannelError || this.#givenUp.has(group)) throw error;
    this.#givenUp.add(group);
    this.#troubles.delete(group);
  }

  /**
   * What is unreadable at the end is an error. Tells whether to look once more, so that it is reported.
   *
   * @throws the error where nobody listens
   */
  #lastLook(): boolean {
    const more = this.#troubles.size > 0;
    for (const [group, { error }] of this.#troubles) this.#giveUp(group, error);
    return more;
  }

  /** An error that waiting cannot mend ends reading the channel. */
  #channelError(channel: Channel, error: unknown): void {
    if (isTransient(error) && !this.#givenUp.has(channel.group)) throw error;
    if (this.#failed.has(channel)) return;
    this.#failed.add(channel);
    this.#options.onChannelError!(channel, error);
  }

  /** Channels that the structure already tells to be unreadable are not waited for. */
  #failForGood(channels: readonly Channel[]): void {
    for (const channel of channels) {
      if (this.#checked.has(channel)) continue;
      this.#checked.add(channel);
      try {
        this.#file.check(channel);
      } catch (error) {
        if (!this.#options.onChannelError || !isMdfError(error)) throw error;
        this.#failed.add(channel);
        this.#options.onChannelError(channel, error);
      }
    }
  }
}

/** Whether reading may succeed at the next look. */
function isTransient(error: unknown): error is MdfError {
  if (!isMdfError(error)) return false;
  // Elements of an array with records of their own may differ in number for a while. A server gives a
  // file that grows another validator each time; looking at it again tells whether it was replaced.
  return error.code === "usage" || error.code === "source-changed" || isUnfinished(error);
}
