import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { SourceError, UsageError } from "../../lib/errors.ts";
import { MdfWriter, MemorySink, type WriterOutput } from "../../lib/writer/mdf_writer.ts";
import { fileSink } from "../../lib/writer/file_sink.ts";
import { collectingStream, FullSink, seekableStream, SlowSink } from "./_sinks.ts";
import { withoutDeno, withoutFiles } from "../_runtime.ts";
import { ascii, checkCoverage, concat, FIXED_TIMES, groupsOf } from "./_walk.ts";

/** A file with several groups, lists, signal data and a group that is added in between. */
async function record(output: WriterOutput, blockBytes = 3000): Promise<void> {
  await using writer = await MdfWriter.create(output, { ...FIXED_TIMES, blockBytes });
  const channels = [
    { name: "t", type: "float64", master: "time" },
    { name: "s", type: "string" },
  ] as const;
  const first = writer.addGroup({ name: "first", channels });
  const time = Float64Array.from({ length: 2000 }, (_, i) => i);
  const texts = Array.from(time, (n) => `text ${n}`);
  const pending = first.append({ t: time, s: texts });
  const second = writer.addGroup({ name: "second", channels });
  await second.append({ t: time.subarray(7), s: texts.slice(7) });
  await pending;
  await first.append({ t: time, s: texts });
}

async function reference(blockBytes?: number): Promise<Uint8Array> {
  const sink = new MemorySink();
  await record(sink, blockBytes);
  return sink.bytes();
}

Deno.test("file, stream and slow sink get the same bytes", async () => {
  const expected = await reference();
  checkCoverage(expected);

  const folder = await Deno.makeTempDir();
  const path = `${folder}/ä b.mf4`;
  await Deno.writeFile(path, new Uint8Array(expected.length + 999).fill(1));
  await record(path);
  assertEquals(await Deno.readFile(path), expected);
  const url = new URL(`file://${folder}/c%20d.mf4`);
  await record(url);
  assertEquals(await Deno.readFile(url), expected);
  await record(String(url));
  assertEquals(await Deno.readFile(`${folder}/c d.mf4`), expected);
  await Deno.remove(folder, { recursive: true });

  const slow = new SlowSink();
  await record(slow);
  assertEquals(slow.memory.bytes(), expected);
  assertEquals(slow.closed, 1);

  const seekable = seekableStream();
  await record(seekable.stream);
  assertEquals(seekable.file.bytes(), expected);
  assertEquals(seekable.stream.locked, false);

  const plain = collectingStream();
  await record(plain.stream);
  assertEquals(concat(plain.chunks), expected);
  assertEquals([plain.state.closed, plain.stream.locked], [true, false]);
});

Deno.test("a stream that cannot seek gets its bytes at close, in pieces", async () => {
  const { stream, chunks, state } = collectingStream();
  const writer = await MdfWriter.create(stream, FIXED_TIMES);
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
  const x = new Float64Array(400_000);
  await group.append({ x });
  assertEquals([chunks.length, state.closed, stream.locked], [0, false, true]);
  await writer.close();
  assert(chunks.length > 1);
  assertEquals(groupsOf(concat(chunks))[0].cycleCount, 400_000);
});

Deno.test("compressed output through a stream", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const received = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
  const writer = await MdfWriter.create(writable, { ...FIXED_TIMES, compression: "transpose" });
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
  await group.append({ x: new Float64Array(1000) });
  await writer.close();
  assertEquals(groupsOf(await received)[0].cycleCount, 1000);
});

Deno.test("an output that cannot be opened is a typed error that says what to do", async () => {
  const folder = await Deno.makeTempDir();
  await assertRejects(
    () => MdfWriter.create(`${folder}/none/out.mf4`),
    SourceError,
    "the folder does not exist",
  );
  await assertRejects(() => MdfWriter.create(folder), SourceError, "this is a folder");
  await Deno.remove(folder, { recursive: true });
  await assertRejects(
    () => MdfWriter.create("https://example.com/a.mf4"),
    UsageError,
    "local path",
  );
  await assertRejects(
    () => MdfWriter.create(new URL("https://example.com/a.mf4")),
    UsageError,
    "https://example.com/a.mf4",
  );
  const { stream } = collectingStream();
  stream.getWriter();
  await assertRejects(() => MdfWriter.create(stream), UsageError, "locked");
  for (const output of [undefined, null, 5, {}, new Uint8Array(3)]) {
    await assertRejects(() => MdfWriter.create(output as unknown as WriterOutput), UsageError);
  }
});

Deno.test("a runtime without files says so", () => {
  assertThrows(() => withoutFiles(() => fileSink("out.mf4")), SourceError, "pass a WritableStream");
});

