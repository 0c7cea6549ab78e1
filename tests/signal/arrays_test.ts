import { assert, assertEquals, assertRejects } from "@std/assert";
import { CorruptFileError, LimitExceededError, Mdf, UnsupportedFeatureError } from "../../mod.ts";
import { LD } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import { addArray, pack } from "./_arrays.ts";
import { eachWay } from "./_block_file.ts";

const RECORDS = 23;

Deno.test("trap 30: a matrix in either layout is given in row-major order", async () => {
  // Element (i, j) of record r is 100 r + 10 i + j.
  const value = (r: number, i: number, j: number) => 100 * r + 10 * i + j;
  const file = new FileBuilder();
  const records: number[] = [];
  for (let r = 0; r < RECORDS; r++) {
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 3; j++) records.push(...pack([value(r, i, j), 2]));
    }
    for (let j = 0; j < 3; j++) {
      for (let i = 0; i < 2; i++) records.push(...pack([value(r, i, j), 2]));
    }
    for (let n = 5; n >= 0; n--) records.push(...pack([value(r, Math.floor(n / 3), n % 3), 2]));
  }
  const array = (base: number, flags = 0) =>
    addArray(file, { dims: [2, 3], ca_byte_offset_base: base, ca_flags: flags });
  const number = { cn_bit_count: 16 };
  file.group({
    channels: [
      { ...number, name: "rows", cn_composition: array(2) },
      { ...number, name: "columns", cn_byte_offset: 12, cn_composition: array(2, 64) },
      { ...number, name: "backwards", cn_byte_offset: 34, cn_composition: array(-2) },
    ],
    cg_data_bytes: 36,
    records: Uint8Array.from(records),
    blockSizes: [7, 13],
  });
  const expected = Uint16Array.from(
    { length: 6 * RECORDS },
    (_, n) => value(Math.floor(n / 6), Math.floor(n / 3) % 2, n % 3),
  );
  await eachWay(file.bytes(), async (mdf) => {
    for (const name of ["rows", "columns", "backwards"]) {
      const { shape, values } = await mdf.read(name);
      assertEquals([name, shape], [name, [RECORDS, 2, 3]]);
      assertEquals(values, expected);
    }
  });
});

Deno.test("arrays of structures, of arrays, of texts, and of values of variable length", async () => {
  const file = new FileBuilder();
  const signal = new TextEncoder();
  const words = ["null", "eins", "zwei", "drei"];
  const sd: number[] = [];
  const offsets = words.map((word) => {
    const at = sd.length;
    sd.push(...pack([word.length, 4]), ...signal.encode(word));
    return at;
  });
  // Two points {x: u8, y: i16} with a byte between; 2 x 2 arrays of texts; two offsets.
  const record = (r: number) => [
    ...[0, 1].flatMap((k) => [r + k, 0xee, ...pack([r * 2 + k, 2])]),
    ...[0, 1, 2, 3].flatMap((k) => [...signal.encode(`${r}${k}`)]),
    ...pack([offsets[r], 4], [offsets[3 - r], 4]),
  ];
  const members = file.channels([
    { name: "x", cn_bit_count: 8 },
    { name: "y", cn_byte_offset: 2, cn_bit_count: 16, cn_data_type: 2 },
  ]);
  const points = addArray(file, { dims: [2], ca_byte_offset_base: 4, composition: members[0] });
  const inner = addArray(file, { dims: [2], ca_byte_offset_base: 2 });
  const texts = addArray(file, { dims: [2], ca_byte_offset_base: 4, composition: inner });
  const variable = addArray(file, { dims: [2], ca_byte_offset_base: 4 });
  file.group({
    channels: [
      { name: "points", cn_bit_count: 32, cn_data_type: 10, cn_composition: points },
      {
        name: "texts",
        cn_byte_offset: 8,
        cn_bit_count: 16,
        cn_data_type: 7,
        cn_composition: texts,
      },
      {
        name: "words",
        cn_type: 1,
        cn_byte_offset: 16,
        cn_bit_count: 32,
        cn_data_type: 7,
        cn_composition: variable,
        cn_data: file.data("SD", Uint8Array.from(sd), { blockSizes: [5] }),
      },
    ],
    cg_data_bytes: 24,
    records: Uint8Array.from([0, 1, 2, 3].flatMap(record)),
    blockSizes: [11],
  });
  await eachWay(file.bytes(), async (mdf) => {
    const read = async (name: string) => {
      const { shape, values } = await mdf.read(name);
      return [shape, [...values as Iterable<unknown>]];
    };
    assertEquals(await read("x"), [[4, 2], [0, 1, 1, 2, 2, 3, 3, 4]]);
    assertEquals(await read("y"), [[4, 2], [0, 1, 2, 3, 4, 5, 6, 7]]);
    assertEquals((await read("points"))[0], [4, 2]);
    assertEquals(
      await read("texts").then(([shape, values]) => [shape, (values as string[]).slice(0, 5)]),
      [[4, 2, 2], ["00", "01", "02", "03", "10"]],
    );
    assertEquals(await read("words"), [
      [4, 2],
      ["null", "drei", "eins", "zwei", "zwei", "eins", "drei", "null"],
    ]);
  });
});

