import { assertEquals, assertNotEquals } from "@std/assert";
import { type AnyValues, Fingerprint, fingerprintOf } from "../../bench/fingerprint.ts";

const COLUMNS: AnyValues[] = [
  Uint8Array.of(1, 2, 3, 4, 5),
  Int16Array.of(-1, 2, 3, 4, 5),
  Uint32Array.of(1, 2, 3, 4, 2 ** 32 - 1),
  Float32Array.of(1.5, 2, NaN, 4, 5),
  Float64Array.of(0, 0.1, 1e300, 4, 5),
  BigInt64Array.of(-1n, 2n, 3n, 4n, 2n ** 62n),
  ["a", "b", "", "a", "longer"] as unknown as AnyValues,
];

Deno.test("a fingerprint does not depend on the pieces in which values come", () => {
  for (const values of COLUMNS) {
    const pieces = new Fingerprint();
    const all = values as unknown as Float64Array;
    for (const [from, to] of [[0, 2], [2, 2], [2, 5]]) pieces.update(all.slice(from, to));
    const { hash, count, type } = fingerprintOf(values);
    assertEquals([pieces.hash, pieces.count, pieces.type], [hash, count, type]);
  }
});

Deno.test("a fingerprint differs when one value does, or two change places", () => {
  for (const values of COLUMNS) {
    const { hash } = fingerprintOf(values);
    for (let i = 0; i < 5; i++) {
      const other = (values as unknown as unknown[]).slice() as unknown[];
      other[i] = other[(i + 1) % 5];
      assertNotEquals(fingerprintOf(other as unknown as AnyValues).hash, hash);
      other[(i + 1) % 5] = (values as unknown as unknown[])[i];
      assertNotEquals(fingerprintOf(other as unknown as AnyValues).hash, hash);
    }
  }
  assertNotEquals(
    fingerprintOf(Float64Array.of(0)).hash,
    fingerprintOf(Float64Array.of(-0)).hash,
  );
});
