import { assert, assertEquals, assertRejects } from "@std/assert";
import { DL, DT, SR } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { Mdf, MdfError, MdfWriter } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import { eachWay, valuesOf } from "../signal/_block_file.ts";

const CHANNELS = [
  { name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 16 },
  { name: "v", cn_byte_offset: 2, cn_bit_count: 8 },
];

/** `count` records of three bytes: the time, and a value. */
function records(count: number, extra = 0): Uint8Array {
  return Uint8Array.from(
    { length: 3 * count + extra },
    (_, i) => i % 3 === 0 ? Math.floor(i / 3) : i % 3 === 1 ? 0 : 100 + Math.floor(i / 3),
  );
}

const times = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A file whose one data block is its last block. */
function logged(flags: number, count: number, extra = 0): { file: FileBuilder; data: number } {
  const file = new FileBuilder({ unfinalized: flags });
  const { dg } = file.group({ name: "Log", channels: CHANNELS, cg_cycle_count: 0 });
  const data = file.add(DT, { payload: records(count, extra) });
  file.patchLink(dg, "dg_data", data);
  return { file, data };
}

async function expectRecords(bytes: Uint8Array, count: number): Promise<void> {
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.finalized, false);
    assertEquals(mdf.groups[0].recordCount, count);
    assertEquals(await valuesOf(mdf, "t"), times(count));
    assertEquals(await valuesOf(mdf, "v"), times(count).map((i) => 100 + i));
  });
}

Deno.test("trap 37: flag 0, counters of channel groups that were never written", async () => {
  await expectRecords(logged(1, 5).file.bytes(), 5);
});

Deno.test("flag 0: mixed records are counted by walking them", async () => {
  const file = new FileBuilder({ unfinalized: 1 });
  const mixed = [1, 10, 2, 20, 1, 11, 1, 12, 2, 21];
  file.dataGroup({
    recordIdSize: 1,
    records: Uint8Array.from(mixed),
    blockSizes: [3],
    groups: [1, 2].map((id) => ({
      cg_record_id: id,
      channels: [{ name: `c${id}`, cn_bit_count: 8 }],
    })),
  });
  await eachWay(file.bytes(), async (mdf) => {
    assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [3, 2]);
    assertEquals(await valuesOf(mdf, "c1"), [10, 11, 12]);
    assertEquals(await valuesOf(mdf, "c2"), [20, 21]);
  });
});

Deno.test("flag 1: the data tells how many reductions there are", async () => {
  const file = new FileBuilder({ unfinalized: 2 });
  const { cg } = file.group({ channels: [CHANNELS[1]], records: records(4), cg_data_bytes: 3 });
  const rows = Uint8Array.from({ length: 3 * 3 * 2 }, (_, i) => i);
  const reduction = file.add(SR, {
    links: { sr_data: file.data("RD", rows) },
    fields: { sr_cycle_count: 0, sr_interval: 1, sr_sync_type: 1 },
  });
  file.patchLink(cg, "cg_sr_first", reduction);
  await eachWay(file.bytes(), async (mdf) => {
    const [reduced] = mdf.groups[0].reductions;
    const { mean, min, max } = await reduced.read("v");
    assertEquals(Array.from(mean as Iterable<number>), [2, 11]);
    assertEquals(Array.from(min as Iterable<number>), [5, 14]);
    assertEquals(Array.from(max as Iterable<number>), [8, 17]);
  });
});

for (const length of [0, 24]) {
  Deno.test(`trap 38: flag 2, a last block of length ${length} goes on to the end of the file`, async () => {
    for (const extra of [0, 1, 2]) {
      const { file, data } = logged(1 | 4, 8, extra);
      file.patchLength(data, length);
      // Without padding: the logger was cut off in the middle of a record.
      await expectRecords(file.bytes().subarray(0, data + 24 + 24 + extra), 8);
    }
  });

  Deno.test(`trap 38: flag 2, a last block of length ${length} ends before the next block`, async () => {
    const { file, data } = logged(1 | 4, 8);
    file.patchLength(data, length);
    file.patchLink(file.hd, "hd_md_comment", file.text("written after the data"));
    await expectRecords(file.bytes(), 8);
  });
}

Deno.test("flag 2: a length that is behind is as long as the data", async () => {
  const { file, data } = logged(4, 40);
  file.patchLength(data, 24 + 3 * 8);
  await expectRecords(file.bytes(), 40);
});

Deno.test("flag 2: blocks behind the data are no records, though nothing refers to them", async () => {
  const { file, data } = logged(4, 8);
  const orphan = file.text("nobody links here");
  assertEquals(orphan, data + 24 + 24);
  await expectRecords(file.bytes(), 8);
});

Deno.test("without flag 2 the length of the last block is believed", async () => {
  const { file, data } = logged(1, 40);
  file.patchLength(data, 24 + 3 * 8);
  await expectRecords(file.bytes(), 8);
});

