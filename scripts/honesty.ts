/**
 * Puts the benchmark's comparisons to the test: `deno task bench:honesty --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { red } from "@std/fmt/colors";
import { openBenchFile } from "../bench/bench_file.ts";
import { compareLive, type NoiseRecord } from "../bench/harness/honesty.ts";
import { measure } from "../bench/harness/measure.ts";
import { describeMachine } from "../bench/harness/results.ts";
import type { Decoded, PreparedOperation } from "../bench/operation.ts";
import { OPERATIONS } from "../bench/operations.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";
import { ProgressBar } from "./generate/progress_bar.ts";

const HELP =
  `Compares an operation with itself, and with itself made 10 % slower, and counts what is flagged.

Usage: deno task bench:honesty [options]

  --comparisons N   comparisons of each kind; default 100
  --rounds N        rounds of each comparison; default 200
  --record FILE     keep times of the operation in FILE instead, for the simulation in the tests
  -h, --help        this text

Exit code: 0 at most 7 in 100 A/A comparisons flagged and at least 90 in 100 slowdowns seen, 1 not so,
2 bad arguments.`;

const OPERATION = "single channel";
const SLOWDOWN = 0.1;
const MOST_FALSE = 0.07;
const LEAST_SEEN = 0.9;
const STRETCHES = 8;
const STRETCH_TIMES = 1000;
const PAUSE_MS = 15_000;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const options = parseArgs(args, {
      boolean: ["help"],
      string: ["comparisons", "rounds", "record"],
      alias: { help: "h" },
      unknown: refuseUnknown,
    });
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    if (options.record === "") throw new ArgumentError("--record needs the path of a file");
    const comparisons = wholeNumber("comparisons", options.comparisons ?? "100", 1);
    const rounds = wholeNumber("rounds", options.rounds ?? "200", 8);
    return await withOperation(async (operation) => {
      if (options.record === undefined) return await test(operation, comparisons, rounds);
      await Deno.writeTextFile(options.record, await record(operation));
      return 0;
    });
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.error(`${red("error")}: ${error.message}`);
    return 2;
  }
}

async function test(
  operation: PreparedOperation,
  comparisons: number,
  rounds: number,
): Promise<number> {
  const started = performance.now();
  const run = () => operation.run();
  const tallies = [];
  for (const slowdown of [0, SLOWDOWN]) {
    const bar = new ProgressBar(slowdown === 0 ? "A against A" : "10 % slower");
    const onProgress = (part: number) => bar.update({ done: part });
    tallies.push(await compareLive(run, { comparisons, rounds, slowdown, onProgress }));
    bar.clear();
  }
  const [same, slower] = tallies;
  const flagged = same.faster + same.slower;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${OPERATION}, ${rounds} rounds for each comparison, ${seconds} s`);
  console.log(`A against A:  ${flagged} of ${comparisons} flagged, at most 7 % may be`);
  console.log(`10 % slower:  ${slower.slower} of ${comparisons} seen, at least 90 % must be`);
  const honest = flagged <= MOST_FALSE * comparisons && slower.slower >= LEAST_SEEN * comparisons;
  return honest ? 0 : 1;
}

/** Times of the operation with pauses in between, so that the machine's moods are in them. */
async function record(operation: PreparedOperation): Promise<string> {
  const stretches: string[] = [];
  for (let i = 0; i < STRETCHES; i++) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const [{ times }] = await measure<Decoded>([operation], {
      rounds: STRETCH_TIMES,
      iterations: STRETCH_TIMES,
      budgetMs: 0,
    });
    stretches.push(times.map((time) => Math.round(time * 1000)).join(" "));
  }
  const { cpu, cores, system, deno } = describeMachine();
  const noise: NoiseRecord = {
    operation: `${OPERATION} of a file of 1 MB, microseconds`,
    machine: `${cpu}, ${cores} cores, ${system}, Deno ${deno}`,
    date: new Date().toISOString(),
    stretches,
  };
  return JSON.stringify(noise, null, 2) + "\n";
}

async function withOperation<T>(use: (operation: PreparedOperation) => Promise<T>): Promise<T> {
  const scratch = await Deno.makeTempDir({ prefix: "mf4-honesty-" });
  try {
    const file = await openBenchFile("small", { directory: scratch, scratch });
    const operation = await OPERATIONS.find(({ name }) => name === OPERATION)!.prepare(file);
    try {
      return await use(operation);
    } finally {
      await operation.close();
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= least) return value;
  throw new ArgumentError(`--${name} must be a whole number of at least ${least}, not "${text}"`);
}
