/** Where other readers misread texts, bytes and dates. */
import { assertEquals, assertRejects } from "@std/assert";
import { CorruptFileError, Mdf } from "../../mod.ts";
import { eachWay, FileBuilder, valuesOf } from "../_helpers.ts";
import { lengthPrefixed, makeRecords, putBits } from "../features/_record_bits.ts";

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return bytes;
}

/** Records of fixed length out of values that are filled up with `fill`. */
function fixed(values: readonly Uint8Array[], bytes: number, fill = 0): Uint8Array {
  return makeRecords(values.length, bytes, (record, i) => {
    record.fill(fill);
    record.set(values[i]);
  });
}

/** A file of one channel of a fixed length. */
function fixedFile(cn_data_type: number, values: readonly Uint8Array[], bytes: number, fill = 0) {
  const file = new FileBuilder();
  file.group({
    channels: [{ name: "x", cn_data_type, cn_bit_count: 8 * bytes }],
    records: fixed(values, bytes, fill),
    blockSizes: [bytes + 1],
  });
  return file.bytes();
}

/** A file of one channel of variable length, whose records hold `places`. */
function variableFile(
  cn_data_type: number,
  data: Uint8Array,
  places: readonly bigint[],
  parts: { blockSizes?: number[]; zip?: boolean } = { blockSizes: [5] },
) {
  const file = new FileBuilder();
  file.group({
    channels: [{
      ...{ name: "x", cn_type: 1, cn_data_type, cn_bit_count: 64 },
      cn_data: file.data("SD", data, parts),
    }],
    records: makeRecords(places.length, 8, (record, i) => {
      putBits(record, { byte: 0, bits: 64 }, places[i]);
    }),
    blockSizes: [7],
  });
  return file.bytes();
}

async function assertReads(file: Uint8Array, expected: unknown[]): Promise<void> {
  await eachWay(file, async (mdf, way) => assertEquals(await valuesOf(mdf, "x"), expected, way));
}

for (const type of [7, 9, 10]) {
  Deno.test(`trap 17: the place of a value is little-endian whatever its data type (${type})`, async () => {
    const texts = ["one", "", "a longer one", "two"];
    const values = texts.map((text) => type === 9 ? utf16(text, false) : latin1(text));
    const { bytes, at } = lengthPrefixed(values);
    // In another order than in the data, one of them twice, one not at all.
    const order = [3, 0, 2, 0];
    const file = variableFile(type, bytes, order.map((i) => BigInt(at[i])));
    await assertReads(file, order.map((i) => type === 10 ? values[i] : texts[i]));
  });
}

Deno.test("trap 18: empty values, and texts without a zero at their end, keep all they have", async () => {
  const values = [latin1("no zero"), latin1(""), latin1("zero\0"), latin1("\0"), latin1("x")];
  const { bytes, at } = lengthPrefixed(values);
  for (const zip of [false, true]) {
    const file = variableFile(7, bytes, at.map(BigInt), { blockSizes: [3, 1], zip });
    await assertReads(file, ["no zero", "", "zero", "", "x"]);
  }
});

Deno.test("trap 18: a place beyond 2^32 is not cut to 32 bits", async () => {
  const { bytes, at } = lengthPrefixed([latin1("first"), latin1("second")]);
  const file = variableFile(7, bytes, [BigInt(at[0]), 2n ** 32n + BigInt(at[1])]);
  await using mdf = await Mdf.open(file);
  const error = await assertRejects(() => mdf.read("x"), CorruptFileError, "4294967305");
  assertEquals(error.file !== undefined, true);
});

Deno.test("trap 19: a value of maximum length has as many bytes as its length channel says", async () => {
  const make = (lengths: number[]) => {
    const file = new FileBuilder();
    const { channels } = file.group({
      channels: [
        { name: "x", cn_type: 5, cn_data_type: 10, cn_bit_count: 40 },
        { name: "size", cn_byte_offset: 5, cn_bit_count: 8 },
      ],
      records: makeRecords(lengths.length, 6, (record, i) => {
        record.set([1, 2, 3, 4, 5, lengths[i]]);
      }),
      blockSizes: [5],
    });
    file.patchLink(channels[0], "cn_data", channels[1]);
    return file.bytes();
  };
  await assertReads(make([0, 3, 5]), [
    Uint8Array.of(),
    Uint8Array.of(1, 2, 3),
    Uint8Array.of(1, 2, 3, 4, 5),
  ]);
  await using mdf = await Mdf.open(make([1, 6]));
  await assertRejects(() => mdf.read("x"), CorruptFileError, "6");
});

