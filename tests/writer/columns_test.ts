import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import {
  type ChannelType,
  type Columns,
  type GroupWriter,
  MdfWriter,
  MemorySink,
} from "../../lib/writer/mdf_writer.ts";
import { prepareColumns, type PreparedColumn } from "../../lib/writer/prepare_column.ts";
import { field, groupsOf, written } from "./_walk.ts";

Deno.test("every type of number is stored exactly, at every place of the record", async () => {
  const columns = {
    u8: Uint8Array.of(0, 255, 7),
    f64: Float64Array.of(-0, Number.MIN_VALUE, NaN),
    i8: Int8Array.of(-128, 127, -1),
    u16: Uint16Array.of(0, 65535, 258),
    i64: BigInt64Array.of(-(1n << 63n), (1n << 63n) - 1n, -2n),
    i16: Int16Array.of(-32768, 32767, -2),
    f32: Float32Array.of(Infinity, -1.5, 3.4028234663852886e38),
    u32: Uint32Array.of(0, 4294967295, 66051),
    u64: BigUint64Array.of(0n, (1n << 64n) - 1n, 0x0102030405060708n),
    i32: Int32Array.of(-2147483648, 2147483647, -66051),
    flag: [true, false, 1],
  };
  const types: Record<keyof typeof columns, ChannelType> = {
    u8: "uint8",
    f64: "float64",
    i8: "int8",
    u16: "uint16",
    i64: "int64",
    i16: "int16",
    f32: "float32",
    u32: "uint32",
    u64: "uint64",
    i32: "int32",
    flag: "bool",
  };
  const getters: Record<string, (view: DataView, at: number) => unknown> = {
    u8: (v, at) => v.getUint8(at),
    f64: (v, at) => v.getFloat64(at, true),
    i8: (v, at) => v.getInt8(at),
    u16: (v, at) => v.getUint16(at, true),
    i64: (v, at) => v.getBigInt64(at, true),
    i16: (v, at) => v.getInt16(at, true),
    f32: (v, at) => v.getFloat32(at, true),
    u32: (v, at) => v.getUint32(at, true),
    u64: (v, at) => v.getBigUint64(at, true),
    i32: (v, at) => v.getInt32(at, true),
    flag: (v, at) => v.getUint8(at) === 1,
  };
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const bytes = await written({}, async (writer) => {
    const group = writer.addGroup({
      name: "G",
      channels: names.map((name) => ({ name, type: types[name] })),
    });
    await group.append(columns);
    // The same values again, as plain arrays, which are checked one by one.
    await group.append(
      Object.fromEntries(
        names.map((name) => [name, Array.from<unknown>(columns[name])]),
      ) as Columns,
    );
  });
  const [group] = groupsOf(bytes);
  assertEquals([group.cycleCount, group.recordBytes], [6, 43]);
  names.forEach((name, i) => {
    const expected = name === "flag" ? [true, false, true] : Array.from<unknown>(columns[name]);
    assertEquals(field<unknown>(bytes, group, i, getters[name]), [...expected, ...expected], name);
  });
});

/** Prepares one column of a channel `x`. */
function prepared(type: ChannelType, column: unknown): PreparedColumn {
  return prepareColumns("G", [{ name: "x", type }], { x: column } as Columns).columns[0];
}

Deno.test("an array of exactly the channel's type is taken as it is", () => {
  const column = Float64Array.of(1, 2);
  assertStrictEquals(prepared("float64", column), column);
  const big = BigInt64Array.of(1n);
  assertStrictEquals(prepared("int64", big), big);
});

Deno.test("other arrays are converted where that keeps every value", () => {
  assertEquals(prepared("uint16", Uint8Array.of(1, 255)), Uint16Array.of(1, 255));
  assertEquals(prepared("uint8", Float64Array.of(3, -0)), Uint8Array.of(3, 0));
  assertEquals(prepared("int64", [5, -6n]), BigInt64Array.of(5n, -6n));
  assertEquals(prepared("uint64", BigInt64Array.of(7n)), BigUint64Array.of(7n));
  assertEquals(prepared("float32", [0.1]), Float32Array.of(0.1));
  assertEquals(prepared("float64", Int32Array.of(-3)), Float64Array.of(-3));
  assertEquals(prepared("uint8", { length: 2, 0: 4, 1: 5 }), Uint8Array.of(4, 5));
});

Deno.test("values that can only be asked for by at() are taken too", () => {
  const texts = ["a", "b"];
  assertEquals(prepared("string", { length: 2, at: (i: number) => texts[i] }), texts);
  assertEquals(prepared("int8", { length: 2, at: (i: number) => -i - 1 }), Int8Array.of(-1, -2));
});

