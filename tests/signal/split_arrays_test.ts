import { assert, assertEquals, assertRejects } from "@std/assert";
import { byteRanges, CorruptFileError, Mdf, MdfError, UsageError } from "../../mod.ts";
import { DT, LD } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import { addArray, pack } from "./_arrays.ts";
import { eachWay } from "./_block_file.ts";

/** Value of element k in record i of a file made here. */
const valueOf = (k: number, i: number) => 1000 * (k + 1) + i;
const DIMS = [2, 3];
const ELEMENTS = 6;

/** Record i of element k: time, value. */
const record = (k: number, i: number, time: number) => pack([time, 8], [valueOf(k, i), 2]);

const CHANNELS = (array: number) => [
  { name: "t", unit: "s", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
  { name: "map", cn_byte_offset: 8, cn_bit_count: 16, cn_composition: array },
];

/**
 * Storage in channel groups: element k has the record id 5 + k; another group has the id 20. The
 * elements take turns as `order` says.
 */
function channelGroupFile(
  counts: number[],
  order: number[],
  time: (k: number, i: number) => number,
  parts: { cycleCounts?: number[]; version?: string; unfinalized?: number } = {},
): Uint8Array {
  const file = new FileBuilder({ unfinalized: parts.unfinalized });
  const array = addArray(file, {
    dims: DIMS,
    ca_storage: 1,
    ca_cycle_count: parts.cycleCounts ?? counts,
  });
  const bytes: number[] = [];
  const next = counts.map(() => 0);
  for (const k of order) {
    bytes.push(5 + k, ...record(k, next[k], time(k, next[k]++)));
    if (next[k] % 2) bytes.push(20, 0xee);
  }
  assertEquals(next, counts);
  const others = order.length === 0 ? 0 : counts.reduce((sum, n) => sum + Math.ceil(n / 2), 0);
  file.dataGroup({
    recordIdSize: 1,
    records: Uint8Array.from(bytes),
    blockSizes: [7, 13],
    groups: [
      { name: "map", channels: CHANNELS(array), cg_record_id: 5, cg_cycle_count: counts[0] },
      { channels: [{ name: "x", cn_bit_count: 8 }], cg_record_id: 20, cg_cycle_count: others },
    ],
  });
  return file.bytes();
}

/** Storage in data groups: the records of each element in a chain of their own. */
function dataGroupFile(counts: number[], time: (k: number, i: number) => number): Uint8Array {
  const file = new FileBuilder();
  const chains = counts.map((count, k) => {
    const bytes = Array.from({ length: count }, (_, i) => record(k, i, time(k, i))).flat();
    if (count === 0) return 0;
    const zip = k % 3 === 1 ? 10 : k % 3 === 2;
    return file.data("DT", Uint8Array.from(bytes), { blockSizes: [7, 13], zip });
  });
  const array = addArray(file, {
    dims: DIMS,
    ca_storage: 2,
    ca_cycle_count: counts,
    links: chains,
  });
  file.group({ channels: CHANNELS(array), dataLink: chains[0], cg_cycle_count: counts[0] });
  return file.bytes();
}

const equal = new Array(ELEMENTS).fill(50);
const turns = (counts: number[]) =>
  Array.from({ length: Math.max(...counts) }, (_, i) => counts.flatMap((n, k) => i < n ? [k] : []))
    .flat();
const blocks = (counts: number[]) => counts.flatMap((n, k) => new Array(n).fill(k));
const rows = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, i) => Array.from({ length: ELEMENTS }, (_, k) => valueOf(k, from + i)),
  ).flat();

const files: [string, (time: (k: number, i: number) => number) => Uint8Array][] = [
  ["channel groups, elements in turns", (t) => channelGroupFile(equal, turns(equal), t)],
  ["channel groups, one element after the other", (t) => channelGroupFile(equal, blocks(equal), t)],
  [
    "channel groups, elements out of step",
    (t) => channelGroupFile(equal, turns(equal).toReversed(), t),
  ],
  ["data groups", (t) => dataGroupFile(equal, t)],
];

