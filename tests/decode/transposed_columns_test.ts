import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { InflateWorkers } from "../../lib/decode/inflate_workers.ts";
import { type NumberArray, numberDecoder } from "../../lib/decode/number_kernels.ts";
import { liesByColumn, openFeed } from "../../lib/decode/open_feed.ts";
import { makeRun, type RecordColumns } from "../../lib/decode/record_feed.ts";
import { type Taker, TransposedColumns } from "../../lib/decode/transposed_columns.ts";
import { byteSpan, type NumberLayout } from "../../lib/plan/column_layout.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { type Batch, CorruptFileError, Mdf, type Signal } from "../../mod.ts";
import { addRule } from "../features/_conversion_file.ts";
import { type DataParts, FileBuilder, patternBytes } from "../_helpers.ts";

const layouts = fc.record({
  byteOffset: fc.integer({ min: 0, max: 30 }),
  bitOffset: fc.constantFrom(0, 0, 0, 3),
  bigEndian: fc.boolean(),
  number: fc.constantFrom(
    ...[["float", 64], ["float", 32], ["signed", 16], ["unsigned", 8], ["signed", 64]] as const,
    ...[["unsigned", 12], ["signed", 24], ["unsigned", 61], ["unsigned", 1]] as const,
  ),
}).map(({ number: [numeric, bitCount], bitOffset, ...place }): NumberLayout => ({
  ...{ kind: "number", numeric, bitCount, ...place },
  bitOffset: bitCount % 8 === 0 ? 0 : bitOffset,
}));

/** What a column is to the loops: one of plain numbers, or one that takes its own. */
class FakeColumn implements Taker {
  readonly span;
  readonly target;
  values: NumberArray;
  readonly #layout: NumberLayout;
  #adopted = false;

  constructor(layout: NumberLayout, capacity: number, linear?: { factor: number; offset: number }) {
    const { Own } = numberDecoder(layout);
    this.#layout = layout;
    this.values = new Own(capacity);
    this.span = { byteOffset: layout.byteOffset, byteCount: byteSpan(layout) };
    this.target = {
      ...{ layout, linear, Type: Own },
      adopt: (values: NumberArray) => {
        this.values = values;
        this.#adopted = true;
      },
    };
  }

  take({ view, at, stride, count }: Parameters<Taker["take"]>[0], index: number): void {
    assert(!this.#adopted, "numbers are taken twice");
    numberDecoder(this.#layout).own(view, at, stride, count, this.values, index);
  }
}

/** Records as columns, by the definition. */
function columnsOf(rows: Uint8Array, stride: number, count: number): RecordColumns {
  const bytes = new Uint8Array(64 + 16 * count);
  const gather = (offset: number, width: number, reversed: boolean) => {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < width; i++) {
        const to = 64 + row * width + (reversed ? width - 1 - i : i);
        bytes[to] = rows[row * stride + offset + i];
      }
    }
    return 64;
  };
  return { bytes, view: new DataView(bytes.buffer), gather };
}

