import { assertEquals, assertStringIncludes } from "@std/assert";
import { CH } from "../../lib/blocks/block_tables.ts";
import { BlockFile, eachWay, setLink } from "../signal/_block_file.ts";

Deno.test("the hierarchy is a tree of nodes with channels of any group", async () => {
  const file = new BlockFile();
  const { dataGroup, group, channels } = file.group(["t", "a", "b"], [[1, 2, 3]]);
  const triple = (channel: number) => [dataGroup, group, channel];
  const leaf = file.add(CH, {
    links: { ch_tx_name: file.text("inner"), ch_md_comment: file.text("deep") },
    moreLinks: [...triple(channels[2]), ...triple(channels[1])],
    fields: { ch_element_count: 2, ch_type: 2 },
  });
  const [first] = file.list(CH, [
    { links: { ch_tx_name: file.text("outer"), ch_ch_first: leaf }, fields: { ch_type: 1 } },
    {
      links: { ch_tx_name: file.text("other") },
      moreLinks: triple(channels[1]),
      fields: { ch_element_count: 1, ch_type: 12 },
    },
  ]);
  await eachWay(file.bytes({ hd_dg_first: dataGroup, hd_ch_first: first }), (mdf) => {
    assertEquals(mdf.problems, []);
    const [outer, other] = mdf.hierarchy;
    assertEquals([outer.name, outer.type, outer.channels], ["outer", "function", []]);
    assertEquals([other.name, other.type, other.children], ["other", "code 12", []]);
    assertEquals(other.channels, [mdf.channel("a")]);
    const [inner] = outer.children;
    assertEquals([inner.name, inner.type, inner.comment], ["inner", "structure", "deep"]);
    assertEquals(inner.channels, [mdf.channel("b"), mdf.channel("a")]);
    assertEquals(inner.model.elements, [{ group: 0, channel: 2 }, { group: 0, channel: 1 }]);
  });
});

Deno.test("a node that is its own child costs neither its siblings nor the samples", async () => {
  const file = new BlockFile();
  const { dataGroup } = file.group(["t"], [[1]]);
  const [first, second] = file.list(
    CH,
    ["one", "two"].map((name) => ({ links: { ch_tx_name: file.text(name) } })),
  );
  const bytes = file.bytes({ hd_dg_first: dataGroup, hd_ch_first: first });
  setLink(bytes, first, 1, first);
  setLink(bytes, second, 1, second);
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.hierarchy.map(({ name, children }) => [name, children]), [
      ["one", []],
      ["two", []],
    ]);
    assertEquals(mdf.problems.map(({ block, offset }) => [block, offset]), [
      ["CH", first],
      ["CH", second],
    ]);
    assertEquals((await mdf.read("t")).values.length, 1);
  });
});

Deno.test("nodes deeper than limits.depth are left out and told", async () => {
  const file = new BlockFile();
  let child = 0;
  for (let i = 0; i < 10; i++) child = file.add(CH, { links: { ch_ch_first: child } });
  const bytes = file.bytes({ hd_ch_first: child });
  const depthOf = (nodes: readonly { children: readonly unknown[] }[]): number =>
    nodes.length === 0 ? 0 : 1 + depthOf(nodes[0].children as typeof nodes);
  await eachWay(bytes, (mdf) => {
    assertEquals([depthOf(mdf.hierarchy), mdf.problems.length], [10, 0]);
  });
  await eachWay(bytes, (mdf) => {
    assertEquals(depthOf(mdf.hierarchy), 5);
    assertEquals(mdf.problems.map(({ code }) => code), ["limit"]);
  }, { limits: { depth: 4 } });
});

Deno.test("elements that lead to no channel, or are fewer than counted, are told", async () => {
  const file = new BlockFile();
  const { dataGroup, group, channels } = file.group(["t"], [[1]]);
  const node = file.add(CH, {
    moreLinks: [dataGroup, group, dataGroup, dataGroup, group, channels[0]],
    fields: { ch_element_count: 3 },
  });
  await eachWay(file.bytes({ hd_dg_first: dataGroup, hd_ch_first: node }), (mdf) => {
    assertEquals(mdf.hierarchy[0].channels, [mdf.channel("t")]);
    assertEquals(mdf.problems.length, 2);
    assertStringIncludes(mdf.problems[0].reason, "3 elements of three links and has 6 links");
    assertStringIncludes(mdf.problems[1].reason, `(${dataGroup}) lead to no group or channel`);
  });
});
