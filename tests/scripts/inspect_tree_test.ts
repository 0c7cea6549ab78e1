import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { AT, CA, CC, CH, EV, FH, SI, SR } from "../../lib/blocks/block_tables.ts";
import { MdfWriter, MemorySink } from "../../mod.ts";
import { FileBuilder, patternBytes } from "../_helpers.ts";
import { inspectBytes } from "./_inspect.ts";

const TIME = {
  name: "t",
  unit: "s",
  cn_type: 2,
  cn_sync_type: 1,
  cn_data_type: 4,
  cn_bit_count: 64,
};

/** The words after the branches of the line that begins with a name; blanks between them count once. */
function lineOf(lines: string[], name: string): string {
  const found = lines.map((line) => line.replace(/^[│├└─\s]+/, "").replace(/\s+/g, " "))
    .filter((line) => line.startsWith(`${name} `));
  assertEquals(found.length, 1, `${name}: ${found.join(" | ")}`);
  return found[0];
}

function doubles(...values: number[]): { cc_val_count: number; cc_val: bigint[] } {
  return {
    cc_val_count: values.length,
    cc_val: Array.from(new BigUint64Array(Float64Array.from(values).buffer)),
  };
}

Deno.test("inspect: the tree names every channel with type, samples, unit and conversion", async () => {
  const file = new FileBuilder({ program: "maker", version: "4.11" });
  const cc = file.add(CC, {
    links: { cc_md_unit: file.text("rpm") },
    fields: { cc_type: 1, ...doubles(10, 0.25) },
  });
  file.group({
    name: "Engine",
    comment: "everything about it",
    cg_si_acq_source: file.source("ECU1", "", { si_type: 1, si_bus_type: 2 }),
    cg_inval_bytes: 1,
    channels: [
      TIME,
      { name: "rpm", cn_byte_offset: 8, cn_bit_count: 12, cn_data_type: 1, cn_cc_conversion: cc },
      { name: "gear", cn_byte_offset: 9, cn_bit_offset: 4, cn_bit_count: 3, comment: "1 to 7" },
      { name: "torque", unit: "Nm", cn_byte_offset: 10, cn_bit_count: 32, cn_data_type: 5 },
      { name: "label", cn_byte_offset: 14, cn_bit_count: 40, cn_data_type: 7, cn_flags: 2 },
      { name: "count", cn_type: 6, cn_bit_count: 0 },
    ],
    records: patternBytes(20 * 1234),
  });
  const { lines, out, code, err } = await inspectBytes(file.bytes(), "--all");
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "MDF 4.11, written by maker");
  assertStringIncludes(out, "state    finalized");
  assertStringIncludes(out, "1 data group, 1 channel group, 6 channels");
  assertStringIncludes(
    out,
    "group 0 Engine  1,234 records of 19 + 1 byte of invalidation bits; source ECU1 (ECU, CAN)",
  );
  assertStringIncludes(out, "everything about it");
  assertEquals(lineOf(lines, "t"), "t float64, master: time 1,234 s none");
  assertEquals(
    lineOf(lines, "rpm"),
    "rpm uint12 big-endian 1,234 rpm linear: 0.25 × raw + 10 (bits 0–11 from byte 8)",
  );
  assertEquals(lineOf(lines, "gear"), "gear uint3 1,234 - none (bits 4–6 from byte 9) — 1 to 7");
  assertEquals(lineOf(lines, "torque"), "torque float32 big-endian 1,234 Nm none");
  assertEquals(lineOf(lines, "label"), "label text UTF-8, 5 bytes 1,234 - none");
  assertEquals(lineOf(lines, "count"), "count record number, virtual data 1,234 - none");
});

