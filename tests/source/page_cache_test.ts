import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TruncatedFileError } from "../../lib/errors.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { PageCache, type PageCacheOptions } from "../../lib/source/page_cache.ts";
import { countingSource, minimalSource, patternBytes, strictSource } from "../_helpers.ts";

const bytes = patternBytes(1000);

async function makeCache(synchronous: boolean, options: PageCacheOptions = {}) {
  const source = countingSource(synchronous ? bytesSource(bytes) : strictSource(bytes));
  const cache = new PageCache(await SourceReader.open(source), { pageBytes: 64, ...options });
  return { source, cache };
}

Deno.test("any range is the same bytes, waiting or not, sparse or not, cached or not", async () => {
  const read = fc.record({
    offset: fc.nat(999),
    length: fc.integer({ min: 1, max: 200 }),
    sparse: fc.boolean(),
    peek: fc.boolean(),
  });
  const cases = fc.record({
    reads: fc.array(read, { minLength: 1, maxLength: 20 }),
    synchronous: fc.boolean(),
    pageBytes: fc.integer({ min: 1, max: 130 }),
    maxPages: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ reads, synchronous, pageBytes, maxPages }) => {
      const { cache } = await makeCache(synchronous, { pageBytes, maxPages });
      for (const { offset, length, sparse, peek } of reads) {
        const wanted = Math.min(length, 1000 - offset);
        const peeked = peek ? cache.peek(offset, wanted, sparse) : undefined;
        if (peek && synchronous) assert(peeked, "a synchronous source never makes one wait");
        const got = peeked ?? await cache.load(offset, wanted, undefined, sparse);
        assertEquals(got.slice(), bytes.slice(offset, offset + wanted));
      }
    }),
    { numRuns: 300, seed: 17 },
  );
});

Deno.test("small reads of one neighbourhood cost one read of the source", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous);
    for (let at = 128; at < 184; at += 8) await cache.load(at, 8);
    assertEquals(source.ranges, [[128, 64]]);
    // Behind a source that waits, what was loaded can be peeked at.
    assertEquals(cache.peek(130, 5)!.slice(), bytes.slice(130, 135));
    assertEquals(source.requests, 1);
  }
});

Deno.test("peek never waits: it gives undefined until the page was loaded", async () => {
  const { source, cache } = await makeCache(false);
  assertEquals(cache.peek(70, 4), undefined);
  assertEquals(source.requests, 0);
  await cache.load(64, 1);
  assertEquals(cache.peek(70, 4)!.slice(), bytes.slice(70, 74));
  assertEquals(cache.peek(126, 4), undefined, "the second half is on a page not loaded");
});

Deno.test("sparse reads bring no neighbours, but use what is there", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous);
    const read = async (at: number) =>
      cache.peek(at, 8, true) ?? await cache.load(at, 8, undefined, true);
    await read(200);
    await read(280);
    await read(200);
    assertEquals(source.ranges, [[200, 8], [280, 8], [200, 8]]);
    await cache.load(192, 8);
    assertEquals(source.ranges.at(-1), [192, 64]);
    assertEquals((await read(208)).slice(), bytes.slice(208, 216));
    assertEquals(source.requests, 4);
  }
});

Deno.test("sparse reads near each other bring their page", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous);
    for (const at of [200, 210, 220, 280]) {
      const found = cache.peek(at, 8, true) ?? await cache.load(at, 8, undefined, true);
      assertEquals(found.slice(), bytes.slice(at, at + 8));
    }
    assertEquals(source.ranges, [[200, 8], [192, 64], [280, 8]]);
  }
});

Deno.test("a range that goes on in the next page costs no read beside those of the pages", async () => {
  const { source, cache } = await makeCache(false);
  for (let at = 0; at + 24 <= 1000; at += 24) {
    const found = cache.peek(at, 24) ?? await cache.load(at, 24);
    assertEquals(found.slice(), bytes.slice(at, at + 24));
  }
  assertEquals(source.ranges.map(([at]) => at), Array.from({ length: 16 }, (_, page) => 64 * page));
  assertEquals(cache.peek(60, 8)!.slice(), bytes.slice(60, 68), "both pages are there");
  await cache.load(40, 100);
  assertEquals(source.ranges.at(-1), [40, 100], "three pages are too many");
});

Deno.test("what was read alone can be looked at again", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous);
    await cache.load(200, 24, undefined, true);
    assertEquals(cache.peek(200, 24, true)!.slice(), bytes.slice(200, 224));
    assertEquals(cache.peek(208, 8)!.slice(), bytes.slice(208, 216));
    await cache.load(30, 100);
    assertEquals(cache.peek(60, 70)!.slice(), bytes.slice(60, 130));
    assertEquals(source.ranges, [[200, 24], [30, 100]]);
  }
});

