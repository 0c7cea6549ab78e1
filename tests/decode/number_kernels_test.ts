import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { halfToNumber, numberDecoder } from "../../lib/decode/number_kernels.ts";
import { byteSpan, type NumberLayout } from "../../lib/plan/column_layout.ts";

/** The value by the format's rule, with bigints only: assemble the bytes, shift right, mask. */
function reference(record: Uint8Array, layout: NumberLayout): bigint {
  const span = byteSpan(layout);
  let assembled = 0n;
  for (let k = 0; k < span; k++) {
    const place = layout.bigEndian ? span - 1 - k : k;
    assembled |= BigInt(record[layout.byteOffset + k]) << BigInt(8 * place);
  }
  const bits = (assembled >> BigInt(layout.bitOffset)) & ((1n << BigInt(layout.bitCount)) - 1n);
  return layout.numeric === "signed" ? BigInt.asIntN(layout.bitCount, bits) : bits;
}

function decode(bytes: Uint8Array, stride: number, count: number, layout: NumberLayout) {
  const decoder = numberDecoder(layout);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const own = decoder.allocate(count + 1);
  decoder.own(view, 0, stride, count, own, 1);
  const scaled = new Float64Array(count + 1);
  decoder.scaled(0.5, -3)(view, 0, stride, count, scaled, 1);
  return { own: own.subarray(1), scaled: scaled.subarray(1) };
}

const layouts = fc.record({
  numeric: fc.constantFrom("unsigned" as const, "signed" as const),
  byteOffset: fc.integer({ min: 0, max: 5 }),
  bitOffset: fc.integer({ min: 0, max: 7 }),
  bitCount: fc.integer({ min: 1, max: 64 }),
  bigEndian: fc.boolean(),
}).map((layout): NumberLayout => ({ kind: "number", ...layout }));

Deno.test("trap 1: integers of every width at every bit position, both byte orders", () => {
  const records = fc.uint8Array({ minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(layouts, records, (layout, bytes) => {
      const stride = 15;
      const { own, scaled } = decode(bytes, stride, 4, layout);
      for (let i = 0; i < 4; i++) {
        const expected = reference(bytes.subarray(i * stride, (i + 1) * stride), layout);
        assertEquals(BigInt(own.at(i)!), expected);
        assertEquals(scaled[i], Number(expected) * 0.5 - 3);
      }
    }),
    { numRuns: 2000, seed: 1 },
  );
});

Deno.test("trap 2: a 64-bit integer at bit offset 7 spans nine bytes", () => {
  const value = 0xfedcba9876543210n;
  const shifted = value << 7n;
  const record = Uint8Array.from(
    { length: 9 },
    (_, k) => Number((shifted >> BigInt(8 * k)) & 0xffn),
  );
  const layout: NumberLayout = {
    kind: "number",
    numeric: "unsigned",
    byteOffset: 0,
    bitOffset: 7,
    bitCount: 64,
    bigEndian: false,
  };
  assertEquals(decode(record, 9, 1, layout).own, BigUint64Array.of(value));
  const reversed = record.slice().reverse();
  assertEquals(
    decode(reversed, 9, 1, { ...layout, bigEndian: true }).own,
    BigUint64Array.of(value),
  );
});

Deno.test("every width gives the array of the next width that holds it", () => {
  const arrayOf = (numeric: "unsigned" | "signed" | "float", bitCount: number) =>
    numberDecoder({
      kind: "number",
      numeric,
      byteOffset: 0,
      bitOffset: 0,
      bitCount,
      bigEndian: false,
    }).allocate(1).constructor;
  assertStrictEquals(arrayOf("unsigned", 1), Uint8Array);
  assertStrictEquals(arrayOf("unsigned", 9), Uint16Array);
  assertStrictEquals(arrayOf("unsigned", 17), Uint32Array);
  assertStrictEquals(arrayOf("unsigned", 33), BigUint64Array);
  assertStrictEquals(arrayOf("signed", 8), Int8Array);
  assertStrictEquals(arrayOf("signed", 12), Int16Array);
  assertStrictEquals(arrayOf("signed", 32), Int32Array);
  assertStrictEquals(arrayOf("signed", 40), BigInt64Array);
  assertStrictEquals(arrayOf("float", 16), Float32Array);
  assertStrictEquals(arrayOf("float", 32), Float32Array);
  assertStrictEquals(arrayOf("float", 64), Float64Array);
});

Deno.test("trap 22: floats of 16, 32 and 64 bits at every bit position, both byte orders", () => {
  const patterns: Record<number, [pattern: bigint, value: number][]> = {
    16: [[0x8000n, -0], [0x3c00n, 1], [0xc000n, -2], [0x7bffn, 65504], [0x0001n, 2 ** -24], [
      0x7c00n,
      Infinity,
    ]],
    32: [[0x80000000n, -0], [0x3f800000n, 1], [0xc2f6e979n, Math.fround(-123.456)], [
      0x7f7fffffn,
      3.4028234663852886e38,
    ]],
    64: [[0x8000000000000000n, -0], [0x3ff0000000000000n, 1], [0xc05edd2f1a9fbe77n, -123.456], [
      0x7ff0000000000000n,
      Infinity,
    ]],
  };
  for (const bitCount of [16, 32, 64]) {
    for (let bitOffset = 0; bitOffset < 8; bitOffset++) {
      for (const bigEndian of [false, true]) {
        for (const [pattern, value] of patterns[bitCount]) {
          const layout: NumberLayout = {
            kind: "number",
            numeric: "float",
            byteOffset: 2,
            bitOffset,
            bitCount,
            bigEndian,
          };
          const span = byteSpan(layout);
          const record = new Uint8Array(2 + span);
          for (let k = 0; k < span; k++) {
            const place = bigEndian ? span - 1 - k : k;
            record[2 + k] = Number(((pattern << BigInt(bitOffset)) >> BigInt(8 * place)) & 0xffn);
          }
          const { own, scaled } = decode(record, record.length, 1, layout);
          assertStrictEquals(own.at(0), value, `${bitCount} bits at ${bitOffset}`);
          assertEquals(scaled[0], value * 0.5 - 3);
        }
      }
    }
  }
});

Deno.test("16-bit floats: signed zero, subnormal numbers, infinities and NaN", () => {
  assertStrictEquals(halfToNumber(0x8000), -0);
  assertEquals(halfToNumber(0x03ff), 1023 * 2 ** -24);
  assertEquals(halfToNumber(0x0400), 2 ** -14);
  assertEquals(halfToNumber(0xfc00), -Infinity);
  assertEquals(halfToNumber(0x7e00), NaN);
});

Deno.test("64-bit integers keep every bit, and round once as numbers", () => {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  const values = [-1n, 0x7fffffffffffffffn, -0x8000000000000000n, 9007199254740993n];
  values.forEach((value, i) => view.setBigInt64(8 * i, value, true));
  const layout: NumberLayout = {
    kind: "number",
    numeric: "signed",
    byteOffset: 0,
    bitOffset: 0,
    bitCount: 64,
    bigEndian: false,
  };
  assertEquals(decode(bytes, 8, 4, layout).own, BigInt64Array.from(values));
  const out = new Float64Array(4);
  numberDecoder(layout).scaled(1, 0)(view, 0, 8, 4, out, 0);
  assertEquals(Array.from(out), values.map(Number));
});
