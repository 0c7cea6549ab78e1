/**
 * Makes, shows, checks and searches indexes: `deno task index --help`.
 *
 * @module
 */
import { red, setColorEnabled } from "@std/fmt/colors";
import { INDEX_JSON_SCHEMA } from "../mod.ts";
import { ArgumentError } from "./generate/gen_arguments.ts";
import { buildIndexes } from "./index/build_indexes.ts";
import { CATALOGUE_SCHEMA } from "./index/catalogue.ts";
import { besideProgress } from "./index/file_progress.ts";
import { findChannels } from "./index/find_channels.ts";
import { INDEX_HELP, type IndexArguments, parseIndexArguments } from "./index/index_arguments.ts";
import { printRanges } from "./index/print_ranges.ts";
import { showIndexes } from "./index/show_indexes.ts";
import { verifyIndexes } from "./index/verify_indexes.ts";
import type { Output } from "./inspect.ts";

/** Does what a command line asks for, and tells whether all of it went well. */
type Runner = (options: IndexArguments, output: Output) => Promise<boolean>;

const RUNNERS: Readonly<Record<IndexArguments["command"], Runner>> = {
  build: buildIndexes,
  show: showIndexes,
  verify: verifyIndexes,
  ranges: printRanges,
  find: findChannels,
  schema(_, output) {
    const schemas = { index: INDEX_JSON_SCHEMA, catalogue: CATALOGUE_SCHEMA };
    output.print(JSON.stringify(schemas, undefined, 2));
    return Promise.resolve(true);
  },
};

if (import.meta.main) {
  const { terminalOutput } = await import("./inspect/terminal_output.ts");
  const output = terminalOutput();
  setColorEnabled(output.columns !== undefined && !Deno.noColor);
  const code = await index(Deno.args, output);
  output.flush();
  Deno.exit(code);
}

/** Runs the command line and gives the exit code. */
export async function index(args: string[], output: Output): Promise<number> {
  try {
    const options = parseIndexArguments(args);
    if (options.help) {
      output.print(INDEX_HELP);
      return 0;
    }
    return await RUNNERS[options.command](options, besideProgress(output)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    output.error(`${red("error")}: ${error.message}`);
    output.error("See deno task index --help.");
    return 2;
  }
}
