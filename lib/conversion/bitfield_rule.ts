/**
 * Bit-field texts: several parts of one integer, each with a text of its own.
 *
 * @module
 */
import type { Converted, RuleContext, ValueRule } from "./rules.ts";

/** Most look-ups for one value; bit fields within bit fields multiply. */
const MOST_STEPS = 1_000_000;
/** Most texts that are kept to be given again, and the longest of them. */
const MOST_KEPT = 1024;
const LONGEST_KEPT = 1024;

const WORD = 0x1_0000_0000;
const LOW_WORD = 0xffff_ffffn;

interface Part {
  /** The mask's upper and lower 32 bits. */
  readonly high: number;
  readonly low: number;
  /** Comes before the text. */
  readonly prefix: string;
  readonly rule: ValueRule;
}

/**
 * Masks, each with a conversion of the bits that it leaves of the value. By the format's rule the
 * texts are joined with "|", a conversion with a name gives "name = text", and those that give no
 * text, or are missing, are left out. A negative integer is taken as its two's complement. A float that is no whole
 * number has no bits and so no text.
 */
export function bitfieldText(context: RuleContext): ValueRule {
  const { values, references } = context.model;
  if (values.length === 0) throw context.corrupt("it has no masks");
  if (references.length < values.length) {
    throw context.corrupt(
      `it has ${values.length} masks but only ${references.length} references`,
    );
  }
  const parts = values.flatMap((value, i) => makePart(value, i, context) ?? []);
  const steps = parts.reduce((sum, part) => sum + part.rule.steps, 1);
  if (steps > MOST_STEPS) {
    throw context.limit(
      `one value would cost ${steps} look-ups, and ${MOST_STEPS} are allowed`,
    );
  }
  const kept = new Map<number | bigint, string>();
  const textOf = (value: number | bigint, high: number, low: number) => {
    let text = kept.get(value);
    if (text === undefined) {
      text = joinTexts(parts, high, low);
      if (kept.size < MOST_KEPT && text.length <= LONGEST_KEPT) kept.set(value, text);
    }
    return text;
  };
  return {
    steps,
    // Both words come out in two's complement, for negative numbers as well.
    convert: (x) => Number.isInteger(x) ? textOf(x, Math.floor(x / WORD) >>> 0, x >>> 0) : "",
    convertExact: (x) =>
      textOf(x, Number(BigInt.asUintN(64, x) >> 32n), Number(BigInt.asUintN(32, x))),
  };
}

function makePart(value: number | string, i: number, context: RuleContext): Part | undefined {
  const text = String(value);
  if (!/^\d{1,20}$/.test(text)) throw context.corrupt(`mask ${i} is "${text}", no integer`);
  const mask = BigInt.asUintN(64, BigInt(text));
  const words = { high: Number(mask >> 32n), low: Number(mask & LOW_WORD) };
  const reference = context.model.references[i];
  if (reference === null) return undefined;
  if (typeof reference === "string") {
    throw context.corrupt(`mask ${i} refers to a text, not to a conversion of its bits`);
  }
  const name = context.nameOf(reference);
  return {
    ...words,
    prefix: name === "" ? "" : `${name} = `,
    rule: context.nestedInteger(reference),
  };
}

function joinTexts(parts: readonly Part[], high: number, low: number): string {
  let joined = "";
  for (const part of parts) {
    const text = String(convertBits(part.rule, (high & part.high) >>> 0, (low & part.low) >>> 0));
    if (text === "") continue;
    joined += joined === "" ? part.prefix + text : `|${part.prefix}${text}`;
  }
  return joined;
}

function convertBits(rule: ValueRule, high: number, low: number): Converted {
  return high < 0x20_0000
    ? rule.convert(high * WORD + low)
    : rule.convertExact((BigInt(high) << 32n) | BigInt(low));
}
