/** Where other readers take records apart wrongly. */
import { assertEquals, assertRejects } from "@std/assert";
import { CC } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, Mdf, MdfError } from "../../mod.ts";
import { eachWay, FileBuilder, valuesOf } from "../_helpers.ts";

const uint8 = (name: string, byte = 0, more = {}) => ({
  name,
  cn_byte_offset: byte,
  cn_bit_count: 8,
  ...more,
});

for (const idBytes of [1, 2, 4, 8]) {
  Deno.test(`trap 3: values count from behind a record id of ${idBytes} bytes, and invalidation bytes from behind the data`, async () => {
    const file = new FileBuilder();
    const id = new Array(idBytes).fill(0).with(0, 7);
    file.group({
      channels: [
        uint8("a"),
        uint8("b", 2, { cn_flags: 2, cn_inval_bit_pos: 9 }),
      ],
      cg_record_id: 7,
      cg_data_bytes: 3,
      cg_inval_bytes: 2,
      recordIdSize: idBytes,
      // a, unused, b, then two bytes of which only bit 1 of the second counts.
      records: Uint8Array.from([
        ...[...id, 10, 99, 20, 0xff, 0xfd],
        ...[...id, 11, 99, 21, 0x00, 0x02],
        ...[...id, 12, 99, 22, 0xff, 0x00],
      ]),
      blockSizes: [4],
    });
    await eachWay(file.bytes(), async (mdf, way) => {
      assertEquals(await valuesOf(mdf, "a"), [10, 11, 12], way);
      assertEquals(await valuesOf(mdf, "b"), [20, 21, 22], way);
      const { valid } = await mdf.read("b");
      assertEquals(Array.from(valid!, Boolean), [true, false, true], way);
      assertEquals((await mdf.read("a")).valid, undefined, way);
    });
  });

  Deno.test(`trap 4: mixed records with ids of ${idBytes} bytes are told apart; an unknown id is an error`, async () => {
    const id = (value: number) => new Array(idBytes).fill(0).with(idBytes - 1, value);
    const make = (...records: number[][]) => {
      const file = new FileBuilder();
      // The highest byte of the id is the one that differs.
      const recordId = (value: number) => value * 256 ** (idBytes - 1);
      file.dataGroup({
        recordIdSize: idBytes,
        groups: [
          { cg_record_id: recordId(1), channels: [uint8("one")] },
          { cg_record_id: recordId(2), channels: [uint8("two", 1)] },
        ],
        records: Uint8Array.from(records.flat()),
        blockSizes: [5, 3],
      });
      return file.bytes();
    };
    const good = [[...id(2), 99, 20], [...id(1), 10], [...id(1), 11], [...id(2), 99, 21]];
    await eachWay(make(...good), async (mdf, way) => {
      await mdf.locateData();
      assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [2, 2], way);
      assertEquals(await valuesOf(mdf, "one"), [10, 11], way);
      assertEquals(await valuesOf(mdf, "two"), [20, 21], way);
    });
    const strange = make(...good, [...id(3), 1], [...id(1), 12]);
    await using mdf = await Mdf.open(strange);
    await assertRejects(() => mdf.read("one"), CorruptFileError, "no channel group");
  });
}

Deno.test("trap 4: a group that is alone in its data group may still carry record ids", async () => {
  const file = new FileBuilder();
  file.group({
    channels: [uint8("a")],
    cg_record_id: 9,
    recordIdSize: 1,
    records: Uint8Array.of(9, 1, 9, 2, 9, 3),
    blockSizes: [3],
  });
  await eachWay(file.bytes(), async (mdf, way) => {
    assertEquals(await valuesOf(mdf, "a"), [1, 2, 3], way);
  });
});

Deno.test("trap 5: a record of a variable-length group is an id, a length and so many bytes", async () => {
  const file = new FileBuilder();
  const { groups } = file.dataGroup({
    recordIdSize: 2,
    groups: [
      {
        cg_record_id: 1,
        channels: [{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 }],
      },
      // The fields of data and invalidation bytes are the two halves of a size.
      { cg_record_id: 2, cg_flags: 1, cg_data_bytes: 14, cg_inval_bytes: 0, channels: [] },
    ],
    records: Uint8Array.from([
      ...[2, 0, 3, 0, 0, 0, 0x6f, 0x6e, 0x65],
      ...[1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      ...[2, 0, 0, 0, 0, 0],
      ...[1, 0, 7, 0, 0, 0, 0, 0, 0, 0],
      ...[2, 0, 3, 0, 0, 0, 0x74, 0x77, 0x6f],
      ...[1, 0, 11, 0, 0, 0, 0, 0, 0, 0],
    ]),
    blockSizes: [7, 4],
  });
  file.patchLink(groups[0].channels[0], "cn_data", groups[1].cg);
  await eachWay(file.bytes(), async (mdf, way) => {
    assertEquals(await valuesOf(mdf, "text"), ["one", "", "two"], way);
  });
});

for (const type of [3, 6]) {
  Deno.test(`trap 8: a virtual channel (type ${type}) is the record's number, converted, in windows too`, async () => {
    for (const dataBytes of [0, 2]) {
      const file = new FileBuilder();
      const values = new BigUint64Array(Float64Array.of(100, 0.5).buffer);
      const conversion = file.add(CC, {
        fields: { cc_type: 1, cc_val_count: 2, cc_val: [...values] },
      });
      file.group({
        channels: [{
          ...{ name: "virtual", cn_type: type, cn_sync_type: type === 3 ? 1 : 0 },
          ...{ cn_cc_conversion: conversion },
        }],
        cg_data_bytes: dataBytes,
        cg_cycle_count: 5,
        records: new Uint8Array(5 * dataBytes).fill(0xff),
        blockSizes: [3],
      });
      await eachWay(file.bytes(), async (mdf, way) => {
        assertEquals(await valuesOf(mdf, "virtual"), [100, 100.5, 101, 101.5, 102], way);
        const window = await mdf.read("virtual", { records: [2, 4] });
        assertEquals([...window.values as Float64Array], [101, 101.5], way);
        const raw = await mdf.read("virtual", { raw: true, records: [3, 5] });
        assertEquals(Array.from(raw.values as ArrayLike<number>), [3, 4], way);
      });
    }
  });
}

Deno.test("trap 1: a bit offset above 7 is no position, and no bits are no number", async () => {
  for (const [cn_bit_offset, cn_bit_count] of [[8, 8], [255, 8], [0, 0], [0, 65]]) {
    // A place among values of variable length is a number like any other.
    for (const cn_type of [0, 1]) {
      const file = new FileBuilder();
      const cn_data = cn_type === 1 ? file.data("SD", new Uint8Array(8)) : 0;
      file.group({
        channels: [
          { name: "wrong", cn_type, cn_data, cn_bit_offset, cn_bit_count },
          uint8("right"),
        ],
        cg_data_bytes: 60,
        records: new Uint8Array(120).fill(3),
      });
      await eachWay(file.bytes(), async (mdf, way) => {
        await assertRejects(() => mdf.read("wrong"), MdfError, undefined, way);
        assertEquals(await valuesOf(mdf, "right"), [3, 3], way);
      });
    }
  }
});
