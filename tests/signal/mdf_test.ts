import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  CorruptFileError,
  LimitExceededError,
  Mdf,
  MdfError,
  type MdfInput,
  MdfWriter,
  NotMdfError,
  type Signal,
  SourceError,
  UsageError,
} from "../../mod.ts";

const RECORDS = 10_000;

const time = (i: number) => i * 0.01;
const rpm = (i: number) => (i * 7) % 65536;
const note = (i: number) => i % 5 === 0 ? "" : `note ${i} µ`;

/** A file of two groups; blocks are small, so that there are many of them. */
async function makeFile(
  compression: "none" | "deflate" | "transpose" = "none",
): Promise<Uint8Array> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    const writer = await MdfWriter.create(path, {
      compression,
      blockBytes: 4096,
      startTimeNs: 1_600_000_000_000_000_001n,
      comment: "a <test> & more",
    });
    const engine = writer.addGroup({
      name: "Engine",
      comment: "the engine",
      channels: [
        { name: "Time", type: "float64", unit: "s", master: "time" },
        {
          name: "RPM",
          type: "uint16",
          unit: "rpm",
          comment: "speed of the crankshaft",
          conversion: { kind: "linear", offset: -10, factor: 0.25 },
        },
        { name: "Note", type: "string" },
        {
          name: "State",
          type: "uint8",
          conversion: { kind: "valueToText", keys: [0, 1], texts: ["off", "on"], default: "?" },
        },
        { name: "Big", type: "uint64" },
        { name: "Raw", type: "bytes" },
      ],
    });
    const other = writer.addGroup({ name: "Empty", channels: [{ name: "Nothing", type: "int8" }] });
    assertEquals(other.recordCount, 0);
    const column = <T>(make: (i: number) => T) =>
      Array.from({ length: RECORDS }, (_, i) => make(i));
    await engine.append({
      Time: Float64Array.from(column(time)),
      RPM: Uint16Array.from(column(rpm)),
      Note: column(note),
      State: Uint8Array.from(column((i) => i % 3)),
      Big: BigUint64Array.from(column((i) => (1n << 60n) + BigInt(i))),
      Raw: column((i) => new Uint8Array(i % 4).fill(i & 0xff)),
    });
    await writer.close();
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(path);
  }
}

const plain = await makeFile();

/** Signals of the group "Engine" for the records `[from, to)`. */
function checkEngine(signals: Signal[], from: number, to: number): void {
  const records = Array.from({ length: to - from }, (_, i) => from + i);
  const values = new Map(signals.map((signal) => [signal.channel.name, signal]));
  assertEquals(values.get("RPM")!.values, Float64Array.from(records, (i) => rpm(i) * 0.25 - 10));
  assertEquals([...values.get("Note")!.values], records.map(note));
  assertEquals(
    [...values.get("State")!.values],
    records.map((i) => ["off", "on", "?"][i % 3]),
  );
  assertEquals(
    values.get("Big")!.values,
    BigUint64Array.from(records, (i) => (1n << 60n) + BigInt(i)),
  );
  assertEquals(
    Array.from(values.get("Raw")!.values as Iterable<Uint8Array>, (bytes) => Array.from(bytes)),
    records.map((i) => new Array(i % 4).fill(i & 0xff)),
  );
  for (const signal of signals) {
    assertEquals(signal.timestamps, Float64Array.from(records, time));
    assertEquals(signal.shape, [to - from]);
    assertEquals(signal.valid, undefined);
  }
}

/** Bytes behind a source that gives at most three at a time, and only asynchronously. */
function tinyPieces(bytes: Uint8Array): MdfInput {
  return {
    size: () => Promise.resolve(bytes.length),
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + Math.min(length, 1009))),
  };
}

for (const compression of ["none", "deflate", "transpose"] as const) {
  Deno.test(`all channels of a file, compression ${compression}, from every kind of source`, async () => {
    const bytes = compression === "none" ? plain : await makeFile(compression);
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, bytes);
    try {
      const inputs: MdfInput[] = [
        bytes,
        new Blob([bytes as Uint8Array<ArrayBuffer>]),
        path,
        tinyPieces(bytes),
      ];
      for (const input of inputs) {
        await using mdf = await Mdf.open(input);
        checkEngine((await mdf.readAll()).slice(0, 6), 0, RECORDS);
        await using indexed = await Mdf.fromIndex(
          JSON.parse(JSON.stringify(mdf.toIndex())),
          input,
        );
        checkEngine((await indexed.readAll()).slice(0, 6), 0, RECORDS);
      }
    } finally {
      await Deno.remove(path);
    }
  });
}

