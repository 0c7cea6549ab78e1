import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ArgumentError } from "../../scripts/generate/gen_arguments.ts";
import { matcher } from "../../scripts/index/index_contents.ts";
import { parseIndexArguments } from "../../scripts/index/index_arguments.ts";
import { runIndex } from "./_index.ts";

Deno.test("index: what the command line asks for", () => {
  const build = parseIndexArguments(["build", "a.mf4", "--records", "--gzip"]);
  assertEquals([build.command, build.inputs, build.places, build.gzip], [
    ...["build", ["a.mf4"], true, true],
  ]);
  const ranges = parseIndexArguments(
    ["ranges", "a.mf4", "--channel", "x", "--records", "5:", "--time=:7.5", "--group", "2"],
  );
  assertEquals([ranges.records, ranges.time, ranges.group], [[5, Infinity], [-Infinity, 7.5], 2]);
  const named = parseIndexArguments(["ranges", "a", "--channel", "x", "--group", "Engine"]);
  assertEquals(named.group, "Engine");
  const find = parseIndexArguments(["find", "*rpm*", "a", "b"]);
  assertEquals([find.channel, find.inputs], ["*rpm*", ["a", "b"]]);
});

Deno.test("index: arguments that make no sense are refused with a word on what would", () => {
  const wrong: [args: string[], message: string][] = [
    [[], "build, show, verify, ranges, find, schema"],
    [["biuld", "a"], "biuld: use build"],
    [["build"], "which file?"],
    [["build", ""], "file 1 has an empty name"],
    [["build", "a", "--frobnicate"], "unknown option --frobnicate"],
    [["build", "a", "--time", "1:2"], "--time does not go with build"],
    [["show", "a", "--records", "1:2"], "--records does not go with show"],
    [["build", "a", "b", "--out", "c"], "--out is for one file, and 2 are given"],
    [["build", "a", "--out", ""], "--out needs a value"],
    [["build", "a", "--out", "c", "--catalogue", "d"], "exclude each other"],
    [["build", "a", "--stdout", "--json"], "exclude each other"],
    [["find"], "find which channel?"],
    [["find", "x"], "which file?"],
    [["ranges", "a"], "of which channel?"],
    [["ranges", "a", "--channel", "x", "--records", "2:1"], "A:B"],
    [["ranges", "a", "--channel", "x", "--records", "1.5:2"], "A:B"],
    [["ranges", "a", "--channel", "x", "--records", "1"], "A:B"],
    [["ranges", "a", "--channel", "x", "--time", "a:b"], "A:B"],
    [["ranges", "a", "--channel", "x", "--gap", "x"], "--gap"],
    [["schema", "a"], 'unexpected argument "a"'],
  ];
  for (const [args, message] of wrong) {
    assertThrows(() => parseIndexArguments(args), ArgumentError, message, args.join(" "));
  }
});

Deno.test("index: wrong arguments end with 2, help with 0", async () => {
  const wrong = await runIndex(["build"]);
  assertEquals([wrong.code, wrong.lines], [2, []]);
  assertStringIncludes(wrong.err, "See deno task index --help.");
  const index = await runIndex(["build", "a.index.json"]);
  assertEquals(index.code, 2);
  assertStringIncludes(index.err, "is no measurement file");
  for (const args of [["--help"], ["build", "-h"]]) {
    const help = await runIndex(args);
    assertEquals([help.code, help.err], [0, ""]);
    assertStringIncludes(help.lines.join("\n"), "Usage: deno task index COMMAND FILE…");
  }
});

Deno.test("index: patterns stand for whole names, whatever their case", () => {
  const fits = (pattern: string, name: string) => matcher(pattern)(name);
  assertEquals(fits("rpm", "RPM"), true);
  assertEquals(fits("rpm", "RPM2"), false);
  assertEquals(fits("rpm?", "RPM2"), true);
  assertEquals(fits("*.rpm", "Engine.RPM"), true);
  assertEquals(fits("*.rpm", "EngineXRPM"), false);
  assertEquals(fits("a[1]+(b)|c", "A[1]+(B)|C"), true);
  assertEquals(fits("öl*", "ÖLDRUCK"), true);
});
