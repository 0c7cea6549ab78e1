/**
 * Values that are bytes: arrays, MIME, CANopen dates and times, complex numbers.
 *
 * @module
 */
import { FileBuilder } from "../_helpers.ts";
import type { ExpectedChannel, Feature } from "./_feature.ts";
import { floatBits, lengthPrefixed, makeRecords, putBits } from "./_record_bits.ts";

/** A file of one channel whose values are bytes of a fixed number. */
function bytesFeature(
  name: string,
  cn_data_type: number,
  values: readonly Uint8Array[],
  expected: ExpectedChannel,
): Feature {
  const size = values[0].length;
  return {
    name,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{ name: "x", cn_data_type, cn_byte_offset: 1, cn_bit_count: 8 * size }],
        records: makeRecords(values.length, 1 + size, (record, i) => record.set(values[i], 1)),
        blockSizes: [size],
      });
      return file.bytes();
    },
    channels: { x: expected },
  };
}

const ARRAYS = [[0, 0, 0], [1, 0, 255], [7, 8, 9], [0, 1, 0]].map((bytes) =>
  Uint8Array.from(bytes)
);

const ARRAY_TYPES = [[10, "byte-array"], [11, "mime-sample"], [12, "mime-stream"]] as const;

/** Bytes as they stand, zeros among them, whatever they are said to hold. */
const FIXED = ARRAY_TYPES.map(([type, name]) =>
  bytesFeature(`data-type-${type}-${name}-of-fixed-length`, type, ARRAYS, { values: ARRAYS })
);

/** Of one byte, and of more than one byte can count. */
const SIZES = [1, 300].map((size) => {
  const values = [0, 1, 2, 3].map((k) =>
    Uint8Array.from({ length: size }, (_, i) => (7 * i + 100 * k) % 251)
  );
  const bytes = size === 1 ? "1-byte" : `${size}-bytes`;
  return bytesFeature(`data-type-10-byte-array-of-${bytes}`, 10, values, { values });
});

const VARIABLE = ARRAY_TYPES.map(([type, name]): Feature => {
  const values = [[1, 2, 0, 0, 3], [], [0], [9, 9]].map((bytes) => Uint8Array.from(bytes));
  const { bytes, at } = lengthPrefixed(values);
  return {
    name: `data-type-${type}-${name}-of-variable-length`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{
          ...{ name: "x", cn_type: 1, cn_data_type: type, cn_bit_count: 32 },
          cn_data: file.data("SD", bytes, { blockSizes: [3] }),
        }],
        records: makeRecords(at.length, 4, (record, i) => {
          putBits(record, { byte: 0, bits: 32 }, BigInt(at[i]));
        }),
        blockSizes: [3],
      });
      return file.bytes();
    },
    channels: { x: { values } },
  };
});

/** Year of two digits, month, day, day of the week, hour, minute, milliseconds of the minute. */
type CanopenDate = readonly [number, number, number, number, number, number, number];

/** `rest` is what stands in the bits that say nothing about date and time. */
function canopenDate(
  [year, month, day, weekday, hour, minute, ms]: CanopenDate,
  rest = 0,
): Uint8Array {
  const bytes = new Uint8Array(7).fill(rest);
  putBits(bytes, { byte: 0, bits: 16 }, BigInt(ms));
  putBits(bytes, { byte: 2, bits: 6 }, BigInt(minute));
  putBits(bytes, { byte: 3, bits: 5 }, BigInt(hour));
  putBits(bytes, { byte: 4, bits: 5 }, BigInt(day));
  putBits(bytes, { byte: 4, bit: 5, bits: 3 }, BigInt(weekday));
  putBits(bytes, { byte: 5, bits: 6 }, BigInt(month));
  putBits(bytes, { byte: 6, bits: 7 }, BigInt(year));
  return bytes;
}

