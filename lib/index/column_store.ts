/**
 * The columns of very many small tables, such as the channels of each group, in few strings: those of
 * one name together, taken apart as far as they are asked for.
 *
 * @module
 */
import { asObject, type IndexReader, isObject, type Schema, show } from "./coder.ts";

/** Columns of a part; all parts but the last have so many. */
const PART_COLUMNS = 256;
/** Stands between columns, in none of which it can be. */
const BETWEEN = "|";
/** Stands before a number that all rows have. */
const ALL = "=";

/** Stands for a column like the one before in the same part, which tables of one make mostly have. */
const SAME = "^";

/** Columns of one name: texts in parts, or where they are something else, those that there are. */
type Stored = string[] | Record<string, unknown>;

/** Puts objects of columns together by the names of the columns. */
export function storeColumns(tables: readonly Record<string, unknown>[]): Record<string, Stored> {
  const keys = new Set<string>();
  for (const table of tables) for (const key of Object.keys(table)) keys.add(key);
  const stored: Record<string, Stored> = {};
  for (const key of keys) {
    const cells = tables.map((table) => table[key]);
    stored[key] = cells.every(isText) ? joined(cells.map(textOf)) : present(cells);
  }
  return stored;
}

function isText(cell: unknown): boolean {
  if (cell === undefined || typeof cell === "number") return true;
  return typeof cell === "string" && cell !== "" && cell !== SAME;
}

function textOf(cell: unknown): string {
  return cell === undefined ? "" : typeof cell === "number" ? `${ALL}${cell}` : cell as string;
}

function joined(texts: readonly string[]): string[] {
  const parts: string[] = [];
  for (let i = 0; i < texts.length; i += PART_COLUMNS) {
    const part = texts.slice(i, i + PART_COLUMNS);
    const short = part.map((text, k) => text.length > 1 && text === part[k - 1] ? SAME : text);
    parts.push(short.join(BETWEEN));
  }
  return parts;
}

function present(cells: readonly unknown[]): Record<string, unknown> {
  const some: Record<string, unknown> = {};
  for (const [i, cell] of cells.entries()) if (cell !== undefined) some[i] = cell;
  return some;
}

/** JSON Schema of what {@link storeColumns} gives for tables of a schema. */
export function storeSchema({ properties }: Schema): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(properties as Record<string, Schema>).map(([key, schema]) => [key, {
        anyOf: [
          {
            description: "Columns with | between them, 256 in each text but the last; = stands " +
              "before a number that all rows have, ^ for the column before once more, and nothing " +
              "for no column",
            type: "array",
            items: { type: "string" },
          },
          {
            type: "object",
            patternProperties: { "^[0-9]+$": schema },
            additionalProperties: false,
          },
        ],
      }]),
    ),
    additionalProperties: false,
  };
}

/** Reads what {@link storeColumns} gave. */
export class ColumnStore {
  /** Number of tables. */
  readonly length: number;
  readonly #stored: Record<string, unknown>;
  readonly #keys: readonly string[];
  readonly #split = new Map<string, string[][]>();
  readonly #from: IndexReader;

  /** Columns of so many tables. */
  constructor(json: unknown, length: number, from: IndexReader) {
    this.#stored = asObject(json ?? (length === 0 ? {} : json), from);
    this.#keys = Object.keys(this.#stored);
    this.#from = from;
    this.length = length;
  }

  /** All columns of a table. */
  table(index: number): Record<string, unknown> {
    return this.columns(index, this.#keys);
  }

  /** Columns of a table, of these names. */
  columns(index: number, keys: readonly string[]): Record<string, unknown> {
    // An index may call a column "__proto__".
    const table: Record<string, unknown> = Object.create(null);
    for (const key of keys) {
      const cell = this.#cell(key, index);
      if (cell !== undefined) table[key] = cell;
    }
    return table;
  }

  #cell(key: string, index: number): unknown {
    const stored = Object.hasOwn(this.#stored, key) ? this.#stored[key] : undefined;
    if (stored === undefined) return undefined;
    if (!Array.isArray(stored)) {
      if (!isObject(stored)) this.#from.fail(`${key}: ${show(stored)} are no columns`);
      const name = String(index);
      return Object.hasOwn(stored, name) ? stored[name] : undefined;
    }
    const text = this.#part(key, stored, Math.floor(index / PART_COLUMNS))[index % PART_COLUMNS];
    if (text === "") return undefined;
    return text.startsWith(ALL) ? Number(text.slice(ALL.length)) : text;
  }

  #part(key: string, parts: readonly unknown[], number: number): string[] {
    let split = this.#split.get(key);
    if (!split) this.#split.set(key, split = []);
    if (split[number]) return split[number];
    const part = parts[number];
    const count = Math.min(PART_COLUMNS, this.length - number * PART_COLUMNS);
    const texts = typeof part === "string" ? part.split(BETWEEN, PART_COLUMNS + 1) : [];
    if (texts.length !== count) {
      this.#from.fail(`${key}: ${texts.length} columns stand where ${count} must be`);
    }
    for (let i = 0; i < texts.length; i++) {
      if (texts[i] !== SAME) continue;
      if (i === 0) this.#from.fail(`${key}: a part begins with the column before it`);
      texts[i] = texts[i - 1];
    }
    return split[number] = texts;
  }
}
