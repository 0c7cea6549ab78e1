import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { inFolder, runScript } from "./_run_script.ts";

const SCRIPT = "scripts/stream_memory.ts";

Deno.test("stream memory: tells the peak of a process that streams, and leaves no file", () =>
  inFolder(async (folder) => {
    const args = ["--size", "300kB", "--data", `${folder}/data`, "--json"];
    const { code, out, err } = await runScript(SCRIPT, args, { TMPDIR: folder });
    assertEquals([code, err], [0, ""]);
    const { records, values, peakBytes, method, below, limit, fileBytes } = JSON.parse(out);
    assertEquals([below, limit, values], [true, 200_000_000, records * 21]);
    assert(Math.abs(fileBytes - 300_000) < 3000);
    assertGreater(peakBytes, 10_000_000);
    if (Deno.build.os === "linux") assertEquals(method, "VmHWM of /proc/self/status");
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));

Deno.test("stream memory: a peak above the limit ends with code 1; --keep keeps the file", () =>
  inFolder(async (folder) => {
    const args = ["--size", "300kB", "--data", folder, "--limit", "1MB", "--keep"];
    const { code, out, err } = await runScript(SCRIPT, args);
    assertEquals([code, err], [1, ""]);
    assertMatch(
      out,
      /^peak memory [\d.]+ MB \(.+\), not below 1 MB, while streaming [\d,]+ values/,
    );
    assertGreater((await Deno.stat(`${folder}/300000B.mf4`)).size, 290_000);
  }));

Deno.test("stream memory: mistakes are named", () =>
  inFolder(async (folder) => {
    for (
      const [args, message] of [
        ["--size tiny", `"tiny" is none of`],
        ["--size small,large", "--size small,large: choose one"],
        ["--limit much", `not "much"`],
        ["--data", "--data needs the path of a folder"],
        ["--big", "unknown option --big"],
        ["huge", `unexpected argument "huge"`],
      ]
    ) {
      const { code, out, err } = await runScript(SCRIPT, args.split(" "), { TMPDIR: folder });
      assertEquals([code, out], [2, ""], args);
      assertStringIncludes(err, message);
    }
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  }));
