/**
 * Removes generated test data: `deno task clean --help`.
 *
 * @module
 */
import { join, relative } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { red, yellow } from "@std/fmt/colors";
import { cleanGenerated } from "./generate/clean_generated.ts";
import { describeBytes } from "./generate/describe_bytes.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";
import { ManifestError } from "./generate/manifest.ts";
import { TESTDATA } from "./generate/test_files.ts";

const HELP = `Removes the files that scripts/gen.ts generated, and only those.

Usage: deno task clean [options]

  --dir PATH     folder whose .generated.json lists the files; default testdata
  --dry-run      only tell what would be removed
  --force        also remove files that were changed since they were generated
  --json         one line of JSON for each file on standard output
  --quiet        no report
  -h, --help     this text

Exit code: 0 done, 1 failed, 2 bad arguments.`;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    await clean(args);
    return 0;
  } catch (error) {
    const bad = error instanceof ArgumentError;
    if (!bad && !(error instanceof ManifestError) && !(error instanceof Deno.errors.NotCapable)) {
      throw error;
    }
    console.error(`${red("error")}: ${error.message}`);
    if (bad) console.error("See deno task clean --help.");
    return bad ? 2 : 1;
  }
}

async function clean(args: string[]): Promise<void> {
  const options = parseArgs(args, {
    boolean: ["dry-run", "force", "json", "quiet", "help"],
    string: ["dir", "_"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (options._.length > 0) refuseUnknown(options._[0]);
  if (options.help) return console.log(HELP);
  if (options.dir === "") throw new ArgumentError("--dir needs the path of a folder");
  const directory = options.dir ?? TESTDATA;
  const files = await cleanGenerated(directory, {
    dryRun: options["dry-run"],
    force: options.force,
  });
  let bytes = 0, count = 0;
  for (const { name, action, bytes: size } of files) {
    const path = relative(Deno.cwd(), join(directory, name));
    if (action === "remove") {
      bytes += size;
      count++;
    }
    if (options.json) console.log(JSON.stringify({ path, action, bytes: size }));
    else if (!options.quiet && action === "remove") console.log(`${path}  ${describeBytes(size)}`);
    else if (!options.quiet && action === "skip") {
      console.log(`${path}  ${yellow("kept")}: changed since it was generated; see --force`);
    }
  }
  if (options.json || options.quiet) return;
  const what = `${count} ${count === 1 ? "file" : "files"}, ${describeBytes(bytes)}`;
  console.log(options["dry-run"] ? `Would remove ${what}.` : `Removed ${what}.`);
}
