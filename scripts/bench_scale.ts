/**
 * Cost against size: `deno task bench:scale --help`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { WrongResultError } from "../bench/check_signals.ts";
import { describeLoad } from "../bench/engine/format_engine.ts";
import { describeRun } from "../bench/harness/format_results.ts";
import { saveRun } from "../bench/harness/results.ts";
import { drawForOutput, type DrawTable, loadDrawTable } from "../bench/harness/table.ts";
import { PeersProgress } from "../bench/peers/peers_progress.ts";
import {
  describeLinearity,
  SCALE_LEGEND,
  scaleFigure,
  scaleTable,
} from "../bench/scale/format_scale.ts";
import { runScale, type ScaleRun } from "../bench/scale/run_scale.ts";
import {
  parseScaleArguments,
  SCALE_HELP,
  type ScaleArguments,
} from "../bench/scale/scale_arguments.ts";
import { runCommand } from "./run_command.ts";

// Exiting rather than returning ends an import that a network keeps waiting.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench:scale",
    async run(signal) {
      const options = parseScaleArguments(args);
      if (!options.help) return await benchScale(options, signal);
      console.log(SCALE_HELP);
    },
    told: [WrongResultError],
  });
}

async function benchScale(options: ScaleArguments, signal: AbortSignal): Promise<number> {
  // Begun now, so that waiting for a slow network costs no time later.
  const drawing = options.json ? undefined : loadDrawTable();
  const scratch = await Deno.makeTempDir({ prefix: "mf4-scale-" });
  const progress = new PeersProgress();
  try {
    const { axes, quick } = options;
    const run = await runScale({
      ...{ axes, quick, scratch, signal },
      onStep: (what) => progress.step(what),
      onProgress: (done, what) => progress.measured(done, what),
    });
    progress.clear();
    const path = await saveRun(run, "scale", options.out);
    const figure = join(dirname(path), "scale-latest.svg");
    // Loaded late: drawing takes longer to load than all else together.
    const { drawSvg } = await import("../bench/report/draw_figure.ts");
    await Deno.writeTextFile(figure, await drawSvg(scaleFigure(run), "light"));
    if (drawing) print(run, path, figure, await drawing);
    else console.log(JSON.stringify(run));
    return run.results.every(({ linear, floor }) => linear || floor) ? 0 : 1;
  } finally {
    progress.clear();
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(run: ScaleRun, path: string, figure: string, draw: DrawTable): void {
  console.log([describeRun(run), ...describeLoad(run), ""].join("\n"));
  console.log(`${drawForOutput(scaleTable(run), draw)}\n`);
  console.log([...describeLinearity(run), "", ...SCALE_LEGEND].join("\n"));
  console.log(`\nKept as ${path}\nFigure: ${figure}`);
}
