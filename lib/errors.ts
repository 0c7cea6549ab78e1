/**
 * Every error the toolkit throws on purpose. Imports nothing.
 *
 * @module
 */

/** Which kind of problem an {@link MdfError} reports; one value per class, stable across versions. */
export type MdfErrorCode =
  | "aborted"
  | "ambiguous-channel"
  | "channel-not-found"
  | "corrupt"
  | "limit"
  | "not-mdf"
  | "source"
  | "source-changed"
  | "stale-index"
  | "truncated"
  | "unsupported"
  | "usage";

/** Where in which file a problem sits. Every part is optional because not every problem has a place. */
export interface MdfErrorPlace {
  /** File path, URL or other name of the byte source. */
  file?: string;
  /** Block identifier without the leading `##`, for example `CN`. */
  block?: string;
  /** Byte offset in the file. */
  offset?: number;
  /** How the block was reached, for example `HD>DG[2]>CG[0]>CN[14]`. */
  path?: string;
  /** The program that wrote the file, as its identification block names it. */
  program?: string;
}

/** Base class of all errors thrown on purpose; its message starts with file, block and offset. */
export class MdfError extends Error {
  /** Stable tag of the error kind. */
  readonly code: MdfErrorCode;
  /** File path, URL or other name of the byte source, when known. */
  readonly file?: string;
  /** Block identifier without `##`, when the problem sits in a block. */
  readonly block?: string;
  /** Byte offset in the file, when the problem has one. */
  readonly offset?: number;
  /** Link path to the block, when known. */
  readonly path?: string;
  /** The message without the place. */
  readonly reason: string;

  /** Builds the message from the place and the reason. */
  constructor(code: MdfErrorCode, reason: string, place: MdfErrorPlace = {}, cause?: unknown) {
    super(describePlace(place) + reason, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.reason = reason;
    this.file = place.file;
    this.block = place.block;
    this.offset = place.offset;
    this.path = place.path;
  }
}

function describePlace(place: MdfErrorPlace): string {
  const parts: string[] = [];
  if (place.file !== undefined) parts.push(place.file);
  let where = "";
  if (place.block !== undefined) where = `${place.block} block`;
  if (place.offset !== undefined) {
    where += `${where ? " " : ""}at offset ${place.offset} (0x${place.offset.toString(16)})`;
  }
  if (place.path) where += `${where ? ", " : ""}${place.path}`;
  if (where) parts.push(where);
  if (place.program) parts.push(`written by "${place.program}"`);
  return parts.length ? parts.join(": ") + ": " : "";
}

/** The input does not start with an MDF 4 identification block. */
export class NotMdfError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace) {
    super("not-mdf", reason, place);
  }
}

/** The file contradicts the format: a bad link, length, count, cycle or value. */
export class CorruptFileError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace, cause?: unknown) {
    super("corrupt", reason, place, cause);
  }
}

/** The file ends before the bytes that it refers to. */
export class TruncatedFileError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace) {
    super("truncated", reason, place);
  }
}

/** The file uses something the toolkit, or this runtime, cannot read; the message names it. */
export class UnsupportedFeatureError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace) {
    super("unsupported", reason, place);
  }
}

/** The file asks for more memory or more blocks than the limits in force allow. */
export class LimitExceededError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace) {
    super("limit", reason, place);
  }
}

/** The byte source failed: missing file, refused permission, HTTP status, dropped connection. */
export class SourceError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace, cause?: unknown) {
    super("source", reason, place, cause);
  }
}

/** The bytes behind the source were replaced while they were being read. */
export class SourceChangedError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace) {
    super("source-changed", reason, place);
  }
}

/** An index does not belong to the file it is used with, or that file has changed since. */
export class StaleIndexError extends MdfError {
  /** What differs: `size`, `identification`, `header`, `start`, `end`, `data`, `validator` … */
  readonly changed: readonly string[];
  /** Whether the file has only grown, as one does that a logger is writing. */
  readonly grown: boolean;
  /** See {@link MdfError}. */
  constructor(
    reason: string,
    place?: MdfErrorPlace,
    changed: readonly string[] = [],
    grown = false,
  ) {
    super("stale-index", reason, place);
    this.changed = changed;
    this.grown = grown;
  }
}

/** No channel has the name that was asked for. */
export class ChannelNotFoundError extends MdfError {
  /** Names that come close to the one asked for, nearest first. */
  readonly near: readonly string[];
  /** See {@link MdfError}. */
  constructor(reason: string, near: readonly string[], place?: MdfErrorPlace) {
    super("channel-not-found", reason, place);
    this.near = near;
  }
}

/** Several channel groups hold a channel of that name; pass `group` to choose one. */
export class AmbiguousChannelError extends MdfError {
  /** Indexes of the groups that hold the name. */
  readonly groups: readonly number[];
  /** See {@link MdfError}. */
  constructor(reason: string, groups: readonly number[], place?: MdfErrorPlace) {
    super("ambiguous-channel", reason, place);
    this.groups = groups;
  }
}

/** A call was made with arguments, or at a time, that cannot work. */
export class UsageError extends MdfError {
  /** See {@link MdfError}. */
  constructor(reason: string, place?: MdfErrorPlace) {
    super("usage", reason, place);
  }
}

/** Whether a value is an error of this toolkit, also across two copies of the module. */
export function isMdfError(value: unknown): value is MdfError {
  return value instanceof MdfError ||
    (value instanceof Error && typeof (value as MdfError).code === "string" &&
      typeof (value as MdfError).reason === "string");
}
