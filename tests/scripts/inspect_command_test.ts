import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setColorEnabled, stripAnsiCode } from "@std/fmt/colors";
import { inspect } from "../../scripts/inspect.ts";
import { generateFile } from "../../scripts/generate/generate_file.ts";
import { FileBuilder, patternBytes, rangeServer } from "../_helpers.ts";
import { coverage, type JsonBlocks, runInspect } from "./_inspect.ts";

const SCRIPT = new URL("../../scripts/inspect.ts", import.meta.url).pathname;

/** Runs the script as a user would, with its output in a pipe. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--allow-read", "--allow-net", SCRIPT, ...args],
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

function oneChannel(): FileBuilder {
  const file = new FileBuilder();
  file.group({
    name: "G",
    channels: [{ name: "speed", unit: "km/h", cn_bit_count: 8 }],
    records: patternBytes(5),
  });
  return file;
}

Deno.test("inspect: the command prints without colours into a pipe and ends with 0", () =>
  withFile(oneChannel().bytes(), async (path) => {
    const { code, out, err } = await run(path);
    assertEquals([code, err], [0, ""]);
    assertEquals(stripAnsiCode(out), out);
    assertStringIncludes(out, "speed    uint8        5  km/h  none");
  }));

Deno.test("inspect: broken files end with 1, wrong options with 2, help with 0", async () => {
  const file = oneChannel();
  const dg = file.linkOf(file.hd, "hd_dg_first");
  file.patchLink(dg, "dg_data", 1e9);
  await withFile(file.bytes(), async (path) => {
    const { code, out, err } = await run(path);
    assertEquals(code, 1);
    assertStringIncludes(out, "speed");
    assertStringIncludes(err, `${path}: 1 broken; see above`);
  });
  const missing = await runInspect(["/no/such/file.mf4"]);
  assertEquals([missing.code, missing.out], [1, ""]);
  assertStringIncludes(missing.err, "/no/such/file.mf4: no such file");
  const wrong = await runInspect(["a.mf4", "--blokcs"]);
  assertEquals([wrong.code, wrong.out], [2, ""]);
  assertStringIncludes(wrong.err, "unknown option --blokcs\nSee deno task inspect --help.");
  const help = await runInspect(["--help"]);
  assertEquals([help.code, help.err], [0, ""]);
  assertStringIncludes(help.out, "Usage: deno task inspect FILE…");
});

Deno.test("inspect: of several files, a broken one does not hide the others", () =>
  withFile(oneChannel().bytes(), async (path) => {
    const { code, out, err } = await runInspect(["/no/such/file.mf4", path]);
    assertEquals(code, 1);
    assertStringIncludes(err, "no such file");
    assertStringIncludes(out, "speed");
  }));

Deno.test("inspect: reads files over HTTP, blocks as well", async () => {
  const bytes = oneChannel().bytes();
  await using server = rangeServer(bytes);
  for (const option of ["--all", "--blocks"]) {
    const { code, out } = await runInspect([server.url, option]);
    assertEquals(code, 0);
    assertStringIncludes(out, "speed");
  }
  const json: JsonBlocks = JSON.parse((await runInspect([server.url, "--blocks", "--json"])).out);
  assertEquals(json.size, bytes.length);
});

Deno.test("inspect: at a terminal a table fits its width and has one line for each channel", () =>
  withFile(oneChannel().bytes(), async (path) => {
    for (const columns of [60, 100, 200]) {
      const { lines, code } = await runInspect([path, "--table", "--values", "2"], columns);
      assertEquals(code, 0);
      assert(lines.every((line) => line.length <= columns), `${columns} columns`);
    }
    const { lines } = await runInspect([path, "--table"], 100);
    assertEquals(lines.filter((line) => line.includes("speed")).length, 1);
    assertEquals(lines.length, 4);
  }));

Deno.test("inspect: what is broken is red at a terminal", { ignore: Deno.noColor }, async () => {
  const file = oneChannel();
  file.patchLink(file.linkOf(file.hd, "hd_dg_first"), "dg_data", 1e9);
  await withFile(file.bytes(), async (path) => {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    try {
      setColorEnabled(true);
      await inspect([path], { print, error: () => {}, columns: 80 });
    } finally {
      setColorEnabled(false);
    }
    const wrong = lines.filter((line) => line.includes("\x1b[31m"));
    assertEquals(wrong.length, 1);
    assertStringIncludes(wrong[0], "a link leads past the end of the file");
  });
});

for (const compression of ["none", "deflate", "transpose"] as const) {
  Deno.test(`inspect: a generated file (${compression}) is shown whole, every byte accounted for`, async () => {
    const path = await Deno.makeTempFile({ suffix: ".mf4" });
    try {
      const made = await generateFile({ path, records: 500, groups: 2, channels: 4, compression });
      const tree = await runInspect([path]);
      assertEquals([tree.code, tree.err], [0, ""]);
      assertStringIncludes(
        tree.out,
        `2 data groups, 2 channel groups, ${made.channels + 2} channels`,
      );
      const how = { none: "not compressed", deflate: "deflate", transpose: "transposed deflate" };
      assertStringIncludes(tree.out, `, ${how[compression]}`);
      const { code, out } = await runInspect([path, "--blocks", "--json"]);
      assertEquals(code, 0);
      const blocks: JsonBlocks = JSON.parse(out);
      assertEquals(blocks.size, made.bytes);
      assertEquals(coverage(blocks), { bare: 0, shared: 0 });
      const { sum } = blocks;
      assertEquals(sum.unreferred, 0);
      assertEquals(sum.blocks + sum.padding, made.bytes);
    } finally {
      await Deno.remove(path);
    }
  });
}
