/**
 * The command line of `deno task bench:engine`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, refuseUnknown } from "../../scripts/generate/gen_arguments.ts";
import { WORKS, type WorkSpec } from "./engine_works.ts";

/** What the command line asks for. */
export interface EngineArguments {
  help: boolean;
  works: WorkSpec[];
  quick: boolean;
  /** Whether the lower bounds are measured too. */
  bounds: boolean;
  /** Whether the rows of memory are measured. */
  memory: boolean;
  json: boolean;
  /** A log of another logger. */
  canLog?: string;
  data?: string;
  out?: string;
}

/** Text of `--help`. */
export const ENGINE_HELP =
  `Holds reading against the bare read and other readers, by ratios to reach.

Usage: deno task bench:engine [options]

  --rows LIST      parts of the table, by commas: ${
    WORKS.map(({ id }) => id).join(", ").replace(/(.{40,60}), /g, "$1,\n                   ")
  };
                   default all but those with "6" or "mixed", and memory; memory alone is a
                   part too
  --all            those too
  --bounds         also measures what each work cannot do without: reading, inflating, new memory
  --quick          fewer and shorter turns: for a look, not for a claim
  --no-memory      without the rows of memory
  --can-log FILE   another unfinalized log in place of the one that is made
  --json           the results as JSON on standard output, and nothing else there
  --data FOLDER    where the test files are, and are made when missing; default testdata
  --out FOLDER     where the results are kept; default bench/results
  -h, --help       this text

asammdf runs in Python (see deno task bench:peers --help); where that is missing its rows say so.
Exit code: 0 done, 1 failed or a wrong result of ours, 2 bad arguments, 130 interrupted.`;

const MEMORY = "memory";

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 */
export function parseEngineArguments(args: readonly string[]): EngineArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "all", "bounds", "quick", "memory", "json"],
    negatable: ["memory"],
    default: { memory: true },
    string: ["rows", "can-log", "data", "out", "_"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (parsed._.length > 0) refuseUnknown(String(parsed._[0]));
  for (const option of ["rows", "can-log", "data", "out"] as const) {
    if (parsed[option] === "") throw new ArgumentError(`--${option} needs a value`);
  }
  const { help, all, bounds, quick, json, rows, data, out } = parsed;
  const chosen = rows?.split(",").map((name) => name.trim());
  return {
    ...{ help, bounds, quick, json, data, out },
    works: chosen ? chooseWorks(chosen) : WORKS.filter(({ beside }) => all || !beside),
    memory: parsed.memory && (chosen?.includes(MEMORY) ?? true),
    canLog: parsed["can-log"],
  };
}

function chooseWorks(chosen: readonly string[]): WorkSpec[] {
  const unknown = chosen.find((name) => name !== MEMORY && !WORKS.some(({ id }) => id === name));
  if (unknown !== undefined) {
    const ids = WORKS.map(({ id }) => id).join(", ");
    throw new ArgumentError(`--rows ${chosen}: "${unknown}" is none of ${ids}, ${MEMORY}`);
  }
  return WORKS.filter(({ id }) => chosen.includes(id));
}
