/**
 * File history, attachments, events and hierarchy as nodes of a tree.
 *
 * @module
 */
import { dim } from "@std/fmt/colors";
import { sizeWords } from "./data_words.ts";
import type {
  AttachmentDescription,
  EventDescription,
  HierarchyDescription,
  HistoryDescription,
} from "./describe_details.ts";
import type { FileDescription } from "./describe_file.ts";
import { countOf, firstOf, oneLine, quoted } from "./plain_text.ts";
import { moreText, problemNode, type TreeLimits } from "./print_tree.ts";
import type { TreeNode } from "./tree.ts";

/** A part of the tree with its title. */
export interface Section {
  title: string;
  nodes: TreeNode[];
}

/** The sections that the file has something for. */
export function detailNodes(file: FileDescription, limits: TreeLimits): Section[] {
  const { history, attachments, events, hierarchy } = file;
  return [
    {
      title: countOf(history.length, "entry of the file history")
        .replace("entry of the file historys", "entries of the file history"),
      nodes: limited(history, limits, (entry) => historyNode(entry, limits)),
    },
    {
      title: countOf(attachments.length, "attachment"),
      nodes: limited(attachments, limits, (each) => attachmentNode(each, limits)),
    },
    {
      title: countOf(events.length, "event"),
      nodes: limited(events, limits, (event) => eventNode(event, limits)),
    },
    {
      title: "channel hierarchy",
      nodes: limited(hierarchy, limits, (node) => hierarchyNode(node, limits)),
    },
  ].filter(({ nodes }) => nodes.length > 0);
}

function limited<T>(
  list: readonly T[],
  limits: TreeLimits,
  node: (each: T) => TreeNode,
): TreeNode[] {
  const { shown, left } = firstOf(list, limits.details);
  const nodes = shown.map(node);
  if (left > 0) nodes.push({ text: moreText(left, "", "").replace("  ", " ") });
  return nodes;
}

function historyNode(entry: HistoryDescription, { text }: TreeLimits): TreeNode {
  const tool = [entry.tool, entry.toolVersion].filter(Boolean).join(" ");
  const who = [
    tool,
    entry.vendor && `(${entry.vendor})`,
    entry.user && `by ${entry.user}`,
  ].filter(Boolean).join(" ");
  const comment = oneLine(entry.comment, text);
  return { text: [entry.time, oneLine(who), dim(comment)].filter((part) => part).join("  ") };
}

function attachmentNode(attachment: AttachmentDescription, limits: TreeLimits): TreeNode {
  const { storage, size, storedBytes, md5 } = attachment;
  const parts = [
    oneLine(attachment.mimeType),
    storage,
    size > 0 ? sizeWords(size) : "",
    storage.includes("compressed") ? `${sizeWords(storedBytes)} stored` : "",
    md5 ? `MD5 ${md5}` : "",
    oneLine(attachment.comment, limits.text),
  ].filter((part) => part);
  return {
    text: `${attachment.name ? quoted(attachment.name, limits.text) : "(no name)"}  ${
      dim(parts.join("; "))
    }`,
    children: attachment.problems.map(problemNode),
  };
}

function eventNode(event: EventDescription, { text }: TreeLimits): TreeNode {
  // The product of base and factor is seldom exact in its last digit.
  const value = Number(event.value.toPrecision(15));
  const place = event.axis === "index" ? `record ${value}` : `${value} ${event.unit}`.trimEnd();
  const parts = [
    event.axis === "time" || event.axis === "index" ? "" : event.axis,
    `cause ${event.cause}`,
    event.groupName ? `of ${oneLine(event.groupName)}` : "",
    event.postProcessed ? "added after the recording" : "",
    event.scope.length > 0 ? `for ${oneLine(event.scope.join(", "), text)}` : "",
    event.attachments.length > 0 ? `attached ${oneLine(event.attachments.join(", "), text)}` : "",
    oneLine(event.comment, text),
  ].filter((part) => part);
  const range = event.range === "point" ? "" : ` ${event.range}`;
  const name = event.name ? ` ${quoted(event.name, text)}` : "";
  return { text: `${place}  ${event.type}${range}${name}  ${dim(parts.join("; "))}` };
}

function hierarchyNode(node: HierarchyDescription, limits: TreeLimits): TreeNode {
  const name = oneLine(node.name) || "(no name)";
  const comment = oneLine(node.comment, limits.text);
  const { shown, left } = firstOf(node.channels, limits.details);
  const channels = shown.map((channel) => ({ text: oneLine(channel) }));
  if (left > 0) channels.push({ text: moreText(left, "channel") });
  return {
    text: `${name}  ${dim([node.type, comment].filter((part) => part).join("; "))}`,
    children: [
      ...channels,
      ...limited(node.children, limits, (child) => hierarchyNode(child, limits)),
    ],
  };
}
