import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { deflateSync } from "node:zlib";
import { CC, CG, CN, DG, DL, DT, DZ, LD, RD, RI, RV, SR } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import {
  AmbiguousChannelError,
  ChannelNotFoundError,
  CorruptFileError,
  LimitExceededError,
  Mdf,
  type SignalValues,
  UnsupportedFeatureError,
  UsageError,
} from "../../mod.ts";
import { BlockFile, corpusFileTest, eachWay } from "./_block_file.ts";

const list = (values: SignalValues) => [...values as Iterable<unknown>];

/** A big-endian int16, a uint16 and a byte; two bytes of invalidation bits stand after them. */
const DATA_BYTES = 5;
const INTERVALS = 7;

/** Values of interval `i`, section `s` (0 mean, 1 minimum, 2 maximum). */
const counter = (i: number, s: number) => -1000 + 100 * i + s;
const level = (i: number, s: number) => 5 * i + 2 * s;

/** The three sections of each interval, and one section of invalidation bytes after them. */
function reductionRecords(invalidation: boolean): Uint8Array {
  const stride = 3 * DATA_BYTES + (invalidation ? 2 : 0);
  const bytes = new Uint8Array(INTERVALS * stride).fill(0xee);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < INTERVALS; i++) {
    for (let s = 0; s < 3; s++) {
      view.setInt16(i * stride + s * DATA_BYTES, counter(i, s), false);
      view.setUint16(i * stride + s * DATA_BYTES + 2, level(i, s), true);
    }
    if (invalidation) {
      bytes[i * stride + 15] = 0x00;
      bytes[i * stride + 16] = i % 3 === 1 ? 0x02 : 0xfd;
    }
  }
  return bytes;
}

interface Setup {
  flags?: number;
  /** Adds the blocks of the reduction's data and gives the link to them. */
  data: (file: BlockFile) => number;
}

/** A group of record ids, a counter with an invalidation bit, and a level with a conversion. */
function reducedFile({ flags = 0, data }: Setup): Uint8Array {
  const file = new BlockFile();
  const conversion = file.add(CC, {
    fields: {
      cc_type: 1,
      cc_val_count: 2,
      cc_val: new BigUint64Array(Float64Array.of(10, 0.5).buffer).values().toArray(),
    },
  });
  const [first] = file.list(CN, [
    {
      links: { cn_tx_name: file.text("n") },
      fields: { cn_type: 6, cn_data_type: 0 },
    },
    {
      links: { cn_tx_name: file.text("counter") },
      fields: {
        cn_data_type: 3,
        cn_bit_count: 16,
        cn_flags: 2,
        cn_inval_bit_pos: 9,
      },
    },
    {
      links: { cn_tx_name: file.text("level"), cn_cc_conversion: conversion },
      fields: { cn_data_type: 0, cn_byte_offset: 2, cn_bit_count: 16 },
    },
    {
      links: { cn_tx_name: file.text("twice") },
      fields: { cn_byte_offset: 4, cn_bit_count: 8 },
    },
    {
      links: { cn_tx_name: file.text("twice") },
      fields: { cn_byte_offset: 4, cn_bit_count: 8, cn_flags: 1 },
    },
    {
      links: { cn_tx_name: file.text("beyond") },
      fields: { cn_byte_offset: 5, cn_bit_count: 8 },
    },
  ]);
  const reduction = file.add(SR, {
    links: { sr_data: data(file) },
    fields: { sr_cycle_count: 99, sr_interval: 0.5, sr_sync_type: 1, sr_flags: flags },
  });
  const group = file.add(CG, {
    links: { cg_cn_first: first, cg_sr_first: reduction },
    fields: { cg_record_id: 7, cg_data_bytes: DATA_BYTES, cg_inval_bytes: 2 },
  });
  const other = file.group(["t"], [[1]]);
  const dataGroup = file.add(DG, {
    links: { dg_dg_next: other.dataGroup, dg_cg_first: group, dg_data: file.add(DT) },
    fields: { dg_rec_id_size: 2 },
  });
  return file.bytes({ hd_dg_first: dataGroup });
}