Deno.test("inspect: every kind of conversion is put into words", async () => {
  const file = new FileBuilder();
  const text = (...texts: string[]) => texts.map((each) => file.text(each));
  const rule = (type: number, values: number[], references: number[] = [], name = "") =>
    file.add(CC, {
      links: { cc_tx_name: file.text(name) },
      moreLinks: references,
      fields: { cc_type: type, cc_ref_count: references.length, ...doubles(...values) },
    });
  const bits = (masks: bigint[], references: number[]) =>
    file.add(CC, {
      moreLinks: references,
      fields: {
        cc_type: 11,
        cc_ref_count: references.length,
        cc_val_count: masks.length,
        cc_val: masks,
      },
    });
  const onOff = rule(7, [0, 1], text("Off", "On"), "Switch");
  const rules: [number, string][] = [
    [rule(0, []), "identity"],
    [rule(1, [0, 1]), "linear: raw"],
    [rule(1, [-3, -1]), "linear: -raw - 3"],
    [rule(1, [5, 0]), "linear: always 5"],
    [rule(2, [1, 0, 3, 0, 2, 1]), "rational: (raw² + 3) / (2 × raw + 1)"],
    [rule(3, [], text("X1^2 + 1")), "formula: X1^2 + 1"],
    [rule(4, [0, 10, 5, 20]), "interpolated table: 0 → 10, 5 → 20"],
    [rule(5, [0, 10, 5, 20]), "table: 0 → 10, 5 → 20"],
    [rule(6, [0, 4, 1, 5, 5, 2, -1]), "ranges to values: 0 … 4 → 1, 5 → 2, otherwise -1"],
    [rule(7, [0, 1], text("Off", "On", "?")), "value to text: 0 = Off, 1 = On, otherwise ?"],
    [
      rule(8, [0, 4, 5, 9], [...text("low"), rule(1, [0, 2]), ...text("a, b")]),
      'ranges to text: 0 … 4 = low, 5 … 9 = [linear: 2 × raw], otherwise "a, b"',
    ],
    [rule(9, [1, 2, 0], text("one", "two")), 'text to value: "one" = 1, "two" = 2, otherwise 0'],
    [rule(10, [], text("a", "b", "else")), 'text to text: "a" = b, otherwise else'],
    [
      bits([3n, 0x8000_0000_0000_0000n], [onOff, rule(7, [0], text("no"))]),
      "bit fields: Switch (mask 0x3) [value to text: 0 = Off, 1 = On], " +
      "mask 0x8000000000000000 [value to text: 0 = no]",
    ],
    [rule(99, []), "conversion type 99"],
    [
      rule(7, Array.from({ length: 12 }, (_, i) => i), text(..."abcdefghijkl")),
      "value to text: 0 = a, 1 = b, 2 = c, 3 = d, 4 = e, 5 = f, 6 = g, 7 = h, … 4 more (--all)",
    ],
  ];
  file.group({
    channels: rules.map(([cc], i) => ({
      name: `c${i}`,
      cn_byte_offset: i,
      cn_bit_count: 8,
      cn_cc_conversion: cc,
    })),
    records: patternBytes(rules.length),
  });
  const { lines } = await inspectBytes(file.bytes());
  rules.forEach(([, words], i) => assertEquals(lineOf(lines, `c${i}`), `c${i} uint8 1 - ${words}`));
});

Deno.test("inspect: conversions that refer to each other many times over stay short", async () => {
  const file = new FileBuilder();
  let cc = file.add(CC, { fields: { cc_type: 1, ...doubles(0, 2) } });
  for (let depth = 0; depth < 12; depth++) {
    cc = file.add(CC, {
      moreLinks: new Array(9).fill(cc),
      fields: { cc_type: 7, cc_ref_count: 9, ...doubles(1, 2, 3, 4, 5, 6, 7, 8) },
    });
  }
  file.group({
    channels: [{ name: "x", cn_bit_count: 8, cn_cc_conversion: cc }],
    records: patternBytes(3),
  });
  for (const option of ["--all", "--json"]) {
    const { out, code } = await inspectBytes(file.bytes(), option);
    assertEquals(code, 0);
    assert(out.length < 200_000, `${out.length} characters`);
  }
});

