import { assert, assertEquals, assertRejects } from "@std/assert";
import { CC, CL, CN, CU, CV, DS, DT, GD, VD } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, Mdf, type NumberArray, UnsupportedFeatureError } from "../../mod.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import { eachWay, valuesOf } from "./_block_file.ts";

const NEW = { version: "4.30" };
const BIT_PACKED = 255;

/** Records of 64-bit places and, where given, 32-bit sizes. */
function places(values: readonly number[], sizes?: readonly number[]): Uint8Array {
  const stride = sizes ? 12 : 8;
  const bytes = new Uint8Array(stride * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setBigUint64(i * stride, BigInt(value), true);
    if (sizes) view.setUint32(i * stride + 8, sizes[i], true);
  });
  return bytes;
}

/** Entries of signal data: each with its length before it. */
function entries(streams: readonly (readonly number[])[]): { bytes: Uint8Array; at: number[] } {
  const at: number[] = [];
  const bytes: number[] = [];
  for (const stream of streams) {
    at.push(bytes.length);
    bytes.push(stream.length, 0, 0, 0, ...stream);
  }
  return { bytes: Uint8Array.from(bytes), at };
}

/** A channel whose values are streams, and one that counts records beside it. */
function streamFile(
  streams: readonly (readonly number[])[],
  compose: (file: FileBuilder) => number,
): FileBuilder {
  const file = new FileBuilder(NEW);
  const { bytes, at } = entries(streams);
  const composition = file.add(DS, {
    links: { ds_composition: compose(file) },
    fields: { ds_version: 430 },
  });
  file.group({
    channels: [{
      ...{ name: "stream", cn_type: 1, cn_data_type: 10, cn_bit_count: 64 },
      ...{ cn_data: file.data("SD", bytes, { blockSizes: [7] }), cn_composition: composition },
    }],
    records: places(at),
    blockSizes: [5],
  });
  return file;
}

const first = (offsets: number[]) => offsets[0];
const uint8 = (name: string, parts: Partial<ChannelParts> = {}): ChannelParts => ({
  ...{ name, cn_bit_count: 8 },
  ...parts,
});

for (const zip of [false, true, 3]) {
  Deno.test(`trap 39: values with a length channel, variable data ${zip ? "zipped" : "plain"} (${zip})`, async () => {
    const file = new FileBuilder(NEW);
    const text = new TextEncoder().encode("onetwothreeee");
    const data = file.data("VD", text, { blockSizes: [4], zip });
    const { channels } = file.group({
      channels: [
        {
          name: "word",
          cn_type: 7,
          cn_data_type: 7,
          cn_bit_count: 64,
          cn_data: data,
          moreLinks: [0],
        },
        { name: "size", cn_byte_offset: 8, cn_bit_count: 32 },
      ],
      // Values in another order than in the data, shared, empty, and one within another.
      records: places([6, 0, 3, 0, 0, 6], [7, 3, 3, 6, 0, 5]),
      blockSizes: [7, 11],
    });
    file.patchLink(channels[0], 8, channels[1]);
    await eachWay(file.bytes(), async (mdf) => {
      assertEquals(await valuesOf(mdf, "word"), ["threeee", "one", "two", "onetwo", "", "three"]);
      assertEquals(await valuesOf(mdf, "size"), [7, 3, 3, 6, 0, 5]);
      const part = await mdf.read("word", { records: [2, 4] });
      assertEquals([...part.values as Iterable<unknown>], ["two", "onetwo"]);
    });
  });
}

Deno.test("trap 32: with a length channel, the links to attachments come after the one to it", async () => {
  const file = new FileBuilder(NEW);
  const { channels } = file.group({
    channels: [
      {
        ...{ name: "word", cn_type: 7, cn_data_type: 10, cn_bit_count: 64 },
        ...{ cn_data: file.add(VD, { payload: Uint8Array.of(1, 2, 3) }) },
        ...{ cn_attachment_count: 1, moreLinks: [0, 64] },
      },
      { name: "size", cn_byte_offset: 8, cn_bit_count: 32 },
    ],
    records: places([1], [2]),
  });
  file.patchLink(channels[0], 8, channels[1]);
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(await valuesOf(mdf, "word"), [Uint8Array.of(2, 3)]);
    assertEquals(mdf.channel("word").model.attachments, [64]);
  });
});

