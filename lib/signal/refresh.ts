/**
 * An open file that has grown, brought up to date.
 *
 * @module
 */
import type { Limits } from "../blocks/limits.ts";
import { ID_BYTES } from "../blocks/block_tables.ts";
import { MetBlocks } from "../blocks/met_blocks.ts";
import { BlockReader } from "../blocks/read_block.ts";
import { recountMixedRecords } from "../decode/count_records.ts";
import { isMdfError, type MdfError, SourceChangedError } from "../errors.ts";
import { type FileIdentity, fileIdentity } from "../index/file_identity.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { PageCache } from "../source/page_cache.ts";
import { adoptModel, chainsOf, checkContinuation } from "../structure/adopt_model.ts";
import { knownData } from "../structure/continue_chain.ts";
import { continueFile } from "../structure/continue_file.ts";
import type { Damaged } from "../structure/damage_guard.ts";
import { blockOffset } from "../structure/fragment_place.ts";
import type { Measurement } from "../structure/measurement.ts";
import { walkFile } from "../structure/walk_file.ts";
import type { ChannelGroup } from "./channel.ts";
import { checkSamples, type RecordSample, takeSamples } from "./record_samples.ts";

/** A group that has more records. */
export interface GrownGroup {
  /** The group. */
  readonly group: ChannelGroup;
  /** Number of the first new record. */
  readonly from: number;
  /** Number of the record after the last. */
  readonly to: number;
}

/** What `mdf.refresh()` has found. */
export interface Refreshed {
  /** Whether there are more records, more groups or more bytes, or the file has been completed. */
  readonly grown: boolean;
  /** Bytes that the file has more. */
  readonly bytes: number;
  /** Records that all groups together have more. */
  readonly records: number;
  /** The groups that have more records; new ones that have any are among them. */
  readonly groups: readonly GrownGroup[];
  /** Groups that were not there before. */
  readonly newGroups: readonly ChannelGroup[];
  /** Whether the logger has completed the file, as `mdf.finalized` tells. */
  readonly finalized: boolean;
  /**
   * Why what the file already names cannot be read: a block of which only the link has been written,
   * for example. The file then stays as it was; call again once the logger has gone on.
   */
  readonly pending?: MdfError;
}

/** What a file was opened with. */
export interface Structure {
  /** The structure. */
  readonly measurement: Measurement;
  /** What tells the file from others. */
  readonly identity: FileIdentity;
  /** Blocks met in an unfinalized file, where it was walked. */
  readonly met?: MetBlocks;
  /** Bytes that must not change. */
  readonly samples?: readonly RecordSample[];
}

/** The open file as its user sees it. */
export interface FileView {
  /** Groups that are listed. */
  readonly groups: readonly ChannelGroup[];
  /** Lists the groups that are not yet, and gives them; all else is new when the file was walked. */
  renew(walked: boolean): ChannelGroup[];
  /** @throws {UsageError} when the file was closed */
  checkOpen(): void;
}

/** Keeps what it takes to bring an open file up to date, and does so. */
export class FileState {
  readonly #source: SourceReader;
  readonly #limits: Limits;
  readonly #damaged?: Damaged;
  #structure: Structure;
  #refreshing: Promise<unknown> = Promise.resolve();

  /** `damaged` tells whether damaged parts of the structure are left out. */
  constructor(source: SourceReader, structure: Structure, limits: Limits, damaged?: Damaged) {
    this.#source = source;
    this.#structure = structure;
    this.#limits = limits;
    this.#damaged = damaged;
  }

  /** What tells the file from others, as it is now. */
  get identity(): FileIdentity {
    return this.#structure.identity;
  }

  /** Brings the file up to date; one call after the other. See `Mdf.refresh`. */
  refresh(view: FileView, signal?: AbortSignal): Promise<Refreshed> {
    const run = this.#refreshing.then(() => this.#refresh(view, signal));
    this.#refreshing = run.catch(() => {});
    return run;
  }

