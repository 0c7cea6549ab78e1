import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeText } from "../../lib/blocks/text_bytes.ts";

Deno.test("a text is what the runtime's decoder makes of the bytes before the first zero", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 90 }),
    fc.string({ maxLength: 90 }).map((text) => new TextEncoder().encode(text)),
    fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 90 }).map((codes) =>
      Uint8Array.from(codes)
    ),
  );
  fc.assert(
    fc.property(fc.nat(9), bytes, fc.nat(9), (before, bytes, after) => {
      const all = Uint8Array.from([...Array(before).fill(65), ...bytes, ...Array(after).fill(66)]);
      const zero = bytes.indexOf(0);
      const text = new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
      assertEquals(decodeText(all, before, before + bytes.length), text);
    }),
    { numRuns: 500, seed: 3 },
  );
});
