/**
 * A Markdown report of a benchmark run: `deno task report --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { red } from "@std/fmt/colors";
import { markdownReport } from "../bench/harness/markdown_report.ts";
import { loadResults, ResultsError } from "../bench/harness/results.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";

const HELP = `Writes a Markdown report of a benchmark run.

Usage: deno task report [RESULTS] [options]

  RESULTS        a file that deno task bench kept, or a folder of them, of which the latest is
                 taken; default bench/results
  --out FILE     where the report goes; default standard output
  -h, --help     this text

Exit code: 0 done, 1 failed, 2 bad arguments.`;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    await report(args);
    return 0;
  } catch (error) {
    const bad = error instanceof ArgumentError;
    if (
      !bad && !(error instanceof ResultsError) && !(error instanceof Deno.errors.NotFound) &&
      !(error instanceof Deno.errors.PermissionDenied) &&
      !(error instanceof Deno.errors.NotCapable)
    ) throw error;
    console.error(`${red("error")}: ${error.message}`);
    if (bad) console.error("See deno task report --help.");
    return bad ? 2 : 1;
  }
}

async function report(args: string[]): Promise<void> {
  const { _: paths, out, help } = parseArgs(args, {
    boolean: ["help"],
    string: ["out", "_"],
    alias: { help: "h" },
    unknown: (argument, key) => key === undefined || refuseUnknown(argument),
  });
  if (help) return console.log(HELP);
  if (paths.length > 1) refuseUnknown(paths[1]);
  if (out === "") throw new ArgumentError("--out needs the path of a file");
  const text = markdownReport(await loadResults(paths[0]));
  if (out === undefined) console.log(text.trimEnd());
  else await Deno.writeTextFile(out, text);
}
