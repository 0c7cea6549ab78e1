/**
 * Conversion rules to functions, compiled once per channel.
 *
 * @module
 */
import { CorruptFileError, type MdfError, UnsupportedFeatureError } from "../errors.ts";
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import type { ConversionModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { rangeToValue, rational, table } from "./numeric_rules.ts";
import { textToText, textToValue, valueOrRangeToText } from "./text_rules.ts";

/** A converted value: a number, or a text. */
export type Converted = number | string;
/** Converts one number. */
export type NumberRule = (value: number) => number;
/** Converts one number to a number or text. */
export type MixedRule = (value: number) => Converted;
/** Converts one text. */
export type TextRule = (text: string) => Converted;

/** What a channel's values are before conversion. */
export type RawKind = "integer" | "float" | "text" | "other";

/** A compiled conversion. */
export type Conversion =
  /** The values stay as they are. */
  | { readonly kind: "none" }
  /** `value * factor + offset`. */
  | { readonly kind: "linear"; readonly factor: number; readonly offset: number }
  /** Numbers to numbers. */
  | { readonly kind: "numeric"; readonly convert: NumberRule }
  /** Numbers to texts, or to a mixture of texts and numbers. */
  | { readonly kind: "mixed"; readonly convert: MixedRule }
  /** Texts to texts. */
  | { readonly kind: "text"; readonly convert: TextRule }
  /** Texts to numbers. */
  | { readonly kind: "text-to-number"; readonly convert: (text: string) => number };

/** What rules need to know of their surroundings. */
export interface RuleContext {
  /** All conversions of the measurement. */
  readonly conversions: readonly ConversionModel[];
  /** Whether the raw values are integers, for which ranges include their upper end. */
  readonly integer: boolean;
  /** The conversion with that index as a rule from number to number or text. */
  readonly nested: (index: number) => MixedRule;
  /** An error about the conversion. */
  readonly corrupt: (reason: string) => MdfError;
}

/**
 * Compiles the conversion with that index.
 *
 * @throws {UnsupportedFeatureError} for a conversion type that is not known
 * @throws {CorruptFileError} for too few parameters or references
 */
export function compileConversion(
  conversions: readonly ConversionModel[],
  index: number | undefined,
  raw: RawKind,
  file?: string,
): Conversion {
  if (index === undefined) return { kind: "none" };
  const model = conversions[index];
  if (model.problem) throw problemError(model.problem, file);
  const context: RuleContext = {
    conversions,
    integer: raw === "integer",
    nested: (nested) => mixedRule(compileConversion(conversions, nested, raw, file)),
    corrupt: (reason) => new CorruptFileError(`conversion: ${reason}`, { file, block: "CC" }),
  };
  const fromText = model.type === CONVERSION_TYPE.textToValue ||
    model.type === CONVERSION_TYPE.textToText;
  // Rules for numbers say nothing about texts and bytes, and rules for texts nothing about numbers.
  if (fromText !== (raw === "text") && model.type <= CONVERSION_TYPE.bitfieldText) {
    return { kind: "none" };
  }
  if (raw === "other") return { kind: "none" };
  switch (model.type) {
    case CONVERSION_TYPE.identity:
      return { kind: "none" };
    case CONVERSION_TYPE.linear: {
      const [offset, factor] = parameters(model, 2, context);
      return { kind: "linear", factor, offset };
    }
    case CONVERSION_TYPE.rational:
      return { kind: "numeric", convert: rational(parameters(model, 6, context)) };
    case CONVERSION_TYPE.tableInterpolated:
    case CONVERSION_TYPE.table: {
      const interpolate = model.type === CONVERSION_TYPE.tableInterpolated;
      return { kind: "numeric", convert: table(parameters(model, 2, context), interpolate) };
    }
    case CONVERSION_TYPE.rangeToValue:
      return {
        kind: "numeric",
        convert: rangeToValue(parameters(model, 1, context), context.integer),
      };
    case CONVERSION_TYPE.valueToText:
    case CONVERSION_TYPE.rangeToText:
      return {
        kind: "mixed",
        convert: valueOrRangeToText(model, parameters(model, 0, context), context),
      };
    case CONVERSION_TYPE.textToValue:
      return {
        kind: "text-to-number",
        convert: textToValue(model, parameters(model, 1, context), context),
      };
    case CONVERSION_TYPE.textToText:
      return { kind: "text", convert: textToText(model) };
    default:
      throw new UnsupportedFeatureError(`conversions of type ${model.type} are not supported`, {
        file,
        block: "CC",
      });
  }
}

function parameters(model: ConversionModel, least: number, context: RuleContext): number[] {
  if (model.values.length < least) {
    throw context.corrupt(
      `type ${model.type} needs at least ${least} parameters and has ${model.values.length}`,
    );
  }
  return model.values.map(Number);
}

function mixedRule(conversion: Conversion): MixedRule {
  switch (conversion.kind) {
    case "linear": {
      const { factor, offset } = conversion;
      return (value) => value * factor + offset;
    }
    case "numeric":
    case "mixed":
      return conversion.convert;
    default:
      return (value) => value;
  }
}
