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
import { FormulaProgram } from "./formula_program.ts";
import { type Token, tokenize } from "./formula_tokens.ts";
import type { NumericRule } from "./rules.ts";

/** Longest formula, in characters. */
const MOST_CHARACTERS = 65_536;
/** Deepest nesting of parentheses, and of operators that wait for what follows them. */
const MOST_DEPTH = 500;
/** Most characters of the formula that a message repeats. */
const MOST_QUOTED = 100;

/**
 * Compiles a formula to a function of the variable.
 *
 * @throws {CorruptFileError} for what is no formula; the message tells the position, from 1
 * @throws {UnsupportedFeatureError} for a function that is not known
 * @throws {LimitExceededError} for a formula too long, or nested too deep
 */
export function compileFormula(formula: string, place: MdfErrorPlace = {}): NumericRule {
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
  readonly #program = new FormulaProgram();
  #next = 0;
  #depth = 0;

  constructor(formula: string, place: MdfErrorPlace) {
    this.#formula = formula;
    this.#place = place;
    this.#tokens = tokenize(formula);
  }

  whole(): NumericRule {
    this.#expression(0);
    this.#expect("");
    return this.#program.rule();
  }

  /** An operand with all operators that follow it and bind at least as tight as `rank`. */
  #expression(rank: number): void {
    if (++this.#depth > MOST_DEPTH) throw this.#tooDeep();
    this.#operand();
    for (;;) {
      const operator = BINARY_OPERATORS.get(this.#peek().text);
      if (!operator || operator.rank < rank) break;
      this.#next++;
      this.#expression(operator.rank === POWER_RANK ? POWER_RANK : operator.rank + 1);
      this.#program.binary(operator.loop);
    }
    this.#depth--;
  }

  #operand(): void {
    const token = this.#tokens[this.#next++];
    if (token.kind === "number") return this.#program.constant(Number(token.text));
    if (token.kind === "name") return this.#named(token);
    if (token.text === "(") {
      this.#expression(0);
      return this.#expect(")");
    }
    if (!UNARY_OPERATORS.has(token.text)) throw this.#unexpected(token);
    // -X^2 is the negative of the square.
    this.#expression(POWER_RANK);
    const loop = UNARY_OPERATORS.get(token.text);
    if (loop) this.#program.unary(loop);
  }

  #named(token: Token): void {
    if (this.#peek().text === "(") return this.#call(token);
    if (token.text === "x" || token.text === "x1") return this.#program.variable();
    const value = CONSTANTS.get(token.text);
    if (value !== undefined) return this.#program.constant(value);
    throw this.#corrupt(
      `unknown name ${this.#written(token)} at position ${token.at}; the variable is X`,
    );
  }

  #call(token: Token): void {
    const named = FUNCTIONS.get(token.text);
    if (!named) {
      throw new UnsupportedFeatureError(
        `${this.#quoted()}: the function ${
          this.#written(token)
        } at position ${token.at} is not known`,
        this.#place,
      );
    }
    let given = 0;
    do {
      this.#next++;
      this.#expression(0);
      if (++given > 1 && named.takes === "many") this.#program.binary(named.loop);
    } while (this.#peek().text === ",");
    this.#expect(")");
    if (named.takes === "many") return;
    const takes = named.takes === "one" ? 1 : 2;
    if (given !== takes) {
      const count = takes === 1 ? "1 argument" : `${takes} arguments`;
      throw this.#corrupt(`${token.text} at position ${token.at} takes ${count}, not ${given}`);
    }
    if (named.takes === "one") this.#program.unary(named.loop);
    else this.#program.binary(named.loop);
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
    const found = token.kind === "end" ? "it ends" : `unexpected ${this.#written(token)}`;
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

  /** A token as the formula has it, where names may be in upper case. */
  #written({ text, at }: Token): string {
    return quote(this.#formula.slice(at - 1, at - 1 + text.length));
  }

  #quoted(): string {
    return `formula ${quote(this.#formula)}`;
  }
}

function quote(text: string): string {
  return `"${text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text}"`;
}
