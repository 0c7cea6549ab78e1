import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CG, CN, DT, FH, TX } from "../lib/blocks/block_tables.ts";
import { bytesSource } from "../lib/source/memory_source.ts";
import { Mdf, MdfError, UsageError } from "../mod.ts";
import {
  countingSource,
  type DataParts,
  FileBuilder,
  minimalSource,
  openBlocks,
  patternBytes,
  rangeServer,
  readWays,
  strictSource,
  valuesOf,
} from "./_helpers.ts";

/** Records of a float64 time and a uint16, ten bytes each. */
function makeRecords(count: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(10 * count));
  for (let i = 0; i < count; i++) {
    view.setFloat64(10 * i, i / 8, true);
    view.setUint16(10 * i + 8, i * 3, true);
  }
  return new Uint8Array(view.buffer);
}

const channels = [
  { name: "t", unit: "s", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
  { name: "rpm", unit: "1/min", comment: "speed", cn_byte_offset: 8, cn_bit_count: 16 },
];

Deno.test("a group made by the builder reads back, however its records are cut", async (t) => {
  const cuts: Record<string, DataParts> = {
    "one block": {},
    "blocks of 7 bytes": { blockSizes: [7] },
    "blocks of 3, 0 and 11 bytes in lists of 4": { blockSizes: [3, 0, 11], listLength: 4 },
    "equal blocks": { blockSizes: [13], equalLength: true },
    "one deflated block": { zip: true },
    "deflated blocks": { blockSizes: [17, 29], zip: true },
    "transposed blocks": { blockSizes: [25], zip: 10 },
  };
  for (const [name, cut] of Object.entries(cuts)) {
    await t.step(name, async () => {
      const file = new FileBuilder({ version: "4.20", program: "bench" });
      file.group({ name: "Engine", channels, records: makeRecords(50), ...cut });
      await using mdf = await Mdf.open(file.bytes());
      assertEquals(mdf.version, "4.20");
      assertEquals(mdf.groups.map((group) => [group.name, group.recordCount]), [["Engine", 50]]);
      const rpm = await mdf.read("rpm");
      assertEquals(rpm.values, Uint16Array.from({ length: 50 }, (_, i) => i * 3));
      assertEquals(rpm.timestamps, Float64Array.from({ length: 50 }, (_, i) => i / 8));
      assertEquals(rpm.unit, "1/min");
    });
  }
});

Deno.test("records of several groups share a data group", async () => {
  const file = new FileBuilder();
  file.dataGroup({
    recordIdSize: 1,
    groups: [
      { cg_record_id: 1, cg_cycle_count: 2, channels: [{ name: "a", cn_bit_count: 8 }] },
      { cg_record_id: 2, cg_cycle_count: 1, channels: [{ name: "b", cn_bit_count: 16 }] },
    ],
    records: Uint8Array.of(1, 10, 2, 20, 1, 1, 11),
    blockSizes: [2],
  });
  await using mdf = await Mdf.open(file.bytes());
  assertEquals((await mdf.read("a")).values, Uint8Array.of(10, 11));
  assertEquals((await mdf.read("b")).values, Uint16Array.of(276));
});

Deno.test("members of a structure follow their parent", async () => {
  const file = new FileBuilder();
  const { cg, channels } = file.group({
    channels: [
      {
        name: "both",
        cn_data_type: 10,
        cn_bit_count: 16,
        members: [{ name: "x", cn_bit_count: 8 }, {
          name: "y",
          cn_byte_offset: 1,
          cn_bit_count: 8,
        }],
      },
      { name: "z", cn_byte_offset: 2, cn_bit_count: 8 },
    ],
    records: Uint8Array.of(1, 2, 3),
  });
  assertEquals(file.linkOf(cg, "cg_cn_first"), channels[0]);
  assertEquals(file.linkOf(channels[0], "cn_composition"), channels[1]);
  assertEquals(file.linkOf(channels[1], "cn_cn_next"), channels[2]);
  assertEquals(file.linkOf(channels[0], "cn_cn_next"), channels[3]);
  await using mdf = await Mdf.open(file.bytes());
  assertEquals(mdf.groups[0].channels.map((channel) => channel.name), ["both", "x", "y", "z"]);
  assertEquals((await mdf.read("y")).values, Uint8Array.of(2));
  assertEquals((await mdf.read("z")).values, Uint8Array.of(3));
});

Deno.test("blocks start at multiples of eight and can be changed later", async () => {
  const file = new FileBuilder();
  const data = file.add(DT, { payload: new Uint8Array(3) });
  const group = file.add(CG);
  const name = file.text("late");
  assertEquals([file.hd, data, group, name], [64, 168, 200, 304]);
  file.patchLink(group, "cg_tx_acq_name", name);
  file.patchField(group, "cg_data_bytes", 7);
  const histories = [file.addToHeader(FH), file.addToHeader(FH)];
  assertEquals(file.linkOf(file.hd, "hd_fh_first"), histories[0]);
  assertEquals(file.linkOf(histories[0], "fh_fh_next"), histories[1]);
  const block = await (await openBlocks(file.bytes())).load(CG, group, "CG");
  assertEquals(block.links, [0, 0, name, 0, 0, 0]);
  assertEquals(block.fields.cg_data_bytes, 7);
  assertThrows(() => file.patchLink(group, "cn_cn_next", 0), Error, "no link cn_cn_next");
  assertThrows(() => file.patchLink(group, 6, 0), Error, "no link 6");
  assertThrows(() => file.patchField(group, "cg_nothing", 0), Error, "cg_nothing");
  assertThrows(() => file.addToHeader(TX), Error, "no list of TX");
  assertThrows(
    () => file.channels([{ cn_speed: 1 } as Record<string, number>]),
    Error,
    "neither a field nor a link cn_speed",
  );
  assertEquals(file.add(CN) % 8, 0);
});

Deno.test("the counting source counts both kinds of reads", async () => {
  const source = countingSource(bytesSource(patternBytes(100)));
  assertEquals(await source.read(3, 4), patternBytes(7).slice(3));
  source.readIntoSync!(90, new Uint8Array(10));
  assertEquals([source.requests, source.bytes], [2, 14]);
  assertEquals(source.ranges, [[3, 4], [90, 10]]);
  source.reset();
  assertEquals([source.requests, source.bytes, source.ranges], [0, 0, []]);
  assertEquals(countingSource(minimalSource(patternBytes(4))).readIntoSync, undefined);
});

Deno.test("the strict source refuses what the contract does not allow", async () => {
  const source = strictSource(patternBytes(10));
  assertEquals(await source.read(0, 10), patternBytes(10));
  assertEquals(source.readIntoSync, undefined);
  for (const [offset, length] of [[-1, 2], [9, 2], [0.5, 1], [0, NaN], [0, -1]]) {
    const error = await assertRejects(() => source.read(offset, length), Error);
    assert(!(error instanceof MdfError));
    assertStringIncludes(error.message, `read(${offset}, ${length})`);
  }
  await assertRejects(
    () => source.read(0, 1, { signal: AbortSignal.abort() }),
    DOMException,
  );
  await source.close!();
  await assertRejects(() => source.read(0, 1), Error, "closed");
});

Deno.test("the range server answers as servers do", async () => {
  await using server = rangeServer(patternBytes(1000), { etag: '"one"' });
  const get = (range?: string) => fetch(server.url, { headers: range ? { range } : {} });
  const part = await get("bytes=990-2000");
  assertEquals([part.status, part.headers.get("content-range")], [206, "bytes 990-999/1000"]);
  assertEquals(part.headers.get("etag"), '"one"');
  assertEquals(new Uint8Array(await part.arrayBuffer()), patternBytes(1000).slice(990));
  const past = await get("bytes=1000-1000");
  assertEquals([past.status, past.headers.get("content-range")], [416, "bytes */1000"]);
  await past.body?.cancel();
  const whole = await get();
  assertEquals(whole.status, 200);
  assertEquals(new Uint8Array(await whole.arrayBuffer()), patternBytes(1000));
  assertEquals(server.ranges, ["bytes=990-2000", "bytes=1000-1000", ""]);
});

Deno.test("readWays opens a file in four ways, and closes each", async () => {
  const file = new FileBuilder();
  file.group({
    channels: [{ name: "a", cn_bit_count: 8 }],
    records: Uint8Array.of(1, 2, 3),
    blockSizes: [2],
  });
  const opened: Mdf[] = [];
  const names = new Set<string>();
  for await (const { name, mdf } of readWays(file.bytes(), { name: "a.mf4" })) {
    assertEquals(await valuesOf(mdf, "a"), [1, 2, 3], name);
    assertEquals(mdf.name, "a.mf4");
    opened.push(mdf);
    names.add(name);
  }
  assertEquals(names.size, 4);
  for (const mdf of opened) await assertRejects(() => mdf.read("a"), UsageError, "closed");
});
