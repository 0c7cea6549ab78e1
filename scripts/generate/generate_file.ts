/**
 * Makes one file of test data.
 *
 * @module
 */
import { type DataOptions, planData, recordsOf } from "./data_plan.ts";
import { RecordSearch } from "./find_records.ts";
import { type Compression, writeRecords } from "./write_records.ts";

/** Options of {@link generateFile}; exactly one of `bytes` and `records` is given. */
export interface GenerateOptions extends DataOptions {
  /** Where the file goes; one that is there is replaced. */
  path: string;
  /** Size of the file in bytes, met within 1 %, also with compression. */
  bytes?: number;
  /** Records of the first group; the others get as many as fit the same time. */
  records?: number;
  /** `none` when absent. */
  compression?: Compression;
  /** Told after every chunk which part is done, and how large the file will be as far as known. */
  onProgress?: (progress: Progress) => void;
  /** Stops the work and leaves no file. */
  signal?: AbortSignal;
}

/** How far a file is. */
export interface Progress {
  /** Part that is done, 0 to 1; starts again when a compressed file missed its size. */
  done: number;
  /** Size of the whole file in bytes, when it was asked for. */
  totalBytes?: number;
}

/** What was generated. */
export interface GeneratedFile {
  path: string;
  /** Size of the file. */
  bytes: number;
  /** Records of all groups together. */
  records: number;
  /** Records of each group. */
  groupRecords: number[];
  /** Number of channel groups. */
  groups: number;
  /** Data channels of all groups together; the masters are not counted. */
  channels: number;
  pattern: string;
  seed: number;
  compression: Compression;
  /** Time it took. */
  seconds: number;
}

/**
 * Generates a file. The same options give the same bytes, whenever and wherever.
 *
 * The file appears under its name only when it is complete.
 *
 * @throws {RangeError} If an option is out of range or the size cannot be reached.
 */
export function generateFile(options: GenerateOptions): Promise<GeneratedFile> {
  return generateWith(options, (unfinished, file) => Deno.rename(unfinished, file.path));
}

/**
 * Generates a file beside its place and leaves it to `publish` to put it there; what it leaves lying
 * is removed when it fails. See {@link generateFile}.
 */
export async function generateWith(
  options: GenerateOptions,
  publish: (unfinished: string, file: GeneratedFile) => Promise<void>,
): Promise<GeneratedFile> {
  const started = performance.now();
  const { path, signal, compression = "none" } = options;
  const plan = planData(options);
  const target = readTarget(options);
  const unfinished = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  const write = (records: number) =>
    writeRecords(unfinished, plan, {
      compression,
      records,
      signal,
      onProgress: options.onProgress &&
        ((done) => options.onProgress!({ done, totalBytes: options.bytes })),
    });
  try {
    let records: number, bytes: number;
    if ("records" in target) {
      records = target.records;
      bytes = await write(records);
    } else {
      const search = await RecordSearch.start(plan, compression, target.bytes, signal);
      do {
        records = search.next();
        bytes = await write(records);
      } while (!search.accept(records, bytes));
    }
    const groupRecords = plan.groups.map((group) => recordsOf(plan, group, records));
    const file = {
      path,
      bytes,
      records: groupRecords.reduce((sum, count) => sum + count, 0),
      groupRecords,
      groups: plan.groups.length,
      channels: plan.groups.reduce((sum, group) => sum + group.signals.length, 0),
      pattern: plan.pattern.name,
      seed: plan.seed,
      compression,
      seconds: (performance.now() - started) / 1000,
    };
    await publish(unfinished, file);
    return file;
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {}); // it may not have been begun
    throw error;
  }
}

function readTarget(options: GenerateOptions): { bytes: number } | { records: number } {
  const { bytes, records } = options;
  if ((bytes === undefined) === (records === undefined)) {
    throw new RangeError("give either bytes or records");
  }
  const value = bytes ?? records!;
  const minimum = bytes === undefined ? 0 : 1;
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new RangeError(
      `${
        bytes === undefined ? "records" : "bytes"
      } must be a whole number of at least ${minimum}, not ${value}`,
    );
  }
  return bytes === undefined ? { records: value } : { bytes };
}
