import { assertEquals, assertRejects } from "@std/assert";
import { defineBenchmark } from "../../bench/define_benchmark.ts";
import { describeMissing, hasFailed, runAll, type RunAllOptions } from "../../bench/run_all.ts";
import { describeStep } from "../../bench/harness/all_progress.ts";
import { inFolder } from "../scripts/_run_script.ts";

const good = defineBenchmark({ name: "good", run: () => 1 });
const bad = defineBenchmark({
  name: "bad",
  run: () => 1,
  check() {
    throw new TypeError("it is 1");
  },
});

function options(folder: string, more: Partial<RunAllOptions> = {}): RunAllOptions {
  return {
    ...{ sizes: [{ bytes: 60_000 }], suites: [{ operations: [bad, good] }], iterations: 2 },
    // Too short for processes that measure memory, long enough for all else.
    ...{ budgetMs: 880, directory: folder, scratch: folder, ...more },
  };
}

Deno.test("run all: what fails is named, and what others gave is kept", () =>
  inFolder(async (folder) => {
    const run = await runAll(options(folder));
    assertEquals(run.results.map(({ name, timesMs }) => [name, timesMs.length]), [["good", 2]]);
    assertEquals(run.missing, [{
      ...{ suite: "own", size: "60 kB", operations: ["bad"] },
      reason: "bad, 60 kB: it is 1",
    }]);
    assertEquals(hasFailed(run), true);
    assertEquals(describeMissing(run), ["own, 60 kB: bad: bad, 60 kB: it is 1"]);
    assertEquals([run.files.length, run.interrupted], [1, undefined]);
  }));

Deno.test("run all: an interruption keeps what was measured until then", () =>
  inFolder(async (folder) => {
    const interrupt = new AbortController();
    const never = defineBenchmark({ name: "never", run: () => 1 });
    const run = await runAll(options(folder, {
      suites: [{ operations: [good, never] }],
      signal: interrupt.signal,
      onProgress: (what) => what.startsWith("own: never") && interrupt.abort(),
    }));
    assertEquals(run.results.map(({ name }) => name), ["good"]);
    assertEquals(run.missing?.map(({ operations, reason }) => [operations, reason]), [
      [["never"], "interrupted"],
    ]);
    assertEquals([run.interrupted, hasFailed(run)], [true, false]);
  }));

Deno.test("run all: without time nothing is measured, and all of it named", () =>
  inFolder(async (folder) => {
    const run = await runAll(options(folder, { budgetMs: 0 }));
    assertEquals([run.results, run.missing?.length, hasFailed(run)], [[], 2, false]);
  }));

Deno.test("run all: iterations below 1 are a RangeError", () =>
  inFolder(async (folder) => {
    await assertRejects(() => runAll(options(folder, { iterations: 0 })), RangeError, "not 0");
  }));

Deno.test("run all: a step tells the part that is over and the time left", () => {
  assertEquals(describeStep("shapes", 0, 100), "  0 %: shapes");
  assertEquals(describeStep("shapes", 0.25, 10_000), " 25 %, 30 s left: shapes");
});
