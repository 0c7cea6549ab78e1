import { assert, assertEquals, assertRejects } from "@std/assert";
import { RangeCache } from "../../lib/source/range_cache.ts";
import { patternBytes } from "../_helpers.ts";

const SIZE = 1000;
const bytes = patternBytes(SIZE);

/** A cache of 300 bytes in blocks of 50, over fetches that end when they are told to. */
function make() {
  const ranges: [number, number][] = [];
  const signals: AbortSignal[] = [];
  const gates: (() => void)[] = [];
  let held = false;
  const cache = new RangeCache(async (offset, length, signal) => {
    ranges.push([offset, length]);
    signals.push(signal);
    if (held) await new Promise<void>((resolve) => gates.push(resolve));
    signal.throwIfAborted();
    return bytes.slice(offset, offset + length);
  }, { cacheBytes: 300, blockBytes: 50, keptBytes: 120 });
  const read = (offset: number, length: number, signal?: AbortSignal) =>
    cache.read(offset, length, SIZE, signal);
  return {
    ...{ cache, ranges, signals, read },
    hold: () => held = true,
    release: () => {
      held = false;
      for (const open of gates.splice(0)) open();
    },
  };
}

Deno.test("small ranges bring whole blocks, which are kept", async () => {
  const { ranges, read } = make();
  assertEquals(await read(110, 10), bytes.slice(110, 120));
  assertEquals(await read(100, 50), bytes.slice(100, 150));
  assertEquals(await read(140, 20), bytes.slice(140, 160));
  assertEquals(await read(990, 10), bytes.slice(990));
  assertEquals(ranges, [[100, 50], [100, 100], [950, 50]]);
});

Deno.test("larger ranges are exact, and kept up to a size", async () => {
  const { ranges, read } = make();
  for (let round = 0; round < 2; round++) {
    assertEquals(await read(7, 120), bytes.slice(7, 127));
    assertEquals(await read(200, 121), bytes.slice(200, 321));
  }
  assertEquals(ranges, [[7, 120], [200, 121], [200, 121]]);
});

Deno.test("what was used longest ago goes first", async () => {
  const { ranges, read } = make();
  await read(0, 100);
  await read(100, 100);
  await read(200, 100);
  await read(0, 10);
  await read(300, 100);
  ranges.length = 0;
  await read(0, 100);
  await read(100, 100);
  assertEquals(ranges, [[100, 100]]);
});

Deno.test("reads at the same time share a fetch; one that gives up does not fail the others", async () => {
  const { ranges, signals, read, hold, release } = make();
  hold();
  const stop = new AbortController();
  const one = read(0, 100, stop.signal);
  const two = read(10, 60);
  const reason = new Error("enough");
  stop.abort(reason);
  assertEquals(await assertRejects(() => one), reason);
  assert(!signals[0].aborted);
  release();
  assertEquals(await two, bytes.slice(10, 70));
  assertEquals(ranges, [[0, 100]]);
});

Deno.test("the last reader that gives up ends the fetch, and the next one starts anew", async () => {
  const { ranges, signals, read, hold, release } = make();
  hold();
  const stops = [new AbortController(), new AbortController()];
  const both = stops.map(({ signal }) => read(0, 100, signal));
  for (const stop of stops) stop.abort(new Error("enough"));
  for (const one of both) await assertRejects(() => one, Error, "enough");
  assert(signals[0].aborted);
  release();
  assertEquals(await read(0, 100), bytes.slice(0, 100));
  assertEquals(ranges.length, 2);
});

Deno.test("a fetch that fails is not remembered", async () => {
  let fail = true;
  const cache = new RangeCache((offset, length) => {
    if (fail) return Promise.reject(new Error("no"));
    return Promise.resolve(bytes.slice(offset, offset + length));
  }, { cacheBytes: 300, blockBytes: 1, keptBytes: 100 });
  await assertRejects(() => cache.read(0, 10, SIZE), Error, "no");
  fail = false;
  assertEquals(await cache.read(0, 10, SIZE), bytes.slice(0, 10));
});
