/**
 * Conversion rules to functions, compiled once per channel.
 *
 * @module
 */
import {
  CorruptFileError,
  LimitExceededError,
  type MdfErrorPlace,
  UnsupportedFeatureError,
} from "../errors.ts";
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import type { ConversionModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { bitfieldText } from "./bitfield_rule.ts";
import { compileFormula } from "./formula.ts";
import { interpolatedTable, nearestTable, rangeToValue, rational } from "./numeric_rules.ts";
import type { Conversion, RawKind, RuleContext, TextRule, ValueRule } from "./rules.ts";
import { textToText, textToValue, valueOrRangeToText } from "./text_rules.ts";

export type { Conversion, RawKind } from "./rules.ts";

/** What compiling needs beside the conversions. */
export interface CompileOptions {
  /** Name of the file, for errors. */
  readonly file?: string;
  /** Gives the plain text of a formula that is stored as XML. */
  readonly plainText?: (stored: string) => string;
}

/** Deepest nesting; the walker has a limit of its own, but a model may come from elsewhere. */
const MOST_NESTED = 256;

/** Most characters of the names and texts that a message repeats. */
const MOST_QUOTED = 60;

/**
 * Compiles the conversion with that index. Rules for numbers say nothing about texts, and rules for
 * texts nothing about numbers: such a conversion leaves the values as they are.
 *
 * @throws {UnsupportedFeatureError} for a conversion type, or a function of a formula, that is not known
 * @throws {CorruptFileError} for too few parameters or references, or a bad formula
 * @throws {LimitExceededError} for nesting too deep, or a formula too long
 */
export function compileConversion(
  conversions: readonly ConversionModel[],
  index: number | undefined,
  raw: RawKind,
  options: CompileOptions = {},
): Conversion {
  return index === undefined ? NONE : new Compiler(conversions, options).compile(index, raw);
}

const NONE: Conversion = { kind: "none" };

class Compiler {
  readonly #conversions: readonly ConversionModel[];
  readonly #options: CompileOptions;
  /** Conversions may be shared; what was compiled before is not compiled again. */
  readonly #done = new Map<string, Conversion>();
  readonly #open = new Set<string>();

  constructor(conversions: readonly ConversionModel[], options: CompileOptions) {
    this.#conversions = conversions;
    this.#options = options;
  }

  compile(index: number, raw: RawKind): Conversion {
    const key = `${raw} ${index}`;
    const known = this.#done.get(key);
    if (known) return known;
    const model = this.#conversions[index];
    const place = { file: this.#options.file, block: "CC", offset: model?.offset };
    if (!model) throw new CorruptFileError(`there is no conversion with index ${index}`, place);
    if (model.problem) throw problemError(model.problem, this.#options.file);
    if (this.#open.has(key)) {
      throw new CorruptFileError("the conversion refers back to itself", place);
    }
    if (this.#open.size >= MOST_NESTED) {
      throw new LimitExceededError(
        `conversions are nested more than ${MOST_NESTED} deep`,
        place,
      );
    }
    this.#open.add(key);
    const conversion = this.#rule(model, raw, place);
    this.#open.delete(key);
    this.#done.set(key, conversion);
    return conversion;
  }

  #rule(model: ConversionModel, raw: RawKind, place: MdfErrorPlace): Conversion {
    const { type } = model;
    if (!(type >= CONVERSION_TYPE.identity && type <= CONVERSION_TYPE.bitfieldText)) {
      throw new UnsupportedFeatureError(`conversions of type ${type} are not supported`, place);
    }
    const fromText = type === CONVERSION_TYPE.textToValue || type === CONVERSION_TYPE.textToText;
    if (raw === "other" || fromText !== (raw === "text")) return NONE;
    const context = this.#context(model, raw, place);
    switch (type) {
      case CONVERSION_TYPE.identity:
        return NONE;
      case CONVERSION_TYPE.linear: {
        const [offset, factor] = parameters(2, context);
        return { kind: "linear", factor, offset };
      }
      case CONVERSION_TYPE.rational:
        return { kind: "numeric", ...rational(parameters(6, context)) };
      case CONVERSION_TYPE.algebraic:
        return { kind: "numeric", ...compileFormula(this.#formula(context), place) };
      case CONVERSION_TYPE.tableInterpolated:
        return { kind: "numeric", ...interpolatedTable(parameters(2, context), context) };
      case CONVERSION_TYPE.table:
        return { kind: "numeric", ...nearestTable(parameters(2, context), context) };
      case CONVERSION_TYPE.rangeToValue:
        return { kind: "numeric", ...rangeToValue(parameters(1, context), context) };
      case CONVERSION_TYPE.valueToText:
      case CONVERSION_TYPE.rangeToText:
        return { kind: "mixed", ...valueOrRangeToText(parameters(0, context), context) };
      case CONVERSION_TYPE.textToValue:
        return { kind: "text-to-number", convert: textToValue(parameters(1, context), context) };
      case CONVERSION_TYPE.textToText:
        return { kind: "text", convert: textToText(context) };
      default:
        return { kind: "mixed", ...bitfieldText(context) };
    }
  }

  #context(model: ConversionModel, raw: RawKind, place: MdfErrorPlace): RuleContext {
    const described = (reason: string) => {
      const name = model.name ? ` "${model.name.slice(0, MOST_QUOTED)}"` : "";
      return `conversion${name} of type ${model.type}: ${reason}`;
    };
    return {
      model,
      integer: raw === "integer",
      nested: (index) => valueRule(this.compile(index, raw)),
      nestedInteger: (index) => valueRule(this.compile(index, "integer")),
      nestedText: (index) => textRule(this.compile(index, "text")),
      nameOf: (index) => this.#conversions[index]?.name ?? "",
      corrupt: (reason) => new CorruptFileError(described(reason), place),
      limit: (reason) => new LimitExceededError(described(reason), place),
    };
  }

  #formula(context: RuleContext): string {
    const formula = context.model.references[0];
    if (typeof formula !== "string") throw context.corrupt("it has no formula");
    return this.#options.plainText?.(formula) ?? formula;
  }
}

function parameters(least: number, context: RuleContext): number[] {
  const { values } = context.model;
  if (values.length < least) {
    throw context.corrupt(`it needs at least ${least} parameters and has ${values.length}`);
  }
  return values.map(Number);
}

function valueRule(conversion: Conversion): ValueRule {
  switch (conversion.kind) {
    case "mixed":
      return conversion;
    case "numeric": {
      const { convert } = conversion;
      return { convert, convertExact: (value) => convert(Number(value)), steps: 1 };
    }
    case "linear": {
      const { factor, offset } = conversion;
      return {
        convert: (value) => value * factor + offset,
        convertExact: (value) => Number(value) * factor + offset,
        steps: 1,
      };
    }
    default:
      return { convert: (value) => value, convertExact: Number, steps: 1 };
  }
}

function textRule(conversion: Conversion): TextRule {
  return conversion.kind === "text" || conversion.kind === "text-to-number"
    ? conversion.convert
    : (text) => text;
}
