/**
 * What follows from a block table alone, worked out once: where the fields are that have a fixed
 * place, and how many bytes a whole block needs.
 *
 * @module
 */
import type { BlockTable } from "./block_tables.ts";
import type { FieldTable } from "./field_layout.ts";

/** The fixed part of a block. */
export interface TableLayout<F extends FieldTable, L extends string> {
  /** The first four bytes of the block as a little-endian number. */
  readonly mark: number;
  /** For each field before the first list, its distance from the end of the links. */
  readonly offsets: { readonly [K in keyof F]: number };
  /** Bytes that these fields need; those that may be missing do not count. */
  readonly bytes: number;
  /** Place of each named link. */
  readonly links: { readonly [K in L]: number };
}

/** Works out the layout of a table. */
export function tableLayout<F extends FieldTable, L extends string>(
  table: BlockTable<F, L>,
): TableLayout<F, L> {
  const offsets: Record<string, number> = {};
  let at = 0;
  let bytes = 0;
  for (const name in table.fields) {
    const { size, count, reserved } = table.fields[name];
    if (count) break;
    offsets[name] = at;
    at += size;
    if (!reserved) bytes = at;
  }
  return {
    mark: markOf(table.id),
    offsets: offsets as { [K in keyof F]: number },
    bytes,
    links: Object.fromEntries(table.links.map((name, i) => [name, i])) as { [K in L]: number },
  };
}

/** The first four bytes of a block as a little-endian number. */
export function markOf(id: string): number {
  return 0x2323 | id.charCodeAt(0) << 16 | id.charCodeAt(1) << 24;
}
