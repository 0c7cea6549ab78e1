/**
 * Comments as the XML of metadata blocks.
 *
 * @module
 */
import type { Comment } from "./writer_options.ts";

const REFERENCES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  // A bare carriage return would be read back as a line feed.
  "\r": "&#13;",
};

/** Text in a form that stands for itself between XML tags. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => REFERENCES[character]);
}

/** The XML of a comment; `element` is its outermost element, for example `CNcomment`. */
export function commentXml(element: string, comment: Comment): string {
  if (typeof comment !== "string") return comment.xml;
  return `<${element}><TX>${escapeXml(comment)}</TX></${element}>`;
}
