/**
 * A file as a tree of lines.
 *
 * @module
 */
import { bold, cyan, dim, red, yellow } from "@std/fmt/colors";
import type { MdfError } from "../../lib/errors.ts";
import type { CommentProperty } from "../../lib/signal/comment.ts";
import { channelNodes } from "./channel_nodes.ts";
import { sizeWords } from "./data_words.ts";
import type { DataGroupDescription, FileDescription, HeaderDescription } from "./describe_file.ts";
import type { GroupDescription, ReductionDescription } from "./describe_group.ts";
import { detailNodes } from "./detail_nodes.ts";
import { countOf, firstOf, oneLine, padded } from "./plain_text.ts";
import { treeLines, type TreeNode } from "./tree.ts";

/** How many are shown of each; `Infinity` for all. */
export interface TreeLimits {
  groups: number;
  channels: number;
  /** Events, attachments, entries of the history, nodes of the hierarchy, properties. */
  details: number;
  /** Characters of a comment. */
  text: number;
}

/** Limits that keep long files short. */
export const USUAL_LIMITS: TreeLimits = { groups: 100, channels: 50, details: 12, text: 100 };
/** No limits. */
export const NO_LIMITS: TreeLimits = {
  groups: Infinity,
  channels: Infinity,
  details: Infinity,
  text: Infinity,
};

/** The lines of a file's tree. */
export function fileTree(file: FileDescription, limits: TreeLimits): string[] {
  const lines = [...headerLines(file.header, limits), ""];
  for (const { title, nodes } of detailNodes(file, limits)) {
    lines.push(bold(title), ...treeLines(nodes), "");
  }
  lines.push(...groupLines(file, limits));
  if (file.problems.length > 0) {
    lines.push("", red(bold("problems beside the groups")));
    lines.push(...treeLines(file.problems.map(problemNode)));
  }
  return lines;
}

function headerLines(header: HeaderDescription, limits: TreeLimits): string[] {
  const rows: [string, string][] = [
    ["size", sizeWords(header.size)],
    ["version", `MDF ${header.version}, written by ${oneLine(header.program) || "no one named"}`],
    ["start", `${header.startTime}  ${dim(`${header.zone}; ${header.clock}`)}`],
  ];
  if (header.finalized) rows.push(["state", "finalized"]);
  else {
    rows.push(["state", yellow("unfinalized: the logger did not close the file")]);
    rows.push(...header.unfinalized.map((flag): [string, string] => ["", yellow(`· ${flag}`)]));
    if (header.customFlags !== 0) {
      rows.push(["", yellow(`· flags of the writing program: ${header.customFlags}`)]);
    }
  }
  if (header.startAngle !== undefined) rows.push(["start angle", `${header.startAngle} rad`]);
  if (header.startDistance !== undefined) {
    rows.push(["start distance", `${header.startDistance} m`]);
  }
  const comment = oneLine(header.comment, 3 * limits.text);
  if (comment) rows.push(["comment", comment]);
  const properties = propertyLines(header.properties, limits.details === Infinity);
  const { shown, left } = firstOf(properties, limits.details);
  shown.forEach((property, i) =>
    rows.push([i === 0 ? "properties" : "", oneLine(property, limits.text)])
  );
  if (left > 0) rows.push(["", moreText(left, "property", "properties")]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    bold(cyan(oneLine(header.name))),
    ...rows.map(([name, value]) => `  ${dim(padded(name, width))}  ${value}`),
  ];
}

/** Properties, each with the names of the trees and lists that lead to it; empty ones tell nothing. */
function propertyLines(
  properties: readonly CommentProperty[],
  empty: boolean,
  prefix = "",
): string[] {
  return properties.flatMap((property) => {
    const name = prefix + property.name;
    switch (property.kind) {
      case "value":
        if (property.value.trim() === "" && !empty) return [];
        return [`${name} = ${property.value}${property.unit ? ` ${property.unit}` : ""}`];
      case "value-list":
        return [`${name} = ${property.values.join(", ")}`];
      case "tree":
        return propertyLines(property.properties, empty, `${name} / `);
      case "list":
        return property.items.flatMap((item, i) =>
          propertyLines(item, empty, `${name} [${i + 1}] / `)
        );
    }
  });
}

