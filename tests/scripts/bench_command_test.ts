import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { OPERATIONS } from "../../bench/operations.ts";
import type { BenchResults } from "../../bench/harness/results.ts";
import { hashFile } from "../../scripts/generate/hash_file.ts";
import { inFolder, ROOT, runScript } from "./_run_script.ts";

const NAMES = OPERATIONS.map(({ name }) => name);

function bench(folder: string, ...args: string[]) {
  const places = ["--data", `${folder}/data`, "--out", `${folder}/results`];
  return runScript("scripts/bench.ts", [...args, ...places]);
}

Deno.test("bench: makes its files and ends with one table of all operations by size", () =>
  inFolder(async (folder) => {
    const run = await bench(folder, ..."--sizes 100kB,200kB --iterations 2".split(" "));
    assertEquals(run.code, 0, run.err);
    const lines = run.out.split("\n");
    const head = lines.findIndex((line) => line.startsWith("operation"));
    assertMatch(lines[head], /^operation +100 kB +100 kB +200 kB +200 kB$/);
    assertMatch(lines[head + 1], /^ +MB\/s +Mval\/s +MB\/s +Mval\/s$/);
    const rows = lines.slice(head + 2, head + 2 + NAMES.length);
    const number = "[\\d.]+", time = "[\\d.]+ ms";
    OPERATIONS.forEach(({ name, samples }, i) => {
      const values = name.startsWith("bare") || !samples ? "–" : number;
      const pair = ` +${samples ? number : time} +${values}`;
      assertMatch(rows[i], new RegExp(`^${name}${pair}${pair}$`));
    });
    const last = lines[head + 2 + NAMES.length];
    assertMatch(last, /^index size, of file +[\d.]+ kB +[\d.]+ % +[\d.]+ kB +[\d.]+ %$/);
    assertMatch(
      run.out,
      /\n200 kB: bare read [\d.]+ MB\/s, streaming all channels takes [\d.]+ times as long\n/,
    );
    assert(!run.out.includes("│") && !run.out.includes("\x1b"), "boxes or colours in a pipe");
    const tasks = ["make 100 kB", "measure 100 kB", "make 200 kB", "measure 200 kB"];
    assertEquals(run.err, tasks.join("\n") + "\n");
    const kept = Array.from(Deno.readDirSync(`${folder}/results`), ({ name }) => name).toSorted();
    const [date] = kept;
    assertEquals(kept, [date, `${date}.json`, "latest", "latest.json"]);
    const report = Array.from(Deno.readDirSync(`${folder}/results/latest`), ({ name }) => name);
    for (const name of ["report.html", "report.md", "summary.json", "throughput.svg"]) {
      assert(report.includes(name), name);
    }
    assertMatch(
      run.out,
      /\nFile Reading +[\d.]+(?: \([\d.]+–[\d.]+\))? +[\d.]+(?: \([\d.]+–[\d.]+\))?\n/,
    );
    assertMatch(run.out, /\nMemory +(excellent|good|high) \([\d.]+ × file\) /);
    assertMatch(run.out, /\nIntegrity +all \d+ runs right +all \d+ runs right\n/);
  }));

Deno.test("bench: --json prints the results and nothing else", () =>
  inFolder(async (folder) => {
    const { code, out, err } = await bench(
      folder,
      ..."--sizes 150kB --iterations 3 --json --filter ALL".split(" "),
    );
    assertEquals(code, 0, err);
    const run: BenchResults = JSON.parse(out);
    assertEquals([run.format, run.schema], ["mf4-bench", 2]);
    assert(!Number.isNaN(Date.parse(run.date)));
    assertEquals(run.machine.deno, Deno.version.deno);
    const [file] = run.files;
    assertEquals([file.size, file.channels], ["150 kB", 21]);
    assertEquals(file.bytes, (await Deno.stat(file.path)).size);
    assertEquals(file.sha256, await hashFile(file.path));
    assertGreater(file.indexBytes, 1000);
    const names = NAMES.filter((name) => name.includes("all") || name.startsWith("bare"));
    assertEquals(run.results.map(({ name }) => name), names);
    for (const { name, timesMs, ms, decoded, ...rates } of run.results) {
      assertEquals([timesMs.length, ms.count], [3, 3], name);
      assertEquals(ms.median, timesMs.toSorted((a, b) => a - b)[1], name);
      assertEquals(rates.fileMBPerSecond, file.bytes / ms.median / 1000, name);
      if (name.startsWith("bare")) assertEquals(rates.decodedMBPerSecond, undefined);
      else {
        assertEquals(decoded.values, file.records * 21, name);
        assertEquals(rates.decodedMBPerSecond, decoded.bytes / ms.median / 1000, name);
        assertEquals(rates.millionValuesPerSecond, decoded.values / ms.median / 1000, name);
      }
    }
    const median = (name: string) => run.results.find((result) => result.name === name)!.ms.median;
    assertEquals(
      file.streamToBareRead,
      median("stream all channels") / median("bare read of the file"),
    );
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/results/latest.json`)), run);
  }));

Deno.test("bench: mistakes end with code 2 and make nothing", () =>
  inFolder(async (folder) => {
    for (
      const [args, message] of [
        ["--sizes tiny", `"tiny" is none of`],
        ["--iterations 0", "at least 1, not 0"],
        ["--filter nothing", `no operation is called so; there are "bare read of the file"`],
        ["--fast", "unknown option --fast"],
      ]
    ) {
      const { code, out, err } = await bench(folder, ...args.split(" "));
      assertEquals([code, out], [2, ""]);
      assertStringIncludes(err, message);
      assertStringIncludes(err, "See deno task bench --help.");
    }
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));

Deno.test("bench: a file that is not what the generator made is refused", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/data`);
    await Deno.writeTextFile(`${folder}/data/100000B.mf4`, "mine");
    const { code, err } = await bench(folder, "--sizes", "100kB");
    assertEquals(code, 1);
    assertStringIncludes(err, "100000B.mf4 is there already and was not generated");
  }));

Deno.test("bench: a network that swallows packets does not keep it from ending", () =>
  inFolder(async (folder) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const held: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of listener) held.push(connection);
    })();
    const proxy = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
    const args = ["--sizes", "100kB", "--filter", "open", "--iterations", "1"];
    const { code, out } = await runScript(
      "scripts/bench.ts",
      [...args, "--data", `${folder}/data`, "--out", `${folder}/results`],
      { HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
    );
    listener.close();
    await accepting;
    for (const connection of held) connection.close();
    assertEquals(code, 0);
    assertStringIncludes(out, "index size, of file");
  }));

Deno.test("bench suites: run as plain Deno.bench files, with sizes from outside", () =>
  inFolder(async (folder) => {
    for (const file of ["performance_bench.ts", "index_read_bench.ts"]) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["bench", "--no-check", "-A", "--json", "--filter", "/^(open|direct, one)/"]
          .concat(`${ROOT}bench/${file}`, "--", "--data", `${folder}/data`),
        cwd: ROOT,
        env: { MF4_BENCH_SIZES: "100kB", TMPDIR: folder },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      const { benches } = JSON.parse(new TextDecoder().decode(stdout));
      const expected = file.startsWith("perf")
        ? ["open, 100 kB", "structure, 100 kB"]
        : ["direct, one channel, 100 kB", "one channel, 100 kB"];
      assertEquals(benches.length, 1);
      assertEquals([benches[0].name, benches[0].group, benches[0].baseline], [...expected, true]);
      assert(benches[0].results[0].ok.n > 0);
      assert(benches[0].results[0].ok.usedExplicitTimers);
    }
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["data"]);
  }));
