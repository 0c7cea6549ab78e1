/**
 * Writes a local file at explicit positions. Works in every runtime that has `node:fs` (Deno, Node,
 * Bun).
 *
 * @module
 */
import { SourceError, UsageError } from "../errors.ts";
import { builtinModule } from "../source/node_modules.ts";
import type { ByteSink } from "./byte_sink.ts";

interface FileSystem {
  openSync(path: string | URL, flags: string): number;
  writeSync(
    handle: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): number;
  closeSync(handle: number): void;
}

/** Creates a local file, or empties the one that is there. The handle is freed by `close`. */
export function fileSink(path: string | URL): ByteSink {
  if (typeof path === "string" && /^[a-z][a-z0-9+.-]+:\/\//i.test(path)) path = new URL(path);
  if (path instanceof URL && path.protocol !== "file:") {
    throw new UsageError(
      "a measurement is written to a local path, a file: URL or a WritableStream",
      { file: path.href },
    );
  }
  const name = typeof path === "string" ? path : decodeURIComponent(path.pathname);
  const files = builtinModule<FileSystem>("node:fs");
  if (!files) {
    throw new SourceError("this runtime has no file system; pass a WritableStream instead", {
      file: name,
    });
  }
  let handle: number;
  try {
    handle = files.openSync(path, "w");
  } catch (error) {
    throw new SourceError(describeOpenFailure(error), { file: name }, error);
  }
  return new FileSink(files, handle, name);
}

class FileSink implements ByteSink {
  readonly name: string;
  readonly #files: FileSystem;
  #handle: number;
  #end = 0;

  constructor(files: FileSystem, handle: number, name: string) {
    this.#files = files;
    this.#handle = handle;
    this.name = name;
  }

  write(bytes: Uint8Array): void {
    this.patch(this.#end, bytes);
    this.#end += bytes.length;
  }

  patch(offset: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      try {
        done += this.#files.writeSync(
          this.#handle,
          bytes,
          done,
          bytes.length - done,
          offset + done,
        );
      } catch (error) {
        throw new SourceError(describeWriteFailure(error), { file: this.name, offset }, error);
      }
    }
  }

  close(): void {
    if (this.#handle < 0) return;
    const handle = this.#handle;
    this.#handle = -1;
    try {
      this.#files.closeSync(handle);
    } catch (error) {
      throw new SourceError("the file could not be closed", { file: this.name }, error);
    }
  }

  abort(): void {
    this.close();
  }
}

function describeOpenFailure(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === "ENOENT") return "the folder does not exist; create it first";
  if (code === "EISDIR") return "this is a folder; give the path of a file";
  if (code === "EACCES" || code === "EPERM") {
    return "the file may not be written; check its permissions";
  }
  if (error instanceof Error && error.name === "NotCapable") {
    return "writing is not permitted; run with --allow-write";
  }
  return "the file could not be created";
}

function describeWriteFailure(error: unknown): string {
  if ((error as { code?: string }).code === "ENOSPC") {
    return "the disk is full; the file keeps what was written so far, marked as unfinalized";
  }
  return "the file could not be written";
}