/** Sets bit `bit` in the bytes. */
function setBit(bytes: number[], bit: number): number[] {
  bytes[bit >> 3] |= 1 << (bit % 8);
  return bytes;
}

for (const columns of [false, true]) {
  const where = columns ? "columns" : "rows";
  Deno.test(`trap 7: elements with invalidation bits of their own have an entry each (${where})`, async () => {
    // Element (i, j) has bit 3 + 5 (3 i + j), or 1 + 5 (i + 2 j) in the inverse layout. In record r
    // the element number r % 7 is invalid; 6 is none.
    const invalid = (r: number) => r % 7;
    const file = new FileBuilder({ version: "4.20" });
    const values: number[] = [];
    const bits: number[] = [];
    for (let r = 0; r < RECORDS; r++) {
      for (let n = 0; n < 12; n++) values.push(r * 12 + n & 0xff);
      const n = invalid(r);
      const bytes = new Array(5).fill(0);
      if (n < 6) {
        setBit(bytes, 3 + 5 * n);
        setBit(bytes, 1 + 5 * (Math.floor(n / 3) + 2 * (n % 3)));
        setBit(bytes, 34);
      }
      bits.push(...bytes);
    }
    const array = (base: number, flags = 0) =>
      addArray(file, {
        dims: [2, 3],
        ca_byte_offset_base: 1,
        ca_inval_bit_pos_base: base,
        ca_flags: flags,
      });
    const channel = { cn_bit_count: 8, cn_flags: 2 };
    const group = {
      channels: [
        { ...channel, name: "rows", cn_inval_bit_pos: 3, cn_composition: array(5) },
        {
          ...channel,
          name: "columns",
          cn_byte_offset: 6,
          cn_inval_bit_pos: 1,
          cn_composition: array(5, 64),
        },
        { ...channel, name: "shared", cn_inval_bit_pos: 34, cn_composition: array(0) },
        { ...channel, name: "all", cn_flags: 1, cn_composition: array(5) },
      ],
      cg_data_bytes: 12,
      cg_inval_bytes: 5,
    };
    if (columns) {
      const dv = file.data("DV", Uint8Array.from(values));
      const di = file.data("DI", Uint8Array.from(bits));
      const list = file.add(LD, {
        moreLinks: [dv, di],
        fields: { ld_flags: 0x80000001, ld_count: 1, ld_equal_sample_count: [RECORDS] },
      });
      file.group({ ...group, dataLink: list, cg_cycle_count: RECORDS });
    } else {
      const records = Array.from({ length: RECORDS }, (_, r) => [
        ...values.slice(12 * r, 12 * r + 12),
        ...bits.slice(5 * r, 5 * r + 5),
      ]);
      file.group({ ...group, records: Uint8Array.from(records.flat()), blockSizes: [7, 13] });
    }
    const each = Uint8Array.from(
      { length: 6 * RECORDS },
      (_, n) => n % 6 === invalid(Math.floor(n / 6)) ? 0 : 1,
    );
    await eachWay(file.bytes(), async (mdf) => {
      for (const name of ["rows", "columns"]) {
        const signal = await mdf.read(name);
        assertEquals(signal.valid, each, name);
        assertEquals(signal.valid!.length, signal.values.length);
        const window = await mdf.read(name, { records: [5, 7] });
        assertEquals(window.valid, each.slice(30, 42));
        assertEquals((await mdf.read(name, { records: [6, 7] })).valid, undefined);
      }
      const shared = await mdf.read("shared");
      assertEquals(
        shared.valid,
        Uint8Array.from({ length: RECORDS }, (_, r) => +(invalid(r) === 6)),
      );
      assertEquals((await mdf.read("all")).valid, new Uint8Array(RECORDS));
    });
  });
}

Deno.test("trap 7: the last element's invalidation bit must lie within the record", async () => {
  const file = new FileBuilder();
  const array = addArray(file, { dims: [4], ca_byte_offset_base: 1, ca_inval_bit_pos_base: 3 });
  file.group({
    channels: [{
      name: "a",
      cn_bit_count: 8,
      cn_flags: 2,
      cn_inval_bit_pos: 7,
      cn_composition: array,
    }],
    cg_data_bytes: 4,
    cg_inval_bytes: 2,
    records: new Uint8Array(6),
  });
  await eachWay(file.bytes(), async (mdf) => {
    await assertRejects(() => mdf.read("a"), CorruptFileError, "invalidation bit 16");
  });
});