Deno.test("what a file says of itself", async () => {
  await using mdf = await Mdf.open(plain);
  assertEquals(mdf.version, "4.10");
  assertEquals(mdf.finalized, true);
  assertEquals(mdf.startTimeNs, 1_600_000_000_000_000_001n);
  assertEquals(mdf.comment, "a <test> & more");
  assertEquals(mdf.groups.map((group) => [group.index, group.name, group.recordCount]), [
    [0, "Engine", RECORDS],
    [1, "Empty", 0],
  ]);
  assertEquals(mdf.groups[0].comment, "the engine");
  const channel = mdf.channel("RPM");
  assertEquals([channel.unit, channel.comment], ["rpm", "speed of the crankshaft"]);
  assertStrictEquals(mdf.groups[0].master, mdf.groups[0].channels[0]);
  assertEquals(mdf.groups[1].master, undefined);
});

Deno.test("a range of records is the same part of the whole", async () => {
  await using mdf = await Mdf.open(plain);
  const engine = mdf.groups[0].channels;
  for (const [from, to] of [[0, 1], [1234, 5678], [9999, 10_000], [5, 5], [0, RECORDS]] as const) {
    checkEngine(await mdf.readAll(engine, { records: [from, to] }), from, to);
  }
  checkEngine(await mdf.readAll(engine, { records: [9990, 20_000] }), 9990, RECORDS);
  checkEngine(await mdf.readAll(engine, { records: [20_000, 30_000] }), RECORDS, RECORDS);
  for (const records of [[-1, 3], [3, 1], [0.5, 2], [NaN, 2]] as const) {
    await assertRejects(() => mdf.read("RPM", { records }), UsageError);
  }
});

Deno.test("a range of time takes the records whose master lies in it", async () => {
  for (const compression of ["none", "transpose"] as const) {
    await using mdf = await Mdf.open(compression === "none" ? plain : await makeFile(compression));
    const engine = mdf.groups[0].channels;
    const first = (bound: number) => {
      let i = 0;
      while (i < RECORDS && time(i) < bound) i++;
      return i;
    };
    for (const range of [[0, 0.05], [12.34, 56.78], [-5, 1e9], [99.99, 100], [40, 40]] as const) {
      const signals = await mdf.readAll(engine, { time: range });
      checkEngine(signals, first(range[0]), first(range[1]));
    }
    await assertRejects(() => mdf.read("RPM", { time: [2, 1] }), UsageError);
    await assertRejects(() => mdf.read("Nothing", { time: [0, 1] }), UsageError);
  }
});

Deno.test("streaming gives what reading gives, whatever the size of the batches", async () => {
  await using mdf = await Mdf.open(plain);
  for (const batchBytes of [1, 1000, 65_536, 1 << 24]) {
    const options = batchBytes === 1 ? { batchBytes, records: [0, 300] as const } : { batchBytes };
    let next = 0;
    const arrays = new Set<ArrayBufferLike>();
    for await (const batch of mdf.stream(mdf.groups[0].channels, options)) {
      assertEquals(batch.firstRecord, next);
      assertStrictEquals(batch.group, mdf.groups[0]);
      if (next % 1000 === 0 || batchBytes > 1000) {
        checkEngine(batch.signals, next, next + batch.recordCount);
      }
      arrays.add((batch.signals[1].values as Float64Array).buffer);
      next += batch.recordCount;
    }
    assertEquals(next, batchBytes === 1 ? 300 : RECORDS);
    assertEquals(arrays.size, 1, "every batch uses the same arrays");
  }
  await assertRejects(async () => {
    for await (const _ of mdf.stream(["RPM"], { batchBytes: 0 }));
  }, UsageError);
});

Deno.test("raw values are those of the file, timestamps stay converted", async () => {
  await using mdf = await Mdf.open(plain);
  const [raw, state] = await mdf.readAll(["RPM", "State"], { raw: true, records: [0, 4] });
  assertEquals(raw.values, Uint16Array.of(0, 7, 14, 21));
  assertEquals(state.values, Uint8Array.of(0, 1, 2, 0));
  assertEquals(raw.timestamps, Float64Array.of(0, 0.01, 0.02, 0.03));
});

