import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { getColorEnabled, setColorEnabled, stripAnsiCode } from "@std/fmt/colors";
import { drawForOutput, drawWithCliTable, loadDrawTable } from "../../bench/harness/table.ts";

const CONTENT = {
  head: ["operation", "small\nMB/s"],
  rows: [["open µ温", "0.5 ms"], ["read", "1234"]],
};

Deno.test("a table without boxes is columns, the first to the left and others to the right", () => {
  assertEquals(
    drawWithCliTable(CONTENT, false),
    "operation   small\n             MB/s\nopen µ温   0.5 ms\nread         1234",
  );
});

Deno.test("a table with boxes has a line around every column", () => {
  const lines = drawWithCliTable(CONTENT, true).split("\n");
  assertEquals(lines[0], "┌───────────┬────────┐");
  assertEquals(lines.at(-2), "│ read      │   1234 │");
  assertEquals(lines.length, 7);
});

Deno.test("boxes and bold heads are for terminals they fit into", () => {
  const before = getColorEnabled();
  setColorEnabled(true);
  try {
    const draw = (columns?: number) => drawForOutput(CONTENT, drawWithCliTable, columns);
    // With NO_COLOR set, nothing can turn colours on.
    if (!Deno.noColor) assertStringIncludes(draw(22), "\x1b[1msmall\x1b[22m");
    assertEquals(stripAnsiCode(draw(22)), drawWithCliTable(CONTENT, true));
    assertEquals(stripAnsiCode(draw(21)), drawWithCliTable(CONTENT, false));
    if (!Deno.stdout.isTerminal()) assertEquals(draw(), drawWithCliTable(CONTENT, false));
  } finally {
    setColorEnabled(before);
  }
});

Deno.test("a table package that cannot be loaded is done without", async () => {
  assertEquals(await loadDrawTable("data:text/javascript,throw 1"), drawWithCliTable);
  assertEquals(await loadDrawTable("data:text/javascript,export const x = 1"), drawWithCliTable);
});

Deno.test("a table package that is there is used", async () => {
  const source = `export class Table {
    calls = [];
    header(x) { return this.note("header", x); }
    body(x) { return this.note("body", x); }
    border(x) { return this.note("border", x); }
    padding(x) { return this.note("padding", x); }
    columns(x) { return this.note("columns", x); }
    note(name, x) { this.calls.push([name, x]); return this; }
    toString() { return JSON.stringify(Object.fromEntries(this.calls)); }
  }`;
  const draw = await loadDrawTable(`data:text/javascript,${encodeURIComponent(source)}`);
  assert(draw !== drawWithCliTable);
  assertEquals(JSON.parse(draw(CONTENT, true)), {
    header: CONTENT.head,
    body: CONTENT.rows,
    border: true,
    padding: 1,
    columns: [{ align: "left" }, { align: "right" }],
  });
});
