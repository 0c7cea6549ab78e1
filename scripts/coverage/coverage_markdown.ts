/**
 * The coverage of the format as a table in Markdown.
 *
 * @module
 */
import { markdownTable } from "markdown-table";
import type { Coverage, CoveredItem } from "./collect_coverage.ts";

/** Where the table begins in README.md. */
export const START_MARK = "<!-- coverage: made by deno task coverage --write -->";
/** Where it ends. */
export const END_MARK = "<!-- end of coverage -->";

const LINE_WIDTH = 100;

const READ: Readonly<Record<CoveredItem["read"], string>> = {
  read: "yes",
  refused: "refused by a typed error",
  untested: "no test",
};

/** A sentence on what was tested, and one table. */
export function coverageMarkdown({ items, realFiles, featureFiles }: Coverage): string {
  const read = items.filter((item) => item.read === "read").length;
  const rows = items.map((item, i) => [
    items[i - 1]?.section === item.section ? "" : `**${item.section}**`,
    item.code,
    item.meaning,
    READ[item.read],
    testedBy(item),
    example(item),
  ]);
  const head = ["", "code", "meaning", "read", "tested by", "for example on"];
  return [
    wrap(
      `${read} of ${items.length} items are read: in ${realFiles} files that other tools wrote, ` +
        `compared value by value with another reader, and in ${featureFiles} files made for one ` +
        "feature each (`tests/features/`), all opened directly, by an index, and over a source " +
        "that gives a few bytes at a time.",
    ),
    markdownTable([head, ...rows], { align: ["l", "l", "l", "l", "l", "l"] }),
  ].join("\n\n");
}

function testedBy({ files, realFiles }: CoveredItem): string {
  const made = files.length - realFiles;
  const parts: string[] = [];
  if (realFiles > 0) parts.push(`${realFiles} real`);
  if (made > 0) parts.push(`${made} made`);
  return parts.join(", ");
}

/** A real file where there is one. */
function example({ files }: CoveredItem): string {
  return files.length === 0 ? "" : `\`${files[0]}\``;
}

/** Lines as the formatter breaks them. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= LINE_WIDTH) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