async function groupOf(...channels: [string, ChannelType][]): Promise<GroupWriter> {
  const writer = await MdfWriter.create(new MemorySink());
  return writer.addGroup({
    name: "G",
    channels: channels.map(([name, type]) => ({ name, type })),
  });
}

Deno.test("a value the channel cannot hold is refused with channel and position", async () => {
  const cases: [ChannelType, unknown, string][] = [
    ["uint8", [1, 256], "position 1: 256 does not fit uint8, whole numbers from 0 to 255"],
    ["uint8", [-1], "position 0: -1 does not fit"],
    ["int8", Uint8Array.of(0, 0, 128), "position 2: 128"],
    ["uint16", Float64Array.of(1, 1.5), "position 1: 1.5 does not fit"],
    ["int16", [NaN], "NaN does not fit"],
    ["int32", [2 ** 31], "2147483648"],
    ["uint32", ["7"], 'position 0: "7" is not a number'],
    ["uint32", [1n], "1n is not a number"],
    ["uint64", [-1n], "-1n does not fit uint64"],
    ["uint64", BigInt64Array.of(-1n), "-1n does not fit uint64"],
    ["int64", [1n << 63n], "9223372036854775808n does not fit int64"],
    ["int64", [2 ** 53], "give a bigint"],
    ["int64", [1.5], "not a whole number"],
    ["int64", [true], "neither a bigint nor a number"],
    ["float64", [1, undefined], "position 1: undefined is not a number"],
    ["float64", [1n], "is not a number"],
    ["float32", [1e39], "too large for float32"],
    ["bool", [0, 2], "position 1: 2 is neither"],
    ["bool", Uint8Array.of(2), "position 0: 2 is neither"],
    ["string", ["a", null], "position 1: null is not a string"],
    ["string", ["a\0b"], "use type bytes"],
    ["string", ["\udc00"], "surrogate"],
    ["bytes", [[1]], "[object Array] is not a Uint8Array"],
    ["bytes", ["text"], "is not a Uint8Array"],
  ];
  for (const [type, column, message] of cases) {
    const group = await groupOf(["Speed", type]);
    const error = await assertRejects(
      () => group.append({ Speed: column } as Columns),
      UsageError,
      message,
    );
    assertEquals(error.message.startsWith('channel "Speed" of group "G", position '), true);
  }
});

Deno.test("columns must be complete, known, of one length, and arrays", async () => {
  const group = await groupOf(["a", "uint8"], ["b", "string"], ["toString", "uint8"]);
  const refused = (columns: unknown, message: string) =>
    assertRejects(() => group.append(columns as Columns), UsageError, message);
  const b = ["x", "y"];
  await refused({ a: [1, 2], toString: [1, 2] }, 'column of channel "b" of group "G" is missing');
  await refused({ a: [1, 2], b }, 'channel "toString" of group "G" is missing');
  await refused({ a: [1, 2], b, toString: [1, 2], c: [] }, 'no channel "c"; it has a, b, toString');
  await refused({ a: [1, 2], b: ["x"], toString: [1, 2] }, '"a" 2, "b" 1');
  await refused({ a: [1, 2], b: "xy", toString: [1, 2] }, "is no array");
  await refused({ a: 5, b, toString: [1, 2] }, "is no array");
  await refused({ a: new Map(), b, toString: [1, 2] }, "is no array");
  await refused(null, "give an object of columns");
  assertEquals(group.recordCount, 0);
});

Deno.test("a refused append leaves no trace and the next one works", async () => {
  const sink = new MemorySink();
  const writer = await MdfWriter.create(sink, { blockBytes: 16 });
  const group = writer.addGroup({
    name: "G",
    channels: [{ name: "a", type: "uint8" }, { name: "s", type: "string" }],
  });
  await group.append({ a: [1], s: ["one"] });
  const many = Array.from({ length: 100 }, () => 9);
  const texts = many.map((_, i) => i === 99 ? 5 : "nine");
  await assertRejects(
    () => group.append({ a: many, s: texts as unknown as string[] }),
    UsageError,
    "position 99",
  );
  assertEquals(group.recordCount, 1);
  await group.append({ a: [2], s: ["two"] });
  await writer.close();
  const bytes = sink.bytes();
  assertEquals(field(bytes, groupsOf(bytes)[0], 0, (v, at) => v.getUint8(at)), [1, 2]);
});

Deno.test("appending nothing is fine", async () => {
  const bytes = await written({}, async (writer) => {
    const group = writer.addGroup({ name: "G", channels: [{ name: "s", type: "string" }] });
    await group.append({ s: [] });
  });
  const [group] = groupsOf(bytes);
  assertEquals([group.cycleCount, group.dg.links[2], group.cn[0].links[5]], [0, 0, 0]);
});
