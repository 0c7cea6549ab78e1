/** Indexes that are written and read as streams. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  indexStream,
  LimitExceededError,
  Mdf,
  type MdfIndex,
  readIndex,
  UsageError,
} from "../../mod.ts";
import { FEATURES } from "../features/all_features.ts";
import { writtenBytes } from "./_written_file.ts";

/** A stream that gives a few bytes at a time. */
function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

const bytesOf = async (stream: ReadableStream<Uint8Array>) =>
  new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());

/** An index of many pieces, with texts of more than one byte each character. */
async function manyGroups(): Promise<MdfIndex> {
  const bytes = await writtenBytes({}, async (writer) => {
    for (let i = 0; i < 400; i++) {
      const name = `Größe ${i} µ→${"x".repeat(300)}`;
      await writer.addGroup({ name: `G${i}`, channels: [{ name, type: "uint8" }] })
        .append({ [name]: [i % 256] });
    }
  });
  await using mdf = await Mdf.open(bytes);
  return mdf.toIndex();
}

Deno.test("an index written as a stream is the text that JSON gives, in small pieces", async () => {
  const index = await manyGroups();
  const text = JSON.stringify(index);
  const pieces: Uint8Array[] = [];
  for await (const piece of indexStream(index)) pieces.push(piece);
  assertEquals(await new Blob(pieces as BlobPart[]).text(), text);
  assert(pieces.length > 1 && pieces.every(({ length }) => length < 256 * 1024));
  for (const { make } of FEATURES.slice(0, 60)) {
    await using mdf = await Mdf.open(make(), { damaged: "skip" });
    const small = mdf.toIndex();
    assertEquals(await new Response(indexStream(small) as BodyInit).json(), small);
  }
});

Deno.test("an index is read from a stream in any pieces, plain or packed", async () => {
  const index = await manyGroups();
  for (const gzip of [false, true]) {
    const bytes = await bytesOf(indexStream(index, { gzip }));
    for (const size of [1, 7, 4096, bytes.length]) {
      if (size === 1 && bytes.length > 50_000) continue;
      assertEquals(await readIndex(inPieces(bytes, size)), index, `${gzip}, ${size}`);
    }
  }
  assertEquals(await readIndex(inPieces(await bytesOf(indexStream(index)), 100_001)), index);
});

Deno.test("a stream that is no index is refused, and one that is too long is not read to its end", async () => {
  const text = (text: string) => new Blob([text]).stream();
  for (const wrong of ["", "{", "null", "[]", '{"format":"mf4-index","schema":99}', "\x1f"]) {
    await assertRejects(() => readIndex(text(wrong)), UsageError, undefined, wrong);
  }
  const index = await manyGroups();
  const packed = await bytesOf(indexStream(index, { gzip: true }));
  await assertRejects(() => readIndex(inPieces(packed.slice(0, -50), 999)), UsageError);
  const invalid = new Blob([Uint8Array.of(0x22, 0xff, 0xfe, 0x22)]).stream();
  await assertRejects(() => readIndex(invalid), UsageError);
  // A little that unpacks to very much.
  const bomb = new Blob([new Uint8Array(64 << 20).fill(0x20)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const error = await assertRejects(
    () => readIndex(bomb, { maxBytes: 1 << 20 }),
    LimitExceededError,
  );
  assertEquals(error.message.includes("1048576"), true);
});

Deno.test("a stream that fails or is given up fails with its own reason", async () => {
  const failing = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("the line is dead")),
  });
  await assertRejects(() => readIndex(failing), Error, "the line is dead");
  const stop = new AbortController();
  let cancelled: unknown;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(10).fill(0x20));
      return new Promise((done) => setTimeout(done, 1));
    },
    cancel: (reason) => void (cancelled = reason),
  });
  setTimeout(() => stop.abort(new Error("enough")), 20);
  await assertRejects(() => readIndex(endless, { signal: stop.signal }), Error, "enough");
  assertEquals((cancelled as Error).message, "enough");
});
