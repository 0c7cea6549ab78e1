import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import Ajv from "ajv/dist/2020.js";
import { join } from "node:path";
import { saveResults } from "../../bench/harness/results.ts";
import { drawPng, drawSvg } from "../../bench/report/draw_figure.ts";
import { figuresOf, INK } from "../../bench/report/figure_specs.ts";
import { reportRun } from "../../bench/report/report_run.ts";
import { summarize } from "../../bench/report/summary.ts";
import schema from "../../bench/report/summary_schema.json" with { type: "json" };
import { inFolder } from "../scripts/_run_script.ts";
import { makeRun } from "./_runs.ts";

const METRICS = { requests: { value: 12, unit: "" }, latency: { value: 3.5, unit: "ms" } };

Deno.test("report: the summary is what its schema says, and nothing else passes", () => {
  const validate = new Ajv.default().compile(schema);
  for (const run of [makeRun(), makeRun({ metrics: METRICS })]) {
    const summary = JSON.parse(JSON.stringify(summarize(run)));
    const [operation, ...others] = summary.operations;
    assert(validate(summary), JSON.stringify(validate.errors));
    assertEquals(validate({ ...summary, more: 1 }), false);
    const wrong = { ...operation, outliers: "none" };
    assertEquals(validate({ ...summary, operations: [wrong, ...others] }), false);
  }
});

Deno.test("report: the summary works out index, memory, judgement and comparison", () => {
  const { files, operations } = summarize(makeRun());
  const [small] = files;
  assertEquals([small.index.bytes, small.index.perFile], [7000, 0.007]);
  assertEquals([small.index.perChannel, small.index.perRecord], [350, 0.7]);
  // 0.05 ms to build, 0.1 ms saved by each read.
  assertEquals(small.index.breakEven, 1);
  const of = (name: string) => operations.find((one) => one.name === name && one.size === "small")!;
  assertEquals(of("open").judgement, null);
  assertEquals(of("bare read of the file").judgement, null);
  const stream = of("stream all channels");
  assertEquals(stream.resources?.addedBytes, 1_500_000);
  assertEquals(stream.resources?.memoryClass, "excellent");
  assertEquals(stream.judgement?.grade, "low");
  assertEquals(stream.judgement?.original, "excellent");
  const warm = of("index warm, one channel").comparison!;
  assertEquals([warm.baseline, warm.verdict], ["direct, one channel", "faster"]);
  assertGreater(0.8, warm.ratio!);
  assertEquals(of("direct, one channel").comparison, null);
});

Deno.test("report: every figure is drawn with the words it needs, for pages and by themselves", async () => {
  const run = makeRun({ metrics: METRICS });
  const earlier = [makeRun({ date: "2025-05-01T00:00:00.000Z" })];
  const figures = figuresOf(run, earlier);
  assertEquals(figures.map(({ name }) => name), [
    ...["throughput", "scaling", "memory", "distribution", "index", "history", "metrics"],
  ]);
  const words: Record<string, string[]> = {
    throughput: ["MB/s", "stream all channels", "% of the bare read", "small", "medium"],
    scaling: ["median time in ms", "file in MB", "bare read"],
    memory: ["× file", "excellent", "open"],
    distribution: ["time by the median", "index warm, several"],
    index: ["warm index", "0.70 %"],
    history: ["run", "05-01"],
    metrics: ["requests", "latency in ms"],
  };
  for (const figure of figures) {
    const page = await drawSvg(figure);
    const alone = await drawSvg(figure, "dark");
    for (const word of words[figure.name]) assertStringIncludes(page, word, figure.name);
    assertStringIncludes(page, "currentColor");
    assertStringIncludes(alone, figure.title.replaceAll("'", "&#39;").slice(0, 8));
    for (const svg of [page, alone]) {
      assert(!svg.includes(INK) && !svg.includes("NaN"), figure.name);
    }
  }
  const png = await drawPng(figures[0]);
  assertEquals([...png.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  assertGreater(png.length, 10_000);
});

Deno.test("report: figures without data are left out", () => {
  const run = makeRun({ sizes: [["small", 1_000_000]] });
  const names = figuresOf(run, []).map(({ name }) => name);
  assertEquals(names, ["throughput", "memory", "distribution", "index"]);
});

Deno.test("report: a folder for each run, a copy of the latest, and a page that needs nothing else", () =>
  inFolder(async (folder) => {
    await saveResults(makeRun({ date: "2025-05-01T00:00:00.000Z" }), folder);
    await Deno.writeTextFile(join(folder, "peers.json"), "{}");
    await saveResults(makeRun({ metrics: METRICS }), folder);
    const written = await reportRun(folder);
    assertEquals(written.html, join(folder, "2025-06-07T08-09-10.000Z", "report.html"));
    const page = await Deno.readTextFile(written.html);
    assertEquals(page, await Deno.readTextFile(join(folder, "latest", "report.html")));
    for (const part of ["File Reading", "Over the runs", "requests", "What to make of it"]) {
      assertStringIncludes(page, part);
    }
    const outside = page.match(/(?:src|href)="[^"#]*"|<script|@import|url\((?!#)/g);
    assertEquals(outside, null);
    const markdown = await Deno.readTextFile(written.markdown);
    assertStringIncludes(markdown, "![Throughput by file size](./throughput.svg)");
    for (const figure of written.figures) assert((await Deno.stat(figure)).size > 1000, figure);
  }));

Deno.test("report: texts of the machine and of users cannot become part of the page", () =>
  inFolder(async (folder) => {
    const run = makeRun({ metrics: { '<b>&"x': { value: 1, unit: "<i>" } } });
    run.machine.cpu = "<script>alert(1)</script>";
    await saveResults(run, folder);
    const page = await Deno.readTextFile((await reportRun(folder)).html);
    assert(!page.includes("<script>") && !page.includes("<b>"));
    assertStringIncludes(page, "&lt;script&gt;");
  }));
