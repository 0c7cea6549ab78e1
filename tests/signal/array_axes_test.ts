import { assertEquals, assertThrows } from "@std/assert";
import { CA, CC } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, Mdf } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import { addArray, pack } from "./_arrays.ts";
import { eachWay } from "./_block_file.ts";

const f64 = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0];

function linear(file: FileBuilder, offset: number, factor: number, unit = ""): number {
  return file.add(CC, {
    links: { cc_md_unit: file.text(unit) },
    fields: { cc_type: 1, cc_val_count: 2, cc_val: [f64(offset), f64(factor)] },
  });
}

/** The links of a channel that an array names: its data group, channel group and itself. */
const triple = (added: { dg: number; cg: number; channels: number[] }, channel = 0) => [
  added.dg,
  added.cg,
  added.channels[channel],
];

Deno.test("trap 30: every link of a look-up table stands where its flags say", async () => {
  const file = new FileBuilder({ version: "4.20" });
  const inputs = file.group({
    channels: ["sizeX", "sizeY", "inX", "inY", "out", "compare"].map((name, i) => ({
      name,
      cn_byte_offset: i,
      cn_bit_count: 8,
    })),
    records: Uint8Array.from([2, 1, 11, 12, 13, 14]),
  });
  const axis = (dims: number[]) => addArray(file, { dims, ca_type: 1, ca_byte_offset_base: 1 });
  const axes = file.group({
    channels: [
      {
        name: "X",
        unit: "mm",
        cn_bit_count: 8,
        cn_composition: axis([2]),
        cn_cc_conversion: linear(file, 100, 100),
      },
      { name: "Y", cn_byte_offset: 2, cn_bit_count: 8, cn_composition: axis([3]) },
    ],
    cg_data_bytes: 5,
    records: Uint8Array.from([1, 2, 3, 4, 5]),
  });
  const map = addArray(file, {
    dims: [2, 3],
    ca_type: 2,
    ca_flags: 1 | 2 | 4 | 8 | 16 | 256,
    ca_byte_offset_base: 1,
    links: [
      ...triple(inputs, 0),
      ...triple(inputs, 1),
      ...triple(inputs, 2),
      ...triple(inputs, 3),
      ...triple(inputs, 4),
      ...triple(inputs, 5),
      0,
      linear(file, 0, 10, "kg"),
      ...triple(axes, 0),
      ...triple(axes, 1),
    ],
  });
  file.group({
    channels: [{ name: "map", cn_bit_count: 8, cn_composition: map }],
    cg_data_bytes: 6,
    records: Uint8Array.from([1, 2, 3, 4, 5, 6]),
  });
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(mdf.problems, []);
    const channel = mdf.channel("map");
    const [array] = channel.arrays;
    assertEquals([array.type, array.storage, array.shape], ["look-up", "record", [2, 3]]);
    assertEquals(
      [array.dynamicSize, array.standardAxis, array.inverseLayout, array.leftOpen],
      [true, true, false, false],
    );
    const [x, y] = array.dimensions;
    assertEquals([x.size, y.size], [2, 3]);
    assertEquals([x.sizeChannel?.name, y.sizeChannel?.name], ["sizeX", "sizeY"]);
    assertEquals([x.inputQuantity?.name, y.inputQuantity?.name], ["inX", "inY"]);
    assertEquals(
      [array.outputQuantity?.name, array.comparisonQuantity?.name],
      ["out", "compare"],
    );
    assertEquals([x.axis?.channel?.name, y.axis?.channel?.name], ["X", "Y"]);
    assertEquals([x.axis?.points, x.axis?.rawPoints], [undefined, undefined]);
    // No conversion of the axis: that of the channel does not count.
    const points = await mdf.read(x.axis!.channel!, { raw: true });
    assertEquals(points.shape, [1, 2]);
    assertEquals([...points.values as Uint8Array].map((raw) => x.axis!.convert(raw)), [1, 2]);
    assertEquals(x.axis?.unit, "mm");
    assertEquals([y.axis?.convert(3), y.axis?.unit], [30, "kg"]);
    assertEquals(x.axis?.channel?.arrays[0].type, "scaling axis");
    // A dynamic array is given in full; the size channels tell how much of it is used.
    assertEquals((await mdf.read("map")).shape, [1, 2, 3]);
    assertEquals((await mdf.read(x.sizeChannel!)).values.at(0), 2);
  });
});

