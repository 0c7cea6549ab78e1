/**
 * Byte ranges: they hold all that reading a channel takes, no more than they must, and a window of time
 * costs only the search for it.
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ByteRange,
  byteRanges,
  bytesSource,
  type Channel,
  isMdfError,
  Mdf,
  type MdfIndex,
  StaleIndexError,
  UsageError,
} from "../../mod.ts";
import { countingSource, growingSource, strictSource } from "../_helpers.ts";
import { FEATURES } from "../features/all_features.ts";
import { writtenBytes } from "./_written_file.ts";

/** The file with nothing in it but some ranges. */
function onlyRanges(bytes: Uint8Array, ranges: readonly ByteRange[]): Uint8Array {
  const part = new Uint8Array(bytes.length);
  for (const [offset, length] of ranges) {
    part.set(bytes.subarray(offset, offset + length), offset);
  }
  return part;
}

/** All that is read of a channel, in a form that can be compared; errors as well. */
async function readOf(mdf: Mdf, channel: Channel, records?: [number, number]): Promise<unknown> {
  try {
    const { values, timestamps, valid, shape } = await mdf.read(channel, { records });
    return [Array.from(values as Iterable<unknown>), timestamps, valid, shape];
  } catch (error) {
    if (isMdfError(error)) return `${error.code}: ${error.reason}`;
    throw error;
  }
}

Deno.test("what byte ranges leave out is not needed, for every channel of every feature", async () => {
  let compared = 0;
  for (const { name, make } of FEATURES) {
    const bytes = make();
    await using mdf = await Mdf.open(bytes, { damaged: "skip" });
    for (const index of [mdf.toIndex(), await mdf.toIndex({ records: true })]) {
      for (const channel of mdf.groups.flatMap(({ channels }) => channels)) {
        const { recordCount } = channel.group;
        for (const records of [undefined, [1, Math.max(1, recordCount - 1)] as [number, number]]) {
          const expected = await readOf(mdf, channel, records);
          let ranges: ByteRange[];
          try {
            ranges = byteRanges(index, channel, { records, gap: 0 });
          } catch (error) {
            assert(isMdfError(error), `${name}, ${channel.name}: ${error}`);
            assertEquals(typeof expected, "string", `${name}, ${channel.name}: ${error.message}`);
            continue;
          }
          if (typeof expected === "string") continue;
          // Once the file is known to be the right one, all else is taken away.
          const source = growingSource(bytes);
          await using again = await Mdf.fromIndex(index, source);
          source.bytes = onlyRanges(bytes, ranges);
          const same = again.groups[channel.group.index].channels[channel.index];
          const what = `${name}, ${channel.group.index}/${channel.name}, ${records}`;
          assertEquals(await readOf(again, same, records), expected, what);
          compared++;
        }
      }
    }
  }
  assert(compared > 4000, `${compared}`);
});

/** Times that rise, and a file long enough for a search. */
const RECORDS = 50_000;
const BLOCK_BYTES = 64 * 1024;

function longFile(compression: "none" | "transpose" = "none"): Promise<Uint8Array> {
  return writtenBytes({ compression, blockBytes: BLOCK_BYTES }, async (writer) => {
    const group = writer.addGroup({
      name: "G",
      channels: [
        { name: "Time", type: "float64", master: "time" },
        { name: "Count", type: "uint32" },
      ],
    });
    await group.append({
      Time: Float64Array.from({ length: RECORDS }, (_, i) => i / 100),
      Count: Uint32Array.from({ length: RECORDS }, (_, i) => i),
    });
  });
}

const total = (ranges: readonly ByteRange[]) => ranges.reduce((sum, [, length]) => sum + length, 0);

Deno.test("the headers of data blocks do not take spans apart unless that is asked for", async () => {
  await using mdf = await Mdf.open(await longFile());
  const index = mdf.toIndex();
  const exact = byteRanges(index, "Count", { gap: 0 });
  assertEquals(total(exact), 12 * RECORDS);
  const blocks = mdf.measurement.dataGroups[0].data.fragments.length;
  assertEquals(exact.length, blocks);
  const merged = byteRanges(index, "Count");
  assert(merged.length <= blocks / 3, `${merged.length} spans of ${blocks} blocks`);
  assert(total(merged) < total(exact) + 64 * blocks);
  assertThrows(() => byteRanges(index, "Count", { gap: -1 }), UsageError);
  assertThrows(() => byteRanges(index, "Count", { records: [5, 4] }), UsageError);
});

Deno.test("a window of time costs the pages that a binary search meets, and gives its records", async () => {
  const bytes = await longFile();
  const source = countingSource(strictSource(bytes));
  await using mdf = await Mdf.open(bytes);
  const index: MdfIndex = JSON.parse(JSON.stringify(mdf.toIndex()));
  const ranges = await byteRanges(index, "Count", { time: [100, 101], source, gap: 0 });
  assertEquals(ranges, byteRanges(index, "Count", { records: [10_000, 10_100], gap: 0 }));
  // Two searches among 50,000 records, and what tells the file from others: 16 steps each at most, of
  // which the first are the same for both and the last ones lie in one page.
  assert(source.requests <= 2 * 16 + 6, `${source.requests} requests`);
  assert(source.bytes <= 24 * 4096, `${source.bytes} bytes`);
  assertEquals(new Set(source.ranges.map(String)).size, source.requests, "each page once");

  const open = countingSource(strictSource(bytes));
  await using again = await Mdf.fromIndex(index, open);
  open.reset();
  assertEquals(
    await byteRanges(index, "Count", { time: [100, 101], source: again, gap: 0 }),
    ranges,
  );
  assertEquals(open.bytes, 12 * open.requests, "single records of the master");
  assert(open.requests <= 2 * 16, `${open.requests} requests`);
});

Deno.test("windows of time and of records are cut with each other; times outside give nothing", async () => {
  const bytes = await longFile("transpose");
  await using mdf = await Mdf.open(bytes);
  const index = mdf.toIndex();
  const at = (time: [number, number], records?: [number, number]) =>
    byteRanges(index, "Count", { time, records, source: mdf });
  const expected = byteRanges(index, "Count", { records: [10_050, 10_100] });
  assertEquals(await at([100, 101], [10_050, 99_999]), expected);
  assertEquals(await at([-5, -1]), []);
  assertEquals(await at([1e9, 2e9]), []);
  assertEquals(await at([-1, 1e9]), byteRanges(index, "Count"));
  assertEquals(await mdf.recordsOf("Count", { time: [100, 101] }), [10_000, 10_100]);
});

Deno.test("times need the file that the index was made from", async () => {
  const bytes = await longFile();
  await using mdf = await Mdf.open(bytes);
  const index = mdf.toIndex();
  const time: [number, number] = [0, 1];
  // deno-lint-ignore no-explicit-any
  assertThrows(() => byteRanges(index, "Count", { time } as any), UsageError, "{ source }");
  const other = bytes.slice();
  other[other.length - 1] ^= 1;
  await assertRejects(
    () => byteRanges(index, "Count", { time, source: bytesSource(other) }),
    StaleIndexError,
  );
});
