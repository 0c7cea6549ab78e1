/**
 * The text of a comment, which the format stores plain (TX) or in XML (MD).
 *
 * @module
 */

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The plain text of a comment: of XML, the content of its first `TX` element. */
export function plainComment(stored: string | undefined): string {
  if (!stored) return "";
  if (!stored.trimStart().startsWith("<")) return stored;
  const match = /<(?:\w+:)?TX(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?TX\s*>/.exec(stored);
  return match ? xmlText(match[1]) : "";
}

/** Character data with its references and CDATA sections replaced; no entity but the five of XML. */
function xmlText(text: string): string {
  return text.replace(
    /<!\[CDATA\[([\s\S]*?)\]\]>|<[^>]*>|&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
    (whole, cdata, decimal, hexadecimal, name) => {
      if (cdata !== undefined) return cdata;
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal !== undefined ? Number(decimal) : parseInt(hexadecimal ?? "", 16);
      if (Number.isNaN(code)) return "";
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}
