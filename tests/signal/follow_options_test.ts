import { assertEquals, assertRejects } from "@std/assert";
import { DL, DT, SD } from "../../lib/blocks/block_tables.ts";
import {
  type Batch,
  CorruptFileError,
  type FollowOptions,
  httpSource,
  Mdf,
  SourceChangedError,
  UsageError,
} from "../../mod.ts";
import { FileBuilder, type GrowingSource, growingSource, rangeServer } from "../_helpers.ts";
import { CHANNELS, ListedFile, numbers, records } from "./_live_files.ts";

const FAST: FollowOptions = { pollMs: 1, maxPollMs: 2 };

/** Opens a file that grows. */
async function live(bytes: Uint8Array): Promise<{ mdf: Mdf; source: GrowingSource }> {
  const source = growingSource(bytes);
  return { mdf: await Mdf.open(source), source };
}

/** The values of the first channel of each batch; a step is taken after each batch. */
async function collect(
  batches: AsyncIterable<Batch>,
  ...steps: ((batch: Batch) => void)[]
): Promise<number[]> {
  const values: number[] = [];
  for await (const batch of batches) {
    values.push(...batch.signals[0].values as Uint16Array);
    steps.shift()?.(batch);
  }
  return values;
}

/** Blocks of ten records in lists. */
function log(blocks: number): ListedFile {
  const log = new ListedFile(4);
  for (let i = 0; i < blocks; i++) log.add(30);
  return log;
}

Deno.test("following begins with the first record, with those that come, or with a number", async () => {
  for (const [from, first] of [["start", 0], ["end", 20], [13, 13], [27, 27]] as const) {
    const file = log(2);
    const { mdf, source } = await live(file.file.bytes());
    await using _ = mdf;
    const grow = () => {
      file.add(30);
      source.bytes = file.file.bytes();
    };
    // What comes between opening and following was there.
    const following = mdf.follow(["t"], { ...FAST, from, idleMs: 400 });
    const timer = setTimeout(grow, 10);
    assertEquals(await collect(following), numbers(30).slice(first));
    clearTimeout(timer);
  }
  const { mdf } = await live(log(1).file.bytes());
  await assertRejects(() => mdf.follow(["t"], { from: -1 }).next(), UsageError, "from");
  await assertRejects(() => mdf.follow(["t"], { pollMs: 0 }).next(), UsageError, "pollMs");
  await assertRejects(() => mdf.follow(["t"], { batchBytes: 0 }).next(), UsageError, "batchBytes");
  await mdf.close();
});

Deno.test("following ends when the signal is aborted: before, while it waits, between batches", async () => {
  const { mdf } = await live(log(2).file.bytes());
  await using _ = mdf;
  assertEquals(await collect(mdf.follow(["t"], { ...FAST, signal: AbortSignal.abort() })), []);
  const waiting = new AbortController();
  const stop = () => void setTimeout(() => waiting.abort(), 5);
  const long = { pollMs: 100_000, signal: waiting.signal };
  assertEquals(await collect(mdf.follow(["t"], long), stop), numbers(20));
  const between = new AbortController();
  const small = { ...FAST, batchBytes: 9, signal: between.signal };
  assertEquals(await collect(mdf.follow(["t"], small), () => between.abort()), numbers(3));
  // The file can be followed again.
  assertEquals(await collect(mdf.follow(["t"], { ...FAST, idleMs: 5 })), numbers(20));
});

Deno.test("a file that is complete is given once, unless it is to be followed all the same", async () => {
  const file = log(2);
  file.file.patchBytes(0, new TextEncoder().encode("MDF     "));
  file.file.patchBytes(60, [0, 0, 0, 0]);
  const { mdf, source } = await live(file.file.bytes());
  await using _ = mdf;
  assertEquals(await collect(mdf.follow(["t"], FAST)), numbers(20));
  const grow = () => {
    file.add(30);
    source.bytes = file.file.bytes();
  };
  const options = { ...FAST, evenFinalized: true, idleMs: 20 };
  assertEquals(await collect(mdf.follow(["t"], options), grow, grow), numbers(40));
});

Deno.test("records that the counter leaves out are reserved room, unless counters are to be ignored", async () => {
  const file = new FileBuilder({ unfinalized: 2 });
  const { cg } = file.group({ channels: CHANNELS, records: records(0, 8), cg_cycle_count: 5 });
  const { mdf, source } = await live(file.bytes());
  await using _ = mdf;
  const options = { ...FAST, idleMs: 10 };
  assertEquals(await collect(mdf.follow(["t"], options)), numbers(5));
  assertEquals(await collect(mdf.follow(["t"], { ...options, ignoreCounters: true })), numbers(8));
  const count = () => {
    file.patchField(cg, "cg_cycle_count", 7);
    source.bytes = file.bytes();
  };
  assertEquals(await collect(mdf.follow(["t"], options), count), numbers(7));
  // A flag says that counters are not kept.
  source.bytes[60] = 1;
  assertEquals(await collect(mdf.follow(["t"], options)), numbers(8));
});

