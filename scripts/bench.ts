/**
 * The benchmark: `deno task bench --help`.
 *
 * @module
 */
import { getColorEnabled, red, setColorEnabled } from "@std/fmt/colors";
import {
  BENCH_HELP,
  type BenchArguments,
  parseBenchArguments,
} from "../bench/harness/bench_arguments.ts";
import { WrongResultError } from "../bench/check_signals.ts";
import {
  describeFloor,
  describeRun,
  LEGEND,
  metricsTable,
  resultsTable,
} from "../bench/harness/format_results.ts";
import { type BenchResults, saveResults } from "../bench/harness/results.ts";
import { RunProgress } from "../bench/harness/run_progress.ts";
import { drawForOutput, type DrawTable, loadDrawTable } from "../bench/harness/table.ts";
import { ORIGINAL_LEGEND, originalTable } from "../bench/report/original_table.ts";
import { loadSuite, SuiteError } from "../bench/load_suite.ts";
import { BARE_READ, OPERATIONS } from "../bench/operations.ts";
import { runBenchmark } from "../bench/run_benchmark.ts";
import { isMdfError } from "../lib/errors.ts";
import { ArgumentError } from "./generate/gen_arguments.ts";
import { ManifestError } from "./generate/manifest.ts";
import { FileInTheWayError } from "./generate/test_files.ts";

// Exiting rather than returning ends an import that a network keeps waiting.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  setColorEnabled(getColorEnabled() && Deno.stdout.isTerminal());
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    const options = parseBenchArguments(args);
    if (options.help) console.log(BENCH_HELP);
    else await bench(options, interrupt.signal);
    return interrupt.signal.aborted ? 130 : 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    const code = exitCodeFor(error);
    if (code === undefined) throw error;
    console.error(`${red("error")}: ${(error as Error).message}`);
    if (code === 2) console.error("See deno task bench --help.");
    return code;
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}

async function bench(options: BenchArguments, signal: AbortSignal): Promise<void> {
  const all = options.suite === undefined ? OPERATIONS : await loadSuite(options.suite);
  const matching = all.filter(({ name }) => name.toLowerCase().includes(options.filter));
  if (matching.length === 0) {
    throw new ArgumentError(
      `--filter ${options.filter}: no operation is called so; there are ` +
        all.map(({ name }) => `"${name}"`).join(", "),
    );
  }
  // The floor is measured whatever else is: it is what all others are held against.
  const operations = all.filter((one) => one.name === BARE_READ || matching.includes(one));
  // Begun now, so that waiting for a slow network costs no time later.
  const drawing = options.json ? undefined : loadDrawTable();
  const scratch = await Deno.makeTempDir({ prefix: "mf4-bench-" });
  const progress = new RunProgress();
  try {
    const run = await runBenchmark({
      sizes: options.sizes,
      operations,
      iterations: options.iterations,
      suite: options.suite,
      resources: options.resources,
      directory: options.data,
      scratch,
      signal,
      onProgress: (task, size, done) => progress.show(task, size, done),
    });
    progress.clear();
    const path = await saveResults(run, options.out);
    // Loaded late: drawing takes longer to load than all else together.
    const { reportRun } = await import("../bench/report/report_run.ts");
    const { html } = await reportRun(path);
    if (drawing) print(run, path, html, await drawing);
    else console.log(JSON.stringify(run));
  } finally {
    progress.clear();
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(run: BenchResults, path: string, html: string, draw: DrawTable): void {
  console.log(describeRun(run) + "\n");
  console.log(drawForOutput(resultsTable(run), draw) + "\n");
  for (const file of run.files) {
    const floor = describeFloor(file, run.results, BARE_READ);
    if (floor) console.log(floor);
  }
  const own = metricsTable(run);
  if (own) console.log("\n" + drawForOutput(own, draw));
  console.log("\n" + LEGEND.join("\n"));
  const original = originalTable(run);
  if (original) {
    console.log("\n" + drawForOutput(original, draw));
    console.log("\n" + ORIGINAL_LEGEND.join("\n"));
  }
  console.log(`\nKept as ${path}\nReport: ${html}`);
}

function exitCodeFor(error: unknown): number | undefined {
  if (error instanceof ArgumentError || error instanceof RangeError) return 2;
  if (
    error instanceof WrongResultError || error instanceof SuiteError ||
    error instanceof FileInTheWayError ||
    error instanceof ManifestError || isMdfError(error) ||
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.NotADirectory
  ) return 1;
  return undefined;
}
