import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CG, CN, DG, DT, HD, MD, TX } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { link, moreLinks } from "../../lib/blocks/block.ts";
import type { BlockReader } from "../../lib/blocks/read_block.ts";
import { NotMdfError, SourceError } from "../../lib/errors.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import {
  countingSource,
  FileBuilder,
  minimalSource,
  openBlocks,
  patternBytes,
  rangeServer,
  strictSource,
} from "../_helpers.ts";
import { httpSource } from "../../lib/source/http_source.ts";

/** Runs a test with a source that answers at once, one that makes wait, and one that gives bits. */
function withReaders(
  name: string,
  file: FileBuilder,
  test: (reader: BlockReader) => Promise<void>,
) {
  const bytes = file.bytes();
  Deno.test(name, async (t) => {
    const inputs = { memory: bytes, waiting: strictSource(bytes), bits: minimalSource(bytes, 7) };
    for (const [kind, input] of Object.entries(inputs)) {
      await t.step(kind, async () => await test(await openBlocks(input, { pageBytes: 50 })));
    }
  });
}

{
  const file = new FileBuilder();
  const name = file.text("rpm");
  const contents = {
    links: { cn_tx_name: name, cn_md_comment: 0x7008 },
    moreLinks: [0x9000, 0xa000, 0xb000],
    fields: { cn_type: 2, cn_data_type: 4, cn_bit_count: 64, cn_limit_ext_max: 1.5 },
  };
  const longer = encodeBlock(CN, contents);
  const at = file.append(new Uint8Array([...longer, ...patternBytes(21)]));
  file.patchLength(at, longer.length + 21);
  withReaders(
    "links by count: surplus links and trailing bytes are passed over",
    file,
    async (reader) => {
      const block = await reader.load(CN, at, "CN");
      assertEquals([block.length, block.linkCount], [longer.length + 21, 11]);
      assertEquals(link(block, "cn_tx_name"), name);
      assertEquals(link(block, "cn_md_comment"), 0x7008);
      assertEquals(link(block, "cn_cn_next"), 0);
      assertEquals(moreLinks(block), [0x9000, 0xa000, 0xb000]);
      const { cn_type, cn_data_type, cn_bit_count, cn_limit_ext_max } = block.fields;
      assertEquals([cn_type, cn_data_type, cn_bit_count, cn_limit_ext_max], [2, 4, 64, 1.5]);
    },
  );
}

{
  const file = new FileBuilder();
  // A header of five links: the comment is what such a block has no link for.
  const old = new Uint8Array(96);
  const view = new DataView(old.buffer);
  old.set(encodeBlock(HD).subarray(0, 4));
  view.setBigUint64(8, 96n, true);
  view.setBigUint64(16, 5n, true);
  view.setBigUint64(24, 0x1234n, true);
  view.setBigUint64(64, 77n, true);
  const at = file.append(old);
  withReaders("links by count: links that an older block lacks are nil", file, async (reader) => {
    const block = await reader.load(HD, at, "HD");
    assertEquals(block.links, [0x1234, 0, 0, 0, 0]);
    assertEquals(link(block, "hd_dg_first"), 0x1234);
    assertEquals(link(block, "hd_md_comment"), 0);
    assertEquals(moreLinks(block), []);
    assertEquals(block.fields.hd_start_time_ns, 77n);
  });
}

{
  const file = new FileBuilder();
  const short = encodeBlock(DG, { fields: { dg_rec_id_size: 2 } }).slice(0, 57);
  const at = file.append(short);
  file.patchLength(at, 57);
  withReaders("reserved bytes at the end may be missing", file, async (reader) => {
    assertEquals((await reader.load(DG, at, "DG")).fields.dg_rec_id_size, 2);
  });
}

{
  const file = new FileBuilder();
  const samples = patternBytes(1000);
  const at = file.add(DT, { payload: samples });
  const bytes = file.bytes();
  Deno.test("of a block with a payload, only the head is read", async () => {
    const source = countingSource(strictSource(bytes));
    const reader = await openBlocks(source, { pageBytes: 50 });
    const block = await reader.load(DT, at, "DT");
    assertEquals(block.payloadOffset, at + 24);
    assertEquals(await reader.loadBytes(block.payloadOffset + 10, 5), samples.slice(10, 15));
    assert(
      source.ranges.every(([offset, length]) => offset + length < at + 150),
      `${source.ranges}`,
    );
  });
}

{
  const file = new FileBuilder();
  const at = file.add(CG, { fields: { cg_record_id: 5 } });
  const bytes = file.bytes();
  Deno.test("peek gives a block at once or not at all; load waits", async () => {
    const direct = await openBlocks(bytes);
    assertEquals(direct.peek(CG, at, "CG")!.fields.cg_record_id, 5);
    assertEquals(direct.peekHeader(at, "CG")!.id, "CG");
    const waiting = await openBlocks(strictSource(bytes));
    assertEquals(waiting.peek(CG, at, "CG"), undefined);
    assertEquals(waiting.peekHeader(at, "CG"), undefined);
    const header = await waiting.loadHeader(at, "CG");
    assertEquals(header, { id: "CG", offset: at, length: 104, linkCount: 6 });
    assertEquals(waiting.peek(CG, at, "CG")!.fields.cg_record_id, 5);
  });
}

