import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { openBenchFile } from "../../bench/bench_file.ts";
import type { BenchFile } from "../../bench/bench_file.ts";
import { loadSuite, SUITE_NAMES } from "../../bench/load_suite.ts";
import type { Operation, RunFacts } from "../../bench/operation.ts";
import { BoundaryProcess } from "../../bench/suites/boundary_process.ts";
import { indexMetrics } from "../../bench/suites/index_efficiency.ts";
import { Mdf } from "../../mod.ts";
import { inFolder } from "../scripts/_run_script.ts";

function withBenchFile(use: (file: BenchFile) => Promise<void>): Promise<void> {
  return inFolder(async (folder) =>
    await use(await openBenchFile({ bytes: 60_000 }, { directory: folder, scratch: folder }))
  );
}

/** Runs an operation twice and gives what is known of the second run. */
async function runTwice(operation: Operation, file: BenchFile): Promise<RunFacts> {
  const prepared = await operation.prepare(file);
  try {
    await prepared.check(await prepared.run());
    return await prepared.check(await prepared.run());
  } finally {
    await prepared.close();
  }
}

async function runSuite(name: string, file: BenchFile): Promise<Map<string, RunFacts>> {
  const facts = new Map<string, RunFacts>();
  for (const operation of await loadSuite(name)) {
    facts.set(operation.name, await runTwice(operation, file));
  }
  return facts;
}

function metric(facts: RunFacts | undefined, name: string): number {
  assert(facts?.metrics?.[name], `there is no metric "${name}"`);
  return facts.metrics[name].value;
}

Deno.test("every group of a suite has one baseline", async () => {
  for (const suite of SUITE_NAMES) {
    for (const [group, members] of Map.groupBy(await loadSuite(suite), ({ group }) => group)) {
      assertEquals(members.filter(({ baseline }) => baseline).length, 1, `${suite}: ${group}`);
    }
  }
});

Deno.test("remote: requests and bytes are counted, latency shows in the first value", () =>
  withBenchFile(async (file) => {
    for (const [name, facts] of await runSuite("remote", file)) {
      assertGreater(metric(facts, "requests"), 0, name);
      assertGreater(metric(facts, "bytes fetched"), 0, name);
      assertGreater(facts.values, 0, name);
      if (name.includes("latency")) assertGreater(metric(facts, "time to first value"), 19, name);
    }
  }));

Deno.test("boundary: every call, transfer, allocation and conversion gives the right values", () =>
  withBenchFile(async (file) => {
    const facts = await runSuite("boundary", file);
    const groups = Map.groupBy(facts.keys(), (name) => name.split(":")[0]);
    assertEquals([...groups.keys()], [
      ...["call", "data transfer", "memory allocation", "type conversion"],
    ]);
    for (const [name, one] of facts) {
      const isCall = name.startsWith("call:");
      assertGreater(metric(one, isCall ? "per call" : "per value"), 0, name);
      assertEquals(one.values, isCall ? 0 : file.file.records, name);
    }
  }));

Deno.test("boundary: a value that another process gets wrong is found", () =>
  withBenchFile(async (file) => {
    const operations = await loadSuite("boundary");
    const transfer = operations.find(({ name }) => name.includes("by a pipe"))!;
    const prepared = await transfer.prepare(file);
    try {
      const result = await prepared.run() as { values: Float64Array };
      await prepared.check(result);
      result.values[7]++;
      await assertRejects(() => prepared.check(result), Error, "record 7 is ");
    } finally {
      await prepared.close();
    }
  }));

Deno.test("boundary: a process that ends is told of, and does not hang", () =>
  withBenchFile(async ({ file }) => {
    const other = new BoundaryProcess(file.path, "RPM", 8 * file.records);
    await other.call();
    const { length } = await other.values(file.records);
    assertEquals(length, file.records);
    await other.close();
  }));

Deno.test("memory: opening again and again keeps nothing, and what was closed is let go", () =>
  withBenchFile(async (file) => {
    const facts = await runSuite("memory", file);
    assertEquals(facts.size, 7);
    for (const [name, one] of facts) {
      assertGreater(one.values, 0, name);
      if (name.startsWith("what is held")) metric(one, "left when closed");
      else assertLess(metric(one, "growth by opening"), 1e5, name);
    }
  }));

Deno.test("index efficiency: bytes, parts, speed-up and the openings after which it pays", () =>
  withBenchFile(async (file) => {
    const facts = await runSuite("index", file);
    assertEquals(facts.size, 3);
    await using mdf = await Mdf.open(file.file.path);
    const bytes = new TextEncoder().encode(JSON.stringify(mdf.toIndex())).length;
    for (const [name, one] of facts) {
      assertEquals(metric(one, "index"), bytes / 1000, name);
      assertEquals(metric(one, "index by channel"), bytes / file.channels.length, name);
    }
    const ways = { build: 9, direct: 5, warm: 2, cold: 4 };
    const metrics = indexMetrics(ways, 500, { bytes: 10_000, records: 50, channels: 4 });
    assertEquals(
      Object.entries(metrics).map(([name, { value, unit }]) => `${name}: ${value} ${unit}`.trim()),
      [
        ...["index: 0.5 kB", "index, of file: 5 %", "index by channel: 125 B"],
        ...["index by record: 10 B", "speed-up, warm: 2.5 times", "speed-up, cold: 1.25 times"],
        ...["made and saved in: 9 ms", "saved by each opening: 3 ms", "pays after openings: 3"],
      ],
    );
    const never = indexMetrics({ ...ways, direct: 2 }, 500, {
      ...{ bytes: 10_000, records: 50, channels: 4 },
    });
    assertEquals(never["pays after openings"], undefined, "there is no such number");
  }));
