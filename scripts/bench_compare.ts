/**
 * Holds one run of the benchmark against another: `deno task bench:compare --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, green, red } from "@std/fmt/colors";
import { describeRun, formatNumber } from "../bench/harness/format_results.ts";
import { gate, type GateRow } from "../bench/harness/gate.ts";
import { loadResults, ResultsError } from "../bench/harness/results.ts";
import { drawForOutput, drawWithCliTable } from "../bench/harness/table.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";

const HELP = `Compares two runs of the benchmark, operation by operation.

Usage: deno task bench:compare BEFORE AFTER [options]

  BEFORE, AFTER  files that deno task bench kept, or folders of them, of which the latest is taken
  --gate         exit with 1 when an operation takes longer by more than the limit, and the 99 %
                 interval of the ratio excludes that nothing changed
  --limit PART   the limit; default 0.1, which is 10 %
  --json         JSON on standard output
  -h, --help     this text

A ratio is the time of AFTER by that of BEFORE. "faster" and "slower" are said only where the
interval excludes 1.
Exit code: 0 done, 1 a regression (with --gate) or no results, 2 bad arguments.`;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    return await compareRuns(args);
  } catch (error) {
    const bad = error instanceof ArgumentError;
    if (!bad && !(error instanceof ResultsError)) throw error;
    console.error(`${red("error")}: ${error.message}`);
    if (bad) console.error("See deno task bench:compare --help.");
    return bad ? 2 : 1;
  }
}

async function compareRuns(args: string[]): Promise<number> {
  const options = parseArgs(args, {
    boolean: ["help", "gate", "json"],
    string: ["limit", "_"],
    alias: { help: "h" },
    default: { limit: "0.1" },
    unknown: (argument, key) => key === undefined || refuseUnknown(argument),
  });
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const [before, after, ...more] = options._;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new ArgumentError("two runs are needed: BEFORE and AFTER");
  }
  const limit = Number(options.limit);
  if (!(limit > 0)) throw new ArgumentError(`--limit must be above 0, not ${options.limit}`);
  const runs = [await loadResults(before), await loadResults(after)];
  const result = gate(runs[0].results, runs[1].results, { limit });
  if (options.json) console.log(JSON.stringify(result, undefined, 2));
  else {
    console.log(`before: ${describeRun(runs[0])}`);
    console.log(`after:  ${describeRun(runs[1])}\n`);
    if (runs[0].machine.cpu !== runs[1].machine.cpu) {
      console.log(`${bold("The machines differ")}, so the ratios say nothing of the code.\n`);
    }
    const head = ["operation", "file", "ratio", "99 % interval", "outcome"];
    console.log(drawForOutput({ head, rows: result.rows.map(rowOf) }, drawWithCliTable));
  }
  if (!options.gate) return 0;
  const words = result.passed ? green("passed") : red("failed");
  if (!options.json) console.log(`\ngate: ${words}`);
  return result.passed ? 0 : 1;
}

function rowOf({ name, size, outcome, ratio }: GateRow): string[] {
  if (!ratio) return [name, size, "–", "–", outcome];
  const [low, high] = ratio.interval;
  const interval = `${formatNumber(low)} to ${formatNumber(high)}`;
  return [name, size, formatNumber(ratio.value), interval, outcome];
}
