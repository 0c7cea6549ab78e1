/**
 * How values of the model stand in an index: each kind of value says once how it is written, read,
 * checked and described by a JSON Schema.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { type JoinedTexts, joinTexts, type Texts } from "./text_pool.ts";

/** A part of a JSON Schema. */
export type Schema = { readonly [keyword: string]: unknown };

/** Lists of the model that others point into by index. */
export type ListName =
  | "attachments"
  | "conversions"
  | "dataGroups"
  | "events"
  | "eventTemplates"
  | "groups"
  | "signalData"
  | "sources";

/** Values that stand in an index once, however often they occur. */
export type PoolName = "strings" | "rules" | "layouts";

/** Pools as they are read. */
export interface Pools {
  /** Texts. */
  readonly strings: Texts;
  /** Parameters and references of conversions, each as the JSON of a list without its brackets. */
  readonly rules: Texts;
  /** Columns of channels. */
  readonly layouts: readonly unknown[];
}

/** Collects the pools while an index is written. */
export class IndexWriter {
  readonly #pools: { strings: string[]; rules: string[]; layouts: unknown[] } = {
    strings: [],
    rules: [],
    layouts: [],
  };
  readonly #known: Record<PoolName, Map<string, number>> = {
    strings: new Map(),
    rules: new Map(),
    layouts: new Map(),
  };

  /** Index of a text or value in a pool; `key` tells it from others. */
  pool(name: "strings" | "rules", value: string, key?: string): number;
  pool(name: "layouts", value: unknown, key: string): number;
  pool(name: PoolName, value: unknown, key = value as string): number {
    const known = this.#known[name].get(key);
    if (known !== undefined) return known;
    const index = (this.#pools[name] as unknown[]).push(value) - 1;
    this.#known[name].set(key, index);
    return index;
  }

  /** What the index keeps once. */
  get pools(): { strings: JoinedTexts; rules: JoinedTexts; layouts: unknown[] } {
    const { strings, rules, layouts } = this.#pools;
    return { strings: joinTexts(strings), rules: joinTexts(rules), layouts };
  }
}

/** What is known of an index while its parts are read. */
export interface IndexFacts {
  /** The pools. */
  readonly pools: Pools;
  /** Length of each list. */
  readonly counts: Readonly<Record<ListName, number>>;
  /** Bytes of the indexed file. */
  readonly fileSize: number;
  /** Most bytes that one compressed block may unpack to. */
  readonly inflatedBlockBytes: number;
  /** Deepest nesting of the hierarchy. */
  readonly depth: number;
  /** Kinds of records in a data group: its groups, and with the further elements of arrays. */
  kindsOf(dataGroup: number): { readonly members: number; readonly kinds: number };
}

/** Facts for parts that refer to no others. */
const NO_FACTS: IndexFacts = {
  pools: { strings: [], rules: [], layouts: [] },
  counts: {
    ...{ attachments: 0, conversions: 0, dataGroups: 0, events: 0, eventTemplates: 0 },
    ...{ groups: 0, signalData: 0, sources: 0 },
  },
  fileSize: 0,
  inflatedBlockBytes: 0,
  depth: 0,
  kindsOf: () => ({ members: 0, kinds: 0 }),
};

/** Reads parts of an index, none of which can be relied on. */
export class IndexReader {
  readonly facts: IndexFacts;
  /** The pools, as far as they were read. */
  readonly #pooled: Record<"rules" | "layouts", unknown[]> = { rules: [], layouts: [] };
  readonly #path: string[] = [];
  #rows = 0;

  /** Reads an index of which this much is known. */
  constructor(facts: IndexFacts = NO_FACTS) {
    this.facts = facts;
  }

  /** Reads a part; errors name it. */
  within<T>(name: string, read: () => T): T {
    this.#path.push(name);
    const result = read();
    this.#path.pop();
    return result;
  }

  /** What is being read. */
  get path(): readonly string[] {
    return this.#path.slice();
  }

  /** Reads what stands at a path, at any later time. */
  resume<T>(path: readonly string[], read: () => T): T {
    const before = this.#path.splice(0, this.#path.length, ...path);
    const result = read();
    this.#path.splice(0, this.#path.length, ...before);
    return result;
  }

