/**
 * The command line of `deno task bench`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, parseBytes, refuseUnknown } from "../../scripts/generate/gen_arguments.ts";
import { type Size, type SizeName, SIZES } from "../../scripts/generate/test_files.ts";

/** What the command line asks for. */
export interface BenchArguments {
  help: boolean;
  sizes: Size[];
  /** Part of the names of the operations to measure, in lower case; empty for all. */
  filter: string;
  json: boolean;
  iterations?: number;
  /** Name or path of a suite; the project's operations when absent. */
  suite?: string;
  /** Whether memory, processor time and collections are measured. */
  resources: boolean;
  /** Folder of test files; `testdata` when absent. */
  data?: string;
  /** Folder for the results; `bench/results` when absent. */
  out?: string;
}

/** Text of `--help`. */
export const BENCH_HELP = `Measures every operation on generated files and prints one table.

Usage: deno task bench [options]

  --sizes LIST       small (1 MB), medium (10 MB), large (100 MB), huge (500 MB), or sizes of
                     your own such as 250kB, separated by commas; default small,medium,large
  --filter TEXT      only operations whose name contains TEXT, whatever its case
  --suite SUITE      other operations: shapes, remote, boundary, memory, index, engine, scale, or your
                     own module such as ./mine.ts (see bench/GUIDE.md)
  --no-resources     do not start a process for each operation to measure its memory, processor
                     time and collections
  --iterations N     exactly N samples of each operation; default as many as a few seconds allow
  --json             the results as JSON on standard output, and nothing else there
  --data FOLDER      where the test files are, and are made when missing; default testdata
  --out FOLDER       where the results are kept; default bench/results
  -h, --help         this text

Every run is checked against the values that the generator put into the file.
Exit code: 0 done, 1 failed or a wrong result, 2 bad arguments, 130 interrupted.`;

/** Sizes that are measured when none are named. */
export const DEFAULT_SIZES: readonly SizeName[] = ["small", "medium", "large"];

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 * @throws {RangeError} If `--iterations` is below 1.
 */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "json", "resources"],
    negatable: ["resources"],
    default: { resources: true },
    string: ["sizes", "filter", "suite", "iterations", "data", "out", "_"],
    alias: { help: "h", sizes: "size" },
    unknown: refuseUnknown,
  });
  if (parsed._.length > 0) refuseUnknown(parsed._[0]);
  for (const option of ["filter", "suite", "data", "out"] as const) {
    if (parsed[option] === "") throw new ArgumentError(`--${option} needs a value`);
  }
  return {
    help: parsed.help,
    sizes: parsed.sizes === undefined ? [...DEFAULT_SIZES] : parseSizes(parsed.sizes),
    filter: (parsed.filter ?? "").toLowerCase(),
    json: parsed.json,
    iterations: parsed.iterations === undefined ? undefined : parseIterations(parsed.iterations),
    suite: parsed.suite,
    resources: parsed.resources,
    data: parsed.data,
    out: parsed.out,
  };
}

/**
 * Sizes from names and numbers of bytes, separated by commas.
 *
 * @throws {ArgumentError} If one is neither.
 */
export function parseSizes(list: string): Size[] {
  const names = new Set(list.split(",").map((name) => name.trim()));
  return Array.from(names, (name): Size => {
    if (Object.hasOwn(SIZES, name)) return name as SizeName;
    if (/^\d/.test(name)) return { bytes: parseBytes(name) };
    throw new ArgumentError(
      `--sizes ${list}: "${name}" is none of ${Object.keys(SIZES).join(", ")}, ` +
        "and no size such as 250kB",
    );
  });
}

function parseIterations(text: string): number {
  const count = text === "" ? NaN : Number(text);
  if (Number.isNaN(count)) throw new ArgumentError(`--iterations needs a number, not "${text}"`);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`--iterations must be a whole number of at least 1, not ${text}`);
  }
  return count;
}
