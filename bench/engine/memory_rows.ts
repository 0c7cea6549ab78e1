/**
 * How much memory streaming and reading take, each in a process of its own.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeBytes } from "../../scripts/generate/describe_bytes.ts";
import { type Size, TESTDATA, testFileName } from "../../scripts/generate/test_files.ts";
import { Fingerprint } from "../fingerprint.ts";
import type { TableContent } from "../harness/table.ts";
import { type NamedFile } from "../peers/compare_peers.ts";
import { openPeerFile, type Shape, SHAPES } from "../peers/peer_files.ts";
import type { StreamReport } from "../stream_child.ts";
import { ensureFormulaFile, ROUNDED } from "./formula_file.ts";
import type { ReadAllReport } from "./memory_child.ts";

/** A row of the table of memory. */
export interface MemoryRow {
  label: string;
  fileBytes: number;
  /** Most resident memory of the process in all. */
  peakBytes: number;
  /** Of that, what was there before the file was opened; only where it is not part of the limit. */
  startBytes?: number;
  /** Bytes of the arrays that are given; only where they are not part of the limit. */
  outputBytes?: number;
  /** What the limit is held against. */
  countedBytes: number;
  limitBytes: number;
  holds: boolean;
}

/** How memory is measured. */
export interface MemoryOptions {
  /** Folder of test files; `testdata` when absent. */
  directory?: string;
  /** Folder for a large file that is not there; it is removed afterwards. */
  scratch: string;
  /** Size of the file that is streamed; 1 GB when absent. */
  streamBytes?: number;
  /** Size of the file that is read; 100 MB when absent. */
  readSize?: Size;
  /** Records of the deflated file; as many as the table of times has when absent. */
  deflatedRecords?: number;
  onStep?: (what: string) => void;
}

/** What was streamed or read is not what was generated. */
export class WrongMemoryRunError extends Error {
  override name = "WrongMemoryRunError";
}

const MB = 1e6;
const STREAM_LIMIT = 150 * MB;
const READ_LIMIT = 64 * MB;
const GIGABYTE = 1e9;
const DEFLATED_RECORDS = 862_500;
const FLOATS: Shape = SHAPES.find(({ name }) => name === "float64")!;
const STREAM_CHILD = fileURLToPath(new URL("../stream_child.ts", import.meta.url));
const READ_CHILD = fileURLToPath(new URL("memory_child.ts", import.meta.url));

/** Measures the rows of memory. */
export async function measureMemory(options: MemoryOptions): Promise<MemoryRow[]> {
  const { directory = TESTDATA, readSize = "large", onStep } = options;
  onStep?.("stream a large file in a process of its own");
  const rows = [await streamRow("stream", await largeFile(options))];
  onStep?.("stream a deflated file in a process of its own");
  const records = options.deflatedRecords ?? DEFLATED_RECORDS;
  for (const compression of ["deflate", "transpose"] as const) {
    const file = await ensureFormulaFile(ROUNDED, { records, compression, directory });
    rows.push(await streamRow(`stream, ${compression}`, file));
  }
  onStep?.("read a file whole in a process of its own");
  rows.push(await readRow(await openPeerFile(FLOATS, readSize, { directory })));
  return rows;
}

/** In the folder of test files where it is there already, or else in the scratch folder. */
async function largeFile({ directory = TESTDATA, scratch, streamBytes = GIGABYTE }: MemoryOptions) {
  const size: Size = { bytes: streamBytes };
  const kept = join(directory, testFileName(size, FLOATS.data));
  const there = await Deno.stat(kept).then(() => true, () => false);
  return await openPeerFile(FLOATS, size, { directory: there ? directory : scratch });
}

async function streamRow(label: string, file: NamedFile): Promise<MemoryRow> {
  const report = await runChild<StreamReport>(STREAM_CHILD, file.file.path);
  const starts = file.pieceStarts();
  const last = file.piece(starts.at(-1)!);
  expectSame(label, report.records, file.records);
  expectSame(label, report.values, file.records * last.length);
  const lastValues = last.map(({ values }) => String(values.at(-1)));
  expectSame(label, report.lastValues.join(), lastValues.join());
  const { peakBytes } = report;
  return {
    ...{ label: `${label} ${describeBytes(file.file.bytes)}`, fileBytes: file.file.bytes },
    ...{ peakBytes, countedBytes: peakBytes, limitBytes: STREAM_LIMIT },
    holds: peakBytes < STREAM_LIMIT,
  };
}

async function readRow(file: NamedFile): Promise<MemoryRow> {
  const report = await runChild<ReadAllReport>(READ_CHILD, file.file.path);
  const expected = new Map<string, Fingerprint>();
  for (const first of file.pieceStarts()) {
    for (const { name, values } of file.piece(first)) {
      if (!expected.has(name)) expected.set(name, new Fingerprint());
      expected.get(name)!.update(values as Float64Array);
    }
  }
  expectSame("readAll", Object.keys(report.fingerprints).join(), [...expected.keys()].join());
  for (const [name, { hash, count }] of expected) {
    const found = report.fingerprints[name];
    expectSame(`readAll, "${name}"`, `${found.count} ${found.hash}`, `${count} ${hash}`);
  }
  const { peakBytes, startBytes, outputBytes } = report;
  const countedBytes = peakBytes - startBytes - outputBytes;
  return {
    ...{ label: `readAll of ${describeBytes(file.file.bytes)}`, fileBytes: file.file.bytes },
    ...{ peakBytes, startBytes, outputBytes, countedBytes, limitBytes: READ_LIMIT },
    holds: countedBytes <= READ_LIMIT,
  };
}

async function runChild<Report>(script: string, path: string): Promise<Report> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--allow-all", script, path],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new WrongMemoryRunError(`${script} ${path} ended with exit code ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new WrongMemoryRunError(`${what}: found ${actual}, expected ${expected}`);
  }
}

/** The rows as text. */
export function memoryTable(rows: readonly MemoryRow[]): TableContent {
  const bytes = (count?: number) => count === undefined ? "–" : describeBytes(count);
  return {
    head: ["memory", "peak in all", "before opening", "output", "counted", "limit", "holds"],
    rows: rows.map((row) => [
      row.label,
      ...[row.peakBytes, row.startBytes, row.outputBytes, row.countedBytes, row.limitBytes]
        .map(bytes),
      row.holds ? "yes" : "no",
    ]),
  };
}
