import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import * as zlib from "node:zlib";
import { CorruptFileError, MdfError, UnsupportedFeatureError } from "../../lib/errors.ts";
import { decompress, unpack } from "../../lib/decode/inflate.ts";
import { type RuntimeCodecs, runtimeCodecs } from "../../lib/decode/runtime_codecs.ts";
import type { Fragment } from "../../lib/structure/measurement.ts";
import { transpose } from "../../lib/writer/compress_block.ts";
import { frames, periodic, random, text } from "./_lz4_vectors.ts";

/** A runtime that has streams only, like a browser. */
const STREAMS: RuntimeCodecs = { openStream: runtimeCodecs.openStream };

/** A runtime whose node:zlib has no zstd, like Node.js 20. */
const OLD_NODE: RuntimeCodecs = {
  zlib: { inflateSync: runtimeCodecs.zlib!.inflateSync },
  openStream: runtimeCodecs.openStream,
};

/** A browser that knows zstd. */
const ZSTD_STREAMS: RuntimeCodecs = {
  openStream(format) {
    if (format !== "zstd") return runtimeCodecs.openStream(format);
    const parts: Uint8Array[] = [];
    return new TransformStream<Uint8Array, Uint8Array>({
      transform: (part) => void parts.push(part),
      flush: (controller) => {
        const bytes = new Uint8Array(zlib.zstdDecompressSync(concat(...parts)));
        for (let at = 0; at < bytes.length; at += 1000) {
          controller.enqueue(bytes.subarray(at, at + 1000));
        }
      },
    }) as ReturnType<RuntimeCodecs["openStream"]>;
  },
};

