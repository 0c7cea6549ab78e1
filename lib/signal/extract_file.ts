/**
 * Writes a file into a folder and nowhere else.
 *
 * @module
 */
import { SourceError, UsageError } from "../errors.ts";
import { builtinModule } from "../source/node_modules.ts";

interface FileSystem {
  mkdirSync(path: string | URL, options: { recursive: boolean }): void;
  openSync(path: string, flags: string): number;
  writeSync(handle: number, bytes: Uint8Array, at: number, length: number): number;
  closeSync(handle: number): void;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { force: boolean }): void;
}

interface Paths {
  join(...parts: string[]): string;
}

interface Urls {
  fileURLToPath(url: URL): string;
}

/**
 * Writes `bytes` to `folder` under `name`, which must be a plain file name. The folder is made where
 * it does not exist. A file, link or folder of that name is left alone, unless `overwrite` replaces it.
 *
 * @returns the path of the file
 * @throws {UsageError} when the name is taken, or the folder is no local one
 * @throws {SourceError} when the file cannot be written
 */
export function writeIntoFolder(
  folder: string | URL,
  name: string,
  bytes: Uint8Array,
  overwrite: boolean,
): string {
  const files = builtinModule<FileSystem>("node:fs");
  const paths = builtinModule<Paths>("node:path");
  if (!files || !paths) {
    throw new SourceError("this runtime has no file system; use read() and keep the bytes", {
      file: name,
    });
  }
  const base = localFolder(folder);
  const path = paths.join(base, name);
  // Replacing goes through a new file and a rename: writing to the old one would follow a link.
  const target = overwrite ? paths.join(base, `.${crypto.randomUUID()}.part`) : path;
  let created = false;
  try {
    files.mkdirSync(base, { recursive: true });
    const handle = files.openSync(target, "wx");
    created = true;
    try {
      for (let done = 0; done < bytes.length;) {
        done += files.writeSync(handle, bytes, done, bytes.length - done);
      }
    } finally {
      files.closeSync(handle);
    }
    if (target !== path) files.renameSync(target, path);
    return path;
  } catch (error) {
    if (created) files.rmSync(target, { force: true });
    throw describe(error, path);
  }
}

function localFolder(folder: string | URL): string {
  const url = folder instanceof URL
    ? folder
    : /^[a-z][a-z0-9+.-]+:\/\//i.test(folder)
    ? new URL(folder)
    : undefined;
  if (!url) return folder as string;
  const urls = builtinModule<Urls>("node:url");
  if (url.protocol !== "file:" || !urls) {
    throw new UsageError("attachments are written to a local folder", { file: url.href });
  }
  return urls.fileURLToPath(url);
}

function describe(error: unknown, path: string): Error {
  const { code, name } = error as { code?: string; name?: string };
  const place = { file: path };
  if (code === "EEXIST") {
    return new UsageError(
      "something of that name is in the folder already; pass overwrite: true to replace it",
      place,
    );
  }
  if (name === "NotCapable") {
    return new SourceError("writing is not permitted; run with --allow-write", place, error);
  }
  return new SourceError("the file could not be written", place, error);
}
