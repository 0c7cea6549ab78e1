import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CorruptFileError, MdfError, UnsupportedFeatureError } from "../../lib/errors.ts";
import { unpackLz4 } from "../../lib/decode/lz4.ts";
import { xxh32 } from "../../lib/decode/xxh32.ts";
import { frames, periodic, random, runs, text } from "./_lz4_vectors.ts";

const PLACE = { file: "drive.mf4", block: "DZ", offset: 4711 };
const INDEPENDENT = 0x20;
const SIZE_64K = 0x40;

function concat(...parts: ArrayLike<number>[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** A frame around blocks, each with its size word; `flags` without the version. */
function frameOf(flags: number, blocks: Uint8Array[], fields: number[] = []): Uint8Array {
  const descriptor = Uint8Array.of(0x40 | flags, SIZE_64K, ...fields);
  const sum = xxh32(descriptor) >>> 8 & 255;
  return concat(u32(0x184d2204), descriptor, [sum], ...blocks, u32(0));
}

function compressedBlock(sequences: Uint8Array): Uint8Array {
  return concat(u32(sequences.length), sequences);
}

function plainBlock(bytes: Uint8Array): Uint8Array {
  return concat(u32((bytes.length | 0x80000000) >>> 0), bytes);
}

function assertCorrupt(stored: Uint8Array, length: number, reason: string): void {
  const error = assertThrows(() => unpackLz4(stored, length, PLACE), CorruptFileError, reason);
  assertEquals([error.file, error.block, error.offset], ["drive.mf4", "DZ", 4711]);
}

Deno.test("xxh32 gives the published values", () => {
  const sum = (s: string) => xxh32(new TextEncoder().encode(s));
  assertEquals(sum(""), 0x02cc5d05);
  assertEquals(sum("a"), 0x550d7456);
  assertEquals(sum("abc"), 0x32d153ff);
  assertEquals(sum("Nobody inspects the spammish repetition"), 0xe2293b2f);
  // By python-xxhash 4.1.0.
  assertEquals(xxh32(random(100)), 0xe1f12721);
  assertEquals(xxh32(periodic()), 0x5de18335);
  assertEquals(xxh32(concat([1, 2, 3], random(100), [4]), 3, 103), 0xe1f12721);
});

Deno.test("trap 39: lz4 frames of another encoder give their content", () => {
  assertEquals(unpackLz4(frames.empty, 0, PLACE), new Uint8Array(0));
  assertEquals(unpackLz4(frames.emptyChecked, 0, PLACE), new Uint8Array(0));
  assertEquals(unpackLz4(frames.textHigh, 1020, PLACE), text());
  assertEquals(unpackLz4(frames.runs, 5810, PLACE), runs());
});

Deno.test("lz4: linked blocks copy from the blocks before", () => {
  assertEquals(unpackLz4(frames.linked, 150_000, PLACE), periodic());
});

Deno.test("lz4: independent blocks with checksums and content size", () => {
  assertEquals(unpackLz4(frames.independent, 150_000, PLACE), periodic());
});

Deno.test("lz4: data that does not compress is stored as it is", () => {
  assertEquals(unpackLz4(frames.random, 300, PLACE), random(300));
});

Deno.test("lz4: an independent block that copies from the block before is refused", () => {
  const linked = frames.linked.slice();
  linked[4] |= INDEPENDENT;
  linked[6] = xxh32(linked, 4, 6) >>> 8 & 255;
  assertCorrupt(linked, 150_000, "cannot be decoded");
});

Deno.test("lz4: frames one after the other, with skippable frames and padding between and after", () => {
  const skippable = concat(u32(0x184d2a5f), u32(5), [1, 2, 3, 4, 5]);
  const nothing = concat(u32(0x184d2a50), u32(0));
  const stored = concat(
    skippable,
    frames.textHigh,
    nothing,
    frames.empty,
    skippable,
    frames.random,
    [0, 0, 0, 0, 0, 0, 0],
  );
  assertEquals(unpackLz4(stored, 1320, PLACE), concat(text(), random(300)));
});

Deno.test("lz4: a second frame cannot copy from the first", () => {
  const first = frameOf(0, [plainBlock(random(20))]);
  // No literals, then four bytes from four bytes before, then five literals.
  const second = frameOf(0, [compressedBlock(Uint8Array.of(0x00, 4, 0, 0x50, 1, 2, 3, 4, 5))]);
  assertCorrupt(concat(first, second), 29, "cannot be decoded");
});

Deno.test("lz4: every checksum is verified", () => {
  const header = frames.textHigh.slice();
  header[14] ^= 1;
  assertCorrupt(header, 1020, "the checksum of a frame header does not match");

  const size = frames.textHigh.slice();
  size[6] ^= 1;
  assertCorrupt(size, 1020, "the checksum of a frame header does not match");

  const block = frames.random.slice();
  block[60] ^= 1;
  assertCorrupt(block, 300, "the checksum of a block does not match");

  const content = frames.runs.slice();
  content[content.length - 1] ^= 0x80;
  assertCorrupt(content, 5810, "the checksum of the content does not match");
});

Deno.test("lz4: a content size that is not that of the content is refused", () => {
  const eight = [20, 0, 0, 0, 0, 0, 0, 0];
  const right = frameOf(0x08, [plainBlock(random(20))], eight);
  assertEquals(unpackLz4(right, 20, PLACE), random(20));
  const wrong = frameOf(0x08, [plainBlock(random(19))], eight);
  assertCorrupt(wrong, 19, "a frame tells of 20 bytes and holds 19");
});

Deno.test("lz4: data that is cut off anywhere is refused", () => {
  for (const frame of [frames.textHigh, frames.random, frames.independent]) {
    const length = frame === frames.independent ? 150_000 : frame === frames.random ? 300 : 1020;
    for (let end = 0; end < frame.length; end++) {
      assertThrows(() => unpackLz4(frame.slice(0, end), length, PLACE), CorruptFileError);
    }
  }
  assertCorrupt(frames.runs.subarray(0, 200), 5810, "cut off after 200 bytes");
  assertCorrupt(concat(u32(0x184d2a50), u32(9), [1]), 1, "cut off after 9 bytes");
});

Deno.test("lz4: another length than the block tells is refused", () => {
  assertCorrupt(frames.textHigh, 1021, "end after 1020 of 1021 bytes");
  assertCorrupt(frames.textHigh, 1019, "hold more than 1019 bytes");
  assertCorrupt(frames.random, 299, "hold more than 299 bytes");
  assertCorrupt(concat(frames.random, frames.random), 300, "hold more than 300 bytes");
  assertCorrupt(frames.linked, 65_536 + 10, "hold more than 65546 bytes");
});

Deno.test("lz4: a length that the stored bytes cannot reach is refused before memory is asked for", () => {
  assertCorrupt(frames.textHigh, 2 ** 45, "237 bytes cannot unpack to");
});

Deno.test("lz4: a block may not hold more than its frame allows", () => {
  const zeros = new Uint8Array(65_536);
  const fits = frameOf(INDEPENDENT, [plainBlock(zeros)]);
  assertEquals(unpackLz4(fits, 65_536, PLACE), zeros);
  const wide = frameOf(INDEPENDENT, [plainBlock(new Uint8Array(65_537))]);
  assertCorrupt(wide, 65_537, "a block has 65537 bytes and may have 65536");
  // One literal and a match of more than 64 KiB.
  const long = Uint8Array.of(0x1f, 7, 1, 0, ...new Array(300).fill(255), 0, 0x50, 1, 2, 3, 4, 5);
  assertCorrupt(frameOf(INDEPENDENT, [compressedBlock(long)]), 76_525, "cannot be decoded");
});

Deno.test("lz4: blocks that break the rules are refused", () => {
  const refused = (name: string, ...bytes: number[]) => {
    const frame = frameOf(0, [compressedBlock(Uint8Array.from(bytes))]);
    const error = assertThrows(
      () => unpackLz4(frame, 40, PLACE),
      CorruptFileError,
      undefined,
      name,
    );
    assert(error.message.includes("cannot be decoded"), `${name}: ${error.message}`);
  };
  refused("distance 0", 0x10, 1, 0, 0, 0x50, 1, 2, 3, 4, 5);
  refused("a distance before the start", 0x10, 1, 2, 0, 0x50, 1, 2, 3, 4, 5);
  refused("more literals than there are", 0x50, 1, 2, 3);
  refused("half a distance", 0x10, 1, 1);
  refused("a length that goes on past the end", 0xf0, 255);
  refused("a match length that goes on past the end", 0x1f, 1, 1, 0, 255);
  refused("a match at the end", 0x10, 1, 1, 0);
});

Deno.test("lz4: dictionaries and legacy frames are named as unsupported", () => {
  const dictionary = frameOf(0x01, [plainBlock(random(4))], [1, 0, 0, 0]);
  const error = assertThrows(
    () => unpackLz4(dictionary, 4, PLACE),
    UnsupportedFeatureError,
    "lz4 data was compressed with a dictionary",
  );
  assertEquals([error.file, error.block, error.offset], ["drive.mf4", "DZ", 4711]);
  assertThrows(
    () => unpackLz4(concat(u32(0x184c2102), u32(5), [0x40, 1, 2, 3, 4]), 4, PLACE),
    UnsupportedFeatureError,
    "legacy frame",
  );
});

Deno.test("lz4: what is no frame, or one of an unknown version, is refused", () => {
  // A bare block of the text "abcdefgh".
  assertCorrupt(Uint8Array.of(0x80, 97, 98, 99, 100, 101, 102, 103, 104), 8, "no frame starts");
  const corrupt = (flags: number, size: number) => {
    const frame = concat(u32(0x184d2204), [flags, size, 0], u32(0), u32(0));
    assertCorrupt(frame, 1, "unknown descriptor");
  };
  corrupt(0x80, 0x40);
  corrupt(0x42, 0x40);
  corrupt(0x40, 0x30);
  corrupt(0x40, 0xc0);
  corrupt(0x40, 0x41);
});

const sequences = fc.array(
  fc.record({
    literals: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.uint8Array({ minLength: 90, maxLength: 300 }),
    ),
    distance: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5000 })),
    match: fc.oneof(fc.integer({ min: 4, max: 24 }), fc.integer({ min: 4, max: 700 })),
  }),
  { maxLength: 40 },
);

