import { assert, assertEquals, assertRejects } from "@std/assert";
import { Mdf, type ReadOptions, type SignalValues, UnsupportedFeatureError } from "../../mod.ts";
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

function firstDifference(found: unknown[], expected: SignalValues): number | undefined {
  const index = found.findIndex((value, i) => !Object.is(value, expected.at(i)));
  return index < 0 ? undefined : index;
}
