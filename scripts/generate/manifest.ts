/**
 * The list of generated files in a folder, so that cleaning removes those and nothing else, and a file
 * that is still right need not be made again.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { GeneratedFile } from "./generate_file.ts";
import { hashFile } from "./hash_file.ts";

/** Name of the manifest within its folder. */
export const MANIFEST_NAME = ".generated.json";

/** A generated file as the manifest lists it. */
export interface ManifestEntry extends Omit<GeneratedFile, "path" | "seconds"> {
  /** Name within the folder. */
  name: string;
  sha256: string;
  /** Time of the last change in milliseconds, to notice most changes without reading the file. */
  modified: number;
  /** Everything that decides the bytes, as one text. */
  parameters: string;
}

/** Whether a listed file is still what was generated. */
export type FileState = "unchanged" | "changed" | "missing";

interface Manifest {
  version: 1;
  files: ManifestEntry[];
}

/** The manifest cannot be used; the message says why and what to do. */
export class ManifestError extends Error {
  override name = "ManifestError";
}

/** The files listed in a folder; none when it has no manifest. */
export async function readManifest(directory: string): Promise<ManifestEntry[]> {
  const path = join(directory, MANIFEST_NAME);
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  using locked = file;
  await locked.lock(false); // a list that is being changed may be half written
  return parse(await Deno.readTextFile(path), path);
}

/** Changes the list under a lock, so that programs running side by side lose no entry. */
export async function updateManifest(
  directory: string,
  change: (files: ManifestEntry[]) => ManifestEntry[],
): Promise<void> {
  const path = join(directory, MANIFEST_NAME);
  using file = await Deno.open(path, { read: true, write: true, create: true });
  await file.lock(true);
  const files = change(parse(await Deno.readTextFile(path), path));
  const manifest: Manifest = {
    version: 1,
    files: files.toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n");
  await file.truncate();
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Compares a listed file with what was generated; `thorough` reads it whatever its time says. */
export async function stateOf(
  directory: string,
  entry: ManifestEntry,
  thorough: boolean,
): Promise<FileState> {
  const path = join(directory, entry.name);
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
  if (!info.isFile || info.size !== entry.bytes) return "changed";
  if (!thorough && info.mtime?.getTime() === entry.modified) return "unchanged";
  return await hashFile(path) === entry.sha256 ? "unchanged" : "changed";
}

function parse(text: string, path: string): ManifestEntry[] {
  if (text === "") return [];
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw new ManifestError(`${path} is not JSON any more; repair or delete it`, { cause: error });
  }
  if (manifest?.version !== 1 || !Array.isArray(manifest.files)) {
    throw new ManifestError(`${path} is not a list of generated files; repair or delete it`);
  }
  for (const { name } of manifest.files) {
    // A name that leads out of the folder would let cleaning delete any file.
    if (typeof name !== "string" || name === "" || name === ".." || name !== basename(name)) {
      throw new ManifestError(`${path} lists "${name}", which is not a name in its folder`);
    }
  }
  return manifest.files;
}
