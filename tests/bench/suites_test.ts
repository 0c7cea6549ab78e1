import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openBenchFile } from "../../bench/bench_file.ts";
import { loadSuite, SUITE_NAMES, SuiteError } from "../../bench/load_suite.ts";
import { OPERATIONS } from "../../bench/operations.ts";
import { SHAPE_FILES } from "../../bench/suites/shape_files.ts";
import { inFolder, ROOT } from "../scripts/_run_script.ts";

for (const suite of SUITE_NAMES) {
  Deno.test(`suites: every operation of "${suite}" runs and gives what it should`, () =>
    inFolder(async (folder) => {
      const file = await openBenchFile({ bytes: 200_000 }, { directory: folder, scratch: folder });
      for (const operation of await loadSuite(suite)) {
        const prepared = await operation.prepare(file);
        try {
          const facts = await prepared.check(await prepared.run());
          for (const [name, { value }] of Object.entries(facts.metrics ?? {})) {
            assertEquals(Number.isFinite(value), true, `${operation.name}: ${name}`);
          }
        } finally {
          await prepared.close();
        }
      }
    }));
}

Deno.test("suites: a wrong value of a shape is found", () =>
  inFolder(async (folder) => {
    const file = await openBenchFile({ bytes: 200_000 }, { directory: folder, scratch: folder });
    const [plain] = await loadSuite("shapes");
    const prepared = await plain.prepare(file);
    const signals = await prepared.run() as { values: Float64Array }[];
    signals[1].values[0] += 1;
    const error = await assertRejects(() => prepared.check(signals));
    assertStringIncludes(String(error), 'value 0 of "c0"');
    await prepared.close();
  }));

Deno.test("suites: names are unique among all, and reading one channel remotely costs few requests", async () => {
  const all = [...OPERATIONS];
  for (const suite of SUITE_NAMES) all.push(...await loadSuite(suite));
  const names = all.map(({ name }) => name);
  assertEquals(names.filter((name, i) => names.indexOf(name) < i), []);
  assertEquals(SHAPE_FILES.length, 7);
});

Deno.test("suites: the template is a suite", async () => {
  const [first, ...more] = await loadSuite(join(ROOT, "bench", "template.ts"));
  assertEquals([first.name, more.length], ["first thousand records", 0]);
});

Deno.test("suites: modules that are none are refused with what to do", () =>
  inFolder(async (folder) => {
    const define = `${ROOT}bench/define_benchmark.ts`;
    const cases: [text: string, message: string][] = [
      ["export const a = 1;", "exports no benchmark"],
      ["export function run() {}", "benchmark_<operation>_<variant>"],
      [
        `import { defineBenchmark } from "${define}";` +
        `const one = { name: "twice", run: () => 1 };` +
        `export default [defineBenchmark(one), defineBenchmark(one)];`,
        'two benchmarks named "twice"',
      ],
      ["throw new Error('broken on purpose');", "broken on purpose"],
    ];
    for (const [i, [text, message]] of cases.entries()) {
      const path = join(folder, `suite${i}.ts`);
      await Deno.writeTextFile(path, text);
      await assertRejects(() => loadSuite(path), SuiteError, message);
    }
    await assertRejects(() => loadSuite(join(folder, "none.ts")), SuiteError, "shapes, remote");
  }));
