/** Conversions on their whole way: from blocks in a file to the values of a signal. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { CC } from "../../lib/blocks/block_tables.ts";
import {
  CorruptFileError,
  LimitExceededError,
  Mdf,
  type MdfIndex,
  UnsupportedFeatureError,
} from "../../mod.ts";
import { corpusTest, FileBuilder } from "../_helpers.ts";

/** What a reference links to: a text, a conversion by its offset, or nothing. */
type Reference = string | number | null;

interface Parts {
  type: number;
  values?: readonly (number | bigint)[];
  references?: readonly Reference[];
  name?: string;
  inverse?: number;
}

/** Adds a conversion; masks are given as bigints, all else as numbers. */
function addConversion(file: FileBuilder, parts: Parts): number {
  const values = parts.values ?? [];
  const links = (parts.references ?? []).map((reference) =>
    typeof reference === "string" ? file.text(reference) : reference ?? 0
  );
  const view = new DataView(new ArrayBuffer(8));
  return file.add(CC, {
    links: { cc_tx_name: file.text(parts.name ?? ""), cc_cc_inverse: parts.inverse ?? 0 },
    moreLinks: links,
    fields: {
      cc_type: parts.type,
      cc_ref_count: links.length,
      cc_val_count: values.length,
      cc_val: values.map((value) => {
        if (typeof value === "bigint") return value;
        view.setFloat64(0, value);
        return view.getBigUint64(0);
      }),
    },
  });
}

interface ChannelOptions {
  dataType?: number;
  bits: number;
  bitOffset?: number;
  type?: number;
}

/** A file of one channel, whose records lie in blocks of seven bytes. */
function oneChannel(
  records: Uint8Array,
  { dataType = 0, bits, bitOffset = 0, type = 0 }: ChannelOptions,
  conversion: (file: FileBuilder) => number,
): Uint8Array {
  const file = new FileBuilder({ version: "4.20" });
  file.group({
    channels: [{
      name: "C",
      cn_type: type,
      cn_data_type: dataType,
      cn_bit_count: bits,
      cn_bit_offset: bitOffset,
      cn_cc_conversion: conversion(file),
    }],
    records,
    blockSizes: [7],
  });
  return file.bytes();
}

/** Reads the channel from the file, and again by way of an index. */
async function readBoth(bytes: Uint8Array): Promise<unknown[]> {
  await using mdf = await Mdf.open(bytes);
  const direct = Array.from((await mdf.read("C")).values as Iterable<unknown>);
  const index: MdfIndex = JSON.parse(JSON.stringify(mdf.toIndex()));
  await using again = await Mdf.fromIndex(index, bytes);
  const { values } = await again.read("C");
  assertEquals(Array.from(values as Iterable<unknown>), direct);
  const parts: unknown[] = [];
  for await (const batch of mdf.stream(["C"], { batchBytes: 24 })) {
    parts.push(...batch.signals[0].values as Iterable<unknown>);
  }
  assertEquals(parts, direct);
  return direct;
}

const words = (...values: bigint[]) => new Uint8Array(BigUint64Array.from(values).buffer);

function bitfield(file: FileBuilder): number {
  const bits = addConversion(file, {
    type: 7,
    values: [0, 1, 2, 3],
    references: ["none", "first", "second", "both"],
    name: "Low",
  });
  const top = addConversion(file, { type: 7, values: [2 ** 63], references: ["top", null] });
  return addConversion(file, { type: 11, values: [3n, 1n << 63n], references: [bits, top] });
}

const TOP = 1n << 63n;

Deno.test("trap 28: bit-field texts of 64-bit channels see every bit", async () => {
  const records = words(0n, 1n, TOP | 2n, TOP | (1n << 53n) | 3n, (1n << 53n) | 1n, TOP - 1n);
  const expected = [
    "Low = none",
    "Low = first",
    "Low = second|top",
    "Low = both|top",
    "Low = first",
    "Low = both",
  ];
  assertEquals(await readBoth(oneChannel(records, { bits: 64 }, bitfield)), expected);
  assertEquals(await readBoth(oneChannel(records, { bits: 64, dataType: 2 }, bitfield)), expected);
});

