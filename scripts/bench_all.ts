/**
 * Every benchmark there is, one after the other: `deno task bench:all --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "node:path";
import { WrongResultError } from "../bench/check_signals.ts";
import { AllProgress } from "../bench/harness/all_progress.ts";
import { DEFAULT_SIZES, parseSizes } from "../bench/harness/bench_arguments.ts";
import { describeRun, metricsTable, resultsTable } from "../bench/harness/format_results.ts";
import { ORIGINAL_LEGEND, originalTable } from "../bench/report/original_table.ts";
import { type BenchResults, saveResults } from "../bench/harness/results.ts";
import { drawForOutput, type DrawTable, loadDrawTable } from "../bench/harness/table.ts";
import { loadSuite, SUITE_NAMES } from "../bench/load_suite.ts";
import type { Operation } from "../bench/operation.ts";
import { OPERATIONS } from "../bench/operations.ts";
import { describeMissing, hasFailed, runAll, type SuiteToRun } from "../bench/run_all.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";
import type { Size } from "./generate/test_files.ts";
import { runCommand } from "./run_command.ts";

const HELP = `Runs every benchmark: reading, indexes, shapes, remote, boundary, memory,
and what an index gives.

Usage: deno task bench:all [options]

  --sizes LIST         as for deno task bench; default small,medium,large
  --iterations N       exactly N samples of each operation
  --operations LIST    only operations whose names contain one of these texts
  --peers              then compares with other readers (deno task bench:peers)
  --time-budget TIME   such as 90s or 5m: measuring takes no longer; what there is no time for is
                       named at the end, and memory is left out when time is short
  --json               the results as JSON on standard output, and nothing else there
  --data FOLDER        where the test files are, and are made when missing; default testdata
  --out FOLDER         where results and report go; default bench/results
  -h, --help           this text

Ctrl-C stops, and keeps what was measured until then.
Exit code: 0 done, 1 failed or a wrong result, 2 bad arguments, 130 interrupted.`;

interface Options {
  sizes: Size[];
  iterations?: number;
  operations: string[];
  peers: boolean;
  budgetMs?: number;
  json: boolean;
  data?: string;
  out?: string;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench:all",
    async run(signal) {
      const options = parse(args);
      if (options) return await benchAll(options, signal) ? 0 : 1;
      console.log(HELP);
    },
    bad: [RangeError],
    told: [WrongResultError],
  });
}

function parse(args: string[]): Options | undefined {
  const parsed = parseArgs(args, {
    boolean: ["help", "json", "peers"],
    string: ["sizes", "iterations", "operations", "time-budget", "data", "out", "_"],
    alias: { help: "h", sizes: "size" },
    unknown: refuseUnknown,
  });
  if (parsed.help) return undefined;
  if (parsed._.length > 0) refuseUnknown(parsed._[0]);
  const iterations = parsed.iterations === undefined ? undefined : Number(parsed.iterations);
  if (iterations !== undefined && !(Number.isInteger(iterations) && iterations >= 1)) {
    throw new RangeError(
      `--iterations must be a whole number of at least 1, not ${parsed.iterations}`,
    );
  }
  const budget = parsed["time-budget"];
  return {
    sizes: parsed.sizes === undefined ? [...DEFAULT_SIZES] : parseSizes(parsed.sizes),
    iterations,
    operations: (parsed.operations ?? "").toLowerCase().split(",").filter((text) => text !== ""),
    peers: parsed.peers,
    budgetMs: budget === undefined ? undefined : parseTime(budget),
    json: parsed.json,
    data: parsed.data,
    out: parsed.out,
  };
}

function parseTime(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m)$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) {
    throw new ArgumentError(`--time-budget ${text}: a time is 90s or 5m`);
  }
  return Number(number) * (unit === "m" ? 60_000 : 1000);
}

/** Gives whether nothing failed. */
async function benchAll(options: Options, signal: AbortSignal): Promise<boolean> {
  const suites = await chooseSuites(options.operations);
  const drawing = options.json ? undefined : loadDrawTable();
  const run = await runSuites(suites, options, signal);
  const path = await saveResults(run, options.out);
  const html = run.results.length > 0 ? await writeReport(path) : undefined;
  if (drawing) print(run, path, html, await drawing);
  else console.log(JSON.stringify(run));
  if (options.peers && !signal.aborted) await runPeers(options);
  return !hasFailed(run);
}

/** Loaded late: drawing takes longer to load than all else together. */
async function writeReport(path: string): Promise<string> {
  const { reportRun } = await import("../bench/report/report_run.ts");
  return (await reportRun(path)).html;
}

async function chooseSuites(texts: readonly string[]): Promise<SuiteToRun[]> {
  const all: SuiteToRun[] = [{ operations: OPERATIONS }];
  for (const name of SUITE_NAMES) all.push({ name, operations: await loadSuite(name) });
  const wanted = ({ name }: Operation) =>
    texts.length === 0 || texts.some((text) => name.toLowerCase().includes(text));
  const chosen = all.map(({ name, operations }) => ({
    name,
    operations: operations.filter(wanted),
  })).filter(({ operations }) => operations.length > 0);
  if (chosen.length === 0) {
    throw new ArgumentError(`--operations ${texts.join(",")}: no operation is called so`);
  }
  return chosen;
}

async function runSuites(
  suites: readonly SuiteToRun[],
  { sizes, iterations, budgetMs, data }: Options,
  signal: AbortSignal,
): Promise<BenchResults> {
  const scratch = await Deno.makeTempDir({ prefix: "mf4-bench-" });
  const progress = new AllProgress();
  try {
    return await runAll({
      ...{ sizes, suites, iterations, budgetMs, directory: data, scratch, signal },
      onProgress: (what, done) => progress.show(what, done),
    });
  } finally {
    progress.clear();
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(run: BenchResults, path: string, html: string | undefined, draw: DrawTable): void {
  console.log(describeRun(run) + (run.interrupted ? ", interrupted" : "") + "\n");
  for (const content of [resultsTable(run), metricsTable(run), originalTable(run)]) {
    if (content) console.log(drawForOutput(content, draw) + "\n");
  }
  console.log(ORIGINAL_LEGEND.join("\n"));
  const missing = describeMissing(run);
  if (missing.length > 0) console.log(`\nNot measured:\n${missing.join("\n")}`);
  console.log(`\nKept as ${path}${html ? `\nReport: ${html}` : ""}`);
}

async function runPeers({ data, out }: Options): Promise<void> {
  const places = [...(data ? ["--data", data] : []), ...(out ? ["--out", out] : [])];
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-all"],
      ...[join(import.meta.dirname!, "bench_peers.ts"), ...places],
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new WrongResultError(`the comparison with peers ended with code ${code}`);
}
