/**
 * The files that peers are compared on, and what must be found in them.
 *
 * @module
 */
import { type DataOptions, MASTER_NAME, planData } from "../../scripts/generate/data_plan.ts";
import { type ExpectedColumn, expectedColumns } from "../../scripts/generate/expected.ts";
import { definePattern } from "../../scripts/generate/pattern.ts";
import {
  ensureTestFile,
  type Size,
  type TestFile,
  type TestFileOptions,
} from "../../scripts/generate/test_files.ts";
import type { Compression } from "../../scripts/generate/write_records.ts";
import { sizeLabel } from "../bench_file.ts";
import { OPERATION_NAMES, type OperationName } from "./protocol.ts";

/** A kind of file. */
export interface Shape {
  /** As the command line and tables call it. */
  name: string;
  /** What decides its content. */
  data: DataOptions;
  compression?: Compression;
  /** Instead of the sizes asked for. */
  records?: number;
  /** Size where none is asked for. */
  usualSize: Size;
  /** What is compared on it. */
  operations: readonly OperationName[];
  /** What is compared on it where neither sizes nor operations are asked for; all when absent. */
  usualOperations?: readonly OperationName[];
}

const TEN_FLOATS = definePattern({
  name: "float64",
  title: "Floats",
  description: "Ten channels of float64 without a conversion",
  sampleRate: 1000,
  signals: Array.from({ length: 10 }, (_, i) => ({
    name: i === 0 ? "RPM" : `Float${i}`,
    type: "float64" as const,
    shape: [
      { kind: "sine" as const, min: -100, max: 100 * (i + 1), period: 3 + i },
      { kind: "noise" as const, deviation: 0.5 },
    ],
  })),
});

/** Every shape, in the order of the table. */
export const SHAPES: readonly Shape[] = [
  { name: "mixed", data: {}, usualSize: "medium", operations: OPERATION_NAMES },
  {
    name: "deflate",
    data: {},
    compression: "deflate",
    usualSize: "medium",
    operations: ["read one channel", "read all channels"],
  },
  {
    name: "transpose",
    data: {},
    compression: "transpose",
    usualSize: "medium",
    operations: ["read one channel", "read all channels"],
  },
  {
    name: "groups",
    data: { groups: 2000, channels: 20 },
    records: 40,
    usualSize: "medium",
    operations: ["open and list names"],
  },
  {
    name: "float64",
    data: { pattern: TEN_FLOATS },
    usualSize: "large",
    operations: OPERATION_NAMES,
    usualOperations: ["read one channel", "read all channels", "go through all"],
  },
];

// Expected values of a file are kept from check to check as long as they need less than this.
const KEPT_BYTES = 500_000_000;
const PIECE_RECORDS = 1 << 18;

/** A generated file, with what a reader of it must find. */
export class PeerFile {
  /** Its size, as tables show it: `large`, or `40 records`. */
  readonly size: string;
  readonly shape: Shape;
  readonly file: TestFile;
  /** Name of the channel that is read alone. */
  readonly single = "RPM";
  readonly #plan: ReturnType<typeof planData>;
  readonly #pieces = new Map<number, ExpectedColumn[]>();

  /** See {@link openPeerFile}. */
  constructor(size: string, shape: Shape, file: TestFile) {
    this.size = size;
    this.shape = shape;
    this.file = file;
    this.#plan = planData(shape.data);
  }

  /** As tables and progress call it. */
  get label(): string {
    return this.shape.records === undefined ? `${this.shape.name}, ${this.size}` : this.shape.name;
  }

  /** Names of the channels of each group. */
  names(): string[][] {
    return this.#plan.groups.map(({ signals }) => [
      MASTER_NAME,
      ...signals.map(({ name }) => name),
    ]);
  }

  /** Name of the first group, which holds the values that are read. */
  get groupName(): string {
    return this.#plan.groups[0].name;
  }

  /** Number of records of the first group. */
  get records(): number {
    return this.file.groupRecords[0];
  }

  /** All channels of the first group for a few records from `first` on. */
  piece(first: number): ExpectedColumn[] {
    const kept = this.#pieces.get(first);
    if (kept) return kept;
    const count = Math.min(PIECE_RECORDS, this.records - first);
    const columns = expectedColumns(this.shape.data, 0, first, count);
    if (this.records * columns.length * 12 < KEPT_BYTES) this.#pieces.set(first, columns);
    return columns;
  }

  /** Where the pieces begin. */
  pieceStarts(): number[] {
    const count = Math.ceil(this.records / PIECE_RECORDS);
    return Array.from({ length: count }, (_, i) => i * PIECE_RECORDS);
  }
}

/** Options of {@link openPeerFile}. */
export type PeerFileOptions = Pick<TestFileOptions, "directory" | "onProgress" | "signal">;

/** Finds a file, or makes it. */
export async function openPeerFile(
  shape: Shape,
  size: Size,
  options: PeerFileOptions = {},
): Promise<PeerFile> {
  const { data, compression, records } = shape;
  const asked = records === undefined ? size : { records };
  const file = await ensureTestFile(asked, { ...data, ...options, compression });
  return new PeerFile(sizeLabel(asked), shape, file);
}
