/**
 * Bytes of a local file, read at explicit positions so that concurrent reads cannot disturb each
 * other. Works in every runtime that has files of its own or `node:fs` (Deno, Node, Bun).
 * What else only Deno's own files can do, bringing new memory, is here too: no other file that reads names Deno.
 *
 * @module
 */
import { SourceChangedError, SourceError, TruncatedFileError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";
import { type FileStats, nodeFiles, type OpenFile, type RuntimeFiles } from "./node_files.ts";

/** Opens a local file for reading. The handle is freed by `close`. */
export function fileSource(path: string | URL): ByteSource {
  const name = typeof path === "string" ? path : decodeURIComponent(path.pathname);
  const files = denoFiles() ?? nodeFiles();
  if (!files) {
    throw new SourceError(
      "this runtime has no file system; pass a Blob, a Uint8Array or a URL instead",
      { file: name },
    );
  }
  let file: OpenFile;
  let stats: FileStats;
  try {
    file = files.open(path);
    stats = file.stat();
  } catch (error) {
    throw new SourceError(describeOpenFailure(error), { file: name }, error);
  }
  if (!stats.isFile) {
    file.close();
    throw new SourceError("this is not a regular file; give the path of an .mf4 file", {
      file: name,
    });
  }
  return new FileSource(files, file, name, path, stats);
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly #files: RuntimeFiles;
  readonly #path: string | URL;
  #size: number;
  #modified: number;
  #file?: OpenFile;

  constructor(
    files: RuntimeFiles,
    file: OpenFile,
    name: string,
    path: string | URL,
    stats: FileStats,
  ) {
    this.#files = files;
    this.#file = file;
    this.name = name;
    this.#path = path;
    this.#size = stats.size;
    this.#modified = stats.modified;
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
    const own = this.#opened().stat();
    const there = this.#statPath();
    if (there && (there.dev !== own.dev || there.ino !== own.ino)) {
      throw new SourceChangedError(
        "another file stands at this path now; open it again to read that one",
        { file: this.name },
      );
    }
    this.#size = own.size;
    this.#modified = own.modified;
    return Promise.resolve(this);
  }

  readIntoSync(offset: number, target: Uint8Array): void {
    const file = this.#opened(offset);
    for (let done = 0; done < target.length;) {
      let count: number;
      try {
        count = file.read(done === 0 ? target : target.subarray(done), offset + done);
      } catch (error) {
        throw new SourceError("the file could not be read", { file: this.name, offset }, error);
      }
      if (count === 0) this.#failAtEnd(file, offset + done, target.length - done);
      done += count;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #opened(offset?: number): OpenFile {
    if (this.#file) return this.#file;
    throw new SourceError("the file was closed; open it again to read from it", {
      file: this.name,
      offset,
    });
  }

  /** What stands at the path now; a file that was renamed or removed can still be read. */
  #statPath(): FileStats | undefined {
    try {
      return this.#files.stat(this.#path);
    } catch {
      return undefined;
    }
  }

  #failAtEnd(file: OpenFile, offset: number, missing: number): never {
    const now = file.stat().size;
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

interface DenoStats {
  isFile: boolean;
  size: number;
  isCharDevice: boolean | null;
  mtime: Date | null;
  dev: number;
  ino: number | null;
}

interface DenoFile {
  statSync(): DenoStats;
  seekSync(offset: number, whence: 0): number;
  readSync(target: Uint8Array): number | null;
  read(target: Uint8Array): Promise<number | null>;
  close(): void;
}

interface DenoLike {
  openSync(path: string | URL): DenoFile;
  statSync(path: string | URL): DenoStats;
  memoryUsage(): { rss: number };
  permissions: { querySync(descriptor: { name: "read"; path: string }): { state: string } };
}

function denoRuntime(): DenoLike | undefined {
  const runtime = (globalThis as { Deno?: DenoLike }).Deno;
  return typeof runtime?.openSync === "function" ? runtime : undefined;
}

/** Deno's own: it takes some 15 ms to have `node:fs` there. */
function denoFiles(): RuntimeFiles | undefined {
  const runtime = denoRuntime();
  if (!runtime) return undefined;
  const statsOf = ({ mtime, ...stats }: DenoStats): FileStats => ({
    ...stats,
    modified: mtime?.getTime() ?? 0,
  });
  return {
    stat: (path) => statsOf(runtime.statSync(path)),
    open(path) {
      const file = runtime.openSync(path);
      let place = 0;
      return {
        stat: () => statsOf(file.statSync()),
        read(target, position) {
          if (position !== place) file.seekSync(position, 0);
          // Nobody knows where a read that fails has left it.
          place = NaN;
          const count = file.readSync(target) ?? 0;
          place = position + count;
          return count;
        },
        close: () => file.close(),
      };
    },
  };
}

/** What a runtime can do for memory that was never touched. */
export interface MemoryHelper {
  /** Bytes of the process that are in memory. */
  residentBytes(): number;
  /** Has another thread write zeros to all of `target`, which is not to be touched before; never fails. */
  zero(target: Uint8Array): Promise<void>;
}

/** Gives zeros without end, on Linux and macOS. */
const ZEROS = "/dev/zero";

/**
 * Threads of the runtime that bring pages of new memory: Deno reads files on threads of its own, and what
 * they read into has its pages then. Undefined where there are none, or where that file may not be read.
 */
export function memoryHelper(): MemoryHelper | undefined {
  const runtime = denoRuntime();
  // Opening it without asking would have Deno ask the user.
  if (runtime?.permissions.querySync({ name: "read", path: ZEROS }).state !== "granted") return;
  try {
    if (!runtime.statSync(ZEROS).isCharDevice) return;
  } catch {
    return;
  }
  return {
    residentBytes: () => runtime.memoryUsage().rss,
    async zero(target) {
      try {
        // A file does one read at a time.
        const zeros = runtime.openSync(ZEROS);
        try {
          for (let done = 0; done < target.length;) {
            done += await zeros.read(target.subarray(done)) ?? target.length;
          }
        } finally {
          zeros.close();
        }
      } catch {
        // Pages that nobody has brought come when they are written to.
      }
    },
  };
}
