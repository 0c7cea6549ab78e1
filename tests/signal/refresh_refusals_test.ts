import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type ByteSource,
  fileSource,
  Mdf,
  SourceChangedError,
  SourceError,
  StaleIndexError,
  UsageError,
} from "../../mod.ts";
import { FileBuilder, growingSource, rangeServer, valuesOf } from "../_helpers.ts";
import { assertUpToDate, CHANNELS, ListedFile, numbers, records } from "./_live_files.ts";

interface Parts {
  names?: string[];
  count?: number;
  first?: number;
  start?: bigint;
  unfinalized?: number;
  groups?: number;
  recordBytes?: number;
}

/** A file of groups with the same channels and records. */
function fileOf(
  { names = ["t", "v"], count = 8, first = 0, start = 5n, groups = 2, ...rest }: Parts = {},
): Uint8Array {
  const { unfinalized = 2, recordBytes = 3 } = rest;
  const file = new FileBuilder({ unfinalized, header: { hd_start_time_ns: start } });
  for (let g = 0; g < groups; g++) {
    file.group({
      name: `Log ${g}`,
      channels: CHANNELS.map((channel, i) => ({ ...channel, name: names[i] })),
      records: records(first, first + count),
      cg_data_bytes: recordBytes,
    });
  }
  return file.bytes();
}

/** Where the first block of a type is. */
function blockOf(id: string): number {
  return new TextDecoder("latin1").decode(fileOf()).indexOf(`##${id}`);
}

function overwritten(bytes: Uint8Array, at: number): Uint8Array {
  bytes.fill(1, at, at + 8);
  return bytes;
}

const CHANGES: [what: string, bytes: Uint8Array, message: string][] = [
  ["cut off", fileOf().subarray(0, -9), "bytes and has"],
  ["started at another time", fileOf({ start: 6n }), "the measurement started at 5 ns"],
  ["with another channel", fileOf({ names: ["t", "w"] }), 'channel "v" is another now'],
  ["with another master", fileOf({ names: ["u", "v"] }), 'channel "t" is another now'],
  ["with other records", fileOf({ first: 1 }), "records that were in it are others now"],
  ["with fewer groups", fileOf({ groups: 1, count: 2000 }), "2 data groups became 1"],
  ["with records of another size", fileOf({ recordBytes: 4 }), "has other records or channels"],
  ["that is no measurement", overwritten(fileOf(), 0), 'does not start with "MDF"'],
  ["whose groups were overwritten", overwritten(fileOf(), blockOf("CG")), "found bytes 01"],
];

for (const [what, bytes, message] of CHANGES) {
  Deno.test(`a file ${what} is refused by a refresh, and the open one stays as it was`, async () => {
    for (const synchronous of [true, false]) {
      const before = fileOf();
      const source = growingSource(before, synchronous);
      await using mdf = await Mdf.open(source);
      const index = mdf.toIndex();
      source.bytes = bytes;
      const error = await assertRejects(() => mdf.refresh(), SourceChangedError, message);
      assertStringIncludes(error.message, "growing.mf4");
      source.bytes = before;
      assertEquals(await valuesOf(mdf, "v").catch((error) => error.name), "AmbiguousChannelError");
      const { values } = await mdf.read("v", { group: 1 });
      assertEquals([...values as Uint8Array], numbers(8).map((i) => 100 + i));
      assertEquals(mdf.toIndex(), index);
      assertEquals((await mdf.refresh()).grown, false);
    }
  });
}

Deno.test("a block that is linked before it is written is waited for, and told", async () => {
  const log = new ListedFile(4);
  for (let i = 0; i < 3; i++) log.add(30);
  const before = log.file.bytes();
  log.add(30);
  const after = log.file.bytes();
  const block = after.length - 56;
  // The link leads behind the end, then to zeros, then to a block whose header says too much.
  const torn = after.slice();
  torn.fill(0, block);
  for (const [state, unfinished] of [[after.subarray(0, block), false], [torn, true]] as const) {
    const source = growingSource(before);
    await using mdf = await Mdf.open(source);
    source.bytes = state;
    const found = await mdf.refresh();
    assertEquals(found.records, 0);
    assertEquals(found.pending?.code, unfinished ? "corrupt" : undefined);
    assertEquals([...(await mdf.read("t")).values as Uint16Array], numbers(30));
    source.bytes = after;
    assertEquals((await mdf.refresh()).records, 10);
    assertEquals([...(await mdf.read("t")).values as Uint16Array], numbers(40));
    await assertUpToDate(mdf, after);
  }
});

Deno.test("a group that is linked before it is written is waited for, and told", async () => {
  const file = new FileBuilder({ unfinalized: 2 });
  const { dg } = file.group({ channels: CHANNELS, records: records(0, 4) });
  const before = file.bytes();
  const size = file.size;
  file.group({ channels: [{ name: "w", cn_bit_count: 8 }], records: records(0, 4) });
  const after = file.bytes();
  const torn = after.slice();
  torn.fill(0, size + 100);
  assert(file.linkOf(dg, "dg_dg_next") > size + 100);
  const source = growingSource(before);
  await using mdf = await Mdf.open(source);
  for (const bytes of [after.subarray(0, size + 200), torn]) {
    source.bytes = bytes;
    const { pending, newGroups } = await mdf.refresh();
    assertEquals([pending?.code, newGroups.length, mdf.groups.length], ["corrupt", 0, 1]);
  }
  source.bytes = after;
  const { pending, newGroups } = await mdf.refresh();
  assertEquals([pending, newGroups.length], [undefined, 1]);
  await assertUpToDate(mdf, after);
});

