import { assert, assertEquals, assertRejects } from "@std/assert";
import { inflateSync } from "node:zlib";
import { UsageError } from "../../lib/errors.ts";
import {
  BlockCompressor,
  type Compression,
  deflateByStream,
  transpose,
} from "../../lib/writer/compress_block.ts";
import { DT } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { BlockOutput } from "../../lib/writer/block_output.ts";
import { DataList, LIST_ENTRIES } from "../../lib/writer/data_list.ts";
import { MdfWriter, MemorySink, type WriterOptions } from "../../lib/writer/mdf_writer.ts";
import { CountingSink } from "./_sinks.ts";
import {
  chainOf,
  checkCoverage,
  field,
  groupsOf,
  packedHeader,
  type RawChain,
  recordsOf,
  written,
} from "./_walk.ts";

/** Records of 10 bytes: a counter as float64 and its low 16 bits. */
async function countTo(writer: MdfWriter, records: number, chunk = 1000): Promise<void> {
  const group = writer.addGroup({
    name: "G",
    channels: [{ name: "low", type: "uint16" }, { name: "n", type: "float64", master: "index" }],
  });
  for (let from = 0; from < records; from += chunk) {
    const n = Float64Array.from({ length: Math.min(chunk, records - from) }, (_, i) => from + i);
    await group.append({ n, low: Uint16Array.from(n) });
  }
  assertEquals(group.recordCount, records);
}

function expectedRecords(records: number): Uint8Array {
  const bytes = new Uint8Array(10 * records);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < records; i++) {
    view.setFloat64(10 * i, i, true);
    view.setUint16(10 * i + 8, i & 0xffff, true);
  }
  return bytes;
}

async function counted(records: number, options: WriterOptions): Promise<[Uint8Array, RawChain]> {
  const bytes = await written(options, (writer) => countTo(writer, records));
  checkCoverage(bytes);
  const [group] = groupsOf(bytes);
  assertEquals(group.cycleCount, records);
  const chain = chainOf(bytes, group.dg.links[2], "DT");
  assertEquals(chain.data, expectedRecords(records));
  return [bytes, chain];
}

Deno.test("what fits one block hangs from the group itself", async () => {
  const [, plain] = await counted(100, {});
  assertEquals([plain.entry, plain.blocks.length, plain.lists.length], ["DT", 1, 0]);
  const [, deflated] = await counted(100, { compression: "deflate" });
  assertEquals(deflated.entry, "DZ");
  assertEquals(packedHeader(deflated.blocks[0]), {
    kind: "DT",
    zipType: 0,
    parameter: 0,
    originalLength: 1000,
  });
  const [, transposed] = await counted(100, { compression: "transpose" });
  assertEquals(transposed.entry, "DZ");
  assertEquals(packedHeader(transposed.blocks[0]), {
    kind: "DT",
    zipType: 1,
    parameter: 10,
    originalLength: 1000,
  });
});

Deno.test("blocks are equally long, hold whole records and hang from a list", async () => {
  for (const compression of ["none", "deflate", "transpose"] as Compression[]) {
    // 1009 is no multiple of a record, so blocks hold 100 records.
    const [, chain] = await counted(1234, { compression, blockBytes: 1009 });
    assertEquals(chain.parts.map((part) => part.length), [...Array(12).fill(1000), 340]);
    assertEquals(chain.lists.map((list) => [list.flags, list.equalLength]), [[1, 1000]]);
    if (compression === "none") {
      assertEquals([chain.entry, chain.header], ["DL", undefined]);
      assert(chain.blocks.every((block) => block.id === "DT"));
    } else {
      const zipType = compression === "transpose" ? 1 : 0;
      assertEquals([chain.entry, chain.header], ["HL", { flags: 1, zipType }]);
      for (const block of chain.blocks) {
        const packed = packedHeader(block);
        assertEquals([packed.zipType, packed.parameter], [zipType, zipType * 10]);
      }
    }
  }
});

