/** Where other readers lose data between its blocks. */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { DI, DL, DT, DV, DZ, HL, LD, SD } from "../../lib/blocks/block_tables.ts";
import { deflateSync } from "node:zlib";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { type ByteSource, CorruptFileError, Mdf, MdfError, TruncatedFileError } from "../../mod.ts";
import { eachWay, FileBuilder, valuesOf } from "../_helpers.ts";

const uint8 = (name: string, byte = 0) => ({ name, cn_byte_offset: byte, cn_bit_count: 8 });
const bytes = (from: number, count: number) =>
  Uint8Array.from({ length: count }, (_, i) => from + i);
const numbers = (from: number, count: number) => [...bytes(from, count)];

/** A file of one 8-bit channel over the data that `data` makes; the counter says `count` records. */
function fileOver(data: (file: FileBuilder) => number, count: number): Uint8Array {
  const file = new FileBuilder();
  file.group({ channels: [uint8("a")], dataLink: data(file), cg_cycle_count: count });
  return file.bytes();
}

async function assertReads(file: Uint8Array, expected: number[]): Promise<void> {
  await eachWay(file, async (mdf, way) => assertEquals(await valuesOf(mdf, "a"), expected, way));
}

function zipped(file: FileBuilder, payload: Uint8Array, kind = "DT", columns?: number): number {
  const stored = new Uint8Array(deflateSync(payload));
  return file.add(DZ, {
    fields: {
      dz_org_block_type: kind,
      dz_zip_type: columns ? 1 : 0,
      dz_zip_parameter: columns ?? 0,
      dz_org_data_length: payload.length,
      dz_data_length: stored.length,
    },
    payload: stored,
  });
}

Deno.test("trap 9: with equal lengths the last block may be shorter", async () => {
  await assertReads(
    fileOver((file) =>
      file.add(DL, {
        moreLinks: [
          file.add(DT, { payload: bytes(0, 4) }),
          file.add(DT, { payload: bytes(4, 4) }),
          file.add(DT, { payload: bytes(8, 3) }),
        ],
        fields: { dl_flags: 1, dl_count: 3, dl_equal_length: [4] },
      }), 11),
    numbers(0, 11),
  );
});

Deno.test("trap 9: an offset for each block, NIL links among them, and lists that go on", async () => {
  await assertReads(
    fileOver((file) => {
      const second = file.add(DL, {
        moreLinks: [file.add(DT, { payload: bytes(7, 2) })],
        fields: { dl_count: 1, dl_offset: [7] },
      });
      const empty = file.add(DL, { links: { dl_dl_next: second }, fields: { dl_count: 0 } });
      return file.add(DL, {
        links: { dl_dl_next: empty },
        moreLinks: [
          file.add(DT, { payload: bytes(0, 5) }),
          0,
          file.add(DT, { payload: bytes(5, 2) }),
        ],
        fields: { dl_count: 3, dl_offset: [0, 5, 5] },
      });
    }, 9),
    numbers(0, 9),
  );
});

Deno.test("trap 9: links beyond the counted blocks are no data; a link too few is an error", async () => {
  const make = (count: number) =>
    fileOver((file) =>
      file.add(DL, {
        moreLinks: [file.add(DT, { payload: bytes(0, 3) }), file.add(DT, { payload: bytes(9, 3) })],
        fields: { dl_count: count, dl_offset: Array(count).fill(0) },
      }), 3);
  await assertReads(make(1), [0, 1, 2]);
  await using mdf = await Mdf.open(make(3));
  const error = await assertRejects(() => mdf.read("a"), CorruptFileError, "counts 3 blocks");
  assertEquals(error.block, "DL");
});

