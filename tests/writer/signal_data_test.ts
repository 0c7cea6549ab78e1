import { assert, assertEquals } from "@std/assert";
import type { WriterOptions } from "../../lib/writer/mdf_writer.ts";
import {
  chainOf,
  checkCoverage,
  entriesOf,
  field,
  groupsOf,
  packedHeader,
  type RawChain,
  written,
} from "./_walk.ts";

const utf8 = new TextEncoder();

async function texts(values: string[], options: WriterOptions, chunk = 50) {
  const bytes = await written(options, async (writer) => {
    const group = writer.addGroup({
      name: "G",
      channels: [{ name: "i", type: "uint8" }, { name: "s", type: "string" }],
    });
    for (let from = 0; from < values.length; from += chunk) {
      const s = values.slice(from, from + chunk);
      await group.append({ s, i: s.map((_, k) => k & 255) });
    }
  });
  checkCoverage(bytes);
  const [group] = groupsOf(bytes);
  assertEquals(
    entriesOf(bytes, group, 1).map((entry) => [...entry]),
    values.map((value) => [...utf8.encode(value), 0]),
  );
  return { bytes, group, chain: chainOf(bytes, group.cn[1].links[5], "SD") };
}

/** Lengths of the entries in the order of the bytes; throws when they do not fill the data. */
function entryLengths(chain: RawChain): number[] {
  const view = new DataView(chain.data.buffer, chain.data.byteOffset, chain.data.byteLength);
  const lengths: number[] = [];
  let at = 0;
  while (at < chain.data.length) {
    lengths.push(view.getUint32(at, true));
    at += 4 + lengths.at(-1)!;
  }
  assertEquals(at, chain.data.length);
  return lengths;
}

Deno.test("strings are UTF-8 with a closing zero, one entry each, in record order", async () => {
  const values = [
    "",
    "one",
    "one",
    "äöü €",
    "😀".repeat(20),
    "x".repeat(47),
    "y".repeat(48),
    "",
    "é",
  ];
  const { chain, bytes, group } = await texts(values, {});
  assertEquals(chain.entry, "SD");
  assertEquals(entryLengths(chain), values.map((value) => utf8.encode(value).length + 1));
  let at = 0;
  const offsets = values.map((value) => {
    const offset = at;
    at += 4 + utf8.encode(value).length + 1;
    return offset;
  });
  assertEquals(field(bytes, group, 1, (v, o) => Number(v.getBigUint64(o, true))), offsets);
});

Deno.test("entries stay whole in a block where they fit one", async () => {
  const values = Array.from({ length: 300 }, (_, i) => "ab".repeat(i % 11));
  for (const compression of ["none", "deflate", "transpose"] as const) {
    const { chain } = await texts(values, { compression, blockBytes: 200 });
    assert(chain.blocks.length > 10);
    assertEquals(entryLengths(chain), values.map((value) => value.length + 1));
    for (const part of chain.parts) {
      assert(part.length <= 200);
      // Every block starts with an entry and ends with one.
      entryLengths({ ...chain, data: part });
    }
    let at = 0;
    const starts = chain.parts.map((part) => (at += part.length) - part.length);
    assertEquals(chain.lists.flatMap((list) => list.offsets), starts);
    if (compression === "none") {
      assertEquals(chain.entry, "DL");
    } else {
      assertEquals([chain.entry, chain.header], ["HL", { flags: 0, zipType: 0 }]);
      const zipped = chain.blocks.filter((block) => block.id === "DZ").map(packedHeader);
      assert(zipped.length > 0);
      for (const { zipType, parameter } of zipped) assertEquals([zipType, parameter], [0, 0]);
    }
  }
});

Deno.test("signal data of equal blocks is told by their length", async () => {
  // Two entries of 400 bytes fill a block; the records stay below one until the end.
  const bytes = await written({ blockBytes: 800 }, async (writer) => {
    const group = writer.addGroup({ name: "G", channels: [{ name: "b", type: "bytes" }] });
    await group.append({ b: Array.from({ length: 8 }, (_, i) => new Uint8Array(396).fill(i)) });
  });
  const chain = chainOf(bytes, groupsOf(bytes)[0].cn[0].links[5], "SD");
  assertEquals(chain.lists.map((list) => list.equalLength), [800]);
  assertEquals(chain.parts.length, 4);
});

Deno.test("values larger than a block go over several", async () => {
  const values = ["a", "b".repeat(1000), "c", "ü".repeat(99), "d".repeat(95), "e".repeat(96), "f"];
  const { chain } = await texts(values, { blockBytes: 100 });
  assert(chain.parts.every((part) => part.length <= 100));
  assertEquals(entryLengths(chain), values.map((value) => utf8.encode(value).length + 1));
  await texts(values, { blockBytes: 1 });
});

Deno.test("bytes keep every byte and their own length", async () => {
  const values = [new Uint8Array(0), Uint8Array.of(0, 0), Uint8Array.of(1, 0, 255)];
  for (let i = 0; i < 60; i++) values.push(new Uint8Array(i * 5).fill(i));
  for (const blockBytes of [50, 128, 1 << 20]) {
    const bytes = await written({ blockBytes }, async (writer) => {
      const group = writer.addGroup({
        name: "G",
        channels: [{ name: "x", type: "bytes" }, { name: "y", type: "bytes" }],
      });
      await group.append({ x: values, y: values.toReversed() });
      await group.append({ x: values, y: values });
    });
    checkCoverage(bytes);
    const [group] = groupsOf(bytes);
    assertEquals(entriesOf(bytes, group, 0), [...values, ...values]);
    assertEquals(entriesOf(bytes, group, 1), [...values.toReversed(), ...values]);
  }
});

Deno.test("signal data is in the file before the records that point at it", async () => {
  // Records fill a block long before the short strings do.
  const bytes = await written({ blockBytes: 990 }, async (writer) => {
    const group = writer.addGroup({
      name: "G",
      channels: [
        { name: "s", type: "string" },
        ...Array.from({ length: 9 }, (_, i) => ({ name: `n${i}`, type: "float64" as const })),
      ],
    });
    const zeros = new Float64Array(100);
    const columns = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`n${i}`, zeros]));
    await group.append({ ...columns, s: Array.from(zeros, () => "s") });
  });
  const [group] = groupsOf(bytes);
  const records = chainOf(bytes, group.dg.links[2], "DT").blocks.map((block) => block.at);
  const signal = chainOf(bytes, group.cn[0].links[5], "SD").blocks.map((block) => block.at);
  assertEquals([records.length, signal.length], [9, 9]);
  records.forEach((at, i) => assert(signal[i] < at && (i === 0 || records[i - 1] < signal[i])));
});
