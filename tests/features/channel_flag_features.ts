/**
 * What flags of channels and channel groups say, and what hangs from a channel beside its values.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { AT, CC, EV } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { floatBits, makeRecords, putBits } from "./_record_bits.ts";

const byte = (name: string, at = 0, more = {}) => ({
  name,
  cn_byte_offset: at,
  cn_bit_count: 8,
  ...more,
});

/** Flags that say something about a channel without changing what its values are. */
const SAYING: readonly [bit: number, name: string][] = [
  [2, "precision"],
  [3, "value-range"],
  [4, "limits"],
  [5, "extended-limits"],
  [6, "discrete"],
  [7, "calibration"],
  [8, "calculated"],
  [9, "virtual"],
  [10, "bus-event"],
  [11, "strictly-monotonous"],
  [14, "data-stream"],
];

const CHANNEL_FLAGS = SAYING.map(([bit, name]): Feature => ({
  name: `channel-flag-${bit}-${name}`,
  make() {
    const file = new FileBuilder({ version: "4.20" });
    file.group({
      channels: [byte("x", 1, {
        ...{ cn_flags: 2 ** bit, cn_precision: 3 },
        ...{ cn_val_range_min: 1, cn_val_range_max: 2 },
        ...{ cn_limit_min: 3, cn_limit_max: 4, cn_limit_ext_min: 5, cn_limit_ext_max: 6 },
      })],
      records: makeRecords(7, 2, (record, i) => record[1] = 30 * i),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: { x: { values: [0, 30, 60, 90, 120, 150, 180] } },
  check(mdf) {
    assertEquals(mdf.channel("x").model.flags, 2 ** bit);
  },
}));

/** All values, or those with a bit of their own, are invalid. */
const ALL_INVALID: Feature = {
  name: "channel-flag-0-all-values-invalid",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [byte("bad", 0, { cn_flags: 1 }), byte("good", 1)],
      records: Uint8Array.of(1, 2, 3, 4, 5, 6),
      blockSizes: [5],
    });
    return file.bytes();
  },
  channels: {
    bad: { values: [1, 3, 5], valid: [false, false, false] },
    good: { values: [2, 4, 6] },
  },
};

/** A default x axis may lie in another group, or name the channel alone. */
const DEFAULT_X: Feature = {
  name: "channel-flag-12-default-x-axis",
  make() {
    const file = new FileBuilder();
    const axis = file.group({ channels: [byte("angle")], records: Uint8Array.of(9, 8, 7) });
    const { dg, cg, channels: [angle] } = axis;
    file.group({
      channels: [
        byte("torque", 0, { cn_flags: 4096, moreLinks: [dg, cg, angle] }),
        byte("speed", 1),
      ],
      records: Uint8Array.of(1, 2, 3, 4, 5, 6),
      blockSizes: [5],
    });
    return file.bytes();
  },
  channels: { torque: { values: [1, 3, 5] }, angle: { values: [9, 8, 7] } },
  check(mdf) {
    assertEquals(mdf.channel("torque").defaultX?.name, "angle");
    assertEquals(mdf.channel("speed").defaultX, undefined);
  },
};

/** With attachments before it, the x axis lies behind their links. */
const ATTACHMENTS: Feature = {
  name: "channel-with-attachments-and-a-default-x-axis",
  make() {
    const file = new FileBuilder();
    const attachments = ["a.bin", "b.bin"].map((name) =>
      file.addToHeader(AT, { links: { at_tx_filename: file.text(name) } })
    );
    const { dg, cg, channels } = file.group({
      channels: [
        byte("x", 0, {
          ...{ cn_flags: 4096, cn_attachment_count: 2 },
          moreLinks: [...attachments, 0, 0, 0],
        }),
        byte("y", 1),
      ],
      records: Uint8Array.of(1, 2, 3, 4, 5, 6),
      blockSizes: [5],
    });
    [dg, cg, channels[1]].forEach((target, i) => file.patchLink(channels[0], 10 + i, target));
    return file.bytes();
  },
  channels: { x: { values: [1, 3, 5] }, y: { values: [2, 4, 6] } },
  check(mdf) {
    assertEquals(mdf.channel("x").defaultX?.name, "y");
    assertEquals(mdf.channel("x").model.attachments?.length, 2);
  },
};