Deno.test("inspect: members hang below their structure, and arrays tell dimensions and axes", async () => {
  const file = new FileBuilder();
  const array = file.add(CA, {
    fields: {
      ca_ndim: 2,
      ca_type: 2,
      ca_flags: 32 + 64,
      ca_byte_offset_base: 2,
      ca_dim_size: [2, 3],
      ca_axis_value: [10, 20, 1, 2, 3],
    },
  });
  file.group({
    channels: [
      {
        name: "frame",
        cn_data_type: 10,
        cn_bit_count: 32,
        members: [
          { name: "frame.id", cn_bit_count: 16 },
          { name: "frame.data", cn_byte_offset: 2, cn_bit_count: 16, cn_data_type: 10 },
        ],
      },
      { name: "map", cn_byte_offset: 4, cn_bit_count: 16, cn_composition: array },
    ],
    cg_data_bytes: 16,
    records: patternBytes(32),
  });
  const { out, lines } = await inspectBytes(file.bytes());
  assertEquals(lineOf(lines, "frame"), "frame structure 2 - none");
  assertEquals(lineOf(lines, "frame.data"), "frame.data byte array, 2 bytes 2 - none");
  assertEquals(lineOf(lines, "map"), "map uint16[2 × 3] 2 - none");
  assertStringIncludes(out, "│  ├─ frame.id");
  assertStringIncludes(out, "look-up [2 × 3] columns first");
  assertStringIncludes(out, "axis 1: 10, 20");
  assertStringIncludes(out, "axis 2: 1, 2, 3");
});

Deno.test("inspect: history, attachments, events, hierarchy and reductions are told", async () => {
  const file = new FileBuilder({
    version: "4.20",
    header: {
      hd_start_time_ns: 1_700_000_000_500_000_000n,
      hd_tz_offset_min: 60,
      hd_dst_offset_min: 60,
      hd_time_flags: 2,
    },
  });
  file.patchLink(
    file.hd,
    "hd_md_comment",
    file.metadata(
      "<HDcomment><TX>a drive</TX><common_properties><tree name='Car'><e name='Plate'>X 1</e>" +
        "</tree></common_properties></HDcomment>",
    ),
  );
  file.addToHeader(FH, {
    links: {
      fh_md_comment: file.metadata(
        "<FHcomment><TX>made</TX><tool_id>Logger</tool_id><tool_vendor>Us</tool_vendor>" +
          "<tool_version>7</tool_version><user_name>Ann</user_name></FHcomment>",
      ),
    },
    fields: { fh_time_ns: 1_700_000_001_000_000_000n, fh_time_flags: 1 },
  });
  file.addToHeader(AT, {
    links: { at_tx_filename: file.text("notes.txt"), at_tx_mimetype: file.text("text/plain") },
    fields: { at_flags: 1, at_original_size: 5, at_embedded_size: 5 },
    payload: patternBytes(5),
  });
  const { dg, cg, channels } = file.group({
    name: "G",
    channels: [TIME],
    records: patternBytes(80),
  });
  const reduction = file.add(SR, {
    links: { sr_data: file.data("RD", patternBytes(48)) },
    fields: { sr_cycle_count: 2, sr_interval: 0.5, sr_sync_type: 1 },
  });
  file.patchLink(cg, "cg_sr_first", reduction);
  file.addToHeader(EV, {
    links: { ev_tx_name: file.text("Go") },
    moreLinks: [channels[0]],
    fields: {
      ev_type: 5,
      ev_sync_type: 1,
      ev_scope_count: 1,
      ev_sync_base_value: 25n,
      ev_sync_factor: 0.1,
    },
  });
  file.addToHeader(CH, {
    links: { ch_tx_name: file.text("Powertrain") },
    moreLinks: [dg, cg, channels[0]],
    fields: { ch_element_count: 1, ch_type: 0 },
  });
  const { out, code } = await inspectBytes(file.bytes());
  assertEquals(code, 0);
  assertStringIncludes(out, "2023-11-15T00:13:20.5+02:00  zone +2 h from UTC, of which daylight");
  assertStringIncludes(out, "a drive");
  assertStringIncludes(out, "Car / Plate = X 1");
  assertStringIncludes(
    out,
    "1 entry of the file history\n└─ 2023-11-14T22:13:21  Logger 7 (Us) by",
  );
  assertStringIncludes(out, '1 attachment\n└─ "notes.txt"  text/plain; embedded; 5 bytes');
  assertStringIncludes(out, '1 event\n└─ 2.5 s  trigger "Go"  cause other; for t');
  assertStringIncludes(out, "channel hierarchy\n└─ Powertrain  group\n   └─ t");
  assertStringIncludes(out, "reduced to 2 intervals of 0.5 (time); 48 B in 1 block");
});

