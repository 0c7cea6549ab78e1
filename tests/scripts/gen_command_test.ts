import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Mdf } from "../../mod.ts";
import { hashFile } from "../../scripts/generate/hash_file.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs a script of the project in a folder. */
async function run(
  cwd: string,
  script: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--quiet",
      "--allow-read",
      "--allow-write",
      `--config=${new URL("deno.json", ROOT).pathname}`,
      new URL(script, ROOT).pathname,
      ...args,
    ],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("gen: --json prints one object per file, and nothing else anywhere", () =>
  inFolder(async (folder) => {
    const { code, out, err } = await run(
      folder,
      "scripts/gen.ts",
      ..."--sizes small --groups 2 --channels 5 --compression deflate --out data --json".split(" "),
    );
    assertEquals([code, err], [0, ""]);
    const file = JSON.parse(out);
    assertEquals(file.path, "data/small_deflate_c5_g2.mf4");
    const path = `${folder}/${file.path}`;
    assertEquals(file.bytes, (await Deno.stat(path)).size);
    assertEquals(file.sha256, await hashFile(path));
    assertEquals([file.groups, file.channels], [2, 10]);
    assert(file.seconds > 0);
    await using mdf = await Mdf.open(path);
    assertEquals(mdf.groups.map((group) => group.recordCount), file.groupRecords);
    assertEquals(mdf.groups[0].recordCount + mdf.groups[1].recordCount, file.records);
  }));

Deno.test("gen: bad arguments end with code 2 and write nothing", () =>
  inFolder(async (folder) => {
    for (
      const [args, message] of [
        ["--sizes tiny", '"tiny" is none of'],
        ["--pattern ./absent.ts", "pattern ./absent.ts cannot be loaded"],
        ["--records 5 --channels 0", "channels must be a whole number from 1"],
      ]
    ) {
      const { code, out, err } = await run(folder, "scripts/gen.ts", ...args.split(" "));
      assertEquals([code, out], [2, ""]);
      assertStringIncludes(err, message);
    }
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));

Deno.test("gen: a pattern module of one's own; files in the way stay unless forced", () =>
  inFolder(async (folder) => {
    const helper = new URL("scripts/generate/pattern.ts", ROOT).href;
    await Deno.writeTextFile(
      `${folder}/mine.ts`,
      `import { definePattern } from "${helper}";
      export default definePattern({
        name: "mine",
        title: "My own",
        sampleRate: 4,
        signals: [
          { name: "Angle", type: "int16", unit: "deg",
            conversion: { kind: "linear", offset: 1, factor: 0.5 },
            shape: { kind: "ramp", from: 0, to: 8, period: 2 } },
          { name: "Side", type: "string", texts: ["left", "right"],
            shape: { kind: "square", min: 0, max: 1, period: 1 } },
        ],
      });`,
    );
    const args = ["--pattern", "./mine.ts", "--records", "6", "--out", "own.mf4"];
    const first = await run(folder, "scripts/gen.ts", ...args);
    assertEquals([first.code, first.err], [0, ""]);
    assertStringIncludes(first.out, "own.mf4");
    {
      await using mdf = await Mdf.open(`${folder}/own.mf4`);
      const angle = await mdf.read("Angle"), side = await mdf.read("Side");
      assertEquals(mdf.groups[0].name, "My own");
      assertEquals(angle.unit, "deg");
      assertEquals(angle.values, Float64Array.of(0, 1, 2, 3, 4, 5));
      assertEquals(angle.timestamps, Float64Array.of(0, 0.25, 0.5, 0.75, 1, 1.25));
      assertEquals(
        [...side.values as Iterable<unknown>],
        ["right", "right", "left", "left", "right", "right"],
      );
    }
    const again = await run(folder, "scripts/gen.ts", ...args);
    assertEquals([again.code, again.out], [1, ""]);
    assertStringIncludes(again.err, "own.mf4 is there already and was not generated");
    assertEquals((await run(folder, "scripts/gen.ts", ...args, "--force", "--quiet")).out, "");
    const names = Array.from(Deno.readDirSync(folder), (entry) => entry.name).toSorted();
    assertEquals(names, ["mine.ts", "own.mf4"]);
  }));

Deno.test("gen: an interrupt leaves no file", () =>
  inFolder(async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--quiet",
        "--allow-read",
        "--allow-write",
        new URL("scripts/gen.ts", ROOT).pathname,
        "--sizes",
        "huge",
        "--out",
        `${folder}/big.mf4`,
      ],
      cwd: ROOT,
      stdout: "null",
      stderr: "null",
    }).spawn();
    const begun = () => Array.from(Deno.readDirSync(folder)).length > 0;
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGINT");
    const { code } = await child.status;
    assertEquals(code, 130);
    assertEquals(begun(), false);
  }));

Deno.test("clean: the command tells what it does", () =>
  inFolder(async (folder) => {
    const gen = ["--records", "10", "--out", "data", "--quiet"];
    assertEquals((await run(folder, "scripts/gen.ts", ...gen)).code, 0);
    const dry = await run(folder, "scripts/clean.ts", "--dir", "data", "--dry-run");
    assertStringIncludes(dry.out, "data/10records.mf4  ");
    assertStringIncludes(dry.out, "Would remove 1 file, ");
    const size = (await Deno.stat(`${folder}/data/10records.mf4`)).size;
    const wet = await run(folder, "scripts/clean.ts", "--dir", "data", "--json");
    assertEquals(JSON.parse(wet.out), {
      path: "data/10records.mf4",
      action: "remove",
      bytes: size,
    });
    assertEquals(Array.from(Deno.readDirSync(`${folder}/data`)), []);
    const bad = await run(folder, "scripts/clean.ts", "--all");
    assertEquals([bad.code, bad.out], [2, ""]);
    assertStringIncludes(bad.err, "unknown option --all");
  }));