Deno.test("a length channel that is missing, or leads past the data, is an error of the channel", async () => {
  const make = (size: number, linked: boolean) => {
    const file = new FileBuilder(NEW);
    const data = file.add(VD, { payload: Uint8Array.of(1, 2, 3) });
    const { channels } = file.group({
      channels: [
        {
          name: "word",
          cn_type: 7,
          cn_data_type: 10,
          cn_bit_count: 64,
          cn_data: data,
          moreLinks: [0],
        },
        { name: "size", cn_byte_offset: 8, cn_bit_count: 32 },
      ],
      records: places([1], [size]),
    });
    if (linked) file.patchLink(channels[0], 8, channels[1]);
    return Mdf.open(file.bytes());
  };
  await using lost = await make(2, false);
  await assertRejects(() => lost.read("word"), CorruptFileError, "a length of their own");
  assertEquals(await valuesOf(lost, "size"), [2]);
  await using long = await make(3, true);
  await assertRejects(() => long.read("word"), CorruptFileError, "3 bytes long");
});

Deno.test("the channels of a stream lie one after the other, each aligned its own way", async () => {
  const streams = [
    // a, one byte to skip, b on an even byte, c of five bits, d of three right behind it.
    [1, 99, 0x34, 0x12, 0b101_00110],
    [2, 99, 0x78, 0x56, 0b111_00001],
  ];
  const file = streamFile(streams, (file) =>
    first(file.channels([
      uint8("a"),
      { name: "b", cn_bit_count: 16, cn_alignment: 1 },
      { name: "c", cn_bit_count: 5, cn_alignment: BIT_PACKED },
      { name: "d", cn_bit_count: 3, cn_alignment: BIT_PACKED },
    ])));
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(await valuesOf(mdf, "a"), [1, 2]);
    assertEquals(await valuesOf(mdf, "b"), [0x1234, 0x5678]);
    assertEquals(await valuesOf(mdf, "c"), [6, 1]);
    assertEquals(await valuesOf(mdf, "d"), [5, 7]);
    assertEquals(await valuesOf(mdf, "stream"), streams.map((bytes) => Uint8Array.from(bytes)));
    const all = await mdf.readAll();
    assertEquals(all.map(({ channel, values }) => [channel.name, values.at(1)]), [
      ["stream", Uint8Array.from(streams[1])],
      ["a", 2],
      ["b", 0x5678],
      ["c", 1],
      ["d", 7],
    ]);
    assertEquals(mdf.channel("a").path, "stream.a");
  });
});

Deno.test("a channel may start the alignment anew, and skip bytes and bits", async () => {
  const file = streamFile([[7, 8, 9, 0xf0, 0xab, 0xcd]], (file) =>
    first(file.channels([
      uint8("a"),
      // Aligned to four bytes from byte 1 on, thus at byte 1, and one further.
      uint8("b", { cn_alignment: 2, cn_flags: 1 << 18, cn_byte_offset: 1 }),
      // From byte 3, four bits further, as alignment to single bytes allows.
      { name: "c", cn_bit_count: 4, cn_bit_offset: 4 },
      { name: "d", cn_bit_count: 16, cn_data_type: 1 },
    ])));
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(await valuesOf(mdf, "a"), [7]);
    assertEquals(await valuesOf(mdf, "b"), [9]);
    assertEquals(await valuesOf(mdf, "c"), [15]);
    assertEquals(await valuesOf(mdf, "d"), [0xabcd]);
  });
});

Deno.test("texts in a stream have their length before them, or told by a channel", async () => {
  const streams = [[2, 0, 0, 0, 0x68, 0x69, 3, 1, 2, 3], [0, 0, 0, 0, 0]];
  const file = streamFile(streams, (file) => {
    const channels = file.channels([
      { name: "text", cn_type: 1, cn_data_type: 7 },
      uint8("size"),
      { name: "rest", cn_type: 7, cn_data_type: 10, moreLinks: [0] },
    ]);
    file.patchLink(channels[2], 8, channels[1]);
    return channels[0];
  });
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(await valuesOf(mdf, "text"), ["hi", ""]);
    assertEquals(await valuesOf(mdf, "rest"), [Uint8Array.of(1, 2, 3), new Uint8Array()]);
  });
});

