/**
 * `--table`: one line for each channel.
 *
 * @module
 */
import type { ChannelDescription } from "./describe_channel.ts";
import type { FileDescription } from "./describe_file.ts";
import type { GroupDescription } from "./describe_group.ts";
import { oneLine } from "./plain_text.ts";
import { makeTable, tabbedLines } from "./table.ts";

const COLUMNS = ["group", "channel", "type", "unit", "records", "conversion", "comment"];
/** Share of the terminal's width that each column gets. */
const SHARES = [14, 24, 18, 8, 9, 30, 22];

/** The lines of a file's table. `columns` is the width of the terminal; without one, tabs separate. */
export function channelTable(file: FileDescription, columns?: number): string[] {
  const rows = file.dataGroups.flatMap(({ groups }) => groups).flatMap((group) =>
    group.channels.map((channel) => rowOf(group, channel))
  );
  if (columns === undefined) return tabbedLines([COLUMNS, ...rows]);
  return makeTable(COLUMNS, rows, columns, SHARES, [4]);
}

function rowOf(group: GroupDescription, channel: ChannelDescription): string[] {
  const place = group.index === undefined ? "-" : String(group.index);
  const broken = channel.problems.map(({ code, reason }) => `${code}: ${reason}`);
  return [
    group.name ? `${place} ${group.name}` : place,
    channel.name,
    [channel.type, ...channel.roles].join(", "),
    channel.unit,
    String(channel.samples),
    channel.conversion?.words ?? "",
    [...broken, channel.comment].filter((part) => part !== "").join("; "),
  ].map((text) => oneLine(text));
}
