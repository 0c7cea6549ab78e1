/**
 * What tells one file from another, cheaply, and a file that has grown from one that was replaced.
 *
 * @module
 */
import { StaleIndexError, UsageError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { DataChain, Measurement } from "../structure/measurement.ts";
import { type Coder, IndexReader, list, member, optional, string, whole } from "./coder.ts";
import { digest } from "./digest.ts";
import { record } from "./table.ts";

/** Identity of a file. Digests are 16 hexadecimal digits. */
export interface FileIdentity {
  /** Size in bytes. */
  size: number;
  /** Digest of the identification block. */
  identification: string;
  /** Digest of what the header block says of the measurement: its start time above all. */
  header: string;
  /** Digest of the first bytes, which hold the first blocks of the structure. */
  start: string;
  /** Digest of the last bytes; absent where the source told its version instead. */
  end?: string;
  /** Samples of the measured data, which a logger only ever adds to: `[offset, length, digest]`. */
  data?: Sample[];
  /** Samples spread over the whole file. */
  spread?: Sample[];
  /** What the source itself tells versions apart by, such as an HTTP entity tag. */
  validator?: string;
  /** When the file was last changed, as its source tells it. */
  modified?: string;
}

/** A sample of a file: where it lies, how long it is, its digest. */
export type Sample = [offset: number, length: number, digest: string];

/** A part of a file's identity. */
export type IdentityPart =
  | "size"
  | "identification"
  | "header"
  | "start"
  | "end"
  | "data"
  | "spread"
  | "validator"
  | "modified";

/** How a file differs from the one that an identity was taken of. */
export interface IdentityComparison {
  /** What is different. */
  readonly changed: readonly IdentityPart[];
  /** Whether it is another file, or another version of it; a time of change alone says nothing. */
  readonly stale: boolean;
  /**
   * Whether the file has only grown, as one does that a logger is writing: it is longer, and its
   * beginning and the data that were there are the same.
   */
  readonly grown: boolean;
}

const HEX = string(/^[0-9a-f]{16}$/);

const SAMPLE: Coder<Sample> = {
  write: (sample) => [...sample],
  read(json, from) {
    const [offset, length, sum, ...more] = Array.isArray(json) ? json : [];
    if (more.length > 0) from.fail("a sample has the form [offset, length, digest]");
    const size = whole(53).coder;
    return [size.read(offset, from), whole(16).coder.read(length, from), HEX.read(sum, from)];
  },
  schema: {
    type: "array",
    prefixItems: [{ type: "integer" }, { type: "integer" }, HEX.schema],
    minItems: 3,
    maxItems: 3,
  },
};

/** How an identity stands in an index. */
export const IDENTITY: Coder<FileIdentity> = record<FileIdentity>({
  size: whole(53),
  identification: member(HEX),
  header: member(HEX),
  start: member(HEX),
  end: optional(member(HEX)),
  data: optional(member(list(SAMPLE))),
  spread: optional(member(list(SAMPLE))),
  validator: optional(member(string())),
  modified: optional(member(string())),
});

/** Bytes at either end that are looked at. */
export const IDENTITY_BYTES = 4096;
/** Bytes of a sample. */
const SAMPLE_BYTES = 512;
/** Samples of the data, and as many spread over the file. */
const SAMPLES = 8;
/** Samples that are looked at where each one has to be waited for. */
const FETCHED_SAMPLES = 4;
/** The identification block, and where the fields of the header block stand. */
const HEADER_AT = 64;
const HEADER_FIELDS = [136, 168] as const;

/** Takes the identity of a file; the measurement tells where its data lies. */
export async function fileIdentity(
  source: SourceReader,
  measurement: Measurement,
  signal?: AbortSignal,
): Promise<FileIdentity> {
  const { size } = source;
  const first = await source.read(0, Math.min(IDENTITY_BYTES, size), signal);
  const identity: FileIdentity = { size, ...digestsOf(first) };
  const { validator, modified } = versionOf(source);
  if (validator === undefined) {
    identity.end = digest(await source.read(size - first.length, first.length, signal));
    const most = source.synchronous ? SAMPLES : FETCHED_SAMPLES;
    const live = measurement.identification.file !== "MDF";
    const wanted = live ? isSettled : undefined;
    const data = await sampled(source, dataPlaces(measurement, most), signal, wanted);
    if (data.length > 0) identity.data = data;
    if (source.synchronous) {
      identity.spread = await sampled(source, spreadPlaces(size, most), signal);
    }
  } else identity.validator = validator;
  if (modified !== undefined) identity.modified = modified;
  return identity;
}

/** Compares a file with the one that an identity was taken of. */
export async function compareIdentity(
  source: SourceReader,
  expected: FileIdentity,
  signal?: AbortSignal,
): Promise<IdentityComparison> {
  checkForm(expected);
  const { size } = source;
  const changed: IdentityPart[] = [];
  const check = (part: IdentityPart, same: boolean) => {
    if (!same) changed.push(part);
  };
  check("size", size === expected.size);
  const length = Math.min(IDENTITY_BYTES, size, expected.size);
  const first = digestsOf(await source.read(0, length, signal));
  for (const part of ["identification", "header", "start"] as const) {
    check(part, first[part] === expected[part]);
  }
  const { validator, modified } = versionOf(source);
  const versions = validator !== undefined && expected.validator !== undefined;
  if (versions) check("validator", validator === expected.validator);
  if (modified !== undefined && expected.modified !== undefined) {
    check("modified", modified === expected.modified);
  }
  // A version that is the same spares looking.
  if (!versions || validator !== expected.validator) {
    if (expected.end !== undefined && size >= expected.size) {
      const end = await source.read(expected.size - length, length, signal);
      check("end", digest(end) === expected.end);
    }
    check("data", await same(source, expected.data, signal));
    if (source.synchronous) check("spread", await same(source, expected.spread, signal));
  }
  const grown = size > expected.size &&
    !changed.some((part) => part === "identification" || part === "header" || part === "data");
  return { changed, stale: changed.some((part) => part !== "modified"), grown };
}

/**
 * Checks that a source still is the file that an index was made from, or with `mayGrow`, that it has
 * only grown; returns whether it has.
 *
 * @throws {StaleIndexError} when it is not
 * @throws {UsageError} when the identity is damaged
 */
export async function checkIdentity(
  source: SourceReader,
  expected: FileIdentity,
  { mayGrow = false, signal }: { mayGrow?: boolean; signal?: AbortSignal } = {},
): Promise<boolean> {
  const { changed, stale, grown } = await compareIdentity(source, expected, signal);
  if (!stale) return false;
  if (grown && mayGrow) return true;
  const what = changed.map((part) =>
    part === "size"
      ? `it had ${expected.size} bytes and now has ${source.size}`
      : part === "validator"
      ? `"${expected.validator}" became "${source.validator}"`
      : PART_WORDS[part]
  ).join("; ");
  throw new StaleIndexError(
    grown
      ? `the file has grown since the index was made: ${what}; open it with { grown: "continue" } ` +
        "to go on from the index, or make the index again with toIndex()"
      : `the index was made from another version of this file: ${what}; make it again with toIndex()`,
    { file: source.name },
    changed,
    grown,
  );
}

const PART_WORDS: Readonly<Record<Exclude<IdentityPart, "size" | "validator">, string>> = {
  identification: "its identification block differs",
  header: "its header block differs",
  start: "its first bytes differ",
  end: "its last bytes differ",
  data: "its data differ",
  spread: "samples of it differ",
  modified: "it was changed at another time",
};

/** @throws {UsageError} when an identity has not the form it must have */
function checkForm(identity: FileIdentity): void {
  const from = new IndexReader();
  from.within("identity", () => IDENTITY.read(identity, from));
  const samples = [...identity.data ?? [], ...identity.spread ?? []];
  if (samples.length <= 2 * SAMPLES) return;
  throw new UsageError(
    `the index asks for ${samples.length} samples of its file, and at most ${2 * SAMPLES} are ` +
      "taken; make it again with toIndex()",
  );
}

function digestsOf(first: Uint8Array): Pick<FileIdentity, "identification" | "header" | "start"> {
  return {
    identification: digest(first.subarray(0, HEADER_AT)),
    header: digest(first.subarray(...HEADER_FIELDS)),
    start: digest(first),
  };
}

/** A time of change is no proof of a version: copies of a file have others. */
function versionOf(source: SourceReader): { validator?: string; modified?: string } {
  const { validator, modified } = source;
  if (validator === undefined) {
    return { modified: modified === undefined ? undefined : new Date(modified).toISOString() };
  }
  if (validator.startsWith("modified ")) return { modified: validator.slice("modified ".length) };
  return { validator };
}

async function sampled(
  source: SourceReader,
  places: readonly (readonly [offset: number, length: number])[],
  signal?: AbortSignal,
  wanted: (bytes: Uint8Array) => boolean = () => true,
): Promise<Sample[]> {
  const samples = await Promise.all(places.map(async ([offset, length]): Promise<Sample[]> => {
    const bytes = await source.read(offset, length, signal);
    return wanted(bytes) ? [[offset, length, digest(bytes)]] : [];
  }));
  return samples.flat();
}

/** Room that a logger has reserved for data is filled with zeros. */
function isSettled(bytes: Uint8Array): boolean {
  return bytes.subarray(-8).some((byte) => byte !== 0);
}

/** Whether samples are what they were; of many, those spread evenly where each has to be waited for. */
async function same(
  source: SourceReader,
  expected: readonly Sample[] = [],
  signal?: AbortSignal,
): Promise<boolean> {
  const every = source.synchronous ? 1 : Math.ceil(expected.length / FETCHED_SAMPLES);
  const looked = expected.filter((_, i) => i % every === 0);
  if (looked.some(([offset, length]) => offset + length > source.size)) return false;
  const now = await sampled(source, looked.map(([offset, length]) => [offset, length]), signal);
  return now.every(([, , sum], i) => sum === looked[i][2]);
}

function spreadPlaces(size: number, count: number): [offset: number, length: number][] {
  const length = Math.min(SAMPLE_BYTES, size);
  return Array.from({ length: count }, (_, i) => [
    Math.floor((size - length) * (i + 1) / (count + 1)),
    length,
  ]);
}

/** Places in the data, evenly spaced when all of it is put together. */
function dataPlaces(measurement: Measurement, count: number): [offset: number, length: number][] {
  let total = 0;
  for (const { fragments } of dataChains(measurement)) {
    for (const { offset, length, stored = length } of fragments) if (offset >= 0) total += stored;
  }
  const places: [offset: number, length: number][] = [];
  let before = 0;
  for (const { fragments } of dataChains(measurement)) {
    for (const { offset, length, stored = length } of fragments) {
      if (offset < 0) continue;
      while (places.length < count) {
        const at = Math.floor((total - 1) * places.length / Math.max(1, count - 1)) - before;
        if (at >= stored) break;
        const size = Math.min(SAMPLE_BYTES, stored);
        places.push([offset + Math.min(at, stored - size), size]);
      }
      before += stored;
    }
  }
  // Small data are sampled more than once in the same place.
  return places.filter(([offset], i) => i === 0 || offset !== places[i - 1][0]);
}

function* dataChains({ dataGroups, signalData }: Measurement): Generator<DataChain> {
  for (const { data } of dataGroups) yield data;
  yield* signalData;
}
