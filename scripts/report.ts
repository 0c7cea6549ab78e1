/**
 * Reports of benchmark runs: `deno task report --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { red } from "@std/fmt/colors";
import { reportRun } from "../bench/report/report_run.ts";
import { markdownReport } from "../bench/report/markdown_report.ts";
import { loadResults, ResultsError } from "../bench/harness/results.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";

const HELP = `Writes the report of a benchmark run: summary.json, report.md, report.html, and every
figure as SVG and PNG.

Usage: deno task report [RESULTS] [options]

  RESULTS        a file that deno task bench kept, or a folder of them, of which the latest is
                 taken; default bench/results
  --out FOLDER   where the report goes; default a folder named by the date of the run beside its
                 results, and a copy in latest/
  --markdown     print the report as Markdown instead, without figures
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
  const { _: paths, out, help, markdown } = parseArgs(args, {
    boolean: ["help", "markdown"],
    string: ["out", "_"],
    alias: { help: "h" },
    unknown: (argument, key) => key === undefined || refuseUnknown(argument),
  });
  if (help) return console.log(HELP);
  if (paths.length > 1) refuseUnknown(paths[1]);
  if (out === "") throw new ArgumentError("--out needs the path of a folder");
  if (markdown) return console.log(markdownReport(await loadResults(paths[0])).trimEnd());
  const { html, figures } = await reportRun(paths[0], out);
  console.log(`${html}, with ${figures.length} figures beside it`);
}
