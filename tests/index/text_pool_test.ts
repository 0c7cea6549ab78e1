import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../lib/errors.ts";
import { IndexReader } from "../../lib/index/coder.ts";
import { joinTexts, TextPool } from "../../lib/index/text_pool.ts";

const reader = () => new IndexReader();

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom("", "°C", "m²", "\x7f", "\x7f00b0", "|~^`<0>", "\ud800", "😀"),
  ),
  { maxLength: 600 },
);

Deno.test("texts of any characters come back, and stand in an index as ASCII", () => {
  fc.assert(fc.property(texts, (list) => {
    const json = JSON.stringify(joinTexts(list));
    assert(/^[\0-\x7f]*$/.test(json));
    const pool = new TextPool(JSON.parse(json), "strings", reader());
    assertEquals(pool.length, list.length);
    assertEquals([...pool], list);
    for (const text of list.slice(0, 20)) assertEquals(pool.indexOf(text), list.indexOf(text));
    assertEquals(pool.indexOf("not there at all"), -1);
  }));
});

Deno.test("texts that are fewer or more than counted are refused when they are asked for", () => {
  const { by, n, parts } = joinTexts(["a", "b", "c"]);
  for (const wrong of [2, 4]) {
    const pool = new TextPool({ by, parts, n: wrong }, "strings", reader());
    assertThrows(() => pool.at(0), UsageError, "texts stand where");
  }
  assertThrows(() => new TextPool({ by, parts, n: n + 256 }, "strings", reader()), UsageError);
});
