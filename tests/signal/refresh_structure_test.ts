import { assertEquals, assertStrictEquals } from "@std/assert";
import { AT, CG, DI, DL, DT, DV, EV, FH, LD, SD, SR } from "../../lib/blocks/block_tables.ts";
import { FileBuilder, valuesOf } from "../_helpers.ts";
import { assertUpToDate, CHANNELS, numbers, records, refreshAfter } from "./_live_files.ts";

/** A file of one group with four records. */
function simple(
  unfinalized = 2,
): { file: FileBuilder; dg: number; cg: number; channels: number[] } {
  const file = new FileBuilder({ unfinalized });
  return { file, ...file.group({ name: "Log", channels: CHANNELS, records: records(0, 4) }) };
}

Deno.test("groups that come are listed behind those at hand, which stay what they are", async () => {
  const { file } = simple();
  const grow = () => {
    file.group({
      name: "More",
      channels: [CHANNELS[0], { name: "w", cn_byte_offset: 2, cn_bit_count: 8 }],
      records: records(0, 7),
    });
  };
  await refreshAfter(file, grow, async (mdf, source) => {
    const [group] = mdf.groups;
    const { channels } = group;
    const found = await mdf.refresh();
    assertEquals(found.newGroups.map(({ name, index }) => [name, index]), [["More", 1]]);
    assertEquals(found.groups, [{ group: mdf.groups[1], from: 0, to: 7 }]);
    assertEquals([found.grown, found.records], [true, 7]);
    assertStrictEquals(mdf.groups[0], group);
    assertStrictEquals(mdf.groups[0].channels, channels);
    assertEquals(await valuesOf(mdf, "w"), numbers(7).map((i) => 100 + i));
    assertStrictEquals(mdf.channel("v"), channels[1]);
    assertEquals([...(await mdf.read(channels[0])).values as Uint16Array], numbers(4));
    await assertUpToDate(mdf, source.bytes);
  });
});

Deno.test("a channel group that comes to mixed records is read with those that were there", async () => {
  const file = new FileBuilder({ unfinalized: 1 });
  const channel = (id: number) => ({ name: `c${id}`, cn_bit_count: 8 });
  const { dg, groups } = file.dataGroup({
    recordIdSize: 1,
    groups: [1, 2].map((id) => ({ cg_record_id: id, channels: [channel(id)] })),
  });
  const block = (...bytes: number[]) => file.add(DT, { payload: Uint8Array.from(bytes) });
  // A record of two bytes is broken by the end of the first block.
  const list = file.add(DL, { moreLinks: [block(1, 10, 2, 20, 1), 0], fields: { dl_count: 1 } });
  file.patchLink(dg, "dg_data", list);
  const grow = () => {
    const [first] = file.channels([channel(3)]);
    const added = file.add(CG, {
      links: { cg_cn_first: first },
      fields: { cg_record_id: 3, cg_data_bytes: 1 },
    });
    file.patchLink(groups[1].cg, "cg_cg_next", added);
    file.patchLink(list, 2, block(11, 3, 30, 2, 21, 3, 31));
  };
  await refreshAfter(file, grow, async (mdf, source) => {
    assertEquals(await valuesOf(mdf, "c1"), [10]);
    const { groups, newGroups } = await mdf.refresh();
    assertEquals(newGroups.length, 1);
    assertEquals(groups.map(({ group, from, to }) => [group.index, from, to]), [
      ...[[0, 1, 2], [1, 1, 2], [2, 0, 2]],
    ]);
    assertEquals(await valuesOf(mdf, "c1"), [10, 11]);
    assertEquals(await valuesOf(mdf, "c2"), [20, 21]);
    assertEquals(await valuesOf(mdf, "c3"), [30, 31]);
    await assertUpToDate(mdf, source.bytes);
  });
});

Deno.test("values of variable length are found when the first of them are linked, and when more come", async () => {
  const file = new FileBuilder({ unfinalized: 1 });
  const { dg, channels } = file.group({
    channels: [{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 }],
  });
  const place = (at: number) => [at, 0, 0, 0, 0, 0, 0, 0];
  const value = (text: string) => [text.length, 0, 0, 0, ...new TextEncoder().encode(text)];
  const add = (table: typeof DT | typeof SD, bytes: number[]) =>
    file.add(table, { payload: Uint8Array.from(bytes) });
  let values = 0;
  await refreshAfter(file, () => {
    values = file.add(DL, { moreLinks: [add(SD, value("ab")), 0, 0], fields: { dl_count: 1 } });
    file.patchLink(channels[0], "cn_data", values);
    const list = file.add(DL, { moreLinks: [add(DT, place(0)), 0], fields: { dl_count: 1 } });
    file.patchLink(dg, "dg_data", list);
  }, async (mdf, source) => {
    assertEquals(await valuesOf(mdf, "text"), []);
    assertEquals((await mdf.refresh()).records, 1);
    assertEquals(await valuesOf(mdf, "text"), ["ab"]);
    await assertUpToDate(mdf, source.bytes);
  });
  await refreshAfter(file, () => {
    file.patchLink(values, 2, add(SD, value("cde").slice(0, 5)));
    file.patchLink(values, 3, add(SD, value("cde").slice(5)));
    file.patchLink(file.linkOf(dg, "dg_data"), 2, add(DT, place(6)));
  }, async (mdf, source) => {
    assertEquals((await mdf.refresh()).records, 1);
    assertEquals(await valuesOf(mdf, "text"), ["ab", "cde"]);
    await assertUpToDate(mdf, source.bytes);
  });
});