/** A list of elements of two channels; the size stands in the stream before it. */
function listFile(streams: readonly (readonly number[])[], flags: number): FileBuilder {
  return streamFile(streams, (file) => {
    const [element] = file.channels([
      { name: "x", cn_bit_count: 16, cn_data_type: 2 },
      { name: "y", cn_bit_count: 8 },
    ]);
    const list = file.add(CL, {
      links: { cl_composition: element },
      fields: { cl_flags: flags, cl_alignment: 1 },
    });
    const channels = file.channels([uint8("count"), { name: "list", cn_composition: list }]);
    file.patchLink(list, "cl_cn_size", channels[0]);
    return channels[0];
  });
}

Deno.test("a list has as many elements as a channel tells, for each record", async () => {
  const streams = [
    // Elements of three bytes; the second and later start on even bytes.
    [2, 0xff, 0xff, 5, 0x10, 0x00, 6],
    [0],
    [1, 0x02, 0x01, 9],
  ];
  const check = async (file: FileBuilder) =>
    await eachWay(file.bytes(), async (mdf) => {
      const x = await mdf.read("x");
      const lists = [...x.values as Iterable<NumberArray>];
      assertEquals(lists, [Int16Array.of(-1, 16), new Int16Array(), Int16Array.of(0x0102)]);
      assertEquals(x.valid, undefined);
      assertEquals(await valuesOf(mdf, "y"), [
        Uint8Array.of(5, 6),
        new Uint8Array(),
        Uint8Array.of(9),
      ]);
      assertEquals(
        await valuesOf(mdf, "list"),
        streams.map((bytes) => Uint8Array.from(bytes.slice(1))),
      );
      const batches: unknown[] = [];
      for await (const batch of mdf.stream(["x"], { batchBytes: 8 })) {
        batches.push(...structuredClone([...batch.signals[0].values as Iterable<unknown>]));
      }
      assertEquals(batches, lists);
    });
  await check(listFile(streams, 1));
  // The same with the size in bytes.
  await check(listFile(streams.map(([, ...bytes]) => [bytes.length, ...bytes]), 0));
});

Deno.test("a list that is longer than its stream is damaged, and an endless one ends", async () => {
  await using short = await Mdf.open(listFile([[3, 1, 0, 1]], 1).bytes());
  await assertRejects(() => short.read("x"), CorruptFileError, "data stream of record 0");
  assertEquals(await valuesOf(short, "stream"), [Uint8Array.of(3, 1, 0, 1)]);
  const endless = streamFile([[255, 1]], (file) => {
    const empty = file.add(DS, { fields: { ds_version: 430 } });
    const [element] = file.channels([{ name: "nothing", cn_composition: empty }]);
    const list = file.add(CL, { links: { cl_composition: element }, fields: { cl_flags: 1 } });
    const channels = file.channels([uint8("count"), { name: "list", cn_composition: list }]);
    file.patchLink(list, "cl_cn_size", channels[0]);
    return channels[0];
  });
  await using mdf = await Mdf.open(endless.bytes());
  await assertRejects(() => mdf.read("list"), CorruptFileError, "takes up no bits");
});

Deno.test("of a variant, the option is valid that the discriminator chooses", async () => {
  const file = streamFile([[1, 0x34, 0x12, 77], [2, 5, 78], [9, 79], []], (file) => {
    const [wide] = file.channels([{ name: "wide", cn_bit_count: 16 }]);
    const [narrow] = file.channels([uint8("narrow")]);
    const variant = file.add(CV, {
      moreLinks: [wide, narrow],
      fields: { cv_option_count: 2, cv_option_val: [1n, 2n] },
    });
    const channels = file.channels([
      uint8("which"),
      { name: "variant", cn_composition: variant },
      uint8("after"),
    ]);
    file.patchLink(variant, "cv_cn_discriminator", channels[0]);
    return channels[0];
  });
  await eachWay(file.bytes(), async (mdf) => {
    const wide = await mdf.read("wide");
    assertEquals([wide.values.at(0), wide.valid], [0x1234, Uint8Array.of(1, 0, 0, 0)]);
    const narrow = await mdf.read("narrow");
    assertEquals([narrow.values.at(1), narrow.valid], [5, Uint8Array.of(0, 1, 0, 0)]);
    const after = await mdf.read("after");
    assertEquals([...after.values as Iterable<number>].slice(0, 3), [77, 78, 79]);
    assertEquals(after.valid, Uint8Array.of(1, 1, 1, 0), "an empty stream has no values");
  });
});

