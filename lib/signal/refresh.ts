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

/** What looking at a file again needs to know of it. */
export interface RefreshContext {
  /** The file's bytes. */
  readonly source: SourceReader;
  /** The file's structure. */
  readonly measurement: Measurement;
  /** Limits in force. */
  readonly limits: Limits;
  /** Whether damaged parts of the structure are left out. */
  readonly damaged?: Damaged;
  /** Blocks met in an unfinalized file, where it was walked. */
  readonly met?: MetBlocks;
  /** Bytes that must not change. */
  readonly samples: readonly RecordSample[];
}

/** A file as it is now; `adopt` makes it the open one. */
export interface Renewed {
  /** Bytes of the file as it is now. */
  readonly source: SourceReader;
  /** Blocks met in an unfinalized file. */
  readonly met: MetBlocks;
  /** Bytes that must not change from now on. */
  readonly samples: readonly RecordSample[];
  /** Whether the structure had to be walked again. */
  readonly walked: boolean;
  /** Whether there is anything new. */
  readonly changed: boolean;
  /** Takes everything over; cannot fail. */
  adopt(): void;
}

/** Looks at a file that is being written to are repeated so often before its state is reported. */
const ATTEMPTS = 4;
/** How a file begins that is complete. */
const COMPLETE = "MDF     ";
/** Bytes of a page where reading takes no waiting; few of its neighbours are needed. */
const SMALL_PAGE_BYTES = 4096;

/**
 * Looks at a file again; gives the error where what has come cannot be read, perhaps only not yet.
 *
 * @throws {SourceChangedError} when the file is not a continuation of the one that was opened
 * @throws {UsageError} when what is behind the source can never grow
 */
export async function renewFile(
  context: RefreshContext,
  signal?: AbortSignal,
): Promise<Renewed | MdfError> {
  for (let attempt = 1;; attempt++) {
    const source = await context.source.renew({ signal });
    try {
      return await look(context, source, signal);
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

/** Whether an error may come from reading what a logger has not written to its end. */
export function isUnfinished(error: unknown): error is MdfError {
  return isMdfError(error) && (error.code === "corrupt" || error.code === "truncated");
}

async function look(
  context: RefreshContext,
  source: SourceReader,
  signal: AbortSignal | undefined,
): Promise<Renewed> {
  const { measurement, limits } = context;
  await checkSize(context, source);
  await checkSamples(source, context.samples);
  const pages = source.synchronous ? { pageBytes: SMALL_PAGE_BYTES } : {};
  let reader = new BlockReader(new PageCache(source, pages), limits, signal);
  reader.met = context.met ?? metBlocks(measurement);
  reader.met.complete = false;
  let now = await continueFile(reader, source, measurement);
  const walked = now === undefined;
  if (!now) {
    reader = new BlockReader(new PageCache(source), limits, signal);
    reader.knownData = knownData(chainsOf(measurement));
    now = await walkFile(reader, context.damaged);
    checkContinuation(reader, measurement, now);
  }
  await recountMixedRecords(source, measurement, now, { signal });
  const found = now;
  const changed = walked || source.size !== context.source.size ||
    found.groups.some(({ cycleCount, recordCount }, i) =>
      cycleCount !== measurement.groups[i].cycleCount ||
      recordCount !== measurement.groups[i].recordCount
    );
  return {
    source,
    met: reader.met,
    samples: changed ? await takeSamples(source, found) : context.samples,
    walked,
    changed,
    adopt: () => adoptModel(measurement, found),
  };
}

/** A file may become shorter only when it is completed: room that was reserved is given back. */
async function checkSize(context: RefreshContext, source: SourceReader): Promise<void> {
  const { size } = context.source;
  if (source.size >= size) return;
  if (context.measurement.identification.file !== "MDF" && source.size >= ID_BYTES) {
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
