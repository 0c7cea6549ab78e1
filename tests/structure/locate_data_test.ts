/** Files that are far away: where their data lies is looked up when it is needed. */
import { assertEquals, assertThrows } from "@std/assert";
import { byteRanges, bytesSource, Mdf, UsageError } from "../../mod.ts";
import { countingSource, FileBuilder, valuesOf } from "../_helpers.ts";

const uint8 = (name: string) => ({ name, cn_bit_count: 8 });
const variable = { cn_type: 1, cn_data_type: 7, cn_bit_count: 64 };

/** Three groups, each counting wrongly, and texts of variable length. */
function makeFile(): Uint8Array {
  const file = new FileBuilder();
  for (const name of ["a", "b"]) {
    file.group({
      channels: [uint8(name)],
      records: Uint8Array.of(1, 2, 3, 4, 5),
      blockSizes: [2],
      cg_cycle_count: 99,
    });
  }
  const { channels: [text] } = file.group({
    channels: [{ name: "text", ...variable }],
    records: new Uint8Array(BigUint64Array.of(0n, 7n).buffer),
  });
  const values = Uint8Array.of(3, 0, 0, 0, 0x6f, 0x6e, 0x65, 3, 0, 0, 0, 0x74, 0x77, 0x6f);
  file.patchLink(text, "cn_data", file.data("SD", values, { blockSizes: [5] }));
  return file.bytes();
}

const far = () =>
  countingSource({ ...bytesSource(makeFile()), readIntoSync: undefined, distant: true });

Deno.test("opening looks at no data; reading looks at that of the group alone", async () => {
  const source = far();
  await using mdf = await Mdf.open(source);
  const { dataGroups, signalData } = mdf.measurement;
  const unread = () =>
    [...dataGroups.map(({ data }) => data), ...signalData].map((chain) =>
      chain.unread !== undefined
    );
  assertEquals(unread(), [true, true, true, true]);
  assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [99, 99, 2]);
  assertEquals(await valuesOf(mdf, "b"), [1, 2, 3, 4, 5]);
  assertEquals(unread(), [true, false, true, true]);
  assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [99, 5, 2]);
  assertEquals(await valuesOf(mdf, "text"), ["one", "two"]);
  assertEquals(unread(), [true, false, false, false]);
});

Deno.test("all data can be looked up at once, several times, and by two at the same time", async () => {
  const source = far();
  await using mdf = await Mdf.open(source);
  await Promise.all([mdf.locateData(), mdf.locateData()]);
  assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [5, 5, 2]);
  source.reset();
  await mdf.locateData();
  assertEquals(source.requests, 0);
  assertEquals((await mdf.readAll()).map(({ values }) => [...values as Iterable<unknown>]), [
    [1, 2, 3, 4, 5],
    [1, 2, 3, 4, 5],
    ["one", "two"],
  ]);
});

Deno.test("an index of a file whose data was not looked up serves to read it, not to tell its bytes", async () => {
  await using mdf = await Mdf.open(far());
  const early = JSON.parse(JSON.stringify(mdf.toIndex()));
  for (const source of [far(), makeFile()]) {
    await using again = await Mdf.fromIndex(early, source);
    assertEquals(await valuesOf(again, "a"), [1, 2, 3, 4, 5]);
    assertEquals(await valuesOf(again, "text"), ["one", "two"]);
    assertEquals(again.groups[0].recordCount, 5);
  }
  assertThrows(() => byteRanges(early, "a"), UsageError, "locateData()");
  await mdf.locateData();
  const late = mdf.toIndex();
  await using near = await Mdf.open(makeFile());
  assertEquals(byteRanges(late, "text"), byteRanges(near.toIndex(), "text"));
});
