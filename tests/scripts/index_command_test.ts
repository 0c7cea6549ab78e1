import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import Ajv from "ajv/dist/2020.js";
import { join } from "node:path";
import { byteRanges, INDEX_JSON_SCHEMA, Mdf, type MdfIndex, readIndex } from "../../mod.ts";
import { FileBuilder, rangeServer } from "../_helpers.ts";
import { runIndex, writeDrive } from "./_index.ts";
import { inFolder, runScript } from "./_run_script.ts";

Deno.test("index: build writes an index beside each file, plain or packed, with which it opens", () =>
  inFolder(async (folder) => {
    const files = ["a.mf4", "b.mf4"].map((name) => join(folder, name));
    for (const file of files) await writeDrive(file);
    const { code, lines, err } = await runIndex(["build", ...files]);
    assertEquals([code, err, lines.length], [0, "", 2]);
    assertStringIncludes(lines[0], "a.mf4.index.json  ");
    assertStringIncludes(lines[0], "bytes a channel");
    const json = await runIndex(["build", files[0], "--gzip", "--json"]);
    const [made] = json.json();
    assertEquals(made.index, files[0] + ".index.json.gz");
    assertEquals([made.channels, made.problems], [3, 0]);
    assertEquals(made.bytes, (await Deno.stat(made.index)).size);
    for (const path of [files[0] + ".index.json", made.index]) {
      const index = await readIndex((await Deno.open(path)).readable);
      await using mdf = await Mdf.fromIndex(index, files[0]);
      assertEquals((await mdf.read("RPM")).values.at(-1), 999 / 4);
    }
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      name.endsWith(".part")
    );
    assertEquals(left, []);
  }));

Deno.test("index: build --stdout gives the index and nothing else; --out names it", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.mf4");
    await writeDrive(file);
    const { code, out, err } = await runScript("scripts/index.ts", ["build", file, "--stdout"]);
    assertEquals([code, err], [0, ""]);
    await using mdf = await Mdf.open(file);
    assertEquals(JSON.parse(out), mdf.toIndex());
    const path = join(folder, "other.json");
    assertEquals((await runIndex(["build", file, "--out", path])).code, 0);
    assertEquals(JSON.parse(Deno.readTextFileSync(path)), mdf.toIndex());
  }));

Deno.test("index: a file that cannot be indexed does not stop the others", () =>
  inFolder(async (folder) => {
    const [good, bad] = ["good.mf4", "bad.mf4"].map((name) => join(folder, name));
    await writeDrive(good);
    await Deno.writeTextFile(bad, "no measurement");
    const missing = join(folder, "missing.mf4");
    const { code, lines, err } = await runIndex(["build", bad, missing, good]);
    assertEquals(code, 1);
    assertEquals(lines.length, 1);
    assertStringIncludes(err, "bad.mf4");
    assertStringIncludes(err, "missing.mf4: no such file");
    assert(Deno.statSync(good + ".index.json").isFile);
  }));

Deno.test("index: what could not be read of a file is told", () =>
  inFolder(async (folder) => {
    const builder = new FileBuilder();
    builder.group({ channels: [{ name: "x", cn_bit_count: 8 }], records: Uint8Array.of(1, 2) });
    builder.patchLink(builder.hd, "hd_fh_first", 1e9);
    const file = join(folder, "a.mf4");
    await Deno.writeFile(file, builder.bytes());
    const { err, lines } = await runIndex(["build", file, "--json"]);
    assertEquals(JSON.parse(lines[0]).problems, 1);
    assertStringIncludes(err, "1 part could not be read");
  }));

Deno.test("index: show tells sizes, groups and channels of an index, and of a file without one", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.mf4");
    await writeDrive(file);
    const without = await runIndex(["show", file]);
    assertEquals([without.code, without.err], [0, ""]);
    assertStringIncludes(without.lines[0], "made now");
    await runIndex(["build", file]);
    const { lines } = await runIndex(["show", file]);
    assertStringIncludes(lines[0], "a.mf4.index.json");
    assert(lines.includes("1 group, 3 channels"), lines.join("\n"));
    assert(lines.includes("group 0 Engine  1,000 records"), lines.join("\n"));
    assert(lines.includes("  RPM  1/min"), lines.join("\n"));
    const [json] = (await runIndex(["show", file + ".index.json", "--json"])).json();
    assertEquals([json.channels, json.bytes], [3, Deno.statSync(file + ".index.json").size]);
    assertEquals(json.groups[0].channels[1], { name: "RPM", unit: "1/min" });
    // An index of another version of the file is not shown as one of this.
    await writeDrive(file, { records: 2000 });
    const stale = await runIndex(["show", file]);
    assertStringIncludes(stale.err, "is not taken: the file has changed");
    assert(stale.lines.includes("group 0 Engine  2,000 records"));
  }));