{
  const file = new FileBuilder();
  const payload = (text: string) => ({ payload: new TextEncoder().encode(text) });
  const texts: [name: string, offset: number, expected: string][] = [
    ["with its end marked and padded", file.text("Motor-Drehzahl µ ²"), "Motor-Drehzahl µ ²"],
    ["without a zero byte at the end", file.add(TX, payload("no end")), "no end"],
    ["with bytes after the zero byte", file.add(TX, payload("one\0two\0")), "one"],
    ["that is empty", file.add(TX, payload("\0\0\0\0\0\0\0\0")), ""],
    ["of no bytes at all", file.add(TX), ""],
    [
      "in a metadata block",
      file.metadata("<CNunit><TX>V</TX></CNunit>"),
      "<CNunit><TX>V</TX></CNunit>",
    ],
    ["longer than a page", file.text("x".repeat(500)), "x".repeat(500)],
    [
      "after links that no text has",
      file.add(TX, { moreLinks: [8, 9], ...payload("far\0") }),
      "far",
    ],
    ["that is not UTF-8", file.add(TX, { payload: Uint8Array.of(0xb0, 0x43, 0) }), "\ufffdC"],
  ];
  withReaders("texts", file, async (reader) => {
    for (const [name, offset, expected] of texts) {
      assertEquals(await reader.loadText(offset, "TX"), expected, name);
      assertEquals(reader.peekText(offset, "TX") ?? expected, expected, name);
    }
    assertEquals(reader.peekText(0, "TX"), "");
  });
  Deno.test("short texts are kept, so that shared units cost one read", async () => {
    const reader = await openBlocks(strictSource(file.bytes()), { pageBytes: 16, maxPages: 1 });
    const [, offset, expected] = texts[0];
    assertEquals(reader.peekText(offset, "TX"), undefined);
    await reader.loadText(offset, "TX");
    await reader.loadText(texts[4][1], "TX");
    assertEquals(reader.peekText(offset, "TX"), expected);
  });
}

Deno.test("the identification is read, padding and all", async () => {
  const file = new FileBuilder({ version: "4.11", program: "bench", unfinalized: 5 });
  const reader = await openBlocks(file.bytes());
  assertEquals<unknown>(await reader.identification(), {
    id_file: "UnFinMF ",
    id_vers: "4.11    ",
    id_prog: "bench   ",
    id_ver: 411,
    id_unfin_flags: 5,
    id_custom_unfin_flags: 0,
  });
});

Deno.test("a file too short for an identification is no MDF file", async () => {
  for (const length of [0, 1, 63]) {
    for (const source of [bytesSource, strictSource]) {
      const reader = await openBlocks(source(new Uint8Array(length), "tiny.mf4"));
      const error = await assertRejects(() => reader.identification(), NotMdfError);
      assertEquals(
        error.message,
        `tiny.mf4: ID block at offset 0 (0x0): the file has ${length} bytes; an MDF file starts ` +
          "with an identification of 64",
      );
    }
  }
});

Deno.test("in an unfinalized file, data blocks may lack their length; others may not", async () => {
  const file = new FileBuilder({ unfinalized: 4 });
  const group = file.add(CG);
  const data = file.add(DT, { payload: patternBytes(16) });
  file.patchLength(data, 0);
  const closed = await openBlocks(file.bytes());
  await assertRejects(() => closed.load(DT, data, "DT"), Error, "0 bytes long");
  const reader = await openBlocks(file.bytes());
  reader.unfinalized = 4;
  assertEquals((await reader.load(DT, data, "DT")).length, 24);
  await reader.load(CG, group, "CG");
  assertEquals([0, group, data].map((at) => reader.met.after(at)), [group, data, undefined]);
  file.patchLength(group, 0);
  const damaged = await openBlocks(file.bytes());
  damaged.unfinalized = 4;
  await assertRejects(() => damaged.load(CG, group, "CG"), Error, "0 bytes long");
});

Deno.test("a failing source is passed on as it is, and an abort too", async () => {
  const file = new FileBuilder();
  const at = file.add(MD);
  await using server = rangeServer(file.bytes());
  const source = httpSource(server.url, { firstBytes: 16 });
  const reader = await openBlocks(source);
  server.mode = "500";
  const error = await assertRejects(() => reader.load(MD, at, "MD"), SourceError);
  assertEquals(error.file, server.url);
  const reason = new Error("enough");
  const abort = new AbortController();
  const leaving = await openBlocks(strictSource(file.bytes()), { signal: abort.signal });
  abort.abort(reason);
  assertEquals(await assertRejects(() => leaving.load(MD, at, "MD")), reason);
  assertThrows(() => leaving.peek(MD, 8, "MD"), Error, "identification");
});
