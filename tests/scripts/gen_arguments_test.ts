import { assert, assertEquals, assertThrows } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import {
  ArgumentError,
  GEN_HELP,
  parseBytes,
  parseGenArguments,
} from "../../scripts/generate/gen_arguments.ts";
import { describeProgress } from "../../scripts/generate/progress_bar.ts";
import { testFileName } from "../../scripts/generate/test_files.ts";

Deno.test("gen arguments: defaults", () => {
  assertEquals(parseGenArguments([]), {
    help: false,
    sizes: ["small", "medium", "large"],
    pattern: "automotive",
    seed: 1,
    compression: "none",
    channels: undefined,
    groups: undefined,
    directory: undefined,
    file: undefined,
    force: false,
    quiet: false,
    json: false,
  });
});

Deno.test("gen arguments: every option", () => {
  const line = "--bytes 25MB --pattern ./mine.ts --seed 7 --compression transpose --channels 200 " +
    "--groups 4 --out some/file.MF4 --force --quiet --json -h";
  assertEquals(parseGenArguments(line.split(" ")), {
    help: true,
    sizes: [{ bytes: 25_000_000 }],
    pattern: "./mine.ts",
    seed: 7,
    compression: "transpose",
    channels: 200,
    groups: 4,
    directory: undefined,
    file: "some/file.MF4",
    force: true,
    quiet: true,
    json: true,
  });
  assertEquals(parseGenArguments(["--sizes", "huge, small,huge"]).sizes, ["huge", "small"]);
  assertEquals(parseGenArguments(["--size", "medium"]).sizes, ["medium"]);
  assertEquals(parseGenArguments(["small", "large"]).sizes, ["small", "large"]);
  assertEquals(parseGenArguments(["--out", "one.mf4"]).sizes, ["small"]);
  assertEquals(parseGenArguments(["--records=0"]).sizes, [{ records: 0 }]);
  assertEquals(parseGenArguments(["--out", "folder"]).directory, "folder");
});

Deno.test("gen arguments: every option is in the help", () => {
  const options = [
    "sizes",
    "bytes",
    "records",
    "pattern",
    "channels",
    "groups",
    "seed",
    "compression",
    "out",
    "force",
    "json",
    "quiet",
    "help",
  ];
  const described = Array.from(GEN_HELP.matchAll(/^ .*?--(\w+)/gm), ([, name]) => name);
  assertEquals(described, options);
});

Deno.test("gen arguments: sizes in bytes", () => {
  const sizes = {
    "2500000": 2_500_000,
    "25MB": 25_000_000,
    "25m": 25_000_000,
    "1.5GB": 1_500_000_000,
    "10 kB": 10_000,
    "64MiB": 67_108_864,
    "2GiB": 2_147_483_648,
    "3KiB": 3072,
    "12B": 12,
  };
  for (const [text, bytes] of Object.entries(sizes)) assertEquals(parseBytes(text), bytes, text);
});

Deno.test("gen arguments: mistakes are named", () => {
  const mistakes: [string, string][] = [
    ["--sizes small,tiny", '"tiny" is none of small, medium, large, huge'],
    ["--sizes toString", '"toString" is none of'],
    ["--sizes", '"" is none of'],
    ["--bytes 12q", `not "12q": write it like`],
    ["--bytes 0", `not "0": write it like`],
    ["--bytes -5", "unknown option -5"],
    ["--bytes", "--bytes needs a size"],
    ["--records many", "--records many: use a whole number"],
    ["--records 1.5", "--records 1.5: use a whole number"],
    ["--channels", "--channels needs a number"],
    ["--seed 0x10", "--seed 0x10: use a whole number"],
    ["--bytes 1MB --records 5", "--bytes and --records exclude each other"],
    ["--sizes small --bytes 1MB", "--sizes and --bytes exclude each other"],
    ["--compression zip", "--compression zip: use none, deflate, transpose"],
    ["--out x.mf4 --sizes small,huge", "--out x.mf4 is one file, but 2 sizes"],
    ["--out", "--out needs the path"],
    ["--pattern", "--pattern needs a name"],
    ["--patern industrial", "unknown option --patern"],
    ["--no-json", "unknown option --no-json"],
    ["-x", "unknown option -x"],
    ["tiny", 'unexpected argument "tiny"'],
    ["-- tiny", 'unexpected argument "tiny"'],
    ["small --bytes 5", "--sizes and --bytes exclude each other"],
  ];
  for (const [line, message] of mistakes) {
    assertThrows(() => parseGenArguments(line.split(" ")), ArgumentError, message);
  }
});

Deno.test("test files: the name tells what is special about a file", () => {
  assertEquals(testFileName("small", {}), "small.mf4");
  assertEquals(testFileName("large", { seed: 1, groups: 1, compression: "none" }), "large.mf4");
  assertEquals(
    testFileName({ bytes: 500 }, {
      pattern: "industrial",
      compression: "deflate",
      channels: 20,
      groups: 3,
      seed: 9,
    }),
    "500B_industrial_deflate_c20_g3_seed9.mf4",
  );
  assertEquals(testFileName({ records: 10 }, {}), "10records.mf4");
});

Deno.test("progress: bar, rate and time left fit the terminal", () => {
  const line = (columns: number) =>
    stripAnsiCode(describeProgress("a.mf4", { done: 0.25, totalBytes: 4e8 }, 2000, columns));
  assertEquals(
    line(80),
    "a.mf4  ███████░░░░░░░░░░░░░░░░░░░░░░   25 %  100 MB of 400 MB  50 MB/s  6s left",
  );
  for (const columns of [80, 70, 60, 50, 40, 20]) {
    assert(line(columns).length < columns, `${line(columns).length} in ${columns} columns`);
  }
  assertEquals(
    stripAnsiCode(describeProgress("a.mf4", { done: 0 }, 0, 30)),
    "a.mf4  ░░░░░░░░░░░░░░░    0 %",
  );
});
