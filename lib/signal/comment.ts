/**
 * Comments, which the format stores as plain text (TX) or as XML (MD).
 *
 * @module
 */
import type { MdfErrorPlace } from "../errors.ts";
import { isMdfError } from "../errors.ts";
import { localName, parseXml, textOf, type XmlElement } from "./xml.ts";

/** A property of `<common_properties>`. */
export type CommentProperty = CommentValue | CommentTree | CommentList | CommentValueList;

/** What every property has. */
export interface CommentPropertyBase {
  /** Name; "" where the file gives none. */
  name: string;
  /** All attributes as stored, for example `ro`, `ci` and `lang`. */
  attributes: Record<string, string>;
}

/** One value: `<e name="…">value</e>`. */
export interface CommentValue extends CommentPropertyBase {
  /** Tells the kinds of properties apart. */
  kind: "value";
  /** The value as text. */
  value: string;
  /** Type of the value: `string` (when absent), `decimal`, `integer`, `float`, `boolean`, `date` … */
  type?: string;
  /** Unit of the value. */
  unit?: string;
  /** What the value means. */
  description?: string;
}

/** Properties under a common name: `<tree name="…">`. */
export interface CommentTree extends CommentPropertyBase {
  /** Tells the kinds of properties apart. */
  kind: "tree";
  /** The properties. */
  properties: CommentProperty[];
}

/** A list whose items hold properties: `<list name="…"><li>…</li></list>`. */
export interface CommentList extends CommentPropertyBase {
  /** Tells the kinds of properties apart. */
  kind: "list";
  /** The properties of each item. */
  items: CommentProperty[][];
}

/** A list of values: `<elist name="…"><eli>value</eli></elist>`. */
export interface CommentValueList extends CommentPropertyBase {
  /** Tells the kinds of properties apart. */
  kind: "value-list";
  /** The values as text. */
  values: string[];
  /** Type of the values, see {@link CommentValue}. */
  type?: string;
  /** Unit of the values. */
  unit?: string;
}

/** A comment taken apart. */
export interface ParsedComment {
  /** The plain text: of XML, the content of its `<TX>`. */
  text: string;
  /** Properties in the order of the file; names may come more than once. */
  properties: CommentProperty[];
  /** Every other element of the XML, for example `<names>`, `<axis_monotony>` or `<extensions>`. */
  elements: XmlElement[];
}

/** Names of the root elements that the format defines: two letters of a block, then a word. */
const ROOT_NAME = /^[A-Z]{2}(?:comment|unit|name)$/;

/**
 * Takes a comment apart. Text that is not XML is a comment without properties.
 *
 * @throws {CorruptFileError} when it begins like XML and is not well-formed
 * @throws {UnsupportedFeatureError} when the XML has a document type
 * @throws {LimitExceededError} when the XML has too many elements, or nests them too deep
 */
export function parseComment(stored: string | undefined, place?: MdfErrorPlace): ParsedComment {
  const comment: ParsedComment = { text: "", properties: [], elements: [] };
  if (!stored) return comment;
  if (!looksLikeXml(stored)) return { ...comment, text: stored };
  const root = parseXml(stored, place);
  if (localName(root) === "TX") return { ...comment, text: textOf(root) };
  let found = false;
  for (const child of elementsOf(root)) {
    const name = localName(child);
    if (name === "TX" && !found) {
      comment.text = textOf(child);
      found = true;
    } else if (name === "common_properties") {
      readProperties(child, comment.properties, comment.elements);
    } else {
      comment.elements.push(child);
    }
  }
  // A plain text may look like XML by chance; it is then no root that the format knows.
  if (!found && !ROOT_NAME.test(localName(root))) comment.text = stored;
  return comment;
}

/**
 * The plain text of a comment: of XML, the content of its `<TX>`. What cannot be read as XML is given
 * as it is stored.
 */
export function plainComment(stored: string | undefined): string {
  if (!stored || !looksLikeXml(stored)) return stored ?? "";
  try {
    return parseComment(stored).text;
  } catch (error) {
    if (isMdfError(error)) return stored;
    throw error;
  }
}

/**
 * The value of a property by its name, or by the names of the trees that lead to it and its own. The
 * first one of that name counts.
 */
export function commentProperty(
  properties: readonly CommentProperty[],
  ...path: [string, ...string[]]
): string | undefined {
  const [name, ...rest] = path;
  for (const property of properties) {
    if (property.name !== name) continue;
    if (rest.length === 0) {
      if (property.kind === "value") return property.value;
    } else if (property.kind === "tree") {
      const value = commentProperty(property.properties, ...rest as [string, ...string[]]);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function looksLikeXml(stored: string): boolean {
  return /^[\ufeff\s]*</.test(stored);
}

function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== "string");
}

/** Adds what `<common_properties>`, `<tree>` or `<li>` holds; `others` takes unknown elements. */
function readProperties(
  parent: XmlElement,
  properties: CommentProperty[],
  others: XmlElement[],
): CommentProperty[] {
  for (const element of elementsOf(parent)) {
    const property = readProperty(element, others);
    if (property) properties.push(property);
    else others.push(element);
  }
  return properties;
}

function readProperty(element: XmlElement, others: XmlElement[]): CommentProperty | undefined {
  const { attributes } = element;
  const base = { name: attributes.name ?? "", attributes };
  switch (localName(element)) {
    case "e":
      return { kind: "value", ...base, value: textOf(element), ...typeAndUnit(attributes) };
    case "tree":
      return { kind: "tree", ...base, properties: readProperties(element, [], others) };
    case "list":
      return {
        kind: "list",
        ...base,
        items: items(element, "li", others).map((item) => readProperties(item, [], others)),
      };
    case "elist":
      return {
        kind: "value-list",
        ...base,
        values: items(element, "eli", others).map(textOf),
        ...typeAndUnit(attributes),
      };
    default:
      return undefined;
  }
}

function items(list: XmlElement, name: string, others: XmlElement[]): XmlElement[] {
  const found: XmlElement[] = [];
  for (const element of elementsOf(list)) {
    (localName(element) === name ? found : others).push(element);
  }
  return found;
}

function typeAndUnit({ type, unit, desc }: Record<string, string>) {
  return {
    ...(type === undefined ? {} : { type }),
    ...(unit === undefined ? {} : { unit }),
    ...(desc === undefined ? {} : { description: desc }),
  };
}

/** Something that the file gives a comment. */
export abstract class Commented {
  /** The comment as stored, and where its owner lies. */
  protected abstract storedComment(): [stored: string | undefined, place: MdfErrorPlace];

  /** Comment as plain text; as it is stored where it is no well-formed XML. */
  get comment(): string {
    return plainComment(this.storedComment()[0]);
  }

  /**
   * Properties that the comment's XML holds; see {@link commentProperty} for finding one.
   *
   * @throws {CorruptFileError} when the XML is not well-formed
   */
  get commentProperties(): readonly CommentProperty[] {
    return parseComment(...this.storedComment()).properties;
  }

  /**
   * Elements of the comment's XML besides its text and properties.
   *
   * @throws {CorruptFileError} when the XML is not well-formed
   */
  get commentElements(): readonly XmlElement[] {
    return parseComment(...this.storedComment()).elements;
  }
}
