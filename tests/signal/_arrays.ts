/** What the tests of arrays share. */
import { CA } from "../../lib/blocks/block_tables.ts";
import type { ValuesOf } from "../../lib/blocks/field_layout.ts";
import type { FileBuilder } from "../_helpers.ts";

/** An array description: fields of the CA block, and its links in the order of the standard. */
export interface ArrayParts extends Partial<ValuesOf<typeof CA.fields>> {
  /** `ca_dim_size`. */
  dims: number[];
  /** Offset of a nested array or of the members of each element. */
  composition?: number;
  /** Links after the composition. */
  links?: number[];
}

/** Adds an array description. */
export function addArray(file: FileBuilder, { dims, composition, links, ...fields }: ArrayParts) {
  return file.add(CA, {
    links: { ca_composition: composition ?? 0 },
    moreLinks: links,
    fields: { ca_ndim: dims.length, ca_dim_size: dims, ...fields },
  });
}

/** Bytes of a record: little-endian numbers of the given widths, in bytes; 8 stands for a float. */
export function pack(...parts: [value: number, bytes: number][]): number[] {
  return parts.flatMap(([value, bytes]) => {
    if (bytes === 8) return [...new Uint8Array(Float64Array.of(value).buffer)];
    return Array.from({ length: bytes }, (_, k) => Math.floor(value / 256 ** k) & 0xff);
  });
}
