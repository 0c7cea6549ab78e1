import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { textDecoder } from "../../lib/signal/text.ts";
import { textValues } from "../../lib/signal/text_values.ts";
import { DATA_TYPE } from "../../lib/structure/format_codes.ts";

/** Texts as they lie in signal data, with something between them, and what they are one by one. */
function layOut(parts: readonly Uint8Array[], between: Uint8Array, dataType: number) {
  const starts: number[] = [];
  const ends: number[] = [];
  const bytes: number[] = [];
  for (const part of parts) {
    bytes.push(...between);
    starts.push(bytes.length);
    bytes.push(...part);
    ends.push(bytes.length);
  }
  const runs = {
    bytes: new Uint8Array(bytes),
    start: (i: number) => starts[i],
    end: (i: number) => ends[i],
  };
  return { runs, expected: parts.map(textDecoder(dataType)) };
}

const byte = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 32, max: 126 }) },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);
const part = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  fc.array(byte, { maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
  fc.string({ unit: "grapheme" }).map((text) => new TextEncoder().encode(text)),
);

for (
  const dataType of [DATA_TYPE.utf8, DATA_TYPE.latin1, DATA_TYPE.utf16LE, DATA_TYPE.bomText]
) {
  Deno.test(`texts of data type ${dataType} are those that each value's bytes make`, () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 40 }),
        fc.uint8Array({ maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (parts, between, order) => {
          const { runs, expected } = layOut(parts, between, dataType);
          const values = textValues(runs, parts.length, dataType);
          assertEquals([...values], expected);
          // Any order gives the same.
          for (const n of order) {
            if (parts.length > 0) {
              assertEquals(values.at(n % parts.length), expected[n % parts.length]);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
}

Deno.test("texts longer than what is decoded at once, and across its ends, are whole", () => {
  const parts = Array.from({ length: 400 }, (_, i) => {
    return new TextEncoder().encode(`${i}`.padStart((i * 37) % 900, "x"));
  });
  parts[200] = new TextEncoder().encode("y".repeat(70_000));
  parts[300] = new TextEncoder().encode("ä".repeat(50));
  const { runs, expected } = layOut(parts, new Uint8Array(4), DATA_TYPE.utf8);
  assertEquals([...textValues(runs, parts.length, DATA_TYPE.utf8)], expected);
});

Deno.test("texts can be gone through more than once, and by an iterator's own iterator", () => {
  const parts = ["one", "two", "three"].map((text) => new TextEncoder().encode(text));
  const { runs } = layOut(parts, new Uint8Array(0), DATA_TYPE.utf8);
  const values = textValues(runs, 3, DATA_TYPE.utf8);
  const iterator = values[Symbol.iterator]();
  assertEquals(iterator.next(), { done: false, value: "one" });
  assertEquals([...iterator], ["two", "three"]);
  assertEquals(iterator.next(), { done: true, value: undefined });
  assertEquals(Array.from(values), ["one", "two", "three"]);
});
