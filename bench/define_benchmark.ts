/**
 * Benchmarks of your own: everything a suite module needs comes from here.
 *
 * ```ts
 * import { defineBenchmark, Mdf } from "../bench/define_benchmark.ts";
 *
 * export default defineBenchmark({
 *   name: "last second of RPM",
 *   setup: (file) => Mdf.open(file.file.path),
 *   run: (mdf) => mdf.read("RPM", { time: [0, 1] }),
 *   metrics: (signal) => ({ samples: { value: signal.values.length, unit: "" } }),
 *   teardown: (mdf) => mdf.close(),
 * });
 * ```
 *
 * @module
 */
import type { BenchFile } from "./bench_file.ts";
import { type Decoded, defineOperation, type Metric, type Operation } from "./operation.ts";

export * from "../mod.ts";
export type { BenchFile } from "./bench_file.ts";
export { checkSignals, decodedOf, expectSame, WrongResultError } from "./check_signals.ts";
export type { Decoded, Metric, Operation } from "./operation.ts";

/** A benchmark as it is written down. Only `name` and `run` are needed. */
export interface BenchmarkSpec<State, Result> {
  /** Unique, as tables show it. */
  name: string;
  /** Benchmarks of one group are compared with its baseline; the name when absent. */
  group?: string;
  /** Whether others of the group are compared with this one. */
  baseline?: boolean;
  /** Everything that is not to be measured; gives what `run` takes. */
  setup?(file: BenchFile): State | Promise<State>;
  /** What is measured. */
  run(state: State, file: BenchFile): Result | Promise<Result>;
  /** Throws when the result is not what it must be; called after every run, not measured. */
  check?(result: Result, file: BenchFile, state: State): void | Promise<void>;
  /** What a run decoded, for rates; nothing when absent. */
  decoded?(result: Result, file: BenchFile): Decoded;
  /** Numbers of your own, of every run; the median of each appears in tables, JSON and plots. */
  metrics?(result: Result, file: BenchFile, state: State): Readonly<Record<string, Metric>>;
  /** Gives back what `setup` took. */
  teardown?(state: State): void | Promise<void>;
}

const NOTHING: Decoded = { values: 0, bytes: 0 };

/** Makes a benchmark out of what is written down; export it from a module for `--suite`. */
export function defineBenchmark<Result, State = undefined>(
  spec: BenchmarkSpec<State, Result>,
): Operation {
  return defineOperation<{ state: State; file: BenchFile }, Result>({
    name: spec.name,
    suite: "own",
    group: spec.group ?? spec.name,
    baseline: spec.baseline,
    samples: false,
    setup: async (file) => ({ state: await spec.setup?.(file) as State, file }),
    run: ({ state, file }) => spec.run(state, file),
    check: (result, file, { state }) => spec.check?.(result, file, state),
    decoded: (result, file) => spec.decoded?.(result, file) ?? NOTHING,
    metrics: (result, file, { state }) => spec.metrics?.(result, file, state) ?? {},
    teardown: ({ state }) => spec.teardown?.(state),
  });
}
