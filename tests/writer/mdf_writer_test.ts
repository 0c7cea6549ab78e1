import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { type ChannelOptions, MdfWriter, MemorySink } from "../../lib/writer/mdf_writer.ts";
import { TOOL_VERSION } from "../../lib/writer/write_metadata.ts";
import {
  ascii,
  blockAt,
  checkCoverage,
  FIXED_TIMES,
  follow,
  groupsOf,
  recordsOf,
  textAt,
  written,
} from "./_walk.ts";

const TIME = { name: "Time", type: "float64", unit: "s", master: "time" } as const;

Deno.test("an empty file has identification, header and history", async () => {
  const bytes = await written({ comment: 'a <b> & "c"\r\n' }, () => {});
  assertEquals(ascii(bytes, 0, 16), "MDF     4.10    ");
  assertEquals(ascii(bytes, 16, 8), "mf4deno\0");
  const view = new DataView(bytes.buffer);
  assertEquals(view.getUint16(28, true), 410);
  assertEquals([view.getUint16(60, true), view.getUint16(62, true)], [0, 0]);

  const hd = blockAt(bytes, 64);
  assertEquals([hd.id, hd.length, hd.links.length], ["HD", 104, 6]);
  assertEquals(hd.data.getBigUint64(0, true), FIXED_TIMES.startTimeNs);
  assertEquals(hd.data.getUint8(12), 0);
  assertEquals(hd.links[0], 0);
  assertEquals(
    textAt(bytes, hd.links[5], "MD"),
    '<HDcomment><TX>a &lt;b&gt; &amp; "c"&#13;\n</TX></HDcomment>',
  );
  const fh = follow(bytes, hd, 1, "FH");
  assertEquals(fh.length, 56);
  assertEquals(fh.data.getBigUint64(0, true), 5n);
  assertEquals(
    textAt(bytes, fh.links[1], "MD"),
    "<FHcomment><TX>created</TX><tool_id>mf4deno</tool_id><tool_vendor>MF4 for Deno</tool_vendor>" +
      `<tool_version>${TOOL_VERSION}</tool_version></FHcomment>`,
  );
  checkCoverage(bytes);
});

Deno.test("the history names the version of the package", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(TOOL_VERSION, config.version);
});

Deno.test("program and version are the caller's", async () => {
  const bytes = await written({ program: "LOG<1>", version: "4.20" }, () => {});
  assertEquals(ascii(bytes, 8, 16), "4.20    LOG<1>\0\0");
  assertEquals(new DataView(bytes.buffer).getUint16(28, true), 420);
  const fh = follow(bytes, blockAt(bytes, 64), 1, "FH");
  assert(textAt(bytes, fh.links[1], "MD").includes("<tool_id>LOG&lt;1&gt;</tool_id>"));
});

Deno.test("groups and channels keep the declared order, fields are sorted by width", async () => {
  const bytes = await written({}, (writer) => {
    writer.addGroup({
      name: "First",
      comment: "one & only",
      channels: [
        { name: "Flag", type: "bool" },
        TIME,
        { name: "Speed", type: "int16", comment: { xml: "<CNcomment><TX>v</TX></CNcomment>" } },
        { name: "Note", type: "string" },
        { name: "Blob", type: "bytes" },
        { name: "Load", type: "float32" },
      ],
    });
    writer.addGroup({
      name: "Second",
      channels: [{ name: "Angle", type: "uint64", master: "angle" }],
    });
  });
  checkCoverage(bytes);
  const [first, second, ...none] = groupsOf(bytes);
  assertEquals(none, []);
  assertEquals(textAt(bytes, first.cg.links[2]), "First");
  assertEquals(
    textAt(bytes, first.cg.links[5], "MD"),
    "<CGcomment><TX>one &amp; only</TX></CGcomment>",
  );
  assertEquals(
    first.cn.map((cn) => textAt(bytes, cn.links[2])),
    ["Flag", "Time", "Speed", "Note", "Blob", "Load"],
  );
  // cn_type, cn_sync_type, cn_data_type, byte offset, bit count
  const layout = first.cn.map(({ data }) => [
    data.getUint8(0),
    data.getUint8(1),
    data.getUint8(2),
    data.getUint32(4, true),
    data.getUint32(8, true),
  ]);
  assertEquals(layout, [
    [0, 0, 0, 30, 8],
    [2, 1, 4, 0, 64],
    [0, 0, 2, 28, 16],
    [1, 0, 7, 8, 64],
    [1, 0, 10, 16, 64],
    [0, 0, 4, 24, 32],
  ]);
  assertEquals(first.recordBytes, 31);
  assertEquals([first.cycleCount, first.dg.links[2]], [0, 0]);
  assertEquals(first.cn.map((cn) => cn.links[5]), [0, 0, 0, 0, 0, 0]);
  assertEquals(textAt(bytes, first.cn[1].links[6]), "s");
  assertEquals(textAt(bytes, first.cn[2].links[7], "MD"), "<CNcomment><TX>v</TX></CNcomment>");
  assertEquals([second.cn[0].data.getUint8(0), second.cn[0].data.getUint8(1)], [2, 2]);
  assertEquals(textAt(bytes, second.cg.links[2]), "Second");
});

