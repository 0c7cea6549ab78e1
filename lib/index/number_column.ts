/**
 * Columns of numbers in an index: runs of equal ones are written once, and where it helps, the
 * differences from one row to the next take the place of the numbers.
 *
 * A column is a number, when all rows have it, or a text: numbers with blanks between them, `_` for a
 * row that has none, and `5*3` for three rows in a row that are equal. A text is read when its column
 * is, while JSON lists of numbers cost much as soon as the index is loaded.
 *
 * @module
 */
import { type IndexReader, type Schema, show } from "./coder.ts";

/** A column as it stands in an index. */
export type NumberColumn = number | string;

/** JSON Schema of a column. */
export const COLUMN_SCHEMA: Schema = {
  anyOf: [
    { type: "integer" },
    { type: "string", pattern: "^((-?[0-9]+|_)([*][0-9]+)?( (-?[0-9]+|_)([*][0-9]+)?)*)?$" },
  ],
};

/** Stands for {@link COLUMN_SCHEMA} where a schema has it under `$defs`. */
export const COLUMN_REFERENCE: Schema = { $ref: "#/$defs/column" };

/** Writes the numbers of a column; with `delta`, the differences to the row before that has one. */
export function writeColumn(values: readonly (number | undefined)[], delta = false): NumberColumn {
  const column: string[] = [];
  let only: number | undefined;
  let last = 0;
  for (let i = 0; i < values.length;) {
    const entry = entryOf(values[i]);
    let end = i;
    do {
      if (values[end] !== undefined) last = values[end]!;
      end++;
    } while (end < values.length && entryOf(values[end]) === entry);
    if (end - i === values.length) only = entry;
    column.push(`${entry ?? "_"}${end - i === 1 ? "" : `*${end - i}`}`);
    i = end;
  }
  return only ?? column.join(" ");

  function entryOf(value: number | undefined): number | undefined {
    return value !== undefined && delta ? value - last : value;
  }
}

/** How the numbers of a column are read. */
export interface ColumnRule {
  readonly delta?: boolean;
  readonly least: number;
  readonly most: number;
  /** Whether rows may have none. */
  readonly optional?: boolean;
}

const [BLANK, STAR, MINUS, ZERO, NONE] = Array.from(" *-0_", (char) => char.charCodeAt(0));

/** The numbers of a column of so many rows, each checked. */
export function readColumn(
  json: unknown,
  rows: number,
  { delta = false, least, most, optional = false }: ColumnRule,
  from: IndexReader,
): (number | undefined)[] {
  const values: (number | undefined)[] = [];
  let last = 0;
  const put = (entry: number | undefined, count: number) => {
    if (count > rows - values.length) from.fail(`there are more values than the ${rows} rows`);
    if (entry === undefined) {
      if (!optional) from.fail("a row has no number");
      for (let i = 0; i < count; i++) values.push(undefined);
      return;
    }
    for (let i = 0; i < count; i++) {
      const value = delta ? last + entry : entry;
      if (!(value >= least && value <= most)) from.fail(`${value} is not in its range`);
      values.push(last = value);
    }
  };
  if (Number.isSafeInteger(json)) {
    if (rows > 0) put(json as number, rows);
    return values;
  }
  // A table of no rows has no columns.
  if (json === undefined && rows === 0) return values;
  if (typeof json !== "string") return from.fail(`${show(json)} is no column`);
  for (let at = 0; at < json.length;) {
    const entry = json.charCodeAt(at) === NONE ? undefined : wholeAt(json, at);
    at = endAt(json, at);
    let count = 1;
    if (json.charCodeAt(at) === STAR) {
      count = wholeAt(json, at + 1);
      at = endAt(json, at + 1);
    }
    const ends = at === json.length || json.charCodeAt(at) === BLANK && at + 1 < json.length;
    if (!ends || !(count >= 1) || Number.isNaN(entry)) {
      from.fail(`${show(json)} has not the form of a column`);
    }
    put(entry, count);
    at++;
  }
  if (values.length < rows) from.fail(`there are ${values.length} values for ${rows} rows`);
  return values;
}

/** The whole number whose digits start at a place of a text; NaN where none does, or none so large. */
function wholeAt(text: string, at: number): number {
  const negative = text.charCodeAt(at) === MINUS;
  if (negative) at++;
  const start = at;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    value = 10 * value + digit;
  }
  if (at === start || value > Number.MAX_SAFE_INTEGER) return NaN;
  return negative ? -value : value;
}

/** Where an entry ends. */
function endAt(text: string, at: number): number {
  for (at++; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === STAR || char === BLANK) break;
    const digit = char - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
  }
  return at;
}
