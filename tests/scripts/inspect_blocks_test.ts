import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BLOCK_TABLES, CC, DT, HD, SI, TX } from "../../lib/blocks/block_tables.ts";
import { encodeBlock, encodeText } from "../../lib/blocks/encode_block.ts";
import { FileBuilder, patternBytes } from "../_helpers.ts";
import { coverage, inspectBytes, type JsonBlocks, type JsonStretch } from "./_inspect.ts";

/** A file of one group with two channels and ten records of nine bytes. */
function smallFile() {
  const file = new FileBuilder();
  const group = file.group({
    name: "Engine",
    channels: [
      { name: "t", unit: "s", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
      { name: "rpm", cn_byte_offset: 8, cn_bit_count: 8 },
    ],
    records: patternBytes(90),
  });
  const [t, rpm] = group.channels;
  return { file, cg: group.cg, data: group.data, t, rpm };
}

async function blocksOf(bytes: Uint8Array): Promise<JsonBlocks & { code: number }> {
  const { code, out } = await inspectBytes(bytes, "--blocks", "--json");
  const blocks: JsonBlocks = JSON.parse(out);
  const { sum } = blocks;
  assertEquals(blocks.size, bytes.length);
  assertEquals(sum.blocks + sum.padding + sum.unreferred, bytes.length, "the sum");
  assertEquals(coverage(blocks).bare, 0, "bytes that belong nowhere");
  return { code, ...blocks };
}

const gapsOf = (stretches: JsonStretch[], kind: string) =>
  stretches.filter((stretch) => stretch.kind === kind)
    .map(({ offset, bytes }) => [offset, bytes]);

Deno.test("inspect --blocks: every block is listed in file order, each byte in one stretch", async () => {
  const { file, data } = smallFile();
  const bytes = file.bytes();
  const blocks = await blocksOf(bytes);
  assertEquals([blocks.code, blocks.errors], [0, []]);
  assertEquals(coverage(blocks).shared, 0);
  const listed = blocks.stretches.filter(({ kind }) => kind === "block");
  assertEquals(listed.map(({ id }) => id), "ID HD TX TX CN TX CN TX CG DT DG".split(" "));
  const offsets = blocks.stretches.map(({ offset }) => offset);
  assertEquals(offsets, offsets.toSorted((a, b) => a - b));
  // 24 + 90 bytes of data leave six to the next multiple of eight.
  assertEquals(gapsOf(blocks.stretches, "padding"), [[data + 114, 6]]);
  assertEquals(gapsOf(blocks.stretches, "unreferred"), []);
});

Deno.test("inspect --blocks: names links and fields as the tables do, with kind and text of targets", async () => {
  const { file, rpm } = smallFile();
  const { out, code } = await inspectBytes(file.bytes(), "--blocks");
  assertEquals(code, 0);
  const at = `0x${file.linkOf(rpm, "cn_tx_name").toString(16)}`;
  assertStringIncludes(out, `→ cn_tx_name  ${at} TX "rpm"`);
  assertStringIncludes(out, "cn_byte_offset       8\n");
  assertStringIncludes(out, "cn_type              2  master\n");
  assertStringIncludes(out, "→ nowhere: hd_fh_first, hd_ch_first, hd_at_first, hd_ev_first");
  assertStringIncludes(out, "90 bytes of data");
});

Deno.test("inspect --blocks: lists every link and field of every block table", async () => {
  const file = new FileBuilder();
  let last = file.add(TX, { payload: encodeText("end") });
  const made: string[] = [];
  for (const table of BLOCK_TABLES.values()) {
    if (table.id === HD.id || table.id === TX.id) continue;
    // A link of no meaning for the kind still has to be followed.
    const lists = Object.entries(table.fields).filter(([, field]) => field.count);
    const fields = Object.fromEntries(lists.map(([name]) => [name, []]));
    last = file.add(table, { moreLinks: [last], fields });
    made.push(table.id);
  }
  file.patchLink(file.hd, "hd_md_comment", last);
  const { stretches } = await blocksOf(file.bytes());
  const known = new Map(stretches.filter(({ kind }) => kind === "block").map((s) => [s.id, s]));
  for (const id of made) {
    const table = BLOCK_TABLES.get(id)!;
    const block = known.get(id);
    assert(block, `${id} was not found`);
    assertEquals(block.links.slice(0, table.links.length).map(({ name }) => name), [
      ...table.links,
    ]);
    assertEquals(block.links.length, table.links.length + 1, id);
    const told = Object.keys(table.fields).filter((name) => !table.fields[name].reserved);
    assertEquals(Object.keys(block.fields).filter((name) => told.includes(name)), told, id);
  }
});

Deno.test("inspect --blocks: bytes that nothing refers to are told, with the blocks they seem to hold", async () => {
  const { file } = smallFile();
  const lost = file.append(encodeBlock(SI));
  const text = file.append(encodeBlock(TX, { payload: encodeText("nobody asks") }));
  const note = file.text("kept");
  file.patchLink(file.hd, "hd_md_comment", note);
  const bytes = file.bytes();
  const { stretches, sum, code } = await blocksOf(bytes);
  assertEquals(code, 0);
  const [gap] = stretches.filter(({ kind }) => kind === "unreferred");
  assertEquals([gap.offset, gap.bytes], [lost, note - lost]);
  assertEquals(sum.unreferred, note - lost);
  assertEquals(gap.content!.zero, false);
  assertEquals(gap.content!.headers, [
    { offset: lost, id: "SI", length: 56 },
    { offset: text, id: "TX", length: 40 },
  ]);
  const { out } = await inspectBytes(bytes, "--blocks");
  assertStringIncludes(out, `unreferred  ${note - lost} bytes: nothing refers to these bytes`);
  assertStringIncludes(out, `seems to hold a block: SI at 0x${lost.toString(16)}, 56 bytes`);
});

Deno.test("inspect --blocks: only fewer than eight zeros before a block are padding", async () => {
  const zeros = (count: number): number[] => new Array(count).fill(0);
  const cases: [fill: number[], kind: string, zero?: boolean][] = [
    [[0, 0, 0], "padding"],
    [zeros(7), "padding"],
    [[0, 7, 0], "unreferred", false],
    [zeros(8), "unreferred", true],
    [zeros(11), "unreferred", true],
  ];
  for (const [fill, kind, zero] of cases) {
    const file = new FileBuilder();
    const data = file.add(DT, { payload: patternBytes(8 + (16 - fill.length) % 8) });
    const end = file.size;
    if (fill.length >= 8) file.append(new Uint8Array(8));
    const { dg } = file.dataGroup({ groups: [], dataLink: data });
    assertEquals(dg - end, fill.length);
    file.patchBytes(end, fill);
    const { stretches } = await blocksOf(file.bytes());
    const gap = stretches.find(({ offset }) => offset === end)!;
    assertEquals([gap.kind, gap.bytes, gap.content?.zero], [kind, fill.length, zero]);
  }
});

Deno.test("inspect --blocks: blocks that overlap are an error, and their bytes count once", async () => {
  const { file, rpm } = smallFile();
  const text = file.linkOf(rpm, "cn_tx_name");
  file.patchLength(text, 48);
  const bytes = file.bytes();
  const { stretches, errors, code } = await blocksOf(bytes);
  assertEquals(code, 1);
  const next = stretches.find(({ offset }) => offset > text)!;
  const overlapping = text + 48 - next.offset;
  assert(overlapping > 0);
  assertEquals(errors.map(({ reason }) => reason), [
    `${overlapping} bytes of the block are also part of the TX block at 0x${text.toString(16)}`,
  ]);
  assertEquals(coverage({ size: bytes.length, stretches } as JsonBlocks).shared, overlapping);
});

Deno.test("inspect --blocks: links that lead in a circle are followed once", async () => {
  const { file, t, rpm } = smallFile();
  file.patchLink(rpm, "cn_cn_next", t);
  file.patchLink(rpm, "cn_composition", rpm);
  const { stretches, errors, code } = await blocksOf(file.bytes());
  assertEquals([code, errors], [0, []]);
  assertEquals(stretches.filter(({ id }) => id === "CN").length, 2);
});

Deno.test("inspect --blocks: links that lead nowhere are told with the name of the link", async () => {
  const { file, data, t, rpm } = smallFile();
  const beyond = 1_000_000_007;
  file.patchLink(t, "cn_cc_conversion", beyond);
  file.patchLink(rpm, "cn_md_comment", data + 30);
  file.patchLink(rpm, "cn_si_source", 8);
  const bytes = file.bytes();
  const { errors, stretches, code } = await blocksOf(bytes);
  assertEquals([code, errors.length], [1, 3]);
  const links = stretches.find(({ offset }) => offset === t)!.links;
  const link = links.find(({ name }) => name === "cn_cc_conversion")!;
  assertEquals([link.target, link.kind], [beyond, undefined]);
  assertStringIncludes(link.error!.reason, "a link leads past the end of the file");
  const { out } = await inspectBytes(bytes, "--blocks");
  assertStringIncludes(out, `link cn_cc_conversion of the CN block at 0x${t.toString(16)}`);
  assertStringIncludes(out, "3 errors:");
});

Deno.test("inspect --blocks: a link to the wrong kind of block is an error", async () => {
  const { file, cg, t } = smallFile();
  file.patchLink(t, "cn_si_source", cg);
  const { errors, code } = await blocksOf(file.bytes());
  assertEquals(code, 1);
  assertEquals(errors.map(({ reason }) => reason), [
    `the link cn_si_source leads to the CG block at 0x${cg.toString(16)} and should lead to ` +
    "a SI block",
  ]);
});

Deno.test("inspect --blocks: a kind of block that no table names is shown, and its links followed", async () => {
  const { file, t } = smallFile();
  const text = file.text("behind the unknown");
  const unknown = encodeBlock(CC, { links: { cc_tx_name: text } });
  unknown.set([0x51, 0x39], 2);
  const at = file.append(unknown);
  file.patchLink(t, "cn_composition", at);
  const bytes = file.bytes();
  const { stretches, code } = await blocksOf(bytes);
  assertEquals(code, 0);
  const block = stretches.find(({ offset }) => offset === at)!;
  assertEquals([block.id, block.known, block.fields], ["Q9", false, {}]);
  assertEquals(
    block.links[0],
    {
      name: "q9_link[0]",
      target: text,
      kind: "TX",
      text: "behind the unknown",
    } as JsonStretch["links"][0],
  );
  const { out } = await inspectBytes(bytes, "--blocks");
  assertStringIncludes(out, "a kind of block that is not known here");
  assertStringIncludes(out, `${block.payloadBytes} bytes of more`);
});

Deno.test("inspect --blocks: bytes that are no identifier are no block", async () => {
  const { file } = smallFile();
  const odd = encodeBlock(TX, { payload: encodeText("x") });
  odd.set([0, 0x20], 2);
  file.patchLink(file.hd, "hd_md_comment", file.append(odd));
  const { errors, code } = await blocksOf(file.bytes());
  assertEquals(code, 1);
  assertStringIncludes(errors[0].reason, "is no identifier of a block");
});

Deno.test("inspect --blocks: a block that goes on past the end is accounted up to the end", async () => {
  const { file, data } = smallFile();
  const bytes = file.bytes();
  // The data group lies behind the data; with the data cut off it is lost as well.
  const { errors, stretches, sum, code } = await blocksOf(bytes.slice(0, data + 60));
  assertEquals(code, 1);
  assert(errors.some(({ reason }) => /leads past the end/.test(reason)));
  assertEquals(stretches.filter(({ id }) => id === "DG"), []);
  // Nothing refers to the rest, since the data group that did is gone.
  assertEquals(sum.blocks, 64 + 104);
  const last = new FileBuilder();
  const link = last.text("a text at the end of the file");
  last.patchLink(last.hd, "hd_md_comment", link);
  const cut = await blocksOf(last.bytes().slice(0, link + 30));
  assertEquals(cut.code, 1);
  assertEquals(cut.errors.map(({ code }) => code), ["truncated"]);
  assertStringIncludes(cut.errors[0].reason, "26 of them are missing");
});

Deno.test("inspect --blocks: the open data block of an unfinalized file runs on to the end", async () => {
  for (const unfinalized of [undefined, 4]) {
    const file = new FileBuilder({ unfinalized });
    const dg = file.dataGroup({
      recordIdSize: 0,
      groups: [{ channels: [{ name: "x", cn_bit_count: 8 }] }],
    });
    const data = file.add(DT, { payload: patternBytes(800) });
    file.patchLink(dg.dg, "dg_data", data);
    file.patchLength(data, 24);
    const { stretches, sum, errors } = await blocksOf(file.bytes());
    const block = stretches.find(({ id }) => id === "DT")!;
    assertEquals(errors, []);
    assertEquals(block.runsOn, unfinalized ? 800 : 0);
    assertEquals(sum.unreferred, unfinalized ? 0 : 800);
  }
});

Deno.test("inspect --blocks: data of an unfinalized file ends where another block is linked", async () => {
  const file = new FileBuilder({ unfinalized: 4 });
  const dg = file.dataGroup({ groups: [{ channels: [{ name: "x", cn_bit_count: 8 }] }] });
  const data = file.add(DT, { payload: patternBytes(100) });
  file.patchLink(dg.dg, "dg_data", data);
  file.patchLength(data, 0);
  const text = file.text("after the data");
  file.patchLink(file.hd, "hd_md_comment", text);
  const { stretches, sum } = await blocksOf(file.bytes());
  const block = stretches.find(({ id }) => id === "DT")!;
  assertEquals([block.length, block.runsOn, block.offset], [24, text - data - 24, data]);
  assertEquals(sum.unreferred, 0);
});

Deno.test("inspect --blocks: blocks whose links lie on each other do not keep it busy for ever", async () => {
  const file = new FileBuilder();
  // Each of a thousand headers claims the links of all that follow it.
  const count = 1000;
  const bytes = new Uint8Array(24 * count + 24);
  const view = new DataView(bytes.buffer);
  const start = file.append(bytes);
  for (let i = 0; i < count; i++) {
    bytes.set([0x23, 0x23, 0x53, 0x49], 24 * i);
    view.setBigUint64(24 * i + 8, BigInt(bytes.length - 24 * i), true);
    view.setBigUint64(24 * i + 16, BigInt((bytes.length - 24 * i - 24) / 8 | 0), true);
  }
  file.patchBytes(start, bytes);
  file.patchLink(file.hd, "hd_dg_first", start);
  // A list that leads to every header.
  const list = file.add(BLOCK_TABLES.get("DL")!, {
    moreLinks: Array.from({ length: count }, (_, i) => start + 24 * i),
    fields: { dl_flags: 1, dl_count: count, dl_equal_length: [24] },
  });
  file.patchLink(file.hd, "hd_fh_first", list);
  const { errors, code } = await blocksOf(file.bytes());
  assertEquals(code, 1);
  assert(errors.some(({ code, reason }) => code === "limit" && /overlap/.test(reason)));
});

Deno.test("inspect --blocks: a block that is too short for its fields is told", async () => {
  const { file, cg } = smallFile();
  file.patchLength(cg, 24 + 48 + 8);
  const { stretches, code } = await blocksOf(file.bytes());
  assertEquals(code, 1);
  const block = stretches.find(({ id }) => id === "CG")!;
  assertStringIncludes(block.errors[0].reason, "too short for its field cg_cycle_count");
});

Deno.test("inspect --blocks: 64-bit fields are texts in JSON, and doubles of conversions numbers", async () => {
  const { file, t, rpm } = smallFile();
  const doubles = new BigUint64Array(Float64Array.of(10, 0.25, NaN).buffer);
  const cc = file.add(CC, {
    fields: { cc_type: 1, cc_val_count: 3, cc_val: Array.from(doubles) },
  });
  const masks = file.add(CC, {
    fields: { cc_type: 11, cc_val_count: 1, cc_val: [0xffff_ffff_ffff_fffen] },
  });
  file.patchLink(t, "cn_cc_conversion", cc);
  file.patchLink(rpm, "cn_cc_conversion", masks);
  file.patchField(file.hd, "hd_start_time_ns", 1_700_000_000_123_456_789n);
  const { stretches } = await blocksOf(file.bytes());
  const fields = (offset: number) => stretches.find((each) => each.offset === offset)!.fields;
  assertEquals(fields(cc).cc_val, [10, 0.25, "NaN"]);
  assertEquals(fields(masks).cc_val, ["18446744073709551614"]);
  assertEquals(fields(file.hd).hd_start_time_ns, "1700000000123456789");
});

Deno.test("inspect --blocks: long lists of links are cut short unless all are asked for", async () => {
  const file = new FileBuilder();
  file.group({
    channels: [{ name: "x", cn_bit_count: 8 }],
    records: patternBytes(60),
    blockSizes: [1],
  });
  const bytes = file.bytes();
  const short = await inspectBytes(bytes, "--blocks");
  assertStringIncludes(short.out, "… 44 more links (--all)");
  const all = await inspectBytes(bytes, "--blocks", "--all");
  assertEquals(all.out.match(/→ dl_data\[\d+\]/g)?.length, 60);
});