/** Channel groups of bus events, and of events of other kinds. */
const GROUP_FLAGS = ([[1, "bus-event"], [2, "plain-bus-event"]] as const).map(
  ([bit, name]): Feature => ({
    name: `channel-group-flag-${bit}-${name}`,
    make() {
      const file = new FileBuilder();
      file.group({
        cg_flags: 2 ** bit,
        channels: [{
          ...{ name: "frame", cn_flags: 1024, cn_data_type: 10, cn_bit_count: 40 },
          members: [byte("id"), { name: "data", cn_byte_offset: 1, cn_bit_count: 32 }],
        }],
        records: makeRecords(4, 5, (record, i) => {
          record[0] = i;
          putBits(record, { byte: 1, bits: 32 }, BigInt(1000 * i));
        }),
        blockSizes: [7],
      });
      return file.bytes();
    },
    channels: { id: { values: [0, 1, 2, 3] }, data: { values: [0, 1000, 2000, 3000] } },
    check(mdf) {
      assertEquals(mdf.groups[0].model.flags, 2 ** bit);
      assertEquals(mdf.channel("data").path, "frame.data");
    },
  }),
);

/** Times that are those of another channel group. */
const REMOTE_MASTER: Feature = {
  name: "channel-group-flag-3-remote-master",
  make() {
    const file = new FileBuilder({ version: "4.20" });
    const values = [floatBits(5, 64), floatBits(0.1, 64)];
    const times = file.group({
      channels: [{
        ...{ name: "t", unit: "s", cn_type: 2, cn_sync_type: 1, cn_bit_count: 16 },
        cn_cc_conversion: file.add(CC, { fields: { cc_type: 1, cc_val_count: 2, cc_val: values } }),
      }],
      records: makeRecords(
        4,
        2,
        (record, i) => putBits(record, { byte: 0, bits: 16 }, BigInt(10 * i)),
      ),
      blockSizes: [3],
    });
    for (const [i, name] of ["a", "b"].entries()) {
      file.group({
        cg_flags: 8,
        moreLinks: [times.cg],
        channels: [byte(name)],
        records: Uint8Array.of(1, 2, 3, 4).map((value) => 10 * i + value),
        blockSizes: [3],
      });
    }
    return file.bytes();
  },
  records: [4, 4, 4],
  channels: {
    a: { values: [1, 2, 3, 4], timestamps: [5, 6, 7, 8] },
    b: { values: [11, 12, 13, 14], timestamps: [5, 6, 7, 8] },
  },
};

/** Records that are events: the structure links to what all of them have in common. */
const EVENT_SIGNALS: Feature = {
  name: "channel-group-flag-4-event-signals-with-a-template",
  make() {
    const file = new FileBuilder({ version: "4.20" });
    const template = file.add(EV, {
      links: { ev_tx_name: file.text("over-temperature") },
      fields: { ev_type: 5, ev_sync_type: 1, ev_cause: 1, ev_sync_factor: 1 },
    });
    file.group({
      cg_flags: 16,
      channels: [
        { name: "t", cn_type: 2, cn_sync_type: 1, cn_bit_count: 16 },
        {
          ...{ name: "trigger", cn_flags: 8192, cn_data_type: 10, cn_data: template },
          ...{ cn_byte_offset: 2, cn_bit_count: 8 },
          members: [byte("cause", 2, { cn_flags: 8192 })],
        },
      ],
      records: Uint8Array.of(10, 0, 3, 20, 0, 4, 30, 0, 5),
      blockSizes: [4],
    });
    return file.bytes();
  },
  channels: { cause: { values: [3, 4, 5], timestamps: [10, 20, 30] } },
  check(mdf) {
    assertEquals(mdf.groups[0].holdsEvents, true);
    const template = mdf.channel("trigger").eventTemplate!;
    assertEquals([template.name, template.type], ["over-temperature", "trigger"]);
    assertEquals(mdf.events, []);
  },
};

/** A channel of which others are parts, and which has bytes of its own. */
const STRUCTURE: Feature = {
  name: "structure-of-structures",
  make() {
    const file = new FileBuilder();
    file.group({
      channels: [{
        ...{ name: "outer", cn_data_type: 10, cn_bit_count: 32 },
        members: [
          byte("first"),
          {
            ...{ name: "inner", cn_byte_offset: 1, cn_data_type: 10, cn_bit_count: 24 },
            members: [
              byte("second", 1),
              { name: "third", cn_byte_offset: 2, cn_data_type: 1, cn_bit_count: 16 },
            ],
          },
        ],
      }],
      records: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
      blockSizes: [5],
    });
    return file.bytes();
  },
  channels: {
    outer: { values: [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]] },
    inner: { values: [[2, 3, 4], [6, 7, 8], [10, 11, 12]] },
    first: { values: [1, 5, 9] },
    second: { values: [2, 6, 10] },
    third: { values: [0x0304, 0x0708, 0x0b0c] },
  },
};

/** Flags of channels and groups, structures, axes and attachments. */
export const CHANNEL_FLAG_FEATURES: Feature[] = [
  ...CHANNEL_FLAGS,
  ALL_INVALID,
  DEFAULT_X,
  ATTACHMENTS,
  ...GROUP_FLAGS,
  REMOTE_MASTER,
  EVENT_SIGNALS,
  STRUCTURE,
];
