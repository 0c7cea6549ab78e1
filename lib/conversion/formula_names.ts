/**
 * What the operators, functions and constants of formulas mean. Truth is 1 and untruth 0; every
 * number but 0 counts as true. Bits are those of the integer part in two's complement of any length.
 *
 * Everything works on whole arrays, in place of the first operand; each operator has a loop of its
 * own, which the engine compiles with the operator inside.
 *
 * @module
 */

/** Changes the first `count` numbers of `a`. */
export type UnaryLoop = (a: Float64Array, count: number) => void;
/** Puts the first `count` numbers of `a` and `b` together, into `a`. */
export type BinaryLoop = (a: Float64Array, b: Float64Array, count: number) => void;

/** An operator between two operands. */
export interface BinaryOperator {
  /** Operators of a higher rank bind tighter. */
  readonly rank: number;
  /** What it does. */
  readonly loop: BinaryLoop;
}

/** Rank of the power, the only operator that groups from the right. */
export const POWER_RANK = 11;

/** Ranks are those of C, above which the power stands. */
export const BINARY_OPERATORS: ReadonlyMap<string, BinaryOperator> = new Map(
  ([
    ["||", 1, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] !== 0 || b[i] !== 0 ? 1 : 0;
    }],
    ["&&", 2, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] !== 0 && b[i] !== 0 ? 1 : 0;
    }],
    ["|", 3, (a, b, n) => {
      for (let i = 0; i < n; i++) {
        a[i] = isWord(a[i]) && isWord(b[i]) ? a[i] | b[i] : wide(a[i], b[i], (p, q) => p | q);
      }
    }],
    ["xor", 4, (a, b, n) => {
      for (let i = 0; i < n; i++) {
        a[i] = isWord(a[i]) && isWord(b[i]) ? a[i] ^ b[i] : wide(a[i], b[i], (p, q) => p ^ q);
      }
    }],
    ["&", 5, (a, b, n) => {
      for (let i = 0; i < n; i++) {
        a[i] = isWord(a[i]) && isWord(b[i]) ? a[i] & b[i] : wide(a[i], b[i], (p, q) => p & q);
      }
    }],
    ["==", 6, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] === b[i] ? 1 : 0;
    }],
    ["!=", 6, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] !== b[i] ? 1 : 0;
    }],
    ["<", 7, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] < b[i] ? 1 : 0;
    }],
    ["<=", 7, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] <= b[i] ? 1 : 0;
    }],
    [">", 7, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] > b[i] ? 1 : 0;
    }],
    [">=", 7, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = a[i] >= b[i] ? 1 : 0;
    }],
    ["<<", 8, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = shift(a[i], b[i]);
    }],
    [">>", 8, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] = shift(a[i], -b[i]);
    }],
    ["+", 9, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] += b[i];
    }],
    ["-", 9, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] -= b[i];
    }],
    ["*", 10, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] *= b[i];
    }],
    ["/", 10, (a, b, n) => {
      for (let i = 0; i < n; i++) a[i] /= b[i];
    }],
    ["%", 10, remainders],
    ["^", POWER_RANK, powers],
    ["**", POWER_RANK, powers],
  ] satisfies [string, number, BinaryLoop][])
    .map(([symbol, rank, loop]) => [symbol, { rank, loop }]),
);

/** Operators before one operand; a plus sign does nothing. */
export const UNARY_OPERATORS: ReadonlyMap<string, UnaryLoop | undefined> = new Map<
  string,
  UnaryLoop | undefined
>([
  ["+", undefined],
  ["-", (a, n) => {
    for (let i = 0; i < n; i++) a[i] = -a[i];
  }],
  ["!", (a, n) => {
    for (let i = 0; i < n; i++) a[i] = a[i] === 0 ? 1 : 0;
  }],
  ["~", (a, n) => {
    for (let i = 0; i < n; i++) a[i] = -Math.trunc(a[i]) - 1;
  }],
]);

/** A function. */
export type NamedFunction =
  /** Of one number. */
  | { readonly takes: "one"; readonly loop: UnaryLoop }
  /** Of two numbers. */
  | { readonly takes: "two"; readonly loop: BinaryLoop }
  /** Of as many numbers as are given; the loop puts the next one to the result so far. */
  | { readonly takes: "many"; readonly loop: BinaryLoop };

/** Functions by their names; angles are in radians, and `log` is the natural logarithm as in C. */
export const FUNCTIONS: ReadonlyMap<string, NamedFunction> = new Map<string, NamedFunction>([
  ["sin", ofOne(Math.sin)],
  ["cos", ofOne(Math.cos)],
  ["tan", ofOne(Math.tan)],
  ["asin", ofOne(Math.asin)],
  ["acos", ofOne(Math.acos)],
  ["atan", ofOne(Math.atan)],
  ["arcsin", ofOne(Math.asin)],
  ["arccos", ofOne(Math.acos)],
  ["arcos", ofOne(Math.acos)],
  ["arctan", ofOne(Math.atan)],
  ["atan2", { takes: "two", loop: ofTwo(Math.atan2) }],
  ["sinh", ofOne(Math.sinh)],
  ["cosh", ofOne(Math.cosh)],
  ["tanh", ofOne(Math.tanh)],
  ["asinh", ofOne(Math.asinh)],
  ["acosh", ofOne(Math.acosh)],
  ["atanh", ofOne(Math.atanh)],
  ["exp", ofOne(Math.exp)],
  ["ln", ofOne(Math.log)],
  ["log", ofOne(Math.log)],
  ["log10", ofOne(Math.log10)],
  ["log2", ofOne(Math.log2)],
  ["sqrt", ofOne(Math.sqrt)],
  ["pow", { takes: "two", loop: powers }],
  ["abs", ofOne(Math.abs)],
  ["sgn", ofOne(Math.sign)],
  ["sign", ofOne(Math.sign)],
  ["round", ofOne(roundAwayFromZero)],
  ["floor", ofOne(Math.floor)],
  ["ceil", ofOne(Math.ceil)],
  ["trunc", ofOne(Math.trunc)],
  ["int", ofOne(Math.trunc)],
  ["mod", { takes: "two", loop: remainders }],
  ["fmod", { takes: "two", loop: remainders }],
  ["min", { takes: "many", loop: ofTwo(Math.min) }],
  ["max", { takes: "many", loop: ofTwo(Math.max) }],
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

function ofOne(f: (a: number) => number): NamedFunction {
  return {
    takes: "one",
    loop: (a, n) => {
      for (let i = 0; i < n; i++) a[i] = f(a[i]);
    },
  };
}

function ofTwo(f: (a: number, b: number) => number): BinaryLoop {
  return (a, b, n) => {
    for (let i = 0; i < n; i++) a[i] = f(a[i], b[i]);
  };
}

/** The remainder has the sign of the dividend, as in C. */
function remainders(a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) a[i] %= b[i];
}

/** As in C, 1 to any power is 1. A square is a product, which is faster and never less exact. */
function powers(a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const base = a[i];
    a[i] = b[i] === 2 ? base * base : base === 1 ? 1 : Math.pow(base, b[i]);
  }
}

/** Whether the engine's own operators on 32 bits give the same as those on all bits. */
function isWord(value: number): boolean {
  return (value | 0) === value;
}

function wide(a: number, b: number, f: (p: bigint, q: bigint) => bigint): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return NaN;
  return Number(f(BigInt(Math.trunc(a)), BigInt(Math.trunc(b))));
}

function shift(value: number, places: number): number {
  return Math.floor(Math.trunc(value) * 2 ** Math.trunc(places));
}

function roundAwayFromZero(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}
