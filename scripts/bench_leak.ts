/**
 * Opens, reads and closes a file many times with each kind of source, and fails when the process
 * grows: `deno task bench:leak --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { format as formatBytes } from "@std/fmt/bytes";
import { red } from "@std/fmt/colors";
import { checkLeak, LEAK_SOURCES, type LeakResult, MOST_GROWTH } from "../bench/leak_check.ts";
import { formatPercent } from "../bench/harness/format_results.ts";
import { drawForOutput, drawWithCliTable } from "../bench/harness/table.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";
import { ProgressBar } from "./generate/progress_bar.ts";
import { ensureTestFile } from "./generate/test_files.ts";

const HELP = `Opens, reads and closes a file many times, and fails when the process grows.

Usage: deno task bench:leak [options]

  --cycles N     cycles for each source; default 500
  --settled N    cycles after which memory is what the work needs; default 50
  --sources LIST of ${LEAK_SOURCES.join(", ")}; default all
  --data FOLDER  where the test file is, and is made when missing; default testdata
  --json         JSON on standard output
  -h, --help     this text

Judged is the live memory of a process for each source, after collections; the resident memory, with
what the runtime keeps for later, is shown beside it.
Exit code: 0 none grew by more than ${formatPercent(MOST_GROWTH)}, 1 one did, 2 bad arguments.`;

const CHANNELS = ["RPM", "DriveState"];

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof RangeError)) throw error;
    console.error(`${red("error")}: ${error.message}`);
    console.error("See deno task bench:leak --help.");
    return 2;
  }
}

async function run(args: string[]): Promise<number> {
  const options = parseArgs(args, {
    boolean: ["help", "json"],
    string: ["cycles", "settled", "sources", "data", "child"],
    alias: { help: "h" },
    default: { cycles: "500", settled: "50", sources: LEAK_SOURCES.join() },
    unknown: refuseUnknown,
  });
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const cycles = Number(options.cycles);
  const settled = Number(options.settled);
  if (
    !Number.isInteger(cycles) || !Number.isInteger(settled) || !(cycles > settled && settled > 0)
  ) {
    throw new RangeError("--cycles must be a whole number above --settled, which must be above 0");
  }
  const sources = options.sources.split(",").map((name) => {
    const source = LEAK_SOURCES.find((one) => one === name);
    if (!source) {
      throw new ArgumentError(`--sources: "${name}" is none of ${LEAK_SOURCES.join(", ")}`);
    }
    return source;
  });
  const { path } = await ensureTestFile("small", { directory: options.data });
  if (options.child !== undefined) {
    const result = await checkLeak(sources[0], path, CHANNELS, { cycles, settled });
    console.log(JSON.stringify(result));
    return 0;
  }
  const results: LeakResult[] = [];
  for (const source of sources) {
    const bar = new ProgressBar(`${source}, ${cycles} cycles`);
    bar.update({ done: 0 });
    results.push(await inProcess(source, args));
    bar.clear();
  }
  if (options.json) console.log(JSON.stringify(results, undefined, 2));
  else print(results);
  return results.every(({ growth }) => growth <= MOST_GROWTH) ? 0 : 1;
}

/** Memory of a source is told apart from that of others only in a process of its own. */
async function inProcess(source: string, args: readonly string[]): Promise<LeakResult> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-all", "--v8-flags=--expose-gc"],
      ...[import.meta.filename!, ...args, "--sources", source, "--child", "1"],
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`the process for ${source} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function print(results: readonly LeakResult[]): void {
  const table = {
    head: ["source", "cycles", "settled at", "at the end", "growth", "verdict", "resident"],
    rows: results.map(({ source, cycles, settled, end, growth }) => [
      ...[source, String(cycles), formatBytes(settled.liveBytes), formatBytes(end.liveBytes)],
      ...[formatPercent(growth), growth <= MOST_GROWTH ? "no leak" : "grows"],
      `${formatBytes(settled.residentBytes)} to ${formatBytes(end.residentBytes)}`,
    ]),
  };
  console.log(drawForOutput(table, drawWithCliTable));
}