Deno.test("trap 28: bit-field texts of channels of other widths", async () => {
  const bytes = Uint8Array.of(0b0000_0100, 0b0000_1000, 0b0000_1100, 0);
  assertEquals(await readBoth(oneChannel(bytes, { bits: 6, bitOffset: 2 }, bitfield)), [
    ...["Low = first", "Low = second", "Low = both", "Low = none"],
  ]);
  // A signed value of 6 bits: -1 has the top bit of its two's complement.
  const signed = Uint8Array.of(0xfc, 0x04);
  assertEquals(
    await readBoth(oneChannel(signed, { bits: 6, bitOffset: 2, dataType: 2 }, bitfield)),
    ["Low = both|top", "Low = first"],
  );
  // 54 bits in records of seven bytes; a double has 53 and would round the lowest away.
  const wide = Uint8Array.of(...[1, 0, 0, 0, 0, 0, 0x20], ...[3, 0, 0, 0, 0, 0, 0x20]);
  assertEquals(await readBoth(oneChannel(wide, { bits: 54 }, bitfield)), [
    ...["Low = first", "Low = both"],
  ]);
});

Deno.test("trap 27: one channel mixes texts and numbers", async () => {
  const bytes = oneChannel(Uint8Array.of(0, 100, 253, 254, 255), { bits: 8 }, (file) => {
    const linear = addConversion(file, { type: 1, values: [-40, 0.5] });
    return addConversion(file, {
      type: 8,
      values: [254, 254, 255, 255],
      references: ["error", "not available", linear],
    });
  });
  assertEquals(await readBoth(bytes), [-40, 10, 86.5, "error", "not available"]);
});

Deno.test("trap 26: the raw values' type decides how ranges end, not the nested conversion", async () => {
  const ranges = (file: FileBuilder) =>
    addConversion(file, { type: 8, values: [0, 2, 2, 4], references: ["low", "high", "out"] });
  assertEquals(await readBoth(oneChannel(Uint8Array.of(1, 2, 4, 5), { bits: 8 }, ranges)), [
    ...["low", "low", "high", "out"],
  ]);
  const floats = new Uint8Array(Float32Array.of(1, 2, 4, 5).buffer);
  assertEquals(await readBoth(oneChannel(floats, { bits: 32, dataType: 4 }, ranges)), [
    ...["low", "high", "out", "out"],
  ]);
});

Deno.test("trap 29: a formula, as plain text and in XML", async () => {
  const records = Uint8Array.of(0, 1, 2, 10);
  const plain = oneChannel(
    records,
    { bits: 8 },
    (file) => addConversion(file, { type: 3, references: ["2*X1^2 + 0.5"] }),
  );
  assertEquals(await readBoth(plain), [0.5, 2.5, 8.5, 200.5]);
  const xml = oneChannel(records, { bits: 8 }, (file) => {
    const formula = file.metadata(
      '<CCformula><TX ges_version="1.0">(X &lt; 2) * 7</TX><custom_syntax>no GES</custom_syntax>' +
        "</CCformula>",
    );
    return addConversion(file, { type: 3, references: [formula] });
  });
  assertEquals(await readBoth(xml), [7, 7, 0, 0]);
});

Deno.test("a conversion of -0 sees its sign", async () => {
  const records = new Uint8Array(Float64Array.of(0, -0, 2).buffer);
  const bytes = oneChannel(
    records,
    { bits: 64, dataType: 4 },
    (file) => addConversion(file, { type: 3, references: ["1 / X"] }),
  );
  assertEquals(await readBoth(bytes), [Infinity, -Infinity, 0.5]);
});

Deno.test("trap 24: conversions of numbers do not touch the lengths and texts of a text channel", async () => {
  const records = new TextEncoder().encode("12\0x34\0y");
  const linear = (file: FileBuilder) => addConversion(file, { type: 1, values: [0, 2] });
  assertEquals(await readBoth(oneChannel(records, { bits: 32, dataType: 7 }, linear)), [
    "12",
    "34",
  ]);
});

Deno.test("trap 24: nor the places of texts of variable length", async () => {
  const file = new FileBuilder();
  // Entries at offsets 0 and 6: a length of four bytes, then the text.
  const texts = Uint8Array.of(2, 0, 0, 0, 0x68, 0x69, 1, 0, 0, 0, 0x21);
  file.group({
    channels: [{
      name: "C",
      cn_type: 1,
      cn_data_type: 7,
      cn_bit_count: 64,
      cn_data: file.data("SD", texts),
      cn_cc_conversion: addConversion(file, { type: 1, values: [6, 0] }),
    }],
    records: words(6n, 0n, 6n),
  });
  assertEquals(await readBoth(file.bytes()), ["!", "hi", "!"]);
});

