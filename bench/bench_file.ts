/**
 * A generated file to be measured, with what a reader of it must find.
 *
 * @module
 */
import type { ChannelOptions } from "../mod.ts";
import type { Column } from "../scripts/generate/columns.ts";
import { type DataOptions, MASTER_NAME, planData } from "../scripts/generate/data_plan.ts";
import { describeBytes } from "../scripts/generate/describe_bytes.ts";
import { type ExpectedColumn, expectedColumns } from "../scripts/generate/expected.ts";
import { parseBytes } from "../scripts/generate/gen_arguments.ts";
import {
  ensureTestFile,
  type Size,
  SIZES,
  type TestFile,
  type TestFileOptions,
} from "../scripts/generate/test_files.ts";
import { type AnyValues, Fingerprint, widthOf } from "./fingerprint.ts";

/** What must be found in a channel, worked out without reading the file. */
export interface ExpectedChannel {
  name: string;
  /** Of all values, converted; worked out when it is first asked for. */
  readonly fingerprint: Fingerprint;
  /** Bytes that a reader has to hold for one value. */
  width: number;
  /** Bytes of one value as it is stored. */
  rawWidth: number;
}

/** How {@link openBenchFile} finds or makes a file. */
export interface BenchFileOptions extends TestFileOptions {
  /** Folder for what operations write; the caller removes it. */
  scratch: string;
}

// Expected values are worked out in pieces, so that a file of any size needs little memory.
const PIECE_RECORDS = 1 << 19;

/** The file to be measured is not there; the message has the command that makes it. */
export class MissingFileError extends Error {
  override name = "MissingFileError";
}

/** A file with one channel group, and what must be found in it. */
export class BenchFile {
  /** Its size as it was asked for: `small`, or `250kB`. */
  readonly label: string;
  /** Path, bytes, records. */
  readonly file: TestFile;
  /** Folder for what operations write. */
  readonly scratch: string;
  /** All channels in file order, the master first. */
  readonly channels: readonly ExpectedChannel[];
  readonly #options: DataOptions;
  #fingerprints?: Fingerprint[];

  /** See {@link openBenchFile}. */
  constructor(label: string, file: TestFile, scratch: string, options: DataOptions) {
    if (file.groups !== 1) {
      throw new RangeError(`the file to measure must have one channel group, not ${file.groups}`);
    }
    this.label = label;
    this.file = file;
    this.scratch = scratch;
    this.#options = options;
    this.channels = this.#expectedChannels();
  }

  /**
   * Makes sure that the file is there.
   *
   * @throws {MissingFileError} If it is not, with the command that makes it.
   */
  async requirePresent(): Promise<void> {
    const { path, bytes } = this.file;
    try {
      await Deno.stat(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const size = this.label in SIZES ? `--sizes ${this.label}` : `--bytes ${bytes}`;
      throw new MissingFileError(
        `there is no ${path}; make it with deno task gen ${size} --out ${path}`,
        { cause: error },
      );
    }
  }

  /** What must be found in a channel. */
  channel(name: string): ExpectedChannel {
    const found = this.channels.find((channel) => channel.name === name);
    if (!found) throw new RangeError(`${this.file.path} has no channel "${name}"`);
    return found;
  }

  /** The values that must be found in records `[first, first + count)`. */
  expected(first: number, count: number): ExpectedColumn[] {
    return expectedColumns(this.#options, 0, first, count);
  }

  /** The channels as a writer takes them. */
  channelOptions(): ChannelOptions[] {
    const [{ signals }] = planData(this.#options).groups;
    return [
      { name: MASTER, type: "float64", unit: "s", master: "time" },
      ...signals.map(({ name, signal }): ChannelOptions => ({
        name,
        type: signal.type,
        unit: signal.unit,
        comment: signal.comment,
        conversion: signal.type === "string" ? undefined : signal.conversion,
      })),
    ];
  }

  /** The raw values of all channels in several pieces, as a writer takes them. */
  rawPieces(): Record<string, Column>[] {
    return Array.from(
      this.#pieces(),
      (columns) => Object.fromEntries(columns.map(({ name, raw }) => [name, raw])),
    );
  }

  *#pieces(): Generator<ExpectedColumn[]> {
    const { records } = this.file;
    for (let first = 0; first < records; first += PIECE_RECORDS) {
      yield this.expected(first, Math.min(PIECE_RECORDS, records - first));
    }
  }

  #expectedChannels(): ExpectedChannel[] {
    const fingerprintAt = (index: number) => (this.#fingerprints ??= this.#workOut())[index];
    return this.expected(0, 1).map(({ name, raw, values }, i): ExpectedChannel => {
      const rawWidth = widthOf(raw as AnyValues) ?? 0;
      const width = widthOf(values as AnyValues) ?? rawWidth;
      return {
        ...{ name, width, rawWidth },
        get fingerprint() {
          return fingerprintAt(i);
        },
      };
    });
  }

  #workOut(): Fingerprint[] {
    const fingerprints = this.channels.map(() => new Fingerprint());
    for (const columns of this.#pieces()) {
      columns.forEach(({ values }, i) => fingerprints[i].update(values as AnyValues));
    }
    return fingerprints;
  }
}

/** Name of the channel of time stamps. */
export const MASTER = MASTER_NAME;

/** How a size is called in tables and file names. */
export function sizeLabel(size: Size): string {
  if (typeof size === "string") return size;
  if ("records" in size) return `${size.records} records`;
  const short = describeBytes(size.bytes);
  return parseBytes(short) === size.bytes ? short : `${size.bytes} B`;
}

/** Finds a file of that size, or makes it. */
export async function openBenchFile(size: Size, options: BenchFileOptions): Promise<BenchFile> {
  const { scratch, ...rest } = options;
  const file = await ensureTestFile(size, rest);
  return new BenchFile(sizeLabel(size), file, scratch, rest);
}
