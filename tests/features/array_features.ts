/**
 * Arrays: layouts, nesting, types, axes, and where the elements lie.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { CC } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import { addArray, type ArrayParts } from "../signal/_arrays.ts";
import type { Feature } from "./_feature.ts";
import { floatBits, makeRecords } from "./_record_bits.ts";

const COUNT = 5;

/** Number `n` of record `i` of a file with one byte for each element. */
const elementAt = (i: number, n: number) => 40 * i + n;

const allOf = (elements: number) =>
  Array.from(
    { length: COUNT * elements },
    (_, k) => elementAt(Math.floor(k / elements), k % elements),
  );

/** A file of one array of bytes, of which element `n` (in row-major order) lies at `place(n)`. */
function layoutFeature(
  name: string,
  parts: ArrayParts,
  place: (n: number) => number,
  first = 0,
): Feature {
  const elements = parts.dims.reduce((product, size) => product * size, 1);
  const bytes = Math.max(...Array.from({ length: elements }, (_, n) => place(n))) + 2;
  return {
    name,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{
          ...{ name: "x", cn_byte_offset: first, cn_bit_count: 8 },
          cn_composition: addArray(file, parts),
        }],
        cg_data_bytes: bytes,
        records: makeRecords(COUNT, bytes, (record, i) => {
          for (let n = 0; n < elements; n++) record[place(n)] = elementAt(i, n);
        }),
        blockSizes: [bytes - 1, 3],
      });
      return file.bytes();
    },
    channels: { x: { values: allOf(elements), shape: [COUNT, ...parts.dims] } },
  };
}

const base = { ca_byte_offset_base: 1 };

const LAYOUTS: Feature[] = [
  layoutFeature("array-of-one-dimension", { dims: [4], ...base }, (n) => n),
  layoutFeature("array-of-two-dimensions", { dims: [2, 3], ...base }, (n) => n),
  layoutFeature("array-of-three-dimensions", { dims: [2, 3, 4], ...base }, (n) => n),
  layoutFeature(
    "array-flag-6-inverse-layout-of-two-dimensions",
    { dims: [2, 3], ca_flags: 64, ...base },
    (n) => Math.floor(n / 3) + 2 * (n % 3),
  ),
  layoutFeature(
    "array-flag-6-inverse-layout-of-three-dimensions",
    { dims: [2, 3, 4], ca_flags: 64, ...base },
    (n) => Math.floor(n / 12) + 2 * (Math.floor(n / 4) % 3) + 6 * (n % 4),
  ),
  layoutFeature(
    "array-with-room-between-elements",
    { dims: [3], ca_byte_offset_base: 5 },
    (n) => 5 * n,
  ),
  layoutFeature(
    "array-whose-elements-go-backwards",
    { dims: [4], ca_byte_offset_base: -2 },
    (n) => 6 - 2 * n,
    6,
  ),
];

/** An array of arrays; the inner one is column-major. */
const NESTED: Feature = {
  ...layoutFeature(
    "array-in-array",
    { dims: [2] },
    (n) => 7 * Math.floor(n / 6) + Math.floor((n % 6) / 3) + 2 * (n % 3),
  ),
  make() {
    const file = new FileBuilder();
    const inner = addArray(file, { dims: [2, 3], ca_flags: 64, ca_byte_offset_base: 1 });
    const outer = addArray(file, { dims: [2], ca_byte_offset_base: 7, composition: inner });
    file.group({
      channels: [{ name: "x", cn_bit_count: 8, cn_composition: outer }],
      cg_data_bytes: 14,
      records: makeRecords(COUNT, 14, (record, i) => {
        for (let n = 0; n < 12; n++) {
          record[7 * Math.floor(n / 6) + Math.floor((n % 6) / 3) + 2 * (n % 3)] = elementAt(i, n);
        }
      }),
      blockSizes: [9],
    });
    return file.bytes();
  },
  channels: { x: { values: allOf(12), shape: [COUNT, 2, 2, 3] } },
};