Deno.test("a counter that is read while it is written is read again", async () => {
  const file = new FileBuilder({ unfinalized: 2 });
  const { cg } = file.group({ channels: CHANNELS, records: records(0, 300), cg_cycle_count: 255 });
  const before = file.bytes();
  file.patchField(cg, "cg_cycle_count", 256);
  const after = file.bytes();
  const counter = cg + 24 + 6 * 8 + 8;
  const live = growingSource(before);
  let torn = 0;
  const source: ByteSource = {
    ...live,
    size: () => Promise.resolve(live.bytes.length),
    readIntoSync(offset, target) {
      target.set(live.bytes.subarray(offset, offset + target.length));
      if (torn === 0 || offset > counter || offset + target.length <= counter) return;
      torn--;
      // The high byte is new, the low one still old: 511.
      target[counter - offset] = 255;
      target[counter - offset + 1] = 1;
    },
  };
  await using mdf = await Mdf.open(source);
  assertEquals(mdf.groups[0].model.cycleCount, 255);
  live.bytes = after;
  torn = 1;
  await mdf.refresh();
  assertEquals([torn, mdf.groups[0].model.cycleCount], [0, 256]);
});

Deno.test("a Blob does not grow, and bytes in memory stay what they are", async () => {
  const bytes = fileOf();
  await using blob = await Mdf.open(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  await assertRejects(() => blob.refresh(), UsageError, "get the file anew");
  await assertRejects(() => blob.follow().next(), UsageError, "get the file anew");
  await using memory = await Mdf.open(bytes);
  assertEquals((await memory.refresh()).grown, false);
  await memory.close();
  await assertRejects(() => memory.refresh(), UsageError, "closed");
});

Deno.test("bytes in memory that can grow are seen to", async () => {
  const log = new ListedFile(4);
  log.add(30);
  const before = log.file.bytes();
  log.add(30);
  const after = log.file.bytes();
  const buffer = new ArrayBuffer(before.length, { maxByteLength: after.length });
  const bytes = new Uint8Array(buffer);
  bytes.set(before);
  await using mdf = await Mdf.open(bytes);
  buffer.resize(after.length);
  bytes.set(after);
  assertEquals((await mdf.refresh()).records, 10);
  assertEquals([...(await mdf.read("t")).values as Uint16Array], numbers(20));
});

Deno.test("a file that grows behind HTTP is read on; one that was replaced is refused", async () => {
  const log = new ListedFile(4);
  log.add(30);
  await using server = rangeServer(log.file.bytes(), { etag: '"1"' });
  await using mdf = await Mdf.open(server.url);
  log.add(30);
  server.bytes = log.file.bytes();
  server.etag = '"2"';
  assertEquals((await mdf.refresh()).records, 10);
  assertEquals([...(await mdf.read("t")).values as Uint16Array], numbers(20));
  server.bytes = fileOf();
  server.etag = '"3"';
  await assertRejects(() => mdf.refresh(), SourceChangedError);
  // What was open is not read from the other file; small as it is, it is in memory.
  assertEquals([...(await mdf.read("t")).values as Uint16Array], numbers(20));
});

Deno.test("a file that was put in the place of the open one is refused; one that moved is read on", async () => {
  const folder = await Deno.makeTempDir();
  const [path, other] = ["log.mf4", "other.mf4"].map((name) => `${folder}/${name}`);
  try {
    const log = new ListedFile(4);
    log.add(30);
    await Deno.writeFile(path, log.file.bytes());
    await using mdf = await Mdf.open(path);
    await Deno.rename(path, other);
    log.add(30);
    await Deno.writeFile(other, log.file.bytes());
    assertEquals((await mdf.refresh()).records, 10);
    await Deno.writeFile(path, fileOf());
    await assertRejects(
      () => mdf.refresh(),
      SourceChangedError,
      "another file stands at this path",
    );
    assertEquals([...(await mdf.read("t")).values as Uint16Array], numbers(20));
    const source = fileSource(other);
    source.close!();
    assert(
      await Promise.try(() => source.refresh!()).catch((error) => error) instanceof SourceError,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("reading goes on while the file is refreshed", async () => {
  const log = new ListedFile(4);
  for (let i = 0; i < 10; i++) log.add(31);
  const source = growingSource(log.file.bytes(), false);
  await using mdf = await Mdf.open(source);
  const seen: number[] = [];
  for await (const { signals } of mdf.stream(["t"], { batchBytes: 9 })) {
    seen.push(...signals[0].values as Uint16Array);
    log.add(7);
    source.bytes = log.file.bytes();
    const [first, second] = await Promise.all([mdf.refresh(), mdf.refresh()]);
    assert(first.records > 0);
    assertEquals(second.records, 0);
  }
  assertEquals(seen, numbers(103));
});

Deno.test("the index of a refreshed file opens it", async () => {
  const log = new ListedFile(2);
  log.add(30);
  const source = growingSource(log.file.bytes());
  await using mdf = await Mdf.open(source);
  const old = mdf.toIndex();
  for (let i = 0; i < 4; i++) log.add(30);
  source.bytes = log.file.bytes();
  await mdf.refresh();
  await using again = await Mdf.fromIndex(mdf.toIndex(), source.bytes);
  assertEquals([...(await again.read("t")).values as Uint16Array], numbers(50));
  await assertRejects(() => Mdf.fromIndex(old, source.bytes), StaleIndexError);
});
