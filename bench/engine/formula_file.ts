/**
 * Files whose values follow from their place by a formula, and are checked by it: what the patterns of
 * the generator do not make.
 *
 * @module
 */
import { join } from "node:path";
import { MdfWriter } from "../../mod.ts";
import { MASTER_NAME } from "../../scripts/generate/data_plan.ts";
import type { ExpectedColumn } from "../../scripts/generate/expected.ts";
import type { GeneratedFile } from "../../scripts/generate/generate_file.ts";
import { ensureMade, TESTDATA, type TestFile } from "../../scripts/generate/test_files.ts";
import type { Compression } from "../../scripts/generate/write_records.ts";
import type { NamedFile } from "../peers/compare_peers.ts";

/** What is in a file. */
export interface Formula {
  /** Part of the name of the file. */
  name: string;
  /** To be raised when the same name stands for other values than before. */
  version: number;
  /** Names of the channels besides the master. */
  channels: readonly string[];
  /** Values of a channel for `count` records from `first` on. */
  values(channel: number, first: number, count: number): Float64Array | string[];
}

const PIECE = 37_500;
const START_TIME_NS = 1_700_000_000_000_000_000n;
const SECONDS = 0.001;

/** What loggers write: numbers with three decimals, some of whose digits are noise. */
export const ROUNDED: Formula = {
  name: "rounded",
  version: 1,
  channels: ["RPM", ...Array.from({ length: 8 }, (_, i) => `Channel${i + 2}`)],
  values(channel, first, count) {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const at = first + i;
      const noise = (Math.imul(at * 9 + channel + 1, 0x9e3779b1) >>> 8) / 2 ** 24;
      const wave = Math.sin(at / (100 + channel * 7)) * 100 * (channel + 1);
      values[i] = Math.round(1000 * (wave + noise)) / 1000;
    }
    return values;
  },
};

/** A text of variable length for each record, no two of them the same. */
export const TEXTS: Formula = {
  name: "texts",
  version: 1,
  channels: ["Note"],
  values: (_, first, count) =>
    Array.from({ length: count }, (_, i) => `message number ${first + i} of the log`),
};

/** A file that was made by a formula. */
export class FormulaFile implements NamedFile {
  readonly file: TestFile;
  readonly formula: Formula;
  readonly records: number;
  readonly groupName: string;
  readonly single: string;

  /** See {@link ensureFormulaFile}. */
  constructor(file: TestFile, formula: Formula) {
    this.file = file;
    this.formula = formula;
    this.records = file.records;
    this.groupName = formula.name;
    this.single = formula.channels[0];
  }

  /** Names of the channels of its only group. */
  names(): string[][] {
    return [[MASTER_NAME, ...this.formula.channels]];
  }

  /** What must be found in a few records from `first` on. */
  piece(first: number): ExpectedColumn[] {
    return columnsOf(this.formula, first, Math.min(PIECE, this.records - first));
  }

  /** Where the pieces begin. */
  pieceStarts(): number[] {
    return Array.from({ length: Math.ceil(this.records / PIECE) }, (_, i) => i * PIECE);
  }
}

/** How a file by a formula is made. */
export interface FormulaOptions {
  records: number;
  compression?: Compression;
  /** Level of deflate; that of the writer when absent. */
  compressionLevel?: number;
  /** Folder of the file; `testdata` when absent. */
  directory?: string;
}

/** Finds a file, or makes it. */
export async function ensureFormulaFile(
  formula: Formula,
  { records, compression = "none", compressionLevel, directory = TESTDATA }: FormulaOptions,
): Promise<FormulaFile> {
  const stored = compression + (compressionLevel === undefined ? "" : `-${compressionLevel}`);
  const name = [`engine_${formula.name}`, `${records}`, stored].join("_");
  const path = join(directory, `${name}.mf4`);
  const { version } = formula;
  const parameters = JSON.stringify({
    engine: formula.name,
    version,
    records,
    compression: stored,
  });
  const file = await ensureMade(path, parameters, { record: true }, async (publish) => {
    const started = performance.now();
    const unfinished = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      await write(unfinished, formula, { records, compression, compressionLevel });
      const made: GeneratedFile = {
        ...{ path, bytes: (await Deno.stat(unfinished)).size, records, groupRecords: [records] },
        ...{ groups: 1, channels: formula.channels.length, pattern: formula.name, seed: 0 },
        ...{ compression, seconds: (performance.now() - started) / 1000 },
      };
      await publish(unfinished, made);
      return made;
    } finally {
      await Deno.remove(unfinished).catch(() => {}); // it was published
    }
  });
  return new FormulaFile(file, formula);
}

async function write(
  path: string,
  formula: Formula,
  { records, compression, compressionLevel }: FormulaOptions,
): Promise<void> {
  const times = { startTimeNs: START_TIME_NS, historyTimeNs: START_TIME_NS };
  await using writer = await MdfWriter.create(path, { ...times, compression, compressionLevel });
  const columns = columnsOf(formula, 0, 1);
  const group = writer.addGroup({
    name: formula.name,
    channels: columns.map(({ name, unit, raw }, i) => ({
      ...{ name, unit, type: Array.isArray(raw) ? "string" as const : "float64" as const },
      master: i === 0 ? "time" as const : undefined,
    })),
  });
  for (let first = 0; first < records; first += PIECE) {
    const piece = columnsOf(formula, first, Math.min(PIECE, records - first));
    await group.append(Object.fromEntries(piece.map(({ name, raw }) => [name, raw])));
  }
}

function columnsOf({ channels, values }: Formula, first: number, count: number): ExpectedColumn[] {
  const time = Float64Array.from({ length: count }, (_, i) => (first + i) * SECONDS);
  return [
    { name: MASTER_NAME, unit: "s", raw: time, values: time },
    ...channels.map((name, i) => {
      const column = values(i, first, count);
      return { name, unit: "", raw: column, values: column };
    }),
  ];
}
