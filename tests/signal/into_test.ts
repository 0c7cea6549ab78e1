import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Mdf, type NumberArray, UsageError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";

/** 100 records: a time, a 16-bit number with a linear conversion, and a text of two bytes. */
function makeFile(): Uint8Array {
  const records = new Uint8Array(100 * 12);
  const view = new DataView(records.buffer);
  for (let i = 0; i < 100; i++) {
    view.setFloat64(12 * i, i / 8, true);
    view.setInt16(12 * i + 8, 3 * i - 50, true);
    records[12 * i + 10] = 65 + i % 26;
  }
  const file = new FileBuilder();
  file.group({
    channels: [
      { name: "t", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
      { name: "speed", cn_data_type: 2, cn_byte_offset: 8, cn_bit_count: 16 },
      { name: "letter", cn_data_type: 7, cn_byte_offset: 10, cn_bit_count: 16 },
    ],
    records,
  });
  return file.bytes();
}

const speeds = Array.from({ length: 100 }, (_, i) => 3 * i - 50);

Deno.test("a channel is read into the array that the caller gives", async () => {
  await using mdf = await Mdf.open(makeFile());
  const array = new Int16Array(120).fill(7);
  const { values } = await mdf.read("speed", { into: array });
  assertStrictEquals((values as Int16Array).buffer, array.buffer);
  assertEquals([...values], speeds);
  assertEquals([...array.subarray(100)], new Array(20).fill(7));
});

Deno.test("a part of a channel needs an array of the length of the part", async () => {
  await using mdf = await Mdf.open(makeFile());
  const array = new Int16Array(10);
  const { values } = await mdf.read("speed", { records: [40, 50], into: array });
  assertEquals([...values], speeds.slice(40, 50));
  assertEquals([...array], speeds.slice(40, 50));
});

Deno.test("arrays go with the channels asked for, and a master's array gets the times", async () => {
  await using mdf = await Mdf.open(makeFile());
  const [speed, times] = [new Int16Array(100), new Float64Array(100)];
  const signals = await mdf.readAll(["speed", "letter", "t"], { into: [speed, undefined, times] });
  assertEquals([...speed], speeds);
  assertEquals([...times], speeds.map((_, i) => i / 8));
  assertEquals(signals[1].values.at(27), "B");
  assertStrictEquals(signals[0].timestamps!.buffer, times.buffer);
});

Deno.test("an array that does not fit is refused, with what would", async () => {
  await using mdf = await Mdf.open(makeFile());
  const refused = async (channel: string, into: NumberArray, words: string) => {
    await assertRejects(() => mdf.read(channel, { into }), UsageError, words);
  };
  await refused("speed", new Int16Array(99), "room for 100 values; this is Int16Array(99)");
  await refused("speed", new Uint16Array(100), "this is Uint16Array(100)");
  await refused("speed", new Float64Array(100), "of the type Int16Array");
  await refused("letter", new Uint8Array(200), "no plain numbers");
  await assertRejects(
    () => mdf.readAll(undefined, { into: [new Int16Array(100)] }),
    UsageError,
    "say which channels",
  );
  assert((await mdf.read("speed")).values.length === 100);
});
