/**
 * JSON that keeps what JSON has no word for.
 *
 * @module
 */
import { isMdfError } from "../../lib/errors.ts";

/**
 * The value as JSON text. Integers of 64 bits, and numbers that JSON does not know or would round,
 * become texts; errors become their code, reason and place; bytes become hexadecimal text.
 */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, replace, 2);
}

function replace(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return exactNumber(value);
  if (value instanceof Uint8Array) {
    return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>);
  if (value instanceof Error && isMdfError(value)) {
    const { code, reason, block, offset, path } = value;
    return { code, reason, block, offset, path };
  }
  return value;
}

function exactNumber(value: number): number | string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0";
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return String(value);
  return value;
}
