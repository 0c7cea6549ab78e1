/**
 * Shows that memory does not grow with the file: `deno task bench:memory --help`.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli/parse-args";
import { green, red } from "@std/fmt/colors";
import { parseSizes } from "../bench/harness/bench_arguments.ts";
import { describeMachine } from "../bench/harness/results.ts";
import type { StreamReport } from "../bench/stream_child.ts";
import { describeBytes } from "./generate/describe_bytes.ts";
import { expectedColumns } from "./generate/expected.ts";
import { ArgumentError, parseBytes, refuseUnknown } from "./generate/gen_arguments.ts";
import { ManifestError } from "./generate/manifest.ts";
import { ProgressBar } from "./generate/progress_bar.ts";
import {
  ensureTestFile,
  FileInTheWayError,
  type Size,
  TESTDATA,
  type TestFile,
  testFileName,
} from "./generate/test_files.ts";
import { runCommand } from "./run_command.ts";

const HELP = `Streams all channels of a file in a process of its own and prints its peak memory.

Usage: deno task bench:memory [options]

  --size SIZE      small, medium, large, huge (500 MB), or a size such as 250kB; default huge
  --limit BYTES    most memory that is allowed, such as 200MB; default 200MB
  --data FOLDER    folder of test files; default testdata
  --keep           keep the file there if it has to be made; without it, it is made in a temporary
                   folder and removed afterwards
  --json           the result as JSON on standard output, and nothing else there
  -h, --help       this text

The peak is that of resident memory from the start of the process, the runtime included: on Linux
VmHWM of /proc/self/status, elsewhere maxRSS as process.resourceUsage() tells it.
Exit code: 0 below the limit, 1 above it or failed, 2 bad arguments.`;

const CHILD = fileURLToPath(new URL("../bench/stream_child.ts", import.meta.url));

interface MemoryArguments {
  help: boolean;
  size: Size;
  limit: number;
  data: string;
  keep: boolean;
  json: boolean;
}

/** What was streamed did not hold what it must. */
class WrongStreamError extends Error {
  override name = "WrongStreamError";
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench:memory",
    async run() {
      const options = parse(args);
      if (!options.help) return await measureMemory(options) ? 0 : 1;
      console.log(HELP);
    },
    bad: [RangeError],
    told: [WrongStreamError, FileInTheWayError, ManifestError],
  });
}

function parse(args: string[]): MemoryArguments {
  const { _: rest, help, size, limit, data, keep, json } = parseArgs(args, {
    boolean: ["help", "keep", "json"],
    string: ["size", "limit", "data", "_"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (rest.length > 0) refuseUnknown(rest[0]);
  if (data === "") throw new ArgumentError("--data needs the path of a folder");
  const sizes = parseSizes(size ?? "huge");
  if (sizes.length > 1) throw new ArgumentError(`--size ${size}: choose one`);
  return {
    help,
    size: sizes[0],
    limit: parseBytes(limit ?? "200MB"),
    data: data ?? TESTDATA,
    keep,
    json,
  };
}

/** Prints the peak and tells whether it is below the limit. */
async function measureMemory({ size, limit, data, keep, json }: MemoryArguments): Promise<boolean> {
  const there = await exists(join(data, testFileName(size, {})));
  const temporary = there || keep ? undefined : await Deno.makeTempDir({ prefix: "mf4-memory-" });
  try {
    const file = await makeFile(size, temporary ?? data);
    const report = await stream(file);
    const below = report.peakBytes < limit;
    if (json) {
      const { lastValues: _, ...facts } = report;
      const machine = describeMachine();
      console.log(JSON.stringify({ fileBytes: file.bytes, limit, below, ...facts, machine }));
    } else {
      const peak = describeBytes(report.peakBytes);
      console.log(
        `peak memory ${below ? green(peak) : red(peak)} (${report.method}), ` +
          `${below ? "below" : "not below"} ${describeBytes(limit)}, while streaming ` +
          `${report.values.toLocaleString("en")} values of a file of ${
            describeBytes(file.bytes)
          } ` +
          `in ${report.seconds.toFixed(2)} s`,
      );
    }
    return below;
  } finally {
    if (temporary) await Deno.remove(temporary, { recursive: true });
  }
}

async function makeFile(size: Size, directory: string): Promise<TestFile> {
  const bar = new ProgressBar(`make ${testFileName(size, {})}`);
  try {
    return await ensureTestFile(size, { directory, onProgress: (part) => bar.update(part) });
  } finally {
    bar.clear();
  }
}

/** Streams in a fresh process, and checks the number of values and the last one of each channel. */
async function stream(file: TestFile): Promise<StreamReport> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--allow-all", CHILD, file.path],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new WrongStreamError(`streaming ${file.path} ended with exit code ${code}`);
  const report: StreamReport = JSON.parse(new TextDecoder().decode(stdout));
  const last = expectedColumns({}, 0, file.records - 1, 1);
  const wanted = {
    records: file.records,
    values: file.records * last.length,
    lastValues: last.map(({ values }) => String(values[0])).join(", "),
  };
  const { records, values, lastValues } = report;
  const seen = { records, values, lastValues: lastValues.join(", ") };
  for (const name of ["records", "values", "lastValues"] as const) {
    if (seen[name] !== wanted[name]) {
      throw new WrongStreamError(
        `streaming ${file.path} gave ${name} ${seen[name]}, expected ${wanted[name]}`,
      );
    }
  }
  return report;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
