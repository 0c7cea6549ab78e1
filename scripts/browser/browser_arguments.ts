/**
 * The command line of `scripts/browser.ts`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, refuseUnknown } from "../generate/gen_arguments.ts";

/** What the command line asks for. */
export interface BrowserArguments {
  help: boolean;
  /** Files and folders to offer on the page. */
  paths: string[];
  /** 0 for any free port. */
  port: number;
  json: boolean;
}

const PORT = 8440;

/** Text of `--help`. */
export const BROWSER_HELP = `Serves a page that shows and plots MDF 4 files in a browser.

Usage: deno task browser [FILE or FOLDER…] [options]
       deno run -A scripts/browser.ts [FILE or FOLDER…] [options]

Files are dropped onto the page, chosen there, or given by their address; they stay on this machine.
What is named on the command line is served under /files/, by ranges, and offered on the page.

  --port N          port to listen on; default ${PORT}; 0 takes any free one
  --json            one line of JSON with the address, once the page can be opened
  -h, --help        this text

Examples
  deno task browser
  deno task browser drive.mf4
  deno task browser recordings/ --port 0

The page is served to this machine only. Ctrl+C ends it.
Exit code: 0 ended, 1 cannot be served, 2 bad arguments.`;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 */
export function parseBrowserArguments(args: string[]): BrowserArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "json"],
    string: ["port", "_"],
    alias: { help: "h" },
    unknown: (argument, key) => key === undefined ? undefined : refuseUnknown(argument),
  });
  const paths = parsed._;
  if (paths.includes("")) throw new ArgumentError("a file has an empty name");
  return { help: parsed.help, paths, port: readPort(parsed.port), json: parsed.json };
}

function readPort(text: string | undefined): number {
  if (text === undefined) return PORT;
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) {
    throw new ArgumentError(`--port needs a number from 0 to 65535, not "${text}"`);
  }
  return port;
}
