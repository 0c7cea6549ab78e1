/**
 * A value of any channel in one line.
 *
 * @module
 */
import { shorten, visible } from "./plain_text.ts";

/** A value in one line; `(invalid)` for none. */
export function valueText(value: unknown, most: number): string {
  if (value === undefined) return "(invalid)";
  if (value instanceof Uint8Array) {
    const bytes = Array.from(
      value.subarray(0, Math.min(value.length, most)),
      (byte) => byte.toString(16).padStart(2, "0"),
    );
    return shorten(bytes.join(" ") || "(no bytes)", most);
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "(no possible date)" : value.toISOString();
  }
  if (Array.isArray(value)) {
    return shorten(`[${value.map((each) => valueText(each, most)).join(", ")}]`, most);
  }
  return shorten(Object.is(value, -0) ? "-0" : visible(String(value)), most);
}