const OF_STRUCTURES: Feature = {
  name: "array-of-structures",
  make() {
    const file = new FileBuilder();
    const [first] = file.channels([
      { name: "low", cn_bit_count: 8 },
      { name: "high", cn_data_type: 3, cn_byte_offset: 1, cn_bit_count: 16 },
    ]);
    const array = addArray(file, { dims: [3], ca_byte_offset_base: 4, composition: first });
    file.group({
      channels: [{ name: "x", cn_data_type: 10, cn_bit_count: 24, cn_composition: array }],
      cg_data_bytes: 12,
      records: makeRecords(2, 12, (record, i) => {
        for (let n = 0; n < 3; n++) record.set([10 * i + n, 0xff, 0xf0 + n], 4 * n);
      }),
      blockSizes: [7],
    });
    return file.bytes();
  },
  channels: {
    low: { values: [0, 1, 2, 10, 11, 12], shape: [2, 3] },
    high: { values: [-16, -15, -14, -16, -15, -14], shape: [2, 3] },
  },
};

const INVALID: Feature = {
  name: "array-with-an-invalidation-bit-for-each-element",
  make() {
    const file = new FileBuilder();
    const array = addArray(file, { dims: [3], ...base, ca_inval_bit_pos_base: 3 });
    file.group({
      channels: [{
        ...{ name: "x", cn_bit_count: 8, cn_flags: 2, cn_inval_bit_pos: 1 },
        cn_composition: array,
      }],
      cg_data_bytes: 3,
      cg_inval_bytes: 1,
      // Bits 1, 4 and 7.
      records: Uint8Array.of(1, 2, 3, 0b0000_0000, 4, 5, 6, 0b1001_0010, 7, 8, 9, 0b0110_1111),
      blockSizes: [3],
    });
    return file.bytes();
  },
  channels: {
    x: {
      values: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      shape: [3, 3],
      valid: [true, true, true, false, false, false, false, true, true],
    },
  },
};

const TYPES = ["array", "scaling axis", "look-up", "interval axis", "classification result"].map(
  (type, ca_type): Feature => ({
    ...layoutFeature(
      `array-type-${ca_type}-${type.replaceAll(" ", "-")}`,
      { dims: [3], ca_type, ca_flags: ca_type === 3 ? 128 : 0, ...base },
      (n) => n,
    ),
    check(mdf) {
      const [array] = mdf.channel("x").arrays;
      assertEquals([array.type, array.leftOpen], [type, ca_type === 3]);
    },
  }),
);

/** All flags that link to other channels: sizes, quantities, axes. */
const QUANTITIES: Feature = {
  name: "array-flags-0-to-4-and-8-sizes-quantities-axes",
  make() {
    const file = new FileBuilder({ version: "4.20" });
    const names = ["size", "input", "output", "comparison"];
    const others = file.group({
      channels: names.map((name, i) => ({ name, cn_byte_offset: i, cn_bit_count: 8 })),
      records: Uint8Array.of(2, 11, 12, 13),
    });
    const axes = file.group({
      channels: [{
        ...{ name: "axis", cn_bit_count: 8 },
        cn_composition: addArray(file, { dims: [3], ca_type: 1, ...base }),
      }],
      cg_data_bytes: 3,
      records: Uint8Array.of(5, 6, 7),
    });
    const triple = (i: number) => [others.dg, others.cg, others.channels[i]];
    const conversion = file.add(CC, {
      fields: { cc_type: 1, cc_val_count: 2, cc_val: [floatBits(0, 64), floatBits(10, 64)] },
    });
    const array = addArray(file, {
      ...{ dims: [3], ca_type: 2, ca_flags: 1 + 2 + 4 + 8 + 16 + 256, ...base },
      links: [
        ...[0, 1, 2, 3].flatMap(triple),
        ...[conversion, axes.dg, axes.cg, axes.channels[0]],
      ],
    });
    file.group({
      channels: [{ name: "x", cn_bit_count: 8, cn_composition: array }],
      cg_data_bytes: 3,
      records: Uint8Array.of(1, 2, 3),
    });
    return file.bytes();
  },
  channels: { x: { values: [1, 2, 3], shape: [1, 3] }, axis: { values: [5, 6, 7], shape: [1, 3] } },
  check(mdf) {
    const [array] = mdf.channel("x").arrays;
    const [dimension] = array.dimensions;
    assertEquals([array.dynamicSize, array.standardAxis], [true, true]);
    assertEquals(dimension.sizeChannel?.name, "size");
    assertEquals(dimension.inputQuantity?.name, "input");
    assertEquals(array.outputQuantity?.name, "output");
    assertEquals(array.comparisonQuantity?.name, "comparison");
    assertEquals(dimension.axis?.channel?.name, "axis");
    assertEquals(dimension.axis?.convert(6), 60);
  },
};