function concat(...parts: ArrayLike<number>[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function deflated(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(zlib.deflateSync(bytes));
}

function zstd(bytes: Uint8Array, params: Record<number, number> = {}): Uint8Array {
  return new Uint8Array(zlib.zstdCompressSync(bytes, { params }));
}

function fragmentOf(zip: number, length: number, stored: Uint8Array, columns?: number): Fragment {
  const fragment: Fragment = { offset: 4711 + 48, length, zip, stored: stored.length };
  if (columns !== undefined) fragment.columns = columns;
  return fragment;
}

/** Unpacks `stored` as the file drive.mf4 has it in a block at offset 4711. */
async function open(
  zip: number,
  length: number,
  stored: Uint8Array,
  columns?: number,
  codecs?: RuntimeCodecs,
): Promise<Uint8Array> {
  return await unpack(fragmentOf(zip, length, stored, columns), stored, "drive.mf4", codecs);
}

async function assertCorrupt(result: Promise<unknown>, reason: string): Promise<void> {
  const error = await assertRejects(() => result, CorruptFileError, reason);
  assertEquals([error.file, error.block, error.offset], ["drive.mf4", "DZ", 4711]);
}

function transposed(bytes: Uint8Array, columns: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  transpose(bytes, columns, out);
  return out;
}

// Encoders by even dz_zip_type. Of lz4 there is no encoder here; a block stored as it is will do.
const ENCODERS: Record<number, (bytes: Uint8Array) => Uint8Array> = {
  0: deflated,
  2: zstd,
  4: (bytes) =>
    concat(
      [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73],
      new Uint8Array(Uint32Array.of((bytes.length | 0x80000000) >>> 0).buffer),
      bytes,
      [0, 0, 0, 0],
    ),
};

Deno.test("trap 39: all six compression methods give the original bytes", async () => {
  const bytes = periodic().subarray(0, 12_345);
  for (const zip of [0, 2, 4]) {
    const encode = ENCODERS[zip];
    assertEquals(await open(zip, bytes.length, encode(bytes)), bytes, `method ${zip}`);
    for (const columns of [1, 8, 100, 12_344, 12_345, 20_000]) {
      assertEquals(
        await open(zip + 1, bytes.length, encode(transposed(bytes, columns)), columns),
        bytes,
        `method ${zip + 1}, ${columns} columns`,
      );
    }
  }
  assertEquals(await open(4, 1020, frames.textHigh), text());
  assertEquals(await open(4, 150_000, frames.linked), periodic());
});

Deno.test("trap 12: the remainder of transposed deflate, zstd and lz4 data stays at the end", async () => {
  // Records 0 1 2 and 3 4 5, and the bytes 6 and 7.
  const stored = Uint8Array.of(0, 3, 1, 4, 2, 5, 6, 7);
  for (const zip of [0, 2, 4]) {
    assertEquals(
      await open(zip + 1, 8, ENCODERS[zip](stored), 3),
      Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    );
  }
});

Deno.test("trap 12: zero columns, or none, are refused", async () => {
  for (const columns of [0, -1, 1.5, undefined]) {
    await assertCorrupt(
      open(1, 100, deflated(random(100)), columns),
      `transposed into ${columns} columns`,
    );
  }
});

Deno.test("data that is not transposed ignores the parameter", async () => {
  assertEquals(await open(0, 100, deflated(random(100)), 10), random(100));
  assertEquals(await open(2, 100, zstd(random(100)), 0), random(100));
});

Deno.test("trap 11: the original length decides; data that gives less or more is refused", async () => {
  const encoded: [string, number, Uint8Array][] = [
    ["deflate", 0, deflated(random(500))],
    ["zstd", 2, zstd(random(500))],
  ];
  for (const [method, zip, stored] of encoded) {
    await assertCorrupt(
      open(zip, 501, stored),
      method === "zstd" ? "hold at most 500 bytes" : "unpacks to 500 bytes and should give 501",
    );
    await assertCorrupt(open(zip, 499, stored), "unpacks to 500 bytes and should give 499");
    await assertCorrupt(open(zip, 400, stored), "unpacks to more than the 400 bytes");
  }
  await assertCorrupt(open(4, 301, frames.random), "end after 300 of 301 bytes");
  await assertCorrupt(open(4, 299, frames.random), "hold more than 299 bytes");
  await assertCorrupt(open(0, 501, encoded[0][2], undefined, STREAMS), "should give 501");
  await assertCorrupt(open(0, 499, encoded[0][2], undefined, STREAMS), "more than the 499 bytes");
  await assertCorrupt(open(2, 499, encoded[1][2], undefined, ZSTD_STREAMS), "more than the 499");
});

Deno.test("trap 11: bombs are stopped at the length that the block tells", async () => {
  const zeros = new Uint8Array(8 << 20);
  await assertCorrupt(open(0, 1000, deflated(zeros)), "more than the 1000 bytes");
  await assertCorrupt(open(0, 1000, deflated(zeros), undefined, STREAMS), "more than the 1000");
  await assertCorrupt(open(2, 1000, zstd(zeros)), "more than the 1000 bytes");
});

Deno.test("trap 11: a length that the stored bytes cannot reach is refused before memory is asked for", async () => {
  const huge = 2 ** 45;
  await assertCorrupt(open(0, huge, deflated(random(100))), "cannot unpack to 35184372088832");
  await assertCorrupt(open(2, huge, zstd(new Uint8Array(1 << 20))), "hold at most 1048576 bytes");
  await assertCorrupt(open(4, huge, frames.textHigh), "cannot unpack to 35184372088832");
});

Deno.test("empty fragments are empty, whatever is stored", async () => {
  for (let zip = 0; zip < 6; zip++) {
    assertEquals(await open(zip, 0, new Uint8Array(0), 4), new Uint8Array(0));
  }
});

Deno.test("trap 39: unknown methods are named as unsupported", async () => {
  for (const zip of [6, 7, 254, 255]) {
    const error = await assertRejects(
      () => open(zip, 10, random(10), 2),
      UnsupportedFeatureError,
      `method ${zip} cannot be read`,
    );
    assertEquals([error.file, error.block, error.offset], ["drive.mf4", "DZ", 4711]);
  }
});

Deno.test("stored data that is cut off is refused", async () => {
  const packed = [deflated(periodic()), zstd(periodic())];
  for (let end = 0; end < packed[0].length; end++) {
    await assertCorrupt(open(0, 150_000, packed[0].subarray(0, end)), "");
  }
  for (let end = 0; end < packed[1].length; end++) {
    await assertCorrupt(open(2, 150_000, packed[1].subarray(0, end)), "zstd frames are damaged");
  }
  const half = packed[0].length >> 1;
  await assertCorrupt(open(0, 150_000, packed[0].subarray(0, half), undefined, STREAMS), "");
});

Deno.test("damage is found by the checksums of deflate and zstd data", async () => {
  const packed = deflated(random(1000));
  packed[packed.length - 1] ^= 0xff;
  await assertCorrupt(open(0, 1000, packed), "damaged");
  await assertCorrupt(open(0, 1000, packed, undefined, STREAMS), "damaged");
  const checked = zstd(random(1000), { [zlib.constants.ZSTD_c_checksumFlag]: 1 });
  assertEquals(await open(2, 1000, checked), random(1000));
  checked[checked.length - 1] ^= 1;
  await assertCorrupt(open(2, 1000, checked), "damaged");
});

Deno.test("padding that was counted as data is ignored, by node:zlib and by streams", async () => {
  // Adler-32 of a single 255 ends with a zero byte that is no padding.
  for (const bytes of [periodic(), Uint8Array.of(255)]) {
    const { length } = bytes;
    for (const padding of [0, 1, 4, 7]) {
      const zeros = new Uint8Array(padding);
      assertEquals(await open(0, length, concat(deflated(bytes), zeros)), bytes);
      const byStream = open(0, length, concat(deflated(bytes), zeros), undefined, STREAMS);
      assertEquals(await byStream, bytes);
      assertEquals(await open(2, length, concat(zstd(bytes), zeros)), bytes);
    }
  }
  assertEquals(await open(4, 300, concat(frames.random, new Uint8Array(7))), random(300));
});

Deno.test("deflate without its zlib header is refused", async () => {
  const raw = new Uint8Array(zlib.deflateRawSync(text()));
  await assertCorrupt(open(0, 1020, raw), "damaged");
});

Deno.test("deflate by DecompressionStream where there is no node:zlib", async () => {
  const bytes = concat(periodic(), random(3));
  const result = unpack(
    fragmentOf(1, bytes.length, new Uint8Array(0), 100),
    deflated(transposed(bytes, 100)),
    "drive.mf4",
    STREAMS,
  );
  assertInstanceOf(result, Promise);
  assertEquals(await result, bytes);
  const none: RuntimeCodecs = { openStream: () => undefined };
  const error = await assertRejects(
    () => open(0, 100, deflated(random(100)), undefined, none),
    UnsupportedFeatureError,
    'no DecompressionStream("deflate")',
  );
  assertEquals(error.offset, 4711);
});

Deno.test("zstd by DecompressionStream where node:zlib has none", async () => {
  const bytes = concat(periodic(), random(3));
  const stored = zstd(transposed(bytes, 100));
  assertEquals(await open(3, bytes.length, stored, 100, ZSTD_STREAMS), bytes);
  const two = concat(zstd(bytes.subarray(0, 9999)), zstd(bytes.subarray(9999)));
  assertEquals(await open(2, bytes.length, two, undefined, ZSTD_STREAMS), bytes);
});

Deno.test("trap 39: a runtime without zstd is told so, with what to do", async () => {
  for (const codecs of [OLD_NODE, STREAMS, { openStream: () => undefined }]) {
    const error = await assertRejects(
      () => open(2, 100, zstd(random(100)), undefined, codecs),
      UnsupportedFeatureError,
      "compressed with zstd",
    );
    assertEquals([error.file, error.block, error.offset], ["drive.mf4", "DZ", 4711]);
    assert(error.message.includes(navigator.userAgent), error.message);
    assert(error.message.includes("Node.js 22.15 or later"), error.message);
  }
  // The rest of the file stays readable.
  assertEquals(await open(0, 100, deflated(random(100)), undefined, OLD_NODE), random(100));
  assertEquals(await open(4, 300, frames.random, undefined, OLD_NODE), random(300));
});

Deno.test("zstd: several frames, skippable frames and empty ones", async () => {
  const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const stored = concat(
    skippable,
    zstd(random(300)),
    zstd(new Uint8Array(0)),
    skippable,
    zstd(text()),
    [0, 0, 0],
  );
  assertEquals(await open(2, 1320, stored), concat(random(300), text()));
  await assertCorrupt(open(2, 1321, stored), "should give 1321");
  await assertCorrupt(open(2, 1319, stored), "more than 1319 bytes");
  await assertCorrupt(open(2, 310, stored), "more than the 10 bytes");
  await assertCorrupt(open(2, 300, concat(zstd(random(300)), zstd(text()))), "more than");
});

Deno.test("zstd: thousands of tiny frames ask for no more memory than they can fill", async () => {
  const one = zstd(Uint8Array.of(7));
  const zeros = zstd(new Uint8Array(32 << 20));
  const stored = concat(...Array.from({ length: 3000 }, () => one), zeros);
  const asked: number[] = [];
  const counting: RuntimeCodecs = {
    ...runtimeCodecs,
    zlib: {
      ...runtimeCodecs.zlib!,
      zstdDecompressSync(data, options) {
        asked.push(options.chunkSize!);
        return zlib.zstdDecompressSync(data, options);
      },
    },
  };
  const bytes = await open(2, 3000 + (32 << 20), stored, undefined, counting);
  assertEquals([bytes[0], bytes[2999], bytes[3000]], [7, 7, 0]);
  assertEquals(asked.slice(0, 3000), new Array(3000).fill(64));
});

Deno.test("zstd: frames of every header form", async () => {
  // By python-zstandard 0.25.0: compressobj with write_content_size=0, write_checksum=1, of
  // b"mf4" * 40 + bytes(range(64)).
  const hex = "28b52ffd04585d020034046d6634000102030405060708090a0b0c0d0e0f101112131415161718191a" +
    "1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f0100d2d40d01d601be" +
    "f3";
  const content = concat(
    new TextEncoder().encode("mf4".repeat(40)),
    Array.from({ length: 64 }, (_, i) => i),
  );
  assertEquals(await open(2, 184, Uint8Array.from(Buffer.from(hex, "hex"))), content);
  for (const length of [1, 255, 256, 65_791, 65_792, 300_000]) {
    const bytes = periodic().subarray(0, length);
    const long = concat(bytes, new Uint8Array(length - bytes.length));
    for (const contentSize of [0, 1]) {
      const params = { [zlib.constants.ZSTD_c_contentSizeFlag]: contentSize };
      assertEquals(await open(2, length, zstd(long, params)), long);
    }
  }
});

Deno.test("zstd: dictionaries and reserved bits are refused", async () => {
  const stored = zstd(random(100));
  const dictionary = concat(stored.subarray(0, 4), [stored[4] | 1, 7], stored.subarray(5));
  await assertRejects(
    () => open(2, 100, dictionary),
    UnsupportedFeatureError,
    "zstd data was compressed with a dictionary",
  );
  const reserved = stored.slice();
  reserved[4] |= 8;
  await assertCorrupt(open(2, 100, reserved), "reserved flag");
  await assertCorrupt(open(2, 100, random(100)), "no frame starts");
  await assertCorrupt(open(2, 10, new Uint8Array(0)), "no frame starts");
});

Deno.test("zstd: windows of more than 128 MiB are read", async () => {
  const bytes = new Uint8Array(1 << 20);
  const stored = zstd(bytes, { [zlib.constants.ZSTD_c_contentSizeFlag]: 0 });
  // A window descriptor of 2^30 bytes in place of what the encoder chose.
  assertEquals(stored[4] & 0x20, 0);
  stored[5] = 20 << 3;
  assertThrows(() => zlib.zstdDecompressSync(stored));
  assertEquals(await open(2, bytes.length, stored), bytes);
});

Deno.test("lz4 and zstd are loaded when first needed and answer at once from then on", async () => {
  const fresh = new URL("../../lib/decode/inflate.ts?fresh", import.meta.url).href;
  const own = (await import(fresh)) as { unpack: typeof unpack };
  const packed: [number, number, Uint8Array][] = [
    [4, 1020, frames.textHigh],
    [2, 1020, zstd(text())],
  ];
  for (const [zip, length, stored] of packed) {
    const first = own.unpack(fragmentOf(zip, length, stored), stored);
    assertInstanceOf(first, Promise);
    assertEquals(await first, text());
    assertEquals(own.unpack(fragmentOf(zip, length, stored), stored), text());
  }
  const stored = deflated(text());
  assertEquals(own.unpack(fragmentOf(0, 1020, stored), stored), text());
});

Deno.test("decompress leaves transposed data as it is, for users other than data blocks", async () => {
  const place = { file: "drive.mf4", block: "AT" };
  assertEquals(await decompress(0, deflated(text()), 1020, place), text());
  assertEquals(await decompress(2, zstd(text()), 1020, place), text());
  assertEquals(await decompress(4, frames.textHigh, 1020, place), text());
  const error = assertThrows(
    () => decompress(0, deflated(text()), 1021, place),
    CorruptFileError,
    "the deflate data unpacks to 1020 bytes and should give 1021",
  );
  assertEquals(error.block, "AT");
});

Deno.test("results are plain Uint8Arrays, and stored bytes may lie anywhere in their buffer", async () => {
  for (const stored of [deflated(text()), zstd(text()), frames.textHigh]) {
    const zip = stored === frames.textHigh ? 4 : stored[0] === 0x28 ? 2 : 0;
    for (const skip of [0, 1, 2, 3]) {
      const around = new Uint8Array(stored.length + 10).fill(0xa5);
      around.set(stored, skip);
      const result = await open(zip, 1020, around.subarray(skip, skip + stored.length));
      assertEquals(result, text());
      assert(!Buffer.isBuffer(result));
    }
  }
});

Deno.test("property: deflate and zstd data of any content and record size comes back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 2000 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      async (bytes, columns, zip, streams) => {
        const input = zip % 2 ? transposed(bytes, columns) : bytes;
        const stored = ENCODERS[zip & 2](input);
        const codecs = streams ? ZSTD_STREAMS : runtimeCodecs;
        assertEquals(await open(zip, bytes.length, stored, columns, codecs), bytes);
      },
    ),
    { numRuns: 200, seed: 11 },
  );
});

Deno.test("property: damaged data ends in an error of ours or in the length that was asked for", async () => {
  const packed = [deflated(periodic()), deflated(random(300)), zstd(periodic()), zstd(text())];
  const lengths = [150_000, 300, 150_000, 1020];
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(3),
      fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async (which, changes) => {
        const damaged = packed[which].slice();
        for (const [at, value] of changes) damaged[at % damaged.length] = value;
        try {
          const result = await open(which < 2 ? 0 : 2, lengths[which], damaged);
          assertEquals(result.length, lengths[which]);
        } catch (error) {
          assertInstanceOf(error, MdfError);
          refused++;
        }
      },
    ),
    { numRuns: 400, seed: 3 },
  );
  assert(refused > 200, `${refused} of 400 were refused`);
});