Deno.test("conversions are stored with their parameters and texts", async () => {
  const bytes = await written({}, (writer) => {
    writer.addGroup({
      name: "G",
      channels: [
        { name: "a", type: "uint8", conversion: { kind: "linear", offset: -40, factor: 0.5 } },
        {
          name: "b",
          type: "uint8",
          conversion: { kind: "rational", parameters: [1, 2, 3, 4, 5, 6] },
        },
        { name: "c", type: "uint8", conversion: { kind: "identity" } },
        {
          name: "d",
          type: "uint8",
          conversion: { kind: "valueToText", keys: [3, -1], texts: ["on", ""], default: "?" },
        },
        { name: "e", type: "uint8", conversion: { kind: "valueToText", keys: [0], texts: ["on"] } },
        { name: "f", type: "uint8" },
      ],
    });
  });
  const { cn } = groupsOf(bytes)[0];
  const rules = cn.slice(0, 5).map((channel) => {
    const cc = follow(bytes, channel, 4, "CC");
    const count = cc.data.getUint16(6, true);
    const references = cc.links.slice(4);
    assertEquals(cc.data.getUint16(4, true), references.length);
    return {
      type: cc.data.getUint8(0),
      values: Array.from({ length: count }, (_, i) => cc.data.getFloat64(24 + 8 * i, true)),
      texts: references.map((at) => at === 0 ? null : textAt(bytes, at)),
    };
  });
  assertEquals(rules, [
    { type: 1, values: [-40, 0.5], texts: [] },
    { type: 2, values: [1, 2, 3, 4, 5, 6], texts: [] },
    { type: 0, values: [], texts: [] },
    { type: 7, values: [3, -1], texts: ["on", "", "?"] },
    { type: 7, values: [0], texts: ["on", null] },
  ]);
  assertEquals(cn[5].links[4], 0);
  checkCoverage(bytes);
});

Deno.test("equal texts, comments, sources and conversions are written once", async () => {
  const source = { name: "ECU", path: "can/1", type: 1, busType: 2, flags: 1, comment: "main" };
  const bytes = await written({}, (writer) => {
    for (const name of ["A", "B"]) {
      writer.addGroup({
        name,
        source,
        channels: ["x", "y"].map((channel) => ({
          name: channel,
          type: "uint8" as const,
          unit: "V",
          comment: "same",
          source: { ...source },
          conversion: { kind: "linear", offset: channel === "x" ? 0 : -0, factor: 2 } as const,
        })),
      });
    }
  });
  const groups = groupsOf(bytes);
  const links = groups.flatMap((group) => group.cn.map((cn) => cn.links));
  for (const link of [3, 6, 7]) assertEquals(new Set(links.map((l) => l[link])).size, 1);
  // 0 and -0 are different parameters.
  assertEquals(links.map((l) => l[4] === links[0][4]), [true, false, true, false]);
  const si = follow(bytes, groups[1].cn[1], 3, "SI");
  assertEquals(groups[0].cg.links[3], si.at);
  assertEquals([0, 1, 2].map((i) => si.data.getUint8(i)), [1, 2, 1]);
  assertEquals(textAt(bytes, si.links[0]), "ECU");
  assertEquals(textAt(bytes, si.links[1]), "can/1");
  assertEquals(textAt(bytes, si.links[2], "MD"), "<SIcomment><TX>main</TX></SIcomment>");
  const counts = checkCoverage(bytes);
  // A, B, x, y, V, ECU, can/1
  assertEquals([counts.get("TX"), counts.get("SI"), counts.get("CC")], [7, 1, 2]);
});

Deno.test("a text and a comment of the same wording are kept apart", async () => {
  const xml = "<CNcomment><TX>t</TX></CNcomment>";
  const bytes = await written({}, (writer) => {
    writer.addGroup({ name: xml, channels: [{ name: "x", type: "uint8", comment: "t" }] });
    writer.addGroup({ name: `MD ${xml}`, channels: [{ name: "x", type: "uint8" }] });
  });
  const [{ cg, cn }, other] = groupsOf(bytes);
  assertEquals(textAt(bytes, cg.links[2], "TX"), xml);
  assertEquals(textAt(bytes, other.cg.links[2], "TX"), `MD ${xml}`);
  assertEquals(textAt(bytes, cn[0].links[7], "MD"), xml);
});