Deno.test("column-oriented data that comes to lists is found with its invalidation bytes", async () => {
  const file = new FileBuilder({ version: "4.20" });
  const { dg, cg } = file.group({
    channels: [{ name: "v", cn_bit_count: 16, cn_flags: 2 }],
    cg_inval_bytes: 1,
    cg_cycle_count: 2,
  });
  const values = (...numbers: number[]) =>
    file.add(DV, { payload: Uint8Array.from(numbers.flatMap((n) => [n, 1])) });
  const bits = (...bytes: number[]) => file.add(DI, { payload: Uint8Array.from(bytes) });
  const list = (links: number[]) =>
    file.add(LD, {
      moreLinks: links,
      fields: { ld_flags: 0x80000000, ld_count: links.length / 2, ld_sample_offset: [0] },
    });
  const first = list([values(1, 2), bits(0, 1)]);
  file.patchLink(dg, "dg_data", first);
  const grow = () => {
    file.patchLink(first, "ld_next", list([values(3, 4, 5), 0]));
    file.patchField(cg, "cg_cycle_count", 5);
  };
  await refreshAfter(file, grow, async (mdf, source) => {
    assertEquals((await mdf.refresh()).records, 3);
    const signal = await mdf.read("v");
    assertEquals([...signal.values as Uint16Array], [1, 2, 3, 4, 5].map((n) => 256 + n));
    assertEquals([...signal.valid!], [1, 0, 1, 1, 1]);
    await assertUpToDate(mdf, source.bytes);
  });
});

Deno.test("reductions of a group grow with it", async () => {
  const { file, cg } = simple(2 | 8);
  const rows = (from: number, to: number) =>
    Uint8Array.from({ length: 9 * (to - from) }, (_, i) => i);
  const reduction = file.add(SR, { fields: { sr_interval: 1, sr_sync_type: 1 } });
  file.patchLink(cg, "cg_sr_first", reduction);
  const data = file.data("RD", rows(0, 8));
  file.patchLink(reduction, "sr_data", data);
  await refreshAfter(file, () => file.append(rows(8, 16)), async (mdf, source) => {
    const [found] = mdf.groups[0].reductions;
    assertEquals(found.count, 8);
    await mdf.refresh();
    assertEquals(found.count, 16);
    assertStrictEquals(mdf.groups[0].reductions[0], found);
    await assertUpToDate(mdf, source.bytes);
  });
});

Deno.test("events, attachments, history and comment that come are there", async () => {
  const { file } = simple();
  file.addToHeader(FH, { fields: { fh_time_ns: 1n } });
  file.addToHeader(EV, { links: { ev_tx_name: file.text("first") } });
  const grow = () => {
    file.addToHeader(FH, { fields: { fh_time_ns: 2n } });
    file.addToHeader(EV, { links: { ev_tx_name: file.text("second") } });
    file.addToHeader(AT, { links: { at_tx_filename: file.text("picture") } });
    file.patchLink(
      file.hd,
      "hd_md_comment",
      file.metadata("<HDcomment><TX>later</TX></HDcomment>"),
    );
  };
  await refreshAfter(file, grow, async (mdf, source) => {
    const [first] = mdf.events;
    await mdf.refresh();
    assertEquals(mdf.events.map(({ name }) => name), ["first", "second"]);
    assertEquals(mdf.attachments.map(({ name }) => name), ["picture"]);
    assertEquals([mdf.fileHistory.length, mdf.comment], [2, "later"]);
    assertEquals(first.name, "first");
    await assertUpToDate(mdf, source.bytes);
  });
});

Deno.test("a file that is completed is read as a complete one, with all that came last", async () => {
  const file = new FileBuilder({ unfinalized: 1 | 4 });
  const { dg, cg } = file.group({ channels: CHANNELS, cg_cycle_count: 0 });
  const data = file.add(DT, { payload: records(0, 8) });
  file.patchLink(dg, "dg_data", data);
  file.patchLength(data, 24);
  const grow = () => {
    file.append(records(8, 13));
    file.patchLength(data, 24 + 13 * 3);
    file.patchField(cg, "cg_cycle_count", 13);
    file.patchBytes(0, new TextEncoder().encode("MDF     "));
    file.patchBytes(60, [0, 0, 0, 0]);
    file.patchLink(cg, "cg_md_comment", file.text("done"));
  };
  await refreshAfter(file, grow, async (mdf, source) => {
    const found = await mdf.refresh();
    assertEquals([found.finalized, mdf.finalized, found.records], [true, true, 5]);
    assertEquals(mdf.groups[0].comment, "done");
    await assertUpToDate(mdf, source.bytes);
  });
});
