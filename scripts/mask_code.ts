/**
 * TypeScript with everything blanked out that is not code.
 *
 * @module
 */

/** Source text of one file, told apart into code and the rest. */
export interface MaskedCode {
  /**
   * The text, of equal length and lines, in which comments, regular expressions and the contents of
   * strings are spaces. Quotes stay.
   */
  code: string;
  /** Contents of the strings without substitutions, by the index of their opening quote. */
  strings: Map<number, string>;
}

/** After these, a slash starts a regular expression; after other words it divides. */
const BEFORE_EXPRESSION =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|do|else|yield|await|instanceof)$/;

/** Tells code from comments, strings, templates and regular expressions. */
export function maskCode(text: string): MaskedCode {
  const strings = new Map<number, string>();
  let code = "";
  let at = 0;
  /** For each template that is open: how many braces are open in its substitution. */
  const templates: number[] = [];

  const blank = (end: number) => {
    code += text.slice(at, end).replace(/[^\n]/g, " ");
    at = end;
  };
  const keep = (count: number) => {
    code += text.slice(at, at + count);
    at += count;
  };
  const endOf = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    return match ? match.index + match[0].length : text.length;
  };
  /** From the start of a template, or from the end of a substitution, to the next of either. */
  const templatePart = () => {
    const start = at;
    keep(1);
    const end = endOf(/(?:\\[^]|[^\\`$]|\$(?!\{))*/gy);
    const content = text.slice(at, end);
    blank(end);
    if (text.startsWith("${", at)) {
      keep(2);
      templates.push(0);
    } else {
      if (text[start] === "`") strings.set(start, content);
      keep(1);
    }
  };

  while (at < text.length) {
    const char = text[at];
    if (text.startsWith("//", at)) blank(endOf(/[^\n]*/gy));
    else if (text.startsWith("/*", at)) blank(endOf(/\*\//g));
    else if (char === '"' || char === "'") {
      const start = at;
      const end = endOf(char === '"' ? /"(?:\\[^]|[^"\\\n])*/gy : /'(?:\\[^]|[^'\\\n])*/gy);
      keep(1);
      strings.set(start, text.slice(at, end));
      blank(end);
      keep(1);
    } else if (char === "`") templatePart();
    else if (char === "/" && startsExpression(code)) {
      blank(endOf(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/gy));
    } else if (templates.length > 0 && char === "{") {
      templates[templates.length - 1]++;
      keep(1);
    } else if (templates.length > 0 && char === "}") {
      if (templates.at(-1) === 0) {
        templates.pop();
        templatePart();
      } else {
        templates[templates.length - 1]--;
        keep(1);
      }
    } else keep(1);
  }
  return { code, strings };
}

function startsExpression(before: string): boolean {
  const code = before.trimEnd();
  const last = code.at(-1);
  if (last === undefined || "(,=:[!&|?{};+-*%<>~^".includes(last)) return true;
  return BEFORE_EXPRESSION.test(code.slice(-12));
}
