/**
 * `--blocks`: every block of a file in file order, and where every byte belongs.
 *
 * @module
 */
import { bold, cyan, dim, green, red, yellow } from "@std/fmt/colors";
import type { MdfError } from "../../lib/errors.ts";
import type { ByteSource } from "../../lib/source/byte_source.ts";
import { type Account, accountBytes } from "./account_bytes.ts";
import { meaningOf } from "./code_words.ts";
import {
  type BlockDescription,
  describeStretch,
  type GapDescription,
  type LinkDescription,
} from "./describe_blocks.ts";
import { exactJson } from "./exact_json.ts";
import { MOST_SEARCHED } from "./find_headers.ts";
import { countOf, firstOf, grouped, hexOffset, padded, quoted } from "./plain_text.ts";
import { type BlockScan, scanBlocks } from "./scan_blocks.ts";

/** How to print blocks. */
export interface BlockOptions {
  /** Leave nothing out of long lists. */
  all: boolean;
  json: boolean;
}

/** Links of one block, and values of one field, that are shown unless all are asked for. */
const MOST_LINKS = 16;
const MOST_VALUES = 8;
const MOST_TEXT = 72;
const MOST_LINK_TEXT = 40;
const MOST_HEADERS = 8;

/** Prints the blocks of a file and gives what is wrong with them. */
export async function printBlocks(
  input: ByteSource,
  options: BlockOptions,
  print: (line: string) => void,
): Promise<readonly MdfError[]> {
  const scan = await scanBlocks(input);
  const account = await accountBytes(scan);
  const errors = new Set<MdfError>(scan.errors);
  const described: (BlockDescription | GapDescription)[] = [];
  for (const stretch of account.stretches) {
    const description = await describeStretch(scan, stretch);
    if (description.kind === "block") {
      for (const error of description.errors) errors.add(error);
      for (const { error } of description.links) if (error) errors.add(error);
    }
    if (options.json) described.push(description);
    else for (const line of stretchLines(description, options.all)) print(line);
  }
  // Where there is no header block, no link leads to the error.
  for (const error of scan.badTargets.values()) errors.add(error);
  if (options.json) print(exactJson(asJson(scan, account, described, errors)));
  else for (const line of sumLines(scan, account, errors)) print(line);
  return [...errors];
}

function stretchLines(description: BlockDescription | GapDescription, all: boolean): string[] {
  return description.kind === "block" ? blockLines(description, all) : gapLines(description);
}

function blockLines(block: BlockDescription, all: boolean): string[] {
  const { id, offset, length, errors } = block;
  const size = block.runsOn > 0
    ? `${countOf(length, "byte")} by its header, ${grouped(length + block.runsOn)} in truth: ` +
      "unfinalized, it runs on to the next block or the end of the file"
    : countOf(length, "byte");
  const note = block.known ? "" : yellow("  a kind of block that is not known here");
  const lines = [`${headLine(offset, bold(cyan(id)))}  ${size}${note}`];
  lines.push(...linkLines(block.links, all));
  const entries = Object.entries(block.fields);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  for (const [name, value] of entries) {
    const meaning = meaningOf(name, value);
    const shown = `${padded(name, width)}  ${fieldText(value, all)}`;
    lines.push(`      ${shown}${meaning ? dim(`  ${meaning}`) : ""}`);
  }
  if (block.text !== undefined) {
    lines.push(`      ${green(quoted(block.text, all ? Infinity : MOST_TEXT))}`);
  } else if (block.payloadBytes + block.runsOn > 0) {
    const what = block.known ? payloadName(id) : "more";
    lines.push(dim(`      ${countOf(block.payloadBytes + block.runsOn, "byte")} of ${what}`));
  }
  lines.push(...errors.map((error) => red(`      ${error.reason}`)));
  return lines;
}

function payloadName(id: string): string {
  switch (id) {
    case "AT":
      return "the attached file";
    case "DZ":
      return "compressed data";
    case "DI":
    case "RI":
      return "invalidation bits";
    case "DT":
    case "DV":
    case "RD":
    case "RV":
    case "SD":
      return "data";
    default:
      return "more than its table names";
  }
}

function headLine(offset: number, what: string): string {
  return `${dim(padded(hexOffset(offset), 10))} ${padded(String(offset), 10)} ${what}`;
}

