import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DEFAULT_LIMITS } from "../../lib/blocks/limits.ts";
import type { ColumnContext } from "../../lib/signal/column.ts";
import {
  batchRecordsOf,
  locateRecords,
  readSelections,
  readWhole,
  type SelectionReading,
} from "../../lib/signal/read_selections.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import type { Batch, Channel, ChannelGroup, Progress, ReadOptions, Signal } from "../../mod.ts";
import { bytesSource, Mdf, UnsupportedFeatureError, UsageError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";

/** Three records of two bytes, no records, and two of a byte behind a record id of another. */
function makeFile(): FileBuilder {
  const file = new FileBuilder();
  const time = { name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 8 };
  const uint8 = (name: string, byte = 0) => ({ name, cn_byte_offset: byte, cn_bit_count: 8 });
  file.group({ channels: [time, uint8("a", 1)], records: Uint8Array.of(0, 10, 1, 11, 2, 12) });
  file.group({ channels: [uint8("b")] });
  file.group({ channels: [uint8("c")], recordIdSize: 1, records: Uint8Array.of(0, 7, 0, 8) });
  return file;
}

/** How all channels are read, two records at a time. */
async function readingOf(file: FileBuilder, options: ReadOptions = {}): Promise<SelectionReading> {
  const bytes = file.bytes();
  await using mdf = await Mdf.open(bytes);
  const source = await SourceReader.open(bytesSource(bytes, "drive.mf4"));
  const context = { source, measurement: mdf.measurement, limits: DEFAULT_LIMITS, raw: false };
  const selections = mdf.groups.map((group) => ({ group, channels: group.channels }));
  return { selections, context, batchRecords: () => 2, options, skipEmpty: true };
}

const named = (signals: readonly Signal[]) =>
  signals.map(({ channel, values }) => [channel.name, ...values as Iterable<number>]);

/** What a batch says, before the next one uses its arrays. */
const said = (batch: Batch) => [batch.group.index, batch.firstRecord, ...named(batch.signals)];

Deno.test("a batch is of 512 KiB, or of 128 bytes for each of very many channels", () => {
  const records = batchRecordsOf({}, "drive.mf4");
  assertEquals([records(1, 1), records(10, 1), records(8, 4096)], [524_288, 52_428, 65_536]);
  assertEquals([records(8, 4097), records(1000, 100_000)], [65_552, 12_800]);
  assertEquals([records(524_289, 1), records(0, 1)], [1, 524_288]);
});

Deno.test("a batch of so many bytes has the records that fit, and one at least", () => {
  const given = (batchBytes: number) => batchRecordsOf({ batchBytes }, "drive.mf4")(7, 100_000);
  assertEquals([98, 97.5, 1, Infinity].map(given), [14, 13, 1, Infinity]);
});

Deno.test("batches of less than a byte are refused before anything is read", () => {
  for (const batchBytes of [0, 0.99, -8, NaN, -Infinity]) {
    const error = assertThrows(() => batchRecordsOf({ batchBytes }, "drive.mf4"), UsageError);
    assertEquals(error.message, `drive.mf4: batchBytes must be at least 1, not ${batchBytes}`);
  }
});

Deno.test("groups come one after the other; whether those without records do is asked for", async () => {
  const reading = await readingOf(makeFile());
  const all = [
    [0, 0, ["t", 0, 1], ["a", 10, 11]],
    [0, 2, ["t", 2], ["a", 12]],
    [1, 0, ["b"]],
    [2, 0, ["c", 7, 8]],
  ];
  for (const skipEmpty of [false, true]) {
    const sizes: number[][] = [];
    const batchRecords = (...size: number[]) => sizes.push(size) && 2;
    const asked = { ...reading, skipEmpty, batchRecords };
    const found = await Array.fromAsync(readSelections(() => asked), said);
    assertEquals(found, skipEmpty ? all.filter(([group]) => group !== 1) : all);
    assertEquals(sizes, [[2, 2], [1, 1], [2, 1]], "bytes of a record, and channels");
  }
});

Deno.test("reading whole gives a signal for each channel, also of a group without records", async () => {
  const { selections, context } = await readingOf(makeFile());
  const signals = await readWhole(selections.toReversed(), {}, context);
  assertEquals(named(signals), [["c", 7, 8], ["b"], ["t", 0, 1, 2], ["a", 10, 11, 12]]);
  assertEquals(await readWhole([], {}, context), []);
});

Deno.test("progress counts the records asked for of all groups, with their ids", async () => {
  const seen: number[][] = [];
  const onProgress = (now: Progress) => void seen.push([now.bytesRead, now.bytesTotal]);
  const whole = await readingOf(makeFile(), { onProgress });
  await Array.fromAsync(readSelections(() => whole));
  assertEquals(seen.splice(0), [[4, 10], [6, 10], [10, 10]]);
  const part = await readingOf(makeFile(), { onProgress, records: [1, 9] });
  await Array.fromAsync(readSelections(() => part));
  assertEquals(seen, [[4, 6], [6, 6]]);
});

Deno.test("nothing is done, and nothing refused, until the first batch is asked for", async () => {
  const batches = readSelections(() => {
    throw new UsageError("no such channel");
  });
  await assertRejects(() => batches.next(), UsageError, "no such channel");
  assertEquals((await batches.next()).done, true);
});

Deno.test("a window that a later group cannot have is refused before the first batch", async () => {
  const reading = await readingOf(makeFile(), { time: [0, 2] });
  const error = await assertRejects(() => readSelections(() => reading).next(), UsageError);
  assertEquals([error.file, error.block], ["drive.mf4", "CG"]);
  assertEquals(error.offset, reading.selections[1].group.model.offset);
  assertEquals(error.reason.slice(0, 32), 'group 1 "" has no master channel');
});

Deno.test("a group whose data is broken is an error once its turn comes", async () => {
  const file = makeFile();
  const text = file.text("no data");
  file.group({ channels: [{ name: "d", cn_bit_count: 8 }], dataLink: text, cg_cycle_count: 2 });
  const reading = await readingOf(file);
  const batches = readSelections(() => reading);
  for (const index of [0, 0, 2]) assertEquals((await batches.next()).value?.group.index, index);
  const error = await assertRejects(() => batches.next(), UnsupportedFeatureError);
  assertEquals([error.file, error.block, error.offset], ["drive.mf4", "TX", text]);
  const left: string[] = [];
  const onChannelError = ({ name }: Channel) => void left.push(name);
  const signals = await readWhole(reading.selections, { onChannelError }, reading.context);
  assertEquals([signals.map(({ channel }) => channel.name), left], [["t", "a", "b", "c"], ["d"]]);
});

Deno.test("the data of a group is found before that of its master, and once where it is the same", async () => {
  const groupOf = (dataGroup: number, masterIn = dataGroup) => {
    const master = { group: { model: { dataGroup: masterIn } } };
    return { model: { dataGroup }, master } as ChannelGroup;
  };
  const asked: (number | string)[] = [];
  const ask = async (group: ChannelGroup, waiting: number) => {
    const find = (number: number) => {
      asked.push(number);
      if (number === waiting) return Promise.resolve().then(() => void asked.push("found"));
    };
    const pending = locateRecords(group, { location: { group: find } } as unknown as ColumnContext);
    await pending;
    return [pending !== undefined, ...asked.splice(0)];
  };
  assertEquals(await ask({ model: { dataGroup: 3 } } as ChannelGroup, 9), [false, 3]);
  assertEquals(await ask(groupOf(2), 2), [true, 2, "found"]);
  assertEquals(await ask(groupOf(2, 5), 9), [false, 2, 5]);
  assertEquals(await ask(groupOf(2, 5), 2), [true, 2, "found", 5]);
  assertEquals(await ask(groupOf(2, 5), 5), [true, 2, 5, "found"]);
});
