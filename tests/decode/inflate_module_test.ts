import { assert, assertEquals } from "@std/assert";
import { constants, deflateRawSync, deflateSync, inflateSync } from "node:zlib";
import { BlockColumns } from "../../lib/decode/block_columns.ts";
import { putRowsBack } from "../../lib/decode/put_rows_back.ts";
import { untranspose } from "../../lib/decode/transpose.ts";
import {
  type Bits,
  blocksOf,
  codeOf,
  makeRandom,
  matchSymbols,
  streamOf,
} from "./_deflate_bits.ts";
import { bytes, functions, GUARD, INPUT, OUTPUT, unpack } from "./_unpack_ways.ts";

const random = makeRandom(7);
/** Kinds of data, as functions that make so many bytes. */
const KINDS: Record<string, (length: number) => Uint8Array> = {
  zeros: (length) => new Uint8Array(length),
  "largest bytes": (length) => new Uint8Array(length).fill(255),
  noise: (length) => Uint8Array.from({ length }, () => 256 * random()),
  "few values": (length) => Uint8Array.from({ length }, () => 3 * random() ** 4),
  "uneven values": (length) => Uint8Array.from({ length }, () => 256 * random() ** 9),
  text: (length) =>
    Uint8Array.from({ length }, (_, i) => "speed of the engine, 17 rpm; ".charCodeAt((i * 7) % 29)),
  records: (length) => {
    const records = new DataView(new ArrayBuffer(length + 24));
    for (let at = 0, i = 0; at < length; at += 12, i++) {
      records.setFloat64(at, Math.round(1000 * Math.sin(i / 100)) / 1000, true);
      records.setUint32(at + 8, i & 3 ? i >> 4 : 256 * random(), true);
    }
    return new Uint8Array(records.buffer, 0, length);
  },
  "short repeats": (length) =>
    Uint8Array.from({ length }, (_, i) => i % (1 + (i >> 9) % 19) === 0 ? i >> 5 : 77),
};

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

for (const [kind, make] of Object.entries(KINDS)) {
  Deno.test(`streams of ${kind} unpack to what they were made of`, () => {
    for (const length of [0, 1, 2, 3, 15, 16, 17, 257, 258, 259, 300, 1000, 33_000, 200_001]) {
      const data = make(length);
      for (const level of [0, 1, 6, 9]) {
        for (const strategy of STRATEGIES) {
          const stream = deflateSync(data, { level, strategy, windowBits: length % 2 ? 9 : 15 });
          const found = unpack(stream, length);
          assert(found, `${length} bytes, level ${level}, strategy ${strategy}`);
          assert(found.every((byte, i) => byte === data[i]), `${length} bytes, level ${level}`);
        }
      }
    }
  });
}

Deno.test("several megabytes in many blocks unpack", () => {
  const data = KINDS.records(5_000_000);
  const found = unpack(deflateSync(data, { memLevel: 1 }), data.length)!;
  assert(found.every((byte, i) => byte === data[i]));
});

Deno.test("a stream that gives more or fewer bytes than expected is refused", () => {
  const data = KINDS.text(1000);
  const stream = deflateSync(data);
  for (const length of [0, 1, 999, 1001, 5000]) assertEquals(unpack(stream, length), undefined);
  assertEquals(unpack(stream, 1000), data);
});

Deno.test("bytes behind the stream do not matter", () => {
  const data = KINDS.records(50_000);
  const stream = deflateSync(data);
  assertEquals(unpack(new Uint8Array([...stream, 0, 0, 0, 0, 0, 0, 0]), data.length), data);
});

Deno.test("a stream that is cut off anywhere is refused", () => {
  for (const kind of ["records", "text", "noise"]) {
    const data = KINDS[kind](700);
    for (const level of [0, 6]) {
      const stream = deflateSync(data, { level });
      for (let length = 0; length < stream.length; length++) {
        assertEquals(unpack(stream.subarray(0, length), data.length), undefined);
      }
    }
  }
});

Deno.test("a wrong sum is noticed in each of its bits", () => {
  const data = KINDS.records(6000);
  const stream = deflateSync(data);
  for (let bit = 0; bit < 32; bit++) {
    const wrong = stream.slice();
    wrong[wrong.length - 4 + (bit >> 3)] ^= 1 << (bit & 7);
    assertEquals(unpack(wrong, data.length), undefined);
  }
});

Deno.test("damaged streams give what zlib gives, or are left to it", () => {
  let accepted = 0;
  for (let i = 0; i < 6000; i++) {
    const kind = Object.values(KINDS)[i % Object.keys(KINDS).length];
    const data = kind(1 + Math.floor(900 * random()));
    const stream = deflateSync(data, { level: i % 10, strategy: STRATEGIES[i % 5] });
    const flips = 1 + Math.floor(3 * random());
    for (let k = 0; k < flips; k++) {
      stream[Math.floor(stream.length * random())] ^= 1 << Math.floor(8 * random());
    }
    const found = unpack(stream, data.length);
    if (!found) continue;
    accepted++;
    assertEquals(found, new Uint8Array(inflateSync(stream)));
  }
  // Flips cancel each other out now and then, or hit bits that mean nothing.
  assert(accepted < 300, `${accepted} accepted`);
});