const DATES: readonly [CanopenDate, string][] = [
  [[0, 1, 1, 6, 0, 0, 0], "2000-01-01T00:00:00.000Z"],
  [[19, 8, 27, 2, 19, 45, 12_345], "2019-08-27T19:45:12.345Z"],
  [[24, 2, 29, 4, 23, 59, 59_999], "2024-02-29T23:59:59.999Z"],
  [[84, 12, 31, 1, 16, 32, 1], "1984-12-31T16:32:00.001Z"],
  // The last year of this century, the last of the one before, and the first of both.
  [[83, 6, 15, 7, 1, 2, 3], "2083-06-15T01:02:00.003Z"],
  [[99, 12, 31, 5, 23, 0, 60_000 - 1], "1999-12-31T23:00:59.999Z"],
  [[84, 1, 1, 7, 0, 0, 0], "1984-01-01T00:00:00.000Z"],
];

const TIMES: readonly [milliseconds: number, days: number, string][] = [
  [0, 0, "1984-01-01T00:00:00.000Z"],
  [86_399_999, 1, "1984-01-02T23:59:59.999Z"],
  [1, 65_535, "2163-06-06T00:00:00.001Z"],
  [43_200_000, 256, "1984-09-13T12:00:00.000Z"],
  [0x0abcdef, 11_016, "2014-02-28T03:07:39.375Z"],
];

const CANOPEN: Feature[] = [
  // Bits beside the date: none, or all of them, summer time among them, which changes no hour.
  ...([["", 0], ["-with-other-bits-set", 0xff]] as const).map(([name, rest]) =>
    bytesFeature(
      `data-type-13-canopen-date${name}`,
      13,
      DATES.map(([date]) => canopenDate(date, rest)),
      { values: DATES.map(([, text]) => new Date(text)) },
    )
  ),
  bytesFeature(
    "data-type-14-canopen-time",
    14,
    TIMES.map(([milliseconds, days]) => {
      const bytes = new Uint8Array(6).fill(0xf0);
      putBits(bytes, { byte: 0, bits: 28 }, BigInt(milliseconds));
      putBits(bytes, { byte: 4, bits: 16 }, BigInt(days));
      return bytes;
    }),
    { values: TIMES.map(([, , text]) => new Date(text)) },
  ),
];

const COMPLEX = [15, 16].flatMap((type) =>
  [32, 64].map((bits) => {
    const pairs = [[1.5, -2], [0, -0], [Infinity, NaN], [1e10, Math.fround(1e-10)]];
    const bigEndian = type === 16;
    const values = pairs.map(([real, imaginary]) => {
      const bytes = new Uint8Array(bits / 4);
      putBits(bytes, { byte: 0, bits, bigEndian }, floatBits(real, bits as 32 | 64));
      putBits(bytes, { byte: bits / 8, bits, bigEndian }, floatBits(imaginary, bits as 32 | 64));
      return bytes;
    });
    return bytesFeature(`data-type-${type}-complex-of-two-${bits}-bit-floats`, type, values, {
      values: pairs.flat(),
      shape: [pairs.length, 2],
    });
  })
);

/** 1 - 2i, the largest finite number with the smallest, and -0 with what is no number. */
const HALVES = [15, 16].map((type) => {
  const pairs = [[0x3c00n, 0xc000n], [0x7bffn, 0x0001n], [0x8000n, 0x7e00n]];
  const values = pairs.map(([real, imaginary]) => {
    const bytes = new Uint8Array(4);
    putBits(bytes, { byte: 0, bits: 16, bigEndian: type === 16 }, real);
    putBits(bytes, { byte: 2, bits: 16, bigEndian: type === 16 }, imaginary);
    return bytes;
  });
  return bytesFeature(`data-type-${type}-complex-of-two-16-bit-floats`, type, values, {
    values: [1, -2, 65504, 2 ** -24, -0, NaN],
    shape: [3, 2],
  });
});

/** Data types 10 to 16. */
export const BYTE_FEATURES: Feature[] = [
  ...FIXED,
  ...SIZES,
  ...VARIABLE,
  ...CANOPEN,
  ...COMPLEX,
  ...HALVES,
];
