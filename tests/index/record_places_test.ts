/**
 * Indexes with records: one group of mixed data is read without the others, and whatever the index
 * says of the places, values are right or an error is told.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { byteRanges, CorruptFileError, LimitExceededError, Mdf, type MdfIndex } from "../../mod.ts";
import { countingSource, FileBuilder, strictSource } from "../_helpers.ts";

/** Bytes of a frequent record, with its id. */
const FREQUENT = 200;
const FREQUENT_RECORDS = 20_000;
/** Frequent records from one rare record to the next. */
const RARE_EVERY = 1000;
const RARE_RECORDS = FREQUENT_RECORDS / RARE_EVERY;

/** Many long records, a few short ones among them, and texts as rare as these. */
function mixedFile(): Uint8Array {
  const records: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let offset = 0;
  for (let i = 0; i < FREQUENT_RECORDS; i++) {
    const frequent = new Uint8Array(FREQUENT).fill(i);
    frequent[0] = 1;
    records.push(frequent);
    if (i % RARE_EVERY !== 7) continue;
    const rare = new Uint8Array(10);
    const view = new DataView(rare.buffer);
    view.setUint8(0, 2);
    view.setUint8(1, i / RARE_EVERY);
    view.setBigUint64(2, BigInt(offset), true);
    const text = encoder.encode(`text ${i}`);
    const stored = new Uint8Array(5 + text.length);
    stored[0] = 3;
    new DataView(stored.buffer).setUint32(1, text.length, true);
    stored.set(text, 5);
    offset += 4 + text.length;
    records.push(stored, rare);
  }
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const record of records) {
    bytes.set(record, at);
    at += record.length;
  }
  const file = new FileBuilder();
  const storage = { cg_record_id: 3, cg_flags: 1, cg_data_bytes: offset - 4 * RARE_RECORDS };
  const [, stored, rare] = file.dataGroup({
    recordIdSize: 1,
    groups: [
      {
        ...{ cg_record_id: 1, cg_cycle_count: FREQUENT_RECORDS, cg_data_bytes: FREQUENT - 1 },
        channels: [{ name: "often", cn_bit_count: 8 }],
      },
      { ...storage, cg_cycle_count: RARE_RECORDS, channels: [] },
      {
        ...{ cg_record_id: 2, cg_cycle_count: RARE_RECORDS, cg_data_bytes: 9 },
        channels: [
          { name: "seldom", cn_bit_count: 8 },
          { name: "text", cn_type: 1, cn_data_type: 7, cn_byte_offset: 1, cn_bit_count: 64 },
        ],
      },
    ],
    records: bytes,
    blockSizes: [65_521],
  }).groups;
  file.patchLink(rare.channels[1], "cn_data", stored.cg);
  return file.bytes();
}

const throughJson = (index: MdfIndex): MdfIndex => JSON.parse(JSON.stringify(index));

/** What is read of a channel, and what it took. */
async function readCounted(index: MdfIndex, bytes: Uint8Array, name: string) {
  const source = countingSource(strictSource(bytes));
  await using mdf = await Mdf.fromIndex(index, source);
  source.reset();
  const { values } = await mdf.read(name);
  return { values: Array.from(values as Iterable<unknown>), ...source };
}

Deno.test("with the places of records, one group is read without the others", async () => {
  const bytes = mixedFile();
  await using mdf = await Mdf.open(bytes);
  const plain = throughJson(mdf.toIndex());
  const placed = throughJson(await mdf.toIndex({ records: true }));
  const seldom = Array.from({ length: RARE_RECORDS }, (_, i) => i);
  const text = seldom.map((i) => `text ${i * RARE_EVERY + 7}`);
  for (const [name, expected] of [["seldom", seldom], ["text", text]] as const) {
    const scanned = await readCounted(plain, bytes, name);
    assertEquals(scanned.values, expected);
    assert(scanned.bytes > bytes.length / 2, "without places, all records are walked");
    const picked = await readCounted(placed, bytes, name);
    assertEquals(picked.values, expected);
    // Each record of the group, and perhaps the header of a block that it straddles.
    assert(picked.bytes < 100 * RARE_RECORDS, `${name}: ${picked.bytes} bytes`);
    assert(picked.requests <= 5 * RARE_RECORDS, `${name}: ${picked.requests} requests`);
  }
  await using again = await Mdf.fromIndex(placed, bytes);
  assertEquals(
    (await again.read("often", { records: [255, 258] })).values,
    Uint8Array.of(255, 0, 1),
  );
});