Deno.test("block counts around the room of a list keep every block", async () => {
  for (const blocks of [2, 7, 8, 9, 10, 64, 65, 66, 512, 513]) {
    const [, chain] = await counted(10 * blocks, { blockBytes: 100 });
    assertEquals([chain.blocks.length, chain.lists.length], [blocks, 1]);
    assertEquals(chain.lists[0].equalLength, 100);
  }
});

Deno.test("lists are full before the next one starts", async () => {
  const blocks = 2 * LIST_ENTRIES + 3;
  const [, chain] = await counted(blocks, { blockBytes: 10 });
  assertEquals(
    chain.lists.map((list) => [list.blocks.length, list.equalLength]),
    [[LIST_ENTRIES, 10], [LIST_ENTRIES, 10], [3, 10]],
  );
  const [, exact] = await counted(LIST_ENTRIES, { blockBytes: 10 });
  assertEquals(exact.lists.map((list) => list.blocks.length), [LIST_ENTRIES]);
});

Deno.test("a list tells one length only when no block but the last is shorter and none longer", () => {
  const cases: [number[], number | undefined][] = [
    [[100, 100, 100], 100],
    [[100, 100, 60], 100],
    [[100, 100, 140], undefined],
    [[100, 60, 100], undefined],
    [[60, 100, 100], undefined],
    [[60, 100], undefined],
    [[100, 60], 100],
  ];
  for (const [lengths, equalLength] of cases) {
    const sink = new MemorySink();
    const output = new BlockOutput(sink);
    output.append(new Uint8Array(64));
    const list = new DataList(output, 8, undefined);
    for (const length of lengths) {
      const block = new Uint8Array(24 + Math.ceil(length / 8) * 8);
      block.set(encodeBlock(DT, { payloadBytes: length }));
      list.add(output.append(block), length);
    }
    list.finish();
    const bytes = sink.bytes();
    const chain = chainOf(bytes, Number(new DataView(bytes.buffer).getBigUint64(8, true)), "DT");
    assertEquals(chain.parts.map((part) => part.length), lengths);
    assertEquals(chain.lists.map((dl) => dl.equalLength), [equalLength]);
    if (equalLength === undefined) {
      assertEquals(
        chain.lists[0].offsets,
        [0, lengths[0], lengths[0] + lengths[1]].slice(0, lengths.length),
      );
    }
  }
});

Deno.test("a record larger than a block is a block of its own", async () => {
  const [, chain] = await counted(3, { blockBytes: 1 });
  assertEquals(chain.parts.map((part) => part.length), [10, 10, 10]);
});

Deno.test("data that deflate cannot shrink is stored as it is", async () => {
  const noise = new BigUint64Array(100);
  crypto.getRandomValues(noise);
  const bytes = await written({ compression: "deflate", blockBytes: 400 }, async (writer) => {
    const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "uint64" }] });
    await group.append({ x: noise });
  });
  const [group] = groupsOf(bytes);
  const chain = chainOf(bytes, group.dg.links[2], "DT");
  assertEquals([chain.entry, chain.blocks.map((block) => block.id)], ["HL", ["DT", "DT"]]);
  assertEquals(chain.data, new Uint8Array(noise.buffer));
});

Deno.test("records of one byte are deflated without transposition", async () => {
  const bytes = await written({ compression: "transpose", blockBytes: 500 }, async (writer) => {
    const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "uint8" }] });
    await group.append({ x: new Uint8Array(1000).fill(7) });
  });
  const chain = chainOf(bytes, groupsOf(bytes)[0].dg.links[2], "DT");
  assertEquals(chain.header, { flags: 1, zipType: 0 });
  // The standard asks for more than one column where data is transposed.
  assertEquals(chain.blocks.map((block) => packedHeader(block).zipType), [0, 0]);
  assertEquals(chain.data, new Uint8Array(1000).fill(7));
});

