/**
 * Integers of every width class, byte order and bit position, nine-byte spans among them.
 *
 * @module
 */
import { FileBuilder } from "../_helpers.ts";
import type { Feature } from "./_feature.ts";
import { anyBits, makeRecords, putBits } from "./_record_bits.ts";

/** Records of each file. */
const COUNT = 23;
/** Bytes of a record, coprime to those of a data block. */
const RECORD_BYTES = 13;
const BLOCK_BYTES = 7;

const WIDTHS = [1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 53, 56, 57, 63, 64];

function integerFeature(type: number, bits: number, bit: number): Feature {
  const place = { byte: 2, bit, bits, bigEndian: type % 2 === 1 };
  const patterns = anyBits(bits, COUNT, BigInt(bits * 8 + bit));
  const exact = type >= 2 ? patterns.map((value) => BigInt.asIntN(bits, value)) : patterns;
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
        records: makeRecords(
          COUNT,
          RECORD_BYTES,
          (record, i) => putBits(record, place, patterns[i]),
        ),
        blockSizes: [BLOCK_BYTES],
      });
      return file.bytes();
    },
    channels: { x: { values: bits > 32 ? exact : exact.map(Number) } },
  };
}

/** Data types 0 to 3. */
export const INTEGER_FEATURES: Feature[] = WIDTHS.flatMap((bits) =>
  [0, 3, 7].flatMap((bit) => [0, 1, 2, 3].map((type) => integerFeature(type, bits, bit)))
);
