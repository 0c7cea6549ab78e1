import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { deflateSync } from "node:zlib";
import { ChainReader } from "../../lib/decode/chain_reader.ts";
import { SLOT_STATE } from "../../lib/decode/inflate_thread.ts";
import { InflateWorkers } from "../../lib/decode/inflate_workers.ts";
import { CorruptFileError, TruncatedFileError } from "../../lib/errors.ts";
import { type ByteSource, SourceReader } from "../../lib/source/byte_source.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import type { DataChain, Fragment } from "../../lib/structure/measurement.ts";
import { transpose } from "../../lib/writer/compress_block.ts";
import { patternBytes } from "../_helpers.ts";

/** A file that holds blocks of a chain, and what they unpack to. */
interface Blocks {
  file: Uint8Array<ArrayBuffer>;
  chain: DataChain;
  bytes: Uint8Array;
}

const MIB = 1024 * 1024;
/** Enough for threads to be started. */
const LARGE = 64 * MIB;

function transposed(bytes: Uint8Array, columns: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  transpose(bytes, columns, out);
  return out;
}

/** Cuts bytes into blocks of these sizes in turn; `zipOf` says how each is stored. */
function makeBlocks(
  bytes: Uint8Array,
  sizes: readonly number[],
  zipOf: (block: number) => 0 | 1 | undefined = () => 0,
): Blocks {
  const parts: Uint8Array[] = [];
  const fragments: Fragment[] = [];
  let offset = 0;
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const plain = bytes.subarray(at, at + sizes[i % sizes.length]);
    at += plain.length;
    const zip = zipOf(i);
    const columns = zip === 1 ? 11 : undefined;
    const stored = zip === undefined
      ? plain
      : new Uint8Array(deflateSync(columns ? transposed(plain, columns) : plain, { level: 1 }));
    const packed = zip === undefined ? {} : { zip, stored: stored.length, columns };
    fragments.push({ offset, length: plain.length, ...packed });
    parts.push(stored);
    offset += stored.length;
  }
  const file = new Uint8Array(offset);
  parts.forEach((part, i) => file.set(part, fragments[i].offset));
  return { file, bytes, chain: { fragments, length: bytes.length } };
}