  /** @throws {UsageError} always */
  fail(problem: string): never {
    // The path starts anew with the next part that is read.
    const path = this.#path.splice(0).join(".");
    throw new UsageError(
      `the index is damaged: ${path}${path && ": "}${problem}; make it again with toIndex()`,
    );
  }

  /** A value of a pool; the same object each time. */
  pooled<T>(name: "rules" | "layouts", index: number, read: (json: unknown) => T): T {
    const known = this.#pooled[name];
    if (known[index] === undefined) {
      const pool = this.facts.pools[name];
      if (!(index < pool.length)) this.fail(`${index} is no place in the ${name}`);
      known[index] = read(name === "rules" ? this.#rule(index) : this.facts.pools.layouts[index]);
    }
    return known[index] as T;
  }

  #rule(index: number): unknown {
    const text = this.facts.pools.rules.at(index);
    try {
      return JSON.parse(`[${text}]`);
    } catch {
      return this.fail(`${show(text)} is no JSON`);
    }
  }

  /** Counts rows of tables, each of which stands for bytes of the file. */
  addRows(count: number, bytes: number): void {
    this.#rows += count * bytes;
    if (this.#rows > this.facts.fileSize) {
      this.fail(`${count} rows are more than a file of ${this.facts.fileSize} bytes has blocks`);
    }
  }
}

/** One kind of value. */
export interface Coder<T> {
  /** The value as JSON. */
  write(value: T, out: IndexWriter): unknown;
  /** The value again; checks all of it. In a table, `row` tells which row it is of. */
  read(json: unknown, from: IndexReader, row?: number): T;
  /** What the JSON looks like. */
  readonly schema: Schema;
}

/** How values that are numbers, or stand for some, make up a column of a table. */
export interface NumberForm<T> {
  /** The number of a value. */
  toNumber(value: T, out: IndexWriter): number;
  /** The value of a number that was checked. */
  fromNumber(number: number, from: IndexReader): T;
  /** Smallest number. */
  readonly least: number;
  /** Largest number. */
  most(from: IndexReader): number;
  /** Whether columns hold the differences from one row to the next. */
  readonly delta?: boolean;
}

/** A member of a record or table. */
export interface Field<T> {
  readonly coder: Coder<T>;
  /** How a column of it is written, if as numbers. */
  readonly numbers?: NumberForm<T>;
  /** Whether it may be absent. */
  readonly optional?: boolean;
  /** Left out where it has this value. */
  readonly fallback?: T;
  /** In a table: read when it is asked for. */
  readonly lazy?: boolean;
  /** In a table: the values are tables themselves, whose columns are kept together by their names. */
  readonly together?: boolean;
  /** In a table: the column holds the difference to that of another member, which comes before. */
  readonly relativeTo?: string;
}

function numberField<T>(numbers: NumberForm<T>, schema: Schema): Field<T> {
  return {
    numbers,
    coder: {
      write: (value, out) => numbers.toNumber(value, out),
      read(json, from) {
        if (isInteger(json, numbers.least, numbers.most(from))) {
          return numbers.fromNumber(json, from);
        }
        return from.fail(`${show(json)} is no whole number in its range`);
      },
      schema,
    },
  };
}

/** Whether a value is a whole number in a range. */
export function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** An object with members. */
export function asObject(value: unknown, from: IndexReader): Record<string, unknown> {
  return isObject(value) ? value : from.fail(`${show(value)} is no object`);
}

/** A list. */
export function asList(value: unknown, from: IndexReader): unknown[] {
  return Array.isArray(value) ? value : from.fail(`${show(value)} is no list`);
}

/** Whether a value is an object with members, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value in a message. */
export function show(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "an object";
  }
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
}

/**
 * A whole number of so many bits, from `least` on. With 53 bits it may have been read from 64, of which
 * only a damaged file uses more: what is larger than any exact number stands as the largest of them.
 */
export function whole(bits: number, { delta = false, least = 0 } = {}): Field<number> {
  const most = bits >= 53 ? Number.MAX_SAFE_INTEGER : 2 ** bits - 1;
  return numberField({
    toNumber: (value) => bits >= 53 && value > most ? most : value,
    fromNumber: (number) => number,
    least,
    most: () => most,
    delta,
  }, { type: "integer", minimum: least, maximum: most });
}

