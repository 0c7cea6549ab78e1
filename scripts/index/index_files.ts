/**
 * Where files and their indexes are: paths, addresses, folders.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import {
  type FileIdentity,
  indexStream,
  Mdf,
  type MdfIndex,
  readIndex,
  UsageError,
} from "../../mod.ts";
import { compareIdentity } from "../../lib/index/file_identity.ts";
import { openSource } from "../../lib/signal/open_source.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import type { IdentityComparison } from "../../mod.ts";

/** What a path or address leads to. */
export type InputKind = "file" | "index" | "catalogue" | "folder";

/** Name of the catalogue of a folder. */
export const CATALOGUE_NAME = "mf4-index.jsonl";

/** Whether it is an address and not a path. */
export function isAddress(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** What a path or address leads to, by its name. */
export async function kindOf(path: string): Promise<InputKind> {
  const name = isAddress(path) ? new URL(path).pathname : path;
  if (/\.jsonl$/i.test(name)) return "catalogue";
  if (/\.json(\.gz)?$/i.test(name)) return "index";
  if (isAddress(path)) return "file";
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    // Reading will tell.
    if (error instanceof Deno.errors.NotFound) return "file";
    throw error;
  }
}

/** All measurement files in a folder and those below it, in the order of their paths. */
export async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesIn(path));
    else if (/\.(mf4|mdf)$/i.test(name)) found.push(path);
  }
  return found.sort();
}

/** Where the index of a file is written. */
export function indexPath(file: string, gzip: boolean): string {
  const path = isAddress(file) ? basename(new URL(file).pathname) || "index" : file;
  return `${path}.index.json${gzip ? ".gz" : ""}`;
}

/** Opens a file or address as a stream of bytes. */
export async function openBytes(path: string): Promise<ReadableStream<Uint8Array>> {
  if (!isAddress(path)) return (await Deno.open(path)).readable;
  const response = await fetch(path);
  if (response.ok && response.body) return response.body;
  await response.body?.cancel();
  throw new UsageError(`the server answered ${response.status}`, { file: path });
}

/** Reads an index. */
export async function loadIndex(path: string): Promise<MdfIndex> {
  try {
    return await readIndex(await openBytes(path));
  } catch (error) {
    if (error instanceof UsageError && !error.file) {
      throw new UsageError(error.reason, { file: path });
    }
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError("there is no such index; make it with build", { file: path });
    }
    throw error;
  }
}

/** Writes a file whole or not at all. */
export async function writeWhole(
  path: string,
  stream: ReadableStream<Uint8Array>,
): Promise<number> {
  const part = join(dirname(path), `.${basename(path)}.part`);
  try {
    const file = await Deno.create(part);
    await stream.pipeTo(file.writable);
    const { size } = await Deno.stat(part);
    await Deno.rename(part, path);
    return size;
  } catch (error) {
    await Deno.remove(part).catch(() => {}); // it may never have been made
    throw error;
  }
}

/** Writes an index, and gives its bytes. */
export function saveIndex(path: string, index: MdfIndex, gzip: boolean): Promise<number> {
  return writeWhole(path, indexStream(index, { gzip }));
}

/** Opens a file as far as it can be, and makes its index. */
export async function makeIndexOf(file: string, places: boolean): Promise<MdfIndex> {
  await using mdf = await Mdf.open(file, { damaged: "skip" });
  await mdf.locateData();
  return places ? await mdf.toIndex({ records: true }) : mdf.toIndex();
}

/** How a file differs from the one that an index was made of. */
export async function compareFile(
  file: string,
  identity: FileIdentity,
): Promise<IdentityComparison & { size: number }> {
  const source = openSource(file);
  try {
    const reader = await SourceReader.open(source);
    return { ...await compareIdentity(reader, identity), size: reader.size };
  } finally {
    await source.close?.();
  }
}

/** An index of a file, and where it comes from. */
export interface FoundIndex {
  index: MdfIndex;
  /** Path of the index; absent where it was made just now. */
  path?: string;
  /** Why an index beside the file was not taken. */
  note?: string;
}

/** The index beside a file if it is still right, else one that is made now and kept nowhere. */
export async function indexOfFile(file: string): Promise<FoundIndex> {
  let note: string | undefined;
  for (const path of isAddress(file) ? [] : [indexPath(file, false), indexPath(file, true)]) {
    try {
      const index = await readIndex(await openBytes(path));
      const { stale, changed } = await compareFile(file, index.identity);
      if (!stale) return { index, path };
      note = `${path} is not taken: the file has changed since (${changed.join(", ")})`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      if (!(error instanceof UsageError)) throw error;
      note = `${path} is not taken: ${error.reason}`;
    }
  }
  return { index: await makeIndexOf(file, false), note };
}