Deno.test("trap 9: times, angles and distances of the blocks stand behind the offsets", async () => {
  await assertReads(
    fileOver((file) =>
      file.add(DL, {
        moreLinks: [file.add(DT, { payload: bytes(0, 2) }), file.add(DT, { payload: bytes(2, 2) })],
        fields: {
          ...{ dl_flags: 14, dl_count: 2, dl_offset: [0, 2], dl_time_values: [5n, -1n] },
          ...{ dl_angle_values: [0.5, NaN], dl_distance_values: [1e300, -0] },
        },
      }), 4),
    numbers(0, 4),
  );
});

Deno.test("trap 10: the header of a list is a hint; DT and DZ blocks may be mixed behind it", async () => {
  for (const [hl_flags, hl_zip_type] of [[0, 0], [1, 1], [0, 255]]) {
    await assertReads(
      fileOver((file) => {
        const list = file.add(DL, {
          moreLinks: [
            file.add(DT, { payload: bytes(0, 5) }),
            zipped(file, bytes(5, 7)),
            file.add(DT, { payload: bytes(12, 1) }),
          ],
          fields: { dl_count: 3, dl_offset: [0, 5, 12] },
        });
        return file.add(HL, { links: { hl_dl_first: list }, fields: { hl_flags, hl_zip_type } });
      }, 13),
      numbers(0, 13),
    );
  }
});

/** Two channels of 16 bits, column by column, with one byte of invalidation bits. */
function columnFile(invalid: (file: FileBuilder) => [first: number, second: number], apart = true) {
  const file = new FileBuilder({ version: "4.20" });
  const [first, second] = invalid(file);
  // Transposed by four bytes, which is no multiple of an invalidation byte.
  const turned = Uint8Array.of(1, 3, 0, 0, 2, 4, 0, 0);
  const moreLinks = [
    zipped(file, turned, "DV", 4),
    file.add(DV, { payload: Uint8Array.of(5, 0, 6, 0) }),
  ];
  const list = file.add(LD, {
    moreLinks: apart ? [...moreLinks, first, second] : moreLinks,
    fields: {
      ld_flags: apart ? 0x80000000 : 0,
      ld_count: 2,
      ld_sample_offset: [0, 2],
    },
  });
  file.group({
    channels: [
      { name: "a", cn_bit_count: 16, cn_flags: 2, cn_inval_bit_pos: 3 },
      { name: "b", cn_byte_offset: 2, cn_bit_count: 16 },
    ],
    cg_inval_bytes: 1,
    cg_cycle_count: 3,
    dataLink: list,
  });
  return file.bytes();
}

Deno.test("trap 13: invalidation blocks of columns are unpacked by their own parameter; NIL means all valid", async () => {
  const cases: [(file: FileBuilder) => [number, number], boolean, boolean[] | undefined][] = [
    // Transposed by two: of one row, which changes nothing.
    [(file) => [zipped(file, Uint8Array.of(8, 0), "DI", 2), 0], true, [false, true, true]],
    [(file) => [0, file.add(DI, { payload: Uint8Array.of(8) })], true, [true, true, false]],
    [() => [0, 0], true, undefined],
    [() => [0, 0], false, undefined],
  ];
  for (const [invalid, apart, expected] of cases) {
    await eachWay(columnFile(invalid, apart), async (mdf, way) => {
      assertEquals(await valuesOf(mdf, "a"), [1, 3, 5], way);
      assertEquals(await valuesOf(mdf, "b"), [2, 4, 6], way);
      const { valid } = await mdf.read("a");
      assertEquals(valid && Array.from(valid, Boolean), expected, way);
    });
  }
});

Deno.test("trap 14: the data tells how many records there are, whatever the counter says", async () => {
  for (const count of [0, 3, 1000, Number.MAX_SAFE_INTEGER]) {
    const file = fileOver((file) => file.data("DT", bytes(0, 7), { blockSizes: [3] }), count);
    await eachWay(file, async (mdf, way) => {
      await mdf.locateData();
      assertEquals(mdf.groups[0].recordCount, 7, way);
      assertEquals(await valuesOf(mdf, "a"), numbers(0, 7), way);
    });
  }
});

