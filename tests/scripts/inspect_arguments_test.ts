import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError } from "../../scripts/generate/gen_arguments.ts";
import { INSPECT_HELP, parseInspectArguments } from "../../scripts/inspect/inspect_arguments.ts";
import { visible } from "../../scripts/inspect/plain_text.ts";

Deno.test("inspect arguments: a file alone asks for its tree", () => {
  assertEquals(parseInspectArguments(["drive.mf4"]), {
    help: false,
    files: ["drive.mf4"],
    view: "tree",
    json: false,
    all: false,
    filter: undefined,
    values: undefined,
  });
});

Deno.test("inspect arguments: every option", () => {
  const parse = (line: string) => parseInspectArguments(line.split(" "));
  assertEquals(parse("a.mf4 b.mf4 --blocks --json").view, "blocks");
  assertEquals(parse("a.mf4 http://x/b.mf4").files, ["a.mf4", "http://x/b.mf4"]);
  assertEquals(parse("--table --filter rpm a.mf4 --values 3 --all"), {
    help: false,
    files: ["a.mf4"],
    view: "table",
    json: false,
    all: true,
    filter: "rpm",
    values: 3,
  });
  assertEquals(parse("a.mf4 --values=1").view, "values");
  assertEquals(parse("a.mf4 --json --values 2").view, "tree");
  assertEquals(parse("-h").help, true);
  assertEquals(parse("1234").files, ["1234"]);
});

Deno.test("inspect arguments: every option is in the help", () => {
  const described = Array.from(INSPECT_HELP.matchAll(/^ {2,}.*?--([a-z]+)/gm), ([, name]) => name);
  const options = "table,values,blocks,json,filter,all,help".split(",");
  assertEquals(options.filter((name) => !described.includes(name)), []);
});

Deno.test("inspect arguments: mistakes are named", () => {
  const mistakes: [string, string][] = [
    ["", "which file?"],
    ["--table", "which file?"],
    ["a.mf4 --tabel", "unknown option --tabel"],
    ["a.mf4 -x", "unknown option -x"],
    ["a.mf4 --values", 'a whole number from 1, not ""'],
    ["a.mf4 --values 0", 'a whole number from 1, not "0"'],
    ["a.mf4 --values ten", 'a whole number from 1, not "ten"'],
    ["a.mf4 --filter", "--filter needs a part of a name"],
    ["a.mf4 --blocks --table", "--table does not go with it"],
    ["a.mf4 --blocks --values 3", "--values does not go with it"],
    ["a.mf4 --blocks --filter x", "--filter does not go with it"],
    ["a.mf4 --table --json", "choose one"],
  ];
  for (const [line, message] of mistakes) {
    const args = line.split(" ").filter((part) => part);
    assertThrows(() => parseInspectArguments(args), ArgumentError, message);
  }
  assertThrows(() => parseInspectArguments([""]), ArgumentError, "file 1 has an empty name");
});

Deno.test("inspect: control characters are spelt out, other characters stay", () => {
  assertEquals(
    visible("a\tb\n\x1b[1m\u202e\x9b µm ≈ 日本"),
    "a\\tb\\n\\x1b[1m\\u202e\\x9b µm ≈ 日本",
  );
});