const FIXED_AXES: Feature = {
  ...layoutFeature(
    "array-flag-5-fixed-axes",
    {
      ...{ dims: [2, 3], ca_type: 2, ca_flags: 16 + 32, ...base },
      ca_axis_value: [0.5, 1.5, -1, 0, 1],
      links: [0, 0],
    },
    (n) => n,
  ),
  check(mdf) {
    const { dimensions } = mdf.channel("x").arrays[0];
    assertEquals(dimensions.map(({ axis }) => axis?.points), [[0.5, 1.5], [-1, 0, 1]]);
  },
};

/** Value of element `k` in its record `i`. */
const ownValue = (k: number, i: number) => 100 * (k + 1) + i;
const ROWS = [0, 1, 2].flatMap((i) => [0, 1, 2, 3].map((k) => ownValue(k, i)));

const IN_CHANNEL_GROUPS: Feature = {
  name: "array-storage-1-elements-in-channel-groups",
  make() {
    const file = new FileBuilder();
    const array = addArray(file, { dims: [2, 2], ca_storage: 1, ca_cycle_count: [3, 3, 3, 3] });
    // The elements have the record ids 5 to 8, and come out of step.
    const order = [0, 2, 1, 1, 3, 0, 2, 2, 3, 1, 0, 3];
    const next = [0, 0, 0, 0];
    const records = order.flatMap((k) => {
      const value = ownValue(k, next[k]++);
      return [5 + k, value & 255, value >> 8];
    });
    file.dataGroup({
      recordIdSize: 1,
      groups: [
        { cg_record_id: 5, channels: [{ name: "x", cn_bit_count: 16, cn_composition: array }] },
        { cg_record_id: 1, channels: [{ name: "other", cn_bit_count: 8 }] },
      ],
      records: Uint8Array.from([...records, 1, 77]),
      blockSizes: [5, 2],
    });
    return file.bytes();
  },
  channels: { x: { values: ROWS, shape: [3, 2, 2] }, other: { values: [77] } },
};

const IN_DATA_GROUPS: Feature = {
  name: "array-storage-2-elements-in-data-groups",
  make() {
    const file = new FileBuilder();
    const links = [0, 1, 2, 3].map((k) => {
      const records = makeRecords(3, 2, (record, i) => {
        record.set([ownValue(k, i) & 255, ownValue(k, i) >> 8]);
      });
      return file.data("DT", records, { blockSizes: [5], zip: k % 2 === 1 });
    });
    const array = addArray(file, {
      ...{ dims: [2, 2], ca_storage: 2, ca_cycle_count: [3, 3, 3, 3], links },
    });
    file.group({
      channels: [{ name: "x", cn_bit_count: 16, cn_composition: array }],
      ...{ dataLink: links[0], cg_cycle_count: 3 },
    });
    return file.bytes();
  },
  channels: { x: { values: ROWS, shape: [3, 2, 2] } },
};

/** Layouts, types, flags and storages of arrays. */
export const ARRAY_FEATURES: Feature[] = [
  ...LAYOUTS,
  NESTED,
  OF_STRUCTURES,
  INVALID,
  ...TYPES,
  QUANTITIES,
  FIXED_AXES,
  IN_CHANNEL_GROUPS,
  IN_DATA_GROUPS,
];
