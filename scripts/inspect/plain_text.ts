/**
 * Texts and numbers of a file in a form that fits a line and leaves the terminal alone.
 *
 * @module
 */

/** Controls, and what turns the direction of writing; a file must not steer the terminal. */
// deno-lint-ignore no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

/** The text with its control characters spelt out. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (char) =>
    SHORT[char] ??
      (char <= "\xff"
        ? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`
        : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`));
}

/** The text in one line of at most `most` characters; runs of white space become one blank. */
export function oneLine(text: string, most = Infinity): string {
  return shorten(visible(text.trim().replace(/\s+/g, " ")), most);
}

/** The first characters of a text, with `…` where something is left out. */
export function shorten(text: string, most: number): string {
  // No text has more characters than UTF-16 units, so most need not be counted.
  if (text.length <= most) return text;
  const chars = Array.from(text.slice(0, 2 * most + 2));
  return chars.length <= most ? text : chars.slice(0, most - 1).join("") + "…";
}

/** The text in quotation marks. */
export function quoted(text: string, most = 60): string {
  return `"${shorten(visible(text), most)}"`;
}

/** Columns that a text takes, where no character is wider than one. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** The text filled up with blanks. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** A number with its thousands apart: `12,345`. */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}

/** A number of things: `1 block`, `12,345 blocks`. */
export function countOf(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** An offset in the file: `0x1a8`. */
export function hexOffset(offset: number): string {
  return `0x${offset.toString(16)}`;
}

/** The first things of a list, and how many are left out. */
export function firstOf<T>(
  list: readonly T[],
  most: number,
): { shown: readonly T[]; left: number } {
  // To say that one more was left out takes as much room as the one.
  if (list.length <= most + 1) return { shown: list, left: 0 };
  return { shown: list.slice(0, most), left: list.length - most };
}
