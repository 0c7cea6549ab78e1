/**
 * Generated files that are kept: made when missing or out of date, left alone when they are right.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { type DataOptions, planData } from "./data_plan.ts";
import {
  type GeneratedFile,
  type GenerateOptions,
  generateWith,
  type Progress,
} from "./generate_file.ts";
import { hashFile, hashText } from "./hash_file.ts";
import { type ManifestEntry, readManifest, stateOf, updateManifest } from "./manifest.ts";
import type { Compression } from "./write_records.ts";

/** Sizes by name, in bytes. */
export const SIZES = {
  small: 1_000_000,
  medium: 10_000_000,
  large: 100_000_000,
  huge: 500_000_000,
} as const;

/** Name of a size. */
export type SizeName = keyof typeof SIZES;

/** How large a file is to be. */
export type Size = SizeName | { bytes: number } | { records: number };

/** Options of {@link ensureTestFile}. */
export interface TestFileOptions extends DataOptions {
  /** `none` when absent. */
  compression?: Compression;
  /** Folder of the file; `testdata` when absent. */
  directory?: string;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** What {@link ensureTestFile} and {@link ensureFile} give. */
export interface TestFile extends GeneratedFile {
  sha256: string;
  /** Whether the file was there already and right. */
  kept: boolean;
}

/** A file that is not known to be a generated one stands where one is to go. */
export class FileInTheWayError extends Error {
  override name = "FileInTheWayError";
}

/** The project's folder of test data. */
export const TESTDATA = join(import.meta.dirname!, "..", "..", "testdata");

// To be raised when the same options give other bytes than before, so that old files are replaced.
const GENERATOR_VERSION = 1;

/**
 * Makes `testdata/<name>.mf4` unless it is there with the right content. The name follows from size
 * and options: `small.mf4`, `large_industrial_deflate.mf4`, `25000000B_c200_seed7.mf4`.
 *
 * @throws {FileInTheWayError} If a file of that name is there which was not generated, or was changed.
 * @throws {RangeError} If an option is out of range or the size cannot be reached.
 */
export function ensureTestFile(size: Size, options: TestFileOptions = {}): Promise<TestFile> {
  const { directory = TESTDATA, ...rest } = options;
  const path = join(directory, testFileName(size, options));
  return ensureFile({ ...rest, ...sizeOptions(size), path }, { record: true });
}

/** The name {@link ensureTestFile} gives a file. */
export function testFileName(size: Size, options: DataOptions & { compression?: Compression }) {
  const { pattern, seed } = planData(options);
  const parts = [
    typeof size === "string" ? size : "bytes" in size ? `${size.bytes}B` : `${size.records}records`,
  ];
  if (pattern.name !== "automotive") parts.push(pattern.name);
  if (options.compression && options.compression !== "none") parts.push(options.compression);
  if (options.channels !== undefined) parts.push(`c${options.channels}`);
  if ((options.groups ?? 1) !== 1) parts.push(`g${options.groups}`);
  if (seed !== 1) parts.push(`seed${seed}`);
  return parts.join("_") + ".mf4";
}

/** A size as {@link generateFile} takes it. */
export function sizeOptions(size: Size): { bytes: number } | { records: number } {
  return typeof size === "string" ? { bytes: SIZES[size] } : size;
}

/** How {@link ensureFile} treats what it finds. */
export interface EnsureMode {
  /** List the file in the manifest of its folder. */
  record: boolean;
  /** Make it again, and replace whatever stands in its place. */
  force?: boolean;
}

/** Makes a file unless it is there, listed and right. See {@link ensureTestFile}. */
export function ensureFile(options: GenerateOptions, mode: EnsureMode): Promise<TestFile> {
  return ensureMade(
    options.path,
    describeParameters(options),
    mode,
    (publish) => generateWith(options, publish),
  );
}

/** Makes a file beside its place and leaves it to `publish` to put it there. */
export type MakeFile = (
  publish: (unfinished: string, file: GeneratedFile) => Promise<void>,
) => Promise<GeneratedFile>;

/**
 * The same for a file of any maker. `parameters` is everything that decides its bytes: where it is
 * another, the file is made anew.
 */
export async function ensureMade(
  path: string,
  parameters: string,
  mode: EnsureMode,
  make: MakeFile,
): Promise<TestFile> {
  const directory = dirname(path), name = basename(path);
  // In this order: whoever puts a file there has listed it before.
  const inTheWay = await exists(path);
  const entry = (await readManifest(directory)).find((file) => file.name === name);
  if (inTheWay && !mode.force) {
    if (!entry) {
      throw new FileInTheWayError(
        `${path} is there already and was not generated; move it, or replace it with --force`,
      );
    }
    if (await stateOf(directory, entry, false) === "changed") {
      throw new FileInTheWayError(
        `${path} was changed since it was generated; move it, or replace it with --force`,
      );
    }
    if (entry.parameters === parameters) return keptFile(path, entry);
  }
  await Deno.mkdir(directory, { recursive: true });
  let sha256 = "";
  const file = await make(async (unfinished, { path: _, seconds: __, ...facts }) => {
    sha256 = await hashFile(unfinished);
    if (mode.record || entry) {
      const modified = (await Deno.stat(unfinished)).mtime?.getTime() ?? 0;
      const added: ManifestEntry = { name, ...facts, sha256, modified, parameters };
      await updateManifest(
        directory,
        (files) => [...files.filter((other) => other.name !== name), added],
      );
    }
    await Deno.rename(unfinished, path); // only now, see above
  });
  return { ...file, sha256, kept: false };
}

function keptFile(path: string, entry: ManifestEntry): TestFile {
  const { name: _, modified: __, parameters: ___, ...facts } = entry;
  return { path, ...facts, seconds: 0, kept: true };
}

function describeParameters(options: GenerateOptions): string {
  const plan = planData(options);
  return JSON.stringify({
    generator: GENERATOR_VERSION,
    bytes: options.bytes,
    records: options.records,
    pattern: plan.pattern.name,
    patternSha256: hashText(JSON.stringify(plan.pattern)),
    seed: plan.seed,
    channels: plan.groups[0].signals.length,
    groups: plan.groups.length,
    compression: options.compression ?? "none",
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
