/**
 * Suites by name, and modules of users.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BenchFile } from "./bench_file.ts";
import { defineBenchmark } from "./define_benchmark.ts";
import type { Operation } from "./operation.ts";

/** A module is no suite, or there is none. */
export class SuiteError extends Error {
  override name = "SuiteError";
}

/** Suites of the project besides the operations of `deno task bench`, loaded when they are asked for. */
const SUITES: Readonly<Record<string, () => Promise<{ SUITE: readonly Operation[] }>>> = {
  shapes: () => import("./suites/shapes.ts"),
  remote: () => import("./suites/remote.ts"),
  boundary: () => import("./suites/boundary.ts"),
  memory: () => import("./suites/memory.ts"),
  index: () => import("./suites/index_efficiency.ts"),
  engine: () => import("./suites/engine.ts"),
  scale: () => import("./suites/scale.ts"),
};

/** Names of the project's suites. */
export const SUITE_NAMES: readonly string[] = Object.keys(SUITES);

const FUNCTION_NAME = /^benchmark_([a-z0-9]+)(?:_([a-z0-9_]+))?$/;

/**
 * The benchmarks of a suite of the project, or of a module: everything it exports that
 * `defineBenchmark` made, alone or in arrays, and functions named `benchmark_<operation>_<variant>`,
 * which take the file.
 *
 * @throws {SuiteError} If there is no such module, or it has no benchmark, or two of one name.
 */
export async function loadSuite(name: string): Promise<readonly Operation[]> {
  if (Object.hasOwn(SUITES, name)) return (await SUITES[name]()).SUITE;
  const url = /^[a-z]+:\/\//.test(name) ? name : pathToFileURL(resolve(name)).href;
  let module: Record<string, unknown>;
  try {
    module = await import(url);
  } catch (error) {
    throw new SuiteError(
      `--suite ${name}: it is none of ${SUITE_NAMES.join(", ")}, and as a module it cannot be ` +
        `loaded: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const found = Object.entries(module).flatMap(([key, value]) => operationsOf(key, value));
  if (found.length === 0) {
    throw new SuiteError(
      `${name} exports no benchmark; make one with defineBenchmark of bench/define_benchmark.ts, or ` +
        "export a function named benchmark_<operation>_<variant>",
    );
  }
  const twice = found.find((one, i) => found.findIndex((other) => other.name === one.name) < i);
  if (twice) throw new SuiteError(`${name} has two benchmarks named "${twice.name}"`);
  return found;
}

function operationsOf(key: string, value: unknown): Operation[] {
  if (Array.isArray(value)) return value.flatMap((one) => operationsOf(key, one));
  if (isOperation(value)) return [value];
  const name = typeof value === "function" ? FUNCTION_NAME.exec(key) : null;
  if (!name) return [];
  const [, operation, variant] = name;
  return [defineBenchmark({
    name: variant ? `${operation}, ${variant.replaceAll("_", " ")}` : operation,
    group: operation,
    run: (_, file) => (value as (file: BenchFile) => unknown)(file),
  })];
}

function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null && "prepare" in value && "name" in value;
}
