/**
 * Comparison with what another reader found in the files of the collection.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import type { Signal } from "../mod.ts";

/** What is known of a channel; the collection's own description explains it. */
export interface GoldenChannel {
  name: string;
  kind?: "int" | "float" | "text" | "mixed" | "bytes" | "array" | "complex" | "struct";
  count?: number;
  head?: unknown[];
  values?: unknown[];
  sum?: number | string;
  sha256?: string;
  invalid?: number;
  unit?: string;
  /** Why the other reader had nothing. */
  error?: string;
}

/** What is known of a file. */
export interface GoldenFile {
  version: string;
  groups: { index: number; records: number; channels: GoldenChannel[] }[];
}

/** Integers beyond 2^53 are texts with an `n`, and numbers that JSON lacks are texts too. */
function parseNumber(value: unknown): number {
  return typeof value === "number" ? value : Number(String(value).replace(/n$/, ""));
}

function assertNear(actual: unknown, expected: unknown, message: string): void {
  const want = parseNumber(expected);
  const got = Number(actual);
  if (Object.is(got, want)) return;
  assertAlmostEquals(got, want, 1e-9 * Math.max(1, Math.abs(want)), message);
}

/** Compares values, number of samples and validity; not the unit. */
export function assertGolden(signal: Signal, golden: GoldenChannel, message: string): void {
  const values = Array.from(signal.values as Iterable<unknown>);
  const rows = signal.shape ? signal.shape[0] : values.length;
  assertEquals(rows, golden.count, `${message}: samples`);
  const valid = signal.valid ? Array.from(signal.valid, Boolean) : [];
  assertEquals(valid.filter((one) => !one).length, golden.invalid ?? 0, `${message}: invalid`);
  if (rows === 0) return;
  const head = golden.head ?? [];
  switch (golden.kind) {
    case "int":
    case "float":
      return assertNumbers(values.map(Number), golden, message);
    case "text": {
      assertEquals(values.slice(0, head.length), head, message);
      const all = values.map((text) => `${text}\0`).join("");
      assertEquals(digest(new TextEncoder().encode(all)), golden.sha256, message);
      return;
    }
    case "mixed":
      golden.values!.forEach((want, i) => {
        if (typeof want === "string") assertEquals(values[i], want, `${message}[${i}]`);
        else assertNear(values[i], want, `${message}[${i}]`);
      });
      return;
    case "bytes":
      head.forEach((want, i) => {
        // The other reader fills values of variable length with zeros up to a common length.
        const bytes = values[i] as Uint8Array;
        const filled = new Uint8Array((want as number[]).length);
        filled.set(bytes);
        assertEquals([...filled], want, `${message}[${i}]`);
      });
      return;
    case "array":
    case "complex": {
      const width = values.length / rows;
      head.forEach((row, i) => {
        (row as unknown[]).forEach((want, k) => {
          assertNear(values[i * width + k], want, `${message}[${i}][${k}]`);
        });
      });
    }
  }
}

function assertNumbers(numbers: number[], golden: GoldenChannel, message: string): void {
  if (digest(new Uint8Array(Float64Array.from(numbers).buffer)) === golden.sha256) return;
  // Another order of operations in a conversion gives other last digits.
  golden.head!.forEach((want, i) => assertNear(numbers[i], want, `${message}[${i}]`));
  const finite = numbers.filter(Number.isFinite);
  const sum = finite.reduce((before, value) => before + value, 0);
  const scale = finite.reduce((before, value) => before + Math.abs(value), 0);
  const difference = Math.abs(sum - parseNumber(golden.sum));
  assert(difference <= 1e-9 * Math.max(1, scale), `${message}: the sum is off by ${difference}`);
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Unit of the channel whose block lies at `offset`, straight from the bytes and by the rule: that of
 * the conversion when the channel's own link is NIL.
 */
export function unitFromBytes(file: Uint8Array, offset: number): string {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const link = (block: number, index: number) =>
    Number(view.getBigUint64(block + 24 + 8 * index, true));
  const text = (block: number) => {
    const end = block + Number(view.getBigUint64(block + 8, true));
    const bytes = file.subarray(block + 24, end);
    const zero = bytes.indexOf(0);
    return new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  };
  const own = link(offset, 6);
  if (own !== 0) return text(own);
  const conversion = link(offset, 4);
  const unit = conversion === 0 ? 0 : link(conversion, 1);
  return unit === 0 ? "" : text(unit);
}
