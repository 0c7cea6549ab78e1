/**
 * What the operators, functions and constants of formulas mean. Truth is 1 and untruth 0; every
 * number but 0 counts as true. Bits are those of the integer part in two's complement of any length.
 *
 * @module
 */
import type { NumberRule } from "./rules.ts";

/** Puts two operands together. */
export type Combine = (a: NumberRule, b: NumberRule) => NumberRule;

/** An operator between two operands. */
export interface BinaryOperator {
  /** Operators of a higher rank bind tighter. */
  readonly rank: number;
  /** Makes the rule. */
  readonly combine: Combine;
}

/** Rank of the power, the only operator that groups from the right. */
export const POWER_RANK = 11;

/** Ranks are those of C, above which the power stands. */
export const BINARY_OPERATORS: ReadonlyMap<string, BinaryOperator> = new Map([
  ["||", binary(1, (a, b) => (x) => a(x) !== 0 || b(x) !== 0 ? 1 : 0)],
  ["&&", binary(2, (a, b) => (x) => a(x) !== 0 && b(x) !== 0 ? 1 : 0)],
  ["|", binary(3, (a, b) => (x) => bitwise(a(x), b(x), (p, q) => p | q, (p, q) => p | q))],
  ["xor", binary(4, (a, b) => (x) => bitwise(a(x), b(x), (p, q) => p ^ q, (p, q) => p ^ q))],
  ["&", binary(5, (a, b) => (x) => bitwise(a(x), b(x), (p, q) => p & q, (p, q) => p & q))],
  ["==", binary(6, (a, b) => (x) => a(x) === b(x) ? 1 : 0)],
  ["!=", binary(6, (a, b) => (x) => a(x) !== b(x) ? 1 : 0)],
  ["<", binary(7, (a, b) => (x) => a(x) < b(x) ? 1 : 0)],
  ["<=", binary(7, (a, b) => (x) => a(x) <= b(x) ? 1 : 0)],
  [">", binary(7, (a, b) => (x) => a(x) > b(x) ? 1 : 0)],
  [">=", binary(7, (a, b) => (x) => a(x) >= b(x) ? 1 : 0)],
  ["<<", binary(8, (a, b) => (x) => shift(a(x), b(x)))],
  [">>", binary(8, (a, b) => (x) => shift(a(x), -b(x)))],
  ["+", binary(9, (a, b) => (x) => a(x) + b(x))],
  ["-", binary(9, (a, b) => (x) => a(x) - b(x))],
  ["*", binary(10, (a, b) => (x) => a(x) * b(x))],
  ["/", binary(10, (a, b) => (x) => a(x) / b(x))],
  ["%", binary(10, (a, b) => (x) => a(x) % b(x))],
  ["^", binary(POWER_RANK, (a, b) => (x) => power(a(x), b(x)))],
  ["**", binary(POWER_RANK, (a, b) => (x) => power(a(x), b(x)))],
]);

/** Operators before one operand. */
export const UNARY_OPERATORS: ReadonlyMap<string, (a: NumberRule) => NumberRule> = new Map([
  ["+", (a: NumberRule) => a],
  ["-", (a: NumberRule) => (x: number) => -a(x)],
  ["!", (a: NumberRule) => (x: number) => a(x) === 0 ? 1 : 0],
  ["~", (a: NumberRule) => (x: number) => -Math.trunc(a(x)) - 1],
]);

/** A function. */
export interface NamedFunction {
  /** Fewest arguments. */
  readonly least: number;
  /** Most arguments. */
  readonly most: number;
  /** Makes the rule. */
  readonly apply: (args: readonly NumberRule[]) => NumberRule;
}

/** Functions by their names; angles are in radians, and `log` is the natural logarithm as in C. */
export const FUNCTIONS: ReadonlyMap<string, NamedFunction> = new Map([
  ["sin", of1(Math.sin)],
  ["cos", of1(Math.cos)],
  ["tan", of1(Math.tan)],
  ["asin", of1(Math.asin)],
  ["acos", of1(Math.acos)],
  ["atan", of1(Math.atan)],
  ["arcsin", of1(Math.asin)],
  ["arccos", of1(Math.acos)],
  ["arcos", of1(Math.acos)],
  ["arctan", of1(Math.atan)],
  ["atan2", of2(Math.atan2)],
  ["sinh", of1(Math.sinh)],
  ["cosh", of1(Math.cosh)],
  ["tanh", of1(Math.tanh)],
  ["asinh", of1(Math.asinh)],
  ["acosh", of1(Math.acosh)],
  ["atanh", of1(Math.atanh)],
  ["exp", of1(Math.exp)],
  ["ln", of1(Math.log)],
  ["log", of1(Math.log)],
  ["log10", of1(Math.log10)],
  ["log2", of1(Math.log2)],
  ["sqrt", of1(Math.sqrt)],
  ["pow", of2(power)],
  ["abs", of1(Math.abs)],
  ["sgn", of1(Math.sign)],
  ["sign", of1(Math.sign)],
  ["round", of1(roundAwayFromZero)],
  ["floor", of1(Math.floor)],
  ["ceil", of1(Math.ceil)],
  ["trunc", of1(Math.trunc)],
  ["int", of1(Math.trunc)],
  ["mod", of2((a, b) => a % b)],
  ["fmod", of2((a, b) => a % b)],
  ["min", ofMany(Math.min)],
  ["max", ofMany(Math.max)],
]);

/** Names of fixed numbers. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
  ["inf", Infinity],
  ["infinity", Infinity],
  ["nan", NaN],
  ["true", 1],
  ["false", 0],
]);

/** Power as in C: 1 to any power is 1. */
export function power(base: number, exponent: number): number {
  if (exponent === 2) return base * base;
  return base === 1 ? 1 : Math.pow(base, exponent);
}

function binary(rank: number, combine: Combine): BinaryOperator {
  return { rank, combine };
}

function of1(f: (a: number) => number): NamedFunction {
  return { least: 1, most: 1, apply: ([a]) => (x) => f(a(x)) };
}

function of2(f: (a: number, b: number) => number): NamedFunction {
  return { least: 2, most: 2, apply: ([a, b]) => (x) => f(a(x), b(x)) };
}

function ofMany(f: (a: number, b: number) => number): NamedFunction {
  return {
    least: 1,
    most: 64,
    apply: (args) => (x) => {
      let result = args[0](x);
      for (let i = 1; i < args.length; i++) result = f(result, args[i](x));
      return result;
    },
  };
}

function bitwise(
  a: number,
  b: number,
  small: (p: number, q: number) => number,
  wide: (p: bigint, q: bigint) => bigint,
): number {
  if ((a | 0) === a && (b | 0) === b) return small(a, b);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return NaN;
  return Number(wide(BigInt(Math.trunc(a)), BigInt(Math.trunc(b))));
}

function shift(value: number, places: number): number {
  return Math.floor(Math.trunc(value) * 2 ** Math.trunc(places));
}

function roundAwayFromZero(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}