Deno.test("noise in place of blocks neither hangs nor writes out of bounds", () => {
  for (let i = 0; i < 6000; i++) {
    const stream = KINDS.noise(10 + Math.floor(400 * random()));
    stream.set([0x78, 0x9c, stream[2] & 0xf8 | (i % 2 ? 0b101 : 0b100)]);
    const length = [10, 300, 5000, 100_000][i % 4];
    assertEquals(unpack(stream, length), undefined);
  }
});

Deno.test("codes that mean nothing are refused", () => {
  const fixed = [[1, 1], [1, 2]] as const;
  // Codes have their first bit first, so that they stand reversed.
  const literal = [0b00001100, 8] as const;
  const length286 = [0b01100011, 8] as const;
  const length3 = [0b1000000, 7] as const;
  const distance30 = [0b01111, 5] as const;
  const distance1 = [0, 5] as const;
  const end = [0, 7] as const;
  const refused = (...codes: (readonly [number, number])[]) =>
    assertEquals(unpack(blocksOf(...fixed, ...codes, end), 4), undefined);
  refused(literal, length286);
  refused(literal, length3, distance30);
  // The same with a distance that means something, but reaches too far back.
  refused(length3, distance1);
});

const fixedByte = (byte: number) =>
  byte < 144 ? codeOf(0x30 + byte, 8) : codeOf(0x190 + byte - 144, 9);
const FIXED_END = codeOf(0, 7);

/** A match in the fixed code. */
function fixedMatch(length: number, distance: number): Bits[] {
  const match = matchSymbols(length, distance);
  const lengthCode = match.length < 280
    ? codeOf(match.length - 256, 7)
    : codeOf(0xc0 + match.length - 280, 8);
  return [lengthCode, match.lengthExtra, codeOf(match.distance, 5), match.distanceExtra];
}

const fixedStream = (parts: readonly Bits[], plain: Uint8Array) =>
  streamOf(1, [...parts, FIXED_END], plain);

Deno.test("in the fixed code, every length at every distance repeats what stands there", () => {
  const noise = KINDS.noise(40_000);
  const start = Array.from(noise, fixedByte);
  // The first and the last of each code.
  const longer = Array.from({ length: 26 }, (_, i) => (2 + i % 2) * 2 ** (i / 2 + 1 | 0) + 1);
  const firsts = [1, 2, 3, 4, ...longer];
  const distances = [...firsts, ...firsts.slice(1).map((first) => first - 1), 32_768];
  for (let literals = 0; literals < 4; literals++) {
    const plain = [...noise];
    const parts: Bits[] = [...start];
    for (let length = 3; length <= 258; length++) {
      for (const distance of length < 20 ? distances : [distances[length % distances.length]]) {
        for (let k = 0; k < literals; k++) {
          const byte = Math.floor(256 * random());
          plain.push(byte);
          parts.push(fixedByte(byte));
        }
        parts.push(...fixedMatch(length, distance));
        for (let k = 0; k < length; k++) plain.push(plain[plain.length - distance]);
      }
    }
    const expected = Uint8Array.from(plain);
    const stream = fixedStream(parts, expected);
    assertEquals(new Uint8Array(inflateSync(stream)), expected);
    const found = unpack(stream, expected.length);
    assert(found?.every((byte, i) => byte === expected[i]), `${literals} literals before each`);
  }
});

Deno.test("what cannot be is refused amid a long fixed block, though the sum fits", () => {
  const noise = KINDS.noise(400);
  const tail = KINDS.noise(1000);
  const literals = Array.from(noise, fixedByte);
  const repeats = Array.from({ length: 50 }, () => [fixedByte(7), ...fixedMatch(6, 390)]).flat();
  const repeated = Array.from({ length: 50 });
  // So many matches that the loop for these meets what is wrong, or none.
  for (const matches of [false, true]) {
    const plain = [...noise];
    for (const _ of matches ? repeated : []) {
      plain.push(7);
      for (let k = 0; k < 6; k++) plain.push(plain[plain.length - 390]);
    }
    const before = matches ? [...literals, ...repeats] : literals;
    const streamWith = (wrong: readonly Bits[], given: readonly number[]) => {
      const expected = Uint8Array.from([...plain, ...given, ...tail]);
      const parts = [...before, ...wrong, ...Array.from(tail, fixedByte)];
      return unpack(fixedStream(parts, expected), expected.length);
    };
    assert(streamWith([fixedByte(9)], [9]), "the stream as such is right");
    const codes = [
      [codeOf(0b11000110, 8)],
      [codeOf(0b11000111, 8)],
      ...[1, 8, 9].flatMap((length) => [30, 31].map((d) => [codeOf(length, 7), codeOf(d, 5)])),
    ];
    // As if they were not there.
    for (const code of codes) assertEquals(streamWith(code, []), undefined);
    // What lies before the output is no data.
    for (const length of [3, 8, 10, 258]) {
      const beyond = new Array(Math.min(length, 100)).fill(GUARD);
      const match = fixedMatch(length, plain.length + 100);
      const given = [...beyond, ...plain.slice(0, length - beyond.length)];
      assertEquals(streamWith(match, given), undefined);
    }
  }
});

