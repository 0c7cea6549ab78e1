/**
 * `index ranges`: which bytes of a file a channel needs.
 *
 * @module
 */
import { type ByteRange, byteRanges, type MdfIndex, UsageError } from "../../mod.ts";
import { describeBytes } from "../generate/describe_bytes.ts";
import type { Output } from "../inspect.ts";
import { countOf, firstOf, grouped } from "../inspect/plain_text.ts";
import { makeTable, tabbedLines } from "../inspect/table.ts";
import { eachSubject, type Subject } from "./each_file.ts";
import type { IndexArguments } from "./index_arguments.ts";
import { indexOfFile, loadIndex } from "./index_files.ts";

const COLUMNS = ["offset", "bytes", "end"];
/** Spans of a file that are shown at a terminal. */
const MOST_SPANS = 40;

/** Prints the spans for each file. */
export function printRanges(options: IndexArguments, output: Output): Promise<boolean> {
  const { inputs, json, channel } = options;
  return eachSubject(inputs, output, async (subject) => {
    const index = await indexOf(subject, options, output);
    const ranges = await rangesOf(subject, index, options);
    const { size } = index.identity;
    const bytes = ranges.reduce((sum, [, length]) => sum + length, 0);
    if (json) {
      output.print(
        JSON.stringify({ file: subject.path, channel, ranges, bytes, fraction: bytes / size }),
      );
      return true;
    }
    const rows = (shown: readonly ByteRange[]) =>
      shown.map(([offset, length]) => [offset, length, offset + length]);
    if (output.columns === undefined) {
      for (const line of tabbedLines([COLUMNS, ...rows(ranges).map((row) => row.map(String))])) {
        output.print(line);
      }
    } else {
      const { shown, left } = firstOf(ranges, MOST_SPANS);
      const texts = rows(shown).map((row) => row.map(grouped));
      const lines = makeTable(COLUMNS, texts, output.columns, undefined, [0, 1, 2]);
      for (const line of lines) output.print(line);
      if (left > 0) output.print(`and ${countOf(left, "more span")}`);
    }
    const percent = (100 * bytes / size).toPrecision(3);
    // The total is no row of the table.
    output.error(
      `${subject.path}: ${countOf(ranges.length, "span")}, ${describeBytes(bytes)}, ` +
        `${percent} % of ${describeBytes(size)}`,
    );
    return true;
  });
}

async function indexOf(
  { kind, path, entry }: Subject,
  { index }: IndexArguments,
  output: Output,
): Promise<MdfIndex> {
  if (index !== undefined) return await loadIndex(index);
  if (entry) return entry.index;
  if (kind === "index") return await loadIndex(path);
  const found = await indexOfFile(path);
  if (found.note) output.error(found.note);
  return found.index;
}

async function rangesOf(
  { kind, path }: Subject,
  index: MdfIndex,
  { channel, group, records, time, gap }: IndexArguments,
): Promise<ByteRange[]> {
  const options = { group, records, gap };
  if (!time) return byteRanges(index, channel!, options);
  if (kind === "index") {
    throw new UsageError("an index does not hold times; give the file, and the index by --index", {
      file: path,
    });
  }
  return await byteRanges(index, channel!, { ...options, time, source: path });
}