Deno.test("inspect: tells mixed records, compression and unfinalized files", async () => {
  const mixed = new FileBuilder({ unfinalized: 1 + 4 });
  mixed.dataGroup({
    recordIdSize: 1,
    groups: [
      { name: "A", cg_record_id: 1, channels: [{ name: "a", cn_bit_count: 8 }] },
      { name: "B", cg_record_id: 2, channels: [{ name: "b", cn_bit_count: 16 }] },
    ],
    records: Uint8Array.of(1, 7, 2, 8, 9, 1, 6),
  });
  const first = await inspectBytes(mixed.bytes());
  assertStringIncludes(first.out, "unfinalized: the logger did not close the file");
  assertStringIncludes(first.out, "· record counters are not up to date");
  assertStringIncludes(first.out, "· length of the last data block is not up to date");
  assertStringIncludes(
    first.out,
    "unsorted: records of 2 channel groups are mixed; record ids of 1",
  );
  assertStringIncludes(first.out, "group 0 A  2 records of 1 byte; record id 1; the file's own");
  assertStringIncludes(first.out, "group 1 B  1 record of 2 bytes; record id 2; the file's own");

  const packed = new FileBuilder();
  const group = { channels: [{ name: "x", cn_bit_count: 32 }], records: new Uint8Array(4000) };
  packed.group({ ...group, zip: true });
  packed.group({ ...group, zip: 4, blockSizes: [1000] });
  const { out } = await inspectBytes(packed.bytes());
  assertStringIncludes(out, "sorted; 4 kB in 1 block, deflate, ");
  assertStringIncludes(out, "sorted; 4 kB in 4 blocks, transposed deflate, ");
});

Deno.test("inspect: long groups are cut short with the number of what is left out", async () => {
  const file = new FileBuilder();
  file.group({
    channels: Array.from({ length: 862 }, (_, i) => ({
      name: `c${i}`,
      cn_byte_offset: i,
      cn_bit_count: 8,
    })),
    records: patternBytes(862),
  });
  const bytes = file.bytes();
  const short = await inspectBytes(bytes);
  assertStringIncludes(short.out, "… 812 more channels (--all)");
  assertEquals(short.out.includes("c50 "), false);
  const all = await inspectBytes(bytes, "--all");
  assertEquals(all.lines.filter((line) => /─ c\d+ /.test(line)).length, 862);
});

Deno.test("inspect: --filter keeps channels by a part of their name, in upper or lower case", async () => {
  const file = new FileBuilder();
  const records = patternBytes(9);
  file.group({ name: "G", channels: [{ name: "EngineSpeed", cn_bit_count: 8 }], records });
  file.group({ name: "H", channels: [{ name: "wheel", cn_bit_count: 8 }], records });
  const some = await inspectBytes(file.bytes(), "--filter", "SPEED");
  assertStringIncludes(some.out, "EngineSpeed");
  assertEquals(some.out.includes("wheel"), false);
  const none = await inspectBytes(file.bytes(), "--filter", "brake");
  assertStringIncludes(none.out, 'none of the 2 channels has "brake" in its name');
});

Deno.test("inspect: texts of a file cannot steer the terminal", async () => {
  const file = new FileBuilder();
  file.group({
    name: "\x1b[2Jgone",
    channels: [{ name: "a\x1b]0;title\x07\u202e", cn_bit_count: 8, comment: "x\r\x9by" }],
    records: patternBytes(1),
  });
  for (const options of [[], ["--table"], ["--values", "1"], ["--blocks"]]) {
    const { out } = await inspectBytes(file.bytes(), ...options);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(out), false, options.join(" "));
  }
});

Deno.test("inspect: --table has a line for each channel, separated by tabs in a pipe", async () => {
  const file = new FileBuilder();
  file.group({
    name: "G",
    channels: [TIME, {
      name: "x",
      unit: "m",
      cn_byte_offset: 8,
      cn_bit_count: 8,
      comment: "way\tto",
    }],
    records: patternBytes(27),
  });
  const { lines, code } = await inspectBytes(file.bytes(), "--table");
  assertEquals(code, 0);
  assertEquals(lines.map((line) => line.split("\t")), [
    ["group", "channel", "type", "unit", "records", "conversion", "comment"],
    ["0 G", "t", "float64, master: time", "s", "3", "", ""],
    ["0 G", "x", "uint8", "m", "3", "", "way to"],
  ]);
});

