/**
 * Floats of every width and byte order, at byte boundaries and across them, with the numbers that
 * are special.
 *
 * @module
 */
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { makeRecords, putBits } from "./_record_bits.ts";

const RECORD_BYTES = 11;
const BLOCK_BYTES = 7;

/** Bits and what they mean: sign, exponent and fraction as IEEE 754 has them. */
type Pattern = readonly [bits: bigint, value: number];

const HALVES: readonly Pattern[] = [
  [0x0000n, 0],
  [0x8000n, -0],
  [0x0001n, 2 ** -24],
  [0x8001n, -(2 ** -24)],
  [0x03ffn, 1023 * 2 ** -24],
  [0x0400n, 2 ** -14],
  [0x3555n, 1365 / 4096],
  [0x3c00n, 1],
  [0xc500n, -5],
  [0x7bffn, 65504],
  [0x7c00n, Infinity],
  [0xfc00n, -Infinity],
  [0x7e00n, NaN],
  [0xfc01n, NaN],
];

const SINGLES: readonly Pattern[] = [
  [0x00000000n, 0],
  [0x80000000n, -0],
  [0x00000001n, 2 ** -149],
  [0x80000001n, -(2 ** -149)],
  [0x007fffffn, (2 ** 23 - 1) * 2 ** -149],
  [0x00800000n, 2 ** -126],
  [0x3f800001n, 1 + 2 ** -23],
  [0xc0490fdbn, -13176795 / 2 ** 22],
  [0x7f7fffffn, (2 ** 24 - 1) * 2 ** 104],
  [0x7f800000n, Infinity],
  [0xff800000n, -Infinity],
  [0x7fc00000n, NaN],
  [0xff800001n, NaN],
];

const DOUBLES: readonly Pattern[] = [
  [0x0000000000000000n, 0],
  [0x8000000000000000n, -0],
  [0x0000000000000001n, 2 ** -1074],
  [0x8000000000000001n, -(2 ** -1074)],
  [0x000fffffffffffffn, (2 ** 52 - 1) * 2 ** -1074],
  [0x0010000000000000n, 2 ** -1022],
  [0x3ff0000000000001n, 1 + 2 ** -52],
  [0xc00921fb54442d18n, -884279719003555 / 2 ** 48],
  [0x7fefffffffffffffn, (2 ** 53 - 1) * 2 ** 971],
  [0x7ff0000000000000n, Infinity],
  [0xfff0000000000000n, -Infinity],
  [0x7ff8000000000000n, NaN],
  [0xfff0000000000001n, NaN],
];

const PATTERNS = new Map([[16, HALVES], [32, SINGLES], [64, DOUBLES]]);

function floatFeature(type: number, bits: number, bit: number): Feature {
  const place = { byte: 1, bit, bits, bigEndian: type === 5 };
  const numbers = PATTERNS.get(bits)!;
  return {
    name: `data-type-${type}-of-${bits}-bits-at-bit-${bit}`,
    make() {
      const file = new FileBuilder();
      file.group({
        channels: [{
          ...{ name: "x", cn_data_type: type, cn_byte_offset: place.byte },
          ...{ cn_bit_offset: bit, cn_bit_count: bits },
        }],
        cg_data_bytes: RECORD_BYTES,
        records: makeRecords(numbers.length, RECORD_BYTES, (record, i) => {
          putBits(record, place, numbers[i][0]);
        }),
        blockSizes: [BLOCK_BYTES],
      });
      return file.bytes();
    },
    channels: { x: { values: numbers.map(([, value]) => value) } },
  };
}

/** Data types 4 and 5. */
export const FLOAT_FEATURES: Feature[] = [16, 32, 64].flatMap((bits) =>
  [0, 3, 7].flatMap((bit) => [4, 5].map((type) => floatFeature(type, bits, bit)))
);
