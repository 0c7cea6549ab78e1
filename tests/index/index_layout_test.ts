/**
 * The layout of an index: everything that the reader needs comes back exactly, the published schema
 * describes it, and it stays small.
 */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import Ajv from "ajv/dist/2020.js";
import { join } from "node:path";
import { openIndex } from "../../lib/index/file_index.ts";
import { readColumn, writeColumn } from "../../lib/index/number_column.ts";
import { IndexReader } from "../../lib/index/coder.ts";
import { INDEX_JSON_SCHEMA, Mdf, type MdfIndex, UsageError } from "../../mod.ts";
import { corpusDir, corpusTest, FileBuilder } from "../_helpers.ts";
import { writtenBytes } from "./_written_file.ts";
import { FEATURES } from "../features/all_features.ts";

const isIndex = new Ajv.default({ strict: true, strictTypes: false, allErrors: true }).compile(
  INDEX_JSON_SCHEMA,
);

/** What JSON leaves of a value; members that are undefined are as good as absent. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

async function checkIndex(bytes: Uint8Array, name: string): Promise<void> {
  await using mdf = await Mdf.open(bytes, { damaged: "skip" });
  const text = JSON.stringify(mdf.toIndex());
  const index: MdfIndex = JSON.parse(text);
  assert(isIndex(index), `${name}: ${JSON.stringify(isIndex.errors?.slice(0, 3))}`);
  assertEquals(plain(openIndex(index)), plain(mdf.measurement), name);
  await using again = await Mdf.fromIndex(index, bytes);
  assertStrictEquals(JSON.stringify(again.toIndex()), text, `${name}: made from itself`);
  await using second = await Mdf.open(bytes, { damaged: "skip" });
  assertStrictEquals(JSON.stringify(second.toIndex()), text, `${name}: made again`);
}

Deno.test("the structure of every feature comes back from its index as it was walked", async () => {
  for (const { name, make } of FEATURES) await checkIndex(make(), name);
});

const directory = corpusDir();
corpusTest("the structure of every file comes back from its index as it was walked", async () => {
  const golden = JSON.parse(Deno.readTextFileSync(join(directory!, "golden.json")));
  for (const path of Object.keys(golden)) {
    await checkIndex(Deno.readFileSync(join(directory!, path)), path);
  }
});

Deno.test("the schema refuses what is no index, and members that are not known", async () => {
  await using mdf = await Mdf.open(FEATURES[0].make());
  const index = mdf.toIndex();
  assert(isIndex(index));
  assert(!isIndex({ ...index, more: 1 }));
  assert(!isIndex({ ...index, schema: 1 }));
  assert(!isIndex({ ...index, groups: undefined }));
  assert(!isIndex({ ...index, groups: { ...index.groups as object, more: [] } }));
});

Deno.test("columns say what repeats once, and hold numbers, none, and differences", () => {
  const columns: [values: (number | undefined)[], delta: boolean, json: unknown][] = [
    [[7, 7, 7], false, 7],
    [[1, 2, 2, 2], false, "1 2*3"],
    [[100, 260, 420, 580], true, "100 160*3"],
    [[5, 6, 7, 8], true, "5 1*3"],
    [[3, undefined, undefined, 4], true, "3 _*2 1"],
    [[9, 5, 1], true, "9 -4*2"],
    [[undefined, undefined], false, "_*2"],
    [[Number.MAX_SAFE_INTEGER], false, Number.MAX_SAFE_INTEGER],
    [[0, Number.MAX_SAFE_INTEGER], true, `0 ${Number.MAX_SAFE_INTEGER}`],
    [[], false, ""],
  ];
  const from = new IndexReader();
  for (const [values, delta, json] of columns) {
    assertEquals(writeColumn(values, delta), json);
    const rule = { delta, least: 0, most: Number.MAX_SAFE_INTEGER, optional: true };
    assertEquals(readColumn(json, values.length, rule, from), values);
  }
});

Deno.test("a column with other rows, or numbers out of range, is refused", () => {
  const rule = { least: 0, most: 10, delta: true };
  const wrong: unknown[] = ["1", "1 2 3 4", "1*4", "1 0*1 x", "1 1 x", "1 _ 1", "1 1  1", " 1 1 1"];
  wrong.push(
    "1 1 1 ",
    "1 -2 3",
    "1*1000000000",
    "1*",
    "*3",
    "- 1 1",
    "1 1 1e1",
    "1 1 1.5",
    "1,1,1",
  );
  wrong.push("0 9007199254740993 0", null, 11, 0.5, [1, 1, 1], {}, "");
  for (const json of wrong) {
    assertThrows(() => readColumn(json, 3, rule, new IndexReader()), UsageError);
  }
});

async function gzipBytes(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("the index of one group of ten channels in many blocks takes at most 4 KB", async () => {
  const names = Array.from({ length: 10 }, (_, i) => `Signal ${i}`);
  const bytes = await writtenBytes({ blockBytes: 64 * 1024 }, async (writer) => {
    const group = writer.addGroup({
      name: "Group",
      channels: names.map((name, i) => ({
        name,
        type: "float64",
        unit: "V",
        ...(i === 0 ? { master: "time" } as const : {}),
      })),
    });
    const column = Float64Array.from({ length: 100_000 }, (_, i) => i);
    await group.append(Object.fromEntries(names.map((name) => [name, column])));
  });
  await using mdf = await Mdf.open(bytes);
  assert(mdf.measurement.dataGroups[0].data.fragments.length > 100);
  const { length } = JSON.stringify(mdf.toIndex());
  assert(length <= 4096, `${length} bytes`);
});

Deno.test("the index of 2,000 groups of 21 channels takes at most 25 bytes a channel", async () => {
  const GROUPS = 2000;
  const signal = (group: number, i: number) => `Signal_${group}_${i}`;
  const bytes = await writtenBytes({}, async (writer) => {
    const groups = Array.from({ length: GROUPS }, (_, group) =>
      writer.addGroup({
        name: `Group ${group}`,
        comment: `raster ${group % 7}`,
        channels: [
          { name: "Time", type: "float64", unit: "s", master: "time" },
          ...Array.from({ length: 20 }, (_, i) => ({
            name: signal(group, i),
            type: i % 2 === 0 ? "float32" as const : "uint16" as const,
            unit: ["rpm", "V", "A", "km/h"][i % 4],
            ...(i % 2 === 0
              ? {}
              : { conversion: { kind: "linear" as const, offset: i, factor: group + 0.5 } }),
          })),
        ],
      }));
    for (const [group, each] of groups.entries()) {
      const columns: Record<string, number[]> = { Time: [0, 1] };
      for (let i = 0; i < 20; i++) columns[signal(group, i)] = [i, group % 100];
      await each.append(columns);
    }
  });
  await using mdf = await Mdf.open(bytes);
  const text = JSON.stringify(mdf.toIndex());
  const perChannel = await gzipBytes(text) / (GROUPS * 21);
  assert(perChannel <= 25, `${perChannel} bytes`);
  await using again = await Mdf.fromIndex(JSON.parse(text), bytes);
  const { values } = await again.read(signal(1234, 7));
  assertEquals([...values as Iterable<number>], [7 + 7 * 1234.5, 7 + 34 * 1234.5]);
  const expanded = (group: typeof again.groups[number]) =>
    "value" in Object.getOwnPropertyDescriptor(group.model, "channels")!;
  assertEquals(again.groups.filter(expanded).map(({ index }) => index), [1234], "only that group");
});

Deno.test("links and counters that are larger than any file do not spoil the index", async () => {
  const file = new FileBuilder();
  const add = (name: string) =>
    file.group({ channels: [{ name, cn_bit_count: 8 }], records: Uint8Array.of(1, 2) });
  const [rule, comment, counter, list] = ["rule", "comment", "counter", "list"].map(add);
  const beyond = 2 ** 63 + 2 ** 12;
  file.patchLink(rule.channels[0], "cn_cc_conversion", beyond);
  file.patchLink(comment.cg, "cg_cn_first", beyond);
  file.patchField(counter.cg, "cg_cycle_count", beyond);
  // Where data is missing, it is the counter that tells the number of records.
  file.patchField(list.cg, "cg_cycle_count", beyond);
  file.patchLink(list.dg, "dg_data", beyond);
  const bytes = file.bytes();
  await using mdf = await Mdf.open(bytes, { damaged: "skip" });
  const index: MdfIndex = JSON.parse(JSON.stringify(mdf.toIndex()));
  assert(isIndex(index), JSON.stringify(isIndex.errors?.slice(0, 3)));
  await using again = await Mdf.fromIndex(index, bytes);
  assertEquals(again.problems, mdf.problems);
  assertEquals(mdf.problems.map(({ offset }) => offset), [beyond]);
  for (const name of ["rule", "counter", "list"]) {
    const outcome = (file: Mdf) => file.read(name).then(({ values }) => values, ({ code }) => code);
    assertEquals(await outcome(again), await outcome(mdf));
  }
});
