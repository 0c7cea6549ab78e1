import { assertEquals, assertThrows } from "@std/assert";
import { BENCH_HELP, parseBenchArguments } from "../../bench/harness/bench_arguments.ts";
import { ArgumentError } from "../../scripts/generate/gen_arguments.ts";

const parse = (line: string) => parseBenchArguments(line === "" ? [] : line.split(" "));

Deno.test("bench arguments: defaults", () => {
  assertEquals(parse(""), {
    help: false,
    sizes: ["small", "medium", "large"],
    filter: "",
    json: false,
    iterations: undefined,
    suite: undefined,
    resources: true,
    data: undefined,
    out: undefined,
  });
});

Deno.test("bench arguments: every option", () => {
  const line =
    "--sizes small,250kB,small --filter All --json --iterations 3 --suite s --no-resources --data d --out o -h";
  assertEquals(parse(line), {
    help: true,
    sizes: ["small", { bytes: 250_000 }],
    filter: "all",
    json: true,
    iterations: 3,
    suite: "s",
    resources: false,
    data: "d",
    out: "o",
  });
  assertEquals(parse("--size medium").sizes, ["medium"]);
});

Deno.test("bench arguments: every option is in the help", () => {
  const described = Array.from(BENCH_HELP.matchAll(/^ .*?--([\w-]+)/gm), ([, name]) => name);
  assertEquals(described, [
    ...["sizes", "filter", "suite", "no-resources", "iterations", "json", "data", "out", "help"],
  ]);
});

Deno.test("bench arguments: mistakes are named", () => {
  const mistakes: [string, string][] = [
    ["--sizes tiny", `"tiny" is none of small, medium, large, huge`],
    ["--sizes small,", `"" is none of`],
    ["--sizes 12q", `not "12q"`],
    ["--filter", "--filter needs a value"],
    ["--data", "--data needs a value"],
    ["--out", "--out needs a value"],
    ["--iterations", `--iterations needs a number, not ""`],
    ["--iterations many", `--iterations needs a number, not "many"`],
    ["--fast", "unknown option --fast"],
    ["small", `unexpected argument "small"`],
  ];
  for (const [line, message] of mistakes) {
    assertThrows(() => parse(line), ArgumentError, message);
  }
});

Deno.test("bench arguments: fewer than one iteration is a RangeError", () => {
  for (const count of ["0", "-3", "1.5", "Infinity"]) {
    assertThrows(
      () => parse(`--iterations=${count}`),
      RangeError,
      `--iterations must be a whole number of at least 1, not ${count}`,
    );
  }
});
