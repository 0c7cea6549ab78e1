/**
 * The benchmark: `deno task bench --help`.
 *
 * @module
 */
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
import { ArgumentError } from "./generate/gen_arguments.ts";
import { ManifestError } from "./generate/manifest.ts";
import { FileInTheWayError } from "./generate/test_files.ts";
import { FILE_ERRORS, runCommand } from "./run_command.ts";

// Exiting rather than returning ends an import that a network keeps waiting.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench",
    async run(signal) {
      const options = parseBenchArguments(args);
      if (options.help) console.log(BENCH_HELP);
      else await bench(options, signal);
    },
    bad: [RangeError],
    told: [WrongResultError, SuiteError, FileInTheWayError, ManifestError, ...FILE_ERRORS],
  });
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
