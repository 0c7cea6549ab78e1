/**
 * Objects of the model in an index: alone as records, or many of a kind as the columns of a table.
 *
 * @module
 */
import {
  asObject,
  type Coder,
  type Field,
  type IndexReader,
  type IndexWriter,
  isInteger,
  isObject,
  type Schema,
  show,
} from "./coder.ts";
import { ColumnStore, storeColumns, storeSchema } from "./column_store.ts";
import { lazyProperty } from "./lazy_property.ts";
import { COLUMN_REFERENCE, readColumn, writeColumn } from "./number_column.ts";

/** A field for every member of a type. */
export type Fields<T> = { readonly [K in keyof Required<T>]: Field<T[K]> };

// deno-lint-ignore no-explicit-any
type AnyField = Field<any>;
type Row = Record<string, unknown>;

/** An object whose members are those of `fields`. */
export function record<T extends object>(fields: Fields<T>): Coder<T> {
  const all = Object.entries<AnyField>(fields);
  return {
    write(value, out) {
      const json: Row = {};
      for (const [key, field] of all) {
        const member = (value as Row)[key];
        if (member === undefined || member === field.fallback) continue;
        json[key] = field.coder.write(member, out);
      }
      return json;
    },
    read(data, from) {
      const json = asObject(data, from);
      checkKeys(json, fields, from);
      const value: Row = {};
      for (const [key, field] of all) {
        const member = json[key];
        if (member !== undefined) {
          value[key] = from.within(key, () => field.coder.read(member, from));
        } else if (field.fallback !== undefined) value[key] = field.fallback;
        else if (!field.optional) from.within(key, () => from.fail("it is missing"));
      }
      return value as T;
    },
    schema: objectSchema(
      all.map(([key, { coder }]) => [key, coder.schema]),
      all.filter(([, { optional, fallback }]) => !optional && fallback === undefined),
    ),
  };
}

/** Objects of a kind, column by column. */
export interface Table<T> extends Coder<T[]> {
  /** Number of rows. */
  countOf(json: unknown, from: IndexReader): number;
}

/**
 * A list of objects as columns. Each row stands for at least `rowBytes` of the file, so that no
 * index makes more of them than there can be.
 */
export function table<T extends object>(fields: Fields<T>, rowBytes: number): Table<T> {
  const all = Object.entries<AnyField>(fields);
  const countOf = (json: unknown, from: IndexReader): number => {
    const rows = asObject(json, from).n;
    const most = Math.floor(from.facts.fileSize / rowBytes);
    return isInteger(rows, 0, most)
      ? rows
      : from.fail(`${show(rows)} is no possible number of rows`);
  };
  return {
    countOf,
    write(rows, out) {
      const json: Row = { n: rows.length };
      for (const [key, field] of all) {
        const column = columnOf(rows as Row[], key, field, out);
        if (column !== undefined) json[key] = column;
      }
      return json;
    },
    read(json, from) {
      const count = countOf(json, from);
      from.addRows(count, rowBytes);
      checkKeys(json as Row, { n: true, ...fields }, from);
      const rows: Row[] = Array.from({ length: count }, () => ({}));
      for (const [key, field] of all) {
        from.within(key, () => fillColumn(rows, key, field, (json as Row)[key], from));
      }
      return rows as T[];
    },
    schema: objectSchema(
      [
        ["n", { type: "integer", minimum: 0 }],
        ...all.map(([key, field]): [string, Schema] => [key, columnSchema(field)]),
      ],
      [["n"]],
    ),
  };
}

