/**
 * Serves a page that shows measurement files: `deno task browser --help`.
 *
 * @module
 */
import { bold, dim, red, setColorEnabled } from "@std/fmt/colors";
import {
  BROWSER_HELP,
  type BrowserArguments,
  parseBrowserArguments,
} from "./browser/browser_arguments.ts";
import { type BrowserServer, serveBrowser } from "./browser/serve_browser.ts";
import { ArgumentError } from "./generate/gen_arguments.ts";
import { countOf } from "./inspect/plain_text.ts";

if (import.meta.main) {
  setColorEnabled(Deno.stdout.isTerminal() && !Deno.noColor);
  Deno.exit(await main(Deno.args));
}

/** Runs the command line until it is interrupted and gives the exit code. */
async function main(args: string[]): Promise<number> {
  let options: BrowserArguments;
  try {
    options = parseBrowserArguments(args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.error(`${red("error")}: ${error.message}`);
    console.error("See deno task browser --help.");
    return 2;
  }
  if (options.help) {
    console.log(BROWSER_HELP);
    return 0;
  }
  try {
    await using server = await serveBrowser(options);
    announce(server, options);
    await interrupted();
    return 0;
  } catch (error) {
    const problem = explain(error, options);
    if (problem === undefined) throw error;
    console.error(`${red("error")}: ${problem}`);
    return 1;
  }
}

function announce({ url, files }: BrowserServer, { json, paths }: BrowserArguments): void {
  // One file that was named is what its user wants to see.
  const only = files.length === 1 ? files[0].url : undefined;
  const address = only === undefined ? url : `${url}?open=${encodeURIComponent(only)}`;
  if (json) {
    console.log(JSON.stringify({ url: address, files }));
    return;
  }
  console.log(`Open ${bold(address)}`);
  if (paths.length > 0) console.log(dim(`${countOf(files.length, "file")} under ${url}files/`));
  console.log(dim("Ctrl+C ends the server."));
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => Deno.addSignalListener("SIGINT", () => resolve()));
}

function explain(error: unknown, { port }: BrowserArguments): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) {
    return `port ${port} is taken; give another by --port, or --port 0 for any free one`;
  }
  const known = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
  return known ? error.message : undefined;
}
