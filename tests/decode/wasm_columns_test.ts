import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type NumberArray, numberDecoder } from "../../lib/decode/number_kernels.ts";
import { type NumberTarget, WasmColumns } from "../../lib/decode/wasm_columns.ts";
import { wasmModule } from "../../lib/decode/wasm_code.ts";
import { columnLoops, hasLoop } from "../../lib/decode/wasm_loops.ts";
import { byteSpan, type NumberLayout } from "../../lib/plan/column_layout.ts";

const STRIDE = 19;
/** Enough to be worth a module. */
const MANY = 1024 * 1024 * 1024;

interface Column {
  layout: NumberLayout;
  linear?: { factor: number; offset: number };
}

/** Values by WebAssembly, of `count` records that start at `at`, put from `index` on. */
async function byWasm(
  columns: Column[],
  records: Uint8Array,
  at: number,
  count: number,
  index: number,
): Promise<NumberArray[]> {
  const arrays: NumberArray[] = [];
  const targets = columns.map(({ layout, linear }, i): NumberTarget => ({
    ...{ layout, linear, Type: linear ? Float64Array : numberDecoder(layout).Own },
    adopt: (values) => arrays[i] = values,
  }));
  const loops = WasmColumns.plan(targets, count + index, MANY)!;
  loops.makeSource(records.length).set(records);
  assert(await loops.start(STRIDE));
  loops.run(at, count, index);
  return arrays;
}

/** The same by the plain loops. */
function byKernels(
  columns: Column[],
  records: Uint8Array,
  at: number,
  count: number,
  index: number,
): NumberArray[] {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  return columns.map(({ layout, linear }) => {
    const decoder = numberDecoder(layout);
    const values = linear ? new Float64Array(count + index) : decoder.allocate(count + index);
    const kernel = linear ? decoder.scaled(linear.factor, linear.offset) : decoder.own;
    kernel(view, at, STRIDE, count, values, index);
    return values;
  });
}

/** The bits, since NaN is not equal to itself and carries a payload. */
function bitsOf(values: NumberArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}

const integers = fc.record({
  numeric: fc.constantFrom("unsigned" as const, "signed" as const),
  byteOffset: fc.integer({ min: 0, max: 10 }),
  bitOffset: fc.integer({ min: 0, max: 7 }),
  bitCount: fc.oneof(fc.constantFrom(8, 16, 32, 64), fc.integer({ min: 1, max: 64 })),
  bigEndian: fc.boolean(),
});
const floats = fc.record({
  numeric: fc.constant("float" as const),
  byteOffset: fc.integer({ min: 0, max: 10 }),
  bitOffset: fc.constantFrom(0, 0, 3),
  bitCount: fc.constantFrom(32, 64),
  bigEndian: fc.boolean(),
});
const layouts = fc.oneof(integers, floats).map((layout): NumberLayout => ({
  kind: "number",
  ...layout,
})).filter(hasLoop);
const linears = fc.option(
  fc.record({
    factor: fc.constantFrom(1, 0.25, -3, 1e-9),
    offset: fc.constantFrom(-0, 0, -40, 0.1),
  }),
  { nil: undefined },
);
const columnLists = fc.array(fc.record({ layout: layouts, linear: linears }), {
  minLength: 1,
  maxLength: 20,
});

Deno.test("WebAssembly and plain loops give the same values for every layout", async () => {
  await fc.assert(
    fc.asyncProperty(
      columnLists,
      fc.uint8Array({ minLength: 20 * STRIDE, maxLength: 20 * STRIDE }),
      fc.integer({ min: 0, max: 17 }),
      fc.integer({ min: 0, max: 2 }),
      async (columns, records, count, index) => {
        const wasm = await byWasm(columns, records, STRIDE, count, index);
        const plain = byKernels(columns, records, STRIDE, count, index);
        columns.forEach(({ layout, linear }, i) => {
          // Which NaN comes out is not defined, only that it is one.
          if (layout.numeric === "float") {
            assertEquals(wasm[i], plain[i], JSON.stringify({ layout, linear }));
          } else {assertEquals(
              bitsOf(wasm[i]),
              bitsOf(plain[i]),
              JSON.stringify({ layout, linear }),
            );}
        });
      },
    ),
    { numRuns: 400, seed: 7 },
  );
});

Deno.test("the last record of a buffer may end with a number narrower than its load", async () => {
  const layout: NumberLayout = {
    ...{ kind: "number", numeric: "unsigned", byteOffset: STRIDE - 5 },
    ...{ bitOffset: 0, bitCount: 40, bigEndian: false },
  };
  const records = new Uint8Array(4 * STRIDE).fill(0xff);
  const [values] = await byWasm([{ layout }], records, 0, 4, 0);
  assertEquals(values, new BigUint64Array(4).fill(0xffffffffffn));
});

Deno.test("numbers without a loop stay with the plain ones", () => {
  const layout: NumberLayout = {
    ...{ kind: "number", numeric: "unsigned", byteOffset: 0 },
    ...{ bitOffset: 7, bitCount: 64, bigEndian: false },
  };
  const target = (layout: NumberLayout): NumberTarget => ({
    ...{ layout, Type: BigUint64Array, adopt: () => {} },
  });
  assertEquals(byteSpan(layout), 9);
  assertEquals(WasmColumns.plan([target(layout)], 10, MANY), undefined);
  const half: NumberLayout = { ...layout, numeric: "float", bitOffset: 0, bitCount: 16 };
  assertEquals(WasmColumns.plan([target(half)], 10, MANY), undefined);
  const plain: NumberLayout = { ...layout, bitOffset: 0 };
  assert(WasmColumns.plan([target(plain)], 10, MANY));
  assertEquals(WasmColumns.plan([target(plain)], 10, 1000), undefined, "too little to be worth it");
  const hundred = Array.from({ length: 100 }, () => target(plain));
  const bytes = 4 * 1024 * 1024;
  assert(WasmColumns.plan(hundred.slice(0, 8), 10, bytes));
  assertEquals(WasmColumns.plan(hundred, 10, bytes), undefined, "too little for so many columns");
  assertEquals(WasmColumns.plan([target(plain)], 1e8, 1e9), undefined, "too much for one memory");
});

Deno.test("the module is valid for many columns, and each record length", () => {
  for (const count of [1, 7, 8, 9, 500]) {
    const columns = Array.from({ length: count }, (_, i) => ({
      layout: {
        ...{ kind: "number" as const, numeric: "float" as const, byteOffset: 8 * i },
        ...{ bitOffset: 0, bitCount: 64, bigEndian: i % 2 === 0 },
      },
      width: 8,
      output: 65536 * i,
    }));
    const code = wasmModule(columnLoops(columns, 8 * count + 1));
    assert(WebAssembly.validate(code), `${count} columns`);
  }
});