function columnOf(
  rows: readonly Row[],
  key: string,
  { numbers, coder, fallback, relativeTo, together }: AnyField,
  out: IndexWriter,
): unknown {
  const values = rows.map((row) => row[key]);
  if (together) return storeColumns(values.map((value) => coder.write(value, out) as Row));
  if (numbers) {
    if (!relativeTo && values.every((value) => value === fallback)) return undefined;
    const written = values.map((value, i) => {
      if (value === undefined) return undefined;
      const number = numbers.toNumber(value, out);
      return relativeTo ? number - numbers.toNumber(rows[i][relativeTo], out) : number;
    });
    if (relativeTo && written.every((value) => value === 0)) return undefined;
    return writeColumn(written, numbers.delta);
  }
  const present = values.filter((value) => value !== undefined).length;
  if (present === 0) return undefined;
  if (present === rows.length) return values.map((value) => coder.write(value, out));
  const some: Row = {};
  for (const [i, value] of values.entries()) {
    if (value !== undefined) some[i] = coder.write(value, out);
  }
  return some;
}

function fillColumn(
  rows: Row[],
  key: string,
  field: AnyField,
  json: unknown,
  from: IndexReader,
): void {
  if (field.numbers) return fillNumbers(rows, key, field, json, from);
  const path = from.path;
  if (field.together) {
    const store = new ColumnStore(json, rows.length, from);
    for (let i = 0; i < rows.length; i++) {
      const read = () => field.coder.read(store.table(i), from, i);
      lazyProperty(rows[i], key, () => from.resume([...path, String(i)], read));
    }
    return;
  }
  const put = (i: number, cell: unknown) => {
    const read = () => field.coder.read(cell, from, i);
    const at = String(i);
    if (field.lazy) lazyProperty(rows[i], key, () => from.resume([...path, at], read));
    else rows[i][key] = from.within(at, read);
  };
  if (Array.isArray(json)) {
    if (json.length !== rows.length) {
      from.fail(`${json.length} values stand for ${rows.length} rows`);
    }
    for (let i = 0; i < rows.length; i++) put(i, json[i]);
    return;
  }
  if (!field.optional && rows.length > 0) from.fail("it is missing");
  if (json === undefined) return;
  if (!isObject(json)) from.fail(`${show(json)} is no column`);
  for (const [at, cell] of Object.entries(json)) {
    const i = Number(at);
    if (String(i) !== at || !isInteger(i, 0, rows.length - 1)) {
      from.fail(`${show(at)} is no row of ${rows.length}`);
    }
    put(i, cell);
  }
}

function fillNumbers(
  rows: Row[],
  key: string,
  { numbers, optional, fallback, relativeTo }: AnyField,
  json: unknown,
  from: IndexReader,
): void {
  if (json === undefined) {
    if (relativeTo) { for (const row of rows) row[key] = row[relativeTo]; }
    else if (fallback !== undefined) { for (const row of rows) row[key] = fallback; }
    else if (!optional && rows.length > 0) from.fail("it is missing");
    return;
  }
  const { delta, least } = numbers!;
  const most = numbers!.most(from);
  const range = relativeTo ? { least: -most, most } : { least, most };
  const values = readColumn(json, rows.length, { delta, optional, ...range }, from);
  for (let i = 0; i < rows.length; i++) {
    let value = values[i];
    if (value === undefined) continue;
    if (relativeTo) {
      value += rows[i][relativeTo] as number;
      if (!isInteger(value, least, most)) from.fail(`${value} is not in its range`);
    }
    rows[i][key] = numbers!.fromNumber(value, from);
  }
}

function checkKeys(json: Row, known: object, from: IndexReader): void {
  for (const key of Object.keys(json)) {
    if (!Object.hasOwn(known, key)) from.fail(`"${key.slice(0, 40)}" is not known`);
  }
}

function columnSchema({ numbers, coder, optional, together }: AnyField): Schema {
  if (numbers) return COLUMN_REFERENCE;
  if (together) return storeSchema(coder.schema);
  const all: Schema = { type: "array", items: coder.schema };
  if (!optional) return all;
  const some = { type: "object", patternProperties: { "^[0-9]+$": coder.schema } };
  return { anyOf: [all, { ...some, additionalProperties: false }] };
}

function objectSchema(
  properties: [key: string, schema: Schema][],
  required: readonly (readonly [key: string, ...rest: unknown[]])[],
): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: required.map(([key]) => key),
    additionalProperties: false,
  };
}