function linkLines(links: readonly LinkDescription[], all: boolean): string[] {
  const lines: string[] = [];
  const set = links.filter(({ target }) => target !== 0);
  const { shown, left } = firstOf(set, all ? Infinity : MOST_LINKS);
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  for (const { name, target, kind, text, error } of shown) {
    const what = `${kind ?? ""} ${text === undefined ? "" : dim(quoted(text, MOST_LINK_TEXT))}`;
    const line = `    → ${padded(name, width)}  ${hexOffset(target)} ${what}`.trimEnd();
    lines.push(error ? `${line}  ${red(error.reason)}` : line);
  }
  // A wrong link must not hide behind the limit.
  for (const { name, target, error } of set.slice(shown.length)) {
    if (error) lines.push(`    → ${name}  ${hexOffset(target)}  ${red(error.reason)}`);
  }
  if (left > 0) lines.push(dim(`    … ${countOf(left, "more link")} (--all)`));
  const nil = links.filter(({ target }) => target === 0).map(({ name }) => name);
  if (nil.length > 0) {
    const some = firstOf(nil, all ? Infinity : MOST_LINKS);
    const more = some.left > 0 ? ` … ${grouped(some.left)} more (--all)` : "";
    lines.push(dim(`    → nowhere: ${some.shown.join(", ")}${more}`));
  }
  return lines;
}

function fieldText(value: unknown, all: boolean): string {
  if (!Array.isArray(value)) return typeof value === "string" ? quoted(value) : numberText(value);
  const { shown, left } = firstOf(value, all ? Infinity : MOST_VALUES);
  const more = left > 0 ? `, … ${grouped(left)} more (--all)` : "";
  return `[${shown.map(numberText).join(", ")}${more}]`;
}

function numberText(value: unknown): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function gapLines({ kind, offset, bytes, content }: GapDescription): string[] {
  const size = countOf(bytes, "byte");
  if (kind === "padding" || !content) {
    return [headLine(offset, dim(`padding  ${size}`))];
  }
  const what = content.zero ? "zeros that nothing refers to" : "nothing refers to these bytes";
  const lines = [headLine(offset, yellow(`unreferred  ${size}: ${what}`))];
  if (content.searched < bytes) {
    lines.push(yellow(`      only the first ${countOf(MOST_SEARCHED, "byte")} were looked at`));
  }
  const { shown, left } = firstOf(content.headers, MOST_HEADERS);
  for (const { id, offset: at, length } of shown) {
    const end = at + length - (offset + bytes);
    const beyond = end > 0 ? `, ${grouped(end)} of them beyond this stretch` : "";
    lines.push(
      yellow(`      seems to hold a block: ${id} at ${hexOffset(at)}, ${countOf(length, "byte")}`) +
        yellow(beyond),
    );
  }
  if (left > 0) lines.push(yellow(`      … and ${countOf(left, "more block")}`));
  return lines;
}

function sumLines(scan: BlockScan, account: Account, errors: ReadonlySet<MdfError>): string[] {
  const { sum, stretches } = account;
  const kinds = new Map<string, number>([["ID", 1]]);
  for (const { id } of scan.blocks.values()) kinds.set(id, (kinds.get(id) ?? 0) + 1);
  const places = (kind: string) => stretches.filter((stretch) => stretch.kind === kind).length;
  const counted = sum.blocks + sum.padding + sum.unreferred;
  const names = [...kinds].sort().map(([id, count]) => `${id} ${grouped(count)}`).join(", ");
  const rows: [string, number, string][] = [
    ["in blocks", sum.blocks, `${countOf(scan.blocks.size + 1, "block")}: ${names}`],
    ["padding", sum.padding, `in ${countOf(places("padding"), "place")}`],
    ["unreferred", sum.unreferred, `in ${countOf(places("unreferred"), "place")}`],
    [
      "sum",
      counted,
      counted === sum.size
        ? "the size of the file"
        : `but the file has ${countOf(sum.size, "byte")}`,
    ],
  ];
  const width = grouped(sum.size).length;
  return [
    "",
    ...rows.map(([what, bytes, note]) => {
      const unit = bytes === 1 ? "byte " : "bytes";
      const line = `${padded(what, 10)}  ${grouped(bytes).padStart(width)} ${unit}  ${dim(note)}`;
      return what === "unreferred" && bytes > 0 ? yellow(line) : line;
    }),
    ...(errors.size > 0 ? ["", red(`${countOf(errors.size, "error")}:`)] : []),
    ...[...errors].map((error) => red(`  ${error.message}`)),
  ];
}

function asJson(
  scan: BlockScan,
  account: Account,
  described: readonly (BlockDescription | GapDescription)[],
  errors: ReadonlySet<MdfError>,
): unknown {
  return {
    file: scan.source.name,
    size: scan.source.size,
    stretches: described,
    sum: account.sum,
    errors: [...errors],
  };
}
