import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type NumberArray, numberDecoder } from "../../lib/decode/number_kernels.ts";
import { StagedColumns } from "../../lib/decode/staged_columns.ts";
import type { NumberTarget } from "../../lib/decode/wasm_columns.ts";
import type { NumberLayout } from "../../lib/plan/column_layout.ts";

/** Enough to be worth a module. */
const MANY = 1024 * 1024 * 1024;
const STRIDE = 41;

function layout(
  numeric: NumberLayout["numeric"],
  byteOffset: number,
  bitCount: number,
  more: Partial<NumberLayout> = {},
): NumberLayout {
  return { kind: "number", numeric, byteOffset, bitOffset: 0, bitCount, bigEndian: false, ...more };
}

const COLUMNS: { layout: NumberLayout; linear?: NumberTarget["linear"] }[] = [
  { layout: layout("unsigned", 0, 16) },
  { layout: layout("signed", 2, 16), linear: { factor: 0.5, offset: -3 } },
  { layout: layout("unsigned", 4, 64) },
  { layout: layout("unsigned", 12, 11, { bitOffset: 3 }) },
  { layout: layout("float", 14, 32), linear: { factor: 2, offset: 1 } },
  { layout: layout("float", 18, 64, { bigEndian: true }) },
  { layout: layout("float", 26, 64) },
  { layout: layout("unsigned", 30, 64, { bitOffset: 5 }) },
];

Deno.test("values that are put together first are those of the plain loops", async () => {
  // More than are put together at a time, and not a multiple of that.
  const count = 15_000;
  const records = Uint8Array.from({ length: count * STRIDE }, (_, i) => (i * 89 + (i >> 7)) % 253);
  const arrays: NumberArray[] = [];
  const given = new Uint16Array(count + 2);
  const targets = COLUMNS.map(({ layout, linear }, i): NumberTarget => ({
    ...{ layout, linear, Type: linear ? Float64Array : numberDecoder(layout).Own },
    array: i === 0 ? given : undefined,
    adopt: (values) => arrays[i] = values,
  }));
  const staged = StagedColumns.plan(targets, count + 2, STRIDE, MANY)!;
  staged.makeSource(records.length).set(records);
  assert(await staged.start(STRIDE));
  staged.run(0, 7000, 2);
  staged.run(7000 * STRIDE, count - 7000, 7002);
  assertStrictEquals(arrays[0], given);
  assertEquals(Object.keys(arrays), ["0", "1", "2", "3", "4", "5"], "plain floats are left alone");
  arrays.forEach((array, i) => {
    const { layout, linear } = COLUMNS[i];
    const decoder = numberDecoder(layout);
    const alone = linear ? new Float64Array(count + 2) : decoder.allocate(count + 2);
    const kernel = linear ? decoder.scaled(linear.factor, linear.offset) : decoder.own;
    kernel(new DataView(records.buffer), 0, STRIDE, count, alone, 2);
    assertEquals(array, alone, `column ${i}`);
  });
});

Deno.test("little data, and columns that gain nothing, are left to the plain loops", () => {
  const target = (layout: NumberLayout): NumberTarget => ({
    ...{ layout, Type: numberDecoder(layout).Own },
    adopt: () => {},
  });
  const number = target(layout("unsigned", 0, 32));
  assertEquals(StagedColumns.plan([number], 10, 8, 1000), undefined);
  assertEquals(StagedColumns.plan([target(layout("float", 0, 32))], 10, 8, MANY), undefined);
  assertEquals(StagedColumns.plan([], 10, 8, MANY), undefined);
  assertEquals(StagedColumns.plan([number], 10, 1e6, MANY), undefined, "records are too long");
  assert(StagedColumns.plan([number], 10, 8, MANY));
});

Deno.test("loops for records that nobody has brought are not started", async () => {
  const staged = StagedColumns.plan(
    [{ layout: layout("unsigned", 0, 32), Type: Uint32Array, adopt: () => {} }],
    ...[10, 8, MANY] as const,
  )!;
  assertEquals(await staged.start(8), false);
});