for (const [name, make] of files) {
  Deno.test(`trap 30: elements with records of their own are rows of the array (${name})`, async () => {
    await eachWay(make((_, i) => i / 2), async (mdf) => {
      assertEquals(mdf.groups[0].recordCount, 50);
      const map = await mdf.read("map");
      assertEquals(map.shape, [50, 2, 3]);
      assertEquals(map.values, Uint16Array.from(rows(0, 50)));
      assertEquals(map.timestamps, Float64Array.from({ length: 50 }, (_, i) => i / 2));
      const part = await mdf.read("map", { records: [7, 19] });
      assertEquals(part.values, Uint16Array.from(rows(7, 19)));
      assertEquals(part.timestamps?.[0], 3.5);
      assertEquals((await mdf.read("t")).values.length, 50);
    });
  });

  Deno.test(`elements with records of their own are streamed as they are read (${name})`, async () => {
    const mdf = await Mdf.open(make((_, i) => i));
    const values: number[] = [];
    for await (const batch of mdf.stream(["map", "t"], { batchBytes: 100 })) {
      assertEquals(batch.firstRecord, values.length / ELEMENTS);
      assertEquals(batch.signals[1].values, batch.signals[0].timestamps);
      values.push(...batch.signals[0].values as Uint16Array);
    }
    assertEquals(values, rows(0, 50));
  });

  Deno.test(`an array whose elements differ in time has no times in common (${name})`, async () => {
    const time = (k: number, i: number) => i + k / 10;
    await eachWay(make(time), async (mdf) => {
      const map = await mdf.read("map");
      assertEquals(map.values, Uint16Array.from(rows(0, 50)));
      assertEquals(map.timestamps, undefined);
      const elements = await mdf.readElements("map");
      assertEquals(elements.length, ELEMENTS);
      for (const [k, element] of elements.entries()) {
        assertEquals(element.element, [Math.floor(k / 3), k % 3]);
        assertEquals(element.shape, [50]);
        const expected = Float64Array.from({ length: 50 }, (_, i) => time(k, i));
        assertEquals(element.timestamps, expected);
        assertEquals(
          element.values,
          Uint16Array.from({ length: 50 }, (_, i) => valueOf(k, i)),
        );
      }
    });
  });
}

const ragged = [9, 0, 4, 700, 1, 12];
for (
  const [name, bytes] of [
    ["channel groups", channelGroupFile(ragged, turns(ragged), (k, i) => k + i)],
    ["data groups", dataGroupFile(ragged, (k, i) => k + i)],
  ] as const
) {
  Deno.test(`elements that differ in their number of records are read one by one (${name})`, async () => {
    await eachWay(bytes, async (mdf) => {
      assertEquals(mdf.groups[0].recordCount, 9);
      const error = await assertRejects(() => mdf.read("map"), UsageError, "readElements()");
      assert(error.message.includes("from 0 to 700"));
      const skipped: string[] = [];
      const all = await mdf.readAll(undefined, {
        onChannelError: (channel) => skipped.push(channel.name),
      });
      assertEquals(skipped, ["map"]);
      assertEquals(all[0].values.length, 9);
      const elements = await mdf.readElements("map");
      assertEquals(elements.map(({ values }) => values.length), ragged);
      for (const [k, { values, timestamps }] of elements.entries()) {
        assertEquals(
          [...values as Uint16Array],
          [...Array(ragged[k]).keys()].map((i) => valueOf(k, i)),
        );
        assertEquals([...timestamps!], [...Array(ragged[k]).keys()].map((i) => k + i));
      }
      const window = await mdf.readElements("map", { records: [3, 11] });
      assertEquals(window.map(({ values }) => values.length), [6, 0, 1, 8, 0, 8]);
      assertEquals(window[5].values.at(0), valueOf(5, 3));
      assertEquals(window[5].timestamps?.[0], 8);
    });
  });
}

Deno.test("counters of elements that disagree with the data are counted again", async () => {
  const bytes = channelGroupFile(ragged, turns(ragged), (_, i) => i, {
    cycleCounts: ragged.map((n) => 2 * n),
  });
  await eachWay(bytes, async (mdf) => {
    const elements = await mdf.readElements("map");
    assertEquals(elements.map(({ values }) => values.length), ragged);
  });
  const unfinalized = channelGroupFile(equal, turns(equal), (_, i) => i, {
    cycleCounts: equal.map(() => 0),
    unfinalized: 1,
  });
  await eachWay(unfinalized, async (mdf) => {
    assertEquals((await mdf.read("map")).values, Uint16Array.from(rows(0, 50)));
  });
});