Deno.test("the same calls give the same bytes", async () => {
  const make = () =>
    written({ compression: "transpose", blockBytes: 4000 }, async (writer) => {
      const group = writer.addGroup({ name: "G", channels: [TIME, { name: "s", type: "string" }] });
      for (let n = 0; n < 9; n++) {
        const time = Float64Array.from({ length: 300 }, (_, i) => n * 300 + i);
        await group.append({ Time: time, s: Array.from(time, String) });
      }
    });
  assertEquals(await make(), await make());
});

Deno.test("a declaration may be changed once it was made", async () => {
  const bytes = await written({}, async (writer) => {
    const channels: ChannelOptions[] = [{ name: "x", type: "uint16" }];
    const group = writer.addGroup({ name: "G", channels });
    channels[0].name = "y";
    channels[0].type = "float64";
    channels.push({ name: "z", type: "uint8" });
    await group.append({ x: [513] });
  });
  const [group] = groupsOf(bytes);
  assertEquals([...recordsOf(bytes, group)], [1, 2]);
});

Deno.test("start and history default to the time of the call", async () => {
  const sink = new MemorySink();
  const before = BigInt(Date.now()) * 1_000_000n;
  await (await MdfWriter.create(sink)).close();
  const after = BigInt(Date.now()) * 1_000_000n;
  const bytes = sink.bytes();
  const hd = blockAt(bytes, 64);
  for (const block of [hd, follow(bytes, hd, 1, "FH")]) {
    const time = block.data.getBigUint64(0, true);
    assert(before <= time && time <= after, `${time} is not between ${before} and ${after}`);
  }
});

Deno.test("a file that is open is marked as unfinalized and leads to what was written", async () => {
  for (const compression of ["none", "deflate", "transpose"] as const) {
    const sink = new MemorySink();
    const writer = await MdfWriter.create(sink, { ...FIXED_TIMES, compression, blockBytes: 1600 });
    const group = writer.addGroup({
      name: "G",
      channels: [TIME, { name: "s", type: "string" }],
    });
    const time = Float64Array.from({ length: 100 }, (_, i) => i);
    const expected = new Uint8Array(new BigUint64Array(time.buffer).buffer);
    for (const blocks of [1, 2, 8, 9, 30, 65]) {
      while (group.recordCount < 100 * blocks) {
        await group.append({ Time: time, s: Array.from(time, String) });
      }
      const bytes = sink.bytes();
      assertEquals(ascii(bytes, 0, 8), "UnFinMF ");
      // Counters of the groups are to be updated.
      assertEquals(new DataView(bytes.buffer).getUint16(60, true), 1);
      const found = openData(bytes, groupsOf(bytes)[0].dg.links[2]);
      assertEquals(found, blocks, `${compression}, ${blocks} blocks`);
    }
    await writer.close();
    const bytes = sink.bytes();
    assertEquals(ascii(bytes, 0, 8), "MDF     ");
    checkCoverage(bytes);
    const records = recordsOf(bytes, groupsOf(bytes)[0]);
    assertEquals(records.length, 65 * 100 * 16);
    assertEquals(records.slice(16 * 6499, 16 * 6499 + 8), expected.slice(8 * 99));
  }
});

/** Number of data blocks behind a link of a file whose lists still have room. */
function openData(bytes: Uint8Array, link: number): number {
  let block = blockAt(bytes, link);
  if (block.id === "HL") block = follow(bytes, block, 0, "DL");
  if (block.id !== "DL") return 1;
  let blocks = 0;
  for (;;) {
    const count = block.data.getUint32(4, true);
    for (let i = 0; i < count; i++) {
      assert(["DT", "DZ"].includes(blockAt(bytes, block.links[1 + i]).id));
      const start = Number(block.data.getBigUint64(8 + 8 * i, true));
      assertEquals(start, 1600 * blocks++);
    }
    assert(block.links.slice(1 + count).every((rest) => rest === 0));
    if (block.links[0] === 0) return blocks;
    block = blockAt(bytes, block.links[0]);
  }
}

Deno.test("close can be called again and ends the writer", async () => {
  const sink = new MemorySink();
  const writer = await MdfWriter.create(sink, FIXED_TIMES);
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "uint8" }] });
  const pending = group.append({ x: [1, 2] });
  const first = writer.close();
  const second = writer.close();
  await Promise.all([pending, first, second]);
  const bytes = sink.bytes();
  await writer.close();
  await writer[Symbol.asyncDispose]();
  assertEquals(sink.bytes(), bytes);
  assertEquals(groupsOf(bytes)[0].cycleCount, 2);
  await assertRejects(() => group.append({ x: [3] }), UsageError, "closed");
  assertThrows(
    () => writer.addGroup({ name: "H", channels: [{ name: "x", type: "uint8" }] }),
    UsageError,
    "closed",
  );
});