Deno.test("the members of a union lie at one place; what follows lies behind the longest", async () => {
  const file = streamFile([[1, 2, 3, 4, 5]], (file) => {
    const [whole] = file.channels([{ name: "whole", cn_bit_count: 32 }]);
    const [part] = file.channels([{ name: "part", cn_bit_count: 16 }]);
    const union = file.add(CU, { moreLinks: [whole, part], fields: { cu_member_count: 2 } });
    return first(file.channels([{ name: "union", cn_composition: union }, uint8("after")]));
  });
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(await valuesOf(mdf, "whole"), [0x04030201]);
    assertEquals(await valuesOf(mdf, "part"), [0x0201]);
    assertEquals(await valuesOf(mdf, "after"), [5]);
    assertEquals(await valuesOf(mdf, "union"), [Uint8Array.of(1, 2, 3, 4)]);
  });
});

Deno.test("variants and unions in records of fixed length are places in the record", async () => {
  const file = new FileBuilder(NEW);
  const [signed] = file.channels([{
    name: "signed",
    cn_data_type: 2,
    cn_bit_count: 16,
    cn_byte_offset: 1,
  }]);
  const [float] = file.channels([{
    name: "half",
    cn_data_type: 4,
    cn_bit_count: 16,
    cn_byte_offset: 1,
  }]);
  const variant = file.add(CV, {
    moreLinks: [signed, float],
    fields: { cv_option_count: 2, cv_option_val: [7n, 8n] },
  });
  const [low] = file.channels([uint8("low", { cn_byte_offset: 1 })]);
  const union = file.add(CU, { moreLinks: [low], fields: { cu_member_count: 1 } });
  const { channels } = file.group({
    channels: [
      uint8("which"),
      { name: "variant", cn_byte_offset: 1, cn_bit_count: 16, cn_composition: variant },
      { name: "union", cn_byte_offset: 1, cn_bit_count: 16, cn_composition: union },
    ],
    records: Uint8Array.of(7, 0xfe, 0xff, 8, 0x00, 0x3c, 7, 3, 0),
    blockSizes: [2],
  });
  file.patchLink(variant, "cv_cn_discriminator", channels[0]);
  await eachWay(file.bytes(), async (mdf) => {
    const read = await mdf.read("signed");
    assertEquals(read.values, Int16Array.of(-2, 0x3c00, 3));
    assertEquals(read.valid, Uint8Array.of(1, 0, 1));
    const half = await mdf.read("half");
    assertEquals([half.values.at(1), half.valid], [1, Uint8Array.of(0, 1, 0)]);
    assertEquals(await valuesOf(mdf, "low"), [0xfe, 0, 3]);
    assertEquals(
      await valuesOf(mdf, "union"),
      [[0xfe, 0xff], [0, 0x3c], [3, 0]].map((pair) => Uint8Array.from(pair)),
    );
  });
});

Deno.test("conversions apply to what lies in streams and lists", async () => {
  const bits = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0];
  const streams = [[2, 1, 3], [1, 4]];
  const file = streamFile(streams, (file) => {
    const conversion = file.add(CC, {
      fields: { cc_type: 1, cc_val_count: 2, cc_val: [bits(100), bits(0.5)] },
    });
    const [element] = file.channels([uint8("value", { cn_cc_conversion: conversion })]);
    const list = file.add(CL, { links: { cl_composition: element }, fields: { cl_flags: 1 } });
    const channels = file.channels([
      uint8("count", { cn_cc_conversion: conversion }),
      { name: "list", cn_composition: list },
    ]);
    file.patchLink(list, "cl_cn_size", channels[0]);
    return channels[0];
  });
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals((await mdf.read("count")).values, Float64Array.of(101, 100.5));
    assertEquals((await mdf.read("count", { raw: true })).values, Uint8Array.of(2, 1));
    assertEquals(await valuesOf(mdf, "value"), [
      Float64Array.of(100.5, 101.5),
      Float64Array.of(102),
    ]);
  });
});