Deno.test("trap 30: fixed axes follow the dimensions, and are converted", async () => {
  const file = new FileBuilder();
  const map = addArray(file, {
    dims: [2, 3],
    ca_type: 2,
    ca_flags: 16 | 32,
    ca_byte_offset_base: 1,
    ca_axis_value: [1, 2, -0.5, NaN, Infinity],
    links: [linear(file, 5, 2, "V"), 0],
  });
  file.group({
    channels: [{ name: "map", cn_bit_count: 8, cn_composition: map }],
    cg_data_bytes: 6,
    records: Uint8Array.from([1, 2, 3, 4, 5, 6]),
  });
  await eachWay(file.bytes(), (mdf) => {
    const [x, y] = mdf.channel("map").arrays[0].dimensions.map(({ axis }) => axis!);
    assertEquals([x.points, x.rawPoints, x.unit], [[7, 9], [1, 2], "V"]);
    assertEquals([y.points, y.channel, y.unit], [[-0.5, NaN, Infinity], undefined, ""]);
  });
});

Deno.test("trap 30: cycle counts follow the fixed axes, data links come first", async () => {
  const file = new FileBuilder();
  const chains = [10, 20].map((n) => file.data("DT", Uint8Array.of(n, n + 1)));
  const curve = addArray(file, {
    dims: [2],
    ca_type: 2,
    ca_storage: 2,
    ca_flags: 16 | 32,
    ca_axis_value: [0.5, 1.5],
    ca_cycle_count: [2, 2],
    links: [...chains, linear(file, 1, 1)],
  });
  file.group({
    channels: [{ name: "curve", cn_bit_count: 8, cn_composition: curve }],
    dataLink: chains[0],
    cg_cycle_count: 2,
  });
  await eachWay(file.bytes(), async (mdf) => {
    const channel = mdf.channel("curve");
    assertEquals(channel.arrays[0].storage, "data groups");
    assertEquals(channel.arrays[0].model.cycleCounts, [2, 2]);
    assertEquals(channel.arrays[0].dimensions[0].axis?.points, [1.5, 2.5]);
    assertEquals([...(await mdf.read(channel)).values as Uint8Array], [10, 20, 11, 21]);
  });
});

Deno.test("classes have one limit more than there are of them", async () => {
  for (const storage of [0, 1]) {
    const file = new FileBuilder();
    const counts = storage === 0 ? [] : [3, 4, 5, 6, 7, 8];
    const result = addArray(file, {
      dims: [2, 3],
      ca_type: 4,
      ca_storage: storage,
      ca_flags: 16 | 32 | 128,
      ca_byte_offset_base: 1,
      // The encoder takes five points; the limits that follow are two more.
      ca_axis_value: [0, 1, 2, 10, 20],
      ca_cycle_count: counts,
      links: [0, 0],
    });
    // The block in full: header, links, fields, dimensions, seven limits, counters.
    const table = file.bytes().slice(result, result + 24 + 3 * 8 + 16 + 2 * 8);
    const words = new DataView(new ArrayBuffer(8 * (7 + counts.length)));
    [0, 1, 2, 10, 20, 30, 40].forEach((point, i) => words.setFloat64(8 * i, point, true));
    counts.forEach((count, i) => words.setBigUint64(8 * (7 + i), BigInt(count), true));
    const whole = file.append(new Uint8Array([...table, ...new Uint8Array(words.buffer)]));
    file.patchLength(whole, table.length + words.byteLength);
    file.group({
      channels: [{ name: "classes", cn_bit_count: 8, cn_composition: whole }],
      cg_data_bytes: 6,
      records: Uint8Array.from([1, 2, 3, 4, 5, 6]),
    });
    await eachWay(file.bytes(), (mdf) => {
      const [array] = mdf.channel("classes").arrays;
      assertEquals([array.type, array.leftOpen], ["classification result", true]);
      assertEquals(array.dimensions.map(({ axis }) => axis?.points), [
        [0, 1, 2],
        [10, 20, 30, 40],
      ]);
      assertEquals(array.model.cycleCounts, storage === 0 ? undefined : counts);
    });
  }
});

