/**
 * Conversions as the walker would give them.
 *
 * @module
 */
import {
  compileConversion,
  type CompileOptions,
  type Conversion,
  type RawKind,
} from "../../lib/conversion/compile_conversion.ts";
import { type ConversionModel, jsonNumber } from "../../lib/structure/measurement.ts";

/** What to make a conversion of; the offset is 64 times its place in the list, from 1. */
export type ConversionParts =
  & Partial<Omit<ConversionModel, "values" | "offset">>
  & Pick<ConversionModel, "type">
  & { values?: readonly (number | string)[] };

/** Completes conversions. */
export function models(parts: readonly ConversionParts[]): ConversionModel[] {
  return parts.map((part, i) => ({
    references: [],
    ...part,
    offset: 64 * (i + 1),
    values: (part.values ?? []).map((value) =>
      typeof value === "number" ? jsonNumber(value) : value
    ),
  }));
}

/** Compiles the first of the conversions; the others are there to be referred to. */
export function compile(
  raw: RawKind,
  parts: readonly ConversionParts[],
  options: CompileOptions = { file: "test.mf4" },
): Conversion {
  return compileConversion(models(parts), 0, raw, options);
}

/** Converts numbers, one by one and in place, and sees to it that both give the same. */
export function convertNumbers(
  raw: "integer" | "float",
  numbers: readonly number[],
  ...parts: readonly ConversionParts[]
): (number | string)[] {
  const conversion = compile(raw, parts);
  switch (conversion.kind) {
    case "none":
      return [...numbers];
    case "linear":
      return numbers.map((x) => x * conversion.factor + conversion.offset);
    case "mixed":
      return numbers.map(conversion.convert);
    case "numeric": {
      const inPlace = Float64Array.from([7, ...numbers, 7]);
      conversion.convertInPlace(inPlace, 1, numbers.length + 1);
      const converted = numbers.map(conversion.convert);
      const same = converted.every((x, i) => Object.is(x, inPlace[i + 1]));
      if (!same || inPlace[0] !== 7 || inPlace.at(-1) !== 7) {
        throw new Error(`one by one ${converted}, in place ${inPlace}`);
      }
      return converted;
    }
    default:
      throw new Error(`a conversion of numbers is of kind ${conversion.kind}`);
  }
}

/** Converts texts. */
export function convertTexts(
  texts: readonly string[],
  ...parts: readonly ConversionParts[]
): (number | string)[] {
  const conversion = compile("text", parts);
  if (conversion.kind === "none") return [...texts];
  if (conversion.kind === "text" || conversion.kind === "text-to-number") {
    return texts.map(conversion.convert);
  }
  throw new Error(`a conversion of texts is of kind ${conversion.kind}`);
}
