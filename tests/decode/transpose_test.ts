import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { untranspose } from "../../lib/decode/transpose.ts";

/** By the words of the standard: whole rows become columns, the remainder follows. */
function transposeByDefinition(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  const out = bytes.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[column * rows + row] = bytes[row * columns + column];
    }
  }
  return out;
}

/** Bytes of which no two runs are alike. */
function distinct(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
}

Deno.test("trap 12: rows are floor(length / columns) and the remainder stays at the end", () => {
  // Records 0 1 2 and 3 4 5; the bytes 6 and 7 are no whole record.
  assertEquals(
    untranspose(Uint8Array.of(0, 3, 1, 4, 2, 5, 6, 7), 3),
    Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  );
  // Five records of five bytes and every possible remainder.
  const column = Array.from({ length: 25 }, (_, i) => (i % 5) * 5 + Math.floor(i / 5));
  for (let rest = 0; rest < 5; rest++) {
    const tail = Array.from({ length: rest }, (_, i) => 25 + i);
    assertEquals(
      untranspose(Uint8Array.from([...column, ...tail]), 5),
      Uint8Array.from({ length: 25 + rest }, (_, i) => i),
    );
  }
});

Deno.test("trap 12: every small record size with every small length is put back", () => {
  for (let columns = 1; columns <= 21; columns++) {
    for (let length = 0; length <= 220; length++) {
      const bytes = distinct(length);
      assertEquals(
        untranspose(transposeByDefinition(bytes, columns), columns),
        bytes,
        `${length} bytes in ${columns} columns`,
      );
    }
  }
});

Deno.test("records that fill more than one tile are put back", () => {
  for (const columns of [2, 3, 4, 5, 8, 13, 48, 64, 80, 200, 256, 1000, 1024]) {
    for (const rows of [4, 63, 64, 65, 127, 130]) {
      for (const rest of [0, 1, columns - 1]) {
        const bytes = distinct(rows * columns + rest);
        assertEquals(
          untranspose(transposeByDefinition(bytes, columns), columns),
          bytes,
          `${rows} rows of ${columns} and ${rest}`,
        );
      }
    }
  }
});

Deno.test("property: transposing by definition and back changes nothing, wherever the bytes lie", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 9 }),
      (bytes, columns, skip) => {
        const stored = new Uint8Array(bytes.length + skip + 5).fill(0xee);
        stored.set(transposeByDefinition(bytes, columns), skip);
        const result = untranspose(stored.subarray(skip, skip + bytes.length), columns);
        assertEquals(result, bytes);
      },
    ),
    { numRuns: 400, seed: 12 },
  );
});

Deno.test("with one column, one row or more columns than bytes nothing was transposed", () => {
  const bytes = distinct(10);
  assertStrictEquals(untranspose(bytes, 1), bytes);
  assertStrictEquals(untranspose(bytes, 6), bytes);
  assertStrictEquals(untranspose(bytes, 10), bytes);
  assertStrictEquals(untranspose(bytes, 11), bytes);
  assertStrictEquals(untranspose(bytes, 0xffffffff), bytes);
  const empty = new Uint8Array(0);
  assertStrictEquals(untranspose(empty, 4), empty);
});

Deno.test("the stored bytes are left as they were", () => {
  const stored = transposeByDefinition(distinct(1001), 10);
  const before = stored.slice();
  untranspose(stored, 10);
  assertEquals(stored, before);
});