function groupLines({ dataGroups }: FileDescription, limits: TreeLimits): string[] {
  const groups = dataGroups.flatMap((each) => each.groups);
  const channels = groups.reduce((sum, group) => sum + group.channels.length, 0);
  const title = `${countOf(dataGroups.length, "data group")}, ` +
    `${countOf(groups.length, "channel group")}, ${countOf(channels, "channel")}`;
  const { shown, left } = firstOf(dataGroups, limits.groups);
  const nodes = shown.map((dataGroup) => dataGroupNode(dataGroup, limits));
  if (left > 0) nodes.push({ text: moreText(left, "data group") });
  return [bold(title), ...treeLines(nodes)];
}

function dataGroupNode(dataGroup: DataGroupDescription, limits: TreeLimits): TreeNode {
  const { index, groups, recordIdBytes, data, invalidation, comment, problems } = dataGroup;
  const parts = [
    groups.length === 1
      ? "sorted"
      : groups.length === 0
      ? "no channel groups"
      : `unsorted: records of ${countOf(groups.length, "channel group")} are mixed`,
  ];
  if (recordIdBytes > 0) parts.push(`record ids of ${countOf(recordIdBytes, "byte")}`);
  parts.push(data);
  if (invalidation) parts.push(`invalidation bits apart: ${invalidation}`);
  const { shown, left } = firstOf(groups, limits.groups);
  const children: TreeNode[] = problems.map(problemNode);
  if (comment) children.push({ text: dim(oneLine(comment, limits.text)) });
  children.push(...shown.map((group) => groupNode(group, recordIdBytes > 0, limits)));
  if (left > 0) children.push({ text: moreText(left, "channel group") });
  return { text: `data group ${index}  ${dim(parts.join("; "))}`, children };
}

function groupNode(group: GroupDescription, ids: boolean, limits: TreeLimits): TreeNode {
  const name = oneLine(group.name) || (group.storage ? "values of variable length" : "(no name)");
  const place = group.index === undefined ? "" : ` ${group.index}`;
  const bytes = group.invalidationBytes > 0
    ? `${group.dataBytes} + ${countOf(group.invalidationBytes, "byte")} of invalidation bits`
    : countOf(group.dataBytes, "byte");
  const records = group.storage
    ? `${countOf(group.records, "value")}`
    : `${countOf(group.records, "record")} of ${bytes}`;
  const parts = [records];
  if (ids) parts.push(`record id ${group.recordId}`);
  if (group.cycleCount !== group.records) {
    parts.push(yellow(`the file's own counter says ${group.cycleCount}`));
  }
  if (group.storedFor.length > 0) {
    parts.push(`of ${oneLine(group.storedFor.join(", "), limits.text)}`);
  }
  if (group.source) parts.push(`source ${oneLine(group.source, limits.text)}`);
  const flags = group.flags.filter((flag) => !(group.storage && flag === "variable-length values"));
  if (flags.length > 0) parts.push(flags.join(", "));
  const hasMaster = group.channels.some(({ name }) => name === group.master);
  if (group.master !== undefined && !hasMaster) parts.push(`master ${oneLine(group.master)}`);
  const children: TreeNode[] = group.problems.map(problemNode);
  if (group.comment && group.comment.trim() !== group.name) {
    children.push({ text: dim(oneLine(group.comment, limits.text)) });
  }
  children.push(...group.reductions.map(reductionNode));
  children.push(...channelNodes(group, limits));
  return {
    text: `${group.storage ? "storage group" : `group${place}`} ${bold(name)}  ${
      dim(parts.join("; "))
    }`,
    children,
  };
}

function reductionNode({ interval, axis, intervals, data }: ReductionDescription): TreeNode {
  const what = `reduced to ${countOf(intervals ?? 0, "interval")} of ${interval} (${axis})`;
  return { text: dim(`${what}; ${data}`) };
}

/** A problem, with its place. */
export function problemNode(error: MdfError): TreeNode {
  const place = [
    error.block === undefined ? "" : `${error.block} block`,
    error.offset === undefined ? "" : `at offset ${error.offset} (0x${error.offset.toString(16)})`,
  ].filter((part) => part !== "").join(" ");
  const path = error.path ? `, ${error.path}` : "";
  return { text: red(`✗ ${error.code}: ${error.reason}${place ? ` [${place}${path}]` : ""}`) };
}

/** `… 812 more (--all)`. */
export function moreText(count: number, what: string, many = `${what}s`): string {
  return dim(`… ${count.toLocaleString("en")} more ${count === 1 ? what : many} (--all)`);
}
