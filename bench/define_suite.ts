/**
 * Operations as a plain `Deno.bench` suite: a group for every size and kind, one baseline in each.
 *
 * Sizes come from the arguments (`deno task bench:suites -- --sizes small`) or from the environment
 * (`MF4_BENCH_SIZES=small,medium`); small, medium and large otherwise. `--data FOLDER` says where the
 * files are.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ProgressBar } from "../scripts/generate/progress_bar.ts";
import { refuseUnknown } from "../scripts/generate/gen_arguments.ts";
import type { Size } from "../scripts/generate/test_files.ts";
import { openBenchFile, sizeLabel } from "./bench_file.ts";
import { DEFAULT_SIZES, parseSizes } from "./harness/bench_arguments.ts";
import type { Operation, PreparedOperation } from "./operation.ts";

// Those of the large file take long enough without ten of them.
const WARM_UP_RUNS = 2;
const LARGE_BYTES = 50_000_000;
const LARGE_RUNS = 5;

/**
 * Registers the operations for every size that is asked for, or else for `usualSizes`; makes files that
 * are missing.
 */
export async function defineSuite(
  operations: readonly Operation[],
  usualSizes: readonly Size[] = DEFAULT_SIZES,
): Promise<void> {
  const scratch = await Deno.makeTempDir({ prefix: "mf4-bench-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(scratch, { recursive: true }));
  const { sizes, directory } = readArguments(usualSizes);
  for (const size of sizes) {
    const label = sizeLabel(size);
    const bar = new ProgressBar(`make ${label}`);
    const file = await openBenchFile(size, {
      directory,
      scratch,
      onProgress: (part) => bar.update(part),
    });
    bar.clear();
    for (const operation of operations) {
      let prepared: PreparedOperation | undefined;
      Deno.bench({
        name: `${operation.name}, ${label}`,
        group: `${operation.group}, ${label}`,
        baseline: operation.baseline,
        warmup: WARM_UP_RUNS,
        n: file.file.bytes > LARGE_BYTES ? LARGE_RUNS : undefined,
        async fn(bench) {
          prepared ??= await operation.prepare(file);
          bench.start();
          let result = prepared.run();
          if (result instanceof Promise) result = await result;
          bench.end();
          await prepared.check(result);
        },
      });
    }
  }
}

function readArguments(usualSizes: readonly Size[]): { sizes: Size[]; directory?: string } {
  const { sizes, data, _: rest } = parseArgs(Deno.args, {
    string: ["sizes", "data", "_"],
    unknown: refuseUnknown,
  });
  if (rest.length > 0) refuseUnknown(rest[0]);
  const list = sizes ?? Deno.env.get("MF4_BENCH_SIZES");
  return { sizes: list === undefined ? [...usualSizes] : parseSizes(list), directory: data };
}
