/**
 * Files as the file source uses them, and those of `node:fs` (Node, Bun).
 *
 * @module
 */
import { builtinModule } from "./node_modules.ts";

/** What is asked about a file. */
export interface FileStats {
  isFile: boolean;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  dev: number;
  ino: number | null;
}

/** The files of a runtime. */
export interface RuntimeFiles {
  open(path: string | URL): OpenFile;
  stat(path: string | URL): FileStats;
}

/** A file that is open for reading. */
export interface OpenFile {
  stat(): FileStats;
  /** Gives how many bytes there were, 0 at the end. */
  read(target: Uint8Array, position: number): number;
  close(): void;
}

interface NodeStats {
  isFile(): boolean;
  size: number;
  mtimeMs: number;
  dev: number;
  ino: number;
}

interface NodeFileSystem {
  openSync(path: string | URL, flags: string): number;
  fstatSync(handle: number): NodeStats;
  statSync(path: string | URL): NodeStats;
  readSync(
    handle: number,
    target: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): number;
  closeSync(handle: number): void;
}

/** Undefined where there is no `node:fs`. */
export function nodeFiles(): RuntimeFiles | undefined {
  const system = builtinModule<NodeFileSystem>("node:fs");
  if (!system) return undefined;
  const statsOf = (stats: NodeStats): FileStats => ({
    ...{ isFile: stats.isFile(), size: stats.size, modified: stats.mtimeMs },
    ...{ dev: stats.dev, ino: stats.ino },
  });
  return {
    stat: (path) => statsOf(system.statSync(path)),
    open(path) {
      const handle = system.openSync(path, "r");
      return {
        stat: () => statsOf(system.fstatSync(handle)),
        read: (target, position) => system.readSync(handle, target, 0, target.length, position),
        close: () => system.closeSync(handle),
      };
    },
  };
}