/** Records that tell the places of texts, of which those from `known` on are not there yet. */
function texts(known: number) {
  const file = new FileBuilder({ unfinalized: 1 });
  const { channels } = file.group({
    channels: [
      { name: "n", cn_bit_count: 8 },
      { name: "text", cn_type: 1, cn_data_type: 7, cn_byte_offset: 1, cn_bit_count: 64 },
    ],
    records: Uint8Array.from(numbers(10).flatMap((i) => [i, 5 * i, 0, 0, 0, 0, 0, 0, 0])),
  });
  const entries = (from: number, to: number) =>
    file.add(SD, {
      payload: Uint8Array.from(numbers(to).slice(from).flatMap((i) => [1, 0, 0, 0, 65 + i])),
    });
  const list = file.add(DL, { moreLinks: [entries(0, known), 0], fields: { dl_count: 1 } });
  file.patchLink(channels[0 + 1], "cn_data", list);
  return { file, complete: () => file.patchLink(list, 2, entries(known, 10)) };
}

Deno.test("a record whose text has not come is waited for, those before it are not", async () => {
  const { file, complete } = texts(7);
  const { mdf, source } = await live(file.bytes());
  await using _ = mdf;
  const seen: string[] = [];
  for await (const { signals } of mdf.follow(["text"], { ...FAST, idleMs: 20 })) {
    seen.push(...signals[0].values as Iterable<string>);
    if (seen.length !== 7) continue;
    complete();
    source.bytes = file.bytes();
  }
  assertEquals(seen.join(""), "ABCDEFGHIJ");
});

Deno.test("what stays unreadable is an error, after all records before it", async () => {
  const { mdf } = await live(texts(7).file.bytes());
  await using _ = mdf;
  const seen: string[] = [];
  await assertRejects(
    async () => {
      for await (const { signals } of mdf.follow(["text"], { ...FAST, patienceMs: 10 })) {
        seen.push(...signals[0].values as Iterable<string>);
      }
    },
    CorruptFileError,
    "places its value at byte 35",
  );
  assertEquals(seen.join(""), "ABCDEFG");
  await assertRejects(
    () => collect(mdf.follow(["text"], { ...FAST, patienceMs: 100_000, idleMs: 10 })),
    CorruptFileError,
  );
});

Deno.test("a channel that stays unreadable is reported once, and the others go on", async () => {
  const { mdf } = await live(texts(7).file.bytes());
  await using _ = mdf;
  const errors: string[] = [];
  const onChannelError = ({ name }: { name: string }) => errors.push(name);
  const options = { ...FAST, patienceMs: 10, idleMs: 30, onChannelError };
  const values: number[] = [];
  for await (const { signals } of mdf.follow(["n", "text"], options)) {
    for (const { channel, values: found } of signals) {
      if (channel.name === "n") values.push(...found as Uint8Array);
    }
  }
  assertEquals(values, numbers(10));
  assertEquals(errors, ["text"]);
});

Deno.test("a channel that can never be read is an error at once, or is reported", async () => {
  const file = new FileBuilder({ unfinalized: 2 });
  file.group({
    channels: [...CHANNELS, { name: "odd", cn_byte_offset: 2, cn_bit_count: 64 }],
    records: records(0, 4),
    cg_data_bytes: 3,
  });
  const { mdf } = await live(file.bytes());
  await using _ = mdf;
  const errors: string[] = [];
  const options = { ...FAST, idleMs: 10, patienceMs: 5 };
  await assertRejects(() => mdf.follow(["odd"], options).next(), CorruptFileError);
  const onChannelError = ({ name }: { name: string }) => errors.push(name);
  const seen = await collect(mdf.follow(undefined, { ...options, onChannelError }));
  assertEquals([seen, errors], [numbers(4), ["odd"]]);
});

Deno.test("groups that come are followed, where no channels were chosen", async () => {
  const file = log(1);
  const { mdf, source } = await live(file.file.bytes());
  await using _ = mdf;
  const grow = () => {
    file.file.group({ channels: [{ name: "w", cn_bit_count: 8 }], records: Uint8Array.of(7, 8) });
    source.bytes = file.file.bytes();
  };
  const options = { ...FAST, from: "end", idleMs: 20 } as const;
  const timer = setTimeout(grow, 5);
  assertEquals(await collect(mdf.follow(undefined, options)), [7, 8]);
  clearTimeout(timer);
  assertEquals(await collect(mdf.follow(["t"], { ...FAST, idleMs: 5 })), numbers(10));
});

