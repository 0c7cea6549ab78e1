/**
 * Contents for any block table, for properties that hold for all of them.
 *
 * @module
 */
import fc from "fast-check";
import type { BlockTable } from "../../lib/blocks/block_tables.ts";
import type { Field, FieldTable } from "../../lib/blocks/field_layout.ts";

type Values = Record<string, unknown>;

/** Fields that say how many values follow; kept small, or the blocks would be huge. */
const COUNTS = new Set([
  "cc_val_count",
  "ca_ndim",
  "ca_dim_size",
  "cv_option_count",
  "dl_count",
  "ld_count",
]);

export interface Contents {
  links: Record<string, number>;
  moreLinks: number[];
  fields: Values;
  payload?: Uint8Array;
}

/** Any links, fields and payload that the table allows. */
export function anyContents(table: BlockTable): fc.Arbitrary<Contents> {
  const link = fc.maxSafeNat();
  return fc.record({
    links: fc.record(Object.fromEntries(table.links.map((name) => [name, link]))),
    moreLinks: fc.array(link, { maxLength: 4 }),
    fields: anyFields(table.fields),
    payload: table.payload ? fc.uint8Array({ maxLength: 40 }) : fc.constant(undefined),
  });
}

/** Any values of the fields; those that are reserved have none. */
export function anyFields(table: FieldTable): fc.Arbitrary<Values> {
  return Object.keys(table).reduce<fc.Arbitrary<Values>>(
    (before, name) =>
      before.chain((values) =>
        anyValue(table[name], name, values).map((value) =>
          value === undefined ? values : { ...values, [name]: value }
        )
      ),
    fc.constant({}),
  );
}

function anyValue(field: Field<unknown>, name: string, before: Values): fc.Arbitrary<unknown> {
  if (!field.count) return anyScalar(field, name);
  const length = field.count(before);
  const element: Field<unknown> = {
    size: field.size,
    read: (view, at) => (field.read(view, at, 1) as unknown[])[0],
    write: (view, at, value) => field.write(view, at, [value]),
  };
  return fc.array(anyScalar(element, name), { minLength: length, maxLength: length });
}

/** What a field can hold is seen from what it reads out of zeros and ones. */
function anyScalar(field: Field<unknown>, name: string): fc.Arbitrary<unknown> {
  const read = (byte: number) => {
    const view = new DataView(new ArrayBuffer(field.size));
    for (let i = 0; i < field.size; i++) view.setUint8(i, byte);
    return field.read(view, 0, 1);
  };
  const zeros = read(0);
  const ones = read(0xff);
  if (COUNTS.has(name)) return fc.nat(4);
  if (zeros === undefined) return fc.constant(undefined);
  if (zeros === "") {
    const letter = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
    return fc.string({ unit: letter, maxLength: field.size });
  }
  if (typeof zeros === "string") {
    const digit = fc.constantFrom(..."0123456789abcdef");
    return fc.string({ unit: digit, minLength: 2 * field.size, maxLength: 2 * field.size });
  }
  if (typeof zeros === "bigint") {
    return ones === -1n
      ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      : fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  }
  if (Number.isNaN(ones)) return fc.double();
  if (field.size === 8) return fc.maxSafeNat();
  const top = 2 ** (8 * field.size);
  return ones === -1
    ? fc.integer({ min: -top / 2, max: top / 2 - 1 })
    : fc.integer({ min: 0, max: top - 1 });
}
