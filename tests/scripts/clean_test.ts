import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { cleanGenerated } from "../../scripts/generate/clean_generated.ts";
import { MANIFEST_NAME, ManifestError, readManifest } from "../../scripts/generate/manifest.ts";
import {
  ensureTestFile,
  FileInTheWayError,
  type TestFileOptions,
} from "../../scripts/generate/test_files.ts";

async function inFolder(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function make(directory: string, records: number, options: TestFileOptions = {}) {
  return ensureTestFile({ records }, { directory, ...options });
}

function list(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), (entry) => entry.name).toSorted();
}

Deno.test("ensureTestFile: keeps a file that is right, makes one that is not", () =>
  inFolder(async (directory) => {
    const first = await make(directory, 50);
    assertEquals(first.kept, false);
    const before = await Deno.stat(first.path);
    const second = await make(directory, 50);
    assertEquals(second, { ...first, kept: true, seconds: 0 });
    assertEquals((await Deno.stat(first.path)).mtime, before.mtime);

    // Touched but not changed.
    await Deno.utime(first.path, 1e9, 1e9);
    assertEquals((await make(directory, 50)).kept, true);

    await Deno.remove(first.path);
    const third = await make(directory, 50);
    assertEquals([third.kept, third.sha256], [false, first.sha256]);
    assertEquals(list(directory), [MANIFEST_NAME, "50records.mf4"]);
  }));

Deno.test("ensureTestFile: a listed file with other parameters is replaced", () =>
  inFolder(async (directory) => {
    const signal = { name: "a", type: "uint8" } as const;
    const pattern = (max: number) => ({
      name: "same-name",
      title: "Same name",
      sampleRate: 1,
      signals: [{ ...signal, shape: { kind: "ramp", from: 0, to: max, period: 9 } as const }],
    });
    const first = await make(directory, 20, { pattern: pattern(9) });
    const second = await make(directory, 20, { pattern: pattern(18) });
    assertEquals([second.path, second.kept], [first.path, false]);
    assertNotEquals(second.sha256, first.sha256);
    assertEquals((await readManifest(directory)).length, 1);
  }));

Deno.test("ensureTestFile: replaces nothing that others put there or changed", () =>
  inFolder(async (directory) => {
    await Deno.writeTextFile(`${directory}/5records.mf4`, "mine");
    await assertRejects(() => make(directory, 5), FileInTheWayError, "was not generated");
    assertEquals(await Deno.readTextFile(`${directory}/5records.mf4`), "mine");

    const { path } = await make(directory, 6);
    await Deno.writeTextFile(path, "edited", { append: true });
    await assertRejects(() => make(directory, 6), FileInTheWayError, "was changed");
  }));

Deno.test("ensureTestFile: side by side, none loses its entry", () =>
  inFolder(async (directory) => {
    const counts = [1, 2, 3, 4, 5, 6, 7, 8];
    await Promise.all([...counts, ...counts].map((records) => make(directory, records)));
    const names = counts.map((records) => `${records}records.mf4`);
    assertEquals((await readManifest(directory)).map((entry) => entry.name), names);
    assertEquals(list(directory), [MANIFEST_NAME, ...names]);
  }));

Deno.test("clean: removes what was generated and nothing else", () =>
  inFolder(async (directory) => {
    const files = [await make(directory, 10), await make(directory, 20, { groups: 2 })];
    await Deno.writeTextFile(`${directory}/README.md`, "stays");
    await Deno.writeTextFile(`${directory}/other.mf4`, "stays too");
    const before = list(directory);

    const foretold = await cleanGenerated(directory, { dryRun: true });
    assertEquals(list(directory), before);
    assertEquals(foretold.map(({ bytes }) => bytes), files.map(({ bytes }) => bytes));

    assertEquals(await cleanGenerated(directory), foretold);
    assertEquals(list(directory), ["README.md", "other.mf4"]);
    assertEquals(await cleanGenerated(directory), []);
  }));

Deno.test("clean: keeps a changed file, on disk and on the list, until forced", () =>
  inFolder(async (directory) => {
    const changed = await make(directory, 10), gone = await make(directory, 20);
    await make(directory, 30);
    await Deno.remove(gone.path);
    // Same size and same time: only the content tells.
    const { mtime } = await Deno.stat(changed.path);
    const bytes = await Deno.readFile(changed.path);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(changed.path, bytes);
    await Deno.utime(changed.path, mtime!, mtime!);

    const actions = (await cleanGenerated(directory)).map(({ name, action }) => [name, action]);
    assertEquals(actions, [
      ["10records.mf4", "skip"],
      ["20records.mf4", "forget"],
      ["30records.mf4", "remove"],
    ]);
    assertEquals(list(directory), [MANIFEST_NAME, "10records.mf4"]);
    await cleanGenerated(directory, { force: true });
    assertEquals(list(directory), []);
  }));

Deno.test("clean: a manifest that leads out of its folder is refused", () =>
  inFolder(async (directory) => {
    await Deno.mkdir(`${directory}/data`);
    await Deno.writeTextFile(`${directory}/precious`, "");
    for (const name of ["../precious", "..", "", "a/b", 7]) {
      await Deno.writeTextFile(
        `${directory}/data/${MANIFEST_NAME}`,
        JSON.stringify({ version: 1, files: [{ name, bytes: 0 }] }),
      );
      const refused = () => cleanGenerated(`${directory}/data`, { force: true });
      await assertRejects(refused, ManifestError, "not a name in its folder");
    }
    for (const text of ["{", "[]", "null", '{"version":2,"files":[]}']) {
      await Deno.writeTextFile(`${directory}/data/${MANIFEST_NAME}`, text);
      await assertRejects(
        () => readManifest(`${directory}/data`),
        ManifestError,
        "repair or delete",
      );
    }
    assert(list(directory).includes("precious"));
  }));