Deno.test("trap 40: a file that becomes shorter while it is read is an error", async () => {
  const whole = fileOver((file) => file.data("DT", bytes(0, 200), { blockSizes: [7] }), 200);
  for (const keep of [1000, 300, 64, 0]) {
    let now = whole;
    const source: ByteSource = {
      name: "shrinking.mf4",
      size: () => Promise.resolve(whole.length),
      read: (offset, length) => Promise.resolve(now.slice(offset, offset + length)),
    };
    await using mdf = await Mdf.open(source);
    now = whole.subarray(0, keep);
    const error = await assertRejects(() => mdf.read("a"));
    assertInstanceOf(error, MdfError);
    assertEquals(error.file, "shrinking.mf4");
  }
});

Deno.test("trap 40: a tail that is cut off at any byte is an error that names the place", async () => {
  const whole = fileOver((file) => file.data("DT", bytes(0, 60), { blockSizes: [11] }), 60);
  for (let length = 65; length < whole.length; length += 7) {
    const error = await assertRejects(async () => {
      await using mdf = await Mdf.open(whole.slice(0, length));
      await mdf.read("a");
    });
    assertInstanceOf(error, MdfError, `${length} bytes`);
    if (error instanceof TruncatedFileError) assertEquals(typeof error.offset, "number");
  }
});

Deno.test("trap 40: groups and channels come in the order of the file, every time", async () => {
  const file = new FileBuilder();
  const names = Array.from({ length: 40 }, (_, i) => `c${(i * 17) % 40}`);
  file.group({ channels: names.map((name, i) => uint8(name, i)), records: bytes(0, 40) });
  const whole = file.bytes();
  for (let run = 0; run < 3; run++) {
    await eachWay(whole, async (mdf, way) => {
      assertEquals(mdf.groups[0].channels.map(({ name }) => name), names, way);
      const signals = await mdf.readAll();
      assertEquals(signals.map(({ channel }) => channel.name), names, way);
    });
  }
});

Deno.test("trap 15: an unknown block among the data is an error, never no samples", async () => {
  const unknown = encodeBlock(DT, { payload: bytes(3, 3) });
  unknown.set([0x58, 0x59], 2);
  const cases: ((file: FileBuilder) => number)[] = [
    (file) => file.append(unknown),
    (file) =>
      file.add(DL, {
        moreLinks: [file.add(DT, { payload: bytes(0, 3) }), file.append(unknown)],
        fields: { dl_count: 2, dl_offset: [0, 3] },
      }),
    // A block of another kind of data is none either.
    (file) => file.add(SD, { payload: bytes(0, 3) }),
  ];
  for (const data of cases) {
    await using mdf = await Mdf.open(fileOver(data, 6));
    const error = await assertRejects(() => mdf.read("a"));
    assertInstanceOf(error, MdfError);
    assertEquals(typeof error.offset, "number");
  }
});

Deno.test("trap 15: lists that lead back to themselves, and lengths beyond the file, end in an error", async () => {
  const circular = new FileBuilder();
  const list = circular.add(DL, {
    moreLinks: [circular.add(DT, { payload: bytes(0, 3) })],
    fields: { dl_count: 1, dl_offset: [0] },
  });
  circular.patchLink(list, "dl_dl_next", list);
  circular.group({ channels: [uint8("a")], dataLink: list, cg_cycle_count: 3 });
  await using mdf = await Mdf.open(circular.bytes());
  await assertRejects(() => mdf.read("a"), CorruptFileError, "back to itself");

  for (const length of [2 ** 40, Number.MAX_SAFE_INTEGER, 23]) {
    const file = new FileBuilder();
    const data = file.add(DT, { payload: bytes(0, 3) });
    file.patchLength(data, length);
    file.group({ channels: [uint8("a")], dataLink: data, cg_cycle_count: 3 });
    await using long = await Mdf.open(file.bytes());
    const error = await assertRejects(() => long.read("a"));
    assertInstanceOf(error, MdfError);
    assertEquals([error.block, error.offset], ["DT", data]);
  }
});
