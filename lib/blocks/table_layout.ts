/**
 * What follows from a block table alone, worked out once: where the fields are that have a fixed
 * place, and how many bytes a whole block needs.
 *
 * @module
 */
import type { BlockTable } from "./block_tables.ts";
import { type FieldTable, u16, u32, u8 } from "./field_layout.ts";

/** Where the bits of an unsigned field of up to 32 bits are in the words after the links. */
export interface FieldBits {
  /** Which word. */
  readonly word: number;
  /** The lowest bit. */
  readonly shift: number;
  /** As many ones as the field has bits. */
  readonly mask: number;
}

/** The fixed part of a block. */
export interface TableLayout<F extends FieldTable, L extends string> {
  /** The first four bytes of the block as a little-endian number. */
  readonly mark: number;
  /** The unsigned fields of up to 32 bits before the first list. */
  readonly bits: { readonly [K in keyof F]: FieldBits };
  /** Bytes that all fields before the first list need; those that may be missing do not count. */
  readonly bytes: number;
  /** Place of each named link. */
  readonly links: { readonly [K in L]: number };
}

/** Works out the layout of a table. */
export function tableLayout<F extends FieldTable, L extends string>(
  table: BlockTable<F, L>,
): TableLayout<F, L> {
  const bits: Record<string, FieldBits> = {};
  let at = 0;
  let bytes = 0;
  for (const name in table.fields) {
    const field = table.fields[name];
    if (field.count) break;
    if (field === u8 || field === u16 || field === u32) {
      bits[name] = { word: at >> 2, shift: 8 * (at % 4), mask: 2 ** (8 * field.size) - 1 };
    }
    at += field.size;
    if (!field.reserved) bytes = at;
  }
  return {
    mark: markOf(table.id),
    bits: bits as { [K in keyof F]: FieldBits },
    bytes,
    links: Object.fromEntries(table.links.map((name, i) => [name, i])) as { [K in L]: number },
  };
}

/** The first four bytes of a block as a little-endian number. */
export function markOf(id: string): number {
  return (0x2323 | id.charCodeAt(0) << 16 | id.charCodeAt(1) << 24) >>> 0;
}
