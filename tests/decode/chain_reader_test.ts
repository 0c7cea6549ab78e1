import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deflateSync } from "node:zlib";
import { CorruptFileError, TruncatedFileError } from "../../lib/errors.ts";
import { ChainReader } from "../../lib/decode/chain_reader.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import type { DataChain, Fragment } from "../../lib/structure/measurement.ts";

/** A file of which every second fragment is deflated, and the chain over it. */
function makeChain(data: Uint8Array, sizes: number[]): { file: Uint8Array; chain: DataChain } {
  const parts: Uint8Array[] = [];
  const fragments: Fragment[] = [];
  let at = 0;
  let from = 0;
  sizes.forEach((size, i) => {
    const piece = data.subarray(from, from + size);
    const stored = i % 2 === 1 ? new Uint8Array(deflateSync(piece)) : piece;
    fragments.push(
      i % 2 === 1
        ? { offset: at, length: size, zip: 0, stored: stored.length }
        : { offset: at, length: size },
    );
    parts.push(stored);
    at += stored.length;
    from += size;
  });
  const file = new Uint8Array(at);
  at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return { file, chain: { fragments, length: from } };
}

Deno.test("trap 6: any range of a chain reads as if there were no blocks", async () => {
  const cases = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
    from: fc.nat(1000),
    length: fc.nat(1000),
    synchronous: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ sizes, from, length, synchronous }) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const data = Uint8Array.from({ length: total }, (_, i) => (i * 37 + 11) & 0xff);
      const { file, chain } = makeChain(data, sizes);
      const whole = bytesSource(file);
      const source = synchronous
        ? whole
        : { size: whole.size, read: whole.read, name: "asynchronous" };
      const reader = new ChainReader(await SourceReader.open(source), chain);
      const at = from % total;
      const target = new Uint8Array(length % (total - at + 1));
      await reader.readInto(at, target);
      assertEquals(target, data.slice(at, at + target.length));
    }),
    { numRuns: 300, seed: 3 },
  );
});

Deno.test("a range past the end of the chain is an error", async () => {
  const { file, chain } = makeChain(new Uint8Array(10), [10]);
  const reader = new ChainReader(await SourceReader.open(bytesSource(file)), chain);
  const error = assertThrows(() => reader.readInto(5, new Uint8Array(6)), CorruptFileError);
  assertEquals(error.file, "(bytes in memory)");
});

Deno.test("the problem of a chain is thrown with its place", async () => {
  const source = await SourceReader.open(bytesSource(new Uint8Array(10), "a.mf4"));
  const chain: DataChain = {
    fragments: [],
    length: 0,
    problem: { code: "truncated", reason: "cut", block: "DT", offset: 77, path: "HD>DG[0]" },
  };
  const error = assertThrows(() => new ChainReader(source, chain), TruncatedFileError);
  assertEquals([error.file, error.block, error.offset], ["a.mf4", "DT", 77]);
});

Deno.test("damaged compressed data names file, block and offset", async () => {
  const { file, chain } = makeChain(new Uint8Array(100), [50, 50]);
  file.fill(0xff, chain.fragments[1].offset);
  const reader = new ChainReader(await SourceReader.open(bytesSource(file, "b.mf4")), chain);
  const error = await assertRejects(async () => {
    await reader.readInto(40, new Uint8Array(20));
  });
  assertInstanceOf(error, CorruptFileError);
  assertEquals([error.file, error.block, error.offset], [
    "b.mf4",
    "DZ",
    chain.fragments[1].offset - 48,
  ]);
});

Deno.test("zeros that the file does not store read as zeros", async () => {
  const chain: DataChain = {
    fragments: [{ offset: -1, length: 3 }, { offset: 0, length: 2 }],
    length: 5,
  };
  const reader = new ChainReader(await SourceReader.open(bytesSource(Uint8Array.of(7, 8))), chain);
  const target = new Uint8Array(5).fill(9);
  await reader.readInto(0, target);
  assertEquals(target, Uint8Array.of(0, 0, 0, 7, 8));
});
