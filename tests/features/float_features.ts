/**
 * Floats of every width and byte order, at byte boundaries and across them, with the numbers that
 * are special.
 *
 * @module
 */
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { floatBits, makeRecords, putBits } from "./_record_bits.ts";

const RECORD_BYTES = 11;
const BLOCK_BYTES = 7;

/** Bits and what they mean: sign, exponent and fraction as IEEE 754 has them. */
const HALVES: readonly [bits: bigint, value: number][] = [
  [0x0000n, 0],
  [0x8000n, -0],
  [0x0001n, 2 ** -24],
  [0x03ffn, 1023 * 2 ** -24],
  [0x0400n, 2 ** -14],
  [0x3c00n, 1],
  [0xc500n, -5],
  [0x7bffn, 65504],
  [0x7c00n, Infinity],
  [0xfc00n, -Infinity],
  [0x7e00n, NaN],
];

const SPECIAL = [0, -0, 1.5, -1e-3, 1e30, Infinity, -Infinity, NaN, 5e-324, 2 ** -149, 1 / 3];

function numbersOf(bits: number): [bits: bigint, value: number][] {
  if (bits === 16) return [...HALVES];
  return SPECIAL.map((number) => {
    const value = bits === 32 ? Math.fround(number) : number;
    return [floatBits(value, bits as 32 | 64), value];
  });
}

function floatFeature(type: number, bits: number, bit: number): Feature {
  const place = { byte: 1, bit, bits, bigEndian: type === 5 };
  const numbers = numbersOf(bits);
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
