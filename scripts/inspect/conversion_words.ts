/**
 * Conversion rules in words.
 *
 * @module
 */
import { plainComment } from "../../lib/signal/comment.ts";
import { CONVERSION_TYPE } from "../../lib/structure/format_codes.ts";
import type { ConversionModel, ConversionReference } from "../../lib/structure/measurement.ts";
import { firstOf, grouped, oneLine, quoted } from "./plain_text.ts";

/** How much to tell. */
export interface ConversionDetail {
  /** Entries of one table; `Infinity` for all. */
  entries: number;
  /** Characters of one text. */
  text: number;
}

/** Deepest nesting that is spelt out, and most rules within one; a hostile file nests without end. */
const MOST_NESTED = 8;
const MOST_RULES = 500;

/**
 * The rule with that index in words: `linear: 0.25 × raw + 10`, `value to text: 0 = Off, 1 = On`,
 * `formula: X1^2`. Rules within rules stand in brackets.
 */
export function conversionWords(
  conversions: readonly ConversionModel[],
  index: number,
  detail: ConversionDetail,
): string {
  return new Words(conversions, detail).rule(index, 0);
}

class Words {
  readonly #conversions: readonly ConversionModel[];
  readonly #detail: ConversionDetail;
  #rules = 0;

  constructor(conversions: readonly ConversionModel[], detail: ConversionDetail) {
    this.#conversions = conversions;
    this.#detail = detail;
  }

  rule(index: number, depth: number): string {
    const model = this.#conversions[index];
    if (!model) return "missing";
    if (model.problem) return "cannot be used";
    if (depth > MOST_NESTED || ++this.#rules > MOST_RULES) return "…";
    const v = model.values.map((value) => Number(value));
    switch (model.type) {
      case CONVERSION_TYPE.identity:
        return "identity";
      case CONVERSION_TYPE.linear:
        return `linear: ${linear(v)}`;
      case CONVERSION_TYPE.rational:
        return `rational: ${rational(v)}`;
      case CONVERSION_TYPE.algebraic:
        return `formula: ${this.#formula(model)}`;
      case CONVERSION_TYPE.tableInterpolated:
        return `interpolated table: ${this.#table(v)}`;
      case CONVERSION_TYPE.table:
        return `table: ${this.#table(v)}`;
      case CONVERSION_TYPE.rangeToValue:
        return `ranges to values: ${this.#rangesToValues(v)}`;
      case CONVERSION_TYPE.valueToText:
        return `value to text: ${this.#toText(model, v.map(numeral), depth)}`;
      case CONVERSION_TYPE.rangeToText: {
        const ranges = v.length % 2 === 0 ? pairs(v) : pairs(v.slice(0, -1));
        return `ranges to text: ${
          this.#toText(model, ranges.map(([from, to]) => range(from, to)), depth)
        }`;
      }
      case CONVERSION_TYPE.textToValue:
        return `text to value: ${this.#textToValue(model, v)}`;
      case CONVERSION_TYPE.textToText:
        return `text to text: ${this.#textToText(model, depth)}`;
      case CONVERSION_TYPE.bitfieldText:
        return `bit fields: ${this.#bitFields(model, depth)}`;
      default:
        return `conversion type ${model.type}`;
    }
  }

  #formula({ references: [formula] }: ConversionModel): string {
    return typeof formula === "string"
      ? oneLine(plainComment(formula), this.#detail.entries === Infinity ? Infinity : 120)
      : "missing";
  }

  #table(values: readonly number[]): string {
    return this.#list(pairs(values).map(([key, value]) => `${numeral(key)} → ${numeral(value)}`));
  }