Deno.test("await using completes the file, also when its block throws", async () => {
  const sink = new MemorySink();
  await assertRejects(
    async () => {
      await using writer = await MdfWriter.create(sink, FIXED_TIMES);
      const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "uint8" }] });
      await group.append({ x: [1] });
      throw new RangeError("of the caller");
    },
    RangeError,
    "of the caller",
  );
  assertEquals(ascii(sink.bytes(), 0, 8), "MDF     ");
  assertEquals(groupsOf(sink.bytes())[0].cycleCount, 1);
});

Deno.test("declarations that cannot be written are refused before anything is", async () => {
  const sink = new MemorySink();
  const writer = await MdfWriter.create(sink, FIXED_TIMES);
  const size = sink.size;
  // deno-lint-ignore no-explicit-any
  const refused = (group: any, message: string) =>
    assertThrows(() => writer.addGroup(group), UsageError, message);
  // deno-lint-ignore no-explicit-any
  const channel = (parts: any, message: string) =>
    refused({ name: "G", channels: [{ name: "x", type: "uint8", ...parts }] }, message);

  refused({ name: "G", channels: [] }, "no channels");
  refused({ name: "G" }, "no channels");
  refused({ name: "", channels: [] }, "empty");
  refused({ name: "a\0b", channels: [] }, "zero character");
  channel({ name: "\ud800" }, "surrogate");
  channel({ name: undefined }, "undefined, not a string");
  channel({ type: "uint24" }, "uint8, int8, uint16");
  channel({ unit: 5 }, "not a string");
  channel({ comment: "bell \x07" }, "character 7 at position 5");
  channel({ comment: { xml: "\x0b" } }, "character 11");
  channel({ master: "pressure" }, "time, angle, distance, index");
  channel({ master: "time", type: "string" }, "must hold numbers");
  channel({ master: "time", type: "bool" }, "must hold numbers");
  channel({ source: { type: 256 } }, "from 0 to 255");
  channel({ source: { name: 1 } }, "not a string");
  channel({ type: "string", conversion: { kind: "identity" } }, "numbers only");
  channel({ conversion: { kind: "linear", offset: 0 } }, "[0, undefined]");
  channel({ conversion: { kind: "linear", offset: NaN, factor: 1 } }, "2 finite numbers");
  channel({ conversion: { kind: "rational", parameters: [1, 2, 3] } }, "6 finite numbers");
  channel({ conversion: { kind: "formula" } }, "identity, linear");
  channel({ conversion: { kind: "valueToText", keys: [1], texts: [] } }, "1 keys and 0 texts");
  channel({ conversion: { kind: "valueToText", keys: [1, 1], texts: ["a", "b"] } }, "twice");
  channel(
    { master: "time", conversion: { kind: "valueToText", keys: [1], texts: ["a"] } },
    "must stay numbers",
  );
  refused(
    { name: "G", channels: [{ name: "x", type: "int8" }, { name: "x", type: "int8" }] },
    'two channels "x"',
  );
  refused(
    { name: "G", channels: [TIME, { ...TIME, name: "T2" }] },
    "two time masters",
  );
  assertEquals(sink.size, size);
  await writer.close();
  assertEquals(groupsOf(sink.bytes()), []);
});

Deno.test("options that make no sense are refused before the output is touched", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "precious");
  // deno-lint-ignore no-explicit-any
  const refused = (options: any, message: string) =>
    assertRejects(() => MdfWriter.create(path, options), UsageError, message);
  await refused({ compression: "zip" }, "none, deflate, transpose");
  await refused({ compressionLevel: -1 }, "from 0 to 9");
  await refused({ compressionLevel: 1.5 }, "from 0 to 9");
  await refused({ blockBytes: 0 }, "blockBytes is 0");
  await refused({ blockBytes: 2 ** 31 }, "from 1 to 1073741824");
  await refused({ bufferBytes: NaN }, "bufferBytes is NaN");
  await refused({ startTimeNs: 5 }, "bigint");
  await refused({ startTimeNs: -1n }, "startTimeNs is -1");
  await refused({ historyTimeNs: 1n << 64n }, "historyTimeNs");
  await refused({ program: "much too long" }, "1 to 8 ASCII");
  await refused({ program: "mü" }, "1 to 8 ASCII");
  await refused({ version: "4.30" }, "4.10, 4.11, 4.20");
  await refused({ comment: "\0" }, "zero character");
  assertEquals(await Deno.readTextFile(path), "precious");
  await Deno.remove(path);
});
