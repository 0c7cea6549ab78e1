/**
 * Reads files over HTTP from servers with every fault that was thought of, and shows what became of
 * it: `deno task http:faults --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { red, setColorEnabled } from "@std/fmt/colors";
import { FAULTS } from "./http_faults/faults.ts";
import { faultFiles } from "./http_faults/fault_files.ts";
import { isBad, type Outcome, runFault } from "./http_faults/run_faults.ts";
import { makeTable, tabbedLines } from "./inspect/table.ts";

const HELP = `Reads files over HTTP from servers with faults, and shows what became of it.

Usage: deno task http:faults [--filter TEXT] [--json]

  --filter TEXT   only faults whose name has that text
  --json          everything as JSON on standard output
  -h, --help      this text

Right values and typed errors are what there may be. Exit code: 0 all is so, 1 wrong values, an error
without a type or a read that hangs, 2 bad arguments.`;

interface Row {
  fault: string;
  outcomes: Outcome[];
}

if (import.meta.main) Deno.exit(await httpFaults(Deno.args));

/** Runs the command line and gives the exit code. */
export async function httpFaults(args: string[]): Promise<number> {
  const unknown: string[] = [];
  const options = parseArgs(args, {
    boolean: ["json", "help"],
    string: ["filter"],
    alias: { h: "help" },
    unknown: (name) => {
      unknown.push(name);
      return false;
    },
  });
  if (unknown.length > 0) {
    console.error(`error: ${unknown[0]} is not known here; see deno task http:faults --help`);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  setColorEnabled(Deno.stdout.isTerminal() && !Deno.noColor);
  const files = await faultFiles();
  const chosen = FAULTS.filter(({ name }) => name.includes(options.filter ?? ""));
  const rows: Row[] = [];
  for (const fault of chosen) {
    if (Deno.stderr.isTerminal()) {
      console.error(`${rows.length + 1} of ${chosen.length}: ${fault.name}`);
    }
    const outcomes = await Promise.all(files.map((file) => runFault(fault, file)));
    rows.push({ fault: fault.name, outcomes: outcomes.flat() });
  }
  if (options.json) console.log(JSON.stringify(rows, undefined, 2));
  else print(rows);
  return rows.some(({ outcomes }) => outcomes.some(isBad)) ? 1 : 0;
}

/** One row for each fault, one column for each way to read; files with one outcome are put together. */
function print(rows: readonly Row[]): void {
  const ways = [...new Set(rows.flatMap(({ outcomes }) => outcomes.map(({ way }) => way)))];
  const cells = rows.map(({ fault, outcomes }) => [
    fault,
    ...ways.map((way) => summary(outcomes.filter((outcome) => outcome.way === way))),
  ]);
  const head = ["fault", ...ways];
  const lines = Deno.stdout.isTerminal()
    ? makeTable(head, cells, Deno.consoleSize().columns, [2, 1, 1, 1])
    : tabbedLines([head, ...cells]);
  for (const line of lines) console.log(line);
  const all = rows.flatMap(({ outcomes }) => outcomes);
  const right = all.filter(({ outcome }) => outcome === "right values").length;
  const bad = all.filter(isBad).length;
  console.log(
    `${all.length} readings: ${right} right, ${all.length - right - bad} typed errors, ` +
      (bad > 0 ? red(`${bad} that must not be`) : "none of what must not be"),
  );
}

function summary(outcomes: readonly Outcome[]): string {
  const kinds = [...new Set(outcomes.map(({ outcome }) => outcome))];
  if (kinds.length === 1) return kinds[0];
  return outcomes.map(({ file, outcome }) => `${file}: ${outcome}`).join(", ");
}
