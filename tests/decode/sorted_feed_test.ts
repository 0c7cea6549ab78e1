import { assert, assertEquals, assertRejects } from "@std/assert";
import { CorruptFileError, Mdf, MdfWriter } from "../../mod.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { countingSource, FileBuilder } from "../_helpers.ts";

const MiB = 1024 * 1024;
/** Bytes of a record: its id and a number. */
const STRIDE = 9;
const RECORDS = 300_000;

/** Records with an id each; the number is that of the record. */
function numbered(): Uint8Array {
  const records = new Uint8Array(STRIDE * RECORDS);
  const view = new DataView(records.buffer);
  for (let i = 0; i < RECORDS; i++) {
    view.setUint8(STRIDE * i, 7);
    view.setFloat64(STRIDE * i + 1, i, true);
  }
  return records;
}

function fileOf(records: Uint8Array): Uint8Array {
  const file = new FileBuilder();
  file.group({
    ...{ recordIdSize: 1, cg_record_id: 7, records },
    channels: [{ name: "x", cn_data_type: 4, cn_bit_count: 64 }],
  });
  return file.bytes();
}

Deno.test("small batches come out of large reads, each byte read once", async () => {
  const source = countingSource(bytesSource(fileOf(numbered())));
  await using mdf = await Mdf.open(source);
  for (const batchBytes of [STRIDE, 1000, 700 * 1024, 3 * MiB]) {
    source.reset();
    const some = batchBytes === STRIDE ? 5000 : RECORDS;
    let next = 0;
    for await (const batch of mdf.stream(["x"], { batchBytes, records: [0, some] })) {
      assertEquals(batch.firstRecord, next);
      const values = batch.signals[0].values as Float64Array;
      for (const i of [0, values.length >> 1, values.length - 1]) assertEquals(values[i], next + i);
      next += batch.recordCount;
    }
    assertEquals(next, some);
    assertEquals(source.bytes, some * STRIDE, `batches of ${batchBytes} bytes`);
    assert(source.requests <= 5, `${source.requests} reads`);
  }
});

Deno.test("no more is read than is asked for", async () => {
  const source = countingSource(bytesSource(fileOf(numbered())));
  await using mdf = await Mdf.open(source);
  source.reset();
  const { values } = await mdf.read("x", { records: [1000, 1010] });
  assertEquals(Array.from(values as Float64Array), Array.from({ length: 10 }, (_, i) => 1000 + i));
  assertEquals(source.bytes, 10 * STRIDE);
});

Deno.test("a wrong id is found in the middle of what was read, and what is before it is given", async () => {
  const records = numbered();
  records[STRIDE * 2500] = 8;
  await using mdf = await Mdf.open(fileOf(records));
  let next = 0;
  const error = await assertRejects(async () => {
    for await (const batch of mdf.stream(["x"], { batchBytes: 1000 * STRIDE })) {
      next += batch.recordCount;
    }
  }, CorruptFileError);
  assertEquals(next, 2000);
  assert(error.message.includes("record 2500 does not have the id 7"), error.message);
});

Deno.test("what cannot be read behind a batch does not keep the batch back", async () => {
  const bytes = fileOf(numbered());
  const source = bytesSource(bytes);
  let broken = bytes.length;
  await using mdf = await Mdf.open({
    name: "broken.mf4",
    size: () => Promise.resolve(bytes.length),
    read: (offset, length) => source.read(offset, length),
    readIntoSync(offset, target) {
      if (offset + target.length > broken) throw new Error("this part of the disk is broken");
      source.readIntoSync!(offset, target);
    },
  });
  const { fragments } = mdf.measurement.dataGroups[0].data;
  broken = fragments[0].offset + 4500 * STRIDE;
  let next = 0;
  await assertRejects(
    async () => {
      for await (const batch of mdf.stream(["x"], { batchBytes: 1000 * STRIDE })) {
        next += batch.recordCount;
      }
    },
    Error,
    "broken",
  );
  assertEquals(next, 4000);
});

Deno.test("stretches inside of compressed blocks and across them give the same records", async () => {
  const { x, y } = { x: new Float64Array(RECORDS), y: new Float64Array(RECORDS) };
  for (let i = 0; i < RECORDS; i++) [x[i], y[i]] = [i, Math.sin(i)];
  for (const compression of ["deflate", "transpose"] as const) {
    const chunks: Uint8Array[] = [];
    const sink = new WritableStream<Uint8Array>({
      write: (chunk) => void chunks.push(chunk.slice()),
    });
    // Some stretches of 256 KiB lie in one block, others in two.
    const writer = await MdfWriter.create(sink, { compression, blockBytes: 700_001 });
    const group = writer.addGroup({
      name: "numbers",
      channels: [{ name: "x", type: "float64", master: "time" }, { name: "y", type: "float64" }],
    });
    await group.append({ x, y });
    await writer.close();
    const file = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    for (const workers of [0, undefined]) {
      await using mdf = await Mdf.open(file, { workers });
      const [first, second] = await mdf.readAll();
      assertEquals(first.values, x);
      assertEquals(second.values, y);
      let next = 0;
      for await (const { signals, recordCount } of mdf.stream(undefined, { batchBytes: 100_000 })) {
        assertEquals(signals[1].values, y.subarray(next, next + recordCount));
        next += recordCount;
      }
      assertEquals(next, RECORDS);
    }
  }
});