/** The index of an entry of a list. */
export function reference(list: ListName, { delta = false } = {}): Field<number> {
  return numberField({
    toNumber: (value) => value,
    fromNumber: (number) => number,
    least: 0,
    most: (from) => from.facts.counts[list] - 1,
    delta,
  }, { type: "integer", minimum: 0 });
}

/** A text that stands in the index once. */
export function text({ delta = false } = {}): Field<string> {
  return numberField({
    toNumber: (value, out) => out.pool("strings", value),
    fromNumber(number, from) {
      const value = from.facts.pools.strings.at(number);
      return typeof value === "string" ? value : from.fail(`${show(value)} is no text`);
    },
    least: 0,
    most: (from) => from.facts.pools.strings.length - 1,
    delta,
  }, { type: "integer", minimum: 0 });
}

/** The columns of a table, which stand in the index once. */
export function layout<T>(coder: Coder<T>): Field<T> {
  return pooled("layouts", coder, (value, out) => {
    const json = coder.write(value, out);
    return out.pool("layouts", json, JSON.stringify(json));
  });
}

/** A list that stands in the index once. */
export function rule<T>(coder: Coder<T[]>): Field<T[]> {
  return pooled(
    "rules",
    coder,
    (value, out) => out.pool("rules", JSON.stringify(coder.write(value, out)).slice(1, -1)),
  );
}

function pooled<T>(
  pool: "rules" | "layouts",
  coder: Coder<T>,
  toNumber: (value: T, out: IndexWriter) => number,
): Field<T> {
  return numberField({
    toNumber,
    fromNumber: (number, from) => from.pooled(pool, number, (json) => coder.read(json, from)),
    least: 0,
    most: (from) => from.facts.pools[pool].length - 1,
    delta: true,
  }, { type: "integer", minimum: 0 });
}

/** A member that is true or absent. */
export function flag(): Field<true> {
  return {
    ...numberField<true>({
      toNumber: () => 1,
      fromNumber: () => true,
      least: 1,
      most: () => 1,
    }, { const: 1 }),
    optional: true,
  };
}

/** Any kind of value as a member. */
export function member<T>(coder: Coder<T>): Field<T> {
  return { coder };
}

/** The member may be absent. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field as Field<T | undefined>, optional: true };
}

/** The member is left out where it has the value that it mostly has. */
export function usually<T>(value: T, field: Field<T>): Field<T> {
  return { ...field, fallback: value };
}

/** The member of a table is read when it is asked for. */
export function lazily<T>(field: Field<T>): Field<T> {
  return { ...field, lazy: true };
}

/** The member of a table is a table itself, which is read when it is asked for. */
export function together<T>(coder: Coder<T>): Field<T> {
  return { coder, lazy: true, together: true };
}

/** A text as it is, of a form that is checked. */
export function string(pattern?: RegExp): Coder<string> {
  return {
    write: (value) => value,
    read(json, from) {
      if (typeof json !== "string") return from.fail(`${show(json)} is no text`);
      if (!pattern || pattern.test(json)) return json;
      return from.fail(`${show(json)} has not the form it must have`);
    },
    schema: pattern ? { type: "string", pattern: pattern.source } : { type: "string" },
  };
}

/** A list; `check` says more than its entries can. */
export function list<T>(coder: Coder<T>): Coder<T[]> {
  return {
    write: (values, out) => values.map((value) => coder.write(value, out)),
    read(json, from) {
      const values = asList(json, from);
      const read = new Array<T>(values.length);
      for (let i = 0; i < values.length; i++) read[i] = coder.read(values[i], from);
      return read;
    },
    schema: { type: "array", items: coder.schema },
  };
}

/** A value that is read from others and written as others. */
export function mapped<T, S>(
  coder: Coder<S>,
  to: (value: T, out: IndexWriter) => S,
  back: (value: S, from: IndexReader) => T,
): Coder<T> {
  return {
    write: (value, out) => coder.write(to(value, out), out),
    read: (json, from) => back(coder.read(json, from), from),
    schema: coder.schema,
  };
}
