/**
 * Data chains in words.
 *
 * @module
 */
import type { DataChain } from "../../lib/structure/measurement.ts";
import { describeBytes } from "../generate/describe_bytes.ts";
import { wordFor, ZIP_WORDS } from "./code_words.ts";
import { countOf, grouped } from "./plain_text.ts";

/** How data is compressed: `not compressed`, `deflate`, or several where blocks differ. */
export function compressionWords({ fragments }: DataChain): string {
  const counts = new Map<string, number>();
  for (const { zip } of fragments) {
    const how = zip === undefined ? "not compressed" : wordFor(ZIP_WORDS, zip);
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  if (counts.size <= 1) return [...counts.keys()][0] ?? "no data";
  return [...counts].map(([how, count]) => `${how} (${countOf(count, "block")})`).join(", ");
}

/** How much data there is, in how many blocks, and how it is compressed. */
export function dataWords(chain: DataChain): string {
  if (chain.fragments.length === 0) return "no data";
  const stored = storedBytes(chain);
  const packed = stored === chain.length ? "" : `, ${describeBytes(stored)} stored`;
  return `${describeBytes(chain.length)} in ${countOf(chain.fragments.length, "block")}, ` +
    `${compressionWords(chain)}${packed}`;
}

/** Bytes that the data takes in the file. */
export function storedBytes({ fragments }: DataChain): number {
  return fragments.reduce(
    (sum, { offset, length, stored }) => sum + (stored ?? (offset < 0 ? 0 : length)),
    0,
  );
}

/** `12,345 bytes (12.3 kB)`. */
export function sizeWords(bytes: number): string {
  return bytes < 1000
    ? countOf(bytes, "byte")
    : `${describeBytes(bytes)} (${grouped(bytes)} bytes)`;
}
