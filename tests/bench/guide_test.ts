/** Every example of the guide is run, in a folder that looks like the project. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ROOT } from "../scripts/_run_script.ts";

const GUIDE = Deno.readTextFileSync(join(ROOT, "bench", "GUIDE.md"));
const CODE = /^```(\w+)(?: ([\w=.]+))?\n([\s\S]*?)^```$/gm;

interface Example {
  language: string;
  note: string;
  text: string;
}

const EXAMPLES = Array.from(
  GUIDE.matchAll(CODE),
  ([, language, note = "", text]): Example => ({ language, note, text: text.trim() }),
);

const TASKS: Record<string, string> = JSON.parse(
  Deno.readTextFileSync(join(ROOT, "deno.json")),
).tasks;

/** A folder with the modules of the examples, and links to what they import. */
async function inProject(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["bench", "scripts", "lib", "mod.ts", "deno.json", "deno.lock"]) {
      await Deno.symlink(join(ROOT, name), join(folder, name)).catch(() => {});
    }
    await Deno.mkdir(join(folder, "testdata"));
    for (const { note, text } of EXAMPLES) {
      const [, name] = /^file=(.*)$/.exec(note) ?? [];
      if (name) await Deno.writeTextFile(join(folder, name), text + "\n");
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(command: string, folder: string): Promise<string> {
  const words = command.split(" ").map((word) => word.replace(/^\.\//, `${folder}/`));
  if (/--suite/.test(command)) words.push("--out", `${folder}/results`, "--data", `${folder}/data`);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: words.slice(1),
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals(success, true, `${command}\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

Deno.test("guide: every command that it names is a task or a script", async () => {
  const commands = EXAMPLES.filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n"));
  for (const command of commands) {
    const [, task] = /^deno task (\S+)/.exec(command) ?? [];
    const [, script] = /^deno (?:run|test) -A (?:--no-check )?(\S+)/.exec(command) ?? [];
    const known = task ? task in TASKS : GUIDE.includes(`file=${script}`) ||
      (await Deno.stat(join(ROOT, script!))).isFile;
    assertEquals(known, true, command);
  }
});

Deno.test("guide: every example that is to be run gives what it should", () =>
  inProject(async (folder) => {
    const commands = EXAMPLES.filter(({ note }) => note === "run").map(({ text }) => text);
    assertEquals(commands.length, 6);
    const [own, named, pattern, onRig, test, statistics] = commands;
    const first = await run(own, folder);
    assertMatch(first, /last ten seconds of RPM +[\d.]+ ms/);
    assertMatch(first, /last ten seconds of RPM: samples +\d+/);
    assertMatch(await run(named, folder), /names, sorted +[\d.]+ ms/);
    await run(pattern, folder);
    assertEquals((await Deno.stat(join(folder, "rig.mf4"))).isFile, true);
    assertMatch(await run(onRig, folder), /pressure of the rig +[\d.]+ ms +[\d.]+/);
    assertMatch(await run(test, folder), /1 passed/);
    assertEquals(
      await run(statistics, folder),
      '10.90 10.20 [ "8.74", "13.06" ]\nexcellent good\n',
    );
  }));

Deno.test("guide: what a user defines is in the table, the JSON and a figure", () =>
  inProject(async (folder) => {
    await run(
      "deno task bench --suite ./mine.ts --sizes 150kB --iterations 3 --no-resources",
      folder,
    );
    const results = JSON.parse(await Deno.readTextFile(join(folder, "results", "latest.json")));
    assertEquals(Object.keys(results.results[0].metrics), ["samples"]);
    const latest = join(folder, "results", "latest");
    const summary = JSON.parse(await Deno.readTextFile(join(latest, "summary.json")));
    assertEquals(summary.operations[0].metrics, results.results[0].metrics);
    const svg = await Deno.readTextFile(join(latest, "metrics.svg"));
    assertStringIncludes(svg, "samples");
    assertStringIncludes(svg, "last ten seconds of RPM");
  }));

Deno.test("guide: the table of the original's page names files that exist", async () => {
  const table = GUIDE.slice(GUIDE.indexOf("## What the original had"));
  const names = Array.from(table.matchAll(/`((?:harness\/)?\w+\.ts)`/g), ([, name]) => name);
  assertEquals(names.length > 8, true);
  for (const name of names) {
    assertEquals((await Deno.stat(join(ROOT, "bench", name))).isFile, true, name);
  }
});
