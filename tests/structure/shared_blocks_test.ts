import { assertEquals } from "@std/assert";
import { AT, CC, CG, CN, DG, DT, SD, SI } from "../../lib/blocks/block_tables.ts";
import { BlockFile, corpusFileTest, eachWay, valuesOf } from "../signal/_block_file.ts";

Deno.test("trap 32: attachment links, then the default x axis, follow the eight links of a channel", async () => {
  const file = new BlockFile();
  const x = file.group(["time", "x"], [[1, 2]]);
  const attachments = file.list(
    AT,
    ["a", "b", "c"].map((name) => ({ links: { at_tx_filename: file.text(name) } })),
  );
  const fields = { cn_bit_count: 8, cn_byte_offset: 0 };
  const axis = [x.dataGroup, x.group, x.channels[1]];
  const [first] = file.list(CN, [
    {
      links: { cn_tx_name: file.text("none") },
      fields: { ...fields, cn_limit_ext_max: 1.5, cn_precision: 7 },
    },
    {
      links: { cn_tx_name: file.text("two") },
      moreLinks: [attachments[2], attachments[0]],
      fields: { ...fields, cn_attachment_count: 2, cn_limit_ext_max: 2.5, cn_precision: 8 },
    },
    {
      links: { cn_tx_name: file.text("axis") },
      moreLinks: axis,
      fields: { ...fields, cn_flags: 0x1000, cn_limit_ext_max: 3.5, cn_precision: 9 },
    },
    {
      links: { cn_tx_name: file.text("both") },
      moreLinks: [attachments[1], ...axis],
      fields: {
        ...fields,
        cn_flags: 0x1000,
        cn_attachment_count: 1,
        cn_limit_ext_max: 4.5,
        cn_precision: 10,
      },
    },
  ]);
  const data = file.add(DT, { payload: Uint8Array.of(3, 1, 4) });
  const group = file.add(CG, {
    links: { cg_cn_first: first },
    fields: { cg_cycle_count: 3, cg_data_bytes: 1 },
  });
  const dataGroup = file.add(DG, {
    links: { dg_dg_next: x.dataGroup, dg_cg_first: group, dg_data: data },
  });
  const bytes = file.bytes({ hd_dg_first: dataGroup, hd_at_first: attachments[0] });
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.problems, []);
    const { channels } = mdf.groups[0];
    assertEquals(
      channels.map(({ name, attachments }) => [name, attachments.map(({ name }) => name)]),
      [["none", []], ["two", ["c", "a"]], ["axis", []], ["both", ["b"]]],
    );
    // The data section begins after all links, however many there are.
    assertEquals(channels.map(({ model }) => model.precision), [7, 8, 9, 10]);
    for (const { model, name } of channels.slice(2)) {
      assertEquals(
        model.defaultX,
        { dataGroup: x.dataGroup, channelGroup: x.group, channel: x.channels[1] },
        name,
      );
    }
    for (const { name } of channels) assertEquals(await valuesOf(mdf, name), [3, 1, 4]);
  });
});

Deno.test("an attachment link that leads nowhere is told, and the channel stays readable", async () => {
  const file = new BlockFile();
  const stray = file.text("no attachment");
  const channel = file.add(CN, {
    links: { cn_tx_name: file.text("a") },
    moreLinks: [stray],
    fields: { cn_bit_count: 8, cn_attachment_count: 1 },
  });
  const data = file.add(DT, { payload: Uint8Array.of(9) });
  const group = file.add(CG, {
    links: { cg_cn_first: channel },
    fields: { cg_cycle_count: 1, cg_data_bytes: 1 },
  });
  const dataGroup = file.add(DG, { links: { dg_cg_first: group, dg_data: data } });
  await eachWay(file.bytes({ hd_dg_first: dataGroup }), async (mdf) => {
    assertEquals(mdf.channel("a").attachments, []);
    assertEquals(mdf.problems.map(({ block, offset }) => [block, offset]), [["CN", channel]]);
    assertEquals(await valuesOf(mdf, "a"), [9]);
  });
});

Deno.test("trap 33: a source, conversion, text or signal data may belong to many owners", async () => {
  const file = new BlockFile();
  const name = file.text("shared");
  const source = file.add(SI, { links: { si_tx_name: name, si_tx_path: name } });
  const conversion = file.add(CC, {
    links: { cc_md_unit: name },
    fields: {
      cc_type: 1,
      cc_val_count: 2,
      cc_val: [...new BigUint64Array(Float64Array.of(1, 2).buffer)],
    },
  });
  const texts = file.add(SD, {
    payload: Uint8Array.of(2, 0, 0, 0, 0x68, 0x69, 1, 0, 0, 0, 0x6f),
  });
  const make = (rows: number[][]) => {
    const [first] = file.list(CN, [
      {
        links: { cn_tx_name: name, cn_si_source: source, cn_cc_conversion: conversion },
        fields: { cn_bit_count: 8 },
      },
      {
        links: { cn_tx_name: file.text("text"), cn_si_source: source, cn_data: texts },
        fields: { cn_type: 1, cn_data_type: 7, cn_byte_offset: 1, cn_bit_count: 64 },
      },
    ]);
    const group = file.add(CG, {
      links: { cg_cn_first: first, cg_tx_acq_name: name, cg_si_acq_source: source },
      fields: { cg_cycle_count: rows.length, cg_data_bytes: 9 },
    });
    const payload = Uint8Array.from(
      rows.flatMap(([value, place]) => [value, place, 0, 0, 0, 0, 0, 0, 0]),
    );
    return { dg_cg_first: group, dg_data: file.add(DT, { payload }) };
  };
  const [first] = file.list(DG, [
    { links: make([[1, 0], [2, 6], [3, 0]]) },
    { links: make([[4, 6]]) },
  ]);
  await eachWay(file.bytes({ hd_dg_first: first }), async (mdf) => {
    assertEquals(mdf.problems, []);
    assertEquals(mdf.measurement.sources.length, 1);
    assertEquals(mdf.measurement.conversions.length, 1);
    assertEquals(mdf.measurement.signalData.length, 1);
    const read = async (group: number, channel: number) => {
      const signal = await mdf.read(mdf.groups[group].channels[channel]);
      return [...signal.values as Iterable<unknown>];
    };
    assertEquals([await read(0, 0), await read(1, 0)], [[3, 5, 7], [9]]);
    assertEquals([await read(0, 1), await read(1, 1)], [["hi", "o", "hi"], ["o"]]);
    for (const group of mdf.groups) {
      assertEquals([group.name, group.source?.name, group.source?.path], [
        "shared",
        "shared",
        "shared",
      ]);
      assertEquals(group.channels.map(({ source }) => source), [group.source, group.source]);
      assertEquals(group.channels[0].unit, "shared");
    }
  });
});

corpusFileTest(
  "trap 32: channels of a file by Vector refer to one or two attachments",
  "asam/Vector_AttachmentRef.mf4",
  async (bytes) => {
    await eachWay(bytes, (mdf) => {
      const [embedded, external] = mdf.attachments;
      assertEquals([embedded.compressed, external.name], [true, "SmallAttachment.txt"]);
      assertEquals(mdf.channel("Data channel A").attachments, [embedded, external]);
      assertEquals(mdf.channel("Data channel B").attachments, [external]);
    });
  },
);