Deno.test("flag 3: the last block of reductions goes on to the end of the file", async () => {
  for (const [flags, length, found] of [[8, 24, 2], [8, 24 + 9, 2], [0, 24 + 9, 1]]) {
    const file = new FileBuilder({ unfinalized: flags });
    const { cg } = file.group({ channels: [CHANNELS[1]], records: records(4), cg_data_bytes: 3 });
    const reduction = file.add(SR, { fields: { sr_interval: 1, sr_sync_type: 1 } });
    file.patchLink(cg, "cg_sr_first", reduction);
    const rows = Uint8Array.from({ length: 18 }, (_, i) => i);
    const data = file.data("RD", rows);
    file.patchLink(reduction, "sr_data", data);
    file.patchLength(data, length);
    await eachWay(file.bytes().subarray(0, data + 24 + 18), async (mdf) => {
      const { mean } = await mdf.groups[0].reductions[0].read("v");
      assertEquals(Array.from(mean as Iterable<number>), [2, 11].slice(0, found));
    });
  }
});

Deno.test("trap 37: flag 4, the links of the last list tell its blocks, with nil ones behind", async () => {
  const file = new FileBuilder({ unfinalized: 16 | 4 | 1 });
  const { dg } = file.group({ channels: CHANNELS });
  const all = records(12);
  const first = file.add(DT, { payload: all.subarray(0, 10) });
  const second = file.add(DT, { payload: all.subarray(10, 17) });
  const list = file.add(DL, {
    moreLinks: [first, second],
    fields: { dl_count: 2, dl_offset: [0, 10] },
  });
  // Room for five blocks was made, one was entered, and the counter is still zero.
  const last = file.add(DL, {
    moreLinks: [0, 0, 0, 0, 0],
    fields: { dl_count: 0, dl_offset: [] },
  });
  const tail = file.append(encodeBlock(DT, { payload: all.subarray(17) }));
  file.patchLink(list, "dl_dl_next", last);
  file.patchLink(last, 1, tail);
  file.patchLength(tail, 0);
  file.patchLink(dg, "dg_data", list);
  await expectRecords(file.bytes().subarray(0, tail + 24 + all.length - 17), 12);
});

/** Mixed records: places of texts in group 1, the texts in group 2. */
function texts(flags: number, places: readonly number[]): Uint8Array {
  const file = new FileBuilder({ unfinalized: flags });
  const entries = ["abc", "", "defgh"].map((text) => [
    ...[2, text.length, 0, 0, 0],
    ...new TextEncoder().encode(text),
  ]);
  const records = places.flatMap((place, i) => [...entries[i], 1, place, 0, 0, 0, 0, 0, 0, 0]);
  const { groups } = file.dataGroup({
    recordIdSize: 1,
    records: Uint8Array.from(records),
    blockSizes: [5],
    groups: [
      {
        cg_record_id: 1,
        channels: [{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 }],
      },
      { cg_record_id: 2, cg_flags: 1, channels: [] },
    ],
  });
  file.patchLink(groups[0].channels[0], "cn_data", groups[1].cg);
  return file.bytes();
}

Deno.test("flag 5: the size of a group of variable-length values is not needed", async () => {
  await eachWay(texts(32 | 1, [0, 7, 11]), async (mdf) => {
    assertEquals(await valuesOf(mdf, "text"), ["abc", "", "defgh"]);
  });
});

Deno.test("flag 6: places of values that were never written follow from the order of values", async () => {
  await eachWay(texts(64 | 32 | 1, [0, 0, 0]), async (mdf) => {
    assertEquals(await valuesOf(mdf, "text"), ["abc", "", "defgh"]);
    const part = await mdf.read("text", { records: [1, 3] });
    assertEquals([...part.values as Iterable<unknown>], ["", "defgh"]);
  });
});

Deno.test("all seven flags at once, and flags of the logger's own", async () => {
  const { file, data } = logged(0x7f, 9, 1);
  const bytes = file.bytes().slice(0, data + 24 + 27 + 1);
  new DataView(bytes.buffer).setUint16(62, 0xabcd, true);
  new DataView(bytes.buffer).setBigUint64(data + 8, 24n, true);
  await expectRecords(bytes, 9);
});

Deno.test("a finalized file is never extended or guessed at", async () => {
  const { file, data } = logged(0, 8);
  file.patchBytes(0, new TextEncoder().encode("MDF     "));
  file.patchLength(data, 24 + 6);
  await eachWay(file.bytes(), async (mdf) => {
    await mdf.locateData();
    assertEquals(mdf.groups[0].recordCount, 2);
  });
  file.patchLength(data, 0);
  await using mdf = await Mdf.open(file.bytes());
  await assertRejects(() => mdf.read("v"), MdfError, "0 bytes long");
});

Deno.test("a file whose writer was killed gives what had been written", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    const writer = await MdfWriter.create(path, { blockBytes: 4096, bufferBytes: 4096 });
    const group = writer.addGroup({
      name: "Log",
      channels: [{ name: "t", type: "float64", master: "time" }, { name: "n", type: "uint32" }],
    });
    for (let i = 0; i < 40; i++) {
      const n = Uint32Array.from({ length: 100 }, (_, k) => 100 * i + k);
      await group.append({ t: Float64Array.from(n, (value) => value / 10), n });
    }
    const cut = await Deno.readFile(path);
    await eachWay(cut, async (mdf) => {
      assertEquals(mdf.finalized, false);
      const n = await valuesOf(mdf, "n");
      assert(n.length > 1000, `${n.length} records`);
      assertEquals(n, n.map((_, i) => i));
    });
    await writer.close();
    await using whole = await Mdf.open(path);
    assertEquals([whole.finalized, whole.groups[0].recordCount], [true, 4000]);
  } finally {
    await Deno.remove(path);
  }
});
