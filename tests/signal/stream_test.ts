import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Batch,
  Mdf,
  type ReadOptions,
  type SignalValues,
  UnsupportedFeatureError,
} from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import { generateFile } from "../../scripts/generate/generate_file.ts";

/** Every value of a stream, by channel, copied out of the batches. */
async function collect(mdf: Mdf, batchBytes?: number): Promise<Map<string, unknown[]>> {
  const all = new Map<string, unknown[]>();
  const next: number[] = [];
  for await (const batch of mdf.stream(undefined, { batchBytes })) {
    const { group } = batch;
    assertEquals(batch.firstRecord, next[group.index] ?? 0);
    next[group.index] = batch.firstRecord + batch.recordCount;
    for (const { channel, values } of batch.signals) {
      const key = `${group.index} ${channel.name}`;
      if (!all.has(key)) all.set(key, []);
      all.get(key)!.push(...values as Iterable<unknown>);
    }
  }
  return all;
}

Deno.test("batches of any size give the values of reading whole, in order and once", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    // Large enough that the arrays of batches are filled by loops made for the layout.
    await generateFile({ path, bytes: 5_000_000, groups: 2, seed: 3 });
    await using mdf = await Mdf.open(path);
    const whole = await mdf.readAll();
    assert(whole.length > 20);
    for (const batchBytes of [undefined, 10_001, 300_000, 1e9]) {
      const streamed = await collect(mdf, batchBytes);
      assertEquals(streamed.size, whole.length);
      for (const { channel, values } of whole) {
        const found = streamed.get(`${channel.group.index} ${channel.name}`)!;
        assertEquals(found.length, channel.group.recordCount);
        assertEquals(firstDifference(found, values), undefined, channel.name);
      }
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a group that has lost its records is an error of streaming too", async () => {
  const file = new FileBuilder({ unfinalized: 1 });
  const channels = [{ name: "x", cn_bit_count: 8 }];
  file.group({ channels, dataLink: file.text("no data block") });
  file.group({ channels, records: Uint8Array.of(1, 2) });
  await using mdf = await Mdf.open(file.bytes());
  assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [0, 2]);
  const error = await assertRejects(() => mdf.stream().next(), UnsupportedFeatureError);
  const whole = await assertRejects(() => mdf.read(mdf.groups[0].channels[0]), Error);
  assertEquals(error.message, whole.message);
  const failed: [group: number, message: string][] = [];
  const onChannelError: ReadOptions["onChannelError"] = ({ group }, error) =>
    failed.push([group.index, (error as Error).message]);
  const batches = await Array.fromAsync(mdf.stream(undefined, { onChannelError }));
  assertEquals(batches.map(({ group, recordCount }) => [group.index, recordCount]), [[1, 2]]);
  assertEquals(failed, [[0, error.message]]);
});

const RECORDS = 300_000;
const NUMBERS = [
  { name: "a", cn_data_type: 4, cn_byte_offset: 0, cn_bit_count: 64 },
  { name: "b", cn_data_type: 0, cn_byte_offset: 8, cn_bit_count: 32 },
];

/** A file of two channels, whose numbers are those of their records, and some more. */
async function openNumbers(more: number): Promise<Mdf> {
  const records = new Uint8Array(12 * RECORDS);
  const view = new DataView(records.buffer);
  for (let i = 0; i < RECORDS; i++) {
    view.setFloat64(12 * i, i + more, true);
    view.setUint32(12 * i + 8, i + more, true);
  }
  const file = new FileBuilder();
  file.group({ channels: NUMBERS, records });
  return await Mdf.open(file.bytes());
}

/** Whether the numbers of a batch are those of the file that was opened with `more`. */
function areOf({ signals, firstRecord, recordCount }: Batch, more: number): boolean {
  return signals.every(({ values }) =>
    values.length === recordCount &&
    (values as Float64Array).every((value, i) => value === firstRecord + i + more)
  );
}

/** Goes through a file, and gives the last batch. */
async function streamed(mdf: Mdf, more: number): Promise<Batch> {
  let last: Batch | undefined;
  let records = 0;
  for await (const batch of mdf.stream()) {
    assert(areOf(batch, more));
    records += batch.recordCount;
    last = batch;
  }
  assertEquals(records, RECORDS);
  return last!;
}

Deno.test("the last batch stays what it is while others use memory that was used", async () => {
  await using first = await openNumbers(0);
  await using second = await openNumbers(1000);
  const lastOfFirst = await streamed(first, 0);
  const lastOfSecond = await streamed(second, 1000);
  await streamed(first, 0);
  assert(areOf(lastOfFirst, 0));
  assert(areOf(lastOfSecond, 1000));
});

Deno.test("the batch that a stream was ended with stays what it is", async () => {
  await using first = await openNumbers(0);
  await using second = await openNumbers(1000);
  let held: Batch | undefined;
  for await (const batch of first.stream()) {
    held = batch;
    if (batch.firstRecord > 0) break;
  }
  await streamed(second, 1000);
  await streamed(second, 1000);
  assert(areOf(held!, 0));
});

Deno.test("streams that go on at the same time have memory of their own", async () => {
  await using first = await openNumbers(0);
  await using second = await openNumbers(1000);
  await streamed(first, 0);
  const [a, b] = [first.stream(), second.stream()];
  for (let i = 0; i < 4; i++) {
    const { value: one } = await a.next();
    const { value: other } = await b.next();
    assert(areOf(one!, 0) && areOf(other!, 1000));
    assertEquals(one!.firstRecord, other!.firstRecord);
  }
  await a.return(undefined);
  await b.return(undefined);
});

function firstDifference(found: unknown[], expected: SignalValues): number | undefined {
  const index = found.findIndex((value, i) => !Object.is(value, expected.at(i)));
  return index < 0 ? undefined : index;
}