Deno.test("elements with records of their own may be arrays in turn, and have invalidation bits", async () => {
  const file = new FileBuilder();
  const inner = addArray(file, { dims: [2], ca_byte_offset_base: 3, ca_inval_bit_pos_base: 4 });
  // Two bytes of values with a gap between, and one of invalidation bits, in each record.
  const records = (k: number) =>
    Uint8Array.from(
      [0, 1, 2].flatMap((i) => [10 * k + i, 0xaa, 0xbb, 10 * k + i + 5, i === k ? 16 : 0]),
    );
  const chains = [0, 1].map((k) => file.data("DT", records(k), { blockSizes: [3] }));
  const outer = addArray(file, {
    dims: [2],
    ca_storage: 2,
    ca_cycle_count: [3, 3],
    links: chains,
    composition: inner,
  });
  file.group({
    channels: [{ name: "a", cn_bit_count: 8, cn_composition: outer, cn_flags: 2 }],
    cg_data_bytes: 4,
    cg_inval_bytes: 1,
    dataLink: chains[0],
    cg_cycle_count: 3,
  });
  await eachWay(file.bytes(), async (mdf) => {
    const a = await mdf.read("a");
    assertEquals(a.shape, [3, 2, 2]);
    assertEquals([...a.values as Uint8Array], [0, 5, 10, 15, 1, 6, 11, 16, 2, 7, 12, 17]);
    assertEquals([...a.valid!], [1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1]);
    assertEquals(a.timestamps, undefined);
    const [first, second] = await mdf.readElements("a");
    assertEquals(first.shape, [3, 2]);
    assertEquals([...first.values as Uint8Array], [0, 5, 1, 6, 2, 7]);
    assertEquals([...first.valid!], [1, 0, 1, 1, 1, 1]);
    assertEquals([...second.valid!], [1, 1, 1, 0, 1, 1]);
  });
});

Deno.test("virtual masters serve all elements", async () => {
  const file = new FileBuilder();
  const chains = [0, 1].map((k) => file.add(DT, { payload: Uint8Array.of(k, k + 10, k + 20) }));
  const array = addArray(file, { dims: [2], ca_storage: 2, ca_cycle_count: [3, 3], links: chains });
  file.group({
    channels: [
      { name: "t", cn_type: 3, cn_sync_type: 1 },
      { name: "a", cn_bit_count: 8, cn_composition: array },
    ],
    dataLink: chains[0],
    cg_cycle_count: 3,
  });
  await eachWay(file.bytes(), async (mdf) => {
    const a = await mdf.read("a");
    assertEquals([...a.values as Uint8Array], [0, 1, 10, 11, 20, 21]);
    assertEquals(a.timestamps, Float64Array.of(0, 1, 2));
    const elements = await mdf.readElements("a");
    assertEquals(elements[1].timestamps, Float64Array.of(0, 1, 2));
    assertEquals([...elements[1].values as Uint8Array], [1, 11, 21]);
  });
});