/** A file with one array channel of bytes, as described, in records of `bytes` bytes. */
function hostile(arrays: { dims: number[]; base: number; flags?: number }[], bytes: number) {
  const file = new FileBuilder();
  const array = arrays.reduceRight(
    (composition, { dims, base, flags }) =>
      addArray(file, { dims, ca_byte_offset_base: base, ca_flags: flags, composition }),
    0,
  );
  file.group({
    channels: [
      { name: "a", cn_bit_count: 8, cn_composition: array },
      { name: "b", cn_bit_count: 8 },
    ],
    cg_data_bytes: bytes,
    cg_cycle_count: 0,
  });
  return Mdf.open(file.bytes());
}

Deno.test("trap 30: dimensions that no record can hold are refused before memory is reserved", async () => {
  const cases: [{ dims: number[]; base: number; flags?: number }[], number, RegExp][] = [
    [[{ dims: [2 ** 32, 2 ** 32], base: 1 }], 8, /elements/],
    [[{ dims: new Array(2000).fill(2), base: 1 }], 8, /elements/],
    [[{ dims: [2 ** 30], base: 1 }, { dims: [2 ** 30], base: 1 }], 2 ** 31, /elements/],
    [[{ dims: [40000, 40000], base: 1, flags: 64 }, { dims: [1], base: 1 }], 8, /takes the bytes/],
    [[{ dims: [2 ** 24, 2], base: 1, flags: 64 }], 2 ** 26, /places apart/],
    [[{ dims: [1000], base: 0 }], 8, /same place/],
    [[{ dims: [3], base: 4 }], 8, /takes the bytes/],
    [[{ dims: [3], base: -1 }], 8, /takes the bytes/],
    [[{ dims: [0, 3], base: 1 }], 8, /does not exist/],
  ];
  for (const [arrays, bytes, reason] of cases) {
    const mdf = await hostile(arrays, bytes);
    const error = await assertRejects(() => mdf.read("a"));
    assert(
      error instanceof LimitExceededError || error instanceof CorruptFileError,
      String(error),
    );
    assert(reason.test(error.message), error.message);
    assertEquals((await mdf.read("b")).values.length, 0);
  }
});

Deno.test("elements of an array in the record cannot have records of their own", async () => {
  const file = new FileBuilder();
  const inner = addArray(file, { dims: [2], ca_storage: 1, ca_cycle_count: [1, 1] });
  const outer = addArray(file, { dims: [2], ca_byte_offset_base: 1, composition: inner });
  file.group({
    channels: [{ name: "a", cn_bit_count: 8, cn_composition: outer }],
    cg_data_bytes: 4,
    records: new Uint8Array(8),
  });
  const mdf = await Mdf.open(file.bytes());
  await assertRejects(() => mdf.read("a"), CorruptFileError, "array within an array");
});

Deno.test("values with a length of their own may be members of the elements of an array", async () => {
  const file = new FileBuilder();
  const members = file.channels([
    { name: "n", cn_bit_count: 8 },
    { name: "text", cn_type: 5, cn_byte_offset: 1, cn_bit_count: 24, cn_data_type: 6 },
  ]);
  file.patchLink(members[1], "cn_data", members[0]);
  const array = addArray(file, { dims: [2], ca_byte_offset_base: 4, composition: members[0] });
  const alone = addArray(file, { dims: [2], ca_byte_offset_base: 4 });
  const text = (length: number, letters: string) => [length, ...new TextEncoder().encode(letters)];
  const last = file.channels([{ name: "length", cn_byte_offset: 8, cn_bit_count: 8 }])[0];
  file.group({
    channels: [
      { name: "s", cn_data_type: 10, cn_bit_count: 32, cn_composition: array },
      {
        name: "one length for all",
        cn_type: 5,
        cn_bit_count: 32,
        cn_data_type: 7,
        cn_composition: alone,
        cn_data: last,
        cn_cn_next: last,
      },
    ],
    cg_data_bytes: 9,
    records: Uint8Array.from([
      ...text(1, "abc"),
      ...text(3, "def"),
      2,
      ...text(0, "ghi"),
      ...text(2, "jkl"),
      1,
    ]),
    blockSizes: [7],
  });
  await eachWay(file.bytes(), async (mdf) => {
    const read = await mdf.read("text");
    assertEquals([read.shape, [...read.values as Iterable<unknown>]], [
      [2, 2],
      ["a", "def", "", "jk"],
    ]);
    await assertRejects(
      () => mdf.read("one length for all"),
      UnsupportedFeatureError,
      "elements of other arrays",
    );
  });
});