  #rangesToValues(values: readonly number[]): string {
    const entries: string[] = [];
    for (let i = 0; i + 2 < values.length; i += 3) {
      entries.push(`${range(values[i], values[i + 1])} → ${numeral(values[i + 2])}`);
    }
    const otherwise = values.length % 3 === 1 ? numeral(values[values.length - 1]) : undefined;
    return this.#list(entries, otherwise);
  }

  #toText(model: ConversionModel, keys: readonly string[], depth: number): string {
    const { references } = model;
    const entries = keys.map((key, i) => `${key} = ${this.#outcome(references[i] ?? null, depth)}`);
    const otherwise = references[keys.length] ?? null;
    return this.#list(entries, otherwise === null ? undefined : this.#outcome(otherwise, depth));
  }

  #textToValue({ references }: ConversionModel, values: readonly number[]): string {
    const entries = references.map((key, i) => `${this.#key(key)} = ${numeral(values[i])}`);
    const otherwise = values[references.length];
    return this.#list(entries, otherwise === undefined ? undefined : numeral(otherwise));
  }

  #textToText({ references }: ConversionModel, depth: number): string {
    const entries: string[] = [];
    for (let i = 0; i + 1 < references.length; i += 2) {
      entries.push(`${this.#key(references[i])} = ${this.#outcome(references[i + 1], depth)}`);
    }
    const last = references.length % 2 === 1 ? references[references.length - 1] : null;
    return this.#list(entries, last === null ? undefined : this.#outcome(last, depth));
  }

  #bitFields({ values, references }: ConversionModel, depth: number): string {
    return this.#list(values.map((mask, i) => {
      const reference = references[i] ?? null;
      const name = typeof reference === "number" ? this.#conversions[reference]?.name : undefined;
      const bits = `mask ${maskText(String(mask))}`;
      const label = name ? `${oneLine(name, this.#detail.text)} (${bits})` : bits;
      return `${label} ${this.#outcome(reference, depth)}`;
    }));
  }

  #key(reference: ConversionReference): string {
    return typeof reference === "string"
      ? quoted(plainComment(reference), this.#detail.text)
      : this.#outcome(reference, MOST_NESTED);
  }

  #outcome(reference: ConversionReference, depth: number): string {
    if (reference === null) return '""';
    if (typeof reference === "number") return `[${this.rule(reference, depth + 1)}]`;
    const text = oneLine(plainComment(reference), this.#detail.text);
    // A text that could be taken for part of the list needs its marks.
    return /^[^",=[\]]+$/.test(text) ? text : quoted(text, this.#detail.text);
  }

  #list(entries: readonly string[], otherwise?: string): string {
    const { shown, left } = firstOf(entries, this.#detail.entries);
    const parts = [...shown];
    if (left > 0) parts.push(`… ${grouped(left)} more (--all)`);
    if (otherwise !== undefined) parts.push(`otherwise ${otherwise}`);
    return parts.length > 0 ? parts.join(", ") : "empty";
  }
}

function numeral(value: number | undefined): string {
  return value === undefined ? "missing" : Object.is(value, -0) ? "0" : String(value);
}

function range(from: number, to: number): string {
  return from === to ? numeral(from) : `${numeral(from)} … ${numeral(to)}`;
}

function pairs(values: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i + 1 < values.length; i += 2) found.push([values[i], values[i + 1]]);
  return found;
}

function maskText(mask: string): string {
  return /^\d+$/.test(mask) ? `0x${BigInt(mask).toString(16)}` : mask;
}

function linear([offset, factor]: readonly number[]): string {
  if (offset === undefined || factor === undefined) return "missing parameters";
  if (factor === 0) return `always ${numeral(offset)}`;
  return sum([term(factor, "raw"), term(offset, "")]);
}

function rational(p: readonly number[]): string {
  if (p.length < 6) return "missing parameters";
  const over = sum([term(p[0], "raw²"), term(p[1], "raw"), term(p[2], "")]);
  const under = sum([term(p[3], "raw²"), term(p[4], "raw"), term(p[5], "")]);
  return under === "1" ? over : `${bracketed(over)} / ${bracketed(under)}`;
}

function bracketed(text: string): string {
  return text.includes(" ") ? `(${text})` : text;
}

/** `0.25 × raw`, `raw`, `10`; undefined for what adds nothing. */
function term(factor: number, of: string): string | undefined {
  if (factor === 0) return undefined;
  if (of === "") return String(factor);
  if (factor === 1) return of;
  return factor === -1 ? `-${of}` : `${factor} × ${of}`;
}

function sum(terms: readonly (string | undefined)[]): string {
  let text = "";
  for (const each of terms) {
    if (each === undefined) continue;
    if (text === "") text = each;
    else text += each.startsWith("-") ? ` - ${each.slice(1)}` : ` + ${each}`;
  }
  return text || "0";
}