Deno.test("transposition moves whole rows and leaves the remainder", () => {
  const source = Uint8Array.from({ length: 11 }, (_, i) => i);
  const target = new Uint8Array(11);
  transpose(source, 4, target);
  assertEquals([...target], [0, 4, 1, 5, 2, 6, 3, 7, 8, 9, 10]);
  // More rows than one pass takes, and a target that is longer than the source.
  const rows = 1300, columns = 7;
  const long = Uint8Array.from({ length: rows * columns + 3 }, (_, i) => (i * 31) & 255);
  const moved = new Uint8Array(long.length + 5);
  transpose(long, columns, moved);
  for (let i = 0; i < rows * columns; i++) {
    assertEquals(moved[(i % columns) * rows + Math.floor(i / columns)], long[i]);
  }
  assertEquals(moved.subarray(rows * columns, long.length), long.subarray(rows * columns));
});

Deno.test("the level of compression counts", async () => {
  const size = async (compressionLevel: number) => {
    const [bytes] = await counted(20000, { compression: "deflate", compressionLevel });
    return bytes.length;
  };
  const [none, fast, best] = [await size(0), await size(1), await size(9)];
  assert(best < fast && fast < none, `${best} ${fast} ${none}`);
});

Deno.test("the deflate of browsers gives the same data", async () => {
  const data = expectedRecords(500);
  assertEquals(new Uint8Array(inflateSync(await deflateByStream(data))), data);
});

Deno.test("a runtime without node:zlib compresses through its streams", async () => {
  const process = (globalThis as { process?: { getBuiltinModule?: unknown } }).process!;
  const original = process.getBuiltinModule;
  process.getBuiltinModule = () => undefined;
  try {
    const [, chain] = await counted(1234, { compression: "transpose", blockBytes: 1009 });
    assertEquals(chain.blocks.length, 13);
    const block = await new BlockCompressor(1).compress("DT", new Uint8Array(100), 0);
    assertEquals(block!.length % 8, 0);
  } finally {
    process.getBuiltinModule = original;
  }
});

Deno.test("groups may be appended to in any order", async () => {
  for (const compression of ["none", "transpose"] as const) {
    const bytes = await written({ compression, blockBytes: 300 }, async (writer) => {
      const groups = ["A", "B", "C"].map((name) =>
        writer.addGroup({ name, channels: [{ name: "n", type: "uint32" }] })
      );
      let late;
      for (let round = 0; round < 60; round++) {
        const k = (round * 7) % 3;
        const count = groups[k].recordCount;
        const n = Uint32Array.from({ length: 1 + (round % 50) }, (_, i) => 1000 * k + count + i);
        await groups[k].append({ n });
        if (round === 30) {
          late = writer.addGroup({ name: "D", channels: [{ name: "n", type: "uint32" }] });
        }
      }
      await late!.append({ n: [1] });
    });
    checkCoverage(bytes);
    const groups = groupsOf(bytes);
    assertEquals(groups.length, 4);
    groups.slice(0, 3).forEach((group, k) => {
      assert(chainOf(bytes, group.dg.links[2], "DT").blocks.length > 1);
      assertEquals(
        field(bytes, group, 0, (v, at) => v.getUint32(at, true)),
        Array.from({ length: group.cycleCount }, (_, i) => 1000 * k + i),
      );
    });
    assertEquals(groups[3].cycleCount, 1);
  }
});

Deno.test("appends that nobody waits for are carried out in order", async () => {
  const bytes = await written({ blockBytes: 64 }, async (writer) => {
    const group = writer.addGroup({
      name: "G",
      channels: [{ name: "n", type: "uint16" }, { name: "s", type: "string" }],
    });
    const pending = Array.from({ length: 40 }, (_, k) => {
      const n = [0, 1, 2].map((i) => 3 * k + i);
      return group.append({ n, s: n.map(String) });
    });
    const bad = assertRejects(() => group.append({ n: [1], s: [] }), UsageError);
    await Promise.all([...pending, bad]);
  });
  const [group] = groupsOf(bytes);
  assertEquals(
    field(bytes, group, 0, (v, at) => v.getUint16(at, true)),
    Array.from({ length: 120 }, (_, i) => i),
  );
});