/** Reads `[from, to)` in steps. */
async function readInSteps(
  chain: ChainReader,
  step: number,
  from = 0,
  to = chain.length,
): Promise<Uint8Array> {
  const out = new Uint8Array(to - from);
  for (let at = from; at < to; at += step) {
    await chain.readInto(at, out.subarray(at - from, Math.min(to, at + step) - from));
  }
  return out;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A reader of the chain that other threads work for, and those threads. */
async function openAhead(
  blocks: Blocks,
  source: ByteSource = bytesSource(blocks.file, "test.mf4"),
  threads = 2,
) {
  const workers = new InflateWorkers(threads);
  const reader = await SourceReader.open(source);
  return {
    workers,
    chain: new ChainReader(reader, blocks.chain, { workers }),
    [Symbol.dispose]: () => workers.close(),
  };
}

/** Waits as long as a disk might take. */
function slowSource(file: Uint8Array): ByteSource {
  return {
    name: "slow.mf4",
    size: () => Promise.resolve(file.length),
    read: (offset, length) =>
      new Promise((resolve) =>
        setTimeout(() => resolve(file.slice(offset, offset + length)), offset % 3)
      ),
  };
}

const large = patternBytes(LARGE);

for (
  const [title, sizes, zipOf] of [
    ["of four megabytes", [4 * MIB], () => 0],
    ["of any size, some of them plain", [5, 3 * MIB, 70_000, MIB], (i) => i % 5 ? 0 : undefined],
    ["of little size", [40_000], () => 0],
    ["of transposed data with a rest", [MIB + 3, 2 * MIB], () => 1],
    ["of several kinds", [300_000, 7], (i) => ([0, 1, undefined] as const)[i % 3]],
  ] as [string, number[], (block: number) => 0 | 1 | undefined][]
) {
  Deno.test(`blocks ${title} unpack ahead as they do alone`, async () => {
    const blocks = makeBlocks(large, sizes, zipOf);
    for (const source of [bytesSource(blocks.file, "test.mf4"), slowSource(blocks.file)]) {
      for (const whole of [false, true]) {
        using opened = await openAhead(blocks, source);
        opened.chain.expect(0, LARGE, whole);
        assertEquals(opened.workers.threads, 2);
        assert(same(await readInSteps(opened.chain, 250_007), large));
      }
    }
  });
}

/** Reads in steps, in place where the bytes lie in one piece, and tells how many of the steps did. */
async function viewInSteps(chain: ChainReader, step: number, out: Uint8Array): Promise<number> {
  let viewed = 0;
  for (let at = 0; at < chain.length; at += step) {
    const length = Math.min(step, chain.length - at);
    const view = await chain.view(at, length);
    if (view) {
      assertEquals(view.length, length);
      out.set(view, at);
      viewed++;
    } else await chain.readInto(at, out.subarray(at, at + length));
  }
  return viewed;
}

for (const threads of [0, 2]) {
  Deno.test(`with ${threads} threads, what was unpacked is seen where it is, and read across blocks`, async () => {
    const blocks = makeBlocks(large, [MIB, 70_000], (i) => i === 7 ? undefined : i === 9 ? 1 : 0);
    for (const whole of [false, true]) {
      const workers = new InflateWorkers(threads);
      const source = await SourceReader.open(bytesSource(blocks.file));
      const chain = new ChainReader(source, blocks.chain, { workers });
      assertEquals(await chain.view(0, 10), undefined, "nothing was expected yet");
      chain.expect(0, LARGE, whole);
      const out = new Uint8Array(LARGE);
      const viewed = await viewInSteps(chain, 50_000, out);
      assert(same(out, large));
      const steps = Math.ceil(LARGE / 50_000);
      assert(viewed > 0.8 * steps && viewed < steps, `${viewed} of ${steps} steps`);
      assertEquals(await chain.view(LARGE - 10, 11), undefined, "beyond the end");
      workers.close();
    }
  });

  Deno.test(`with ${threads} threads, a wrong check sum is found before the last byte that is taken of a block`, async () => {
    const sizes = [4 * MIB, 300_000, 500_000];
    const end = LARGE - 1000;
    for (const damaged of [0, 1, 2, 7, makeBlocks(large, sizes).chain.fragments.length - 1]) {
      const blocks = makeBlocks(large, sizes);
      const range = damageBlock(blocks, damaged);
      const last = Math.min(end, range.end) - 1;
      for (const whole of [false, true]) {
        const workers = new InflateWorkers(threads);
        const source = await SourceReader.open(bytesSource(blocks.file));
        const chain = new ChainReader(source, blocks.chain, { workers });
        chain.expect(0, end, whole);
        let at = 0;
        await assertRejects(async () => {
          for (; at <= last; at += 10_000) {
            const step = new Uint8Array(Math.min(10_000, last + 1 - at));
            await chain.readInto(at, step);
            assert(same(step, large.subarray(at, at + step.length)));
          }
        }, CorruptFileError);
        assert(at + 10_000 > range.start && (whole || at <= range.start));
        workers.close();
      }
    }
  });
}

/** Makes the check sum of a block wrong, and gives the range of its bytes. */
function damageBlock({ file, chain: { fragments } }: Blocks, block: number) {
  const { offset, stored, length } = fragments[block];
  file[offset + stored! - 1] ^= 1;
  const start = fragments.slice(0, block).reduce((sum, { length }) => sum + length, 0);
  return { start, end: start + length };
}

Deno.test("who takes all has the bytes of a block before its check sum", async () => {
  const blocks = makeBlocks(large, [4 * MIB]);
  damageBlock(blocks, 1);
  using opened = await openAhead(blocks, undefined, 0);
  const { chain } = opened;
  chain.expect(0, LARGE, true);
  const most = 6 * MIB;
  assert(same(await readInSteps(chain, 10_000, 0, most), large.subarray(0, most)));
  // Of what ends inside of the block, the last byte comes behind the check sum.
  chain.expect(0, most, true);
  assert(same(await readInSteps(chain, 10_000, 0, most - 1), large.subarray(0, most - 1)));
  await assertRejects(() => readInSteps(chain, 10_000, most - 1, most), CorruptFileError);
  chain.expect(0, LARGE);
  await readInSteps(chain, 10_000, 0, 4 * MIB);
  await assertRejects(() => readInSteps(chain, 10_000, 4 * MIB, most), CorruptFileError);
});

Deno.test("a view holds until bytes of a later block are asked for", async () => {
  const blocks = makeBlocks(large, [MIB]);
  using opened = await openAhead(blocks);
  const { chain } = opened;
  chain.expect(0, LARGE);
  const view = (await chain.view(100, 1000))!;
  await chain.view(5000, 1000);
  await chain.readInto(7000, new Uint8Array(100));
  assertEquals(view, large.subarray(100, 1100));
});

Deno.test("damaged data is not shown; reading it gives the error", async () => {
  const blocks = makeBlocks(large, [MIB]);
  const { offset, stored } = blocks.chain.fragments[0];
  blocks.file[offset + stored! - 1] ^= 1;
  using opened = await openAhead(blocks);
  opened.chain.expect(0, LARGE);
  assertEquals(await opened.chain.view(0, 1000), undefined);
  await assertRejects(async () => {
    await opened.chain.readInto(0, new Uint8Array(1000));
  }, CorruptFileError);
});

Deno.test("blocks that are too large to be unpacked ahead are unpacked alone", async () => {
  const blocks = makeBlocks(large, [9 * MIB, 8 * MIB], () => 0);
  using opened = await openAhead(blocks);
  opened.chain.expect(0, LARGE);
  assert(same(await readInSteps(opened.chain, 250_007), large));
});

Deno.test("only what is expected is unpacked ahead, and anything else can be read too", async () => {
  const blocks = makeBlocks(large, [MIB]);
  using opened = await openAhead(blocks);
  const { chain } = opened;
  chain.expect(MIB + 5, LARGE - 5);
  const middle = await readInSteps(chain, 300_001, MIB + 5, LARGE - 5);
  assert(same(middle, large.subarray(MIB + 5, LARGE - 5)));
  const start = new Uint8Array(100);
  await chain.readInto(0, start);
  assertEquals(start, large.subarray(0, 100));
  await chain.readInto(LARGE - 100, start);
  assertEquals(start, large.subarray(LARGE - 100));
});

Deno.test("little data starts no thread", async () => {
  const blocks = makeBlocks(large.subarray(0, 4 * MIB), [MIB]);
  using opened = await openAhead(blocks);
  opened.chain.expect(0, 4 * MIB);
  assertEquals(opened.workers.threads, 0);
  assert(opened.workers.slots.length > 1, "two blocks can be unpacked in turns");
  assert(same(await readInSteps(opened.chain, 100_000), blocks.bytes));
});

Deno.test("without threads two blocks are unpacked in turns, of any kind and size", async () => {
  const sizes = [5, 3 * MIB, 70_000, MIB + 3];
  const blocks = makeBlocks(large, sizes, (i) => ([0, 1, undefined, 0, 1] as const)[i % 5]);
  for (const source of [bytesSource(blocks.file), slowSource(blocks.file)]) {
    const workers = new InflateWorkers(0);
    const chain = new ChainReader(await SourceReader.open(source), blocks.chain, { workers });
    chain.expect(0, LARGE);
    assertEquals(workers.threads, 0);
    assert(workers.slots.length > 1);
    assert(same(await readInSteps(chain, 250_007), large));
    // What was begun and is not wanted any more gives its slot back.
    chain.expect(0, LARGE);
    assert(same(await readInSteps(chain, MIB, 0, MIB), large.subarray(0, MIB)));
    chain.expect(20 * MIB, LARGE);
    assert(same(await readInSteps(chain, MIB, 20 * MIB), large.subarray(20 * MIB)));
    chain.expect(0, 0);
    assert(workers.slots.every((slot) => workers.state(slot) === SLOT_STATE.empty));
    workers.leave();
    assertEquals(workers.slots.length, 0);
  }
});

Deno.test("without threads, the memory that is left serves who comes next, if it is large enough", async () => {
  const blocks = makeBlocks(large.subarray(0, 20 * MIB), [MIB]);
  const begin = async (blocks: Blocks) => {
    const { chain, workers } = await openAhead(blocks, undefined, 0);
    chain.expect(0, blocks.bytes.length);
    return { chain, workers, memory: workers.slots[0].unpacked.buffer };
  };
  const finish = async (
    { chain, workers }: Awaited<ReturnType<typeof begin>>,
    { bytes }: Blocks,
  ) => {
    assert(same(await readInSteps(chain, 333_333), bytes));
    chain.expect(0, 0);
    workers.leave();
    assertEquals(workers.slots.length, 0);
  };
  const first = await begin(blocks);
  await finish(first, blocks);
  const [second, third] = [await begin(blocks), await begin(blocks)];
  assertStrictEquals(second.memory, first.memory);
  assertNotStrictEquals(third.memory, first.memory, "somebody uses it");
  await Promise.all([finish(second, blocks), finish(third, blocks)]);

  const wide = makeBlocks(large.subarray(0, 20 * MIB), [5 * MIB]);
  const fourth = await begin(wide);
  assert(![first.memory, third.memory].includes(fourth.memory), "it is too small");
  await finish(fourth, wide);
  const fifth = await begin(blocks);
  assertStrictEquals(fifth.memory, fourth.memory);
  // Nobody finds what is still being filled.
  await readInSteps(fifth.chain, MIB, 0, MIB);
  fifth.workers.close();
  const sixth = await begin(blocks);
  assertNotStrictEquals(sixth.memory, fourth.memory);
  await finish(sixth, blocks);
});

Deno.test("two readers share the threads", async () => {
  const a = makeBlocks(large, [MIB]);
  const b = makeBlocks(large.toReversed(), [MIB, 1000], (i) => i % 2 ? 1 : 0);
  using opened = await openAhead(b);
  const source = await SourceReader.open(bytesSource(a.file));
  const other = new ChainReader(source, a.chain, { workers: opened.workers });
  opened.chain.expect(0, LARGE);
  other.expect(0, LARGE);
  const [first, second] = await Promise.all([
    readInSteps(opened.chain, 333_333),
    readInSteps(other, 100_001),
  ]);
  assert(same(first, b.bytes));
  assert(same(second, a.bytes));
});

Deno.test("damaged data unpacked ahead gives the error of data unpacked alone", async () => {
  const blocks = makeBlocks(large, [MIB]);
  const { offset, stored } = blocks.chain.fragments[9];
  blocks.file[offset + stored! - 1] ^= 1;
  using opened = await openAhead(blocks);
  opened.chain.expect(0, LARGE);
  const alone = new ChainReader(await SourceReader.open(bytesSource(blocks.file, "test.mf4")), {
    ...blocks.chain,
  });
  const expected = await assertRejects(() => readInSteps(alone, 100_000), CorruptFileError);
  const found = await assertRejects(() => readInSteps(opened.chain, 100_000), CorruptFileError);
  assertEquals(found.message, expected.message);
});

Deno.test("a source that fails ends reading, and the threads can be used again", async () => {
  const blocks = makeBlocks(large, [MIB]);
  const slow = slowSource(blocks.file);
  const failing: ByteSource = {
    ...slow,
    read: (offset, length) =>
      offset > blocks.chain.fragments[4].offset
        ? Promise.reject(new Error("the cable was pulled"))
        : slow.read(offset, length),
  };
  using opened = await openAhead(blocks, failing);
  opened.chain.expect(0, LARGE);
  await assertRejects(() => readInSteps(opened.chain, MIB), Error, "the cable was pulled");
  const source = await SourceReader.open(slow);
  const other = new ChainReader(source, blocks.chain, { workers: opened.workers });
  other.expect(0, LARGE);
  assert(same(await readInSteps(other, MIB), large));
});

Deno.test("what a cut file still has is read, and what it lacks is the error of reading alone", async () => {
  const blocks = makeBlocks(large, [300_000]);
  const { fragments } = blocks.chain;
  const cut = blocks.file.slice(0, fragments[20].offset + 5);
  for (const source of [bytesSource(cut, "test.mf4"), slowSource(cut)]) {
    using opened = await openAhead(blocks, source);
    opened.chain.expect(0, LARGE);
    const alone = new ChainReader(await SourceReader.open(source), blocks.chain);
    assert(same(await readInSteps(opened.chain, MIB, 0, 6_000_000), large.subarray(0, 6_000_000)));
    const found = await assertRejects(() => readInSteps(opened.chain, MIB), TruncatedFileError);
    const expected = await assertRejects(() => readInSteps(alone, MIB), TruncatedFileError);
    assertEquals(found.message, expected.message);
  }
});

Deno.test("threads end by themselves although their bytes did not come", async () => {
  const blocks = makeBlocks(large, [MIB]);
  const refuse = () => new Error("the cable was pulled");
  const sources: ByteSource[] = [
    { ...slowSource(blocks.file), read: () => Promise.reject(refuse()) },
    {
      ...slowSource(blocks.file),
      read: () => new Promise((_, no) => setTimeout(no, 20, refuse())),
    },
    {
      ...bytesSource(blocks.file),
      readIntoSync() {
        throw refuse();
      },
    },
  ];
  for (const source of sources) {
    using opened = await openAhead(blocks, source);
    opened.chain.expect(0, LARGE);
    await assertRejects(() => readInSteps(opened.chain, MIB), Error, "the cable was pulled");
    opened.chain.expect(0, 0);
    const start = performance.now();
    while (opened.workers.slots.length > 0) {
      assert(performance.now() - start < 5000, "a slot is still taken");
      await new Promise((done) => setTimeout(done, 20));
    }
  }
});

Deno.test("reading goes on without the threads when they end", async () => {
  const blocks = makeBlocks(large, [MIB]);
  for (const source of [bytesSource(blocks.file), slowSource(blocks.file)]) {
    using opened = await openAhead(blocks, source);
    opened.chain.expect(0, LARGE);
    const first = await readInSteps(opened.chain, MIB, 0, 5 * MIB);
    const rest = readInSteps(opened.chain, MIB, 5 * MIB);
    opened.workers.close();
    assert(same(first, large.subarray(0, 5 * MIB)));
    assert(same(await rest, large.subarray(5 * MIB)));
  }
});

Deno.test("threads that nobody uses end by themselves, so that the process ends", async () => {
  const blocks = makeBlocks(large, [MIB]);
  const opened = await openAhead(blocks);
  opened.chain.expect(0, LARGE);
  await readInSteps(opened.chain, MIB);
  while (opened.workers.slots.length > 0) await new Promise((done) => setTimeout(done, 20));
});

Deno.test("where memory cannot be shared, data is unpacked alone and no thread is left", async () => {
  const blocks = makeBlocks(large, [MIB]);
  const { Worker } = globalThis;
  let [made, ended] = [0, 0];
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      made++;
    }
    override postMessage(): never {
      throw new DOMException("memory cannot be cloned", "DataCloneError");
    }
    override terminate(): void {
      super.terminate();
      ended++;
    }
  };
  try {
    using opened = await openAhead(blocks);
    opened.chain.expect(0, LARGE);
    assertEquals(opened.workers.threads, 0);
    assert(same(await readInSteps(opened.chain, MIB), large));
  } finally {
    globalThis.Worker = Worker;
  }
  assert(made > 0);
  assertEquals(ended, made);
});

