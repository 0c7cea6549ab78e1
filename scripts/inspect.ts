/**
 * Shows the structure of a file: `deno task inspect --help`.
 *
 * @module
 */
import { red, setColorEnabled, yellow } from "@std/fmt/colors";
import { isMdfError, type MdfError } from "../lib/errors.ts";
import { openSource } from "../lib/signal/open_source.ts";
import type { ByteSource } from "../lib/source/byte_source.ts";
import { ArgumentError } from "./generate/gen_arguments.ts";
import {
  INSPECT_HELP,
  type InspectArguments,
  parseInspectArguments,
} from "./inspect/inspect_arguments.ts";
import { printBlocks } from "./inspect/print_blocks.ts";
import { printFile } from "./inspect/print_file.ts";

/** Where output goes. */
export interface Output {
  print(line: string): void;
  error(line: string): void;
  /** Width of the terminal; undefined when the output goes elsewhere. */
  readonly columns?: number;
}

if (import.meta.main) {
  const { terminalOutput } = await import("./inspect/terminal_output.ts");
  const output = terminalOutput();
  setColorEnabled(output.columns !== undefined && !Deno.noColor);
  const code = await inspect(Deno.args, output);
  output.flush();
  Deno.exit(code);
}

/** Runs the command line and gives the exit code. */
export async function inspect(args: string[], output: Output): Promise<number> {
  let options: InspectArguments;
  try {
    options = parseInspectArguments(args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    output.error(`${red("error")}: ${error.message}`);
    output.error("See deno task inspect --help.");
    return 2;
  }
  if (options.help) {
    output.print(INSPECT_HELP);
    return 0;
  }
  let code = 0;
  for (const [i, file] of options.files.entries()) {
    if (i > 0 && !options.json) output.print("");
    if (!await inspectFile(file, options, output)) code = 1;
  }
  return code;
}

/** Shows a file and tells whether all of it is in order. */
async function inspectFile(
  file: string,
  options: InspectArguments,
  output: Output,
): Promise<boolean> {
  let source: ByteSource | undefined;
  try {
    source = openSource(file);
    const problems = options.view === "blocks"
      ? await printBlocks(source, options, output.print)
      : await printFile(source, options, output);
    if (problems.length > 0) summarize(file, problems, output);
    return problems.length === 0;
  } catch (error) {
    const known = isMdfError(error) || error instanceof Deno.errors.NotCapable ||
      error instanceof Deno.errors.PermissionDenied;
    if (!known) throw error;
    output.error(`${red("error")}: ${error.message}`);
    return false;
  } finally {
    await source?.close?.();
  }
}

function summarize(file: string, problems: readonly MdfError[], output: Output): void {
  const unsupported = problems.filter(({ code }) => code === "unsupported").length;
  const broken = problems.length - unsupported;
  const parts = [
    broken > 0 ? red(`${broken} broken`) : "",
    unsupported > 0 ? yellow(`${unsupported} not supported`) : "",
  ];
  output.error(`${file}: ${parts.filter((part) => part).join(", ")}; see above`);
}
