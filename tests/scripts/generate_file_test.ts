import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { Mdf } from "../../mod.ts";
import { type ExpectedColumn, expectedColumns } from "../../scripts/generate/expected.ts";
import { generateFile, type GenerateOptions } from "../../scripts/generate/generate_file.ts";
import { hashFile } from "../../scripts/generate/hash_file.ts";
import { definePattern } from "../../scripts/generate/pattern.ts";

async function withFile(
  options: Omit<GenerateOptions, "path">,
  use: (path: string, made: Awaited<ReturnType<typeof generateFile>>) => Promise<void> | void,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/made.mf4`;
    await use(path, await generateFile({ ...options, path }));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Fails unless the file holds exactly the expected channels and values. */
async function assertHolds(
  path: string,
  expected: (group: number, count: number) => ExpectedColumn[],
): Promise<void> {
  await using mdf = await Mdf.open(path);
  for (const group of mdf.groups) {
    const columns = expected(group.index, group.recordCount);
    assertEquals(group.channels.map(({ name }) => name), columns.map(({ name }) => name));
    for (const [i, column] of columns.entries()) {
      const channel = group.channels[i];
      const read = await mdf.read(channel);
      const raw = await mdf.read(channel, { raw: true });
      assertEquals(read.unit, column.unit);
      assertEquals(read.values.length, group.recordCount);
      for (let r = 0; r < group.recordCount; r++) {
        if (read.values.at(r) !== column.values[r] || raw.values.at(r) !== column.raw[r]) {
          assertEquals(
            [read.values.at(r), raw.values.at(r)],
            [column.values[r], column.raw[r]],
            `${column.name} of group ${group.index}, record ${r}`,
          );
        }
      }
    }
  }
}

const SIZED: Omit<GenerateOptions, "path">[] = [
  { bytes: 1_000_000 },
  { bytes: 1_000_000, pattern: "industrial", compression: "deflate" },
  { bytes: 1_000_000, compression: "transpose" },
  { bytes: 3_000_000, compression: "deflate", groups: 5, channels: 33 },
  { bytes: 60_000, channels: 1 },
];

for (const options of SIZED) {
  Deno.test(`generateFile: the size is right within 1 % for ${JSON.stringify(options)}`, () =>
    withFile(options, async (path, made) => {
      const { size } = await Deno.stat(path);
      assertEquals(made.bytes, size);
      const wanted = options.bytes!;
      assertLess(Math.abs(size - wanted), wanted * 0.01);
      await using mdf = await Mdf.open(path);
      assert(mdf.finalized);
      assertEquals(mdf.groups.map((group) => group.recordCount), made.groupRecords);
    }));
}

Deno.test("generateFile: a reader finds the expected values, in all groups", async () => {
  const options = { pattern: "automotive", groups: 3, channels: 23, seed: 5 };
  await withFile({ ...options, records: 9000, compression: "transpose" }, async (path, made) => {
    assertEquals(made.groupRecords, [9000, 4500, 1800]);
    assertEquals([made.groups, made.channels, made.records], [3, 69, 15_300]);
    await assertHolds(path, (group, count) => expectedColumns(options, group, 0, count));
  });
  await withFile(
    { pattern: "industrial", records: 5000 },
    (path) =>
      assertHolds(path, (g, count) => expectedColumns({ pattern: "industrial" }, g, 0, count)),
  );
});

Deno.test("generateFile: channels of variable-length text", async () => {
  const pattern = definePattern({
    name: "words",
    title: "Words",
    sampleRate: 10,
    signals: [{
      name: "Word",
      type: "string",
      texts: ["", "größer", "a longer text", "x"],
      shape: { kind: "step", levels: [0, 1, 2, 3, 9, -1], seconds: 0.1 },
    }],
  });
  await withFile({ pattern, records: 600 }, async (path) => {
    await assertHolds(path, (group, count) => expectedColumns({ pattern }, group, 0, count));
    await using mdf = await Mdf.open(path);
    const word = await mdf.read("Word", { records: [0, 6] });
    assertEquals([...word.values as Iterable<unknown>], [
      "",
      "größer",
      "a longer text",
      "x",
      "x",
      "",
    ]);
  });
});

Deno.test("generateFile: groups have their own masters and rates", () =>
  withFile({ records: 2000, groups: 4 }, async (path) => {
    await using mdf = await Mdf.open(path);
    const rates = [];
    for (const group of mdf.groups) {
      const { values, timestamps } = await mdf.read(group.channels[0]);
      assertEquals(values.at(0), 0);
      assertEquals(values, timestamps);
      rates.push(1 / (values.at(1) as number));
    }
    assertEquals(rates.map(Math.round), [100, 50, 20, 10]);
  }));

Deno.test("generateFile: the same seed gives the same bytes, another seed others", async () => {
  const hashes: string[] = [];
  for (const seed of [1, 1, 2, 2 ** 40 + 1]) {
    await withFile({ bytes: 300_000, seed }, async (path) => {
      hashes.push(await hashFile(path));
    });
  }
  assertEquals(hashes[0], hashes[1]);
  assertEquals(new Set(hashes).size, 3);
});

Deno.test("generateFile: repeated signals are numbered and differ", () => {
  const columns = expectedColumns({ pattern: "automotive", channels: 41 }, 0, 0, 1000);
  assertEquals([columns[1].name, columns[21].name, columns[41].name], ["RPM", "RPM_2", "RPM_3"]);
  assertNotEquals(columns[1].raw, columns[21].raw);
  const [cut] = [expectedColumns({ channels: 3 }, 0, 0, 1)];
  assertEquals(cut.map(({ name }) => name), ["Time", "RPM", "Speed", "Temperature"]);
});

Deno.test("generateFile: progress goes from start to end", async () => {
  const seen: number[] = [];
  const onProgress = ({ done }: { done: number }) => seen.push(done);
  await withFile({ bytes: 2_000_000, onProgress }, () => {
    assertGreater(seen.length, 3);
    assertEquals(seen, seen.toSorted((a, b) => a - b));
    assertEquals(seen.at(-1), 1);
  });
});

Deno.test("generateFile: nothing is left of a file that was given up", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const control = new AbortController();
    const stopped = generateFile({
      path: `${directory}/x.mf4`,
      bytes: 5_000_000,
      signal: control.signal,
      onProgress: () => control.abort(),
    });
    await assertRejects(() => stopped, DOMException, "aborted");
    const path = `${directory}/x.mf4`;
    const refused: [Partial<GenerateOptions>, string][] = [
      [{ bytes: 100 }, "a file of 100 bytes cannot hold these channels"],
      [{ records: 1.5 }, "records must be a whole number"],
      [{ bytes: 1e6, records: 1 }, "either bytes or records"],
      [{}, "either bytes or records"],
      [{ records: 1, channels: 0 }, "channels must be a whole number from 1"],
      [{ records: 1, seed: -1 }, "seed must be a whole number from 0"],
      [{ records: 1, pattern: "maritime" }, 'no pattern "maritime"'],
    ];
    for (const [options, message] of refused) {
      await assertRejects(() => generateFile({ path, ...options }), RangeError, message);
    }
    assertEquals(Array.from(Deno.readDirSync(directory)), []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
