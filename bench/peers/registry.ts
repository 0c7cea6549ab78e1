/**
 * Which peers there are: the files in `contenders/`. One in TypeScript exports `peer`; one in Python
 * begins with inline script metadata (PEP 723) that names its packages.
 *
 * @module
 */
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse as parseToml } from "@std/toml";
import type { Peer } from "./peer.ts";

/** A peer as far as it is known without starting it. */
export interface PeerEntry {
  /** Name of its file without the ending; also how the command line calls it. */
  id: string;
  /** As tables call it. */
  name: string;
  order: number;
  floor: boolean;
  /** Path of its file. */
  path: string;
  /** What it needs, where that is Python. */
  python?: PythonNeeds;
  /** Why its file cannot be loaded, such as a package that is not there. */
  broken?: string;
}

/** What a peer in Python needs. */
export interface PythonNeeds {
  /** Packages with their versions, as pip takes them. */
  packages: string[];
  /** Least version of Python, such as `[3, 9]`. */
  least: number[];
}

/** Folder of the peers that come with the project. */
export const CONTENDERS = fileURLToPath(new URL("contenders/", import.meta.url));

/** Id of this project among the peers. */
export const OURS = "ours";

/** A file in the folder is no peer; the message says what it lacks. */
export class PeerFileError extends Error {
  override name = "PeerFileError";
}

/** Lists the peers of a folder in the order of the table. */
export async function listPeers(folder = CONTENDERS): Promise<PeerEntry[]> {
  const entries: PeerEntry[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || name.startsWith(".") || name.startsWith("_")) continue;
    const path = join(folder, name);
    if (name.endsWith(".ts")) entries.push(await readScriptPeer(path));
    else if (name.endsWith(".py")) entries.push(await readPythonPeer(path));
  }
  return entries.sort((a, b) => a.order < b.order || (a.order === b.order && a.id < b.id) ? -1 : 1);
}

async function readScriptPeer(path: string): Promise<PeerEntry> {
  const id = basename(path, ".ts");
  let peer: Peer | undefined;
  try {
    ({ peer } = await import(pathToFileURL(path).href));
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    return { id, name: id, order: Infinity, floor: false, path, broken: reason };
  }
  if (typeof peer?.name !== "string" || typeof peer.order !== "number" || !peer.operations) {
    throw new PeerFileError(`${path} exports no \`peer\` with name, order and operations`);
  }
  const { name, order, floor = false } = peer;
  return { id, name, order, floor, path };
}

async function readPythonPeer(path: string): Promise<PeerEntry> {
  const header = readHeader(await Deno.readTextFile(path), path);
  const tool = header.tool?.["mf4-bench"];
  if (typeof tool?.name !== "string" || typeof tool.order !== "number") {
    throw new PeerFileError(`${path}: its header needs name and order in [tool.mf4-bench]`);
  }
  const least = /^>=(\d+)\.(\d+)$/.exec(header["requires-python"] ?? ">=3.9");
  if (!least) throw new PeerFileError(`${path}: requires-python must be such as ">=3.9"`);
  return {
    id: basename(path, ".py"),
    name: tool.name,
    order: tool.order,
    floor: false,
    path,
    python: { packages: header.dependencies ?? [], least: [Number(least[1]), Number(least[2])] },
  };
}

interface Header {
  "requires-python"?: string;
  dependencies?: string[];
  tool?: Record<string, { name?: unknown; order?: unknown }>;
}

function readHeader(text: string, path: string): Header {
  const block = /^# \/\/\/ script\r?\n((?:#(?: .*)?\r?\n)+?)# \/\/\/\r?$/m.exec(text);
  if (!block) throw new PeerFileError(`${path} has no "# /// script" header`);
  const toml = block[1].replace(/^# ?/gm, "");
  try {
    return parseToml(toml) as Header;
  } catch (error) {
    throw new PeerFileError(`${path}: its header is not TOML: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