/** Counts the threads that are made and ended. */
function countThreads() {
  const { Worker } = globalThis;
  const count = { made: 0, ended: 0 };
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      count.made++;
    }
    override terminate(): void {
      super.terminate();
      count.ended++;
    }
  };
  return { count, [Symbol.dispose]: () => void (globalThis.Worker = Worker) };
}

Deno.test("threads that are left serve who comes next, and end when nobody does", async () => {
  const blocks = makeBlocks(large, [MIB]);
  using counted = countThreads();
  const { count } = counted;
  for (let reader = 0; reader < 3; reader++) {
    const { chain, workers } = await openAhead(blocks);
    chain.expect(0, LARGE);
    assertEquals(workers.threads, 2);
    assert(same(await readInSteps(chain, 333_333), blocks.bytes));
    chain.expect(0, 0);
    workers.leave();
    assertEquals(workers.threads, 0);
  }
  assertEquals(count, { made: 2, ended: 0 });
  while (count.ended < 2) await new Promise((done) => setTimeout(done, 5));
});

Deno.test("what starts no thread is helped by those that are left", async () => {
  const medium = makeBlocks(large.subarray(0, 20 * MIB), [MIB]);
  const read = async (blocks: Blocks, threads: number) => {
    const { chain, workers } = await openAhead(blocks);
    chain.expect(0, blocks.bytes.length);
    assertEquals(workers.threads, threads);
    assert(same(await readInSteps(chain, 333_333), blocks.bytes));
    chain.expect(0, 0);
    workers.leave();
  };
  using counted = countThreads();
  const { count } = counted;
  await read(medium, 0);
  assertEquals(count.made, 0);
  await read(makeBlocks(large, [MIB]), 2);
  await read(medium, 2);
  assertEquals(count, { made: 2, ended: 0 });
  while (count.ended < 2) await new Promise((done) => setTimeout(done, 5));
});

Deno.test("threads that are still at work, or too small for who comes next, are ended", async () => {
  const small = makeBlocks(large, [MIB]);
  const wide = makeBlocks(large, [3 * MIB]);
  using counted = countThreads();
  const { count } = counted;
  const busy = await openAhead(small, slowSource(small.file));
  busy.chain.expect(0, LARGE);
  await readInSteps(busy.chain, MIB, 0, MIB);
  busy.workers.leave();
  assertEquals(count, { made: 2, ended: 2 });
  for (const blocks of [small, wide]) {
    const { chain, workers } = await openAhead(blocks);
    chain.expect(0, LARGE);
    assert(same(await readInSteps(chain, MIB), large));
    chain.expect(0, 0);
    workers.leave();
  }
  assertEquals(count.made, 6);
  while (count.ended < 6) await new Promise((done) => setTimeout(done, 5));
});
