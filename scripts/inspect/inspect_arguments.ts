/**
 * The command line of `scripts/inspect.ts`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, refuseUnknown } from "../generate/gen_arguments.ts";

/** What to show of each file. */
export type View = "tree" | "table" | "values" | "blocks";

/** What the command line asks for. */
export interface InspectArguments {
  help: boolean;
  /** Paths and addresses. */
  files: string[];
  view: View;
  json: boolean;
  /** Leave nothing out. */
  all: boolean;
  /** Only channels whose name contains this text. */
  filter?: string;
  /** How many values of each channel to show. */
  values?: number;
}

/** Text of `--help`. */
export const INSPECT_HELP = `Shows what is in an MDF 4 file, also in a broken one.

Usage: deno task inspect FILE… [options]
       deno run -A scripts/inspect.ts FILE… [options]

FILE is a path or an http address.

View, a tree unless told otherwise
  --table           one line for each channel: group, name, type, unit, records, conversion,
                    comment; separated by tabs when the output is no terminal
  --values N        the first N values of each channel with their timestamps; after the table
                    with --table
  --blocks          every block of the file in file order, with offset, links and fields, and
                    where every byte of the file belongs
  --json            the same as JSON; 64-bit integers, NaN and infinities are texts

Selection
  --filter TEXT     only channels whose name contains the text, in upper or lower case
  --all             leave nothing out, however long the file

  -h, --help        this text

Examples
  deno task inspect drive.mf4
  deno task inspect drive.mf4 --filter rpm --values 5
  deno task inspect https://example.com/drive.mf4 --table
  deno task inspect broken.mf4 --blocks
  deno task --quiet inspect drive.mf4 --json | jq '.header.startTime'

Exit code: 0 done, 1 something in a file is broken or cannot be read, 2 bad arguments.`;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 */
export function parseInspectArguments(args: string[]): InspectArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "table", "blocks", "json", "all"],
    string: ["filter", "values", "_"],
    alias: { help: "h" },
    unknown: (argument, key) => key === undefined ? undefined : refuseUnknown(argument),
  });
  const files = parsed._;
  if (files.length === 0 && !parsed.help) {
    throw new ArgumentError("which file? Give the path or the address of one");
  }
  const empty = files.findIndex((file) => file === "");
  if (empty >= 0) throw new ArgumentError(`file ${empty + 1} has an empty name`);
  if (parsed.filter === "") throw new ArgumentError("--filter needs a part of a name");
  const values = readCount(parsed.values);
  if (parsed.blocks) {
    for (const name of ["table", "values", "filter"] as const) {
      if (parsed[name] === undefined || parsed[name] === false) continue;
      throw new ArgumentError(`--blocks shows blocks, not channels: --${name} does not go with it`);
    }
  }
  if (parsed.table && parsed.json) {
    throw new ArgumentError("--table and --json are two ways to show the same: choose one");
  }
  return {
    help: parsed.help,
    files,
    view: parsed.blocks
      ? "blocks"
      : parsed.table
      ? "table"
      : values !== undefined && !parsed.json
      ? "values"
      : "tree",
    json: parsed.json,
    all: parsed.all,
    filter: parsed.filter,
    values,
  };
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ArgumentError(`--values needs a whole number from 1, not "${text}"`);
  }
  return count;
}
