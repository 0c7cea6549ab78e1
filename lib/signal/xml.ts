/**
 * A small XML reader for the comments of the format. It takes one pass, knows no document types and
 * so no entities but the five of XML, and never asks for anything outside the text. It is lenient in
 * what does no harm: any character may stand in a text, `]]>` in a text, `--` in a comment.
 *
 * @module
 */
import {
  CorruptFileError,
  LimitExceededError,
  type MdfErrorPlace,
  UnsupportedFeatureError,
} from "../errors.ts";

/** An element of a comment's XML. */
export interface XmlElement {
  /** Name as it is written, with its prefix where it has one. */
  name: string;
  /** Attributes by their written names. */
  attributes: Record<string, string>;
  /** Elements and texts in order; comments and processing instructions are left out. */
  children: (XmlElement | string)[];
}

/** Deepest nesting of elements. */
const MOST_DEPTH = 128;
/** Most elements and attributes of one text. */
const MOST_NODES = 1_000_000;
/** Longest reference: `&#x10FFFF;` with room for leading zeros. */
const MOST_REFERENCE = 32;

const ENTITIES = new Map([["amp", "&"], ["lt", "<"], ["gt", ">"], ["quot", '"'], ["apos", "'"]]);

/** An element's name without its prefix. */
export function localName(element: XmlElement): string {
  return element.name.slice(element.name.lastIndexOf(":") + 1);
}

/** All text in an element, that of its descendants included. */
export function textOf(element: XmlElement): string {
  return element.children
    .map((child) => typeof child === "string" ? child : textOf(child))
    .join("");
}

/**
 * Reads a text as XML and gives its root element.
 *
 * @throws {CorruptFileError} when it is not well-formed; the message tells line and column
 * @throws {UnsupportedFeatureError} when it has a document type, which could define entities
 * @throws {LimitExceededError} when it has too many elements, or nests them too deep
 */
export function parseXml(text: string, place: MdfErrorPlace = {}): XmlElement {
  return new XmlReader(text.replace(/\r\n?/g, "\n"), place).document();
}

class XmlReader {
  readonly #text: string;
  readonly #place: MdfErrorPlace;
  #at = 0;
  #nodes = 0;

  constructor(text: string, place: MdfErrorPlace) {
    this.#text = text;
    this.#place = place;
  }

  document(): XmlElement {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const open: XmlElement[] = [];
    let root: XmlElement | undefined;
    while (this.#at < this.#text.length) {
      const parent = open.at(-1);
      const start = this.#at;
      if (this.#text[start] !== "<") {
        this.#addText(parent, this.#until("<"));
      } else if (this.#skip("<!--")) {
        this.#through("-->", "comment");
      } else if (this.#skip("<?")) {
        this.#through("?>", "processing instruction");
      } else if (this.#skip("<![CDATA[")) {
        const data = this.#through("]]>", "CDATA section");
        if (!parent) throw this.#broken("a CDATA section stands outside the root element", start);
        append(parent, data);
      } else if (this.#skip("<!")) {
        throw new UnsupportedFeatureError(
          "the XML has a document type declaration, which is not read because it can define " +
            "entities; write the comment without it",
          this.#place,
        );
      } else if (this.#skip("</")) {
        this.#close(open, start);
      } else {
        if (root && !parent) throw this.#broken("there is a second root element", start);
        this.#at++;
        const { element, empty } = this.#startTag();
        if (parent) parent.children.push(element);
        else root = element;
        if (!empty) open.push(element);
        if (open.length > MOST_DEPTH) {
          throw new LimitExceededError(
            `the XML nests its elements more than ${MOST_DEPTH} deep`,
            this.#place,
          );
        }
      }
    }
    if (open.length > 0) throw this.#broken(`<${open.at(-1)!.name}> is not closed`, this.#at);
    if (!root) throw this.#broken("there is no element", this.#at);
    return root;
  }

  #addText(parent: XmlElement | undefined, raw: string): void {
    if (parent) append(parent, this.#resolve(raw, this.#at - raw.length));
    else if (raw.trim() !== "") {
      throw this.#broken("there is text outside the root element", this.#at - raw.length);
    }
  }

  #close(open: XmlElement[], start: number): void {
    const name = this.#name();
    this.#space();
    if (!this.#skip(">")) throw this.#broken(`the end tag of ${name} does not end`, start);
    const element = open.pop();
    if (element?.name !== name) {
      throw this.#broken(`</${name}> closes ${element ? `<${element.name}>` : "nothing"}`, start);
    }
  }