Deno.test("what is not known of streams is an error for its channels, and the rest is read", async () => {
  const make = (fields: { ds_version?: number; ds_mode?: number }) => {
    const file = new FileBuilder(NEW);
    const [inner] = file.channels([uint8("inner")]);
    const composition = file.add(DS, { links: { ds_composition: inner }, fields });
    const { bytes, at } = entries([[1], [2]]);
    file.group({
      channels: [
        {
          ...{ name: "stream", cn_type: 1, cn_data_type: 10, cn_bit_count: 64 },
          ...{ cn_data: file.data("SD", bytes), cn_composition: composition },
        },
        { name: "place", cn_bit_count: 64 },
      ],
      records: places(at),
    });
    return Mdf.open(file.bytes());
  };
  await using later = await make({ ds_version: 440 });
  const error = await assertRejects(() => later.read("stream"), UnsupportedFeatureError, "4.4");
  assertEquals([error.block, error.offset! > 0], ["DS", true]);
  assertEquals(await valuesOf(later, "place"), [0n, 5n]);
  await using mode = await make({ ds_version: 430, ds_mode: 2 });
  await assertRejects(() => mode.read("stream"), UnsupportedFeatureError, "mode 2");
  // Described by an attached file: the bytes are read as they are.
  await using described = await make({ ds_version: 430, ds_mode: 1 });
  assertEquals(await valuesOf(described, "stream"), [Uint8Array.of(1), Uint8Array.of(2)]);
  const list = new FileBuilder(NEW);
  const [element] = list.channels([uint8("element")]);
  const composition = list.add(CL, { links: { cl_composition: element } });
  const { channels } = list.group({
    channels: [uint8("size"), { name: "list", cn_bit_count: 8, cn_composition: composition }],
    records: Uint8Array.of(1, 2),
  });
  list.patchLink(composition, "cl_cn_size", channels[0]);
  await using mdf = await Mdf.open(list.bytes());
  await assertRejects(
    () => mdf.read("element"),
    UnsupportedFeatureError,
    "outside of a data stream",
  );
  assertEquals(await valuesOf(mdf, "size"), [1, 2]);
});

Deno.test("a guard leads to the block it guards, in every place, or keeps older readers away", async () => {
  const guarded = (version: number, target: "data" | "composition" | "channel") => {
    const file = new FileBuilder(NEW);
    const { dg, channels } = file.group({
      channels: [uint8("a"), uint8("b", { cn_byte_offset: 1 })],
      cg_data_bytes: 2,
    });
    const guard = (gd_link: number) =>
      file.add(GD, { links: { gd_link }, fields: { gd_version: version } });
    const data = file.add(DT, { payload: Uint8Array.of(1, 2, 3, 4) });
    file.patchLink(dg, "dg_data", target === "data" ? guard(data) : data);
    if (target === "channel") file.patchLink(channels[0], "cn_cn_next", guard(channels[1]));
    if (target === "composition") {
      const member = file.add(CN, {
        links: { cn_tx_name: file.text("member") },
        fields: { cn_bit_count: 8, cn_byte_offset: 1 },
      });
      file.patchLink(channels[0], "cn_composition", guard(member));
    }
    return file.bytes();
  };
  for (const target of ["data", "channel", "composition"] as const) {
    await eachWay(guarded(430, target), async (mdf) => {
      assertEquals(mdf.problems, []);
      assertEquals(await valuesOf(mdf, "b"), [2, 4]);
      if (target === "composition") assertEquals(await valuesOf(mdf, "member"), [2, 4]);
      else assertEquals(await valuesOf(mdf, "a"), [1, 3]);
    });
  }
  await using data = await Mdf.open(guarded(440, "data"));
  const error = await assertRejects(() => data.read("a"), UnsupportedFeatureError, "version 4.4");
  assertEquals(error.block, "GD");
  await using channel = await Mdf.open(guarded(440, "channel"));
  assertEquals(await valuesOf(channel, "a"), [1, 3]);
  assertEquals(channel.problems.map(({ code, block }) => [code, block]), [["unsupported", "GD"]]);
  assert(!channel.groups[0].channels.some(({ name }) => name === "b"));
});

Deno.test("a guard that guards itself, another guard or nothing is damaged", async () => {
  const file = new FileBuilder(NEW);
  const { dg } = file.group({ channels: [uint8("a")] });
  const guard = file.add(GD, { fields: { gd_version: 430 } });
  file.patchLink(dg, "dg_data", guard);
  for (const target of [0, guard, file.add(GD, { links: { gd_link: guard } })]) {
    file.patchLink(guard, "gd_link", target);
    await using mdf = await Mdf.open(file.bytes());
    await assertRejects(() => mdf.read("a"), CorruptFileError, "no block that it guards");
  }
});
