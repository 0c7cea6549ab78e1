/**
 * Trees of text lines.
 *
 * @module
 */
import { dim } from "@std/fmt/colors";

/** A line and what hangs below it. */
export interface TreeNode {
  text: string;
  children?: readonly TreeNode[];
}

/** The lines of nodes, each with branches that lead to it. */
export function treeLines(nodes: readonly TreeNode[], indent = ""): string[] {
  const lines: string[] = [];
  nodes.forEach(({ text, children }, i) => {
    const last = i === nodes.length - 1;
    lines.push(`${dim(indent + (last ? "└─ " : "├─ "))}${text}`);
    if (children) lines.push(...treeLines(children, indent + (last ? "   " : "│  ")));
  });
  return lines;
}
