/**
 * Formulas as programs for a stack, run over many numbers at a time: going through the program costs
 * more than the arithmetic of one number.
 *
 * @module
 */
import type { BinaryLoop, UnaryLoop } from "./formula_names.ts";
import type { NumericRule } from "./rules.ts";

type Instruction =
  | { readonly kind: "variable" }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "unary"; readonly loop: UnaryLoop }
  | { readonly kind: "binary"; readonly loop: BinaryLoop };

/** Numbers taken through the program at a time: few enough for their stack to stay in the cache. */
const CHUNK = 512;

/** A program being put together. What does not depend on the variable is computed at once. */
export class FormulaProgram {
  readonly #code: Instruction[] = [];
  #height = 0;
  #most = 0;

  /** Puts the variable on the stack. */
  variable(): void {
    this.#push({ kind: "variable" });
  }

  /** Puts a number on the stack. */
  constant(value: number): void {
    this.#push({ kind: "constant", value });
  }

  /** Changes the topmost numbers. */
  unary(loop: UnaryLoop): void {
    const last = this.#code.at(-1);
    if (last?.kind === "constant") {
      const value = Float64Array.of(last.value);
      loop(value, 1);
      this.#code[this.#code.length - 1] = { kind: "constant", value: value[0] };
    } else {
      this.#code.push({ kind: "unary", loop });
    }
  }

  /** Puts the two topmost numbers together. */
  binary(loop: BinaryLoop): void {
    this.#height--;
    const [left, right] = this.#code.slice(-2);
    if (left?.kind === "constant" && right?.kind === "constant") {
      const value = Float64Array.of(left.value);
      loop(value, Float64Array.of(right.value), 1);
      this.#code.splice(-2, 2, { kind: "constant", value: value[0] });
    } else {
      this.#code.push({ kind: "binary", loop });
    }
  }

  /** The program as a rule. */
  rule(): NumericRule {
    const code = [...this.#code];
    const stack = Array.from({ length: this.#most }, () => new Float64Array(CHUNK));
    const one = new Float64Array(1);
    const convertInPlace = (values: Float64Array, from: number, to: number) => {
      for (let at = from; at < to; at += CHUNK) {
        run(code, stack, values.subarray(at, Math.min(at + CHUNK, to)));
      }
    };
    return {
      convert(value) {
        one[0] = value;
        run(code, stack, one);
        return one[0];
      },
      convertInPlace,
    };
  }

  #push(instruction: Instruction): void {
    this.#code.push(instruction);
    this.#most = Math.max(this.#most, ++this.#height);
  }
}

function run(
  code: readonly Instruction[],
  stack: readonly Float64Array[],
  values: Float64Array,
): void {
  const count = values.length;
  let height = 0;
  for (const instruction of code) {
    switch (instruction.kind) {
      case "variable":
        stack[height++].set(values);
        break;
      case "constant":
        stack[height++].fill(instruction.value, 0, count);
        break;
      case "unary":
        instruction.loop(stack[height - 1], count);
        break;
      case "binary":
        height--;
        instruction.loop(stack[height - 1], stack[height], count);
    }
  }
  const result = stack[0];
  for (let i = 0; i < count; i++) values[i] = result[i];
}
