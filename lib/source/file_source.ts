/**
 * Bytes of a local file, read at explicit positions so that concurrent reads cannot disturb each
 * other. Works in every runtime that has `node:fs` (Deno, Node, Bun).
 *
 * @module
 */
import { SourceChangedError, SourceError, TruncatedFileError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";
import { builtinModule } from "./node_modules.ts";

interface Stats {
  size: number;
  mtimeMs: number;
  dev: number;
  ino: number;
  isFile(): boolean;
}

interface FileSystem {
  openSync(path: string | URL, flags: string): number;
  fstatSync(handle: number): Stats;
  statSync(path: string | URL): Stats;
  readSync(
    handle: number,
    target: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): number;
  closeSync(handle: number): void;
}

/** Opens a local file for reading. The handle is freed by `close`. */
export function fileSource(path: string | URL): ByteSource {
  const name = typeof path === "string" ? path : decodeURIComponent(path.pathname);
  const files = builtinModule<FileSystem>("node:fs");
  if (!files) {
    throw new SourceError(
      "this runtime has no file system; pass a Blob, a Uint8Array or a URL instead",
      { file: name },
    );
  }
  let handle: number;
  let stats: Stats;
  try {
    handle = files.openSync(path, "r");
    stats = files.fstatSync(handle);
  } catch (error) {
    throw new SourceError(describeOpenFailure(error), { file: name }, error);
  }
  if (!stats.isFile()) {
    files.closeSync(handle);
    throw new SourceError("this is not a regular file; give the path of an .mf4 file", {
      file: name,
    });
  }
  return new FileSource(files, handle, name, path, stats);
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly #files: FileSystem;
  readonly #path: string | URL;
  #size: number;
  #modified: number;
  #handle: number;

  constructor(
    files: FileSystem,
    handle: number,
    name: string,
    path: string | URL,
    stats: Stats,
  ) {
    this.#files = files;
    this.#handle = handle;
    this.name = name;
    this.#path = path;
    this.#size = stats.size;
    this.#modified = stats.mtimeMs;
  }

  get modified(): number {
    return this.#modified;
  }

  size(): Promise<number> {
    return Promise.resolve(this.#size);
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const target = new Uint8Array(Math.max(0, Math.min(length, this.#size - offset)));
    this.readIntoSync(offset, target);
    return Promise.resolve(target);
  }

  refresh(): Promise<ByteSource> {
    this.#checkOpen();
    const own = this.#files.fstatSync(this.#handle);
    const there = this.#statPath();
    if (there && (there.dev !== own.dev || there.ino !== own.ino)) {
      throw new SourceChangedError(
        "another file stands at this path now; open it again to read that one",
        { file: this.name },
      );
    }
    this.#size = own.size;
    this.#modified = own.mtimeMs;
    return Promise.resolve(this);
  }

  readIntoSync(offset: number, target: Uint8Array): void {
    this.#checkOpen(offset);
    let done = 0;
    while (done < target.length) {
      let count: number;
      try {
        count = this.#files.readSync(
          this.#handle,
          target,
          done,
          target.length - done,
          offset + done,
        );
      } catch (error) {
        throw new SourceError("the file could not be read", { file: this.name, offset }, error);
      }
      if (count === 0) this.#failAtEnd(offset + done, target.length - done);
      done += count;
    }
  }

  close(): void {
    if (this.#handle < 0) return;
    this.#files.closeSync(this.#handle);
    this.#handle = -1;
  }

  #checkOpen(offset?: number): void {
    if (this.#handle >= 0) return;
    throw new SourceError("the file was closed; open it again to read from it", {
      file: this.name,
      offset,
    });
  }

  /** What stands at the path now; a file that was renamed or removed can still be read. */
  #statPath(): Stats | undefined {
    try {
      return this.#files.statSync(this.#path);
    } catch {
      return undefined;
    }
  }

  #failAtEnd(offset: number, missing: number): never {
    const now = this.#files.fstatSync(this.#handle).size;
    if (now !== this.#size) {
      throw new SourceChangedError(
        `the file had ${this.#size} bytes when it was opened and has ${now} now; open it again`,
        { file: this.name, offset },
      );
    }
    throw new TruncatedFileError(`${missing} bytes are needed here but the file ends`, {
      file: this.name,
      offset,
    });
  }
}

function describeOpenFailure(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === "ENOENT") return "no such file; check the path";
  if (code === "EACCES" || code === "EPERM") {
    return "the file may not be read; check its permissions";
  }
  if (error instanceof Error && error.name === "NotCapable") {
    return "reading is not permitted; run with --allow-read";
  }
  return "the file could not be opened";
}