Deno.test("many groups together stay below the memory they may use", async () => {
  const bytes = await written({ blockBytes: 4000, bufferBytes: 20000 }, async (writer) => {
    const groups = Array.from(
      { length: 12 },
      (_, k) => writer.addGroup({ name: `G${k}`, channels: [{ name: "n", type: "uint64" }] }),
    );
    for (let round = 0; round < 50; round++) {
      for (const group of groups) {
        const count = group.recordCount;
        await group.append({ n: Array.from({ length: 40 }, (_, i) => count + i) });
      }
    }
  });
  checkCoverage(bytes);
  let byOffsets = 0;
  let blocks = 0;
  for (const group of groupsOf(bytes)) {
    const chain = chainOf(bytes, group.dg.links[2], "DT");
    assertEquals(
      field(bytes, group, 0, (v, at) => Number(v.getBigUint64(at, true))),
      Array.from({ length: 2000 }, (_, i) => i),
    );
    for (const list of chain.lists) {
      if (!list.offsets) continue;
      byOffsets++;
      assertEquals(list.flags, 0);
      let at = 0;
      chain.parts.forEach((part, i) => {
        assertEquals(list.offsets![i], at);
        at += part.length;
      });
    }
    assert(chain.parts.every((part) => part.length <= 4000 && part.length % 8 === 0));
    blocks += chain.blocks.length;
  }
  assert(byOffsets > 0, "no group was ever written early");
  // What is written early makes room for a while; it is not every append that is written at once.
  assert(blocks < 12 * 50 / 3, `${blocks} blocks for ${12 * 50} appends`);
});

Deno.test("compressed blocks that were written early are told by offsets too", async () => {
  const options = { compression: "deflate", blockBytes: 4000, bufferBytes: 6000 } as const;
  const bytes = await written(options, async (writer) => {
    const [a, b] = ["a", "b"].map((name) =>
      writer.addGroup({ name, channels: [{ name: "n", type: "uint64" }] })
    );
    for (let round = 1; round < 40; round++) {
      await a.append({ n: new BigUint64Array(11 * round).fill(1n) });
      await b.append({ n: new BigUint64Array(300).fill(2n) });
    }
  });
  checkCoverage(bytes);
  const chains = groupsOf(bytes).map((group) => chainOf(bytes, group.dg.links[2], "DT"));
  assert(chains.some((chain) => chain.header?.flags === 0 && chain.lists[0].offsets));
  assertEquals(chains.map((chain) => chain.data.length), [11 * 780 * 8, 300 * 39 * 8]);
  assertEquals(new Set(new BigUint64Array(chains[1].data.buffer)), new Set([2n]));
});

Deno.test("a long recording is written in blocks, not kept", async () => {
  const sink = new CountingSink();
  const writer = await MdfWriter.create(sink, { blockBytes: 1 << 16 });
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
  const x = new Float64Array(1 << 16);
  for (let n = 0; n < 64; n++) {
    await group.append({ x });
    // All but the block under construction has left.
    assert(sink.bytes >= group.recordCount * 8 - (1 << 16), `${sink.bytes} bytes at ${n}`);
  }
  await writer.close();
  assert(sink.largest <= (1 << 16) + 32, `a write of ${sink.largest} bytes`);
});

Deno.test("a group of one huge append equals one of many small ones", async () => {
  const once = await written({ blockBytes: 5000 }, (writer) => countTo(writer, 30000, 30000));
  const often = await written({ blockBytes: 5000 }, (writer) => countTo(writer, 30000, 7));
  assertEquals(recordsOf(once, groupsOf(once)[0]), recordsOf(often, groupsOf(often)[0]));
  assertEquals(once, often);
});
