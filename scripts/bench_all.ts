/**
 * Every benchmark there is, one after the other: `deno task bench:all --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { red } from "@std/fmt/colors";
import { join } from "node:path";
import { WrongResultError } from "../bench/check_signals.ts";
import { DEFAULT_SIZES, parseSizes } from "../bench/harness/bench_arguments.ts";
import { describeRun, metricsTable, resultsTable } from "../bench/harness/format_results.ts";
import { ORIGINAL_LEGEND, originalTable } from "../bench/report/original_table.ts";
import { type BenchResults, saveResults } from "../bench/harness/results.ts";
import { drawForOutput, type DrawTable, loadDrawTable } from "../bench/harness/table.ts";
import { loadSuite, SUITE_NAMES } from "../bench/load_suite.ts";
import type { Operation } from "../bench/operation.ts";
import { OPERATIONS } from "../bench/operations.ts";
import { mergeRuns, runBenchmark } from "../bench/run_benchmark.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";
import { ProgressBar } from "./generate/progress_bar.ts";
import type { Size } from "./generate/test_files.ts";

const HELP = `Runs every benchmark: reading, indexes, shapes, remote, boundary, memory.

Usage: deno task bench:all [options]

  --sizes LIST         as for deno task bench; default small,medium,large
  --iterations N       exactly N samples of each operation
  --operations LIST    only operations whose names contain one of these texts
  --peers              then compares with other readers (deno task bench:peers)
  --time-budget TIME   such as 90s or 5m: measuring takes about that long, and no less than the
                       fewest runs that can be compared take; memory is left out when time is short
  --json               the results as JSON on standard output, and nothing else there
  --data FOLDER        where the test files are, and are made when missing; default testdata
  --out FOLDER         where results and report go; default bench/results
  -h, --help           this text

Ctrl-C stops, and keeps what was measured until then.
Exit code: 0 done, 1 failed or a wrong result, 2 bad arguments, 130 interrupted.`;

/** What part of the time goes into measuring times; the rest into warming up and files. */
const MEASURING_PART = 0.5;
/** What measuring the memory of an operation takes, in a process of its own. */
const RESOURCES_MS = 450;

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
async function main(args: string[]): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    const options = parse(args);
    if (!options) console.log(HELP);
    else await benchAll(options, interrupt.signal);
    return interrupt.signal.aborted ? 130 : 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    const bad = error instanceof ArgumentError || error instanceof RangeError;
    if (!bad && !(error instanceof WrongResultError)) throw error;
    console.error(`${red("error")}: ${error.message}`);
    if (bad) console.error("See deno task bench:all --help.");
    return bad ? 2 : 1;
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
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

async function benchAll(options: Options, signal: AbortSignal): Promise<void> {
  const suites = await chooseSuites(options.operations);
  const drawing = options.json ? undefined : loadDrawTable();
  const run = await runSuites(suites, options, signal);
  const path = await saveResults(run, options.out);
  const { reportRun } = await import("../bench/report/report_run.ts");
  const { html } = await reportRun(path);
  if (drawing) print(run, path, html, await drawing);
  else console.log(JSON.stringify(run));
  if (options.peers && !signal.aborted) await runPeers(options);
}

interface ChosenSuite {
  name?: string;
  operations: readonly Operation[];
}

async function chooseSuites(texts: readonly string[]): Promise<ChosenSuite[]> {
  const all: ChosenSuite[] = [{ operations: OPERATIONS }];
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
  suites: readonly ChosenSuite[],
  { sizes, iterations, budgetMs, data }: Options,
  signal: AbortSignal,
): Promise<BenchResults> {
  const scratch = await Deno.makeTempDir({ prefix: "mf4-bench-" });
  const bar = new ProgressBar("measure");
  const parts = suites.reduce((sum, { operations }) => sum + operations.length, 0) * sizes.length;
  // Memory is left out where there is hardly time for the times.
  const share = budgetMs === undefined ? Infinity : budgetMs / parts;
  const resources = share > 2 * RESOURCES_MS;
  const runs: BenchResults[] = [];
  let before = 0;
  try {
    for (const { name, operations } of suites) {
      if (signal.aborted) break;
      try {
        let size = 0;
        runs.push(
          await runBenchmark({
            ...{ sizes, operations, iterations, scratch, signal, suite: name, directory: data },
            resources,
            budgetMs: share === Infinity
              ? undefined
              : MEASURING_PART * (share - (resources ? RESOURCES_MS : 0)),
            onProgress(task, _, done) {
              if (task === "make") return;
              bar.update({ done: (before + operations.length * (size + done)) / parts });
              if (done === 1) size++;
            },
          }),
        );
      } catch (error) {
        // Nothing of this suite was measured yet; what others gave is kept.
        if (!signal.aborted || runs.length === 0) throw error;
      }
      before += operations.length * sizes.length;
    }
    const run = mergeRuns(runs);
    return signal.aborted ? { ...run, interrupted: true } : run;
  } finally {
    bar.clear();
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(run: BenchResults, path: string, html: string, draw: DrawTable): void {
  console.log(describeRun(run) + (run.interrupted ? ", interrupted" : "") + "\n");
  for (const content of [resultsTable(run), metricsTable(run), originalTable(run)]) {
    if (content) console.log(drawForOutput(content, draw) + "\n");
  }
  console.log(ORIGINAL_LEGEND.join("\n"));
  console.log(`\nKept as ${path}\nReport: ${html}`);
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
