import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { runIndex, writeDrive } from "./_index.ts";
import { inFolder } from "./_run_script.ts";

/** A folder with three drives, one of them deeper. */
async function threeDrives(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "deep"));
  await writeDrive(join(folder, "a.mf4"), { start: 0 });
  await writeDrive(join(folder, "b.MF4"), { start: 1000, extra: "Throttle" });
  await writeDrive(join(folder, "deep", "c.mdf"), { start: 2000, records: 50 });
  await Deno.writeTextFile(join(folder, "notes.txt"), "no measurement");
}

Deno.test("index: a folder becomes one catalogue, which is the same however often it is made", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    const { code, json } = await runIndex(["build", folder, "--json"]);
    assertEquals(code, 0);
    const [{ catalogue, files, made, kept, failed, removed }] = json();
    assertEquals([files, made, kept, failed, removed], [3, 3, 0, 0, 0]);
    const text = await Deno.readTextFile(catalogue);
    const [head, ...entries] = text.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(head, { format: "mf4-catalogue", schema: 1 });
    assertEquals(entries.map(({ file }) => file), ["a.mf4", "b.MF4", "deep/c.mdf"]);
    assertEquals(entries[2].times, [{ from: 2000, to: 2004.9, unit: "s" }]);
    await runIndex(["build", folder, "--force"]);
    assertEquals(await Deno.readTextFile(catalogue), text);
  }));

Deno.test("index: a catalogue is made again from what has changed alone", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    await runIndex(["build", folder]);
    await writeDrive(join(folder, "a.mf4"), { start: 5 });
    await writeDrive(join(folder, "new.mf4"));
    await Deno.remove(join(folder, "b.MF4"));
    await Deno.writeTextFile(join(folder, "bad.mf4"), "no measurement");
    const again = await runIndex(["build", folder, "--json"]);
    assertEquals(again.code, 1, "one file failed");
    assertStringIncludes(again.err, "bad.mf4");
    const [{ files, made, kept, failed, removed }] = again.json();
    assertEquals([files, made, kept, failed, removed], [3, 2, 1, 1, 1]);
    const words = await runIndex(["build", folder]);
    assertStringIncludes(words.lines[0], "0 read, 3 unchanged, 1 failed");
    // With records there is more to know, so that all is read again.
    const [records] = (await runIndex(["build", folder, "--records", "--json"])).json();
    assertEquals([records.made, records.kept], [3, 0]);
    const [kept2] = (await runIndex(["build", folder, "--records", "--json"])).json();
    assertEquals([kept2.made, kept2.kept], [0, 3]);
  }));

Deno.test("index: find looks names and patterns up in all files of a catalogue", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    await runIndex(["build", folder]);
    const { code, lines } = await runIndex(["find", "rpm", folder]);
    assertEquals(code, 0);
    assertEquals(lines[0].split("\t"), [
      ...["file", "group", "channel", "unit", "records", "from", "to"],
    ]);
    assertEquals(lines.slice(1).map((line) => line.split("\t")), [
      [join(folder, "a.mf4"), "0 Engine", "RPM", "1/min", "1000", "0 s", "99.9 s"],
      [join(folder, "b.MF4"), "0 Engine", "RPM", "1/min", "1000", "1000 s", "1099.9 s"],
      [join(folder, "deep", "c.mdf"), "0 Engine", "RPM", "1/min", "50", "2000 s", "2004.9 s"],
    ]);
    const names = async (pattern: string) =>
      (await runIndex(["find", pattern, join(folder, "mf4-index.jsonl"), "--json"])).json()
        .map(({ name }) => name);
    assertEquals(await names("T*"), ["Time", "Time", "Throttle", "Time"]);
    assertEquals(await names("?ear"), ["Gear", "Gear"]);
    const none = await runIndex(["find", "RP", folder]);
    assertEquals([none.code, none.lines], [1, []]);
    assertStringIncludes(none.err, "no channel is called RP");
    const terminal = await runIndex(["find", "*", folder], 80);
    assert(terminal.lines.every((line) => line.length <= 80));
  }));

Deno.test("index: find and show work on folders without a catalogue, and on single files", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    const found = (await runIndex(["find", "gear", folder, "--json"])).json();
    assertEquals(
      found.map(({ file }) => file),
      ["a.mf4", "deep/c.mdf"].map((name) => join(folder, name)),
    );
    const one = await runIndex(["find", "gear", join(folder, "a.mf4"), join(folder, "b.MF4")]);
    assertEquals(one.lines.length, 2);
    await Deno.mkdir(join(folder, "empty"));
    const empty = await runIndex(["show", join(folder, "empty")]);
    assertEquals(empty.code, 1);
    assertStringIncludes(empty.err, "there is no .mf4 or .mdf file in this folder");
  }));

Deno.test("index: verify of a catalogue checks every file, and a missing one does not hide others", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    await runIndex(["build", folder]);
    assertEquals((await runIndex(["verify", folder, "--values"])).code, 0);
    await Deno.remove(join(folder, "a.mf4"));
    await writeDrive(join(folder, "b.MF4"), { start: 7 });
    const { code, lines, err } = await runIndex(["verify", folder]);
    assertEquals(code, 1);
    assertStringIncludes(err, "a.mf4: no such file");
    assertStringIncludes(lines[0], "has changed since the index was made");
    assertStringIncludes(lines[1], "c.mdf: unchanged");
  }));

Deno.test("index: damaged lines of a catalogue are told, and read again by build", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    await runIndex(["build", folder]);
    const path = join(folder, "mf4-index.jsonl");
    const lines = (await Deno.readTextFile(path)).trim().split("\n");
    lines[2] = lines[2].slice(0, 100);
    await Deno.writeTextFile(path, lines.join("\n"));
    const found = await runIndex(["find", "RPM", folder]);
    assertEquals([found.code, found.lines.length], [1, 3]);
    assertStringIncludes(found.err, "line 3 is damaged");
    const [made] = (await runIndex(["build", folder, "--json"])).json();
    assertEquals([made.made, made.kept], [1, 2]);
    for (const wrong of ["", "{}", "no json", '{"format":"mf4-catalogue","schema":99}']) {
      await Deno.writeTextFile(path, wrong);
      const { code, err } = await runIndex(["find", "RPM", folder]);
      assertEquals(code, 1);
      assertStringIncludes(err, "catalogue");
    }
    const missing = await runIndex(["show", join(folder, "none.jsonl")]);
    assertStringIncludes(missing.err, "there is no such catalogue");
  }));

Deno.test("index: --catalogue makes one of files and folders", () =>
  inFolder(async (folder) => {
    await threeDrives(folder);
    const path = join(folder, "all.jsonl");
    const inputs = [join(folder, "deep"), join(folder, "a.mf4"), join(folder, "a.mf4")];
    const [made] = (await runIndex(["build", ...inputs, "--catalogue", path, "--json"])).json();
    assertEquals([made.catalogue, made.files], [path, 2]);
    assertEquals((await runIndex(["find", "RPM", path])).lines.length, 3);
  }));
