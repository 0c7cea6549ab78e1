/**
 * `index find`: a channel in many files.
 *
 * @module
 */
import type { Output } from "../inspect.ts";
import { oneLine } from "../inspect/plain_text.ts";
import { makeTable, tabbedLines } from "../inspect/table.ts";
import { eachSubject, type Subject } from "./each_file.ts";
import type { IndexArguments } from "./index_arguments.ts";
import { IndexContents, type IndexedChannel, matcher } from "./index_contents.ts";
import { indexOfFile, loadIndex } from "./index_files.ts";

const COLUMNS = ["file", "group", "channel", "unit", "records", "from", "to"];
const SHARES = [30, 16, 26, 8, 10, 12, 12];

/** Prints the channels of that name; false where there is none, or a file failed. */
export async function findChannels(
  { channel, inputs, json }: IndexArguments,
  output: Output,
): Promise<boolean> {
  const fits = matcher(channel!);
  const rows: string[][] = [];
  let found = 0;
  const well = await eachSubject(inputs, output, async (subject) => {
    const contents = new IndexContents(await indexOf(subject, output));
    for (const each of contents.find(fits)) {
      found++;
      const times = subject.entry?.times[each.group] ?? undefined;
      if (json) output.print(JSON.stringify({ file: subject.path, ...each, times }));
      else rows.push(rowOf(subject.path, each, times));
    }
    return true;
  });
  if (found === 0) {
    output.error(`no channel is called ${channel}`);
    return false;
  }
  if (!json) {
    const lines = output.columns === undefined
      ? tabbedLines([COLUMNS, ...rows])
      : makeTable(COLUMNS, rows, output.columns, SHARES, [4, 5, 6]);
    for (const line of lines) output.print(line);
  }
  return well;
}

async function indexOf({ kind, path, entry }: Subject, output: Output) {
  if (entry) return entry.index;
  if (kind === "index") return await loadIndex(path);
  const { index, note } = await indexOfFile(path);
  if (note) output.error(note);
  return index;
}

function rowOf(
  file: string,
  { group, groupName, name, unit, records }: IndexedChannel,
  times?: { from: number; to: number; unit: string },
): string[] {
  const time = (value?: number) =>
    value === undefined ? "" : `${Number(value.toPrecision(9))} ${times!.unit}`.trim();
  return [
    file,
    groupName ? `${group} ${groupName}` : String(group),
    ...[name, unit, String(records), time(times?.from), time(times?.to)],
  ].map((text) => oneLine(text));
}
