/**
 * Tables for a terminal, and the same for a pipe.
 *
 * @module
 */
import { getColorEnabled } from "@std/fmt/colors";
import Table from "cli-table3";

/** Rows of texts separated by tabs; the texts themselves have none. */
export function tabbedLines(rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) => row.join("\t"));
}

/**
 * A table with lines around its cells that is at most `columns` wide. Where it would be wider, each
 * column gets its share, and long texts go on in the next line.
 */
export function makeTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
  shares: readonly number[] = head.map(() => 1),
  right: readonly number[] = [],
): string[] {
  const borders = 3 * head.length + 1;
  const natural = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i].length))
  );
  const room = Math.max(head.length * 4, columns - borders);
  const widths = fit(natural, shares, room);
  const table = new Table({
    head: [...head],
    colWidths: widths.map((width) => width + 2),
    colAligns: head.map((_, i) => right.includes(i) ? "right" : "left"),
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: getColorEnabled() ? { head: ["bold"], border: ["gray"] } : { head: [], border: [] },
    // No lines between rows: one line for each channel.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().split("\n");
}

/** Columns that need less than their share leave the rest to the others. */
function fit(natural: readonly number[], shares: readonly number[], room: number): number[] {
  const widths = new Array<number>(natural.length).fill(0);
  let open = natural.map((_, i) => i);
  for (let left = room; open.length > 0;) {
    const total = open.reduce((sum, i) => sum + shares[i], 0);
    const small = open.filter((i) => natural[i] <= (left * shares[i]) / total);
    if (small.length === 0) {
      for (const i of open) widths[i] = Math.max(3, Math.floor((left * shares[i]) / total));
      break;
    }
    for (const i of small) {
      widths[i] = natural[i];
      left -= natural[i];
    }
    open = open.filter((i) => !small.includes(i));
  }
  return widths;
}
