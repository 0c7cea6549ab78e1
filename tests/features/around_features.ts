/**
 * What a file tells beside samples: sources, times, history, attachments, events, hierarchy,
 * comments.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { AT, CH, EV, FH, SI } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";

const byte = (name: string, at = 0, more = {}) => ({
  name,
  cn_byte_offset: at,
  cn_bit_count: 8,
  ...more,
});

const NO_SAMPLES = { channels: {} };

const SOURCES = ["other", "ecu", "bus", "i-o", "tool", "user"].map((name, si_type): Feature => ({
  name: `source-${si_type}-${name}-shared-by-group-and-channels`,
  make() {
    const file = new FileBuilder();
    const source = file.add(SI, {
      links: { si_tx_name: file.text("Engine"), si_tx_path: file.text("CAN1.Engine") },
      fields: { si_type, si_bus_type: si_type + 1, si_flags: 1 },
    });
    file.group({
      cg_si_acq_source: source,
      channels: [byte("a", 0, { cn_si_source: source }), byte("b", 1)],
      records: Uint8Array.of(1, 2, 3, 4),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: { a: { values: [1, 3] }, b: { values: [2, 4] } },
  check(mdf) {
    const expected = {
      ...{ name: "Engine", path: "CAN1.Engine", comment: "" },
      ...{ type: si_type, busType: si_type + 1, flags: 1 },
    };
    for (const owner of [mdf.groups[0], mdf.channel("a")]) {
      assertEquals({ comment: "", ...owner.source }, expected);
    }
    assertEquals(mdf.channel("b").source, undefined);
  },
}));

/** 2011-08-24T13:53:19 UTC. */
const START = 1314193999n * 1_000_000_000n;

const TIMES = ([
  ["utc", 0, 60, 60, "2011-08-24T13:53:19Z"],
  ["local", 1, 60, 60, "2011-08-24T13:53:19"],
  ["zone-and-daylight-saving", 2, 60, 60, "2011-08-24T15:53:19+02:00"],
  ["zone-west-of-half-an-hour", 2, -210, 0, "2011-08-24T10:23:19-03:30"],
] as const).map(([name, flags, zone, daylight, expected]): Feature => ({
  ...NO_SAMPLES,
  name: `start-time-${name}`,
  make: () =>
    new FileBuilder({
      header: {
        hd_start_time_ns: START,
        hd_tz_offset_min: zone,
        hd_dst_offset_min: daylight,
        hd_time_flags: flags,
      },
    }).bytes(),
  check(mdf) {
    assertEquals(String(mdf.startTime), expected);
    assertEquals(mdf.startTimeNs, START);
  },
}));

const HISTORY: Feature = {
  ...NO_SAMPLES,
  name: "file-history-of-two-entries",
  make() {
    const file = new FileBuilder();
    for (const [tool, ns] of [["Logger", START], ["Editor", START + 5n]] as const) {
      file.addToHeader(FH, {
        links: {
          fh_md_comment: file.metadata(
            `<FHcomment><TX>by ${tool}</TX><tool_id>${tool}</tool_id>` +
              "<tool_vendor>V</tool_vendor><tool_version>1.2</tool_version></FHcomment>",
          ),
        },
        fields: { fh_time_ns: ns, fh_tz_offset_min: 60, fh_time_flags: 2 },
      });
    }
    return file.bytes();
  },
  check(mdf) {
    const { fileHistory } = mdf;
    assertEquals(fileHistory.map(({ toolId, toolVersion }) => [toolId, toolVersion]), [
      ["Logger", "1.2"],
      ["Editor", "1.2"],
    ]);
    assertEquals(fileHistory.map(({ comment }) => comment), ["by Logger", "by Editor"]);
    assertEquals(String(fileHistory[1].time), "2011-08-24T14:53:19.000000005+01:00");
  },
};

const CONTENT = new TextEncoder().encode("what the recorder saw ".repeat(20));
const MD5 = createHash("md5").update(CONTENT).digest("hex");

/** Flag 0 embedded, 1 compressed, 2 with a checksum. */
const ATTACHMENTS = ([
  ["embedded", 1, CONTENT, MD5, true],
  ["embedded-with-checksum", 5, CONTENT, MD5, true],
  ["embedded-compressed-with-checksum", 7, new Uint8Array(deflateSync(CONTENT)), MD5, true],
  [
    "embedded-with-a-wrong-checksum",
    5,
    CONTENT,
    MD5.replace(/^./, (c) => c === "0" ? "1" : "0"),
    false,
  ],
] as const).map(([name, at_flags, payload, at_md5_checksum, good]): Feature => ({
  ...NO_SAMPLES,
  name: `attachment-${name}`,
  make() {
    const file = new FileBuilder();
    file.addToHeader(AT, {
      links: {
        at_tx_filename: file.text("C:\\logs\\..\\saw.txt"),
        at_tx_mimetype: file.text("text/plain"),
        at_md_comment: file.text("a comment"),
      },
      fields: {
        ...{ at_flags, at_md5_checksum, at_original_size: CONTENT.length },
        at_embedded_size: payload.length,
      },
      // Bytes behind the embedded size are not part of it.
      payload: Uint8Array.from([...payload, 1, 2, 3]),
    });
    return file.bytes();
  },
  async check(mdf, way) {
    const [attachment] = mdf.attachments;
    assertEquals([attachment.mimeType, attachment.comment], ["text/plain", "a comment"], way);
    if (good) assertEquals(await attachment.read(), CONTENT, way);
    else await assertRejects(() => attachment.read(), CorruptFileError, "MD5");
  },
}));