async function checkValues(mdf: Mdf, invalidation: boolean): Promise<void> {
  assertEquals(mdf.problems, []);
  const [reduction] = mdf.groups[0].reductions;
  assertEquals(reduction.count, INTERVALS);
  const each = (of: (i: number, s: number) => number, s: number) =>
    Array.from({ length: INTERVALS }, (_, i) => of(i, s));
  const counters = await reduction.read("counter");
  assert(counters.mean instanceof Int16Array);
  assertEquals(list(counters.mean), each(counter, 0));
  assertEquals(list(counters.min), each(counter, 1));
  assertEquals(list(counters.max), each(counter, 2));
  assertEquals(counters.shape, [INTERVALS]);
  assertEquals(
    counters.valid && [...counters.valid],
    invalidation ? [1, 0, 1, 1, 0, 1, 1] : undefined,
  );
  const levels = await reduction.read(mdf.channel("level"));
  assertEquals(list(levels.min), each((i, s) => 10 + 0.5 * level(i, s), 1));
  assertEquals(levels.valid, undefined);
  const raw = await reduction.read("level", { raw: true });
  assert(raw.max instanceof Uint16Array);
  assertEquals(list(raw.max), each(level, 2));
}

Deno.test("trap 34: reduction data holds mean, minimum and maximum in turn, without record ids", async () => {
  const bytes = reducedFile({
    data: (file) => file.add(RD, { payload: reductionRecords(false) }),
  });
  await eachWay(bytes, (mdf) => checkValues(mdf, false));
});

Deno.test("one section of invalidation bytes follows the three sections of values", async () => {
  const bytes = reducedFile({
    flags: 1,
    data: (file) => file.add(RD, { payload: reductionRecords(true) }),
  });
  await eachWay(bytes, (mdf) => checkValues(mdf, true));
});

Deno.test("trap 6: reduction records straddle the blocks of a list, compressed or not", async () => {
  const bytes = reducedFile({
    flags: 1,
    data: (file) => {
      const records = reductionRecords(true);
      const links: number[] = [];
      const offsets: number[] = [];
      // 11 shares no factor with the 17 bytes of a record.
      for (let at = 0; at < records.length; at += 11) {
        const piece = records.slice(at, at + 11);
        offsets.push(at);
        const zipped = new Uint8Array(deflateSync(piece));
        links.push(
          at % 2 === 0 ? file.add(RD, { payload: piece }) : file.add(DZ, {
            fields: {
              dz_org_block_type: "RD",
              dz_org_data_length: piece.length,
              dz_data_length: zipped.length,
            },
            payload: zipped,
          }),
        );
      }
      return file.add(DL, {
        moreLinks: links,
        fields: { dl_count: links.length, dl_offset: offsets },
      });
    },
  });
  await eachWay(bytes, (mdf) => checkValues(mdf, true));
});

/** Values and invalidation bytes of the records, apart. */
function apart(): { values: Uint8Array; bits: Uint8Array } {
  const records = reductionRecords(true);
  const values: number[] = [];
  const bits: number[] = [];
  for (let at = 0; at < records.length; at += 17) {
    values.push(...records.subarray(at, at + 15));
    bits.push(...records.subarray(at + 15, at + 17));
  }
  return { values: Uint8Array.from(values), bits: Uint8Array.from(bits) };
}

Deno.test("reduction data of column-oriented groups keeps invalidation bytes apart (RV, RI)", async () => {
  const bytes = reducedFile({
    flags: 1,
    data: (file) => {
      const { values, bits } = apart();
      const split = 3;
      return file.add(LD, {
        moreLinks: [
          file.add(RV, { payload: values.slice(0, split * 15) }),
          file.add(RV, { payload: values.slice(split * 15) }),
          file.add(RI, { payload: bits.slice(0, split * 2) }),
          file.add(RI, { payload: bits.slice(split * 2) }),
        ],
        fields: { ld_flags: 0x80000000, ld_count: 2, ld_sample_offset: [0, split] },
      });
    },
  });
  await eachWay(bytes, (mdf) => checkValues(mdf, true));
});

