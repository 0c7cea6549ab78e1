import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { BenchResults } from "../../bench/harness/results.ts";
import { loadSuite, SUITE_NAMES } from "../../bench/load_suite.ts";
import { OPERATIONS } from "../../bench/operations.ts";
import { inFolder, ROOT, runScript } from "./_run_script.ts";

const places = (folder: string) => ["--data", `${folder}/data`, "--out", `${folder}/results`];

Deno.test("bench:all: goes through every suite until its time is up, and names what is left", () =>
  inFolder(async (folder) => {
    const { code, out, err } = await runScript("scripts/bench_all.ts", [
      ..."--sizes 100kB,1MB --time-budget 3s --json".split(" "),
      ...places(folder),
    ]);
    assertEquals(code, 0, err);
    const run: BenchResults = JSON.parse(out);
    const names = OPERATIONS.map(({ name }) => name);
    for (const suite of SUITE_NAMES) {
      names.push(...(await loadSuite(suite)).map(({ name }) => name));
    }
    const measured = run.results.map(({ name }) => name);
    const missing = run.missing?.flatMap(({ operations }) => operations) ?? [];
    assert(measured.length > 0 && missing.length > 0, `${measured.length}, ${missing.length}`);
    assertEquals([...measured, ...missing].toSorted(), [...names, ...names].toSorted());
    for (const { reason } of run.missing!) assertEquals(reason, "no time was left");
    assertEquals([run.interrupted, run.files.length], [undefined, 2]);
    assertMatch(err, / *\d+ %, \d+ s left: /);
    assertEquals((await Deno.stat(`${folder}/results/latest/report.html`)).isFile, true);
  }));

Deno.test("bench:all: --operations chooses, mistakes end with code 2", () =>
  inFolder(async (folder) => {
    const chosen = await runScript("scripts/bench_all.ts", [
      ...["--sizes", "100kB", "--iterations", "1", "--time-budget", "3s", "--json"],
      ...["--operations", "unsorted,by index", ...places(folder)],
    ]);
    const { results } = JSON.parse(chosen.out);
    assert(results.length > 3);
    for (const { name } of results) assert(/unsorted|by index/.test(name), name);
    for (
      const args of [["--sizes", "x"], ["--iterations", "0"], ["--time-budget", "5"], ["--fast"], [
        "--operations",
        "none such",
      ]]
    ) {
      const { code, err } = await runScript("scripts/bench_all.ts", args);
      assertEquals(code, 2, err);
    }
  }));

Deno.test("bench:all: Ctrl-C keeps what was measured", () =>
  inFolder(async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--quiet", "--allow-all", ROOT + "scripts/bench_all.ts"],
        ...["--sizes", "300kB,400kB", ...places(folder)],
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // The first suite takes longer than this, and its first rounds less.
    setTimeout(() => child.kill("SIGINT"), 4000);
    const { code, stdout, stderr } = await child.output();
    const out = new TextDecoder().decode(stdout);
    assertEquals(code, 130, new TextDecoder().decode(stderr));
    assertStringIncludes(out, "interrupted");
    const run = JSON.parse(await Deno.readTextFile(`${folder}/results/latest.json`));
    assertEquals(run.interrupted, true);
    assert(run.results.length > 0);
    for (const { timesMs } of run.results) assert(timesMs.length > 0);
  }));
