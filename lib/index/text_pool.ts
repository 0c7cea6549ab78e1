/**
 * Many texts in few strings: JSON with a string for each text takes several times longer to parse,
 * and mostly only some of the texts are needed.
 *
 * @module
 */
import { asList, asObject, type IndexReader, isInteger, type Schema, show } from "./coder.ts";

/** Texts of a part; all parts but the last have so many. */
const PART_TEXTS = 256;

/**
 * Stands before the four hexadecimal digits of a character that is not ASCII. One such character would
 * make reading and parsing all of the index take half as long again.
 */
const ESCAPE = "\x7f";
const NOT_PLAIN = /[^\0-\x7e]/g;
const ESCAPED = /\x7f([0-9a-f]{4})/g;

/** Texts as they stand in an index. */
export interface JoinedTexts {
  /** Number of texts. */
  n: number;
  /** What stands between two texts, and in none of them. */
  by: string;
  /**
   * The texts, 256 in each part but the last. A character that is not ASCII stands as U+007F and the
   * four hexadecimal digits of each of its UTF-16 code units.
   */
  parts: string[];
}

/** Texts by their index. */
export interface Texts extends Iterable<string> {
  /** Number of texts. */
  readonly length: number;
  /** The text at an index below `length`. */
  at(index: number): string | undefined;
  /** Index of a text, or -1. */
  indexOf(text: string): number;
}

/** JSON Schema of joined texts. */
export function joinedSchema(description: string): Schema {
  return {
    description,
    type: "object",
    properties: {
      n: { type: "integer", minimum: 0 },
      by: { type: "string", minLength: 1 },
      parts: { type: "array", items: { type: "string" } },
    },
    required: ["n", "by", "parts"],
    additionalProperties: false,
  };
}

/** Joins texts. */
export function joinTexts(texts: readonly string[]): JoinedTexts {
  const by = separatorOf(texts);
  const parts: string[] = [];
  for (let i = 0; i < texts.length; i += PART_TEXTS) {
    parts.push(toAscii(texts.slice(i, i + PART_TEXTS).join(by)));
  }
  return { n: texts.length, by, parts };
}

function toAscii(text: string): string {
  return text.replace(
    NOT_PLAIN,
    (unit) => ESCAPE + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function fromAscii(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(ESCAPED, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
}

/** A character that no text has; else a word that has no end of its own as a beginning. */
function separatorOf(texts: readonly string[]): string {
  const isFree = (by: string) => !texts.some((text) => text.includes(by));
  const found = ["|", "~", "^", "`"].find(isFree);
  if (found) return found;
  for (let i = 0;; i++) if (isFree(`<${i}>`)) return `<${i}>`;
}

/** Texts that were joined, taken apart as far as they are asked for. */
export class TextPool implements Texts {
  readonly length: number;
  readonly #by: string;
  readonly #parts: readonly unknown[];
  readonly #split: string[][] = [];
  readonly #from: IndexReader;
  readonly #name: string;

  /** Texts of an index; checked as far as can be done at once. */
  constructor(json: unknown, name: string, from: IndexReader) {
    const { n, by, parts } = asObject(json, from);
    this.#parts = asList(parts, from);
    const most = this.#parts.length * PART_TEXTS;
    if (!isInteger(n, Math.max(0, most - PART_TEXTS + 1), most)) {
      from.fail(`${show(n)} is no possible number of texts in ${this.#parts.length} parts`);
    }
    if (typeof by !== "string" || by === "") from.fail(`${show(by)} cannot stand between texts`);
    this.length = n as number;
    this.#by = by as string;
    this.#from = from;
    this.#name = name;
  }

  at(index: number): string {
    return this.#part(Math.floor(index / PART_TEXTS))[index % PART_TEXTS];
  }

  indexOf(text: string): number {
    if (text.includes(this.#by)) return -1;
    const ascii = toAscii(text);
    for (const [i, joined] of this.#parts.entries()) {
      // Most parts need not be taken apart to see that they do not have it.
      if (typeof joined === "string" && !joined.includes(ascii)) continue;
      const at = this.#part(i).indexOf(text);
      if (at >= 0) return i * PART_TEXTS + at;
    }
    return -1;
  }

  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.#parts.length; i++) yield* this.#part(i);
  }

  #part(i: number): string[] {
    const known = this.#split[i];
    if (known) return known;
    const joined = this.#parts[i];
    const count = Math.min(PART_TEXTS, this.length - i * PART_TEXTS);
    const texts = typeof joined === "string"
      ? fromAscii(joined).split(this.#by, PART_TEXTS + 1)
      : [];
    if (texts.length !== count) {
      this.#from.resume(
        [this.#name, "parts", String(i)],
        () => this.#from.fail(`${texts.length} texts stand where ${count} must be`),
      );
    }
    return this.#split[i] = texts;
  }
}