Deno.test("a single RV block has no invalidation bytes: all intervals are valid", async () => {
  const bytes = reducedFile({
    flags: 1,
    data: (file) => file.add(RV, { payload: apart().values }),
  });
  await eachWay(bytes, (mdf) => checkValues(mdf, false));
});

Deno.test("what a reduction cannot give is a typed error that names the channel", async () => {
  const mdf = await Mdf.open(
    reducedFile({ data: (file) => file.add(RD, { payload: reductionRecords(false) }) }),
  );
  const [reduction] = mdf.groups[0].reductions;
  await assertRejects(() => reduction.read("n"), UnsupportedFeatureError, 'channel "n"');
  await assertRejects(() => reduction.read("beyond"), CorruptFileError, 'channel "beyond"');
  await assertRejects(() => reduction.read("nothing"), ChannelNotFoundError, '"nothing"');
  await assertRejects(() => reduction.read("twice"), AmbiguousChannelError, "2 channels");
  await assertRejects(() => reduction.read(mdf.channel("t")), UsageError, "another group");
  const allInvalid = await reduction.read(mdf.groups[0].channels[4]);
  assertEquals([...allInvalid.valid!], Array(INTERVALS).fill(0));
  const stopped = AbortSignal.abort(new Error("stop"));
  await assertRejects(() => reduction.read("level", { signal: stopped }), Error, "stop");
  await mdf.close();
  await assertRejects(() => reduction.read("level"), UsageError, "closed");
});

Deno.test("limits hold for reductions too", async () => {
  const bytes = reducedFile({ data: (file) => file.add(RD, { payload: reductionRecords(false) }) });
  const mdf = await Mdf.open(bytes, { limits: { signalBytes: 8 * INTERVALS - 1 } });
  await assertRejects(() => mdf.groups[0].reductions[0].read("level"), LimitExceededError);
});

Deno.test("reduction data of the wrong kind concerns the reduction alone", async () => {
  const bytes = reducedFile({
    data: (file) => file.append(encodeBlock(DT, { payload: new Uint8Array(30) })),
  });
  await eachWay(bytes, async (mdf) => {
    const [reduction] = mdf.groups[0].reductions;
    const error = await assertRejects(() => reduction.read("level"), UnsupportedFeatureError);
    assertEquals(error.block, "DT");
    assertEquals(list((await mdf.read("t")).values), [1]);
  });
});

corpusFileTest(
  "reductions of a file by dSPACE agree with its samples",
  "asam/dSPACE_Bookmarks.mf4",
  async (bytes) => {
    const mdf = await Mdf.open(bytes);
    const [time, signal] = mdf.groups[0].channels;
    const times = list((await mdf.read(time)).values) as number[];
    const samples = list((await mdf.read(signal)).values) as number[];
    const [reduction] = mdf.groups[0].reductions;
    const starts = list((await reduction.read(time)).mean) as number[];
    assertEquals(starts, [0, 0.1, 0.2, 0.301]);
    const { mean, min, max } = await reduction.read(signal);
    starts.forEach((start, i) => {
      const part = samples.filter((_, k) => times[k] >= start && !(times[k] >= starts[i + 1]));
      assert(part.length > 50);
      const sum = part.reduce((sum, value) => sum + value, 0);
      assertAlmostEquals(mean.at(i) as number, sum / part.length, 1e-12, `mean of interval ${i}`);
      assertEquals([min.at(i), max.at(i)], [Math.min(...part), Math.max(...part)]);
    });
  },
);

corpusFileTest(
  "the elements of an array are reduced one by one",
  "asam/dSPACE_HILAPITimeout.mf4",
  async (bytes) => {
    const mdf = await Mdf.open(bytes);
    const [fine] = mdf.groups[0].reductions;
    const array = mdf.groups[0].channels.find(({ model }) => model.arrays)!;
    const { values, shape } = await mdf.read(array);
    assertEquals(shape, [5001, 2, 3]);
    const reduced = await fine.read(array);
    assertEquals(reduced.shape, [5000, 2, 3]);
    // The first four intervals hold one sample each.
    for (let i = 0; i < 4 * 6; i++) {
      assertEquals([reduced.mean.at(i), reduced.max.at(i)], [values.at(i), values.at(i)]);
    }
  },
);
