import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseXml, textOf, type XmlElement } from "../../lib/signal/xml.ts";
import { CorruptFileError, LimitExceededError, UnsupportedFeatureError } from "../../mod.ts";

const text = (xml: string) => textOf(parseXml(xml));

Deno.test("elements, attributes and texts come as they stand", () => {
  assertEquals(
    parseXml(
      '\ufeff<?xml version="1.0"?><!-- a --> <p:a b="1" c = \'x "y"\'>t<d/><!-- > -->u</p:a> ',
    ),
    {
      name: "p:a",
      attributes: { b: "1", c: 'x "y"' },
      children: ["t", { name: "d", attributes: {}, children: [] }, "u"],
    },
  );
});

Deno.test("the five entities and numeric references are replaced, once", () => {
  assertEquals(text("<a>&lt;&gt;&amp;&quot;&apos;</a>"), "<>&\"'");
  assertEquals(text("<a>&#65;&#x42;&#x1F600;&#00000000067;</a>"), "AB😀C");
  assertEquals(text("<a>&amp;lt;&amp;#65;</a>"), "&lt;&#65;");
  assertEquals(parseXml('<a b="&lt;&#10;&#9;&quot;"/>').attributes.b, '<\n\t"');
});

Deno.test("CDATA is text as it stands, also where it looks like markup", () => {
  assertEquals(text("<a>1<![CDATA[<b>&amp;]]]]><![CDATA[>]]>2</a>"), "1<b>&amp;]]>2");
  assertEquals(parseXml("<a>1<![CDATA[2]]>3</a>").children, ["123"]);
});

Deno.test("ends of lines become line feeds, and blanks in attributes become spaces", () => {
  assertEquals(text("<a>1\r\n2\r3\n4</a>"), "1\n2\n3\n4");
  assertEquals(parseXml('<a b="1\r\n2\t3"/>').attributes.b, "1 2 3");
});

Deno.test("names that objects have by themselves are plain names here", () => {
  const { attributes } = parseXml('<a __proto__="1" constructor="2" toString="3"/>');
  assertEquals(Object.entries(attributes), [["__proto__", "1"], ["constructor", "2"], [
    "toString",
    "3",
  ]]);
  assertEquals(({} as Record<string, unknown>)["1"], undefined);
});

const BROKEN: [xml: string, reason: string][] = [
  ["", "there is no element (line 1, column 1)"],
  ["  ", "there is no element"],
  ["text", "text outside the root element (line 1, column 1)"],
  ["<a></a>b", "text outside the root element"],
  ["<a/><b/>", "a second root element"],
  ["<a>", "<a> is not closed"],
  ["<a><b></a></b>", "</a> closes <b> (line 1, column 7)"],
  ["<a></A>", "</A> closes <a>"],
  ["</a>", "</a> closes nothing"],
  ["<a", "is not well-formed"],
  ["<a/", "is not well-formed"],
  ["<a b/>", "the attribute b has no value"],
  ["<a b=c/>", "is not quoted"],
  ['<a b="c/>', "the attribute b does not end"],
  ['<a b="1"c="2"/>', "is not well-formed"],
  ['<a b="1" b="2"/>', "the attribute b comes twice"],
  ['<a b="<"/>', "holds a <"],
  ["<1a/>", "a name is expected"],
  ["< a/>", "a name is expected"],
  ["<a>&nbsp;</a>", "XML knows"],
  ["<a>R & D</a>", "XML knows (line 1, column 6)"],
  ["<a>&lt</a>", "XML knows"],
  ["<a>&#0;</a>", "XML knows"],
  ["<a>&#xD800;</a>", "XML knows"],
  ["<a>&#x110000;</a>", "XML knows"],
  ["<a>&#99999999999999999999999;</a>", "XML knows"],
  ["<a>&#-1;</a>", "XML knows"],
  ["<a>\n\n <!-- </a>", "the comment does not end (line 3, column 6)"],
  ["<a><![CDATA[</a>", "the CDATA section does not end"],
  ["<![CDATA[x]]><a/>", "outside the root element"],
  ["<?xml <a/>", "the processing instruction does not end"],
];

for (const [xml, reason] of BROKEN) {
  Deno.test(`XML that is not well-formed is refused: ${JSON.stringify(xml)}`, () => {
    const error = assertThrows(
      () => parseXml(xml, { file: "f.mf4", block: "CN", offset: 64 }),
      CorruptFileError,
      reason,
    );
    assertEquals([error.file, error.block, error.offset], ["f.mf4", "CN", 64]);
  });
}

