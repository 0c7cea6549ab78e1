/**
 * What of the format is read, and which tests show it: `deno task coverage --help`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { red } from "@std/fmt/colors";
import { join } from "node:path";
import { collectCoverage, type Coverage } from "./coverage/collect_coverage.ts";
import { coverageMarkdown, END_MARK, START_MARK } from "./coverage/coverage_markdown.ts";
import { TestRunError } from "./coverage/test_results.ts";
import { ArgumentError, refuseUnknown } from "./generate/gen_arguments.ts";

const HELP = `Says for each item of the format whether it is read, and which tests show it.

Usage: deno task coverage [options]

  --write        puts the table into README.md, between its marks
  --check        fails when README.md has another table, or an item has no test
  --json         JSON instead of Markdown
  -h, --help     this text

It runs the tests of the feature files and of the real files, and counts only what passed. Without
the collection of real files the table would be another one: then --check says so and checks only
that the tests pass and every item has one.

Exit code: 0 done, 1 failed, 2 bad arguments.`;

const README = join(import.meta.dirname!, "..", "README.md");

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    const bad = error instanceof ArgumentError;
    if (!bad && !(error instanceof TestRunError)) throw error;
    console.error(`${red("error")}: ${error.message}`);
    if (bad) console.error("See deno task coverage --help.");
    return bad ? 2 : 1;
  }
}

async function run(args: string[]): Promise<number> {
  const { help, write, check, json } = parseArgs(args, {
    boolean: ["help", "write", "check", "json"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (help) {
    console.log(HELP);
    return 0;
  }
  const coverage = await collectCoverage();
  if (json) console.log(JSON.stringify(coverage, undefined, 2));
  const table = coverageMarkdown(coverage);
  if (write) await Deno.writeTextFile(README, withTable(await Deno.readTextFile(README), table));
  else if (!check && !json) console.log(table);
  return check ? await checkCoverage(coverage, table) : 0;
}

async function checkCoverage(coverage: Coverage, table: string): Promise<number> {
  const untested = coverage.items.filter(({ files }) => files.length === 0);
  for (const { section, code } of untested) {
    console.error(`${red("error")}: no test reads a file with ${section} ${code}`);
  }
  if (coverage.realFiles === 0) {
    console.error("README.md was not compared: there are no real files beside the checkout");
    return untested.length > 0 ? 1 : 0;
  }
  const readme = await Deno.readTextFile(README);
  const same = readme === withTable(readme, table);
  if (!same) {
    console.error(`${red("error")}: README.md is out of date; run deno task coverage --write`);
  }
  return same && untested.length === 0 ? 0 : 1;
}

function withTable(readme: string, table: string): string {
  const start = readme.indexOf(START_MARK);
  const end = readme.indexOf(END_MARK);
  if (start < 0 || end < start) throw new TestRunError(`README.md lacks ${START_MARK}`);
  return `${readme.slice(0, start + START_MARK.length)}\n\n${table}\n\n${readme.slice(end)}`;
}
