/**
 * Reading against the bare read and other readers, by ratios to reach: `deno task bench:engine --help`.
 *
 * @module
 */
import { bold } from "@std/fmt/colors";
import {
  ENGINE_HELP,
  type EngineArguments,
  parseEngineArguments,
} from "../bench/engine/engine_arguments.ts";
import {
  BOUNDS_LEGEND,
  boundsTable,
  describeHolding,
  describeInflation,
  describeLoad,
  describeSides,
  describeWays,
  ENGINE_LEGEND,
  engineTable,
} from "../bench/engine/format_engine.ts";
import { measureMemory, memoryTable, WrongMemoryRunError } from "../bench/engine/memory_rows.ts";
import { type EngineRun, oursFailed, runEngine } from "../bench/engine/run_engine.ts";
import { describeRun } from "../bench/harness/format_results.ts";
import { saveRun } from "../bench/harness/results.ts";
import { drawForOutput, type DrawTable, loadDrawTable } from "../bench/harness/table.ts";
import { PeersProgress } from "../bench/peers/peers_progress.ts";
import { ManifestError } from "./generate/manifest.ts";
import { FileInTheWayError } from "./generate/test_files.ts";
import { FILE_ERRORS, runCommand } from "./run_command.ts";

// Exiting rather than returning ends an import that a network keeps waiting.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench:engine",
    async run(signal) {
      const options = parseEngineArguments(args);
      if (!options.help) return await benchEngine(options, signal);
      console.log(ENGINE_HELP);
    },
    bad: [RangeError],
    told: [FileInTheWayError, ManifestError, WrongMemoryRunError, ...FILE_ERRORS],
  });
}

async function benchEngine(options: EngineArguments, signal: AbortSignal): Promise<number> {
  // Begun now, so that waiting for a slow network costs no time later.
  const drawing = options.json ? undefined : loadDrawTable();
  const scratch = await Deno.makeTempDir({ prefix: "mf4-engine-" });
  const progress = new PeersProgress();
  try {
    const { data: directory, works, quick, bounds, canLog } = options;
    const onStep = (what: string) => progress.step(what);
    const onProgress = (done: number, what: string) => progress.measured(done, what);
    const files = { directory, canLog, scratch, onStep };
    const run = await runEngine({ ...files, works, quick, bounds, signal, onProgress });
    if (options.memory) run.memory = await measureMemory(files);
    progress.clear();
    const path = await saveRun(run, "engine", options.out);
    if (drawing) print(run, path, await drawing);
    else console.log(JSON.stringify(run));
    return oursFailed(run) ? 1 : 0;
  } finally {
    progress.clear();
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(run: EngineRun, path: string, draw: DrawTable): void {
  const heading = (text: string) =>
    console.log(`\n${Deno.stdout.isTerminal() ? bold(text) : text}`);
  console.log(describeRun(run));
  console.log([describeSides(run), ...describeLoad(run)].join("\n"));
  if (run.rows.length > 0) {
    console.log(`\n${drawForOutput(engineTable(run.rows), draw)}\n`);
    console.log([...describeHolding(run.rows, run.works), "", ...ENGINE_LEGEND].join("\n"));
    console.log(describeWays(run.works).join("\n"));
  }
  const bounds = boundsTable(run);
  if (bounds) {
    heading("Measured lower bounds");
    console.log(`${drawForOutput(bounds, draw)}\n`);
    console.log([...describeInflation(run.works), ...BOUNDS_LEGEND].join("\n"));
  }
  if (run.memory) {
    heading("Memory");
    console.log(drawForOutput(memoryTable(run.memory), draw));
  }
  console.log(`\nKept as ${path}`);
}