Deno.test("a file that is replaced ends following with an error", async () => {
  const { mdf, source } = await live(log(2).file.bytes());
  await using _ = mdf;
  const replace = () => source.bytes = log(1).file.bytes();
  await assertRejects(() => collect(mdf.follow(["t"], FAST), replace), SourceChangedError);
});

Deno.test("two can follow one file, each at its own pace", async () => {
  const file = log(1);
  const { mdf, source } = await live(file.file.bytes());
  await using _ = mdf;
  const grow = () => {
    file.add(31);
    source.bytes = file.file.bytes();
  };
  const options = { ...FAST, idleMs: 30 };
  const [slow, fast] = await Promise.all([
    collect(mdf.follow(["t"], { ...options, batchBytes: 9 }), ...new Array(8).fill(grow)),
    collect(mdf.follow(["t"], { ...options, pollMs: 3 })),
  ]);
  assertEquals(slow, fast);
  assertEquals(slow, numbers(Math.floor((30 + 8 * 31) / 3)));
});

Deno.test("a block that is linked and never written is an error, after all records before it", async () => {
  const file = log(2);
  const before = file.file.size;
  file.add(30);
  const bytes = file.file.bytes();
  bytes.fill(0, before);
  const { mdf, source } = await live(log(1).file.bytes());
  await using _ = mdf;
  const seen: number[] = [];
  const grow = () => source.bytes = bytes;
  const following = mdf.follow(["t"], { ...FAST, patienceMs: 10 });
  await assertRejects(
    async () => {
      seen.push(...await collect(following, grow));
    },
    CorruptFileError,
    "found bytes 00 00 00 00",
  );
  // Until it is written, nothing of what came with it is taken over.
  assertEquals(mdf.groups[0].recordCount, 10);
});

Deno.test("a file that grows behind HTTP is followed, though its validator changes all the time", async () => {
  const file = log(1);
  let version = 0;
  await using server = rangeServer(file.file.bytes(), {
    etag: '"0"',
    onRequest() {
      // The logger goes on now and then, also between two requests of one look.
      if (++version % 17 !== 0 || version > 17 * 12) return;
      file.add(30);
      server.bytes = file.file.bytes();
      server.etag = `"${version}"`;
    },
  });
  await using mdf = await Mdf.open(httpSource(server.url, { firstBytes: 64 }));
  const values = await collect(mdf.follow(["t"], { ...FAST, idleMs: 1000 }));
  assertEquals(values, numbers(130));
});

Deno.test("mixed records of a file that says it is complete are followed by their counters", async () => {
  const file = new FileBuilder();
  const { dg, groups } = file.dataGroup({
    recordIdSize: 1,
    groups: [1, 2].map((id) => ({
      cg_record_id: id,
      channels: [{ name: `c${id}`, cn_bit_count: 16 }],
    })),
  });
  const all = Uint8Array.from(numbers(12).flatMap((i) => [1 + i % 2, i, 0]));
  const block = (from: number, to: number) => file.add(DT, { payload: all.subarray(from, to) });
  const list = file.add(DL, {
    moreLinks: [block(0, 10), 0, 0],
    fields: { dl_count: 3, dl_offset: [0, 10, 23] },
  });
  file.patchField(list, "dl_count", 1);
  file.patchLink(dg, "dg_data", list);
  const count = (records: number) => {
    file.patchField(groups[0].cg, "cg_cycle_count", Math.ceil(records / 2));
    file.patchField(groups[1].cg, "cg_cycle_count", Math.floor(records / 2));
  };
  count(3);
  const { mdf, source } = await live(file.bytes());
  await using _ = mdf;
  const grow = () => {
    file.patchLink(list, 2, block(10, 23));
    file.patchField(list, "dl_count", 2);
    count(7);
    source.bytes = file.bytes();
  };
  const finish = () => {
    file.patchLink(list, 3, block(23, 36));
    file.patchField(list, "dl_count", 3);
    count(12);
    source.bytes = file.bytes();
  };
  const nothing = () => {};
  const options = { ...FAST, evenFinalized: true, idleMs: 30 };
  const values = await collect(mdf.follow(undefined, options), nothing, grow, nothing, finish);
  assertEquals(values.sort((a, b) => a - b), numbers(12));
  // Whole records are given, also where the data ends in the middle of one.
  assertEquals((await mdf.read("c2")).values, Uint16Array.of(1, 3, 5, 7, 9, 11));
});
