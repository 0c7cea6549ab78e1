/**
 * The command line of `deno task bench:scale`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, refuseUnknown } from "../../scripts/generate/gen_arguments.ts";
import { SCALE_AXES, type ScaleAxis } from "./scale_axes.ts";

/** What the command line asks for. */
export interface ScaleArguments {
  help: boolean;
  axes: ScaleAxis[];
  quick: boolean;
  json: boolean;
  out?: string;
}

/** Text of `--help`. */
export const SCALE_HELP = `Measures cost against size, and fits the power by which it grows.

Usage: deno task bench:scale [options]

  --axes LIST      parts of the table, by commas: ${
  SCALE_AXES.map(({ id }) => id).join(", ").replace(/(.{40,60}), /g, "$1,\n                   ")
}
  --quick          fewer rounds: for a look, not for a claim
  --json           the results as JSON on standard output, and nothing else there
  --out FOLDER     where results and figure are kept; default bench/results
  -h, --help       this text

Files are made in a temporary folder and removed.
Exit code: 0 every cost is linear, 1 one is not or a wrong result, 2 bad arguments, 130 interrupted.`;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 */
export function parseScaleArguments(args: readonly string[]): ScaleArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "quick", "json"],
    string: ["axes", "out", "_"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (parsed._.length > 0) refuseUnknown(String(parsed._[0]));
  for (const option of ["axes", "out"] as const) {
    if (parsed[option] === "") throw new ArgumentError(`--${option} needs a value`);
  }
  const { help, quick, json, axes, out } = parsed;
  return { help, quick, json, out, axes: chooseAxes(axes) };
}

function chooseAxes(list: string | undefined): ScaleAxis[] {
  if (list === undefined) return [...SCALE_AXES];
  const chosen = list.split(",").map((name) => name.trim());
  const unknown = chosen.find((name) => !SCALE_AXES.some(({ id }) => id === name));
  if (unknown !== undefined) {
    const ids = SCALE_AXES.map(({ id }) => id).join(", ");
    throw new ArgumentError(`--axes ${list}: "${unknown}" is none of ${ids}`);
  }
  return SCALE_AXES.filter(({ id }) => chosen.includes(id));
}
