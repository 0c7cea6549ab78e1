import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SourceChangedError } from "../../lib/errors.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import { blobSource, bytesSource } from "../../lib/source/memory_source.ts";
import { patternBytes } from "../_helpers.ts";

const bytes = patternBytes(1000);

Deno.test("bytes in memory are handed out as copies", async () => {
  const mine = bytes.slice();
  const source = bytesSource(mine);
  assertEquals(source.name, "(bytes in memory)");
  assertEquals(bytesSource(mine, "drive.mf4").name, "drive.mf4");
  assertEquals(await source.size(), 1000);
  const part = await source.read(10, 20);
  assertEquals(part, bytes.slice(10, 30));
  part.fill(0);
  assertEquals(mine, bytes);
  const target = new Uint8Array(7);
  source.readIntoSync!(993, target);
  assertEquals(target, bytes.slice(993));
});

Deno.test("a view is read from where it starts", async () => {
  const view = bytes.subarray(100, 200);
  const reader = await SourceReader.open(bytesSource(view));
  assertEquals(reader.size, 100);
  assertEquals(await reader.read(0, 100), bytes.slice(100, 200));
});

Deno.test("bytes that were transferred away are an error, not zeros", async () => {
  const mine = bytes.slice();
  const source = bytesSource(mine, "drive.mf4");
  const reader = await SourceReader.open(source);
  structuredClone(mine, { transfer: [mine.buffer] });
  const error = assertThrows(() => reader.readInto(8, new Uint8Array(4)), SourceChangedError);
  assertEquals([error.file, error.offset], ["drive.mf4", 8]);
  assertEquals(
    error.reason,
    "4 bytes are needed here but only 0 are left in memory; do not transfer or resize the buffer " +
      "while the file is open",
  );
  await assertRejects(() => reader.read(0, 4), SourceChangedError);
});

Deno.test("bytes of a buffer that was made smaller are an error, not zeros", async () => {
  const buffer = new ArrayBuffer(100, { maxByteLength: 100 });
  new Uint8Array(buffer).set(bytes.subarray(0, 100));
  const reader = await SourceReader.open(bytesSource(new Uint8Array(buffer)));
  buffer.resize(50);
  assertEquals(await reader.read(40, 10), bytes.slice(40, 50));
  await assertRejects(() => reader.read(45, 10), SourceChangedError);
});

Deno.test("a blob is read slice by slice", async () => {
  const source = blobSource(new Blob([bytes]));
  assertEquals([source.name, source.validator], ["(blob)", undefined]);
  const reader = await SourceReader.open(source);
  assertEquals([reader.size, reader.synchronous], [1000, false]);
  assertEquals(await reader.read(500, 500), bytes.slice(500));
  assertEquals(await source.read(990, 100), bytes.slice(990));
});

Deno.test("a File brings its name and its date", () => {
  const file = new File([bytes], "drive.mf4", { lastModified: 1_700_000_000_000 });
  const source = blobSource(file);
  assertEquals([source.name, source.validator], ["drive.mf4", "modified 1700000000000"]);
  assertEquals(blobSource(file, "other").name, "other");
});

Deno.test("a blob whose file changed is a typed error with the cause in words", async () => {
  const gone = new Blob([bytes]);
  gone.slice = () => {
    const part = new Blob();
    part.arrayBuffer = () =>
      Promise.reject(new DOMException("the file was modified", "NotReadableError"));
    return part;
  };
  const source = blobSource(gone, "drive.mf4");
  const error = await assertRejects(() => source.read(16, 4), SourceChangedError);
  assertEquals([error.file, error.offset], ["drive.mf4", 16]);
  assertEquals(
    error.reason,
    "the blob can no longer be read (NotReadableError: the file was modified); the file behind it " +
      "may have changed",
  );
});

Deno.test("an aborted read of a blob rejects with the reason", async () => {
  const reason = new Error("enough");
  const source = blobSource(new Blob([bytes]));
  const error = await assertRejects(() => source.read(0, 4, { signal: AbortSignal.abort(reason) }));
  assertEquals(error, reason);
});