Deno.test("without waiting, pages in file order come in ever longer reads", async () => {
  const { source, cache } = await makeCache(true, { maxPages: 16, maxPagesAhead: 4 });
  for (let at = 0; at < 1000; at += 8) {
    assertEquals(cache.peek(at, 8)!.slice(), bytes.slice(at, at + 8));
  }
  assertEquals(source.ranges, [[0, 64], [64, 128], [192, 256], [448, 256], [704, 256], [960, 40]]);
  const single = await makeCache(true, { maxPagesAhead: 1 });
  for (let at = 0; at < 1000; at += 8) single.cache.peek(at, 8);
  assertEquals(single.source.requests, 16);
});

Deno.test("memory of pages that went is used again, and never for what is still kept", async () => {
  const many = patternBytes(64 * 400);
  const source = countingSource(bytesSource(many));
  const cache = new PageCache(await SourceReader.open(source), { pageBytes: 64 });
  const buffers = new Set<ArrayBufferLike>();
  // In two places at once, forth and then back.
  const walk = [...Array(200).keys()].flatMap((i) => [i, 399 - i]);
  for (const page of [...walk, ...walk.toReversed(), ...walk, ...walk, ...walk]) {
    const at = page * 64 + 5;
    const found = cache.peek(at, 20)!;
    buffers.add(found.buffer);
    assertEquals(found.slice(), many.slice(at, at + 20));
  }
  const again = source.requests - buffers.size;
  assert(again > 20, `${source.requests} reads into ${buffers.size} buffers`);
  source.reset();
  for (const page of walk) cache.peek(page * 64, 8);
  assertEquals(source.requests, 0, "what was read again made the cache larger");
});

Deno.test("no more pages are kept than allowed; the oldest goes first", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous, { maxPages: 3 });
    for (const page of [0, 1, 2, 3]) await cache.load(page * 64, 1);
    assertEquals(source.requests, 4);
    for (const page of [1, 2, 3]) await cache.load(page * 64 + 8, 8);
    assertEquals(source.requests, 4, "three pages are there");
    await cache.load(0, 1);
    assertEquals(source.ranges.at(-1), [0, 64], "the first had to go");
    await cache.load(64, 1);
    assertEquals(source.ranges.at(-1), [64, 64], "then the second");
  }
});

Deno.test("two loads of a page at the same time leave the cache as one would", async () => {
  const { source, cache } = await makeCache(false, { maxPages: 2 });
  await cache.load(512, 8);
  const [a, b] = await Promise.all([cache.load(0, 8), cache.load(8, 8)]);
  assertEquals([a.slice(), b.slice()], [bytes.slice(0, 8), bytes.slice(8, 16)]);
  source.reset();
  await cache.load(0, 8);
  await cache.load(512, 8);
  assertEquals(source.requests, 0, "both pages are still there");
});

Deno.test("ranges larger than a page are read alone and not kept", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous);
    assertEquals((await cache.load(60, 100)).slice(), bytes.slice(60, 160));
    await cache.load(60, 100);
    assertEquals(source.ranges, [[60, 100], [60, 100]]);
  }
});

Deno.test("the last page is as short as the file makes it", async () => {
  for (const synchronous of [true, false]) {
    const { source, cache } = await makeCache(synchronous);
    assertEquals((await cache.load(992, 8)).slice(), bytes.slice(992));
    assertEquals(source.ranges, [[960, 40]]);
    const error = await assertRejects(() => cache.load(996, 8), TruncatedFileError);
    assertEquals(error.offset, 996);
  }
  const { cache } = await makeCache(true);
  assertThrows(() => cache.peek(996, 8), TruncatedFileError);
  assertThrows(() => cache.peek(5000, 8), TruncatedFileError);
});

Deno.test("the observer is told of each read that reaches the source", async () => {
  for (const synchronous of [true, false]) {
    const told: number[][] = [];
    const { source, cache } = await makeCache(synchronous, {
      onRead: (offset, length) => told.push([offset, length]),
    });
    for (const [at, length] of [[0, 8], [8, 8], [60, 8], [500, 200], [998, 2]]) {
      cache.peek(at, length) ?? await cache.load(at, length);
    }
    assertEquals(told, source.ranges.map((range) => [...range]));
    const straddling = synchronous ? [60, 8] : [64, 64];
    assertEquals(told, [[0, 64], straddling, [500, 200], [960, 40]]);
  }
});

Deno.test("a failed load is not remembered", async () => {
  let broken = true;
  const good = minimalSource(bytes, 1000);
  const cache = new PageCache(
    await SourceReader.open({
      ...good,
      read(offset, length) {
        if (broken) return Promise.reject(new Error("planted"));
        return good.read(offset, length);
      },
    }),
  );
  await assertRejects(() => cache.load(0, 8), Error, "planted");
  broken = false;
  assertEquals((await cache.load(0, 8)).slice(), bytes.slice(0, 8));
});

Deno.test("the signal cancels a load", async () => {
  const { cache } = await makeCache(false);
  const reason = new Error("enough");
  assertEquals(await assertRejects(() => cache.load(0, 8, AbortSignal.abort(reason))), reason);
});
