/**
 * Tables at a terminal and in pipes.
 *
 * @module
 */
import CliTable from "cli-table3";
import { bold, stripAnsiCode } from "@std/fmt/colors";

/** Text of a table: the first column is aligned to the left, all others to the right. */
export interface TableContent {
  head: string[];
  rows: string[][];
}

/** Draws a table, with lines around the cells or without. */
export type DrawTable = (content: TableContent, boxes: boolean) => string;

/** The part of `@cliffy/table` that is used. */
interface CliffyTable {
  header(cells: string[]): this;
  body(rows: string[][]): this;
  border(enable: boolean): this;
  padding(width: number): this;
  columns(options: { align: "left" | "right" }[]): this;
  toString(): string;
}

const LOAD_LIMIT_MS = 2000;
// A name that only the import at run time sees: resolving it before would need the network.
const CLIFFY = "@cliffy/table";

/**
 * Loads `@cliffy/table`, and settles for cli-table3 where that takes longer than two seconds or fails.
 * An import that hangs cannot be called off and keeps the process alive, so whoever calls this ends
 * with `Deno.exit`.
 */
export async function loadDrawTable(
  specifier = CLIFFY,
  limitMs = LOAD_LIMIT_MS,
): Promise<DrawTable> {
  let timer: number | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    const module = await Promise.race([import(specifier), late]);
    if (typeof module?.Table === "function") return cliffyDrawer(module.Table);
  } catch {
    // Where JSR cannot be reached.
  } finally {
    clearTimeout(timer);
  }
  return drawWithCliTable;
}

/**
 * Draws for a terminal of so many columns: boxes and bold heads where they fit, plain columns where
 * they do not, and plain columns without colour where there is no terminal.
 */
export function drawForOutput(
  content: TableContent,
  draw: DrawTable,
  columns = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined,
): string {
  if (columns === undefined) return draw(content, false);
  const emphasized = {
    ...content,
    head: content.head.map((cell) => cell.split("\n").map((line) => bold(line)).join("\n")),
  };
  const boxed = draw(emphasized, true);
  const width = stripAnsiCode(boxed.slice(0, boxed.indexOf("\n"))).length;
  return width <= columns ? boxed : draw(emphasized, false);
}

/** Draws with cli-table3. */
export function drawWithCliTable({ head, rows }: TableContent, boxes: boolean): string {
  const style = { head: [], border: [], compact: true };
  const noBoxes = {
    chars: {
      ...{ "top": "", "top-mid": "", "top-left": "", "top-right": "" },
      ...{ "bottom": "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
      ...{ "left": "", "left-mid": "", "mid": "", "mid-mid": "" },
      ...{ "right": "", "right-mid": "", "middle": "  " },
    },
    style: { ...style, "padding-left": 0, "padding-right": 0 },
  };
  const table = new CliTable({
    head,
    colAligns: head.map((_, i) => i === 0 ? "left" : "right"),
    ...(boxes ? { style } : noBoxes),
  });
  table.push(...rows);
  return withoutEdges(table.toString());
}

function cliffyDrawer(Table: new () => CliffyTable): DrawTable {
  return ({ head, rows }, boxes) => {
    const table = new Table().header(head).body(rows).border(boxes).padding(boxes ? 1 : 2)
      .columns(head.map((_, i) => ({ align: i === 0 ? "left" : "right" })));
    return withoutEdges(table.toString());
  };
}

/** Without blanks at the ends of lines, and lines that have nothing else. */
function withoutEdges(text: string): string {
  return text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "").join("\n");
}
