/**
 * What conversions are compiled to.
 *
 * @module
 */
import type { MdfError } from "../errors.ts";
import type { ConversionModel } from "../structure/measurement.ts";

/** A converted value: a number, or a text. */
export type Converted = number | string;
/** Converts one number. */
export type NumberRule = (value: number) => number;
/** Converts one number to a number or text. */
export type MixedRule = (value: number) => Converted;
/** Converts one 64-bit integer, of which a number would lose bits, to a number or text. */
export type ExactRule = (value: bigint) => Converted;
/** Converts one text. */
export type TextRule = (text: string) => Converted;

/** What a channel's values are before conversion. */
export type RawKind = "integer" | "float" | "text" | "other";

/** A rule from number to number. */
export interface NumericRule {
  /** Converts one number. */
  readonly convert: NumberRule;
  /** Converts the numbers from index `from` up to but not including `to`, in their place. */
  readonly convertInPlace: (values: Float64Array, from: number, to: number) => void;
}

/** A rule from number to number or text. */
export interface ValueRule {
  /** Converts one number. */
  readonly convert: MixedRule;
  /** Converts one 64-bit integer exactly. */
  readonly convertExact: ExactRule;
  /** Most look-ups that one value can cost. */
  readonly steps: number;
}

/** A compiled conversion. */
export type Conversion =
  /** The values stay as they are. */
  | { readonly kind: "none" }
  /** `value * factor + offset`. */
  | { readonly kind: "linear"; readonly factor: number; readonly offset: number }
  /** Numbers to numbers. */
  | ({ readonly kind: "numeric" } & NumericRule)
  /** Numbers to texts, or to a mixture of texts and numbers. */
  | ({ readonly kind: "mixed" } & ValueRule)
  /** Texts to texts, or to a mixture of texts and numbers. */
  | { readonly kind: "text"; readonly convert: TextRule }
  /** Texts to numbers. */
  | { readonly kind: "text-to-number"; readonly convert: (text: string) => number };

/** What a rule needs to know of its surroundings. */
export interface RuleContext {
  /** The conversion itself. */
  readonly model: ConversionModel;
  /** Whether the raw values are integers, for which ranges include their upper end. */
  readonly integer: boolean;
  /** Another conversion, of the same number. */
  readonly nested: (index: number) => ValueRule;
  /** Another conversion, of an integer that was made of the number. */
  readonly nestedInteger: (index: number) => ValueRule;
  /** Another conversion, of the same text. */
  readonly nestedText: (index: number) => TextRule;
  /** Name of another conversion, "" where it has none. */
  readonly nameOf: (index: number) => string;
  /** An error about the conversion. */
  readonly corrupt: (reason: string) => MdfError;
  /** An error about work that the conversion would cause. */
  readonly limit: (reason: string) => MdfError;
}
