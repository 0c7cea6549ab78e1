/**
 * Files of one channel with a conversion.
 *
 * @module
 */
import { CC } from "../../lib/blocks/block_tables.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import type { ExpectedChannel, Feature } from "./_feature.ts";
import { floatBits, makeRecords, putBits } from "./_record_bits.ts";

/** What a conversion links to: a text, another conversion, nothing, or metadata as XML. */
export type Reference = string | Rule | null;

/** A conversion. */
export interface Rule {
  type: number;
  /** Floats; bigints are masks or other patterns of 64 bits. */
  values?: readonly (number | bigint)[];
  references?: readonly Reference[];
  unit?: string;
  name?: string;
  inverse?: Rule;
  flags?: number;
}

/** Adds a conversion and those that it links to. */
export function addRule(file: FileBuilder, rule: Rule): number {
  const { values = [], references = [] } = rule;
  const moreLinks = references.map((reference) => {
    if (reference === null) return 0;
    return typeof reference === "string" ? textOf(file, reference) : addRule(file, reference);
  });
  return file.add(CC, {
    links: {
      cc_tx_name: file.text(rule.name ?? ""),
      cc_md_unit: rule.unit ? textOf(file, rule.unit) : 0,
      cc_cc_inverse: rule.inverse ? addRule(file, rule.inverse) : 0,
    },
    moreLinks,
    fields: {
      ...{ cc_type: rule.type, cc_flags: rule.flags ?? 0 },
      ...{ cc_ref_count: moreLinks.length, cc_val_count: values.length },
      cc_val: values.map((value) => typeof value === "bigint" ? value : floatBits(value, 64)),
    },
  });
}

/** Adds a text, or XML when it starts with `<`. An empty text is a text, unlike a NIL link. */
export function textOf(file: FileBuilder, text: string): number {
  if (text.startsWith("<")) return file.metadata(text);
  if (text !== "") return file.text(text);
  const offset = file.text("x");
  file.patchBytes(offset + 24, [0]);
  return offset;
}

/** Raw values: floats, integers of 16 bits, unsigned ones of 64 bits, or texts of eight bytes. */
export type RawValues =
  | { floats: readonly number[] }
  | { integers: readonly number[] }
  | { signed: readonly number[] }
  | { patterns: readonly bigint[] }
  | { texts: readonly string[] };

/**
 * A file of one channel `x` over raw values; records of 9 bytes lie in blocks of 7. `more` adds to the
 * channel what belongs there beside its conversion.
 */
export function conversionFeature(
  name: string,
  rule: Rule,
  raw: RawValues,
  expected: ExpectedChannel,
  more?: (file: FileBuilder) => Partial<ChannelParts>,
): Feature {
  return {
    name,
    make() {
      const file = new FileBuilder({ version: "4.20" });
      const [type, bits, patterns] = patternsOf(raw);
      file.group({
        channels: [{
          ...{ name: "x", cn_data_type: type, cn_byte_offset: 1, cn_bit_count: bits },
          ...{ cn_cc_conversion: addRule(file, rule), ...more?.(file) },
        }],
        cg_data_bytes: 9,
        records: makeRecords(patterns.length, 9, (record, i) => {
          putBits(record, { byte: 1, bits: 64 }, patterns[i]);
        }),
        blockSizes: [7],
      });
      return file.bytes();
    },
    channels: { x: expected },
  };
}

function patternsOf(raw: RawValues): [type: number, bits: number, patterns: bigint[]] {
  if ("floats" in raw) return [4, 64, raw.floats.map((value) => floatBits(value, 64))];
  if ("integers" in raw) return [0, 16, raw.integers.map(BigInt)];
  if ("signed" in raw) return [2, 16, raw.signed.map((value) => BigInt.asUintN(16, BigInt(value)))];
  if ("patterns" in raw) return [0, 64, [...raw.patterns]];
  return [
    7,
    64,
    raw.texts.map((text) =>
      new TextEncoder().encode(text).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
    ),
  ];
}
