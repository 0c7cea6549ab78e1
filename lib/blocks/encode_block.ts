/**
 * Blocks to bytes, by the same tables that read them.
 *
 * @module
 */
import { type BlockTable, HEADER_BYTES, ID_BYTES, ID_FIELDS } from "./block_tables.ts";
import {
  type Field,
  type FieldTable,
  type FieldValues,
  type ValuesOf,
  writeU64,
} from "./field_layout.ts";

/** What a block is made of. */
export interface BlockContents<F extends FieldTable, L extends string> {
  /** Named links; those left out are 0. */
  links?: Partial<Record<L, number>>;
  /** Links after the named ones. */
  moreLinks?: readonly number[];
  /** Fields of the data section; those left out are written as zeros. */
  fields?: Partial<ValuesOf<F>>;
  /** Bytes after the fields. */
  payload?: Uint8Array;
  /** Length of a payload that the caller writes itself, when `payload` is absent. */
  payloadBytes?: number;
}

/** Smallest multiple of 8 that is not below `length`; blocks start at such offsets. */
export function alignTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Bytes of a block without the padding that aligns the next one. */
export function encodeBlock<F extends FieldTable, L extends string>(
  table: BlockTable<F, L>,
  contents: BlockContents<F, L> = {},
): Uint8Array {
  const values = (contents.fields ?? {}) as FieldValues;
  const linkCount = table.links.length + (contents.moreLinks?.length ?? 0);
  const fieldBytes = measureFields(table.fields, values);
  const start = HEADER_BYTES + 8 * linkCount;
  const payloadAt = start + fieldBytes;
  const bytes = new Uint8Array(payloadAt + (contents.payload?.length ?? 0));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i++) bytes[i] = `##${table.id}`.charCodeAt(i);
  writeU64(view, 8, contents.payload ? bytes.length : payloadAt + (contents.payloadBytes ?? 0));
  writeU64(view, 16, linkCount);
  table.links.forEach((name, i) =>
    writeU64(view, HEADER_BYTES + 8 * i, contents.links?.[name] ?? 0)
  );
  contents.moreLinks?.forEach((link, i) => {
    writeU64(view, HEADER_BYTES + 8 * (table.links.length + i), link);
  });
  writeFields(table.fields, values, view, start);
  if (contents.payload) bytes.set(contents.payload, payloadAt);
  return bytes;
}

/** Bytes of an identification block. */
export function encodeIdentification(fields: Partial<ValuesOf<typeof ID_FIELDS>>): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  writeFields(ID_FIELDS, fields as FieldValues, new DataView(bytes.buffer), 0);
  return bytes;
}

/** Bytes of a text (TX) or metadata (MD) block's payload: UTF-8 with a closing zero, padded to 8. */
export function encodeText(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(alignTo8(encoded.length + 1));
  bytes.set(encoded);
  return bytes;
}

function measureFields(table: FieldTable, values: FieldValues): number {
  let bytes = 0;
  for (const name in table) bytes += table[name].size * countOf(table[name], values);
  return bytes;
}

function writeFields(table: FieldTable, values: FieldValues, view: DataView, start: number): void {
  let at = start;
  for (const name in table) {
    const field = table[name];
    const count = countOf(field, values);
    if (values[name] !== undefined && count > 0) {
      if (field.count && (values[name] as unknown[]).length !== count) {
        throw new RangeError(
          `${name} has ${(values[name] as unknown[]).length} values, not ${count}`,
        );
      }
      field.write(view, at, values[name]);
    }
    at += field.size * count;
  }
}

function countOf(field: Field<unknown>, values: FieldValues): number {
  return field.count ? field.count(values) || 0 : 1;
}
