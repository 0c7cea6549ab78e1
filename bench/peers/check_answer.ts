/**
 * Compares what a peer found with what was generated, value by value.
 *
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { sampleCorrelation } from "simple-statistics";
import type { ExpectedColumn } from "../../scripts/generate/expected.ts";
import type { Checked, DumpedColumn, Job } from "./protocol.ts";
import { PeerError } from "./runner_process.ts";

/** A file whose values are known, as far as an answer is compared with it. */
export interface KnownFile {
  readonly file: { readonly bytes: number };
  /** Records of the group that is read. */
  readonly records: number;
  /** Names of the channels of each group. */
  names(): string[][];
  /** All channels of that group for a few records from `first` on. */
  piece(first: number): ExpectedColumn[];
  /** Where the pieces begin. */
  pieceStarts(): number[];
}

type Numbers = ArrayLike<number | bigint>;

// Of the largest value of a channel. Readers may round a conversion in another order; stored numbers
// are compared exactly.
const ROUNDING = 1e-12;
const SAMPLED = 10_000;

/**
 * Throws unless the answer is right.
 *
 * @throws {PeerError} saying what differs.
 */
export function checkAnswer(file: KnownFile, job: Job, answer: Checked, dump: string): void {
  if (answer.names) return checkNames(file, answer.names);
  if (answer.bytes !== undefined) return checkBytes(file, answer.bytes);
  const columns = answer.columns ?? [];
  if (columns.length !== job.columns.length) {
    throw new PeerError(`it gives ${columns.length} channels of ${job.columns.length}`);
  }
  const handle = openSync(dump, "r");
  try {
    columns.forEach((column, i) => checkColumn(file, job, i, column, handle));
  } finally {
    closeSync(handle);
  }
}

/** How many values, names or bytes each run must give. */
export function amountOf(file: KnownFile, job: Job, answer: Checked): number {
  if (answer.bytes !== undefined) return answer.bytes;
  if (answer.names) return file.names().reduce((sum, { length }) => sum + length, 0);
  return job.columns.length * file.records;
}

function checkNames(file: KnownFile, names: string[][]): void {
  const expected = file.names();
  if (names.length !== expected.length) {
    throw new PeerError(`it lists ${names.length} groups of ${expected.length}`);
  }
  expected.forEach((group, i) => {
    const wrong = group.findIndex((name, k) => name !== names[i][k]);
    if (wrong < 0 && group.length === names[i].length) return;
    throw new PeerError(
      wrong < 0
        ? `it lists ${names[i].length} channels of ${group.length} in group ${i}`
        : `channel ${wrong} of group ${i} is "${names[i][wrong]}", expected "${group[wrong]}"`,
    );
  });
}

function checkBytes(file: KnownFile, bytes: number): void {
  if (bytes === file.file.bytes) return;
  throw new PeerError(`it went through ${bytes} bytes of ${file.file.bytes}`);
}

/** Values that differ in one channel. */
interface Differences {
  count: number;
  first?: string;
}

function checkColumn(
  file: KnownFile,
  job: Job,
  place: number,
  column: DumpedColumn,
  handle: number,
): void {
  const { name, channel, kind } = job.columns[place];
  if (column.count !== file.records) {
    throw new PeerError(`"${name}" has ${column.count} values, expected ${file.records}`);
  }
  if ((column.type === "text") !== (kind === "text")) {
    throw new PeerError(`"${name}" is given as ${column.type}, expected ${kind}`);
  }
  const raw = job.operation === "read all raw";
  const differences: Differences = { count: 0 };
  const range = { min: Infinity, max: -Infinity };
  const texts = column.type === "text" ? readTexts(column, handle) : undefined;
  for (const first of file.pieceStarts()) {
    const expected = file.piece(first)[channel];
    const wanted = raw ? expected.raw : expected.values;
    if (texts) {
      comparePiece(
        texts.slice(first, first + wanted.length),
        wanted as string[],
        first,
        differences,
      );
    } else {
      const actual = readNumbers(column, first, wanted.length, handle);
      const tolerance = raw || expected.values === expected.raw ? 0 : toleranceOf(expected);
      compareNumbers(actual, wanted as Numbers, tolerance, first, differences);
      widen(range, actual);
    }
  }
  if (differences.count > 0) {
    throw new PeerError(
      `"${name}": ${differences.first}; ${differences.count} of ${column.count} values differ` +
        (texts ? "" : correlationOf(file, column, channel, raw, handle)),
    );
  }
  // What the peer says it holds must be what it wrote down.
  if (!texts && (column.min !== range.min || column.max !== range.max)) {
    throw new PeerError(
      `"${name}" goes from ${column.min} to ${column.max} by its own account, ` +
        `but from ${range.min} to ${range.max} in what it wrote`,
    );
  }
}

function toleranceOf({ values }: ExpectedColumn): number {
  let largest = 0;
  for (const value of values as Float64Array) largest = Math.max(largest, Math.abs(value));
  return largest * ROUNDING;
}

function comparePiece(actual: string[], wanted: string[], first: number, found: Differences): void {
  for (let i = 0; i < wanted.length; i++) {
    if (actual[i] === wanted[i]) continue;
    found.first ??= `record ${first + i} is "${actual[i]}", expected "${wanted[i]}"`;
    found.count++;
  }
}

function compareNumbers(
  actual: Numbers,
  wanted: Numbers,
  tolerance: number,
  first: number,
  found: Differences,
): void {
  // Two numbers of one kind compare exactly as they are; generated integers fit a float64.
  const mixed = typeof actual[0] !== typeof wanted[0];
  for (let i = 0; i < wanted.length; i++) {
    const is = mixed ? Number(actual[i]) : actual[i];
    const must = mixed ? Number(wanted[i]) : wanted[i];
    if (is === must) continue;
    if (tolerance > 0 && Math.abs(Number(is) - Number(must)) <= tolerance) continue;
    found.first ??= `record ${first + i} is ${is}, expected ${must}`;
    found.count++;
  }
}

function widen(range: { min: number; max: number }, values: Numbers): void {
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (value < range.min) range.min = value;
    if (value > range.max) range.max = value;
  }
}

/** How far values that differ still go along with those that were expected. */
function correlationOf(
  file: KnownFile,
  column: DumpedColumn,
  channel: number,
  raw: boolean,
  handle: number,
): string {
  const expected = file.piece(0)[channel];
  const wanted = Array.from((raw ? expected.raw : expected.values) as Numbers, Number)
    .slice(0, SAMPLED);
  const actual = Array.from(readNumbers(column, 0, wanted.length, handle), Number);
  const correlation = sampleCorrelation(actual, wanted);
  return Number.isNaN(correlation) ? "" : ` (correlation ${correlation.toFixed(4)})`;
}

/** Numbers of a column that was written to a file. */
export function readNumbers(
  column: DumpedColumn,
  first: number,
  count: number,
  handle: number,
): Numbers {
  const bytes = readBytes(handle, column.offset + first * 8, count * 8);
  if (column.type === "i8") return new BigInt64Array(bytes.buffer);
  if (column.type === "u8") return new BigUint64Array(bytes.buffer);
  return new Float64Array(bytes.buffer);
}

/** Texts of a column that was written to a file. */
export function readTexts(column: DumpedColumn, handle: number): string[] {
  const text = new TextDecoder().decode(readBytes(handle, column.offset, column.bytes));
  return text.slice(0, -1).split("\n");
}

function readBytes(handle: number, offset: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const done = readSync(handle, bytes, at, count - at, offset + at);
    if (done === 0) throw new PeerError("it wrote down fewer values than it told of");
    at += done;
  }
  return bytes;
}