Deno.test("byte ranges of mixed records are those of the group, where their places are known", async () => {
  const bytes = mixedFile();
  await using mdf = await Mdf.open(bytes);
  const total = (index: MdfIndex, records?: [number, number]) =>
    byteRanges(index, "seldom", { records, gap: 0 }).reduce((sum, [, length]) => sum + length, 0);
  assert(total(mdf.toIndex()) > FREQUENT * FREQUENT_RECORDS);
  const placed = await mdf.toIndex({ records: true });
  assertEquals(total(placed), 10 * RARE_RECORDS);
  assertEquals(total(placed, [3, 5]), 20);
  // Check points alone tell between which of them the records lie.
  const points = structuredClone(placed);
  delete (points.dataGroups as { places?: unknown }).places;
  const between = total(points, [3, 5]);
  assert(between > 20 && between < bytes.length / 5, `${between} bytes`);
});

Deno.test("places of records that follow a pattern take next to nothing, others a few bytes each", async () => {
  await using mdf = await Mdf.open(mixedFile());
  const size = (index: MdfIndex) => JSON.stringify(index).length;
  const more = size(await mdf.toIndex({ records: true })) - size(mdf.toIndex());
  assert(more < 4096, `${more} bytes`);
  const turns = Uint8Array.from({ length: 3000 }, (_, i) => 1 + Math.floor(i * i / 7) % 2);
  const file = new FileBuilder();
  file.dataGroup({
    recordIdSize: 1,
    groups: [1, 2].map((id) => ({
      ...{ cg_record_id: id, cg_data_bytes: id },
      channels: [{ name: `c${id}`, cn_bit_count: 8 }],
    })),
    records: Uint8Array.from([...turns].flatMap((id, i) => [id, ...new Array(id).fill(i)])),
  });
  await using other = await Mdf.open(file.bytes());
  const each = (size(await other.toIndex({ records: true })) - size(other.toIndex())) / 3000;
  assert(each < 8, `${each} bytes`);
});

Deno.test("an index is the same before and after reading, and when it is made from an index", async () => {
  const bytes = mixedFile();
  await using mdf = await Mdf.open(bytes);
  const plain = JSON.stringify(mdf.toIndex());
  await mdf.readAll();
  assertEquals(JSON.stringify(mdf.toIndex()), plain);
  const placed = JSON.stringify(await mdf.toIndex({ records: true }));
  assertEquals(JSON.stringify(mdf.toIndex()), plain);
  await using again = await Mdf.fromIndex(JSON.parse(placed), bytes);
  assertEquals(JSON.stringify(await again.toIndex({ records: true })), placed);
  assertEquals(JSON.stringify(again.toIndex()), plain);
});

Deno.test("places that are not those of the records give an error, or are not used", async () => {
  const bytes = mixedFile();
  await using mdf = await Mdf.open(bytes);
  const { values } = await mdf.read("seldom");
  const placed = await mdf.toIndex({ records: true });
  const wrong = async (change: (runs: Record<string, unknown>) => void) => {
    const index = throughJson(placed);
    const places = (index.dataGroups as { places: Record<string, unknown>[][] }).places[0];
    change(places[2]);
    await using again = await Mdf.fromIndex(index, bytes);
    return await again.read("seldom");
  };
  const { positions } = (placed.dataGroups as { places: { positions: string }[][] }).places[0][2];
  const [first, ...others] = String(positions).split(" ");
  const shifted = [Number(first) + 1, ...others].join(" ");
  await assertRejects(
    () => wrong((runs) => runs.positions = shifted),
    CorruptFileError,
    "another id",
  );
  // Fewer records than there are, or such as lie outside of the data or on each other, are no places.
  const last = { n: 1, positions: 0, counts: 1, strides: 0 };
  const outside = { n: 1, positions: bytes.length, counts: RARE_RECORDS, strides: 10 };
  const twice = { n: RARE_RECORDS, positions: "0*20", counts: 1, strides: 0 };
  for (const runs of [last, outside, twice]) {
    assertEquals((await wrong((places) => Object.assign(places, runs))).values, values);
  }
});

Deno.test("records that follow no pattern are not noted without end", async () => {
  // More than 2^20 runs: distances that never are the same twice in a row.
  const records = new Uint8Array(5_500_000);
  let at = 0;
  for (let i = 0; at < records.length - 1; i++) {
    const rare = i % 3 === 1 || i % 7 === 3 || i % 5 === 0;
    records[at++] = rare ? 2 : 1;
    if (rare) records[at++] = i;
  }
  const file = new FileBuilder();
  file.dataGroup({
    recordIdSize: 1,
    groups: [
      { cg_record_id: 1, cg_data_bytes: 0, channels: [] },
      { cg_record_id: 2, cg_data_bytes: 1, channels: [{ name: "x", cn_bit_count: 8 }] },
    ],
    records: records.subarray(0, at),
  });
  await using mdf = await Mdf.open(file.bytes());
  await assertRejects(() => mdf.toIndex({ records: true }), LimitExceededError, "records: true");
});