  async #refresh(view: FileView, signal: AbortSignal | undefined): Promise<Refreshed> {
    view.checkOpen();
    signal?.throwIfAborted();
    const { measurement } = this.#structure;
    const isFinal = () => measurement.identification.file === "MDF";
    const final = isFinal();
    const { size } = this.#source;
    const found = await this.#renew(signal);
    if (isMdfError(found)) {
      const nothing = { grown: false, bytes: 0, records: 0, groups: [], newGroups: [] };
      return { ...nothing, finalized: final, pending: found };
    }
    view.checkOpen();
    const counts = view.groups.map(({ recordCount }) => recordCount);
    adoptModel(measurement, found.structure.measurement);
    this.#source.become(found.source);
    this.#structure = { ...found.structure, measurement };
    const newGroups = view.renew(found.walked);
    const groups = view.groups.flatMap((group, i): GrownGroup[] => {
      const from = counts[i] ?? 0;
      return group.recordCount > from ? [{ group, from, to: group.recordCount }] : [];
    });
    const records = groups.reduce((sum, { from, to }) => sum + to - from, 0);
    const bytes = this.#source.size - size;
    const grown = bytes !== 0 || records > 0 || newGroups.length > 0 || isFinal() !== final;
    return { grown, bytes, records, groups, newGroups, finalized: isFinal() };
  }

  /** Looks at the file again; gives the error where what has come cannot be read, perhaps only not yet. */
  async #renew(signal: AbortSignal | undefined): Promise<Renewed | MdfError> {
    for (let attempt = 1;; attempt++) {
      const source = await this.#source.renew({ signal });
      try {
        return await this.#look(source, signal);
      } catch (error) {
        // While it is looked at, the logger goes on: links lead behind the size that was learnt, and a
        // list that is being moved looks as if it had lost blocks.
        const torn = isMdfError(error) && error.code === "source-changed";
        if (!torn && !isUnfinished(error)) throw error;
        if (attempt < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, 1 << attempt));
        else if (torn) throw error;
        else return error;
      }
    }
  }

  async #look(source: SourceReader, signal: AbortSignal | undefined): Promise<Renewed> {
    const { measurement, identity, samples = [], met } = this.#structure;
    const limits = this.#limits;
    await checkSize(this.#source.size, measurement, source);
    await checkSamples(source, samples);
    const pages = source.synchronous ? { pageBytes: SMALL_PAGE_BYTES } : {};
    let reader = new BlockReader(new PageCache(source, pages), limits, signal);
    reader.met = met ?? metBlocks(measurement);
    reader.met.complete = false;
    let now = await continueFile(reader, source, measurement);
    const walked = now === undefined;
    if (!now) {
      reader = new BlockReader(new PageCache(source), limits, signal);
      reader.knownData = knownData(chainsOf(measurement));
      now = await walkFile(reader, this.#damaged);
      checkContinuation(reader, measurement, now);
    }
    await recountMixedRecords(source, measurement, now, { signal });
    const changed = walked || source.size !== identity.size ||
      now.groups.some(({ cycleCount, recordCount }, i) =>
        cycleCount !== measurement.groups[i].cycleCount ||
        recordCount !== measurement.groups[i].recordCount
      );
    const structure: Structure = {
      measurement: now,
      identity: changed ? await fileIdentity(source, now, signal) : identity,
      met: reader.met,
      samples: changed ? await takeSamples(source, now) : samples,
    };
    return { source, structure, walked };
  }
}

/** A file as it is now. */
interface Renewed {
  readonly source: SourceReader;
  readonly structure: Structure;
  /** Whether the structure had to be walked again. */
  readonly walked: boolean;
}

/** Looks at a file that is being written to are repeated so often before its state is reported. */
const ATTEMPTS = 4;
/** How a file begins that is complete. */
const COMPLETE = "MDF     ";
/** Bytes of a page where reading takes no waiting; few of its neighbours are needed. */
const SMALL_PAGE_BYTES = 4096;

/** Whether an error may come from reading what a logger has not written to its end. */
export function isUnfinished(error: unknown): error is MdfError {
  return isMdfError(error) && (error.code === "corrupt" || error.code === "truncated");
}

/** A file may become shorter only when it is completed: room that was reserved is given back. */
async function checkSize(
  size: number,
  { identification }: Measurement,
  source: SourceReader,
): Promise<void> {
  if (source.size >= size) return;
  if (identification.file !== "MDF" && source.size >= ID_BYTES) {
    const start = await source.read(0, COMPLETE.length);
    if (start.every((byte, i) => byte === COMPLETE.charCodeAt(i))) return;
  }
  throw new SourceChangedError(
    `the file had ${size} bytes and has ${source.size} now; it was cut off or written anew, so open ` +
      "it again",
    { file: source.name },
  );
}

/** The blocks of which a model tells the place. */
function metBlocks(measurement: Measurement): MetBlocks {
  const met = new MetBlocks();
  for (const chain of chainsOf(measurement)) {
    for (const fragment of chain.fragments) met.add(blockOffset(fragment) ?? 0);
  }
  for (const { offset, channels } of measurement.groups) {
    met.add(offset);
    for (const channel of channels) met.add(channel.offset);
  }
  const { conversions, attachments, events } = measurement;
  for (const { offset } of [...conversions, ...attachments, ...events]) met.add(offset);
  return met;
}
