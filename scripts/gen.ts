/**
 * Generates test data: `deno task gen --help`.
 *
 * @module
 */
import { join, relative } from "node:path";
import { green } from "@std/fmt/colors";
import { PatternError } from "./generate/check_pattern.ts";
import { describeBytes } from "./generate/describe_bytes.ts";
import { GEN_HELP, parseGenArguments } from "./generate/gen_arguments.ts";
import type { GenArguments } from "./generate/gen_arguments.ts";
import { loadPattern } from "./generate/load_pattern.ts";
import { ManifestError } from "./generate/manifest.ts";
import { ProgressBar } from "./generate/progress_bar.ts";
import {
  ensureFile,
  FileInTheWayError,
  type Size,
  sizeOptions,
  TESTDATA,
  type TestFile,
  testFileName,
} from "./generate/test_files.ts";
import { FILE_ERRORS, runCommand } from "./run_command.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "gen",
    async run(signal) {
      const options = parseGenArguments(args);
      if (options.help) console.log(GEN_HELP);
      else await generate(options, signal);
    },
    bad: [PatternError, RangeError],
    told: [FileInTheWayError, ManifestError, ...FILE_ERRORS],
  });
}

async function generate(options: GenArguments, signal: AbortSignal): Promise<void> {
  const pattern = await loadPattern(options.pattern);
  const { seed, compression, channels, groups } = options;
  const content = { pattern, seed, compression, channels, groups };
  for (const size of options.sizes) {
    const path = options.file ?? join(options.directory ?? TESTDATA, testFileName(size, content));
    const file = await generateOne(path, size, { ...content, signal }, options);
    const shown = relative(Deno.cwd(), file.path);
    if (options.json) console.log(JSON.stringify({ ...file, path: shown }));
    else if (!options.quiet) console.log(describeFile(shown, file));
  }
}

async function generateOne(
  path: string,
  size: Size,
  content: Omit<Parameters<typeof ensureFile>[0], "path" | "bytes" | "records" | "onProgress">,
  options: GenArguments,
): Promise<TestFile> {
  const bar = options.quiet ? undefined : new ProgressBar(relative(Deno.cwd(), path));
  try {
    return await ensureFile(
      { ...content, ...sizeOptions(size), path, onProgress: bar && ((p) => bar.update(p)) },
      { record: options.file === undefined, force: options.force },
    );
  } finally {
    bar?.clear();
  }
}

function describeFile(path: string, file: TestFile): string {
  const count = (n: number, what: string) =>
    `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
  return [
    green(path),
    describeBytes(file.bytes),
    count(file.records, "record"),
    count(file.groups, "group"),
    count(file.channels, "channel"),
    file.kept
      ? "up to date"
      : `${file.seconds.toFixed(2)} s, ${describeBytes(file.bytes / file.seconds)}/s`,
  ].join("  ");
}