Deno.test("byte ranges name the records of every element", async () => {
  const bytes = dataGroupFile(equal, (_, i) => i);
  const mdf = await Mdf.open(bytes);
  const index = mdf.toIndex();
  const wanted = byteRanges(index, "map", { records: [3, 5] });
  const reads: [number, number][] = [];
  const source = {
    size: () => Promise.resolve(bytes.length),
    read(offset: number, length: number) {
      reads.push([offset, offset + length]);
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
  };
  const again = await Mdf.fromIndex(index, source);
  reads.length = 0;
  await again.read("map", { records: [3, 5] });
  for (const [from, to] of reads) {
    assert(
      wanted.some(([offset, length]) => offset <= from && to <= offset + length),
      `bytes ${from} to ${to} were read and are not in ${JSON.stringify(wanted)}`,
    );
  }
  assertEquals((await Mdf.open(bytes)).groups.length, 1);
});

Deno.test("elements whose record ids belong to another group are refused, and the rest is read", async () => {
  const file = new FileBuilder();
  const array = addArray(file, { dims: [3], ca_storage: 1, ca_cycle_count: [1, 1, 1] });
  file.dataGroup({
    recordIdSize: 1,
    records: Uint8Array.of(1, 11, 3, 33),
    groups: [
      {
        channels: [{ name: "a", cn_bit_count: 8, cn_composition: array }],
        cg_record_id: 1,
        cg_cycle_count: 1,
      },
      { channels: [{ name: "b", cn_bit_count: 8 }], cg_record_id: 3, cg_cycle_count: 1 },
    ],
  });
  await eachWay(file.bytes(), async (mdf) => {
    await assertRejects(
      () => mdf.read("a"),
      CorruptFileError,
      "3 of them belongs to another group",
    );
    assertEquals([...(await mdf.read("b")).values as Uint8Array], [33]);
  });
});

Deno.test("elements in data groups that name the same data over and over are refused", async () => {
  const file = new FileBuilder();
  const data = file.add(DT, { payload: new Uint8Array(600) });
  const array = addArray(file, {
    dims: [50],
    ca_storage: 2,
    ca_cycle_count: new Array(50).fill(600),
    links: new Array(50).fill(data),
  });
  file.group({
    channels: [{ name: "a", cn_bit_count: 8, cn_composition: array }],
    dataLink: data,
    cg_cycle_count: 600,
  });
  const mdf = await Mdf.open(file.bytes());
  await assertRejects(() => mdf.readElements("a"), CorruptFileError, "named repeatedly");
});

Deno.test("elements with records of their own are put together stretch by stretch", async () => {
  // Rows of 6 * 5000 bytes: a stretch holds fewer than forty of them.
  const counts = new Array(ELEMENTS).fill(150);
  const large = (k: number, i: number) => {
    const bytes = new Uint8Array(5000);
    new DataView(bytes.buffer).setUint16(4997, valueOf(k, i), true);
    return bytes;
  };
  const separate = new FileBuilder();
  const chains = counts.map((count, k) => {
    const bytes = new Uint8Array(count * 5000);
    for (let i = 0; i < count; i++) bytes.set(large(k, i), i * 5000);
    return separate.data("DT", bytes, { blockSizes: [77777], zip: k % 2 === 0 });
  });
  const channels = (array: number) => [
    { name: "map", cn_byte_offset: 4997, cn_bit_count: 16, cn_composition: array },
  ];
  const described = { dims: DIMS, ca_cycle_count: counts };
  separate.group({
    channels: channels(addArray(separate, { ...described, ca_storage: 2, links: chains })),
    cg_data_bytes: 5000,
    dataLink: chains[0],
    cg_cycle_count: 150,
  });
  const mixed = new FileBuilder();
  // Element k begins 15 k records after the first one.
  const bytes: Uint8Array[] = [];
  for (let at = 0; at < 150 + 15 * ELEMENTS; at++) {
    for (let k = 0; k < ELEMENTS; k++) {
      const i = at - 15 * k;
      if (i >= 0 && i < 150) bytes.push(Uint8Array.of(5 + k), large(k, i));
    }
  }
  const records = new Uint8Array(bytes.length / 2 * 5001);
  bytes.reduce((to, part) => (records.set(part, to), to + part.length), 0);
  mixed.dataGroup({
    recordIdSize: 1,
    records,
    blockSizes: [77777],
    groups: [{
      channels: channels(addArray(mixed, { ...described, ca_storage: 1 })),
      cg_data_bytes: 5000,
      cg_record_id: 5,
      cg_cycle_count: 150,
    }],
  });
  for (const file of [separate, mixed]) {
    const mdf = await Mdf.open(file.bytes());
    assertEquals((await mdf.read("map")).values, Uint16Array.from(rows(0, 150)));
    const part = await mdf.read("map", { records: [101, 149] });
    assertEquals(part.values, Uint16Array.from(rows(101, 149)));
    const elements = await mdf.readElements("map", { records: [40, 42] });
    assertEquals(elements.map(({ values }) => values.at(1)), rows(41, 42));
  }
});

Deno.test("structures, texts and values of any length in elements with records of their own", async () => {
  const file = new FileBuilder();
  const encoder = new TextEncoder();
  const words = ["zero", "one", "two", "three"];
  const sd: number[] = [];
  const places = words.map((word) => {
    const at = sd.length;
    sd.push(...pack([word.length, 4]), ...encoder.encode(word));
    return at;
  });
  // Record i of element k: the place of a word, the length of a text, room for it, an unused byte.
  const chains = [0, 1].map((k) =>
    file.data(
      "DT",
      Uint8Array.from([0, 1].flatMap((i) => [
        ...pack([places[2 * k + i], 4]),
        k + 1,
        ...encoder.encode(`${k}${i}#`),
        0xff,
      ])),
      { blockSizes: [5] },
    )
  );
  const members = file.channels([
    {
      name: "word",
      cn_type: 1,
      cn_bit_count: 32,
      cn_data_type: 7,
      cn_data: file.data("SD", Uint8Array.from(sd)),
    },
    { name: "length", cn_byte_offset: 4, cn_bit_count: 8 },
    { name: "text", cn_type: 5, cn_byte_offset: 5, cn_bit_count: 24, cn_data_type: 6 },
  ]);
  file.patchLink(members[2], "cn_data", members[1]);
  const array = addArray(file, {
    dims: [2],
    ca_storage: 2,
    ca_cycle_count: [2, 2],
    links: chains,
    composition: members[0],
  });
  file.group({
    channels: [{ name: "s", cn_data_type: 10, cn_bit_count: 64, cn_composition: array }],
    cg_data_bytes: 9,
    dataLink: chains[0],
    cg_cycle_count: 2,
  });
  await eachWay(file.bytes(), async (mdf) => {
    const values = async (name: string) => [...(await mdf.read(name)).values as Iterable<unknown>];
    assertEquals(await values("length"), [1, 2, 1, 2]);
    assertEquals(await values("text"), ["0", "10", "0", "11"]);
    assertEquals(await values("word"), ["zero", "two", "one", "three"]);
    assertEquals(await values("s.word"), ["zero", "two", "one", "three"]);
    const structures = await mdf.read("s");
    assertEquals(structures.shape, [2, 2]);
    assertEquals((structures.values.at(3) as Uint8Array)[4], 2);
    const elements = await mdf.readElements("word");
    assertEquals(elements.map(({ values }) => [...values as Iterable<unknown>]), [
      ["zero", "one"],
      ["two", "three"],
    ]);
  });
});

Deno.test("elements in column-oriented data, with the master of another group", async () => {
  const file = new FileBuilder({ version: "4.20" });
  const master = file.group({
    channels: [{ name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 8 }],
    records: Uint8Array.of(10, 20, 30),
  });
  const column = (values: number[], bits: number[]) =>
    file.add(LD, {
      moreLinks: [
        file.data("DV", Uint8Array.from(values)),
        file.data("DI", Uint8Array.from(bits)),
      ],
      fields: {
        ld_flags: 0x80000001,
        ld_count: 1,
        ld_equal_sample_count: [values.length],
      },
    });
  const chains = [column([1, 2, 3], [0, 1, 0]), column([4, 5, 6], [1, 0, 0])];
  const array = addArray(file, { dims: [2], ca_storage: 2, ca_cycle_count: [3, 3], links: chains });
  file.group({
    channels: [{ name: "a", cn_bit_count: 8, cn_flags: 2, cn_composition: array }],
    cg_flags: 8,
    cg_inval_bytes: 1,
    moreLinks: [master.cg],
    dataLink: chains[0],
    cg_cycle_count: 3,
  });
  await eachWay(file.bytes(), async (mdf) => {
    const a = await mdf.read("a");
    assertEquals([...a.values as Uint8Array], [1, 4, 2, 5, 3, 6]);
    assertEquals([...a.valid!], [1, 0, 0, 1, 1, 1]);
    assertEquals(a.timestamps, Float64Array.of(10, 20, 30));
    const [first, second] = await mdf.readElements("a", { records: [1, 3] });
    assertEquals([...second.values as Uint8Array], [5, 6]);
    assertEquals(second.valid, undefined);
    assertEquals([...first.valid!], [0, 1]);
    assertEquals(second.timestamps, Float64Array.of(20, 30));
  });
});

Deno.test("readElements refuses channels whose elements lie in one record", async () => {
  const mdf = await Mdf.open(dataGroupFile(equal, (_, i) => i));
  await assertRejects(() => mdf.readElements("t"), UsageError, "read() gives all");
  await assertRejects(
    () => mdf.readElements("map", { records: [3, 2] }),
    UsageError,
    "0 <= from <= to",
  );
  await mdf.close();
  await assertRejects(() => mdf.readElements("map"), UsageError, "closed");
});

Deno.test("an element whose data is cut off is an error of its array alone", async () => {
  const file = new FileBuilder();
  const [good, bad] = [file.data("DT", Uint8Array.of(1, 2)), file.text("no data")];
  const array = addArray(file, {
    dims: [2],
    ca_storage: 2,
    ca_cycle_count: [2, 2],
    links: [good, bad],
  });
  file.group({
    channels: [
      { name: "a", cn_bit_count: 8, cn_composition: array },
      { name: "b", cn_bit_count: 8 },
    ],
    dataLink: good,
    cg_cycle_count: 2,
  });
  await eachWay(file.bytes(), async (mdf) => {
    await assertRejects(() => mdf.read("a"), MdfError, "where DT data is expected");
    await assertRejects(() => mdf.readElements("a"), MdfError, "where DT data is expected");
    assertEquals([...(await mdf.read("b")).values as Uint8Array], [1, 2]);
  });
});
