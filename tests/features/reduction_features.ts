/**
 * Sample reductions: means, minima and maxima of intervals, in records and in columns.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { LD, RI, RV, SR } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { addPacked } from "./_packed_data.ts";
import { makeRecords } from "./_record_bits.ts";

const INTERVALS = 5;
/** Value of section `s` (mean, minimum, maximum) of interval `i`. */
const valueOf = (i: number, s: number) => 40 * i + 10 * s + 1;
const VALID = [true, false, true, true, false];

/** The sections of each interval: three of two bytes, then a byte of bits where there are any. */
function rows(bits: boolean): Uint8Array {
  return makeRecords(INTERVALS, bits ? 7 : 6, (record, i) => {
    for (let s = 0; s < 3; s++) record[2 * s + 1] = valueOf(i, s);
    if (bits) record[6] = VALID[i] ? 0xfb : 0x04;
  });
}

function reductionFeature(
  name: string,
  bits: boolean,
  data: (file: FileBuilder) => number,
  dominant = false,
): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder({ version: "4.20" });
      const { cg } = file.group({
        channels: [{
          ...{ name: "x", cn_byte_offset: 1, cn_bit_count: 8 },
          ...(bits ? { cn_flags: 2, cn_inval_bit_pos: 2 } : {}),
        }],
        cg_data_bytes: 2,
        cg_inval_bytes: bits ? 1 : 0,
        records: bits ? Uint8Array.of(0, 1, 0, 0, 2, 0) : Uint8Array.of(0, 1, 0, 2),
      });
      const reduction = file.add(SR, {
        links: { sr_data: data(file) },
        fields: {
          ...{ sr_cycle_count: INTERVALS, sr_interval: 0.5, sr_sync_type: 1 },
          sr_flags: (bits ? 1 : 0) + (dominant ? 2 : 0),
        },
      });
      file.patchLink(cg, "cg_sr_first", reduction);
      return file.bytes();
    },
    channels: { x: { values: [1, 2] } },
    async check(mdf, way) {
      const [reduction] = mdf.groups[0].reductions;
      const { interval, syncType, count } = reduction;
      assertEquals([interval, syncType, count], [0.5, "time", INTERVALS], way);
      assertEquals(reduction.dominant, dominant, way);
      const { mean, min, max, valid } = await reduction.read("x");
      for (const [s, values] of [mean, min, max].entries()) {
        const expected = VALID.map((_, i) => valueOf(i, s));
        assertEquals(Array.from(values as Iterable<number>), expected, way);
      }
      assertEquals(valid && Array.from(valid, Boolean), bits ? VALID : undefined, way);
    },
  };
}

const COLUMN_CUT = 2;

/** Values and bits of the intervals in blocks of their own. */
function columns(file: FileBuilder): number {
  const values = rows(false);
  const bits = Uint8Array.from(VALID, (valid) => valid ? 0 : 4);
  const at = 6 * COLUMN_CUT;
  return file.add(LD, {
    moreLinks: [
      file.add(RV, { payload: values.subarray(0, at) }),
      addPacked(file, "RV", values.subarray(at), 1, 6),
      file.add(RI, { payload: bits.subarray(0, COLUMN_CUT) }),
      addPacked(file, "RI", bits.subarray(COLUMN_CUT), 0),
    ],
    fields: { ld_flags: 0x80000000, ld_count: 2, ld_sample_offset: [0, COLUMN_CUT] },
  });
}

/** Reductions in records, in lists and in columns. */
export const REDUCTION_FEATURES: Feature[] = [
  reductionFeature("sample-reduction-in-one-block", false, (file) => file.data("RD", rows(false))),
  reductionFeature(
    "sample-reduction-with-invalidation-bytes-in-a-list",
    true,
    (file) => file.data("RD", rows(true), { blockSizes: [5] }),
  ),
  reductionFeature(
    "sample-reduction-with-dominant-invalidation-compressed",
    true,
    (file) => file.data("RD", rows(true), { blockSizes: [11], zip: 7 }),
    true,
  ),
  reductionFeature("sample-reduction-in-columns", true, columns),
];
