import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { makeOwnFile, ownName } from "../../bench/index/groups_file.ts";
import {
  boundsTable,
  figuresTable,
  findingsOf,
  GROUPS_BOUNDS,
  LARGE_BOUNDS,
} from "../../bench/index/index_bounds.ts";
import { type IndexFigures, measureIndex } from "../../bench/index/measure_index.ts";
import { inFolder, runScript } from "../scripts/_run_script.ts";

const FIGURES: IndexFigures = {
  ...{ name: "many", fileBytes: 1e6, groups: 10, channels: 210, indexBytes: 4097, build: 30 },
  ...{ packedBytes: 5250, open: 60, load: 3, list: 62, listByIndex: 5 },
  reads: { "one channel": { direct: 61, warm: 3, cold: 4, breakEven: 1 } },
};

Deno.test("figures are held to their bounds, and what does not hold is said", () => {
  const [packed, ratio] = findingsOf(FIGURES, GROUPS_BOUNDS);
  assertEquals([packed.value, packed.holds], [25, true]);
  assertEquals([ratio.value, ratio.holds], [20, true]);
  const [large] = findingsOf(FIGURES, LARGE_BOUNDS);
  assertEquals([large.value, large.holds], [4097, false]);
  const slow = findingsOf({ ...FIGURES, load: 3.1 }, GROUPS_BOUNDS)[1];
  assertEquals(slow.holds, false);
  const { rows } = boundsTable([ratio, large]);
  assertEquals(rows, [
    ["many", "opening against loading", "20 times", "at least 20", "yes"],
    ["many", "index", "4097 B", "at most 4096", "NO"],
  ]);
});

Deno.test("a file that was not read in some way has a dash there", () => {
  const other = { ...FIGURES, name: "other", reads: {} };
  const { head, rows } = figuresTable([FIGURES, other]);
  assertEquals(head, ["", "many", "other"]);
  const row = (title: string) => rows.find(([first]) => first === title);
  assertEquals(row("one channel: pays after readings"), [
    ...["one channel: pays after readings", "1", "–"],
  ]);
  assertEquals(row("five channels: direct"), undefined);
});

Deno.test("every way of reading is measured and gives the same", () =>
  inFolder(async (folder) => {
    const path = join(folder, "own.mf4");
    await makeOwnFile(path, 5);
    const done: number[] = [];
    const figures = await measureIndex({
      ...{ name: "own", path, indexPath: join(folder, "own.json"), rounds: 2 },
      selections: { "one channel": [ownName(2, 7)] },
    }, (part) => void done.push(part));
    assertEquals([figures.groups, figures.channels, done], [5, 105, [0, 0.5, 1]]);
    assertEquals(figures.indexBytes, (await Deno.stat(join(folder, "own.json"))).size);
    assert(figures.packedBytes < figures.indexBytes);
    const { direct, warm, cold } = figures.reads["one channel"]!;
    assert([figures.open, figures.load, figures.build, direct, warm, cold].every((ms) => ms > 0));
  }));

Deno.test("bench:index: wrong arguments end with 2, help with 0", async () => {
  for (const args of [["--rounds", "0"], ["--frobnicate"], ["x"]]) {
    const { code, out } = await runScript("scripts/bench_index.ts", args);
    assertEquals([code, out], [2, ""], args.join(" "));
  }
  assertEquals((await runScript("scripts/bench_index.ts", ["--help"])).code, 0);
});
