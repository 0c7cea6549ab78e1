import {
  assert,
  assertEquals,
  assertExists,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { toText } from "@std/streams";

type Same<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true
  : false;
type Flat<T> = { [K in keyof T]: T[K] };

/** Fails the type check unless the type argument is `true`. */
function typeHolds<_T extends true>(): void {}

Deno.test("std types: everything declared exists at run time", async () => {
  const declarations = await Deno.readTextFile(
    new URL("../../scripts/types/std.d.ts", import.meta.url),
  );
  let count = 0;
  for (const [, name, body] of declarations.matchAll(/declare module "(.*?)" \{(.*?)\n\}/gs)) {
    const module = await import(name);
    for (const [, exported] of body.matchAll(/export (?:function|class) (\w+)/g)) {
      assertEquals(typeof module[exported], "function", `${name} has no ${exported}`);
      count++;
    }
  }
  assert(count > 50, `only ${count} declarations were found`);
});

Deno.test("std types: assertions narrow and give the error they found", async () => {
  const found = [1, 2].find((value) => value > 1);
  assert(found !== undefined);
  typeHolds<Same<typeof found, number>>();
  const text = (["a"] as (string | undefined)[])[0];
  assertExists(text);
  typeHolds<Same<typeof text, string>>();
  const something: unknown = new Map([[1, 2]]);
  assertInstanceOf(something, Map);
  assertEquals(something.size, 1);

  class Placed extends Error {
    offset = 7;
  }
  const thrown = assertThrows(() => {
    throw new Placed("here");
  }, Placed);
  assertEquals(thrown.offset, 7);
  const rejected = await assertRejects(() => Promise.reject(new Placed("there")), Placed, "there");
  assertEquals(rejected.offset, 7);
});

Deno.test("std types: parseArgs knows its options", () => {
  const parsed = parseArgs(["--name", "5", "-h", "--tag=1", "--tag", "2", "--no-color", "rest"], {
    string: ["name", "tag", "missing", "_"],
    boolean: ["help", "color"],
    collect: ["tag"],
    negatable: ["color"],
    default: { name: "1", level: 3, color: true },
    alias: { help: "h" },
  });
  typeHolds<
    Same<Flat<typeof parsed>, {
      name: string;
      tag: string[];
      missing: string | undefined;
      help: boolean;
      h: boolean;
      color: boolean;
      level: string | number | boolean;
      _: string[];
    }>
  >();
  assertEquals(parsed.tag, ["1", "2"]);
  assertEquals(parsed.name, "5");
  assertEquals(parsed.missing, undefined);
  assertEquals([parsed.help, parsed.h, parsed.color], [true, true, false]);
  assertEquals(parsed.level, 3);
  assertEquals(parsed._, ["rest"]);
});

Deno.test("std types: misuse does not pass the type check", () => {
  const misuses = [
    // @ts-expect-error the sides have different types
    () => assertEquals(1 as number, "1"),
    // @ts-expect-error there is no such option
    () => parseArgs([], { booleans: ["a"] }),
    // @ts-expect-error nothing declares this name
    () => parseArgs([], { string: ["a"] }).b,
    // @ts-expect-error the value may be missing
    () => parseArgs([], { string: ["a"] }).a.length,
    // @ts-expect-error a stream of numbers has no text
    () => toText(ReadableStream.from([1])),
  ];
  assertEquals(misuses.length, 5);
});