const EXTERNAL: Feature = {
  ...NO_SAMPLES,
  name: "attachment-outside-of-the-file",
  make() {
    const file = new FileBuilder();
    file.addToHeader(AT, {
      links: { at_tx_filename: file.text("video.avi") },
      fields: { at_flags: 4, at_md5_checksum: MD5, at_original_size: CONTENT.length },
    });
    return file.bytes();
  },
  async check(mdf, way) {
    const [attachment] = mdf.attachments;
    assertEquals([attachment.embedded, attachment.name], [false, "video.avi"], way);
    const external = (name: string) => {
      assertEquals(name, "video.avi");
      return Promise.resolve(CONTENT);
    };
    assertEquals(await attachment.read({ external }), CONTENT, way);
  },
};

const EVENT_TYPES = [
  ...["recording", "recording interrupt", "acquisition interrupt", "start recording trigger"],
  ...["stop recording trigger", "trigger", "marker"],
];

const EVENTS = EVENT_TYPES.map((type, ev_type): Feature => ({
  name: `event-${ev_type}-${type.replaceAll(" ", "-")}`,
  make() {
    const file = new FileBuilder();
    const { cg, channels } = file.group({
      channels: [byte("a"), byte("b", 1)],
      records: Uint8Array.of(1, 2, 3, 4),
    });
    const begin = file.addToHeader(EV, {
      links: { ev_tx_name: file.text("begin"), ev_md_comment: file.text("here") },
      moreLinks: [channels[1], cg],
      fields: {
        ...{ ev_type, ev_sync_type: 1, ev_range_type: 1, ev_cause: 4, ev_scope_count: 2 },
        ...{ ev_sync_base_value: 1_500_000_000n, ev_sync_factor: 1e-9 },
      },
    });
    file.addToHeader(EV, {
      links: { ev_ev_range: begin, ev_ev_parent: begin, ev_tx_name: file.text("end") },
      fields: {
        ...{ ev_type, ev_sync_type: 4, ev_range_type: 2, ev_flags: 1 },
        ...{ ev_sync_base_value: -3n, ev_sync_factor: 2 },
      },
    });
    return file.bytes();
  },
  channels: { b: { values: [2, 4] } },
  check(mdf) {
    const [begin, end] = mdf.events;
    assertEquals([begin.type, begin.rangeType, begin.cause], [type, "begin", "user"] as never);
    assertEquals([begin.value, begin.unit, begin.comment], [1.5, "s", "here"]);
    assertEquals(begin.scope.map(({ name }) => name), ["b", ""]);
    assertEquals([end.type, end.rangeType, end.syncType], [type, "end", "index"] as never);
    assertEquals([end.value, end.postProcessed], [-6, true]);
    assertEquals([end.rangeBegin?.name, end.parent?.name], ["begin", "begin"]);
    assertEquals(end.scope.map(({ name }) => name), ["b", ""]);
  },
}));

const NODE_TYPES = [
  ...["group", "function", "structure", "map list", "function input", "function output"],
  ...["function local", "calibration definition", "calibration reference"],
];

const HIERARCHY: Feature = {
  name: "hierarchy-of-every-type",
  make() {
    const file = new FileBuilder();
    const { dg, cg, channels } = file.group({
      channels: [byte("a"), byte("b", 1)],
      records: Uint8Array.of(1, 2, 3, 4),
    });
    NODE_TYPES.forEach((type, ch_type) => {
      const inner = file.add(CH, {
        links: { ch_tx_name: file.text(`in ${type}`) },
        moreLinks: [dg, cg, channels[0], dg, cg, channels[1]],
        fields: { ch_type, ch_element_count: 2 },
      });
      file.addToHeader(CH, {
        links: { ch_tx_name: file.text(type), ch_ch_first: inner },
        fields: { ch_type },
      });
    });
    return file.bytes();
  },
  channels: { a: { values: [1, 3] } },
  check(mdf) {
    assertEquals(mdf.hierarchy.map(({ name }) => name), NODE_TYPES);
    assertEquals(mdf.hierarchy.map(({ type }) => String(type)), NODE_TYPES);
    for (const { name, children } of mdf.hierarchy) {
      assertEquals(children.map((child) => child.name), [`in ${name}`]);
      assertEquals(children[0].channels.map((channel) => channel.name), ["a", "b"]);
    }
  },
};

const COMMENTS: Feature = {
  name: "comments-as-text-and-as-xml",
  make() {
    const file = new FileBuilder();
    file.patchLink(
      file.hd,
      "hd_md_comment",
      file.metadata(
        '<HDcomment><TX>a &lt;drive&gt; &#x20AC;</TX><common_properties><e name="Car">blue</e>' +
          '<tree name="Driver"><e name="Name" type="string">Ann</e></tree>' +
          "</common_properties></HDcomment>",
      ),
    );
    file.group({
      comment: "of the group",
      dataGroupComment: "<DGcomment><TX>of the data group</TX></DGcomment>",
      channels: [byte("a", 0, { comment: "<CNcomment><TX>of the channel</TX></CNcomment>" })],
      records: Uint8Array.of(1),
    });
    return file.bytes();
  },
  channels: { a: { values: [1] } },
  check(mdf) {
    assertEquals(mdf.comment, "a <drive> €");
    assertEquals(mdf.groups[0].comment, "of the group");
    assertEquals(mdf.channel("a").comment, "of the channel");
    assertEquals(mdf.commentProperties.map(({ name }) => name), ["Car", "Driver"]);
  },
};

/** Sources, times, history, attachments, events, hierarchy, comments. */
export const AROUND_FEATURES: Feature[] = [
  ...SOURCES,
  ...TIMES,
  HISTORY,
  ...ATTACHMENTS,
  EXTERNAL,
  ...EVENTS,
  HIERARCHY,
  COMMENTS,
];
