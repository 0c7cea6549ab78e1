import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { jsonNumber } from "../../lib/structure/measurement.ts";
import {
  AmbiguousChannelError,
  byteRanges,
  type ByteSource,
  bytesSource,
  ChannelNotFoundError,
  INDEX_SCHEMA,
  Mdf,
  type MdfIndex,
  StaleIndexError,
  UsageError,
} from "../../mod.ts";
import { writtenBytes } from "./_written_file.ts";

function makeFile(compression: "none" | "transpose", records = 5000): Promise<Uint8Array> {
  return writtenBytes({ compression, blockBytes: 4096 }, async (writer) => {
    const group = writer.addGroup({
      name: "G",
      channels: [
        { name: "Time", type: "float64", master: "time" },
        { name: "Count", type: "uint32", conversion: { kind: "linear", offset: 1, factor: 2 } },
        { name: "Text", type: "string" },
      ],
    });
    await group.append({
      Time: Float64Array.from({ length: records }, (_, i) => i),
      Count: Uint32Array.from({ length: records }, (_, i) => i),
      Text: Array.from({ length: records }, (_, i) => `t${i}`),
    });
  });
}

/** A source that records what is read. */
function watched(bytes: Uint8Array): { source: ByteSource; reads: [number, number][] } {
  const whole = bytesSource(bytes);
  const reads: [number, number][] = [];
  const source: ByteSource = {
    size: whole.size,
    read(offset, length) {
      reads.push([offset, length]);
      return whole.read(offset, length);
    },
  };
  return { source, reads };
}

const throughJson = (index: MdfIndex): MdfIndex => JSON.parse(JSON.stringify(index));

Deno.test("an index survives JSON unchanged", async () => {
  await using mdf = await Mdf.open(await makeFile("none"));
  const index = mdf.toIndex();
  assertEquals(throughJson(index), index);
  assertEquals([index.format, index.schema], ["mf4-index", INDEX_SCHEMA]);
});

Deno.test("numbers that JSON does not know survive in an index", () => {
  for (const value of [Infinity, -Infinity, NaN, -0, 0, 1.5, -(2 ** 60)]) {
    assertStrictEquals(Number(JSON.parse(JSON.stringify(jsonNumber(value)))), value);
  }
});

Deno.test("opening by index walks no blocks", async () => {
  for (const compression of ["none", "transpose"] as const) {
    const bytes = await makeFile(compression);
    await using mdf = await Mdf.open(bytes);
    const index = throughJson(mdf.toIndex());
    const { source, reads } = watched(bytes);
    await using again = await Mdf.fromIndex(index, source);
    const bytesRead = reads.reduce((sum, [, length]) => sum + length, 0);
    assert(reads.length <= 6, "the ends and a few samples, to check that the file is the same");
    assert(bytesRead <= 2 * 4096 + 4 * 512, `${bytesRead} bytes`);
    reads.length = 0;
    const signal = await again.read("Count", { records: [10, 13] });
    assertEquals(signal.values, Float64Array.of(21, 23, 25));
    assertEquals(reads.length, 1, "one piece of data");
  }
});

Deno.test("a changed file makes the index stale", async () => {
  const bytes = await makeFile("none");
  await using mdf = await Mdf.open(bytes);
  const index = throughJson(mdf.toIndex());
  const longer = new Uint8Array(bytes.length + 8);
  longer.set(bytes);
  const restarted = bytes.slice();
  restarted[136] ^= 1; // the start time of the header block
  const lastByte = bytes.slice();
  lastByte[bytes.length - 1] ^= 1;
  for (const changed of [longer, restarted, lastByte, bytes.slice(0, -8), new Uint8Array(10)]) {
    const error = await assertRejects(() => Mdf.fromIndex(index, changed), StaleIndexError);
    assertEquals(error.file, "(bytes in memory)");
  }
});

Deno.test("what is no index, or one of another version, is refused", async () => {
  const bytes = await makeFile("none");
  await using mdf = await Mdf.open(bytes);
  const index = mdf.toIndex();
  await assertRejects(() => Mdf.fromIndex({ ...index, schema: 99 }, bytes), UsageError, "99");
  await assertRejects(() => Mdf.fromIndex({} as MdfIndex, bytes), UsageError);
  await assertRejects(() => Mdf.fromIndex(null as unknown as MdfIndex, bytes), UsageError);
});

Deno.test("byte ranges hold all that a reader needs, and for plain data no more", async () => {
  for (const compression of ["none", "transpose"] as const) {
    const bytes = await makeFile(compression);
    await using mdf = await Mdf.open(bytes);
    const index = throughJson(mdf.toIndex());
    const ranges = byteRanges(index, "Count", { records: [1000, 2000], gap: 0 });
    const total = ranges.reduce((sum, [, length]) => sum + length, 0);
    if (compression === "none") assertEquals(total, 1000 * mdf.groups[0].model.dataBytes);
    const blank = new Uint8Array(bytes.length);
    for (const [offset, length] of ranges) {
      blank.set(bytes.subarray(offset, offset + length), offset);
    }
    // The identity is checked on the real bytes; only data may be missing.
    const { data = [], spread = [] } = index.identity;
    const looked = [[0, 4096], [bytes.length - 4096, 4096], ...data, ...spread] as const;
    for (const [offset, length] of looked) {
      blank.set(bytes.subarray(offset, offset + length), offset);
    }
    await using partial = await Mdf.fromIndex(index, blank);
    const { values } = await partial.read("Count", { records: [1000, 2000] });
    assertEquals(values, Float64Array.from({ length: 1000 }, (_, i) => 2 * (1000 + i) + 1));
    assertEquals(
      byteRanges(index, mdf.channel("Count"), { records: [1000, 2000], gap: 0 }),
      ranges,
      "by channel as by name",
    );
    const withTexts = byteRanges(index, "Text", { records: [1000, 2000] });
    assert(withTexts.length >= ranges.length);
    assertEquals(byteRanges(index, "Count", { records: [7, 7] }), []);
  }
});

Deno.test("byte ranges of a channel that is not there, or not alone, are refused", async () => {
  await using mdf = await Mdf.open(await makeFile("none"));
  const index = mdf.toIndex();
  assertThrows(() => byteRanges(index, "Nope"), ChannelNotFoundError);
  assertThrows(() => byteRanges(index, { index: 99, group: { index: 0 } }), ChannelNotFoundError);
  const channels = [{ name: "Count", type: "uint8" as const }];
  const bytes = await writtenBytes({}, async (writer) => {
    for (const name of ["A", "B"]) await writer.addGroup({ name, channels }).append({ Count: [1] });
  });
  await using both = await Mdf.open(bytes);
  const two = both.toIndex();
  const error = assertThrows(() => byteRanges(two, "Count"), AmbiguousChannelError);
  assertEquals(error.groups, [0, 1]);
  assert(byteRanges(two, "Count", { group: 1 }).length > 0);
});
