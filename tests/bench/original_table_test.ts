import { assertEquals, assertMatch } from "@std/assert";
import { originalTable } from "../../bench/report/original_table.ts";
import { makeRun } from "./_runs.ts";

Deno.test("original's table: its rows and sizes, with intervals, memory class and integrity", () => {
  const { head, rows } = originalTable(makeRun())!;
  assertEquals(head, ["operation", "small\nMB/s decoded", "medium\nMB/s decoded"]);
  assertEquals(rows.map(([row]) => row), [
    ...["File Reading", "Single Channel", "Warm Index Read", "Cold Index Read"],
    ...["Memory", "Integrity"],
  ]);
  // 160,000 bytes in 1.2 ms; every row of a size decodes as many.
  const [rate, low, high] = rows[0][1].match(/\d+/g)!.map(Number);
  assertEquals(
    Math.abs(rate - 133) <= 1 && low <= rate && rate <= high && low < high,
    true,
    rows[0][1],
  );
  assertEquals(rows[4].slice(1), ["excellent (1.5 × file)", "excellent (1.5 × file)"]);
  for (const cell of rows[5].slice(1)) assertMatch(cell, /^all \d+ runs right$/);
});

Deno.test("original's table: what was not measured has no numbers, and without any there is no table", () => {
  const run = makeRun();
  const some = run.results.filter(({ name }) => name === "index warm, several");
  const table = originalTable({
    ...run,
    results: some.map((result) => ({ ...result, resources: undefined })),
  })!;
  assertEquals(table.rows.map(([row]) => row), ["Warm Index Read", "Memory", "Integrity"]);
  assertEquals(table.rows[1].slice(1), ["–", "–"]);
  assertEquals(originalTable({ ...run, results: [] }), undefined);
});
