/**
 * Writes a local file at explicit positions. Works in every runtime that has files of its own or
 * `node:fs` (Deno, Node, Bun).
 *
 * @module
 */
import { SourceError, UsageError } from "../errors.ts";
import { builtinModule } from "../source/node_modules.ts";
import type { ByteSink } from "./byte_sink.ts";

interface OpenFile {
  /** Gives how many bytes were written. */
  write(bytes: Uint8Array, position: number): number;
  close(): void;
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
  const create = denoCreate() ?? nodeCreate();
  if (!create) {
    throw new SourceError("this runtime has no file system; pass a WritableStream instead", {
      file: name,
    });
  }
  let file: OpenFile;
  try {
    file = create(path);
  } catch (error) {
    throw new SourceError(describeOpenFailure(error), { file: name }, error);
  }
  return new FileSink(file, name);
}

class FileSink implements ByteSink {
  readonly name: string;
  #file?: OpenFile;
  #end = 0;

  constructor(file: OpenFile, name: string) {
    this.#file = file;
    this.name = name;
  }

  write(bytes: Uint8Array): void {
    this.patch(this.#end, bytes);
    this.#end += bytes.length;
  }

  patch(offset: number, bytes: Uint8Array): void {
    const file = this.#file;
    if (!file) {
      throw new SourceError("the file was closed; nothing more can be written to it", {
        file: this.name,
        offset,
      });
    }
    for (let done = 0; done < bytes.length;) {
      try {
        done += file.write(done === 0 ? bytes : bytes.subarray(done), offset + done);
      } catch (error) {
        throw new SourceError(describeWriteFailure(error), { file: this.name, offset }, error);
      }
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
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

interface DenoFile {
  seekSync(offset: number, whence: 0): number;
  writeSync(bytes: Uint8Array): number;
  close(): void;
}

interface DenoLike {
  openSync(
    path: string | URL,
    options: { write: true; create: true; truncate: true },
  ): DenoFile;
}

type Create = (path: string | URL) => OpenFile;

/** Deno's own: it takes some 15 ms to have `node:fs` there. */
function denoCreate(): Create | undefined {
  const runtime = (globalThis as { Deno?: DenoLike }).Deno;
  if (typeof runtime?.openSync !== "function") return undefined;
  return (path) => {
    const file = runtime.openSync(path, { write: true, create: true, truncate: true });
    return {
      write(bytes, position) {
        file.seekSync(position, 0);
        return file.writeSync(bytes);
      },
      close: () => file.close(),
    };
  };
}

interface NodeFileSystem {
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

function nodeCreate(): Create | undefined {
  const system = builtinModule<NodeFileSystem>("node:fs");
  return system && ((path) => {
    const handle = system.openSync(path, "w");
    return {
      write: (bytes, position) => system.writeSync(handle, bytes, 0, bytes.length, position),
      close: () => system.closeSync(handle),
    };
  });
}
