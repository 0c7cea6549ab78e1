/**
 * Columns of numbers in an index: runs of equal ones are written once, and where it helps, the
 * differences from one row to the next take the place of the numbers.
 *
 * A column is a number, when all rows have it, or a list whose entries stand for one row each, or as
 * `[entry, count]` for a run of them. An entry is a number, or null for a row that has none.
 *
 * @module
 */
import { type IndexReader, isInteger, type Schema, show } from "./coder.ts";

/** A column as it stands in an index. */
export type NumberColumn = number | (Entry | [entry: Entry, count: number])[];

type Entry = number | null;

/** JSON Schema of a column. */
export const COLUMN_SCHEMA: Schema = {
  anyOf: [
    { type: "integer" },
    {
      type: "array",
      items: {
        anyOf: [
          { type: ["integer", "null"] },
          {
            type: "array",
            minItems: 2,
            maxItems: 2,
            prefixItems: [{ type: ["integer", "null"] }, { type: "integer", minimum: 2 }],
          },
        ],
      },
    },
  ],
};

/** Stands for {@link COLUMN_SCHEMA} where a schema has it under `$defs`. */
export const COLUMN_REFERENCE: Schema = { $ref: "#/$defs/column" };

/** Writes the numbers of a column; with `delta`, the differences to the row before that has one. */
export function writeColumn(values: readonly (number | undefined)[], delta = false): NumberColumn {
  const column: (Entry | [Entry, number])[] = [];
  let last = 0;
  for (let i = 0; i < values.length;) {
    const entry = entryOf(values[i]);
    let end = i;
    do {
      if (values[end] !== undefined) last = values[end]!;
      end++;
    } while (end < values.length && entryOf(values[end]) === entry);
    column.push(end - i === 1 ? entry : [entry, end - i]);
    i = end;
  }
  const only = column.length === 1 ? column[0] : undefined;
  if (typeof only === "number") return only;
  return Array.isArray(only) && only[0] !== null ? only[0] : column;

  function entryOf(value: number | undefined): Entry {
    return value === undefined ? null : delta ? value - last : value;
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

/** The numbers of a column of so many rows, each checked. */
export function readColumn(
  json: unknown,
  rows: number,
  { delta = false, least, most, optional = false }: ColumnRule,
  from: IndexReader,
): (number | undefined)[] {
  const values: (number | undefined)[] = [];
  let last = 0;
  const put = (entry: unknown, count: number) => {
    if (count > rows - values.length) from.fail(`there are more values than the ${rows} rows`);
    if (entry === null && optional) {
      for (let i = 0; i < count; i++) values.push(undefined);
      return;
    }
    if (!Number.isSafeInteger(entry)) from.fail(`${show(entry)} is no whole number`);
    for (let i = 0; i < count; i++) {
      const value = delta ? last + (entry as number) : entry as number;
      if (!(value >= least && value <= most)) from.fail(`${value} is not in its range`);
      values.push(last = value);
    }
  };
  if (Array.isArray(json)) {
    for (const entry of json) {
      if (!Array.isArray(entry)) put(entry, 1);
      else if (entry.length === 2 && isInteger(entry[1], 2, rows)) put(entry[0], entry[1]);
      else from.fail("a run has not the form [value, count]");
    }
    if (values.length < rows) from.fail(`there are ${values.length} values for ${rows} rows`);
  } else if (rows > 0) {
    put(json, rows);
  }
  return values;
}
