/** What reading over HTTP costs, counted by the server. */
import { assert, assertEquals } from "@std/assert";
import { Mdf, type MdfIndex, MdfWriter } from "../mod.ts";
import { rangeServer } from "./_helpers.ts";

const GROUPS = 20;
const CHANNELS = 10;
const RECORDS = 62_500;
const CHUNK = 12_500;
const RECORD_BYTES = 8 * CHANNELS;
const GROUP_BYTES = RECORDS * RECORD_BYTES;
/** Twenty groups of 5 MB. */
const FILE_BYTES = GROUPS * GROUP_BYTES;

const STEP = 0.01;
const value = (group: number, channel: number, record: number) =>
  channel === 0 ? record * STEP : group * 1e6 + channel * 1e5 + record;

async function makeFile(
  compression: "none" | "deflate",
  records = RECORDS,
  blockBytes?: number,
): Promise<Uint8Array> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    const writer = await MdfWriter.create(path, { startTimeNs: 0n, compression, blockBytes });
    const groups = Array.from({ length: GROUPS }, (_, group) =>
      writer.addGroup({
        name: `Group ${group}`,
        channels: Array.from({ length: CHANNELS }, (_, channel) =>
          channel === 0
            ? { name: "Time", type: "float64", unit: "s", master: "time" } as const
            : { name: `G${group}C${channel}`, type: "float64", unit: "V" } as const),
      }));
    for (let at = 0; at < records; at += CHUNK) {
      for (const [group, target] of groups.entries()) {
        const columns = Array.from({ length: CHANNELS }, (_, channel) =>
          [
            channel === 0 ? "Time" : `G${group}C${channel}`,
            Float64Array.from({ length: CHUNK }, (_, i) => value(group, channel, at + i)),
          ] as const);
        await target.append(Object.fromEntries(columns));
      }
    }
    await writer.close();
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}

/** A server that counts what it is asked for, and what it sends. */
function countingServer(bytes: Uint8Array, etag?: string) {
  const server = rangeServer(bytes, { etag });
  return {
    url: server.url,
    count: () => {
      const sent = server.ranges.map((range) => {
        const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range)!.map(Number);
        return Math.min(last + 1, bytes.length) - first;
      });
      return { requests: sent.length, bytes: sent.reduce((sum, more) => sum + more, 0) };
    },
    reset: () => void server.ranges.splice(0),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function indexOf(bytes: Uint8Array): Promise<MdfIndex> {
  await using mdf = await Mdf.open(bytes);
  return JSON.parse(JSON.stringify(mdf.toIndex()));
}

for (const etag of [undefined, '"one"']) {
  const which = etag ? "with an entity tag" : "without one";

  Deno.test(`a file of 100 MB and 20 groups costs what is needed of it, ${which}`, async (t) => {
    const bytes = await makeFile("none");
    assert(bytes.length >= FILE_BYTES);
    const index = await indexOf(bytes);
    await using server = countingServer(bytes, etag);

    await t.step("opening: at most 10 requests and 1 % of its bytes", async () => {
      await using mdf = await Mdf.open(server.url);
      assertEquals(mdf.groups.length, GROUPS);
      assertEquals(mdf.groups.flatMap(({ channels }) => channels).length, GROUPS * CHANNELS);
      const { requests, bytes: sent } = server.count();
      assert(requests <= 10, `${requests} requests`);
      assert(sent <= bytes.length / 100, `${sent} bytes`);
    });

    await t.step(
      "one channel by index: 1.05 of its records' bytes, at most 4 requests",
      async () => {
        await using mdf = await Mdf.fromIndex(index, server.url);
        server.reset();
        const { values } = await mdf.read("G7C3");
        assertEquals(values, Float64Array.from({ length: RECORDS }, (_, i) => value(7, 3, i)));
        const { requests, bytes: sent } = server.count();
        assert(requests <= 4, `${requests} requests`);
        assert(sent <= 1.05 * GROUP_BYTES, `${sent} bytes`);
      },
    );

    await t.step(
      "a window of 100 records: at most 64 KiB, with what opening by index costs",
      async () => {
        server.reset();
        await using mdf = await Mdf.fromIndex(index, server.url);
        const { values } = await mdf.read("G9C3", { records: [30_000, 30_100] });
        assertEquals(values, Float64Array.from({ length: 100 }, (_, i) => value(9, 3, 30_000 + i)));
        const { bytes: sent } = server.count();
        assert(sent <= 64 * 1024, `${sent} bytes`);
      },
    );

    await t.step("the same by time", async () => {
      server.reset();
      await using mdf = await Mdf.fromIndex(index, server.url);
      const time = [20_000.5 * STEP, 20_100.5 * STEP] as const;
      const { values } = await mdf.read("G11C3", { time });
      assertEquals(values, Float64Array.from({ length: 100 }, (_, i) => value(11, 3, 20_001 + i)));
      const { requests, bytes: sent } = server.count();
      assert(requests <= 12, `${requests} requests`);
      assert(sent <= 64 * 1024, `${sent} bytes`);
    });
  });
}

Deno.test("a channel of a compressed file costs its group's blocks, in one request where they lie together", async () => {
  const bytes = await makeFile("deflate", CHUNK);
  const index = await indexOf(bytes);
  await using server = countingServer(bytes);
  await using mdf = await Mdf.fromIndex(index, server.url);
  server.reset();
  const { values } = await mdf.read("G7C3");
  assertEquals(values, Float64Array.from({ length: CHUNK }, (_, i) => value(7, 3, i)));
  const { requests, bytes: sent } = server.count();
  assert(requests <= 4, `${requests} requests`);
  assert(sent <= 1.05 * bytes.length / GROUPS, `${sent} bytes of ${bytes.length}`);
});

for (const compression of ["none", "deflate"] as const) {
  Deno.test(`small blocks that lie together are fetched together, compression ${compression}`, async () => {
    const blockBytes = 16_000;
    const bytes = await makeFile(compression, CHUNK, blockBytes);
    const index = await indexOf(bytes);
    await using server = countingServer(bytes, '"one"');
    await using mdf = await Mdf.fromIndex(index, server.url);
    server.reset();
    const { values } = await mdf.read("G7C3");
    assertEquals(values, Float64Array.from({ length: CHUNK }, (_, i) => value(7, 3, i)));
    const { requests, bytes: sent } = server.count();
    assert(CHUNK * RECORD_BYTES / blockBytes > 60, "as many blocks");
    assert(requests <= 4, `${requests} requests`);
    assert(sent <= 1.05 * bytes.length / GROUPS, `${sent} bytes of ${bytes.length}`);
    server.reset();
    const window = await mdf.read("G8C3", { records: [6000, 6100] });
    assertEquals(
      window.values,
      Float64Array.from({ length: 100 }, (_, i) => value(8, 3, 6000 + i)),
    );
    assert(server.count().bytes <= 64 * 1024, `${server.count().bytes} bytes`);
  });
}
