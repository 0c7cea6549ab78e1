/**
 * Formulas to tokens.
 *
 * @module
 */

/** A piece of a formula. */
export interface Token {
  /** What it is. */
  readonly kind: "number" | "name" | "symbol" | "end" | "unknown";
  /** As written; names in lower case. */
  readonly text: string;
  /** Position of its first character, from 1. */
  readonly at: number;
}

/** Longer symbols come first, so that `<=` is not taken for `<`. */
const TOKEN = new RegExp(
  [
    String.raw`\s*(?:`,
    String.raw`(?<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`|(?<name>[A-Za-z_][A-Za-z_0-9]*)`,
    String.raw`|(?<symbol>\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%^()<>&|~!,])`,
    String.raw`|(?<unknown>[^\s])`,
    String.raw`)`,
  ].join(""),
  "y",
);

/** The tokens of a formula; the last one is its end. */
export function tokenize(formula: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  TOKEN.lastIndex = 0;
  for (let match; (match = TOKEN.exec(formula)); at = TOKEN.lastIndex) {
    const { number, name, symbol, unknown } = match.groups!;
    const text = number ?? name?.toLowerCase() ?? symbol ?? unknown;
    const kind = number ? "number" : name ? "name" : symbol ? "symbol" : "unknown";
    tokens.push({ kind, text, at: TOKEN.lastIndex - text.length + 1 });
  }
  tokens.push({ kind: "end", text: "", at: at + 1 });
  return tokens;
}
