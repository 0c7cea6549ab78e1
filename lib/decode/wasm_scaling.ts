/**
 * Linear conversions of vectors: from numbers of one column to pairs of 64-bit floats.
 *
 * @module
 */
import type { NumberLayout } from "../plan/column_layout.ts";
import type { LoopColumn } from "./wasm_loops.ts";
import { VECTOR_OP } from "./wasm_code.ts";
import { type Code, get, vector } from "./wasm_expressions.ts";

/** Puts a 64-bit float on the stack. */
export type ConstantCode = (value: number) => Code;

/** Whether vectors of a column's numbers, which fill their bytes, can be scaled. */
export function hasScaling({ layout: { numeric, bitCount } }: LoopColumn): boolean {
  return bitCount < 64 || numeric === "float";
}

/** For each two numbers of the vector in a local, the pair of their values, scaled. */
export function scaledPairs(column: LoopColumn, local: number, constant: ConstantCode): Code[] {
  const { layout: { numeric }, linear } = column;
  const { factor, offset } = linear!;
  const same = addsNothing(numeric, factor, offset);
  return pairs(column, get(local)).map((pair) => {
    let scaled = pair;
    if (factor !== 1) scaled = vector.apply(VECTOR_OP.f64Multiply, scaled, all(constant(factor)));
    return same ? scaled : vector.apply(VECTOR_OP.f64Add, scaled, all(constant(offset)));
  });
}

/** Whether adding the offset changes no value: adding 0 makes 0 of -0, which no integer is. */
export function addsNothing(
  numeric: NumberLayout["numeric"],
  factor: number,
  offset: number,
): boolean {
  return Object.is(offset, -0) || (offset === 0 && numeric !== "float" && factor > 0);
}

const all = (value: Code) => vector.apply(VECTOR_OP.f64Splat, value);

/** The numbers of a vector as pairs of 64-bit floats. */
function pairs({ layout: { numeric, bitCount } }: LoopColumn, numbers: Code): Code[] {
  if (bitCount === 64) return [numbers];
  if (numeric === "float") {
    return halves(numbers).map((half) => vector.apply(VECTOR_OP.f64FromF32, half));
  }
  const signed = numeric === "signed";
  let words = [numbers];
  if (bitCount === 8) words = words.flatMap((one) => widened(one, signed, VECTOR_OP.widen8));
  if (bitCount <= 16) words = words.flatMap((one) => widened(one, signed, VECTOR_OP.widen16));
  // Narrower numbers without a sign have none either when they have become 32 bits.
  const convert = signed || bitCount < 32 ? VECTOR_OP.f64FromI32 : VECTOR_OP.f64FromU32;
  return words.flatMap((one) => halves(one).map((half) => vector.apply(convert, half)));
}

/** The first half of a vector's numbers and the second, each of twice the width. */
function widened(numbers: Code, signed: boolean, instruction: number): Code[] {
  const first = instruction + (signed ? 0 : 2);
  return [vector.apply(first, numbers), vector.apply(first + 1, numbers)];
}

/** The vector, and one that starts with its second half. */
function halves(numbers: Code): Code[] {
  const second = Array.from({ length: 16 }, (_, i) => (i + 8) % 16);
  return [numbers, vector.shuffle(numbers, numbers, second)];
}
