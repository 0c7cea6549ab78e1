/**
 * `index show`: what an index holds.
 *
 * @module
 */
import { bold, dim } from "@std/fmt/colors";
import type { MdfIndex } from "../../mod.ts";
import { describeBytes } from "../generate/describe_bytes.ts";
import type { Output } from "../inspect.ts";
import { countOf, firstOf, oneLine, padded } from "../inspect/plain_text.ts";
import { eachSubject, type Subject } from "./each_file.ts";
import type { IndexArguments } from "./index_arguments.ts";
import { IndexContents } from "./index_contents.ts";
import { indexOfFile, loadIndex } from "./index_files.ts";

/** Groups, and channels of a group, that are shown unless all are wanted. */
const MOST = 20;

/** Shows each index. */
export function showIndexes(options: IndexArguments, output: Output): Promise<boolean> {
  return eachSubject(options.inputs, output, async (subject) => {
    const { index, from } = await indexOf(subject, output);
    const summary = await summaryOf(index);
    const contents = new IndexContents(index);
    const groups = contents.listed.map((number, i) => {
      const { name, recordCount } = contents.measurement.groups[number];
      const channels = contents.channels(i).map(({ name, unit }) => ({ name, unit }));
      return { index: i, name, records: recordCount, channels };
    });
    const channels = groups.reduce((sum, { channels }) => sum + channels.length, 0);
    if (options.json) {
      output.print(JSON.stringify({ file: subject.path, from, channels, ...summary, groups }));
      return true;
    }
    const each = (bytes: number) => (bytes / Math.max(1, channels)).toFixed(1);
    output.print(bold(subject.path) + dim(`  ${from}`));
    output.print(`layout version ${index.schema}, of a file of ${describeBytes(summary.size)}`);
    output.print(
      `${describeBytes(summary.bytes)} of JSON, ${describeBytes(summary.packed)} packed: ` +
        `${each(summary.bytes)} and ${each(summary.packed)} bytes a channel`,
    );
    for (const [part, bytes] of Object.entries(summary.parts)) {
      if (bytes > summary.bytes / 100) {
        output.print(`  ${padded(part, 14)}  ${describeBytes(bytes)}`);
      }
    }
    output.print(`${countOf(groups.length, "group")}, ${countOf(channels, "channel")}`);
    const most = options.all ? Infinity : MOST;
    const { shown, left } = firstOf(groups, most);
    for (const { index: number, name, records, channels } of shown) {
      const title = name ? `${number} ${oneLine(name)}` : String(number);
      output.print(`group ${title}  ${dim(countOf(records, "record"))}`);
      const names = firstOf(channels, most);
      for (const { name, unit } of names.shown) {
        output.print(`  ${oneLine(name)}${unit ? dim(`  ${oneLine(unit)}`) : ""}`);
      }
      if (names.left > 0) output.print(dim(`  and ${countOf(names.left, "more channel")}`));
    }
    if (left > 0) output.print(dim(`and ${countOf(left, "more group")}; --all shows them`));
    output.print("");
    return true;
  });
}

async function indexOf(
  { kind, path, entry }: Subject,
  output: Output,
): Promise<{ index: MdfIndex; from: string }> {
  if (entry) return { index: entry.index, from: "in the catalogue" };
  if (kind === "index") return { index: await loadIndex(path), from: "index" };
  const { index, path: place, note } = await indexOfFile(path);
  if (note) output.error(note);
  return { index, from: place ?? "no index is kept; made now" };
}

/** Bytes of an index and of its parts. */
async function summaryOf(index: MdfIndex) {
  const encoder = new TextEncoder();
  const bytesOf = (value: unknown) => encoder.encode(JSON.stringify(value)).length;
  const packed = new Blob([JSON.stringify(index)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return {
    size: index.identity.size,
    schema: index.schema,
    bytes: bytesOf(index),
    packed: (await new Response(packed).arrayBuffer()).byteLength,
    parts: Object.fromEntries(
      Object.entries(index).map(([part, value]) => [part, bytesOf(value)]),
    ),
  };
}
