import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { pathToFileURL } from "node:url";
import { openBenchFile } from "../../bench/bench_file.ts";
import { type BenchFile, defineBenchmark } from "../../bench/define_benchmark.ts";
import { loadSuite } from "../../bench/load_suite.ts";
import { runBenchmark } from "../../bench/run_benchmark.ts";
import { inFolder, ROOT } from "../scripts/_run_script.ts";

const SIZE = { bytes: 60_000 };
const IMPORT = `import { defineBenchmark } from "${
  pathToFileURL(`${ROOT}bench/define_benchmark.ts`)
}";\n`;

/** Writes a module and loads it as a suite. */
async function suiteOf(folder: string, text: string) {
  const path = `${folder}/${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(path, text);
  return await loadSuite(path);
}

Deno.test("a benchmark is set up, run, checked and torn down, and its numbers are kept", () =>
  inFolder(async (folder) => {
    const log: string[] = [];
    const operation = defineBenchmark({
      name: "mine",
      setup(file) {
        log.push("setup");
        return { records: file.file.records, runs: 0 };
      },
      run(state, file) {
        state.runs++;
        return [state.records, file.file.records];
      },
      check([a, b]) {
        assertEquals(a, b);
      },
      decoded: ([records]) => ({ values: records, bytes: 8 * records }),
      metrics: (_, __, { runs }) => ({ runs: { value: runs, unit: "runs" } }),
      teardown: ({ runs }) => void log.push(`teardown after ${runs}`),
    });
    const run = await runBenchmark({
      ...{ sizes: [SIZE], operations: [operation], iterations: 4, resources: false },
      ...{ directory: folder, scratch: folder },
    });
    const [result] = run.results;
    assertEquals([result.name, result.suite, result.group], ["mine", "own", "mine"]);
    assertEquals(result.timesMs.length, 4);
    // Runs that warm up are checked like all others.
    const runs = result.checkedRuns;
    assertGreater(runs, 4);
    // The baseline may be measured once more, against itself.
    const setups = log.filter((entry) => entry === "setup").length;
    assertEquals(log.length, 2 * setups);
    assert(log.includes(`teardown after ${runs}`), log.join());
    assertEquals(result.metrics, { runs: { value: (runs + 1) / 2, unit: "runs" } });
    assertEquals(result.decoded.values, run.files[0].records);
  }));

Deno.test("a benchmark is ready on several files at once", () =>
  inFolder(async (folder) => {
    const places = { directory: folder, scratch: folder };
    const files = await Promise.all(
      [60_000, 90_000].map((bytes) => openBenchFile({ bytes }, places)),
    );
    const operation = defineBenchmark({
      name: "path",
      run: (_, file: BenchFile) => file.file.path,
    });
    const prepared = await Promise.all(files.map((file) => operation.prepare(file)));
    assertEquals(prepared.map((one) => one.run()), files.map(({ file }) => file.path));
  }));

Deno.test("a check that fails ends the run, naming benchmark and file", () =>
  inFolder(async (folder) => {
    const operation = defineBenchmark({
      name: "wrong",
      run: () => 1,
      check() {
        throw new TypeError("it is 1");
      },
    });
    await assertRejects(
      () =>
        runBenchmark({
          ...{ sizes: [SIZE], operations: [operation], resources: false },
          ...{ directory: folder, scratch: folder },
        }),
      TypeError,
      "wrong, 60 kB: it is 1",
    );
  }));

Deno.test("a module's benchmarks, lists of them, and functions by their names are its suite", () =>
  inFolder(async (folder) => {
    const suite = await suiteOf(
      folder,
      IMPORT + `
      export default defineBenchmark({ name: "one", run: () => 1 });
      export const MORE = [defineBenchmark({ name: "two", group: "g", run: () => 2 })];
      export function benchmark_open_twice(file) { return file.label; }
      export const benchmark_open = (file) => file.label;
      export function helper() {}
      export const benchmarks = 3;`,
    );
    const places = suite.map(({ name, group, suite }) => [suite, group, name]);
    assertEquals(places.toSorted(), [
      ["own", "g", "two"],
      ["own", "one", "one"],
      ["own", "open", "open"],
      ["own", "open", "open, twice"],
    ]);
    const run = await runBenchmark({
      ...{ sizes: [SIZE], operations: suite, iterations: 1, resources: false },
      ...{ directory: folder, scratch: folder },
    });
    assertEquals(run.results.map(({ timesMs }) => timesMs.length), [1, 1, 1, 1]);
  }));

Deno.test("a number over all runs is reported as it was told last, others as their median", () =>
  inFolder(async (folder) => {
    const operation = defineBenchmark({
      name: "mine",
      setup: () => ({ runs: 0 }),
      run: (state) => ++state.runs,
      metrics: (runs) => ({
        "run": { value: runs, unit: "" },
        "runs so far": { value: runs, unit: "", total: true },
        ...(runs < 4 ? { "gone": { value: runs, unit: "", total: true } } : {}),
      }),
    });
    const run = await runBenchmark({
      ...{ sizes: [SIZE], operations: [operation], iterations: 4, resources: false },
      ...{ directory: folder, scratch: folder },
    });
    const [{ checkedRuns, metrics }] = run.results;
    assertEquals(metrics, {
      "run": { value: (checkedRuns + 1) / 2, unit: "" },
      "runs so far": { value: checkedRuns, unit: "" },
    });
  }));
