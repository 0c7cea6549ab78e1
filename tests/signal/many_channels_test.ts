import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Mdf, MdfWriter, type Signal } from "../../mod.ts";
import { minimalSource } from "../_sources.ts";

const CHANNELS = 6000;
const RECORDS = 40;
const TYPES = ["float64", "uint8", "int16", "float32"] as const;

const valueAt = (channel: number, record: number) => (channel * 7 + record * 3) % 120;

/** A file of one wide group, and of many narrow ones behind it. */
async function wideFile(): Promise<Uint8Array> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    {
      await using writer = await MdfWriter.create(path);
      for (const channels of [CHANNELS, 1, 2, 3, 70]) {
        const names = Array.from({ length: channels }, (_, c) => `c${c}`);
        const group = writer.addGroup({
          name: `${channels}`,
          channels: [
            { name: "t", type: "float64", master: "time" },
            ...names.map((name, c) => ({ name, type: TYPES[c % TYPES.length] })),
          ],
        });
        const columns: Record<string, number[]> = {
          t: Array.from({ length: RECORDS }, (_, i) => i / 8 + channels),
        };
        for (const [c, name] of names.entries()) {
          columns[name] = Array.from({ length: RECORDS }, (_, i) => valueAt(c + channels, i));
        }
        await group.append(columns);
      }
    }
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}

const FILE = await wideFile();

/** Checks the values of all channels of a group, from a record on. */
function checkSignals(signals: readonly Signal[], first: number, count: number): void {
  const channels = signals.length - 1;
  assertEquals(
    Array.from(signals[0].values as Iterable<number>),
    Array.from({ length: count }, (_, i) => (first + i) / 8 + channels),
  );
  for (const [c, { values, timestamps, shape, channel }] of signals.slice(1).entries()) {
    assertEquals(channel.name, `c${c}`);
    assertEquals(shape, [count]);
    assertEquals(timestamps!.length, count);
    assertEquals(values.length, count);
    for (let i = 0; i < count; i++) {
      if (values.at(i) === valueAt(c + channels, first + i)) continue;
      assertEquals(values.at(i), valueAt(c + channels, first + i), `${channel.name}[${first + i}]`);
    }
  }
}

const bytesOf = ({ values }: Signal) => values as Float64Array;

Deno.test("a batch of very many channels has several records, and no two arrays overlap", async () => {
  const width = 8 + CHANNELS / 4 * (8 + 1 + 2 + 4);
  for (const source of [FILE, minimalSource(FILE, 1 << 20)]) {
    await using mdf = await Mdf.open(source);
    const sizes: number[] = [];
    let before: Signal[] = [];
    for await (const { group, firstRecord, recordCount, signals } of mdf.stream()) {
      checkSignals(signals, firstRecord, recordCount);
      if (group.index > 0) {
        assertEquals(recordCount, RECORDS);
        continue;
      }
      sizes.push(recordCount);
      const places = signals.map((signal) => {
        const { buffer, byteOffset, byteLength } = bytesOf(signal);
        return { buffer, from: byteOffset, to: byteOffset + byteLength };
      });
      for (const [i, { buffer, from }] of places.entries()) {
        const next = places[i + 1];
        if (next?.buffer === buffer) assert(next.from >= places[i].to && next.from > from);
      }
      if (recordCount === before[1]?.values.length) {
        assertStrictEquals(signals[5], before[5], "a signal that is the same is given again");
      }
      assert(signals !== before, "the array is the caller's");
      before = signals;
    }
    const records = Math.floor((CHANNELS + 1) * 128 / width);
    assert(records > 512 * 1024 / width);
    assertEquals(sizes, [...Array(Math.floor(RECORDS / records)).fill(records), RECORDS % records]);
  }
});

Deno.test("what a caller does to the signals of a batch does not reach the next", async () => {
  await using mdf = await Mdf.open(FILE);
  for await (const { group, firstRecord, recordCount, signals } of mdf.stream()) {
    if (group.index > 0) break;
    checkSignals(signals, firstRecord, recordCount);
    signals.reverse();
    signals.length = 10;
  }
});

Deno.test("batchBytes is kept to also where a record is larger", async () => {
  await using mdf = await Mdf.open(FILE);
  const counts: number[] = [];
  for await (
    const { firstRecord, recordCount, signals } of mdf.stream(undefined, { batchBytes: 1 })
  ) {
    if (signals.length === CHANNELS + 1) checkSignals(signals, firstRecord, recordCount);
    counts.push(recordCount);
  }
  assertEquals(counts, Array(5 * RECORDS).fill(1));
});

Deno.test("signals that are read whole have buffers of their own, which stay as they are", async () => {
  for (const source of [FILE, minimalSource(FILE, 1 << 20)]) {
    await using mdf = await Mdf.open(source);
    const kept = await mdf.readAll();
    const buffers = new Set(kept.map((signal) => bytesOf(signal).buffer));
    assertEquals(buffers.size, kept.length);
    for (const signal of kept) {
      const { buffer, byteLength } = bytesOf(signal);
      assertEquals(buffer.byteLength, byteLength);
    }
    bytesOf(kept[2]).fill(1);
    structuredClone(null, { transfer: [bytesOf(kept[3]).buffer as ArrayBuffer] });
    assertEquals(kept[3].values.length, 0);
    await mdf.readAll();
    for await (const _ of mdf.stream());
    const [second, third] = await mdf.readAll([kept[2].channel, kept[3].channel]);
    kept[2] = second;
    kept[3] = third;
    let at = 0;
    for (const { channels } of mdf.groups) {
      const signals = kept.slice(at, at += channels.length);
      checkSignals(signals, 0, RECORDS);
      for (const signal of signals) {
        if (signal === second || signal === third) continue;
        assertStrictEquals(signal.timestamps, signals[0].values);
      }
    }
  }
});

Deno.test("readers of many groups at the same time do not disturb each other", async () => {
  for (const source of [FILE, minimalSource(FILE, 1 << 20)]) {
    await using mdf = await Mdf.open(source);
    const streams = [mdf.stream(), mdf.stream(undefined, { records: [3, 9] })];
    const readings = [mdf.readAll(), mdf.readAll()];
    for (let open = true; open;) {
      open = false;
      for (const [k, stream] of streams.entries()) {
        const { value, done } = await stream.next();
        if (done) continue;
        open = true;
        assertEquals(value.firstRecord >= 3 * k, true);
        checkSignals(value.signals, value.firstRecord, value.recordCount);
      }
    }
    for (const signals of await Promise.all(readings)) {
      checkSignals(signals.slice(0, CHANNELS + 1), 0, RECORDS);
      checkSignals(signals.slice(-71), 0, RECORDS);
    }
  }
});
