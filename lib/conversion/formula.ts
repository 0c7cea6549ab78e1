/**
 * Formulas of algebraic conversions, compiled to functions. The format takes them from the FORMULA of
 * ASAM MCD-2 MC, a subset of the ASAM General Expression Syntax, in which later versions use `^` for
 * the exclusive or. Programs that write MF4 files, and all that read them, use it for the power; so
 * it is here, and `xor` is the exclusive or. The variable is `X` or `X1`; names may be in any case.
 *
 * @module
 */
import {
  CorruptFileError,
  LimitExceededError,
  type MdfErrorPlace,
  UnsupportedFeatureError,
} from "../errors.ts";
import {
  BINARY_OPERATORS,
  CONSTANTS,
  FUNCTIONS,
  POWER_RANK,
  UNARY_OPERATORS,
} from "./formula_names.ts";
import { type Token, tokenize } from "./formula_tokens.ts";
import type { NumberRule } from "./rules.ts";

/** Longest formula, in characters. */
const MOST_CHARACTERS = 65_536;
/** Deepest nesting: of parentheses, and of what has to be computed before something else. */
const MOST_DEPTH = 500;
/** Most characters of the formula that a message repeats. */
const MOST_QUOTED = 100;

/** A part of a formula. */
interface Part {
  readonly rule: NumberRule;
  /** Whether the variable has no part in it. */
  readonly constant: boolean;
  /** Calls within calls that the rule makes. */
  readonly depth: number;
}

const VARIABLE: Part = { rule: (x) => x, constant: false, depth: 1 };

/**
 * Compiles a formula to a function of the variable.
 *
 * @throws {CorruptFileError} for what is no formula; the message tells the position, from 1
 * @throws {UnsupportedFeatureError} for a function that is not known
 * @throws {LimitExceededError} for a formula too long, or nested too deep
 */
export function compileFormula(formula: string, place: MdfErrorPlace = {}): NumberRule {
  const zero = formula.indexOf("\0");
  const text = zero < 0 ? formula : formula.slice(0, zero);
  if (text.length > MOST_CHARACTERS) {
    throw new LimitExceededError(
      `the formula has ${text.length} characters, and ${MOST_CHARACTERS} are allowed`,
      place,
    );
  }
  return new Parser(text, place).whole();
}

class Parser {
  readonly #formula: string;
  readonly #place: MdfErrorPlace;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(formula: string, place: MdfErrorPlace) {
    this.#formula = formula;
    this.#place = place;
    this.#tokens = tokenize(formula);
  }

  whole(): NumberRule {
    const { rule } = this.#expression(0);
    this.#expect("");
    return rule;
  }

  /** An operand with all operators that follow it and bind at least as tight as `rank`. */
  #expression(rank: number): Part {
    if (++this.#depth > MOST_DEPTH) throw this.#tooDeep();
    let left = this.#operand();
    for (;;) {
      const operator = BINARY_OPERATORS.get(this.#peek().text);
      if (!operator || operator.rank < rank) break;
      this.#next++;
      const tighter = operator.rank === POWER_RANK ? POWER_RANK : operator.rank + 1;
      const right = this.#expression(tighter);
      left = this.#join([left, right], operator.combine(left.rule, right.rule));
    }
    this.#depth--;
    return left;
  }

  #operand(): Part {
    const token = this.#tokens[this.#next++];
    if (token.kind === "number") return constant(Number(token.text));
    if (token.kind === "name") return this.#named(token);
    if (token.text === "(") {
      const inner = this.#expression(0);
      this.#expect(")");
      return inner;
    }
    const unary = UNARY_OPERATORS.get(token.text);
    if (!unary) throw this.#unexpected(token);
    // -X^2 is the negative of the square.
    const operand = this.#expression(POWER_RANK);
    return this.#join([operand], unary(operand.rule));
  }

  #named(token: Token): Part {
    if (this.#peek().text === "(") return this.#call(token);
    if (token.text === "x" || token.text === "x1") return VARIABLE;
    const value = CONSTANTS.get(token.text);
    if (value !== undefined) return constant(value);
    throw this.#corrupt(
      `unknown name ${quote(token.text)} at position ${token.at}; the variable is X`,
    );
  }

  #call(token: Token): Part {
    const named = FUNCTIONS.get(token.text);
    if (!named) {
      throw new UnsupportedFeatureError(
        `${this.#quoted()}: the function ${quote(token.text)} at position ${token.at} is not known`,
        this.#place,
      );
    }
    const args: Part[] = [];
    do {
      this.#next++;
      args.push(this.#expression(0));
    } while (this.#peek().text === ",");
    this.#expect(")");
    const { least, most } = named;
    if (args.length < least || args.length > most) {
      throw this.#corrupt(
        `${token.text} at position ${token.at} takes ${
          least === most ? least : `${least} to ${most}`
        } arguments, not ${args.length}`,
      );
    }
    return this.#join(args, named.apply(args.map(({ rule }) => rule)));
  }

  /** What is made of parts; computed now where the variable has no part in it. */
  #join(parts: readonly Part[], rule: NumberRule): Part {
    if (parts.every((part) => part.constant)) return constant(rule(NaN));
    const depth = 1 + Math.max(...parts.map((part) => part.depth));
    if (depth > MOST_DEPTH) throw this.#tooDeep();
    return { rule, constant: false, depth };
  }

  #peek(): Token {
    return this.#tokens[this.#next];
  }

  /** Goes past a symbol; "" stands for the end. */
  #expect(symbol: string): void {
    const token = this.#tokens[this.#next++];
    if (token.kind === (symbol === "" ? "end" : "symbol") && token.text === symbol) return;
    throw this.#unexpected(token, symbol);
  }

  #unexpected(token: Token, wanted = ""): Error {
    const found = token.kind === "end" ? "it ends" : `unexpected ${quote(token.text)}`;
    const missing = wanted === "" ? "" : `, where ${quote(wanted)} is missing`;
    return this.#corrupt(`${found} at position ${token.at}${missing}`);
  }

  #tooDeep(): Error {
    return new LimitExceededError(
      `${this.#quoted()}: nested more than ${MOST_DEPTH} deep at position ${this.#peek().at}`,
      this.#place,
    );
  }

  #corrupt(reason: string): Error {
    return new CorruptFileError(`${this.#quoted()}: ${reason}`, this.#place);
  }

  #quoted(): string {
    return `formula ${quote(this.#formula)}`;
  }
}

function constant(value: number): Part {
  return { rule: () => value, constant: true, depth: 1 };
}

function quote(text: string): string {
  return `"${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text}"`;
}
