/**
 * Removes what a manifest lists.
 *
 * @module
 */
import { join } from "node:path";
import { MANIFEST_NAME, readManifest, stateOf, updateManifest } from "./manifest.ts";

/** How {@link cleanGenerated} goes about it. */
export interface CleanOptions {
  /** Remove nothing. */
  dryRun?: boolean;
  /** Also remove files that were changed since. */
  force?: boolean;
}

/** What becomes of a listed file. */
export interface CleanedFile {
  name: string;
  /** `forget` takes a file off the list that is gone already. */
  action: "remove" | "skip" | "forget";
  /** Size in bytes; 0 when it is gone. */
  bytes: number;
}

/**
 * Removes the generated files of a folder and takes them off its list. Files that were changed since
 * stay, in the folder and on the list, unless `force` is set. Files that are not listed are not touched.
 */
export async function cleanGenerated(
  directory: string,
  options: CleanOptions = {},
): Promise<CleanedFile[]> {
  const result: CleanedFile[] = [];
  for (const entry of await readManifest(directory)) {
    const { name } = entry;
    const path = join(directory, name);
    const state = await stateOf(directory, entry, true);
    if (state === "missing") {
      result.push({ name, action: "forget", bytes: 0 });
      continue;
    }
    const info = await Deno.lstat(path);
    const action = state === "unchanged" || (options.force && !info.isDirectory)
      ? "remove"
      : "skip";
    result.push({ name, action, bytes: info.size });
    if (action === "remove" && !options.dryRun) await Deno.remove(path);
  }
  if (options.dryRun || result.length === 0) return result;
  const gone = new Set(result.filter((f) => f.action !== "skip").map((f) => f.name));
  let left = 0;
  await updateManifest(directory, (files) => {
    const kept = files.filter((file) => !gone.has(file.name));
    left = kept.length;
    return kept;
  });
  if (left === 0) await Deno.remove(join(directory, MANIFEST_NAME));
  return result;
}
