/**
 * Conversions the other way: from physical to raw values.
 *
 * @module
 */
import { UnsupportedFeatureError, UsageError } from "../errors.ts";
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import type { ConversionModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { compileConversion, type CompileOptions } from "./compile_conversion.ts";
import type { Converted, RawKind } from "./rules.ts";

/**
 * From a physical to a raw value.
 *
 * @throws {UsageError} for a text where the conversion takes numbers, or a number where it takes texts
 */
export type InverseRule = (physical: Converted) => Converted;

/**
 * Compiles the way back through a conversion: the inverse conversion that the file gives, else the
 * algebraic inverse of an identity, linear or fractional linear conversion. What comes out is not
 * rounded or clamped to the channel's raw type.
 *
 * @throws {UnsupportedFeatureError} when the file gives no inverse and none can be computed
 * @throws {CorruptFileError} for too few parameters or references
 */
export function compileInverse(
  conversions: readonly ConversionModel[],
  index: number | undefined,
  raw: RawKind,
  options: CompileOptions = {},
): InverseRule {
  if (index === undefined) return (physical) => physical;
  const model = conversions[index];
  const place = { file: options.file, block: "CC", offset: model?.offset };
  if (model?.inverse !== undefined) {
    return givenInverse(conversions, model.inverse, options);
  }
  const conversion = compileConversion(conversions, index, raw, options);
  if (conversion.kind === "none") return (physical) => physical;
  if (conversion.kind === "linear") {
    const { factor, offset } = conversion;
    if (factor !== 0) return ofNumbers((y) => (y - offset) / factor, options);
  } else if (model.type === CONVERSION_TYPE.rational) {
    const [p1, p2, p3, p4, p5, p6] = model.values.map(Number);
    // Of a fraction of straight lines that is not the same everywhere.
    if (p1 === 0 && p4 === 0 && p2 * p6 !== p3 * p5) {
      return ofNumbers((y) => (p3 - y * p6) / (y * p5 - p2), options);
    }
  }
  throw new UnsupportedFeatureError(
    `the file gives no inverse of this conversion of type ${model.type}, and none can be computed`,
    place,
  );
}

/** The file's own inverse takes physical values, which are texts for the rules that begin with texts. */
function givenInverse(
  conversions: readonly ConversionModel[],
  index: number,
  options: CompileOptions,
): InverseRule {
  const model = conversions[index];
  if (model?.problem) throw problemError(model.problem, options.file);
  const fromText = model?.type === CONVERSION_TYPE.textToValue ||
    model?.type === CONVERSION_TYPE.textToText;
  const inverse = compileConversion(conversions, index, fromText ? "text" : "float", options);
  switch (inverse.kind) {
    case "none":
      return (physical) => physical;
    case "linear":
      return ofNumbers((y) => y * inverse.factor + inverse.offset, options);
    case "numeric":
    case "mixed":
      return ofNumbers(inverse.convert, options);
    default:
      return (physical) => {
        if (typeof physical === "string") return inverse.convert(physical);
        throw new UsageError(`the channel's values are texts, not numbers like ${physical}`, {
          file: options.file,
        });
      };
  }
}

function ofNumbers(rule: (physical: number) => Converted, options: CompileOptions): InverseRule {
  return (physical) => {
    if (typeof physical === "number") return rule(physical);
    throw new UsageError(`the channel's values are numbers, not texts like "${physical}"`, {
      file: options.file,
    });
  };
}
