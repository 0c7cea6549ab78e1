import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { safeFileName } from "../../lib/signal/safe_name.ts";

const CASES: [stored: string, safe: string][] = [
  ["ReadMe.txt", "ReadMe.txt"],
  ["温度 µ.csv", "温度 µ.csv"],
  [".\\..\\ReadMe.txt", "ReadMe.txt"],
  ["../../etc/passwd", "passwd"],
  ["/etc/shadow", "shadow"],
  ["C:\\Windows\\system32\\x.dll", "x.dll"],
  ["C:x.dll", "C_x.dll"],
  ["\\\\server\\share\\file", "file"],
  ["note.txt:stream", "note.txt_stream"],
  ["nul\u0000.txt", "nul_.txt"],
  ["..", "fallback"],
  [".", "fallback"],
  ["", "fallback"],
  ["folder/", "fallback"],
  ["...", "fallback"],
  ["  .. ", "fallback"],
  ["end. .", "end"],
  [".bashrc", ".bashrc"],
  ["CON", "_CON"],
  ["con.txt", "_con.txt"],
  ["Lpt1", "_Lpt1"],
  ["com¹.log", "_com¹.log"],
  ["console.txt", "console.txt"],
  ['a<b>|c?*"d', "a_b__c___d"],
  ["photo\u202egpj.exe", "photo_gpj.exe"],
  ["line\nbreak", "line_break"],
  ["half\ud800", "half\ufffd"],
];

for (const [stored, safe] of CASES) {
  Deno.test(`the attachment ${JSON.stringify(stored)} is written as ${JSON.stringify(safe)}`, () => {
    assertEquals(safeFileName(stored, "fallback"), safe);
  });
}

Deno.test("names that are too long keep their extension", () => {
  const long = safeFileName("温".repeat(200) + ".html", "fallback");
  assert(long.endsWith("温.html"));
  assert(new TextEncoder().encode(long).length <= 240);
  assertEquals(safeFileName("a".repeat(500), "fallback"), "a".repeat(240));
  assertEquals(safeFileName(`x.${"e".repeat(500)}`, "fallback").length, 240);
});

Deno.test("no name leads out of a folder, whatever the file tells", () => {
  const parts = fc.oneof(
    fc.constantFrom("..", "/", "\\", "C:", "\u0000", " ", ".", "CON", "\u202e", "a"),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (pieces) => {
      const name = safeFileName(pieces.join(""), "fallback");
      // deno-lint-ignore no-control-regex
      assert(!/[\u0000-\u001f/\\:]/.test(name), JSON.stringify(name));
      assert(name !== "" && name !== "." && name !== "..");
      assert(!/[. ]$/.test(name) && !/^con(\.|$)/i.test(name), JSON.stringify(name));
    }),
    { numRuns: 2000, seed: 5 },
  );
});
