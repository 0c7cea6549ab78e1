/**
 * Local files under `/files/`, by ranges, so that the page can read them like files of any server.
 *
 * @module
 */
import { ByteSliceStream } from "@std/streams";
import { basename, join, relative, resolve, sep as SEPARATOR } from "node:path";

/** A file that the page can open. */
export interface ServedFile {
  /** Path below the folder that was named, with slashes. */
  name: string;
  /** Address from the root of the server. */
  url: string;
  /** Size in bytes. */
  bytes: number;
}

/** Most files of folders that are listed. */
const MOST_LISTED = 1000;
const MEASUREMENT = /\.(?:mf4|mdf|mf4\.json|index\.json)$/i;

/** The files and folders that were named on the command line. */
export class FileShelf {
  readonly #roots = new Map<string, { path: string; folder: boolean }>();

  /**
   * Takes the files and folders.
   *
   * @throws {Deno.errors.NotFound} when one does not exist
   */
  static async of(paths: readonly string[]): Promise<FileShelf> {
    const shelf = new FileShelf();
    for (const given of paths) {
      const path = await Deno.realPath(resolve(given)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        throw new Deno.errors.NotFound(`there is no file or folder "${given}"`);
      });
      const { isDirectory } = await Deno.stat(path);
      shelf.#roots.set(shelf.#freeName(basename(path) || "files"), { path, folder: isDirectory });
    }
    return shelf;
  }

  /** The measurements and indexes that can be opened. */
  async list(): Promise<ServedFile[]> {
    const files: ServedFile[] = [];
    for (const [name, { path, folder }] of this.#roots) {
      if (folder) await listFolder(path, path, name, files);
      else files.push(await served(path, name));
    }
    return files;
  }

  /** Answers a request for what follows `/files/` in its path. */
  async serve(request: Request, encodedPath: string): Promise<Response> {
    const path = await this.#find(encodedPath);
    if (path === undefined) return new Response("There is no such file.", { status: 404 });
    const file = await Deno.open(path);
    try {
      return await answer(request, file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Path of an existing file inside what was named, or undefined. */
  async #find(encodedPath: string): Promise<string | undefined> {
    try {
      const [name, ...rest] = encodedPath.split("/").map(decodeURIComponent);
      const root = this.#roots.get(name);
      if (!root || root.folder !== rest.length > 0) return undefined;
      // Links may lead out of the folder, and encoded parts may hold slashes.
      const path = await Deno.realPath(join(root.path, ...rest));
      const inside = path === root.path || path.startsWith(root.path + SEPARATOR);
      return inside && (await Deno.stat(path)).isFile ? path : undefined;
    } catch (error) {
      const absent = error instanceof URIError || error instanceof TypeError ||
        error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
      if (absent) return undefined;
      throw error;
    }
  }

  #freeName(name: string): string {
    let free = name;
    for (let i = 2; this.#roots.has(free); i++) free = `${i} ${name}`;
    return free;
  }
}

async function listFolder(
  root: string,
  folder: string,
  name: string,
  files: ServedFile[],
): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (files.length >= MOST_LISTED) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory) await listFolder(root, path, name, files);
    else if (entry.isFile && MEASUREMENT.test(entry.name)) {
      const inside = relative(root, path).split(SEPARATOR).join("/");
      files.push(await served(path, `${name}/${inside}`));
    }
  }
}

async function served(path: string, name: string): Promise<ServedFile> {
  const url = `/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  return { name, url, bytes: (await Deno.stat(path)).size };
}

async function answer(request: Request, file: Deno.FsFile): Promise<Response> {
  const { size, mtime } = await file.stat();
  const etag = `"${size.toString(16)}-${(mtime?.getTime() ?? 0).toString(16)}"`;
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": "no-store",
    "content-type": "application/octet-stream",
    etag,
  });
  if (mtime) headers.set("last-modified", mtime.toUTCString());
  const condition = request.headers.get("if-range");
  const holds = condition === null || condition === etag ||
    condition === headers.get("last-modified");
  const range = holds ? readRange(request.headers.get("range"), size) : undefined;
  if (range && range[0] >= range[1]) {
    file.close();
    headers.set("content-range", `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const [from, to] = range ?? [0, size];
  if (range) headers.set("content-range", `bytes ${from}-${to - 1}/${size}`);
  headers.set("content-length", String(to - from));
  const status = range ? 206 : 200;
  if (request.method === "HEAD" || from === to) {
    file.close();
    return new Response(null, { status, headers });
  }
  await file.seek(from, Deno.SeekMode.Start);
  const body = file.readable.pipeThrough(new ByteSliceStream(0, to - from - 1));
  return new Response(body, { status, headers });
}

/** `[from, to)` of a single range; undefined for none, or for several, which get the whole file. */
function readRange(header: string | null, size: number): [from: number, to: number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") return [Math.max(0, size - Number(match[2])), size];
  const to = match[2] === "" ? size : Math.min(Number(match[2]) + 1, size);
  return [Number(match[1]), to];
}
