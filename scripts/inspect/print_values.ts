/**
 * `--values`: the first values of each channel.
 *
 * @module
 */
import { bold, dim, red } from "@std/fmt/colors";
import type { ChannelValues, GroupValues } from "./read_values.ts";
import { valueAt } from "./read_values.ts";
import { countOf, oneLine, visible } from "./plain_text.ts";
import { makeTable, tabbedLines } from "./table.ts";
import { valueText } from "./value_text.ts";

/** Characters of one value that are shown. */
const MOST_VALUE = 60;
/** Narrowest column of values. */
const LEAST_COLUMN = 12;

/**
 * The lines of the values. `columns` is the width of the terminal; without one there is a line for
 * each value, separated by tabs.
 */
export function valueLines(groups: readonly GroupValues[], columns?: number): string[] {
  return columns === undefined ? tabbed(groups) : groups.flatMap((each) => tables(each, columns));
}

function tabbed(groups: readonly GroupValues[]): string[] {
  const rows = [["group", "channel", "record", "time", "value", "unit"]];
  for (const { group, records, channels } of groups) {
    const place = group.name ? `${group.index} ${oneLine(group.name)}` : String(group.index);
    for (const { channel, signal, error } of channels) {
      const name = visible(channel.name);
      if (!signal) {
        if (error) rows.push([place, name, "", "", `error: ${oneLine(error.reason)}`, ""]);
        continue;
      }
      for (let i = 0; i < records; i++) {
        const time = signal.timestamps ? String(signal.timestamps[i]) : "";
        const value = valueText(valueAt(signal, i), Infinity);
        rows.push([place, name, String(i), time, value, visible(signal.unit)]);
      }
    }
  }
  return tabbedLines(rows);
}

function tables({ group, records, channels }: GroupValues, columns: number): string[] {
  const { master } = group;
  const name = group.name ? ` ${oneLine(group.name)}` : "";
  const lines = [
    bold(`group ${group.index}${name}`) +
    dim(`  ${records} of ${countOf(group.recordCount, "record")}`),
  ];
  const readable = channels.filter(({ signal, channel }) => signal && channel !== master);
  const time = channels.find(({ signal }) => signal?.timestamps)?.signal?.timestamps;
  const first = time
    ? [
      `${master?.name ?? "time"}${master?.unit ? ` [${master.unit}]` : ""}`,
      ...time.subarray(0, records),
    ].map(String)
    : undefined;
  const numbers = ["record", ...Array.from({ length: records }, (_, i) => String(i))];
  const lead = first ? [numbers, first] : [numbers];
  const cells = readable.map((each) => columnOf(each, records));
  if (records > 0) {
    // As many channels side by side as fit; the others follow below.
    const perTable = Math.max(1, Math.floor((columns - 30) / (LEAST_COLUMN + 3)));
    for (let at = 0; at < Math.max(1, cells.length); at += perTable) {
      const part = [...lead, ...cells.slice(at, at + perTable)];
      const rows = numbers.map((_, i) => part.map((column) => column[i]));
      lines.push(...makeTable(rows[0], rows.slice(1), columns));
    }
  }
  for (const { channel, error } of channels) {
    if (error) lines.push(red(`${oneLine(channel.name)}: ${error.message}`));
  }
  return [...lines, ""];
}

function columnOf({ channel, signal }: ChannelValues, records: number): string[] {
  const unit = signal?.unit ? ` [${visible(signal.unit)}]` : "";
  const values = Array.from(
    { length: records },
    (_, i) => valueText(valueAt(signal!, i), MOST_VALUE),
  );
  return [visible(channel.name) + unit, ...values];
}