  #startTag(): { element: XmlElement; empty: boolean } {
    const start = this.#at;
    const element: XmlElement = {
      name: this.#name(),
      attributes: Object.create(null),
      children: [],
    };
    this.#count();
    for (;;) {
      const spaced = this.#space();
      if (this.#skip("/>")) return { element, empty: true };
      if (this.#skip(">")) return { element, empty: false };
      if (!spaced) throw this.#broken(`the tag <${element.name}> is not well-formed`, start);
      this.#attribute(element);
    }
  }

  #attribute(element: XmlElement): void {
    const start = this.#at;
    const name = this.#name();
    this.#count();
    this.#space();
    if (!this.#skip("=")) throw this.#broken(`the attribute ${name} has no value`, start);
    this.#space();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") {
      throw this.#broken(`the value of the attribute ${name} is not quoted`, start);
    }
    this.#at++;
    const from = this.#at;
    const raw = this.#through(quote, `attribute ${name}`);
    if (raw.includes("<")) throw this.#broken(`the attribute ${name} holds a <`, start);
    if (name in element.attributes) throw this.#broken(`the attribute ${name} comes twice`, start);
    element.attributes[name] = this.#resolve(raw.replace(/[\t\n]/g, " "), from);
  }

  #name(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && isNameCode(this.#text.charCodeAt(this.#at))) this.#at++;
    const name = this.#text.slice(start, this.#at);
    if (name === "" || /^[\d.-]/.test(name)) throw this.#broken("a name is expected", start);
    return name;
  }

  #space(): boolean {
    const start = this.#at;
    while (" \t\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
    return this.#at > start;
  }

  #skip(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  /** The text before the next `mark`, or all the rest. */
  #until(mark: string): string {
    const found = this.#text.indexOf(mark, this.#at);
    const start = this.#at;
    this.#at = found < 0 ? this.#text.length : found;
    return this.#text.slice(start, this.#at);
  }

  /** The text before the next `mark`, which must come. */
  #through(mark: string, what: string): string {
    const start = this.#at;
    const text = this.#until(mark);
    if (!this.#skip(mark)) throw this.#broken(`the ${what} does not end`, start);
    return text;
  }

  /** Puts characters in the place of references. */
  #resolve(raw: string, start: number): string {
    let at = raw.indexOf("&");
    if (at < 0) return raw;
    const parts: string[] = [];
    let done = 0;
    for (; at >= 0; at = raw.indexOf("&", done)) {
      const reference = raw.slice(at + 1, at + MOST_REFERENCE);
      const end = reference.indexOf(";");
      const character = end < 0 ? undefined : characterOf(reference.slice(0, end));
      if (character === undefined) {
        throw this.#broken("an & does not begin a reference that XML knows", start + at);
      }
      parts.push(raw.slice(done, at), character);
      done = at + 1 + end + 1;
    }
    parts.push(raw.slice(done));
    return parts.join("");
  }

  #count(): void {
    if (++this.#nodes > MOST_NODES) {
      throw new LimitExceededError(
        `the XML has more than ${MOST_NODES} elements and attributes`,
        this.#place,
      );
    }
  }

  #broken(reason: string, at: number): CorruptFileError {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - before.lastIndexOf("\n");
    return new CorruptFileError(
      `the XML is not well-formed: ${reason} (line ${line}, column ${column})`,
      this.#place,
    );
  }
}

function append(parent: XmlElement, text: string): void {
  if (text === "") return;
  const last = parent.children.length - 1;
  const before = parent.children[last];
  if (typeof before === "string") parent.children[last] = before + text;
  else parent.children.push(text);
}

function isNameCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x3a) || code === 0x5f || code === 0x2d || code === 0x2e ||
    code >= 0xb7;
}

/** The character that a reference stands for, without its `&` and `;`. */
function characterOf(reference: string): string | undefined {
  if (!reference.startsWith("#")) return ENTITIES.get(reference);
  const digits = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(reference);
  if (!digits) return undefined;
  const code = digits[1] ? parseInt(digits[1], 16) : parseInt(digits[2], 10);
  const allowed = code === 0x9 || code === 0xa || code === 0xd || (code >= 0x20 && code < 0xd800) ||
    (code >= 0xe000 && code < 0xfffe) || (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}
