/**
 * Bytes to the fields of a table.
 *
 * @module
 */
import type { FieldTable, FieldValues } from "./field_layout.ts";

/**
 * The fields of a table that stand from `start` on, and where they end. `tooShort` is told which field
 * has no room before `limit`.
 */
export function readFields(
  table: FieldTable,
  view: DataView,
  start: number,
  limit: number,
  tooShort: (name: string) => never,
): { fields: FieldValues; end: number } {
  const fields: FieldValues = {};
  let at = start;
  for (const name in table) {
    const field = table[name];
    const count = field.count ? field.count(fields) : 1;
    const end = at + field.size * count;
    // Reserved bytes at the end are missing in some writers' blocks, which harms nothing. An end that
    // is no number comes from counts whose product is none.
    if (!(end <= limit) && !field.reserved) tooShort(name);
    const value = field.read(view, at, count);
    if (value !== undefined) fields[name] = value;
    at = end;
  }
  return { fields, end: at };
}