Deno.test("document types are refused, so nothing can be expanded or fetched", () => {
  const bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>';
  const thief = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
  for (const xml of [bomb, thief, '<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>']) {
    assertThrows(() => parseXml(xml), UnsupportedFeatureError, "document type");
  }
  assertThrows(() => parseXml("<a><!ELEMENT a ANY></a>"), UnsupportedFeatureError);
});

Deno.test("depth and number of elements are bounded", () => {
  const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
  assertEquals(parseXml(nested(128)).name, "a");
  assertThrows(() => parseXml(nested(129)), LimitExceededError, "128 deep");
  assertThrows(() => parseXml("<a>".repeat(1_000_000)), LimitExceededError);
  const wide = `<a>${"<b/>".repeat(1_000_001)}</a>`;
  assertThrows(() => parseXml(wide), LimitExceededError, "1000000 elements");
});

Deno.test("time grows with the length of the text and not faster", () => {
  const measure = (xml: string) => {
    const start = performance.now();
    try {
      parseXml(xml);
    } catch (error) {
      assert(error instanceof CorruptFileError);
    }
    return performance.now() - start;
  };
  const hostile = [
    (n: number) => `<a>${"&amp".repeat(n)}</a>`,
    (n: number) => `<a>${"&amp;".repeat(n)}</a>`,
    (n: number) => `<a>${"x<![CDATA[y]]>".repeat(n)}</a>`,
    (n: number) => `<a>${"<b c='".repeat(n)}`,
    (n: number) => `<a>${"x<!---->&#65;".repeat(n)}`,
    (n: number) => `<a ${" ".repeat(6 * n)}`,
    (n: number) => `<${"a".repeat(6 * n)}`,
    (n: number) => `<a>${"]]>".repeat(n)}<![CDATA[`,
  ];
  for (const [i, make] of hostile.entries()) {
    // A quadratic step would take minutes on two million characters.
    const took = measure(make(400_000));
    assert(took < 5000, `text ${i} took ${Math.round(took)} ms`);
  }
});

Deno.test("what is written from a tree of elements reads back as that tree", () => {
  const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,6}$/);
  const content = fc.string({ unit: fc.constantFrom(..."ab<>&'\"]\n\té😀 ".match(/./gsu)!) });
  const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
    element: fc.record({
      name,
      attributes: fc.dictionary(name, content, { maxKeys: 3, noNullPrototype: false }),
      children: fc.array(fc.oneof({ maxDepth: 4 }, content.filter(Boolean), tie("element")), {
        maxLength: 4,
      }) as fc.Arbitrary<(XmlElement | string)[]>,
    }),
  }));
  fc.assert(
    fc.property(element, fc.array(fc.nat(3), { minLength: 1 }), (tree, choices) => {
      let turn = 0;
      const choose = () => choices[turn++ % choices.length];
      assertEquals(parseXml(write(tree, choose)), merged(tree));
    }),
    { numRuns: 500, seed: 8 },
  );
});

function write({ name, attributes, children }: XmlElement, choose: () => number): string {
  const filler = () => ["", "<!-- <x> & -->", "<?x <y> ?>", ""][choose()];
  const tag = Object.entries(attributes)
    .map(([key, value]) => ` ${key}=${choose() > 1 ? quoted(value, "'") : quoted(value, '"')}`)
    .join("");
  const inner = children
    .map((child) => (typeof child === "string" ? writeText(child, choose()) : write(child, choose)))
    .join(filler());
  return inner === "" && choose() > 1 ? `<${name}${tag}/>` : `<${name}${tag} >${inner}</${name}\n>`;
}

function quoted(value: string, quote: string): string {
  const escaped = value.replace(/[<&'"\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
  return quote + escaped + quote;
}

function writeText(value: string, how: number): string {
  if (how === 0 && !value.includes("]]>")) return `<![CDATA[${value}]]>`;
  if (how === 1) {
    return Array.from(value, (character) => `&#x${character.codePointAt(0)!.toString(16)};`).join(
      "",
    );
  }
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A tree as it is read: neighbouring texts are one. */
function merged({ name, attributes, children }: XmlElement): XmlElement {
  const joined: (XmlElement | string)[] = [];
  for (const child of children) {
    const last = joined.length - 1;
    if (typeof child !== "string") joined.push(merged(child));
    else if (typeof joined[last] === "string") joined[last] += child;
    else joined.push(child);
  }
  return { name, attributes, children: joined };
}