Deno.test("columns of transposed records have the values that the records have", () => {
  fc.assert(
    fc.property(
      fc.array(layouts, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 0, max: 21 }),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      fc.uint8Array({ minLength: 21 * 40, maxLength: 21 * 40 }),
      (layouts, count, index, scaled, bytes) => {
        const stride = 40;
        const run = makeRun(21, stride);
        run.bytes.set(bytes);
        const alone = layouts.map((layout) => {
          const decoder = numberDecoder(layout);
          const values = decoder.allocate(index + 21);
          decoder.own(run.view, 0, stride, count, values, index);
          return values;
        });
        // A column that is to be scaled takes its numbers itself; here it does not scale them.
        const linear = scaled ? { factor: 1, offset: 0 } : undefined;
        const byColumn = layouts.map((layout, i) =>
          new FakeColumn(layout, index + 21, i % 2 ? linear : undefined)
        );
        const loops = TransposedColumns.over(byColumn, run, index + 21);
        run.columns = columnsOf(bytes, stride, count);
        run.count = count;
        run.bytes.fill(0);
        loops.run(0, count, index);
        byColumn.forEach(({ values }, i) => assertEquals(values, alone[i], `${i}`));
        // The same where records came one after the other; others then take theirs later.
        run.columns = undefined;
        run.bytes.set(bytes);
        for (const { values } of byColumn) new Uint8Array(values.buffer).fill(0);
        loops.run(0, count, index);
        byColumn.forEach(({ values, target }, i) => {
          const { bitOffset, bitCount } = layouts[i];
          const plain = !target.linear && bitOffset === 0 &&
            bitCount === 8 * target.Type.BYTES_PER_ELEMENT;
          if (plain) assertEquals(values, alone[i], `${i}, from records`);
        });
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});

const RECORDS = 60_000;
const DATA_BYTES = 44;
const INVALIDATION_BYTES = 2;
const STRIDE = DATA_BYTES + INVALIDATION_BYTES;

/** Numbers of many kinds, texts, bytes and bits that say what is valid, in records of any bytes. */
function fileOf(records: Uint8Array, parts: DataParts): FileBuilder {
  const file = new FileBuilder();
  const scale = addRule(file, { type: 1, values: [-40, 0.5] });
  file.group({
    ...{ records, cg_inval_bytes: INVALIDATION_BYTES, ...parts },
    channels: [
      { name: "number", cn_type: 6, cn_sync_type: 4, cn_data_type: 0 },
      { name: "f64", cn_data_type: 4, cn_bit_count: 64 },
      { name: "f64 BE", cn_byte_offset: 8, cn_data_type: 5, cn_bit_count: 64 },
      { name: "f32", cn_byte_offset: 16, cn_data_type: 4, cn_bit_count: 32 },
      { name: "i64 BE", cn_byte_offset: 18, cn_data_type: 3, cn_bit_count: 64 },
      { name: "u16", cn_byte_offset: 26, cn_bit_count: 16, cn_flags: 2, cn_inval_bit_pos: 3 },
      { name: "u8", cn_byte_offset: 28, cn_bit_count: 8, cn_flags: 2, cn_inval_bit_pos: 15 },
      { name: "12 bits", cn_byte_offset: 28, cn_bit_offset: 3, cn_bit_count: 12 },
      { name: "24 bits", cn_byte_offset: 30, cn_data_type: 2, cn_bit_count: 24 },
      { name: "f16", cn_byte_offset: 31, cn_data_type: 4, cn_bit_count: 16 },
      { name: "scaled", cn_byte_offset: 33, cn_bit_count: 8, cn_cc_conversion: scale },
      { name: "scaled 32", cn_byte_offset: 32, cn_bit_count: 32, cn_cc_conversion: scale },
      { name: "text", cn_byte_offset: 34, cn_data_type: 6, cn_bit_count: 40 },
      { name: "bytes", cn_byte_offset: 20, cn_data_type: 10, cn_bit_count: 8 * 19 },
      { name: "never", cn_byte_offset: 40, cn_bit_count: 32, cn_flags: 1 },
    ],
  });
  return file;
}

/** Names of the channels, so that each is read with few others. */
const HALVES = [
  ["number", "f64", "f64 BE", "u16", "24 bits", "f16", "scaled 32", "text", "never"],
  ["f32", "i64 BE", "u8", "12 bits", "scaled", "bytes"],
];

function tell({ channel, values, valid }: Signal): [string, unknown, unknown] {
  const list = ArrayBuffer.isView(values)
    ? values.slice()
    : Array.from(values as Iterable<unknown>);
  return [channel.name, list, valid && Array.from(valid)];
}

async function collect(batches: AsyncIterable<Batch>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { firstRecord, signals } of batches) all.push(firstRecord, signals.map(tell));
  return all;
}

/** Blocks with whole records and without, by records, by something else and not at all. */
const CUTS: Record<string, DataParts> = {
  "one block": { zip: STRIDE },
  "blocks of whole records": { zip: STRIDE, blockSizes: [STRIDE * 9000, STRIDE * 12_345] },
  "blocks that cut records": { zip: STRIDE, blockSizes: [STRIDE * 9000 + 7, STRIDE * 5000] },
  "blocks of some records": { zip: STRIDE, blockSizes: [STRIDE * 300, STRIDE * 500] },
  "blocks of few records": { zip: STRIDE, blockSizes: [STRIDE * 50] },
  "columns of two records": { zip: 2 * STRIDE, blockSizes: [STRIDE * 9000] },
};

const records = patternBytes(STRIDE * RECORDS);
records.forEach((byte, i) => {
  // Texts are to be such.
  if (i % STRIDE >= 34 && i % STRIDE < 39) records[i] = 65 + byte % 26;
});

for (const [name, parts] of Object.entries(CUTS)) {
  Deno.test(`${name}: transposed or not is no difference`, async () => {
    await using plain = await Mdf.open(fileOf(records, {}).bytes());
    await using mdf = await Mdf.open(fileOf(records, parts).bytes());
    const told = (signals: Signal[]) => signals.map(tell);
    // All of them have too many numbers that are not wanted as they are.
    for (const names of [undefined, ...HALVES]) {
      assertEquals(told(await mdf.readAll(names)), told(await plain.readAll(names)));
    }
    const window = { records: [1234, 55_555] as const };
    assertEquals(tell(await mdf.read("u8", window)), tell(await plain.read("u8", window)));
    const some = ["f64 BE", "scaled", "text"];
    const few = { batchBytes: 5 * STRIDE, records: [59_000, RECORDS] as const };
    for (const options of [{}, { batchBytes: 1000 * STRIDE }, few]) {
      assertEquals(
        await collect(mdf.stream(some, options)),
        await collect(plain.stream(some, options)),
      );
    }
    const into = new Float64Array(RECORDS);
    const { values } = await mdf.read("f64 BE", { into });
    assert(values === into);
    assertEquals(into, (await plain.read("f64 BE")).values);
  });
}

Deno.test("columns are taken where other threads have unpacked them", async () => {
  // Fewer bytes are unpacked by the reading thread alone.
  const times = Math.ceil(41 * 1024 * 1024 / records.length);
  const many = new Uint8Array(times * records.length);
  for (let i = 0; i < times; i++) many.set(records, i * records.length);
  const parts = { zip: STRIDE, blockSizes: [STRIDE * RECORDS] };
  await using plain = await Mdf.open(fileOf(records, {}).bytes());
  await using mdf = await Mdf.open(fileOf(many, parts).bytes(), { workers: 1 });
  const once = await plain.readAll(HALVES[0]);
  const signals = await mdf.readAll(HALVES[0]);
  assertEquals(signals[0].values.length, times * RECORDS);
  for (const [i, { channel, values, valid }] of signals.entries()) {
    for (const k of [0, 1, times - 1]) {
      if (channel.name === "number") continue;
      const [from, to] = [k * RECORDS, (k + 1) * RECORDS];
      assertEquals(valid?.subarray(from, to), once[i].valid, channel.name);
      if (ArrayBuffer.isView(values)) {
        assertEquals(values.subarray(from, to), once[i].values, channel.name);
      } else {
        const at = from + 54_321;
        assertEquals(values.at(at), once[i].values.at(54_321), channel.name);
      }
    }
  }
});

Deno.test("columns are given where records lie whole in a block, and only there", async () => {
  // The last five bytes of the second block are those of a record that goes on in the third.
  const cut = { zip: STRIDE, blockSizes: [STRIDE * 9000, STRIDE * 9001 + 5] };
  const bytes = fileOf(records, cut).bytes();
  await using mdf = await Mdf.open(bytes);
  const { measurement } = mdf;
  const [group] = measurement.groups;
  const workers = new InflateWorkers(0);
  const source = await SourceReader.open(bytesSource(bytes));
  const options = { byColumn: true };
  const feed = await openFeed(source, measurement, group, RECORDS, { workers }, options);
  feed.expect?.(0, RECORDS, true);
  const given: boolean[] = [];
  for (const first of [0, 8999, 9000, 17_999, 18_000, 18_001]) {
    await feed.fill(first, 2);
    given.push(feed.run.columns !== undefined);
  }
  // Of these many, so many lie in one block; where it does not begin with a record, none lies so.
  const together = [[0, 2], [8999, 2], [8000, 5000], [18_000, 7], [18_001, 20_000]] as const;
  assertEquals(together.map(([first, count]) => feed.together!(first, count)), [
    ...[2, 1, 1000, 1, 20_000],
  ]);
  feed.expect?.(0, 0, false);
  assertEquals(given, [true, false, true, true, false, false]);
});

Deno.test("columns are only asked for where they are worth it", async () => {
  const asked = async (parts: DataParts, options = { workers: new InflateWorkers(0) }) => {
    await using mdf = await Mdf.open(fileOf(records, parts).bytes());
    const { measurement } = mdf;
    return liesByColumn(measurement, measurement.groups[0], options);
  };
  const blockSizes = [STRIDE * 9000];
  assertEquals(await asked({ zip: STRIDE, blockSizes }), true);
  assertEquals(await asked({ zip: STRIDE, blockSizes }, {} as never), false);
  for (const [records, expected] of [[255, false], [256, true]] as const) {
    assertEquals(await asked({ zip: STRIDE, blockSizes: [STRIDE * records] }), expected);
  }
  assertEquals(await asked({ zip: STRIDE }), false);
  assertEquals(await asked({ zip: true, blockSizes }), false);
  assertEquals(await asked({ zip: 2 * STRIDE, blockSizes }), false);
  const layout = (bitCount: number) => ({
    ...{ kind: "number", numeric: "unsigned", byteOffset: 0 } as const,
    ...{ bitOffset: 0, bitCount, bigEndian: false },
  });
  const takers = (...bits: number[]) => bits.map((bits) => new FakeColumn(layout(bits), 1));
  assertEquals(TransposedColumns.suits(takers(8, 16, 12, 64), 10), true);
  assertEquals(TransposedColumns.suits(takers(8, 16, 12, 12), 19), false);
  assertEquals(TransposedColumns.suits([...takers(8), { take: () => {} }], 1000), false);
});

Deno.test("a damaged block is told of, whoever takes its values", async () => {
  const file = fileOf(records, CUTS["blocks of whole records"]).bytes();
  await using mdf = await Mdf.open(file);
  const [fragment] = mdf.measurement.dataGroups[0].data.fragments;
  const damaged = file.slice();
  damaged[fragment.offset + 5000] ^= 0xff;
  await using other = await Mdf.open(damaged);
  const error = await assertRejects(() => other.readAll(), CorruptFileError);
  assertEquals([error.block, error.offset], ["DZ", fragment.offset - 48]);
});
