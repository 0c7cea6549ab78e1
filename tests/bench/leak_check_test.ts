import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { checkLeak, LEAK_SOURCES, MOST_GROWTH } from "../../bench/leak_check.ts";
import { ensureTestFile } from "../../scripts/generate/test_files.ts";
import { runScript } from "../scripts/_run_script.ts";

Deno.test("leak check: no source keeps memory over many cycles", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const args = ["--cycles", "120", "--settled", "40", "--json", "--data", folder];
    const { code, out, err } = await runScript("scripts/bench_leak.ts", args);
    assertEquals(code, 0, err + out);
    const results = JSON.parse(out);
    assertEquals(results.map(({ source }: { source: string }) => source), [...LEAK_SOURCES]);
    for (const { growth, cycles } of results) {
      assertLess(growth, MOST_GROWTH);
      assertEquals(cycles, 120);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("leak check: what is kept is found", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { path } = await ensureTestFile({ bytes: 100_000 }, { directory: folder });
    const kept: Uint8Array[] = [];
    const result = await checkLeak("memory", path, ["RPM"], {
      cycles: 30,
      settled: 10,
      onProgress: () => kept.push(new Uint8Array(1_000_000)),
    });
    assertLess(MOST_GROWTH, result.growth);
    assertEquals(kept.length, 30);
    await assertRejects(
      () => checkLeak("file", path, ["RPM"], { cycles: 5, settled: 5 }),
      RangeError,
      "none after the first 5",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("leak check: mistakes end with code 2", async () => {
  for (const args of [["--cycles", "5"], ["--cycles", "x"], ["--sources", "tape"], ["--no"]]) {
    const { code, err } = await runScript("scripts/bench_leak.ts", args);
    assertEquals(code, 2, err);
  }
});
