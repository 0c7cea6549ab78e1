/**
 * Rules from numbers to texts and from texts.
 *
 * @module
 */
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import { findRange, findRangeExact, rangeTable } from "./ranges.ts";
import type { Converted, RuleContext, TextRule, ValueRule } from "./rules.ts";

/** What a key stands for: a text, or another conversion of the same number. */
type Outcome = string | ValueRule;

/**
 * Keys, or ranges of two numbers, that choose a reference: a text, or another conversion of the same
 * number. The reference after the last key is the default; an empty one stands for no text.
 */
export function valueOrRangeToText(keys: readonly number[], context: RuleContext): ValueRule {
  const { references, type } = context.model;
  const ranges = type === CONVERSION_TYPE.rangeToText;
  if (ranges && keys.length % 2 !== 0) {
    throw context.corrupt(`${keys.length} parameters are no pairs of lower and upper end`);
  }
  const count = ranges ? keys.length / 2 : keys.length;
  if (references.length < count) {
    throw context.corrupt(`it has ${count} keys but only ${references.length} references`);
  }
  if (references.length === 0) throw context.corrupt("it has neither keys nor a default");
  const outcomes = references.slice(0, count + 1).map((reference): Outcome => {
    if (reference === null) return "";
    return typeof reference === "string" ? reference : context.nested(reference);
  });
  const otherwise = outcomes[count] ?? "";
  const find = ranges
    ? chooseByRange(outcomes, otherwise, keys, context.integer)
    : chooseByKey(outcomes, otherwise, keys);
  return {
    convert(x): Converted {
      const outcome = find.choose(x);
      return typeof outcome === "string" ? outcome : outcome.convert(x);
    },
    convertExact(x): Converted {
      const outcome = find.chooseExact(x);
      return typeof outcome === "string" ? outcome : outcome.convertExact(x);
    },
    steps: outcomes.reduce(
      (most, outcome) => typeof outcome === "string" ? most : Math.max(most, 1 + outcome.steps),
      1,
    ),
  };
}

interface Choice {
  choose(x: number): Outcome;
  chooseExact(x: bigint): Outcome;
}

function chooseByRange(
  outcomes: readonly Outcome[],
  otherwise: Outcome,
  limits: readonly number[],
  integer: boolean,
): Choice {
  const table = rangeTable(limits, limits.length / 2, 2, integer);
  const outcome = (i: number) => i < 0 ? otherwise : outcomes[i];
  return {
    choose: (x) => outcome(findRange(x, table)),
    chooseExact: (x) => outcome(findRangeExact(x, table)),
  };
}

function chooseByKey(
  outcomes: readonly Outcome[],
  otherwise: Outcome,
  keys: readonly number[],
): Choice {
  const byKey = new Map<number, Outcome>();
  for (let i = keys.length - 1; i >= 0; i--) byKey.set(keys[i], outcomes[i]);
  const choose = (x: number) => byKey.get(x) ?? otherwise;
  return {
    choose,
    chooseExact(x) {
      const rounded = Number(x);
      return BigInt(rounded) === x ? choose(rounded) : otherwise;
    },
  };
}

/** Texts to numbers; the number after the last text is the default, NaN where there is none. */
export function textToValue(
  values: readonly number[],
  context: RuleContext,
): (text: string) => number {
  const { references } = context.model;
  const count = references.length;
  if (values.length === 0 || values.length < count || values.length > count + 1) {
    throw context.corrupt(
      `it has ${count} texts and ${values.length} numbers, and needs one for each text and a default`,
    );
  }
  const byText = new Map<string, number>();
  for (let i = count - 1; i >= 0; i--) byText.set(keyText(i, context), values[i]);
  const otherwise = values[count] ?? NaN;
  return (text) => byText.get(text) ?? otherwise;
}

/** Pairs of texts, then a default. Where no text is given for a text, it stays as it is. */
export function textToText(context: RuleContext): TextRule {
  const { references } = context.model;
  if (references.length === 0) throw context.corrupt("it has neither texts nor a default");
  const outcome = (i: number): TextRule | string | undefined => {
    const reference = references[i] ?? undefined;
    return typeof reference === "number" ? context.nestedText(reference) : reference;
  };
  const pairs = Math.floor(references.length / 2);
  const otherwise = outcome(2 * pairs);
  const byText = new Map<string, TextRule | string | undefined>();
  for (let i = pairs - 1; i >= 0; i--) byText.set(keyText(2 * i, context), outcome(2 * i + 1));
  return (text) => {
    const found = byText.has(text) ? byText.get(text) : otherwise;
    return typeof found === "function" ? found(text) : found ?? text;
  };
}

/** A key; what follows a zero character in it is left over, as in the channel's texts. */
function keyText(i: number, context: RuleContext): string {
  const reference = context.model.references[i];
  if (typeof reference === "number") throw context.corrupt(`key ${i} is a conversion, not a text`);
  const text = reference ?? "";
  const zero = text.indexOf("\0");
  return zero < 0 ? text : text.slice(0, zero);
}