Deno.test("fixed blocks and others follow one another", () => {
  const data = KINDS.records(300_000);
  for (const strategies of [[constants.Z_FIXED, constants.Z_DEFAULT_STRATEGY], [0, 4], [4, 0, 4]]) {
    const part = Math.ceil(data.length / strategies.length);
    const pieces = strategies.map((strategy, k) =>
      deflateRawSync(data.subarray(k * part, (k + 1) * part), {
        strategy,
        finishFlush: k === strategies.length - 1 ? constants.Z_FINISH : constants.Z_FULL_FLUSH,
      })
    );
    const stream = new Uint8Array([
      ...[0x78, 0x9c],
      ...pieces.flatMap((piece) => [...piece]),
      ...deflateSync(data).subarray(-4),
    ]);
    const found = unpack(stream, data.length);
    assert(found?.every((byte, i) => byte === data[i]), `strategies ${strategies}`);
  }
});

Deno.test("a dictionary, another method and a wrong header are refused", () => {
  const stream = deflateSync(KINDS.text(100));
  for (const [first, second] of [[0x78, 0xbb], [0x77, 0x85], [0x88, 0x1c], [0x78, 0x9d]]) {
    const wrong = stream.slice();
    wrong.set([first, second]);
    assertEquals(unpack(wrong, 100), undefined);
  }
});

Deno.test("squares put rows back as single bytes do, for any number of rows and columns", () => {
  for (let i = 0; i < 2000; i++) {
    const columns = 1 + Math.floor(70 * random());
    const rows = Math.floor((i % 10 ? 60 : 3000) * random());
    const data = KINDS.noise(rows * columns);
    const end = OUTPUT + data.length;
    bytes.set(data, INPUT);
    bytes.fill(GUARD, end, end + 64);
    functions.untranspose(INPUT, OUTPUT, rows, columns, rows);
    assertEquals(bytes.slice(OUTPUT, end), untranspose(data, columns).slice());
    assert(bytes.subarray(end, end + 64).every((byte) => byte === GUARD));
  }
});

Deno.test("any rows of transposed data are put back alone", () => {
  for (let i = 0; i < 1000; i++) {
    const columns = 1 + Math.floor(i % 7 ? 90 * random() : 70_000 * random());
    const length = Math.floor(columns * 40 * random() + 500 * random());
    const data = KINDS.noise(length);
    bytes.set(data, INPUT);
    const skip = Math.floor(length * random());
    const target = new Uint8Array(Math.floor((length - skip + 1) * random()));
    putRowsBack(functions, bytes, OUTPUT, { from: INPUT, length, columns }, skip, target);
    assertEquals(target, untranspose(data, columns).slice(skip, skip + target.length));
  }
});

Deno.test("bytes of any columns are put together, in either order, and nothing behind them", () => {
  for (let i = 0; i < 1000; i++) {
    const columns = 1 + Math.floor(60 * random());
    const rows = 1 + Math.floor((i % 5 ? 80 : 2000) * random());
    const data = KINDS.noise(rows * columns + Math.floor(columns * random()));
    bytes.set(data, INPUT);
    const row = Math.floor(rows * random());
    const count = 1 + Math.floor((rows - row) * random());
    const block = { from: INPUT, length: data.length, columns };
    const part = new BlockColumns(functions, bytes.buffer, OUTPUT, block, row, count);
    const offset = Math.floor(columns * random());
    const width = Math.min(columns - offset, i % 2 ? [1, 2, 4, 8, 16][i % 5] : i % 20);
    for (const reversed of [false, true]) {
      const expected = Uint8Array.from({ length: count * width }, (_, at) => {
        const byte = reversed ? width - 1 - at % width : at % width;
        return data[(offset + byte) * rows + row + Math.floor(at / width)];
      });
      bytes.fill(GUARD, OUTPUT, OUTPUT + expected.length + 64);
      const from = part.gather(offset, width, reversed);
      assertEquals(bytes.slice(from, from + expected.length), expected);
      const behind = bytes.subarray(OUTPUT + expected.length, OUTPUT + expected.length + 64);
      assert(behind.every((byte) => byte === GUARD));
    }
  }
});
