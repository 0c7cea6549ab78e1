import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type BenchResults,
  describeMachine,
  operationResult,
  saveResults,
} from "../../bench/harness/results.ts";
import { inFolder, runScript } from "./_run_script.ts";

const PLACE = { suite: "performance", group: "samples", samples: true } as const;
const FILE = { size: "small", bytes: 1_000_000 };

const RUN: BenchResults = {
  format: "mf4-bench",
  schema: 2,
  date: "2025-01-02T03:04:05.678Z",
  seconds: 12.4,
  machine: {
    ...describeMachine(),
    cpu: "A | B",
    cores: 4,
    memoryBytes: 8 * 2 ** 30,
    deno: "2.9.6",
  },
  files: [{
    size: "small",
    path: "testdata/small.mf4",
    bytes: 1_000_000,
    records: 13_047,
    channels: 21,
    sha256: "00",
    indexBytes: 7_010,
    streamToBareRead: 2.5,
  }],
  results: [
    operationResult({ ...PLACE, name: "bare read of the file", baseline: true }, FILE, {
      rounds: [[0.2, 0.2]],
      facts: [{ values: 0, bytes: 0 }],
    }),
    operationResult({ ...PLACE, name: "stream all channels" }, FILE, {
      rounds: [[0.4, 0.5, 0.9]],
      facts: [{ values: 273_987, bytes: 1_580_000 }],
    }),
    operationResult({ ...PLACE, name: "open", samples: false }, FILE, {
      rounds: [[0.25]],
      facts: [{ values: 0, bytes: 0 }],
    }),
  ],
};

Deno.test("report: tells of the latest run in Markdown", () =>
  inFolder(async (folder) => {
    await saveResults({ ...RUN, seconds: 99, date: "2024-12-31T00:00:00.000Z" }, folder);
    const path = await saveResults(RUN, folder);
    assertEquals(path, `${folder}/2025-01-02T03-04-05.678Z.json`);
    const { code, out, err } = await runScript("scripts/report.ts", [folder, "--markdown"]);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(
      out,
      `2025-01-02, A | B, 4 cores, 8 GiB, ${RUN.machine.system}, Deno 2.9.6, 12 s\n`,
    );
    for (
      const row of [
        "| operation             | small MB/s | small Mval/s |",
        "| bare read of the file |       5000 |            – |",
        "| stream all channels   |       2000 |          548 |",
        "| open                  |    0.25 ms |            – |",
        "| index size, of file   |    7.01 kB |        0.7 % |",
        "- small: bare read 5000 MB/s, streaming all channels takes 2.5 times as long",
        "| small | 1 MB |  13,047 |       21 | 7.01 kB |   0.7 % |",
        "| open                  |    1 | 0.25 ms | 0.25 ms |        – | 0.25 ms | 0.25 ms |",
      ]
    ) assertStringIncludes(out, row);
    const detail = out.split("\n").filter((line) => line.startsWith("| stream"))[1];
    assertEquals(detail.split("|").map((cell) => cell.trim()).slice(1, -1), [
      "stream all channels",
      "3",
      "0.5 ms",
      "0.6 ms",
      "0.265 ms",
      "0.4 ms",
      "0.9 ms",
      "1.58 MB",
      "3160",
    ]);
    const again = await runScript("scripts/report.ts", [path, "--out", `${folder}/out`]);
    assertEquals([again.code, again.err], [0, ""]);
    const written = await Deno.readTextFile(`${folder}/out/report.md`);
    // The same with figures in between.
    for (const line of out.trimEnd().split("\n")) assertStringIncludes(written, line);
  }));

Deno.test("report: says what to do when there is no usable run", () =>
  inFolder(async (folder) => {
    const report = (...args: string[]) => runScript("scripts/report.ts", args);
    const missing = await report(`${folder}/absent`);
    assertEquals([missing.code, missing.out], [1, ""]);
    assertStringIncludes(missing.err, "make them with deno task bench");
    await Deno.writeTextFile(`${folder}/latest.json`, "{");
    assertStringIncludes((await report(folder)).err, "is not JSON");
    await Deno.writeTextFile(`${folder}/latest.json`, `{"format":"mf4-bench","schema":1}`);
    assertStringIncludes((await report(folder)).err, "or one of another version");
    for (const args of [["--wide"], ["a", "b"], ["--out"]]) {
      const bad = await report(...args);
      assertEquals(bad.code, 2, bad.err);
      assertStringIncludes(bad.err, "See deno task report --help.");
    }
  }));
