/**
 * The command line of `scripts/gen.ts`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type Size, type SizeName, SIZES } from "./test_files.ts";
import type { Compression } from "./write_records.ts";

/** Something is wrong with the arguments; the message says what. */
export class ArgumentError extends Error {
  override name = "ArgumentError";
}

/** What the command line asks for. */
export interface GenArguments {
  help: boolean;
  sizes: Size[];
  /** Name or module of the pattern. */
  pattern: string;
  seed: number;
  compression: Compression;
  channels?: number;
  groups?: number;
  /** Folder for the files; `testdata` when absent. */
  directory?: string;
  /** The one file to write. */
  file?: string;
  force: boolean;
  quiet: boolean;
  json: boolean;
}

/** Text of `--help`. */
export const GEN_HELP = `Generates MDF 4 files with test data.

Usage: deno task gen [options]
       deno run -A scripts/gen.ts [options]

Size, one of
  --sizes LIST         small (1 MB), medium (10 MB), large (100 MB), huge (500 MB),
                       separated by commas; default small,medium,large, and small where the
                       output is one file; the names alone do too: deno task gen small medium
  --bytes N            a size of your own: 2500000, 25MB, 1.5GB, 64MiB
  --records N          that many records in the first channel group
  1 MB is 1,000,000 bytes. Files have the size asked for within 1 %, also compressed ones.

Content
  --pattern NAME       automotive (default), industrial, or a module of your own, such as
                       ./mine.ts, with a default export by definePattern of
                       scripts/generate/pattern.ts
  --channels N         N data channels in each group, repeating or cutting the pattern's
  --groups N           N channel groups, each with its own master and sample rate; default 1
  --seed N             chooses the random numbers; default 1; same seed, same bytes
  --compression HOW    none (default), deflate or transpose

Output
  --out PATH           a file (ends in .mf4) or a folder; default testdata
  --force              make files again, and replace what is in the way
  --json               one line of JSON for each file on standard output
  --quiet              no progress, no report
  -h, --help           this text

Files in a folder are listed in its .generated.json; deno task clean removes exactly those.
Exit code: 0 done, 1 failed, 2 bad arguments, 130 interrupted.`;

const DEFAULT_SIZES: SizeName[] = ["small", "medium", "large"];
const COMPRESSIONS: readonly string[] = ["none", "deflate", "transpose"] satisfies Compression[];
const MULTIPLES: Record<string, number> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 */
export function parseGenArguments(args: string[]): GenArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "force", "quiet", "json"],
    string: [
      "sizes",
      "bytes",
      "records",
      "pattern",
      "channels",
      "groups",
      "seed",
      "compression",
      "out",
      "_",
    ],
    alias: { help: "h", sizes: "size" },
    // Names of sizes may stand alone; what else does is refused below.
    unknown: (argument) => argument.startsWith("-") ? refuseUnknown(argument) : true,
  });
  const named = parsed._.map(String);
  for (const name of named) if (!Object.hasOwn(SIZES, name)) refuseUnknown(name);
  if (named.length > 0) parsed.sizes = [parsed.sizes, ...named].filter(Boolean).join(",");
  const { compression = "none", out } = parsed;
  if (!COMPRESSIONS.includes(compression)) {
    throw new ArgumentError(
      `--compression ${compression}: use ${COMPRESSIONS.join(", ")}`,
    );
  }
  if (out === "") throw new ArgumentError("--out needs the path of a file or folder");
  if (parsed.pattern === "") throw new ArgumentError("--pattern needs a name or a module");
  const file = out !== undefined && /\.(mf4|mdf)$/i.test(out) ? out : undefined;
  const sizes = readSizes(parsed) ??
    (file === undefined ? DEFAULT_SIZES : DEFAULT_SIZES.slice(0, 1));
  if (file !== undefined && sizes.length > 1) {
    throw new ArgumentError(
      `--out ${file} is one file, but ${sizes.length} sizes are to be made: choose one with ` +
        "--sizes, --bytes or --records, or give a folder",
    );
  }
  return {
    help: parsed.help,
    sizes,
    pattern: parsed.pattern ?? "automotive",
    seed: readCount("--seed", parsed.seed) ?? 1,
    compression: compression as Compression,
    channels: readCount("--channels", parsed.channels),
    groups: readCount("--groups", parsed.groups),
    directory: file === undefined ? out : undefined,
    file,
    force: parsed.force,
    quiet: parsed.quiet,
    json: parsed.json,
  };
}

/** Tells of an argument nobody declared. */
export function refuseUnknown(argument: string): never {
  throw new ArgumentError(
    argument.startsWith("-") ? `unknown option ${argument}` : `unexpected argument "${argument}"`,
  );
}

/** Bytes from text such as `2500000`, `25MB` or `64MiB`. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?$/i.exec(text.trim());
  const bytes = match ? Number(match[1]) * MULTIPLES[(match[2] ?? "").toLowerCase()] : NaN;
  if (!Number.isSafeInteger(Math.round(bytes)) || bytes < 1) {
    throw new ArgumentError(
      `--bytes needs a size, not "${text}": write it like 2500000, 25MB or 64MiB`,
    );
  }
  return Math.round(bytes);
}

function readSizes(
  parsed: { sizes?: string; bytes?: string; records?: string },
): Size[] | undefined {
  const given = (["sizes", "bytes", "records"] as const).filter((name) =>
    parsed[name] !== undefined
  );
  if (given.length > 1) {
    throw new ArgumentError(`--${given.join(" and --")} exclude each other`);
  }
  if (parsed.bytes !== undefined) return [{ bytes: parseBytes(parsed.bytes) }];
  const records = readCount("--records", parsed.records);
  if (records !== undefined) return [{ records }];
  if (parsed.sizes === undefined) return undefined;
  const names = new Set(parsed.sizes.split(",").map((name) => name.trim()));
  return Array.from(names, (name) => {
    if (!Object.hasOwn(SIZES, name)) {
      throw new ArgumentError(
        `--sizes ${parsed.sizes}: "${name}" is none of ${Object.keys(SIZES).join(", ")}`,
      );
    }
    return name as SizeName;
  });
}

function readCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) {
    throw new ArgumentError(
      text === "" ? `${option} needs a number` : `${option} ${text}: use a whole number`,
    );
  }
  return Number(text);
}
