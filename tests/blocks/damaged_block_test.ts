import { assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { BLOCK_TABLES, CA, CG, CN, DL, DT, TX } from "../../lib/blocks/block_tables.ts";
import type { BlockReader } from "../../lib/blocks/read_block.ts";
import { CorruptFileError, LimitExceededError, MdfError } from "../../lib/errors.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { FileBuilder, openBlocks, patternBytes, strictSource } from "../_helpers.ts";

/** What is thrown, whether the source answers at once or makes wait; it must be the same. */
async function failure(
  file: FileBuilder,
  use: (reader: BlockReader) => unknown,
  options: Parameters<typeof openBlocks>[1] = {},
): Promise<MdfError> {
  const bytes = file.bytes();
  const errors: MdfError[] = [];
  for (const source of [bytesSource(bytes, "drive.mf4"), strictSource(bytes, "drive.mf4")]) {
    const reader = await openBlocks(source, options);
    reader.program = "logger 1.0";
    const error = await Promise.resolve().then(() => use(reader)).catch((error) => error);
    assertInstanceOf(error, MdfError);
    errors.push(error);
  }
  assertEquals(errors[0].message, errors[1].message);
  return errors[0];
}

/** The same through every way of reading a channel group at an offset. */
async function failureOfGroup(file: FileBuilder, at: number): Promise<MdfError> {
  const loaded = await failure(file, (reader) => reader.load(CG, at, "HD>DG[2]>CG[0]"));
  const header = await failure(file, (reader) => reader.loadHeader(at, "HD>DG[2]>CG[0]", "CG"));
  assertEquals(header.message, loaded.message);
  return loaded;
}

Deno.test("an error names file, block, offset, path and program, and says what to do", async () => {
  const file = new FileBuilder();
  const at = file.add(CN);
  const error = await failureOfGroup(file, at);
  assertInstanceOf(error, CorruptFileError);
  assertEquals(
    [error.code, error.file, error.block, error.offset, error.path],
    ["corrupt", "drive.mf4", "CG", 168, "HD>DG[2]>CG[0]"],
  );
  assertEquals(
    error.message,
    'drive.mf4: CG block at offset 168 (0xa8), HD>DG[2]>CG[0]: written by "logger 1.0": expected ' +
      "a CG block and found a CN block; the link to it is wrong or the block was overwritten",
  );
});

Deno.test("a link to what is no block shows the bytes found", async () => {
  const file = new FileBuilder();
  const at = file.append(Uint8Array.of(0x23, 0x2a, 0x43, 0x47, ...patternBytes(100)));
  const error = await failureOfGroup(file, at);
  assertInstanceOf(error, CorruptFileError);
  assertEquals(
    error.reason,
    "expected a CG block and found bytes 23 2a 43 47; the link to it is wrong or the block was " +
      "overwritten",
  );
});

Deno.test("where any data block may stand, marks are still needed", async () => {
  const file = new FileBuilder();
  const at = file.append(patternBytes(100));
  const error = await failure(file, (reader) => reader.loadHeader(at, "DG>DT"));
  assertEquals(error.block, "data");
  assertEquals(error.reason.slice(0, 43), "expected a data block and found bytes 1d c4");
});

Deno.test("a text is expected in TX or MD, in nothing else", async () => {
  const file = new FileBuilder();
  for (const id of ["DT", "or", " o", "X ", "r "]) {
    const at = file.add(TX, { payload: new Uint8Array(8) });
    file.patchBytes(at + 2, new TextEncoder().encode(id));
    const error = await failure(file, (reader) => reader.loadText(at, "CN>TX"));
    assertInstanceOf(error, CorruptFileError);
    assertEquals([error.block, error.offset], ["TX or MD", at]);
    assertEquals(
      error.reason.slice(0, 44 + id.length),
      `expected a TX or MD block and found a ${id} block`,
    );
  }
});

Deno.test("links into the identification lead nowhere", async () => {
  const file = new FileBuilder();
  for (const at of [1, 8, 63]) {
    const error = await failureOfGroup(file, at);
    assertInstanceOf(error, CorruptFileError);
    assertEquals([error.block, error.offset], ["CG", at]);
    assertEquals(
      error.reason,
      "a link leads into the identification; the file is damaged or cut off, so use the tool that " +
        "wrote it to repair it",
    );
  }
});

Deno.test("links past the end lead nowhere, also those of 64 bits", async () => {
  const file = new FileBuilder();
  const size = file.bytes().length;
  for (const at of [size - 23, size, size + 8, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64]) {
    const error = await failureOfGroup(file, at);
    assertInstanceOf(error, CorruptFileError);
    assertEquals([error.block, error.offset], ["CG", at]);
    assertEquals(
      error.reason,
      `a link leads past the end of the file, which has ${size} bytes; the file is damaged or cut ` +
        "off, so use the tool that wrote it to repair it",
    );
  }
  file.add(TX);
  const last = await (await openBlocks(file.bytes())).loadText(size, "TX");
  assertEquals(last, "", "a block of 24 bytes at the very end is whole");
});

Deno.test("a link of 64 bits in a block is not taken for a smaller one", async () => {
  const file = new FileBuilder();
  const at = file.add(CG);
  file.patchBytes(at + 24, [0x40, 0, 0, 0, 0, 0, 0, 0x80]);
  const block = await (await openBlocks(file.bytes())).load(CG, at, "CG");
  assertEquals(block.links[0], 2 ** 63);
});

Deno.test("lengths and link counts that contradict each other", async () => {
  const cases: [length: bigint, links: bigint][] = [
    [0n, 6n],
    [23n, 0n],
    [24n, 1n],
    [71n, 6n],
    [104n, 11n],
    [104n, 2n ** 32n],
    [104n, 2n ** 61n],
    [104n, 2n ** 64n - 1n],
  ];
  for (const [length, links] of cases) {
    const file = new FileBuilder();
    const at = file.add(CG);
    const header = new DataView(new ArrayBuffer(16));
    header.setBigUint64(0, length, true);
    header.setBigUint64(8, links, true);
    file.patchBytes(at + 8, new Uint8Array(header.buffer));
    const error = await failureOfGroup(file, at);
    assertInstanceOf(error, CorruptFileError);
    assertEquals([error.block, error.offset], ["CG", at]);
    assertEquals(
      error.reason,
      `the block says it is ${length} bytes long and has ${Number(links)} links, which cannot be`,
    );
  }
});

Deno.test("a block that is longer than the file is cut off", async () => {
  for (const length of [112, 2 ** 40, 2 ** 63]) {
    const file = new FileBuilder();
    const at = file.add(CG);
    file.patchBytes(at + 8, new Uint8Array(BigUint64Array.of(BigInt(length)).buffer));
    const error = await failure(file, (reader) => reader.load(CG, at, "CG"));
    assertInstanceOf(error, CorruptFileError);
    assertEquals([error.block, error.offset], ["CG", at]);
    assertEquals(
      error.reason,
      `the block is ${length} bytes long and the file ends ${length - 104} bytes before its end; ` +
        "the file is cut off or the length is wrong",
    );
  }
});

Deno.test("a text that is longer than the file is cut off", async () => {
  const file = new FileBuilder();
  const at = file.add(TX, { payload: new Uint8Array(8) });
  file.patchLength(at, 40);
  const error = await failure(file, (reader) => reader.loadText(at, "CN>TX"));
  assertInstanceOf(error, CorruptFileError);
  assertEquals([error.block, error.offset, error.path], ["TX", at, "CN>TX"]);
});

Deno.test("samples may be cut off; their head is read all the same", async () => {
  const file = new FileBuilder();
  const at = file.add(DT, { payload: patternBytes(8) });
  file.patchLength(at, 1_000_000);
  const block = await (await openBlocks(strictSource(file.bytes()))).load(DT, at, "DT");
  assertEquals([block.length, block.payloadOffset], [1_000_000, at + 24]);
});

Deno.test("blocks too short for their fields name the first field that is missing", async () => {
  const cases: [id: string, length: number, field: string][] = [
    ["CG", 103, "cg_inval_bytes"],
    ["CG", 72, "cg_record_id"],
    ["CN", 152, "cn_limit_ext_max"],
    ["DZ", 40, "dz_data_length"],
    ["AT", 95, "at_embedded_size"],
  ];
  for (const [id, length, field] of cases) {
    const table = BLOCK_TABLES.get(id)!;
    const file = new FileBuilder();
    const at = file.add(table);
    file.patchLength(at, length);
    file.add(TX, { payload: new Uint8Array(100) });
    const error = await failure(
      file,
      (reader) => reader.load(table, at, "x"),
    );
    assertInstanceOf(error, CorruptFileError);
    assertEquals([error.block, error.offset], [id, at]);
    assertEquals(
      error.reason,
      `the block is ${length} bytes long, too short for its field ${field}`,
    );
  }
});

Deno.test("counts of values that the block has no room for reserve no memory", async () => {
  const file = new FileBuilder();
  const list = file.add(DL, { fields: { dl_count: 1, dl_offset: [0] } });
  file.patchField(list, "dl_count", 0xffffffff);
  const inList = await failure(file, (reader) => reader.load(DL, list, "DL"));
  assertEquals([inList.code, inList.block, inList.offset], ["corrupt", "DL", list]);
  assertEquals(inList.reason, "the block is 48 bytes long, too short for its field dl_offset");

  const array = file.add(CA, { fields: { ca_ndim: 2, ca_dim_size: [2 ** 30, 2 ** 30] } });
  file.patchField(array, "ca_storage", 1);
  const inArray = await failure(file, (reader) => reader.load(CA, array, "CA"));
  assertEquals([inArray.code, inArray.block, inArray.offset], ["corrupt", "CA", array]);
  assertEquals(
    inArray.reason,
    "the block is 64 bytes long, too short for its field ca_cycle_count",
  );
});

Deno.test("dimensions whose product is no number are refused", async () => {
  const dimensions = [...Array(20).fill(2 ** 52), 0];
  const file = new FileBuilder();
  const at = file.add(CA, { fields: { ca_ndim: 21, ca_dim_size: dimensions } });
  file.patchField(at, "ca_storage", 1);
  const error = await failure(file, (reader) => reader.load(CA, at, "CA"));
  assertInstanceOf(error, CorruptFileError);
  assertEquals([error.block, error.offset], ["CA", at]);
  assertEquals(error.reason, "the block is 216 bytes long, too short for its field ca_cycle_count");
});

Deno.test("metadata above the limit is refused with the way out, at the limit it is not", async () => {
  const file = new FileBuilder();
  const at = file.add(TX, { payload: new TextEncoder().encode("x".repeat(76)) });
  const limits = { metadataBlockBytes: 99 };
  const error = await failure(file, (reader) => reader.loadText(at, "HD>MD"), { limits });
  assertInstanceOf(error, LimitExceededError);
  assertEquals([error.block, error.offset], ["TX", at]);
  assertEquals(
    error.reason,
    "the block is 100 bytes long and the limit is 99; raise limits.metadataBlockBytes if the file " +
      "is to be trusted",
  );
  const reader = await openBlocks(file.bytes(), { limits: { metadataBlockBytes: 100 } });
  assertEquals((await reader.loadText(at, "HD>MD")).length, 76);
});

Deno.test("whatever stands in a block, it is read or refused by an MdfError in bounds", async () => {
  const tables = [...BLOCK_TABLES.values()];
  const cases = fc.record({
    table: fc.constantFrom(...tables),
    length: fc.oneof(fc.nat(200), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(BigInt),
    links: fc.oneof(fc.nat(12), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(BigInt),
    rest: fc.uint8Array({ minLength: 0, maxLength: 180 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ table, length, links, rest }) => {
      const file = new FileBuilder();
      const bytes = new Uint8Array(24 + rest.length);
      bytes.set(new TextEncoder().encode(`##${table.id}`));
      new DataView(bytes.buffer).setBigUint64(8, length, true);
      new DataView(bytes.buffer).setBigUint64(16, links, true);
      bytes.set(rest, 24);
      const at = file.append(bytes);
      const [direct, waiting] = await Promise.all(
        [bytesSource(file.bytes()), strictSource(file.bytes(), "(bytes in memory)")].map(
          async (source) => {
            const reader = await openBlocks(source, { pageBytes: 32 });
            try {
              return await reader.load(table, at, "test");
            } catch (error) {
              assertInstanceOf(error, MdfError);
              assertEquals([error.block, error.offset], [table.id, at]);
              return error.message;
            }
          },
        ),
      );
      assertEquals(direct, waiting);
    }),
    { numRuns: 1000, seed: 23 },
  );
});
