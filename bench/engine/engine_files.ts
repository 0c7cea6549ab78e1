/**
 * The files that the engine is measured on: made when they are missing, and checked by what they were
 * made from.
 *
 * @module
 */
import { type Size, TESTDATA } from "../../scripts/generate/test_files.ts";
import type { Compression } from "../../scripts/generate/write_records.ts";
import { knownWork, type PeerWork } from "../peers/compare_peers.ts";
import { openPeerFile, SHAPES } from "../peers/peer_files.ts";
import { CAN_FRAMES, ensureCanLog, expectedFrames } from "./can_log.ts";
import { logWork } from "./check_log.ts";
import type { FileName, WorkSpec } from "./engine_works.ts";
import { ensureFormulaFile, ROUNDED, TEXTS } from "./formula_file.ts";

/** Records of the compressed files: 69 MB of data. */
const ROUNDED_RECORDS = 862_500;
const TEXT_RECORDS = 1_000_000;
const MIXED_RECORDS = 900_000;
const FLOAT_BYTES = 100_000_000;

/** Where files are, and what they are made smaller by. */
export interface EngineFileOptions {
  /** `testdata` when absent. */
  directory?: string;
  /** A log of another logger in place of the one that is made. */
  canLog?: string;
  /** For folders of what peers write. */
  scratch: string;
  /** Divides the number of records, for tests; 1 when absent. */
  shrink?: number;
  onStep?: (what: string) => void;
}

/** Work on a file that is there. */
export interface ReadyWork {
  path: string;
  bytes: number;
  work: PeerWork;
}

/** Makes sure that the file of a work is there. */
export async function readyWork(spec: WorkSpec, options: EngineFileOptions): Promise<ReadyWork> {
  const { scratch, shrink = 1, directory = TESTDATA } = options;
  await Deno.mkdir(directory, { recursive: true });
  options.onStep?.(`look for the file of "${spec.label}"`);
  const parts = (count: number) => Math.max(1, Math.floor(count / shrink));
  if (spec.file === "can") {
    const path = options.canLog;
    const frames = parts(CAN_FRAMES);
    const file = path ?? (await ensureCanLog(frames, directory)).path;
    const work = await logWork(file, scratch, path ? undefined : expectedFrames(frames));
    return { path: file, bytes: (await Deno.stat(file)).size, work };
  }
  const file = await knownFile(spec.file, directory, parts);
  const work = knownWork(file, spec.operation, scratch);
  const { path, bytes } = file.file;
  return { path, bytes, work };
}

async function knownFile(name: FileName, directory: string, parts: (count: number) => number) {
  switch (name) {
    case "texts":
      return await ensureFormulaFile(TEXTS, { records: parts(TEXT_RECORDS), directory });
    case "deflate":
    case "transpose":
    case "deflate-6":
    case "transpose-6": {
      const [compression, level] = name.split("-") as [Compression, string?];
      const compressionLevel = level === undefined ? undefined : Number(level);
      const records = parts(ROUNDED_RECORDS);
      return await ensureFormulaFile(ROUNDED, {
        ...{ records, compression, compressionLevel, directory },
      });
    }
    case "floats":
      return await openPeerFile(shapeOf("float64"), floatSize(parts), { directory });
    case "groups": {
      const shape = shapeOf("groups");
      const groups = parts(shape.data.groups!);
      return await openPeerFile({ ...shape, data: { ...shape.data, groups } }, "medium", {
        directory,
      });
    }
    case "deflate-mixed":
    case "transpose-mixed": {
      const [kind] = name.split("-");
      const shape = { ...shapeOf(kind), records: parts(MIXED_RECORDS) };
      return await openPeerFile(shape, "medium", { directory });
    }
    default:
      throw new RangeError(`there is no file "${name}"`);
  }
}

/** The usual file of that size, which other benchmarks read too, where nothing is shrunk. */
function floatSize(parts: (count: number) => number): Size {
  const bytes = parts(FLOAT_BYTES);
  return bytes === FLOAT_BYTES ? "large" : { bytes };
}

function shapeOf(name: string) {
  return SHAPES.find((shape) => shape.name === name)!;
}
