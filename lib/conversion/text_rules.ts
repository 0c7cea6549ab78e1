/**
 * Rules from numbers to texts and from texts.
 *
 * @module
 */
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import type { ConversionModel } from "../structure/measurement.ts";
import type { Converted, MixedRule, RuleContext, TextRule } from "./compile_conversion.ts";
import { findRange } from "./numeric_rules.ts";

/**
 * Keys, or ranges of two numbers, that choose a reference: a text, or another conversion of the same
 * number. The reference after the last key is the default; an empty one stands for no text.
 */
export function valueOrRangeToText(
  model: ConversionModel,
  keys: readonly number[],
  context: RuleContext,
): MixedRule {
  const ranges = model.type === CONVERSION_TYPE.rangeToText;
  const count = ranges ? Math.floor(keys.length / 2) : keys.length;
  if (model.references.length < count) {
    throw context.corrupt(
      `type ${model.type} has ${count} keys but only ${model.references.length} references`,
    );
  }
  const outcomes = model.references.map((reference): MixedRule | string => {
    if (reference === null) return "";
    return typeof reference === "string" ? reference : context.nested(reference);
  });
  const otherwise = outcomes[count] ?? "";
  const choose = (x: number, outcome: MixedRule | string): Converted =>
    typeof outcome === "string" ? outcome : outcome(x);
  if (ranges) {
    return (x) => {
      const i = findRange(x, keys, count, 2, context.integer);
      return choose(x, i < 0 ? otherwise : outcomes[i]);
    };
  }
  const byKey = new Map<number, MixedRule | string>();
  for (let i = count - 1; i >= 0; i--) byKey.set(keys[i], outcomes[i]);
  return (x) => choose(x, byKey.get(x) ?? otherwise);
}

/** Texts to numbers; the number after the last text is the default. */
export function textToValue(
  model: ConversionModel,
  values: readonly number[],
  context: RuleContext,
): (text: string) => number {
  const count = values.length - 1;
  if (model.references.length < count) {
    throw context.corrupt(
      `type ${model.type} has ${values.length} values but ${model.references.length} texts`,
    );
  }
  const byText = new Map<string, number>();
  for (let i = count - 1; i >= 0; i--) {
    const key = model.references[i];
    byText.set(typeof key === "string" ? key : "", values[i]);
  }
  return (text) => byText.get(text) ?? values[count];
}

/** Pairs of texts, then a default; without a default a text that is not listed stays as it is. */
export function textToText(model: ConversionModel): TextRule {
  const pairs = Math.floor(model.references.length / 2);
  const text = (i: number) => {
    const reference = model.references[i];
    return typeof reference === "string" ? reference : undefined;
  };
  const byText = new Map<string, string>();
  for (let i = pairs - 1; i >= 0; i--) byText.set(text(2 * i) ?? "", text(2 * i + 1) ?? "");
  const otherwise = text(2 * pairs);
  return (key) => byText.get(key) ?? otherwise ?? key;
}