for (
  const [files, create] of [
    ["the runtime's own files", fileSink],
    ["node:fs", (path) => withoutDeno(() => fileSink(path))],
  ] as [string, typeof fileSink][]
) {
  Deno.test(`${files}: a sink replaces what is there, and patches it`, async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/ä b.mf4`;
    await Deno.writeFile(path, new Uint8Array(100).fill(9));
    const sink = create(path);
    sink.write(new Uint8Array([1, 2, 3, 4]));
    sink.write(new Uint8Array([5, 6]));
    sink.patch!(1, new Uint8Array([7, 8]));
    sink.write(new Uint8Array([10]));
    sink.close();
    sink.close();
    assertEquals([...await Deno.readFile(path)], [1, 7, 8, 4, 5, 6, 10]);
    const error = assertThrows(() => sink.write(new Uint8Array(1)), SourceError);
    assertEquals([error.file, error.offset], [path, 7]);
    assertEquals(error.reason, "the file was closed; nothing more can be written to it");
    const none = assertThrows(() => create(`${folder}/none/out.mf4`), SourceError);
    assertEquals(none.reason, "the folder does not exist; create it first");
    const held = assertThrows(() => create(folder), SourceError);
    assertEquals(held.reason, "this is a folder; give the path of a file");
    await Deno.remove(folder, { recursive: true });
  });

  Deno.test(`${files}: a full disk is named in the error`, {
    ignore: Deno.build.os !== "linux",
  }, () => {
    const sink = create("/dev/full");
    const error = assertThrows(() => sink.write(new Uint8Array(10)), SourceError);
    assertEquals([error.file, error.offset], ["/dev/full", 0]);
    assertEquals(
      error.reason,
      "the disk is full; the file keeps what was written so far, marked as unfinalized",
    );
    sink.close();
  });
}

Deno.test("a full disk stops the writer; the file stays unfinalized", async () => {
  const sink = new FullSink(20_000);
  const writer = await MdfWriter.create(sink, { ...FIXED_TIMES, blockBytes: 1000 });
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
  const error = await assertRejects(
    () => group.append({ x: new Float64Array(10_000) }),
    SourceError,
    "(bytes in memory): at offset",
  );
  assertEquals((error.cause as Error).message, "no space left");
  assertStrictEquals(await assertRejects(() => group.append({ x: [1] })), error);
  assertThrows(
    () => writer.addGroup({ name: "H", channels: [{ name: "x", type: "int8" }] }),
    SourceError,
  );
  assertStrictEquals(await assertRejects(() => writer.close()), error);
  assertEquals(sink.closed, false);
  assertStrictEquals(sink.aborted, error);
  assertEquals(ascii(sink.bytes(), 0, 8), "UnFinMF ");
});

Deno.test("await using passes on the failure of the append, not a wrapping of it", async () => {
  await assertRejects(
    async () => {
      await using writer = await MdfWriter.create(new FullSink(2000), { blockBytes: 100 });
      const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
      await group.append({ x: new Float64Array(1000) });
    },
    SourceError,
    "the output could not be written",
  );
});

Deno.test("await using does not hide a failure that only closing shows", async () => {
  await assertRejects(
    async () => {
      await using writer = await MdfWriter.create(new FullSink(2000));
      const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
      await group.append({ x: new Float64Array(1000) });
    },
    SourceError,
    "the output could not be written",
  );
});

Deno.test("a sink that fails later stops the writer too", async () => {
  class Failing extends SlowSink {
    override async write(bytes: Uint8Array): Promise<void> {
      await super.write(bytes);
      if (this.memory.size > 5000) throw new Error("connection lost");
    }
  }
  const writer = await MdfWriter.create(new Failing(), { blockBytes: 500 });
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
  await assertRejects(
    () => group.append({ x: new Float64Array(5000) }),
    SourceError,
    "(slow sink)",
  );
  await assertRejects(() => writer.close(), SourceError);
});

Deno.test("a stream that breaks is reported by close and given back", async () => {
  const stream = new WritableStream<Uint8Array>({
    write() {
      throw new Error("connection reset");
    },
  });
  const writer = await MdfWriter.create(stream);
  const error = await assertRejects(() => writer.close(), SourceError, "the output stream failed");
  assertEquals((error.cause as Error).message, "connection reset");
  assertEquals(stream.locked, false);
});

Deno.test("a sink in memory keeps bytes and corrections across its pages", () => {
  const sink = new MemorySink();
  const expected = Uint8Array.from({ length: 3_000_001 }, (_, i) => i * 7 & 255);
  for (let at = 0; at < expected.length; at += 333_333) {
    sink.write(expected.subarray(at, at + 333_333));
  }
  const correction = new Uint8Array(1_500_000).fill(9);
  sink.patch(1_000_000, correction);
  expected.set(correction, 1_000_000);
  assertEquals(sink.size, expected.length);
  assertEquals(sink.bytes(), expected);
  assertThrows(() => sink.patch(3_000_000, new Uint8Array(2)), UsageError, "past the 3000001");
  assertEquals(concat([...sink.drain()]), expected);
  assertEquals(sink.size, 0);
});