const SAMPLE = new Uint8Array([0x61, 0x00, 0x62, 0x00]);

Deno.test("trap 20: every code of a data type means what the format says", async () => {
  const bytes = [SAMPLE];
  const cases: [type: number, value: unknown][] = [
    [0, 0x00620061],
    [1, 0x61006200],
    [2, 0x00620061],
    [3, 0x61006200],
    [4, 9.000020027160645e-39],
    [5, 148190560518144],
    [6, "a"],
    [7, "a"],
    [8, "ab"],
    [9, "愀戀"],
    [10, SAMPLE],
    [11, SAMPLE],
    [12, SAMPLE],
    [17, "a"],
  ];
  const view = new DataView(SAMPLE.buffer);
  cases[4][1] = view.getFloat32(0, true);
  cases[5][1] = view.getFloat32(0, false);
  for (const [type, value] of cases) await assertReads(fixedFile(type, bytes, 4), [value]);
});

Deno.test("trap 20: complex numbers are two floats of half the bits; an unknown code is an error", async () => {
  for (const littleEndian of [true, false]) {
    const pair = new Uint8Array(8);
    new DataView(pair.buffer).setFloat32(0, 1.5, littleEndian);
    new DataView(pair.buffer).setFloat32(4, -2, littleEndian);
    await eachWay(fixedFile(littleEndian ? 15 : 16, [pair, pair], 8), async (mdf, way) => {
      const { values, shape } = await mdf.read("x");
      assertEquals([...values as Float32Array], [1.5, -2, 1.5, -2], way);
      assertEquals(shape, [2, 2], way);
    });
  }
  await using mdf = await Mdf.open(fixedFile(18, [SAMPLE], 4));
  await assertRejects(() => mdf.read("x"), Error, "18");
});

Deno.test("trap 21: a CANopen date has five bits for hours and days, and flags beside them", async () => {
  // 2019-08-27, a Tuesday, 19:45:12.345 in summer time; and 1999-12-31 in winter: years from 84 on are of the last century.
  const ms = 12_345;
  const summer = Uint8Array.of(ms & 255, ms >> 8, 45, 19 | 0x80, 27 | (2 << 5), 8, 19);
  const winter = Uint8Array.of(ms & 255, ms >> 8, 59, 23, 31 | (7 << 5), 12, 99);
  await assertReads(fixedFile(13, [summer, winter], 7), [
    new Date(Date.UTC(2019, 7, 27, 19, 45, 12, 345)),
    new Date(Date.UTC(1999, 11, 31, 23, 59, 12, 345)),
  ]);
});

Deno.test("trap 23: a text ends at its first zero, and what follows is not part of it", async () => {
  await assertReads(
    fixedFile(
      7,
      [latin1("short\0garbage"), latin1("\0all gone"), latin1("as long as it")],
      13,
      0x7a,
    ),
    ["short", "", "as long as it"],
  );
  const { bytes, at } = lengthPrefixed([latin1("value\0rest"), latin1("\0x")]);
  await assertReads(variableFile(6, bytes, at.map(BigInt)), ["value", ""]);
});

Deno.test("trap 23: in UTF-16 the zero is two bytes at an even place", async () => {
  for (const [type, littleEndian] of [[8, true], [9, false]] as const) {
    // "Āa" has a zero byte after another one, at an odd place, in either order.
    const texts = ["\u0100a", "a\u0100", "\u6100\0rest", ""];
    const values = texts.map((text) => utf16(text, littleEndian));
    await assertReads(fixedFile(type, values, 14), ["\u0100a", "a\u0100", "\u6100", ""]);
  }
});

Deno.test("trap 23: Latin-1 above 0x7f is not UTF-8; bytes that are no UTF-8 become U+FFFD", async () => {
  const bytes = Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65);
  await assertReads(fixedFile(6, [bytes], 6), ["Grüße"]);
  await assertReads(fixedFile(7, [bytes], 6), ["Gr\ufffd\ufffde"]);
});
