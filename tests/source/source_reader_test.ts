import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SourceError, TruncatedFileError } from "../../lib/errors.ts";
import { type ByteSource, SourceReader } from "../../lib/source/byte_source.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { countingSource, minimalSource, patternBytes, strictSource } from "../_helpers.ts";

const bytes = patternBytes(300);

Deno.test("short answers are continued until the range is whole", async () => {
  const cases = fc.record({
    offset: fc.nat(299),
    length: fc.nat(300),
    most: fc.integer({ min: 1, max: 50 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ offset, length, most }) => {
      const wanted = Math.min(length, 300 - offset);
      const source = countingSource(minimalSource(bytes, most));
      const reader = await SourceReader.open(source);
      assertEquals(await reader.read(offset, wanted), bytes.slice(offset, offset + wanted));
      assertEquals(source.requests, Math.ceil(wanted / most));
      assertEquals(reader.bytesRead, wanted);
    }),
    { numRuns: 100, seed: 5 },
  );
});

Deno.test("of an answer that is too long, the bytes asked for are taken", async () => {
  const generous: ByteSource = {
    size: () => Promise.resolve(300),
    read: (offset) => Promise.resolve(bytes.slice(offset)),
  };
  const reader = await SourceReader.open(generous);
  assertEquals(await reader.read(10, 7), bytes.slice(10, 17));
  const target = new Uint8Array(5);
  await reader.readInto(100, target);
  assertEquals(target, bytes.slice(100, 105));
  assertEquals(reader.bytesRead, 12);
});

Deno.test("a source without bytes where bytes should be is an error with the place", async () => {
  const shrunk: ByteSource = {
    name: "drive.mf4",
    size: () => Promise.resolve(300),
    read: (offset, length) => Promise.resolve(bytes.slice(offset, Math.min(offset + length, 50))),
  };
  const reader = await SourceReader.open(shrunk);
  const error = await assertRejects(() => reader.read(40, 20), TruncatedFileError);
  assertEquals([error.file, error.offset], ["drive.mf4", 50]);
  assertEquals(
    error.message,
    "drive.mf4: at offset 50 (0x32): the source gave no bytes although 10 more were expected; " +
      "the file may have shrunk while it was read",
  );
});

Deno.test("ranges the file does not have never reach the source", async () => {
  for (const source of [strictSource(bytes, "drive.mf4"), bytesSource(bytes, "drive.mf4")]) {
    const counting = countingSource(source);
    const reader = await SourceReader.open(counting);
    for (
      const [offset, length] of [
        [300, 1],
        [299, 2],
        [-1, 1],
        [0, 301],
        [2 ** 53, 8],
        [0, 2 ** 53],
        [
          NaN,
          1,
        ],
        [0, NaN],
        [5, -1],
        [Infinity, 1],
      ]
    ) {
      const error = await assertRejects(() => reader.read(offset, length), TruncatedFileError);
      assertEquals([error.file, error.offset], ["drive.mf4", offset]);
    }
    const error = assertThrows(() => reader.readInto(296, new Uint8Array(8)), TruncatedFileError);
    assertEquals(
      error.reason,
      "8 bytes are needed here but the file has 300 bytes; it is cut off, or the length or link " +
        "that led here is wrong",
    );
    assertEquals(counting.requests, 0);
  }
});

Deno.test("the end of the file can be read, and nothing at it", async () => {
  const reader = await SourceReader.open(strictSource(bytes));
  assertEquals(await reader.read(292, 8), bytes.slice(292));
  assertEquals(await reader.read(300, 0), new Uint8Array(0));
  const empty = await SourceReader.open(strictSource(new Uint8Array(0)));
  assertEquals(empty.size, 0);
  assertEquals(await empty.read(0, 0), new Uint8Array(0));
  await assertRejects(() => empty.read(0, 1), TruncatedFileError);
});

Deno.test("a source that can do without waiting is read without waiting", async () => {
  const counting = countingSource(bytesSource(bytes));
  const reader = await SourceReader.open(counting);
  assertEquals(reader.synchronous, true);
  const target = new Uint8Array(6);
  assertEquals(reader.readInto(8, target), undefined);
  assertEquals(target, bytes.slice(8, 14));
  assertEquals([counting.ranges, reader.bytesRead], [[[8, 6]], 6]);
  const waiting = await SourceReader.open(strictSource(bytes));
  assertEquals(waiting.synchronous, false);
  assertInstanceOf(waiting.readInto(8, target), Promise);
});

Deno.test("a size that is no number of bytes is refused, with the name of the source", async () => {
  for (const size of [-1, 1.5, NaN, Infinity, 2 ** 53, "12" as unknown as number]) {
    const source = {
      ...minimalSource(bytes),
      name: "odd source",
      size: () => Promise.resolve(size),
    };
    const error = await assertRejects(() => SourceReader.open(source), SourceError);
    assertEquals(error.file, "odd source");
    assertEquals(
      error.reason,
      `size() gave ${size}; a byte source must give a whole number of bytes`,
    );
  }
});

Deno.test("a source without a name is called one in errors", async () => {
  const reader = await SourceReader.open(minimalSource(bytes));
  const error = await assertRejects(() => reader.read(300, 1), TruncatedFileError);
  assertEquals(error.file, "(unnamed source)");
});

Deno.test("the signal reaches the source, and its abort ends a read of many short answers", async () => {
  const strict = await SourceReader.open(strictSource(bytes));
  const reason = new Error("enough");
  assertEquals(await assertRejects(() => strict.read(0, 8, AbortSignal.abort(reason))), reason);

  // This source knows nothing of signals.
  const abort = new AbortController();
  const slow = minimalSource(bytes, 1);
  const counting = countingSource({
    ...slow,
    read(offset, length) {
      if (offset === 10) abort.abort(reason);
      return slow.read(offset, length);
    },
  });
  const reader = await SourceReader.open(counting);
  assertEquals(await assertRejects(() => reader.read(0, 300, abort.signal)), reason);
  assertEquals(counting.requests, 11);
});

Deno.test("size is asked once, with the options; validator and close are passed on", async () => {
  const asked: unknown[] = [];
  let closed = 0;
  const options = { signal: new AbortController().signal };
  const reader = await SourceReader.open({
    validator: 'etag "7"',
    size: (options) => {
      asked.push(options);
      return Promise.resolve(300);
    },
    read: strictSource(bytes).read,
    close: () => Promise.resolve(void closed++),
  }, options);
  await reader.read(0, 300);
  await reader.read(0, 300);
  assertEquals(asked, [options]);
  assertEquals(reader.validator, 'etag "7"');
  await reader.close();
  assertEquals(closed, 1);
  await (await SourceReader.open(minimalSource(bytes))).close();
});
