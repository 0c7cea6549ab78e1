/**
 * The bounds of indexes: `deno task bench:index --help`.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { WrongResultError } from "../bench/check_signals.ts";
import { drawForOutput, loadDrawTable } from "../bench/harness/table.ts";
import { makeOwnFile, ownName } from "../bench/index/groups_file.ts";
import {
  type Bound,
  boundsTable,
  figuresTable,
  type Finding,
  findingsOf,
  GROUPS_BOUNDS,
  LARGE_BOUNDS,
} from "../bench/index/index_bounds.ts";
import { type IndexedFile, type IndexFigures, measureIndex } from "../bench/index/measure_index.ts";
import { SEVERAL, SINGLE } from "../bench/performance_operations.ts";
import { Mdf } from "../mod.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";
import { generateFile } from "./generate/generate_file.ts";
import { ProgressBar } from "./generate/progress_bar.ts";
import { runCommand } from "./run_command.ts";

const HELP = `Measures what indexes take and save, and holds them to their bounds.

Usage: deno task bench:index [options]

  --rounds N       rounds of all measurements in turns; default 15
  --quick          files of a tenth, and few rounds: for a look; bounds are printed all the same
  --json           the results as JSON on standard output, and nothing else there
  -h, --help       this text

A file of 100 MB with one group, and two of 2,000 groups with 21 channels each, are made in a
temporary folder and removed: one in which every second channel has a conversion of its own, and one
in which all share a few.
Exit code: 0 all bounds hold, 1 one does not or a wrong result, 2 bad arguments.`;

// Exiting rather than returning ends an import that a network keeps waiting.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench:index",
    async run() {
      const options = readArguments(args);
      if (!options.help) return await benchIndex(options) ? 0 : 1;
      console.log(HELP);
    },
    told: [WrongResultError],
  });
}

interface Options {
  help: boolean;
  quick: boolean;
  json: boolean;
  rounds: number;
}

function readArguments(args: string[]): Options {
  const { help, quick, json, rounds, _ } = parseArgs(args, {
    boolean: ["help", "quick", "json"],
    string: ["rounds", "_"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (_.length > 0) refuseUnknown(_[0]);
  const count = rounds === undefined ? (quick ? 3 : 15) : Number(rounds);
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(`--rounds needs a whole number from 1, not "${rounds}"`);
  }
  return { help, quick, json, rounds: count };
}

async function benchIndex({ quick, json, rounds }: Options): Promise<boolean> {
  // Begun now, so that waiting for a slow network costs no time later.
  const drawing = json ? undefined : loadDrawTable();
  const folder = await Deno.makeTempDir({ prefix: "mf4-index-" });
  try {
    const figures: IndexFigures[] = [];
    const findings: Finding[] = [];
    const measured = async (
      name: string,
      make: (path: string) => Promise<unknown>,
      bounds: readonly Bound[],
      select: (path: string) => Promise<IndexedFile["selections"]>,
    ) => {
      const bar = new ProgressBar(name);
      const [path, indexPath] = [join(folder, `${name}.mf4`), join(folder, `${name}.json`)];
      await make(path);
      const selections = await select(path);
      const found = await measureIndex(
        { name, path, indexPath, rounds, selections },
        (done) => bar.update({ done }),
      );
      bar.clear();
      await Deno.remove(path);
      figures.push(found);
      findings.push(...findingsOf(found, bounds));
    };
    const bytes = quick ? 10_000_000 : 100_000_000;
    await measured(
      "large",
      (path) => generateFile({ path, bytes }),
      LARGE_BOUNDS,
      async (path) => ({
        "one channel": [SINGLE],
        "five channels": SEVERAL,
        "all channels": await namesOf(path),
      }),
    );
    const groups = quick ? 200 : 2000;
    await measured(
      `${groups} groups`,
      (path) => makeOwnFile(path, groups),
      GROUPS_BOUNDS,
      () => Promise.resolve({ "one channel": [ownName(groups >> 1, 7)] }),
    );
    await measured(
      `${groups} groups, shared conversions`,
      (path) => generateFile({ path, groups, channels: 20, records: 40 }),
      GROUPS_BOUNDS,
      async (path) => ({ "one channel": [await nameInTheMiddle(path)] }),
    );
    if (drawing) {
      const draw = await drawing;
      console.log(`${drawForOutput(figuresTable(figures), draw)}\n`);
      console.log(drawForOutput(boundsTable(findings), draw));
    } else console.log(JSON.stringify({ figures, findings }));
    return findings.every(({ holds }) => holds);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesOf(path: string): Promise<string[]> {
  await using mdf = await Mdf.open(path);
  return mdf.groups.flatMap(({ channels }) => channels.map(({ name }) => name));
}

/** A channel whose name only one group has, half-way through the file. */
async function nameInTheMiddle(path: string): Promise<string> {
  await using mdf = await Mdf.open(path);
  const { channels } = mdf.groups[mdf.groups.length >> 1];
  const counts = Map.groupBy(
    mdf.groups.flatMap(({ channels }) => channels.map(({ name }) => name)),
    (name) => name,
  );
  const found = channels.find(({ name }) => counts.get(name)!.length === 1);
  if (!found) throw new WrongResultError("no channel of the group has a name of its own");
  return found.name;
}