Deno.test("fixed axes of classes that have no room for all limits are given as they are", async () => {
  const file = new FileBuilder();
  const result = addArray(file, {
    dims: [2],
    ca_type: 4,
    ca_flags: 16 | 32,
    ca_byte_offset_base: 1,
    ca_axis_value: [0, 1],
    links: [0],
  });
  file.group({
    channels: [{ name: "classes", cn_bit_count: 8, cn_composition: result }],
    cg_data_bytes: 2,
    records: Uint8Array.from([1, 2]),
  });
  const mdf = await Mdf.open(file.bytes());
  assertEquals(mdf.channel("classes").arrays[0].dimensions[0].axis?.points, [0, 1]);
});

Deno.test("types of arrays that the format does not know are named by their code", async () => {
  const file = new FileBuilder();
  const types = [3, 9].map((ca_type) =>
    addArray(file, { dims: [1], ca_type, ca_byte_offset_base: 1 })
  );
  file.group({
    channels: types.map((cn_composition, i) => ({ name: `${i}`, cn_bit_count: 8, cn_composition })),
    records: Uint8Array.from([1]),
  });
  const mdf = await Mdf.open(file.bytes());
  const kinds = mdf.groups[0].channels.map(({ arrays }) => arrays[0].type);
  assertEquals(kinds, ["interval axis", "code 9"]);
  assertEquals((await mdf.read("1")).shape, [1, 1]);
});

Deno.test("links of arrays that lead to no channel are told as problems, the values are read", async () => {
  const file = new FileBuilder();
  const array = addArray(file, {
    dims: [2],
    ca_type: 2,
    ca_flags: 16,
    ca_byte_offset_base: 1,
    links: [0, 8, 8, file.text("no channel")],
  });
  file.group({
    channels: [{ name: "a", cn_bit_count: 8, cn_composition: array }],
    cg_data_bytes: 2,
    records: Uint8Array.from([1, 2]),
  });
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(mdf.problems.map(({ block }) => block), ["CN"]);
    assertEquals(mdf.channel("a").arrays[0].dimensions[0].axis?.channel, undefined);
    assertEquals([...(await mdf.read("a")).values as Uint8Array], [1, 2]);
  });
});

Deno.test("an axis whose conversion is damaged says so when its points are asked for", async () => {
  const file = new FileBuilder();
  const damaged = file.add(CC, { fields: { cc_type: 1, cc_val_count: 1, cc_val: [f64(1)] } });
  const array = file.add(CA, {
    moreLinks: [damaged],
    fields: {
      ca_ndim: 1,
      ca_type: 2,
      ca_flags: 16 | 32,
      ca_byte_offset_base: 1,
      ca_dim_size: [2],
      ca_axis_value: [1, 2],
    },
  });
  file.group({
    channels: [{ name: "a", cn_bit_count: 8, cn_composition: array }],
    cg_data_bytes: 2,
    records: Uint8Array.from(pack([1, 1], [2, 1])),
  });
  const mdf = await Mdf.open(file.bytes());
  const axis = mdf.channel("a").arrays[0].dimensions[0].axis!;
  assertThrows(() => axis.points, CorruptFileError);
  assertEquals(axis.rawPoints, [1, 2]);
});