Deno.test("signals come in the order asked for, a channel asked for twice comes twice", async () => {
  await using mdf = await Mdf.open(plain);
  const names = ["State", "Nothing", "RPM", "State"];
  const signals = await mdf.readAll(names);
  assertEquals(signals.map((signal) => signal.channel.name), names);
  await using other = await Mdf.open(plain);
  await assertRejects(() => mdf.read(other.channel("RPM")), UsageError);
  await assertRejects(() => mdf.readAll([other.channel("RPM")]), UsageError);
});

Deno.test("values that are made on demand behave like arrays", async () => {
  await using mdf = await Mdf.open(plain);
  const { values } = await mdf.read("Note", { records: [0, 3] });
  assertEquals(values.length, 3);
  assertEquals(values.at(-1), "note 2 µ");
  assertEquals(values.at(3), undefined);
  assertEquals(values.at(-4), undefined);
  assertEquals(JSON.stringify(values), '["","note 1 µ","note 2 µ"]');
});

Deno.test("progress ends at the total", async () => {
  await using mdf = await Mdf.open(plain);
  const seen: number[] = [];
  let total = 0;
  await mdf.readAll(["RPM"], {
    onProgress({ bytesRead, bytesTotal }) {
      seen.push(bytesRead);
      total = bytesTotal;
    },
  });
  assertEquals(seen, seen.toSorted((a, b) => a - b));
  assertEquals(seen.at(-1), total);
  assertEquals(total, RECORDS * mdf.groups[0].model.dataBytes);
});

Deno.test("reading can be cancelled", async () => {
  await assertRejects(() => Mdf.open(plain, { signal: AbortSignal.abort() }), DOMException);
  await using mdf = await Mdf.open(plain);
  await assertRejects(() => mdf.read("RPM", { signal: AbortSignal.abort() }), DOMException);
  const controller = new AbortController();
  await assertRejects(async () => {
    for await (const _ of mdf.stream(["RPM"], { signal: controller.signal, batchBytes: 1000 })) {
      controller.abort();
    }
  }, DOMException);
});

Deno.test("a closed file cannot be read", async () => {
  const mdf = await Mdf.open(plain);
  await mdf.close();
  await mdf.close();
  await assertRejects(() => mdf.read("RPM"), UsageError, "closed");
});

Deno.test("a file that is not there, or no measurement file, is told apart", async () => {
  const missing = await assertRejects(() => Mdf.open("/no/such/file.mf4"), SourceError);
  assertEquals(missing.file, "/no/such/file.mf4");
  await assertRejects(() => Mdf.open(new Uint8Array()), NotMdfError);
  await assertRejects(() => Mdf.open(new Uint8Array(5000)), NotMdfError);
  const text = new TextEncoder().encode("time;rpm\n0;800\n".repeat(100));
  const error = await assertRejects(() => Mdf.open(text), NotMdfError);
  assertEquals([error.block, error.offset], ["ID", 0]);
});

Deno.test("a file cut off anywhere gives a typed error with its place, or all of its values", async () => {
  const problems = new Set<string>();
  for (let length = 0; length < plain.length; length += length < 6000 ? 13 : 4999) {
    const cut = plain.subarray(0, length);
    try {
      await using mdf = await Mdf.open(cut);
      await mdf.readAll();
    } catch (error) {
      assertInstanceOf(error, MdfError, `cut at ${length}: ${error}`);
      assertEquals(error.file, "(bytes in memory)", `cut at ${length}: ${error}`);
      assert(error.offset !== undefined, `cut at ${length}: ${error}`);
      assert(error.block !== undefined || error.code === "truncated", `cut at ${length}: ${error}`);
      problems.add(error.code);
      continue;
    }
    throw new Error(`cut at ${length}, the file read as if whole`);
  }
  assert(problems.has("corrupt") && problems.has("not-mdf"), [...problems].join());
});

Deno.test("a channel that cannot be read can be left out", async () => {
  await using mdf = await Mdf.open(plain);
  const broken = mdf.channel("RPM");
  broken.model.bitOffset = 9;
  await assertRejects(() => mdf.readAll(), CorruptFileError, 'channel "RPM"');
  const left: string[] = [];
  const signals = await mdf.readAll(undefined, {
    onChannelError: (channel) => left.push(channel.name),
  });
  assertEquals(left, ["RPM"]);
  assertEquals(signals.length, 6);
});

Deno.test("no more memory is taken than the limits allow", async () => {
  await using mdf = await Mdf.open(plain, { limits: { signalBytes: 10_000 } });
  await assertRejects(() => mdf.read("RPM"), LimitExceededError, "limits.signalBytes");
  assertEquals((await mdf.read("RPM", { records: [0, 100] })).values.length, 100);
});
