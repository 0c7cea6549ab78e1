/**
 * Channels of a group as nodes of a tree, with their columns below each other.
 *
 * @module
 */
import { dim, green, yellow } from "@std/fmt/colors";
import type { ChannelDescription } from "./describe_channel.ts";
import type { GroupDescription } from "./describe_group.ts";
import { firstOf, grouped, oneLine, padded, widthOf } from "./plain_text.ts";
import { moreText, problemNode, type TreeLimits } from "./print_tree.ts";
import type { TreeNode } from "./tree.ts";

/** Columns that one level of the tree takes. */
const INDENT = 3;
/** A longer name, type or unit is shown, but does not widen its column for the others. */
const WIDEST = { name: 48, type: 36, unit: 16 };
/** Words of flags that say nothing about the values, or are told in another way. */
const UNTOLD = new Set([
  "invalidation bit",
  "precision",
  "value range",
  "limits",
  "extended limits",
  "default x axis",
]);

interface Row {
  channel: ChannelDescription;
  name: string;
  type: string;
  samples: string;
  unit: string;
}

interface Widths {
  name: number;
  type: number;
  samples: number;
  unit: number;
}

/** The channels of a group: structures hold their members, and a first line names the columns. */
export function channelNodes(
  { channels, source: groupSource }: GroupDescription,
  limits: TreeLimits,
): TreeNode[] {
  if (channels.length === 0) return [];
  const { shown, left } = firstOf(channels, limits.channels);
  const rows = shown.map(makeRow);
  const widths: Widths = {
    name: columnWidth(
      "channel",
      rows.map(({ name, channel }) => shift(channel) + widthOf(name)),
      WIDEST.name,
    ),
    type: columnWidth("type", rows.map(({ type }) => widthOf(type)), WIDEST.type),
    samples: columnWidth("samples", rows.map(({ samples }) => samples.length), 20),
    unit: columnWidth("unit", rows.map(({ unit }) => widthOf(unit)), WIDEST.unit),
  };
  const nodes = new Map<number, TreeNode & { children: TreeNode[] }>();
  const common = commonSource(channels);
  const usual = common ?? groupSource;
  const top: TreeNode[] = [];
  if (common !== undefined && common !== groupSource) {
    top.push({ text: dim(`channels from source ${oneLine(common, limits.text)}`) });
  }
  top.push({ text: dim(titleLine(widths)) });
  for (const row of rows) {
    const { channel } = row;
    const node = {
      text: rowLine(row, widths, limits),
      children: detailNodes(channel, usual, limits),
    };
    nodes.set(channel.index, node);
    // With a filter, the structure around a channel may not be shown.
    const parent = channel.parent === undefined ? undefined : nodes.get(channel.parent);
    (parent?.children ?? top).push(node);
  }
  if (left > 0) top.push({ text: moreText(left, "channel") });
  return top;
}

function makeRow(channel: ChannelDescription): Row {
  const { roles, type } = channel;
  return {
    channel,
    name: oneLine(channel.name) || "(no name)",
    type: [type, ...roles].join(", "),
    samples: grouped(channel.samples),
    unit: oneLine(channel.unit) || "-",
  };
}

function shift({ depth }: ChannelDescription): number {
  return INDENT * depth;
}

function columnWidth(title: string, widths: readonly number[], widest: number): number {
  return Math.max(title.length, ...widths.filter((width) => width <= widest));
}

function titleLine({ name, type, samples, unit }: Widths): string {
  return [
    padded("channel", name),
    padded("type", type),
    "samples".padStart(samples),
    padded("unit", unit),
    "conversion",
  ].join("  ");
}

function rowLine(row: Row, widths: Widths, limits: TreeLimits): string {
  const { channel } = row;
  const columns = [
    green(padded(row.name, widths.name - shift(channel))),
    padded(row.type, widths.type),
    row.samples.padStart(widths.samples),
    padded(row.unit, widths.unit),
    channel.conversion?.words ?? dim("none"),
  ];
  const flags = channel.flags.filter((flag) => !UNTOLD.has(flag));
  if (channel.bits) columns.push(dim(`(${channel.bits})`));
  if (flags.length > 0) columns.push(yellow(`(${flags.join(", ")})`));
  const comment = oneLine(channel.comment, limits.text);
  if (comment) columns.push(dim(`— ${comment}`));
  return columns.join("  ");
}

/** The source that more than one channel, and most of them, have. */
function commonSource(channels: readonly ChannelDescription[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { source } of channels) {
    if (source !== undefined) counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most && most[1] > 1 ? most[0] : undefined;
}

function detailNodes(
  { problems, notes, source }: ChannelDescription,
  usualSource: string | undefined,
  limits: TreeLimits,
): TreeNode[] {
  const told = source === undefined || source === usualSource;
  return [
    ...problems.map(problemNode),
    ...notes.map((note) => ({ text: dim(oneLine(note, 2 * limits.text)) })),
    ...(told ? [] : [{ text: dim(`source ${oneLine(source, limits.text)}`) }]),
  ];
}