Deno.test("inspect: --values gives the first values with their timestamps", async () => {
  const sink = new MemorySink();
  {
    await using writer = await MdfWriter.create(sink);
    const group = writer.addGroup({
      name: "G",
      channels: [
        { name: "t", type: "float64", unit: "s", master: "time" },
        { name: "big", type: "uint64" },
        { name: "note", type: "string" },
      ],
    });
    await group.append({
      t: Float64Array.of(0, 0.5, 1),
      big: BigUint64Array.of(1n, 18446744073709551615n, 3n),
      note: ["a", "b\tc", "d"],
    });
  }
  const bytes = sink.bytes();
  const { lines, code } = await inspectBytes(bytes, "--values", "2", "--filter", "t");
  assertEquals(code, 0);
  assertEquals(lines, [
    "group\tchannel\trecord\ttime\tvalue\tunit",
    "0 G\tt\t0\t0\t0\ts",
    "0 G\tt\t1\t0.5\t0.5\ts",
    "0 G\tnote\t0\t0\ta\t",
    "0 G\tnote\t1\t0.5\tb\\tc\t",
  ]);
  const json = JSON.parse((await inspectBytes(bytes, "--json", "--values", "2")).out);
  assertEquals(json.values[0].channels[1].values, ["1", "18446744073709551615"]);
  assertEquals(json.values[0].channels[1].timestamps.slice(0, 2), [0, 0.5]);
  assertEquals(json.header.startTimeNs, String(json.header.startTimeNs));
});

Deno.test("inspect: --json holds what the tree holds", async () => {
  const file = new FileBuilder({ header: { hd_start_time_ns: 1_700_000_000_123_456_789n } });
  const cc = file.add(CC, { fields: { cc_type: 1, ...doubles(NaN, 0.5) } });
  const si = file.add(SI, { links: { si_tx_name: file.text("S") } });
  file.group({
    name: "G",
    channels: [{ ...TIME, cn_cc_conversion: cc, cn_si_source: si, comment: "when" }],
    records: patternBytes(24),
  });
  const { out, code } = await inspectBytes(file.bytes(), "--json");
  assertEquals(code, 0);
  const json = JSON.parse(out);
  assertEquals(json.header.startTimeNs, "1700000000123456789");
  const [channel] = json.dataGroups[0].groups[0].channels;
  assertEquals(
    [channel.name, channel.type, channel.roles, channel.unit, channel.samples, channel.source],
    ["t", "float64", ["master: time"], "s", 3, "S"],
  );
  assertEquals([channel.comment, channel.conversion.index], ["when", 0]);
  assertEquals(json.conversions[0].values, ["NaN", 0.5]);
});

Deno.test("inspect: elements with records of their own, and records that are events, are told", async () => {
  const file = new FileBuilder({ version: "4.20" });
  const chains = [[1, 2], [3]].map((bytes) => file.data("DT", Uint8Array.from(bytes)));
  const array = file.add(CA, {
    moreLinks: chains,
    fields: { ca_ndim: 1, ca_storage: 2, ca_dim_size: [2], ca_cycle_count: [2, 1] },
  });
  file.group({
    channels: [{ name: "map", cn_bit_count: 8, cn_composition: array }],
    dataLink: chains[0],
    cg_cycle_count: 2,
  });
  const template = file.add(EV, { links: { ev_tx_name: file.text("overheat") } });
  file.group({
    cg_flags: 16,
    channels: [{ name: "events", cn_flags: 8192, cn_bit_count: 8, cn_data: template }],
    records: Uint8Array.of(1),
  });
  const { out, code } = await inspectBytes(file.bytes());
  assertEquals(code, 0);
  assertStringIncludes(out, "array [2] elements in data groups, 1 to 2 records each");
  assertStringIncludes(out, "records are events: overheat");
});