function pushLength(out: number[], rest: number): void {
  for (; rest >= 255; rest -= 255) out.push(255);
  out.push(rest);
}

Deno.test("property: lz4 blocks of any literals and matches give what the format says", () => {
  fc.assert(
    fc.property(sequences, fc.uint8Array({ minLength: 5, maxLength: 30 }), (list, end) => {
      const packed: number[] = [];
      const content: number[] = [];
      const put = (literals: Uint8Array, match: number) => {
        packed.push(Math.min(literals.length, 15) << 4 | Math.min(match - 4, 15));
        if (literals.length >= 15) pushLength(packed, literals.length - 15);
        packed.push(...literals);
        content.push(...literals);
      };
      for (const { literals, distance, match } of list) {
        if (content.length + literals.length === 0) continue;
        put(literals, match);
        const back = Math.min(distance, content.length);
        packed.push(back & 255, back >> 8);
        if (match >= 19) pushLength(packed, match - 19);
        for (let i = 0; i < match; i++) content.push(content[content.length - back]);
      }
      put(end, 4);
      const frame = frameOf(INDEPENDENT, [compressedBlock(Uint8Array.from(packed))]);
      assertEquals(unpackLz4(frame, content.length, PLACE), Uint8Array.from(content));
    }),
    { numRuns: 300, seed: 39 },
  );
});

Deno.test("property: damaged lz4 data ends in an error of ours or in the length that was asked for", () => {
  const whole = [frames.runs, frames.textHigh, frames.linked].map((frame, i) => ({
    frame,
    length: [5810, 1020, 150_000][i],
  }));
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...whole),
      fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      ({ frame, length }, changes) => {
        const damaged = frame.slice();
        for (const [at, value] of changes) damaged[at % frame.length] = value;
        try {
          assertEquals(unpackLz4(damaged, length, PLACE).length, length);
        } catch (error) {
          assertInstanceOf(error, MdfError);
          refused++;
        }
      },
    ),
    { numRuns: 600, seed: 4 },
  );
  assert(refused > 300, `${refused} of 600 were refused`);
});
