import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BLOCK_TABLES, CC, CH, DZ } from "../../lib/blocks/block_tables.ts";
import { parseXml } from "../../lib/signal/xml.ts";
import { coverageMarkdown } from "../../scripts/coverage/coverage_markdown.ts";
import { FORMAT_ITEMS, itemsOf } from "../../scripts/coverage/format_items.ts";
import { passedOf } from "../../scripts/coverage/test_results.ts";
import { FileBuilder } from "../_helpers.ts";

Deno.test("coverage: every block, type and flag is an item with a meaning", () => {
  const keys = FORMAT_ITEMS.map(({ key }) => key);
  assertEquals(new Set(keys).size, keys.length);
  for (const id of BLOCK_TABLES.keys()) assert(keys.includes(`Blocks ${id}`), id);
  assertEquals(FORMAT_ITEMS.filter(({ meaning }) => !meaning), []);
  const count = (section: string) => FORMAT_ITEMS.filter((item) => item.section === section).length;
  assertEquals(count("Data types"), 18);
  assertEquals(count("Channel types"), 8);
  assertEquals(count("Conversions"), 12);
  assertEquals(count("Compression"), 6);
  assertEquals(count("Unfinalized flags"), 7);
});

Deno.test("coverage: a file's items come from its blocks, and only from those that it has", async () => {
  const file = new FileBuilder({ unfinalized: 5 });
  file.addToHeader(CH, {});
  file.group({
    channels: [{
      ...{ name: "x", cn_type: 3, cn_data_type: 9, cn_flags: 2 + 4096, cn_bit_count: 16 },
      cn_cc_conversion: file.add(CC, { fields: { cc_type: 7 } }),
      moreLinks: [0, 0, 0],
    }],
    records: Uint8Array.of(1, 2),
    zip: 2,
  });
  const bytes = file.bytes();
  const found = await itemsOf(bytes);
  assertEquals(
    [...found].sort(),
    [
      ..."ID HD CH DG CG CN CC TX DZ".split(" ").map((id) => `Blocks ${id}`),
      ...["Channel flags 1", "Channel flags 12", "Channel types 3", "Compression 1"],
      ...["Conversions 7", "Data types 9", "Unfinalized flags 0", "Unfinalized flags 2"],
    ].sort(),
  );
  assert(!found.has(`Blocks ${DZ.id}x`));
});

Deno.test("coverage: tests that failed or were skipped do not count", () => {
  const report = parseXml(`<?xml version="1.0"?><testsuites><testsuite name="a">
    <testcase name="good &amp; well"></testcase>
    <testcase name="bad"><failure message="no"/></testcase>
    <testcase name="left out"><skipped/></testcase>
  </testsuite></testsuites>`);
  assertEquals([...passedOf(report)], ["good & well"]);
});

Deno.test("coverage: the table tells what is read, what is refused and what has no test", () => {
  const [first, second, third] = FORMAT_ITEMS;
  const table = coverageMarkdown({
    realFiles: 1,
    featureFiles: 2,
    items: [
      { ...first, read: "read", files: ["a.mf4", "made"], realFiles: 1 },
      { ...second, read: "refused", files: ["made"], realFiles: 0 },
      { ...third, read: "untested", files: [], realFiles: 0 },
    ],
  });
  assertStringIncludes(table, "1 of 3 items are read");
  const rows = table.split("\n").filter((line) => line.startsWith("|"));
  const [identification, header, history] = rows.slice(2);
  assertStringIncludes(identification, "| yes ");
  assertStringIncludes(identification, "1 real, 1 made");
  assertStringIncludes(identification, "`a.mf4`");
  assertStringIncludes(header, "refused by a typed error");
  assertStringIncludes(history, "no test");
});
