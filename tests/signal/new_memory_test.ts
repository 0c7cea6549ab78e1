import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type ByteSource, bytesSource, Mdf, type OpenOptions } from "../../mod.ts";
import { memoryHelper } from "../../lib/source/file_source.ts";
import { FileBuilder } from "../_helpers.ts";
import { withOtherDeno, withoutDeno } from "../_runtime.ts";

const RECORDS = 1_500_000;
const RECORD_BYTES = 18;
const ZEROS = "/dev/zero";

/** Times, floats and 16-bit numbers: 27 MB when all are read. */
function makeFile(zip = false): Uint8Array {
  const records = new Uint8Array(RECORDS * RECORD_BYTES);
  const view = new DataView(records.buffer);
  for (let i = 0; i < RECORDS; i++) {
    view.setFloat64(RECORD_BYTES * i, i + 1, true);
    view.setFloat64(RECORD_BYTES * i + 8, -(i + 1), true);
    view.setInt16(RECORD_BYTES * i + 16, 1 + i % 1000, true);
  }
  const file = new FileBuilder();
  file.group({
    channels: [
      { name: "t", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
      { name: "down", cn_data_type: 4, cn_byte_offset: 8, cn_bit_count: 64 },
      { name: "small", cn_data_type: 2, cn_byte_offset: 16, cn_bit_count: 16 },
    ],
    ...{ records, zip },
  });
  return file.bytes();
}

const plain = makeFile();

/** A file of zeros that takes its time, and how often it was opened, read and closed. */
class SlowZeros {
  opened = 0;
  reading = 0;
  closed = 0;
  /** Whether one read gives a part only. */
  short = false;
  fails = false;

  async read(target: Uint8Array): Promise<number> {
    this.reading++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.reading--;
    if (this.fails) throw new Error("no zeros today");
    const count = this.short ? Math.ceil(target.length / 3) : target.length;
    target.fill(0, 0, count);
    return count;
  }

  close(): void {
    this.closed++;
  }
}

/** Runs in a process whose memory is always new, as far as one can see, and with that file of zeros. */
function withNewMemory<T>(zeros: SlowZeros, run: () => Promise<T>): Promise<T> {
  let rss = 0;
  return withOtherDeno({
    memoryUsage: () => ({ rss: rss += 100e6 }),
    openSync: (path: string | URL) => {
      if (path !== ZEROS) return Deno.openSync(path);
      zeros.opened++;
      return zeros;
    },
  }, run);
}

async function checkAll(source: Uint8Array | ByteSource, options?: OpenOptions): Promise<void> {
  await using mdf = await Mdf.open(source, options);
  const [t, down, small] = (await mdf.readAll()).map(({ values }) => values as Float64Array);
  assertEquals([t.length, down.length, small.length], [RECORDS, RECORDS, RECORDS]);
  for (let i = 0; i < RECORDS; i++) {
    if (t[i] !== i + 1 || down[i] !== -(i + 1) || small[i] !== 1 + i % 1000) {
      throw new Error(`record ${i} is ${t[i]}, ${down[i]}, ${small[i]}`);
    }
  }
}

Deno.test("while the first values of large new arrays are read, others bring the memory of the rest", async () => {
  const zeros = new SlowZeros();
  await withNewMemory(zeros, () => checkAll(plain, { workers: 1 }));
  assertEquals([zeros.opened, zeros.closed, zeros.reading], [3, 3, 0]);
});

Deno.test("reads of zeros that stop early go on; those that fail change nothing", async () => {
  for (const part of ["short", "fails"] as const) {
    const zeros = new SlowZeros();
    zeros[part] = true;
    await withNewMemory(zeros, () => checkAll(plain, { workers: 1 }));
    assertEquals([zeros.opened, zeros.closed], [3, 3]);
  }
});

Deno.test("nobody is asked where threads are not wanted or busy, or where arrays are there", async () => {
  const zeros = new SlowZeros();
  await withNewMemory(zeros, async () => {
    await checkAll(plain, { workers: 0 });
    await checkAll(makeFile(true), { workers: 1 });
    await using mdf = await Mdf.open(plain, { workers: 1 });
    const into = [new Float64Array(RECORDS), new Float64Array(RECORDS)];
    const [{ values }] = await mdf.readAll(["t", "down"], { into });
    assertStrictEquals((values as Float64Array).buffer, into[0].buffer);
    assertEquals([into[0].at(-1), into[1].at(-1)], [RECORDS, -RECORDS]);
    const large = mdf.stream(undefined, { batchBytes: plain.length - 1_000_000 });
    for await (const { signals } of large) assertEquals(signals.length, 3);
    // One channel and its times, or a part of the records: not much.
    await mdf.read("small");
    await mdf.readAll(undefined, { records: [0, 100_000] });
  });
  assertEquals(zeros.opened, 0);
});

Deno.test("a reading that ends early waits for threads that still write to its arrays", async () => {
  const zeros = new SlowZeros();
  await withNewMemory(zeros, async () => {
    const bytes = bytesSource(plain);
    let reads = 0;
    const failing: ByteSource = {
      ...bytes,
      readIntoSync(offset, target) {
        if (target.length > 500_000 && ++reads > 3) throw new Error("unplugged");
        bytes.readIntoSync!(offset, target);
      },
    };
    await using mdf = await Mdf.open(failing, { workers: 1 });
    await assertRejects(() => mdf.readAll(), Error, "unplugged");
    assertEquals([zeros.opened, zeros.closed, zeros.reading], [3, 3, 0]);

    const abort = new AbortController();
    await using other = await Mdf.open(plain, { workers: 1 });
    const reading = other.readAll(undefined, {
      signal: abort.signal,
      onProgress: () => {
        if (zeros.opened === 6) abort.abort();
      },
    });
    await assertRejects(() => reading, DOMException, "aborted");
    assertEquals([zeros.opened, zeros.closed, zeros.reading], [6, 6, 0]);
  });
});

Deno.test({
  name: "the runtime's own helper zeroes all of the bytes that it is given, and no others",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const helper = memoryHelper()!;
    const bytes = new Uint8Array(3_000_000).fill(7);
    await Promise.all([
      helper.zero(bytes.subarray(1, 1_000_000)),
      helper.zero(bytes.subarray(1_000_001, 2_999_999)),
    ]);
    assertEquals([bytes[0], bytes[1_000_000], bytes[2_999_999]], [7, 7, 7]);
    assertEquals(bytes.reduce((sum, byte) => sum + byte, 0), 21);
    assert(helper.residentBytes() > 10e6);
  },
});

Deno.test("without that permission, or another kind of file there, nothing is opened or asked for", async () => {
  const asked: unknown[] = [];
  const openSync = () => {
    throw new Error("opened");
  };
  const permissions = {
    querySync: (descriptor: unknown) => {
      asked.push(descriptor);
      return { state: "prompt" };
    },
  };
  await withOtherDeno({ permissions, openSync }, () => {
    assertEquals(memoryHelper(), undefined);
    return Promise.resolve();
  });
  assertEquals(asked, [{ name: "read", path: ZEROS }]);
  for (
    const statSync of [() => ({ isCharDevice: false }), () => {
      throw new Error("no such file");
    }]
  ) {
    await withOtherDeno({ statSync, openSync }, () => {
      assertEquals(memoryHelper(), undefined);
      return Promise.resolve();
    });
  }
  assertEquals(withoutDeno(memoryHelper), undefined);
});