Deno.test("index: verify says what has changed, and compares values when asked", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.mf4");
    await writeDrive(file);
    await runIndex(["build", file, "--gzip"]);
    const { code, lines } = await runIndex(["verify", file, "--values"]);
    assertEquals(code, 0, lines.join("\n"));
    assertEquals(lines, [`${file}: unchanged; 3 channels of 3 with 3,000 values the same`]);
    // An index that says something else of a channel.
    const index: MdfIndex = await readIndex(
      (await Deno.open(file + ".index.json.gz")).readable,
    );
    const texts = JSON.stringify(index).replace("1/min", "other");
    const wrong = join(folder, "wrong.json");
    await Deno.writeTextFile(wrong, texts);
    const different = await runIndex(["verify", file, "--values", "--index", wrong]);
    assertEquals(different.code, 1);
    assertStringIncludes(different.lines[1], "RPM: unit 1/min, by the index other");
    const bytes = await Deno.readFile(file);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(file, bytes);
    const changed = await runIndex(["verify", file]);
    assertEquals(changed.code, 1);
    assertStringIncludes(changed.lines[0], "has changed since the index was made: ");
    assertStringIncludes(changed.lines[0], "its last bytes");
    const [json] = (await runIndex(["verify", file, "--json"])).json();
    assertEquals([json.stale, json.grown, json.changed.includes("end")], [true, false, true]);
    const none = await runIndex(["verify", join(folder, "b.mf4")]);
    assertEquals(none.code, 1);
    assertStringIncludes(none.err, "there is no such index; make it with build");
  }));

Deno.test("index: ranges gives the spans of a channel, by record and by time", () =>
  inFolder(async (folder) => {
    const file = join(folder, "a.mf4");
    await writeDrive(file);
    await using mdf = await Mdf.open(file);
    const index = mdf.toIndex();
    const spans = async (...args: string[]) => {
      const run = await runIndex(["ranges", file, "--channel", "RPM", "--json", ...args]);
      assertEquals(run.code, 0, run.err);
      return run.json()[0];
    };
    const all = await spans();
    assertEquals(all.ranges, byteRanges(index, "RPM"));
    assertEquals(all.fraction, all.bytes / mdf.size);
    const records = (await spans("--records", "100:200", "--gap", "0")).ranges;
    assertEquals(records, byteRanges(index, "RPM", { records: [100, 200], gap: 0 }));
    assertEquals((await spans("--time", "10:20", "--gap", "0")).ranges, records);
    assertEquals(await spans("--time", ":"), all);
    assertEquals((await spans("--records", "990:")).ranges.at(-1), [
      all.ranges.at(-1)[0] + all.ranges.at(-1)[1] - 110,
      110,
    ]);
    const table = await runIndex(["ranges", file, "--channel", "RPM", "--records", "0:10"]);
    const [[offset, length]] = byteRanges(index, "RPM", { records: [0, 10] });
    assertEquals(table.lines, ["offset\tbytes\tend", `${offset}\t${length}\t${offset + length}`]);
    assertStringIncludes(table.err, "1 span, 110 B");
    const missing = await runIndex(["ranges", file, "--channel", "rpm"]);
    assertEquals([missing.code, missing.lines], [1, []]);
    assertStringIncludes(missing.err, 'no channel "rpm"');
    const terminal = await runIndex(["ranges", file, "--channel", "RPM"], 60);
    assert(terminal.lines.every((line) => line.length <= 60));
  }));

Deno.test("index: addresses are indexed, checked and searched like files", () =>
  inFolder(async (folder) => {
    const file = join(folder, "drive.mf4");
    await writeDrive(file);
    await using server = rangeServer(await Deno.readFile(file), { etag: '"1"' });
    const path = join(folder, "remote.json");
    assertEquals((await runIndex(["build", server.url, "--out", path])).code, 0);
    const verified = await runIndex(["verify", server.url, "--index", path, "--values"]);
    assertEquals(verified.code, 0, verified.err);
    const found = await runIndex(["find", "rpm", server.url, "--json"]);
    assertEquals(found.json()[0].records, 1000);
    const ranges = await runIndex(
      ["ranges", server.url, "--channel", "RPM", "--time", "1:2", "--index", path, "--json"],
    );
    assertEquals(ranges.json()[0].ranges.length, 1, ranges.err);
    server.etag = '"2"';
    const changed = await runIndex(["verify", server.url, "--index", path]);
    assertEquals(changed.code, 1);
    assertStringIncludes(changed.lines[0], "what the server tells its version by");
  }));

Deno.test("index: schema prints schemas that indexes and catalogues fit", () =>
  inFolder(async (folder) => {
    const { code, lines } = await runIndex(["schema"]);
    assertEquals(code, 0);
    const { index, catalogue } = JSON.parse(lines.join("\n"));
    assertEquals(index, JSON.parse(JSON.stringify(INDEX_JSON_SCHEMA)));
    await writeDrive(join(folder, "a.mf4"));
    await runIndex(["build", folder]);
    const text = await Deno.readTextFile(join(folder, "mf4-index.jsonl"));
    const ajv = new Ajv.default({ strict: true, strictTypes: false });
    const isLine = ajv.compile(catalogue);
    for (const line of text.trim().split("\n")) {
      assert(isLine(JSON.parse(line)), JSON.stringify(isLine.errors));
    }
    assert(!isLine({ file: "a", times: [], index: {} }));
    assert(!isLine({ format: "mf4-catalogue", schema: 1, more: 1 }));
  }));
