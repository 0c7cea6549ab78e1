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
  stride = STRIDE,
): Promise<NumberArray[]> {
  const arrays: NumberArray[] = [];
  const targets = columns.map(({ layout, linear }, i): NumberTarget => ({
    ...{ layout, linear, Type: linear ? Float64Array : numberDecoder(layout).Own },
    adopt: (values) => arrays[i] = values,
  }));
  const loops = WasmColumns.plan(targets, count + index, MANY)!;
  loops.makeSource(records.length).set(records);
  assert(await loops.start(stride));
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
  stride = STRIDE,
): NumberArray[] {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  return columns.map(({ layout, linear }) => {
    const decoder = numberDecoder(layout);
    const values = linear ? new Float64Array(count + index) : decoder.allocate(count + index);
    const kernel = linear ? decoder.scaled(linear.factor, linear.offset) : decoder.own;
    kernel(view, at, stride, count, values, index);
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

/** Numbers of one width side by side, which are loaded and turned together. */
const neighbours = fc.record({
  start: fc.integer({ min: 0, max: 30 }),
  bytes: fc.constantFrom(1, 2, 4, 8),
  count: fc.integer({ min: 1, max: 18 }),
  numeric: fc.constantFrom("unsigned" as const, "signed" as const, "float" as const),
  /** Some that are not like the others. */
  odd: fc.array(fc.integer({ min: 0, max: 17 }), { maxLength: 2 }),
  linear: linears,
  /** Whether all are scaled, or just one before an odd one. */
  scaled: fc.boolean(),
}).map(({ start, bytes, count, numeric, odd, linear, scaled }): Column[] =>
  Array.from({ length: count }, (_, i) => ({
    layout: {
      ...{
        kind: "number" as const,
        numeric: bytes < 4 && numeric === "float" ? "signed" : numeric,
      },
      ...{ byteOffset: start + i * bytes, bitOffset: 0, bitCount: 8 * bytes },
      bigEndian: odd.includes(i),
    },
    linear: scaled || odd.includes(i + 1) ? linear : undefined,
  }))
);

Deno.test("numbers side by side, in any order and over each other, are those of the plain loops", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(neighbours, { minLength: 1, maxLength: 4 }).map((lists) => lists.flat())
        .chain((columns) => fc.shuffledSubarray(columns, { minLength: 1 })),
      fc.integer({ min: 174, max: 190 }),
      fc.integer({ min: 0, max: 70 }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 9 }),
      fc.nat(),
      async (columns, stride, count, index, at, seed) => {
        // Not a byte is behind the last record.
        const records = new Uint8Array(at + count * stride);
        for (let i = 0, bits = seed; i < records.length; i++) {
          records[i] = bits >>> 24;
          bits = Math.imul(bits, 1664525) + 1013904223;
        }
        const wasm = await byWasm(columns, records, at, count, index, stride);
        const plain = byKernels(columns, records, at, count, index, stride);
        columns.forEach(({ layout, linear }, i) => {
          const what = JSON.stringify({ layout, linear });
          // A signalling NaN may come out of a plain loop as a quiet one.
          if (layout.numeric === "float") assertEquals(wasm[i], plain[i], what);
          else assertEquals(bitsOf(wasm[i]), bitsOf(plain[i]), what);
        });
      },
    ),
    { numRuns: 500, seed: 11 },
  );
});

Deno.test("each square of columns has the values where they belong", async () => {
  const cases = [1, 2, 4, 8].flatMap((bytes) =>
    [false, true].flatMap((bigEndian) =>
      Array.from({ length: 17 }, (_, i) => ({ bytes, bigEndian, count: i + 1 }))
    )
  );
  for (const { bytes, bigEndian, count } of cases) {
    const stride = count * bytes;
    const records = Uint8Array.from({ length: 37 * stride }, (_, i) => (i * 167 + (i >> 8)) % 251);
    const columns = Array.from({ length: count }, (_, i): Column => ({
      layout: {
        ...{ kind: "number", numeric: "unsigned", byteOffset: i * bytes },
        ...{ bitOffset: 0, bitCount: 8 * bytes, bigEndian },
      },
    }));
    const found = await byWasm(columns, records, 0, 37, 0, stride);
    found.forEach((values, c) => {
      const own = bitsOf(values);
      const expected = own.map((_, i) => {
        const byte = bigEndian ? bytes - 1 - i % bytes : i % bytes;
        return records[Math.floor(i / bytes) * stride + c * bytes + byte];
      });
      assertEquals(own, expected, `${count} columns of ${bytes} bytes`);
    });
  }
});

Deno.test("layouts that differ in the least have code of their own", async () => {
  const layout: NumberLayout = {
    ...{ kind: "number", numeric: "float", byteOffset: 0, bitOffset: 0 },
    ...{ bitCount: 64, bigEndian: false },
  };
  const record = new Uint8Array(Float64Array.of(-0).buffer);
  const records = new Uint8Array(STRIDE * 8);
  for (let i = 0; i < 8; i++) records.set(record, i * STRIDE);
  for (let turn = 0; turn < 2; turn++) {
    for (const [factor, offset] of [[1, -0], [1, 0], [-0, -0], [0, -0], [0.5, -0], [1, 0.5]]) {
      const [values] = await byWasm([{ layout, linear: { factor, offset } }], records, 0, 8, 0);
      assertEquals(values, new Float64Array(8).fill(-0 * factor + offset), `${factor} ${offset}`);
    }
  }
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
