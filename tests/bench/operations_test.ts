import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchFile, MissingFileError, openBenchFile, sizeLabel } from "../../bench/bench_file.ts";
import { WrongResultError } from "../../bench/check_signals.ts";
import { OPERATIONS } from "../../bench/operations.ts";
import { Mdf } from "../../mod.ts";

const SIZE = { bytes: 150_000 };

async function withBenchFile(use: (file: BenchFile, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use(await openBenchFile(SIZE, { directory: folder, scratch: folder }), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A copy of the file in which one byte of one record's `RPM` is another. */
async function damaged({ file }: BenchFile, record: number, folder: string): Promise<BenchFile> {
  let offset: number, channel: number, stride: number;
  {
    await using mdf = await Mdf.open(file.path);
    const [group] = mdf.measurement.groups;
    const chain = mdf.measurement.dataGroups[group.dataGroup].data;
    assert(chain);
    stride = group.dataBytes;
    channel = mdf.channel("RPM").model.byteOffset;
    offset = chain.fragments[0].offset;
  }
  const bytes = await Deno.readFile(file.path);
  bytes[offset + record * stride + channel] ^= 1;
  const path = `${folder}/damaged.mf4`;
  await Deno.writeFile(path, bytes);
  return new BenchFile("damaged", { ...file, path }, folder, {});
}

Deno.test("every operation gives what the generator put into the file", () =>
  withBenchFile(async (file, folder) => {
    const { records } = file.file;
    const decoded: Record<string, number> = {};
    for (const operation of OPERATIONS) {
      const prepared = await operation.prepare(file);
      try {
        for (let run = 0; run < 2; run++) {
          const { values, bytes } = await prepared.check(await prepared.run());
          assertEquals(bytes > 0, values > 0, operation.name);
          decoded[operation.name] = values / records;
        }
      } finally {
        await prepared.close();
      }
    }
    assertEquals(decoded, {
      "bare read of the file": 0,
      "read all channels": 21,
      "first channel": 1,
      "single channel": 2, // and its time stamps
      "several channels": 6,
      "stream all channels": 21,
      "write": 21,
      "open": 0,
      "index build": 0,
      "index save": 0,
      "index load": 0,
      "direct, one channel": 2,
      "index warm, one channel": 2,
      "index cold, one channel": 2,
      "direct, several": 6,
      "index warm, several": 6,
      "index cold, several": 6,
      "direct, all channels": 21,
      "index warm, all channels": 21,
      "index cold, all channels": 21,
    });
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assert(!names.some((name) => name.startsWith("written_")), names.join());
  }));

Deno.test("every group of operations has one baseline", () => {
  const groups = Map.groupBy(OPERATIONS, ({ suite, group }) => `${suite}: ${group}`);
  for (const [group, operations] of groups) {
    assertEquals(operations.filter(({ baseline }) => baseline).length, 1, group);
  }
  assertEquals(new Set(OPERATIONS.map(({ name }) => name)).size, OPERATIONS.length);
});

Deno.test("one wrong value is found, and named with its record", () =>
  withBenchFile(async (file, folder) => {
    const wrong = await damaged(file, 1234, folder);
    const touched = OPERATIONS.filter(({ name }) =>
      !["bare read of the file", "first channel", "write", "open", "index load"].includes(name)
    );
    assertEquals(touched.length, 15);
    for (const operation of touched) {
      await assertRejects(
        async () => {
          const prepared = await operation.prepare(wrong);
          try {
            await prepared.check(await prepared.run());
          } finally {
            await prepared.close();
          }
        },
        WrongResultError,
        operation.name === "stream all channels"
          ? `"RPM" differs from what was generated`
          : /: "RPM" differs from what was generated: record 1234 is [\d.]+, expected [\d.]+$/,
      );
    }
  }));

Deno.test("a stream that changes after the first pass is found", () =>
  withBenchFile(async (file) => {
    const operation = OPERATIONS.find(({ name }) => name === "stream all channels")!;
    const prepared = await operation.prepare(file);
    try {
      const result = await prepared.run() as { lastValues: unknown[]; records: number };
      await prepared.check(result);
      const lastValues = result.lastValues.with(4, 99);
      await assertRejects(() => prepared.check({ ...result, lastValues }), WrongResultError);
      await assertRejects(
        () => prepared.check({ ...result, records: result.records - 1 }),
        WrongResultError,
        "stream all channels, 150 kB: the number of records is",
      );
    } finally {
      await prepared.close();
    }
  }));

Deno.test("sizes are called by their name, or as short as is exact", () => {
  assertEquals(sizeLabel("small"), "small");
  assertEquals(sizeLabel({ bytes: 250_000 }), "250 kB");
  assertEquals(sizeLabel({ bytes: 250_001 }), "250001 B");
  assertEquals(sizeLabel({ records: 7 }), "7 records");
});

Deno.test("a file that is missing is named with the command that makes it", () =>
  withBenchFile(async (file, folder) => {
    await Deno.remove(file.file.path);
    const { path, bytes } = file.file;
    const small = new BenchFile("small", file.file, folder, {});
    for (const operation of OPERATIONS) {
      await assertRejects(
        () => operation.prepare(file),
        MissingFileError,
        `there is no ${path}; make it with deno task gen --bytes ${bytes} --out ${path}`,
      );
      await assertRejects(() => operation.prepare(small), MissingFileError, "gen --sizes small");
    }
  }));