Deno.test("trap 27: texts to values and texts", async () => {
  // What follows the zero byte of a text is left over from a longer one.
  const records = new TextEncoder().encode("on\0joff\0no\0\0");
  const toValue = (file: FileBuilder) =>
    addConversion(file, { type: 9, values: [1, 0, -1], references: ["on", "off"] });
  const values = await readBoth(oneChannel(records, { bits: 32, dataType: 6 }, toValue));
  assertEquals(values, [1, 0, -1]);
  const toText = (file: FileBuilder) =>
    addConversion(file, { type: 10, references: ["on", "an", "off", null, "weiß nicht"] });
  const texts = await readBoth(oneChannel(records, { bits: 32, dataType: 6 }, toText));
  assertEquals(texts, ["an", "off", "weiß nicht"]);
});

Deno.test("virtual channels convert the record's number by any rule", async () => {
  const file = new FileBuilder();
  const linear = addConversion(file, { type: 1, values: [100, 0.5] });
  const table = addConversion(file, {
    type: 8,
    values: [0, 1, 2, 2],
    references: ["begin", linear, "later"],
  });
  file.group({
    channels: [
      { name: "C", cn_type: 6, cn_cc_conversion: table },
      { name: "byte", cn_bit_count: 8 },
    ],
    records: new Uint8Array(4),
  });
  assertEquals(await readBoth(file.bytes()), ["begin", "begin", 101, "later"]);
});

Deno.test("a bad conversion is an error of its channel; the others stay readable", async () => {
  const bad: [Parts, typeof CorruptFileError, string][] = [
    [{ type: 1, values: [1] }, CorruptFileError, "needs at least 2 parameters"],
    [{ type: 3, references: ["X +"] }, CorruptFileError, "position 4"],
    [{ type: 3, references: ["bessel(X)"] }, UnsupportedFeatureError, 'function "bessel"'],
    [{ type: 3, references: ["(".repeat(1e6)] }, LimitExceededError, "1000000 characters"],
    [{ type: 7, values: [1, 2], references: ["a"] }, CorruptFileError, "2 keys"],
    [{ type: 12 }, UnsupportedFeatureError, "type 12"],
  ];
  for (const [parts, kind, reason] of bad) {
    const file = new FileBuilder();
    const conversion = addConversion(file, parts);
    file.group({
      channels: [
        { name: "bad", cn_bit_count: 8, cn_cc_conversion: conversion },
        { name: "good", cn_byte_offset: 1, cn_bit_count: 8 },
      ],
      records: Uint8Array.of(1, 2, 3, 4),
    });
    await using mdf = await Mdf.open(file.bytes());
    const error = await assertRejects(() => mdf.read("bad"), kind, reason);
    assertEquals([error.block, error.offset], ["CC", conversion]);
    assertEquals(await mdf.read("bad", { raw: true }).then(({ values }) => [...values]), [1, 3]);
    assertEquals(await mdf.read("good").then(({ values }) => [...values]), [2, 4]);
  }
});

Deno.test("the model tells where each conversion stands in the file", async () => {
  const file = new FileBuilder();
  const inverse = addConversion(file, { type: 1, values: [20, 2] });
  const conversion = addConversion(file, { type: 1, values: [-10, 0.5], inverse });
  file.group({
    channels: [{ name: "C", cn_bit_count: 8, cn_cc_conversion: conversion }],
    records: Uint8Array.of(1),
  });
  await using mdf = await Mdf.open(file.bytes());
  const model = mdf.channel("C").conversion!;
  assertStrictEquals(model.offset, conversion);
  assertStrictEquals(mdf.measurement.conversions[model.inverse!].offset, inverse);
});

corpusTest("partial conversions with a formula give numbers by hand's arithmetic", async (dir) => {
  await using mdf = await Mdf.open(
    `${dir}/asam/Vector_PartialConversionLinearIdentityAlgebraic.mf4`,
  );
  const raw = [...(await mdf.read("Data channel", { raw: true })).values as Iterable<number>];
  const converted = [...(await mdf.read("Data channel")).values as Iterable<number>];
  const { conversions } = mdf.measurement;
  const [table, first, , formula, otherwise] = conversions;
  assertEquals([table.type, first.type, formula.references], [8, 1, ["X - X * X"]]);
  const line = (model: typeof first, x: number) =>
    Number(model.values[0]) + Number(model.values[1]) * x;
  const expected = raw.map((x) => {
    if (x >= 0.5 && x < 2.2) return line(first, x);
    if (x >= 2.2 && x < 3.2) return x;
    if (x >= 3.5 && x < 6) return x - x * x;
    return line(otherwise, x);
  });
  assertEquals(converted, expected);
});
