import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { checkPattern, PatternError } from "../../scripts/generate/check_pattern.ts";
import { expectedColumns } from "../../scripts/generate/expected.ts";
import { PATTERNS } from "../../scripts/generate/load_pattern.ts";
import {
  definePattern,
  NUMBER_TYPES,
  type Pattern,
  type Shape,
  type Signal,
} from "../../scripts/generate/pattern.ts";
import { Sfc32 } from "../../scripts/generate/prng.ts";

const RATE = 100;

function patternOf(...signals: Signal[]): Pattern {
  return definePattern({ name: "test", title: "Test", sampleRate: RATE, signals });
}

/** Values of a signal that follows `shape` for `count` records. */
function valuesOf(shape: Shape | Shape[], count: number, first = 0, seed = 1): Float64Array {
  const pattern = patternOf({ name: "x", type: "float64", shape });
  return expectedColumns({ pattern, seed }, 0, first, count)[1].values as Float64Array;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: Float64Array): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

Deno.test("prng: sfc32 follows its definition", () => {
  const word = (value: bigint) => BigInt.asUintN(32, value);
  let a = 11n, b = 22n, c = 33n, d = 1n;
  const next = () => {
    const result = word(a + b + d);
    d = word(d + 1n);
    a = b ^ (b >> 9n);
    b = word(c * 9n);
    c = word(word(c << 21n | c >> 11n) + result);
    return Number(result);
  };
  for (let i = 0; i < 12; i++) next();
  const numbers = new Uint32Array(1000);
  new Sfc32(11, 22, 33).fill(numbers, numbers.length);
  assertEquals(Array.from(numbers), Array.from(numbers, next));
});

Deno.test("shapes: sine and cosine agree with Math.sin, also after millions of records", () => {
  const first = 3_000_000 - 700;
  const sine = valuesOf({ kind: "sine", min: 2, max: 6, period: 7, phase: 0.1 }, 1400, first);
  const cosine = valuesOf({ kind: "cosine", min: -1, max: 1, period: 0.3 }, 1400, first);
  for (let i = 0; i < sine.length; i++) {
    const t = (first + i) / RATE;
    assertAlmostEquals(sine[i], 4 + 2 * Math.sin(2 * Math.PI * (t / 7 + 0.1)), 1e-9);
    assertAlmostEquals(cosine[i], Math.cos((2 * Math.PI * t) / 0.3), 1e-9);
  }
});

Deno.test("shapes: ramp, triangle, square and step have their form", () => {
  const at = (shape: Shape, ...seconds: number[]) =>
    seconds.map((t) => valuesOf(shape, 1, Math.round(t * RATE))[0]);
  assertEquals(
    at({ kind: "ramp", from: 8, to: 0, period: 4 }, 0, 1, 2, 3, 4, 5),
    [8, 6, 4, 2, 8, 6],
  );
  assertEquals(
    at({ kind: "triangle", min: -1, max: 1, period: 4 }, 0, 1, 2, 3, 4, 4.5),
    [-1, 0, 1, 0, -1, -0.5],
  );
  assertEquals(
    at({ kind: "square", min: 2, max: 3, period: 4, duty: 0.75 }, 0, 2.99, 3, 3.99, 4, 7),
    [3, 3, 2, 2, 3, 2],
  );
  assertEquals(
    at({ kind: "step", levels: [5, 1, 9], seconds: 2 }, 0, 1.99, 2, 4, 5.99, 6),
    [5, 5, 1, 9, 9, 5],
  );
  const everyRecord = valuesOf({ kind: "step", levels: [0, 1, 2, 3, 4, 5], seconds: 0.01 }, 60_000);
  assertEquals(everyRecord, everyRecord.map((_, i) => i % 6));
});

Deno.test("shapes: noise has the mean and deviation asked for", () => {
  for (const distribution of ["normal", "uniform"] as const) {
    const values = valuesOf({ kind: "noise", mean: 10, deviation: 2, distribution }, 100_000);
    assertAlmostEquals(mean(values), 10, 0.03);
    assertAlmostEquals(deviation(values), 2, 0.02);
    const near = values.filter((value) => Math.abs(value - 10) < 2).length / values.length;
    assertAlmostEquals(near, distribution === "normal" ? 0.68 : 1 / Math.sqrt(3), 0.02);
  }
});

Deno.test("shapes: a random walk moves by small steps within its bounds", () => {
  const values = valuesOf({ kind: "randomWalk", start: 1, step: 0.5, min: 0, max: 4 }, 50_000);
  assertEquals(values[0], 1);
  let largest = 0;
  for (let i = 1; i < values.length; i++) {
    largest = Math.max(largest, Math.abs(values[i] - values[i - 1]));
    assert(values[i] >= 0 && values[i] <= 4, `${values[i]} is out of bounds`);
  }
  assertLess(largest, 0.5 + 1e-12);
  assertGreater(largest, 0.49);
  assertGreater(deviation(values), 0.5);
});

Deno.test("shapes: a toggle changes at random moments, as often as asked", () => {
  const values = valuesOf({ kind: "toggle", seconds: 0.5, low: -1, high: 1 }, 200_000);
  const runs: number[] = [];
  for (let i = 1, start = 0; i < values.length; i++) {
    if (values[i] === values[i - 1]) continue;
    runs.push(i - start);
    start = i;
  }
  assertEquals(new Set(values), new Set([-1, 1]));
  assertAlmostEquals(values.length / runs.length, 50, 5);
  assertGreater(new Set(runs).size, 50);
});

Deno.test("shapes: several shapes add up", () => {
  const wave: Shape = { kind: "sine", min: -1, max: 1, period: 3 };
  const ramp: Shape = { kind: "ramp", from: 0, to: 9, period: 9 };
  const sum = valuesOf([wave, ramp], 500);
  const a = valuesOf(wave, 500), b = valuesOf(ramp, 500);
  for (let i = 0; i < sum.length; i++) assertEquals(sum[i], a[i] + b[i]);
});

Deno.test("shapes: any range gives the values of one pass, for all signals of the patterns", () => {
  for (const pattern of Object.values(PATTERNS)) {
    const all = expectedColumns({ pattern }, 0, 0, 10_000);
    for (const [first, count] of [[0, 1], [4095, 3], [4096, 500], [5001, 4999]]) {
      const part = expectedColumns({ pattern }, 0, first, count);
      all.forEach((column, c) =>
        assertEquals(part[c].raw, column.raw.slice(first, first + count), column.name)
      );
    }
  }
});

Deno.test("patterns: together they use every shape, number type and conversion", () => {
  const signals = Object.values(PATTERNS).flatMap((pattern) => [...pattern.signals]);
  const shapes = signals.flatMap(({ shape }) => "kind" in shape ? [shape] : [...shape]);
  assertEquals(
    new Set(shapes.map((shape) => shape.kind)),
    new Set<Shape["kind"]>([
      "sine",
      "cosine",
      "ramp",
      "triangle",
      "square",
      "step",
      "noise",
      "randomWalk",
      "toggle",
    ]),
  );
  assertEquals(new Set<string>(signals.map((signal) => signal.type)), new Set(NUMBER_TYPES));
  const conversions = signals.map((s) => s.type === "string" ? undefined : s.conversion?.kind);
  assertEquals(new Set(conversions), new Set([undefined, "linear", "valueToText"]));
  for (const signal of signals) assert(signal.comment, `${signal.name} has no comment`);
});

Deno.test("patterns: the signals of the built-in patterns move and fit their types", () => {
  for (const pattern of Object.values(PATTERNS)) {
    checkPattern(pattern, pattern.name);
    for (const column of expectedColumns({ pattern }, 0, 0, 30_000)) {
      const distinct = new Set<unknown>(column.raw);
      assertGreater(distinct.size, 1, `${pattern.name} ${column.name} stands still`);
      if (distinct.size < 20) continue;
      // A signal that runs into the end of its type stays there.
      const numbers = Float64Array.from(column.raw as ArrayLike<number | bigint>, Number);
      const top = numbers.reduce((a, b) => Math.max(a, b));
      const atTop = numbers.filter((value) => value === top).length;
      assertLess(atTop, numbers.length / 5, `${pattern.name} ${column.name} is clipped at ${top}`);
    }
  }
});

Deno.test("columns: integers are rounded and held within their type", () => {
  const shape: Shape = { kind: "ramp", from: -1e6, to: 1e6, period: 1 };
  const extremes = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] } as const;
  for (const [type, [min, max]] of Object.entries(extremes)) {
    const pattern = patternOf({ name: "x", type: type as "int8", shape });
    const { raw } = expectedColumns({ pattern }, 0, 0, 100)[1];
    assertEquals([raw[0], raw[99]], [min, max]);
  }
  const big = patternOf(
    { name: "up", type: "uint64", shape: { kind: "step", levels: [2 ** 45 + 3, 7], seconds: 1 } },
    { name: "down", type: "int64", shape: { kind: "step", levels: [-(2 ** 45) - 3], seconds: 1 } },
    {
      name: "scaled",
      type: "int16",
      conversion: { kind: "linear", offset: -40, factor: 0.5 },
      shape: { kind: "step", levels: [10.3], seconds: 1 },
    },
  );
  const [, up, down, scaled] = expectedColumns({ pattern: big }, 0, 0, 1);
  assertEquals(up.raw[0], 2n ** 45n + 3n);
  assertEquals(down.raw[0], -(2n ** 45n) - 3n);
  assertEquals([scaled.raw[0], scaled.values[0]], [101, 10.5]);
});

Deno.test("patterns: mistakes are named", () => {
  const signal = { name: "x", type: "float64", shape: { kind: "sine", min: 0, max: 1, period: 1 } };
  const shaped = (shape: unknown) => ({ ...signal, shape });
  const cases: [unknown, string][] = [
    [undefined, "p: expected an object, found undefined"],
    [{ name: "A b" }, "p: name must be lower case"],
    [{ name: "a", title: "A", sampleRate: 0, signals: [signal] }, "sampleRate must be above 0"],
    [{ name: "a", title: "A", sampleRate: 1, signals: [] }, "at least one signal"],
  ];
  const signals: [unknown, string][] = [
    [{ ...signal, type: "int12" }, 'signals[0]: type "int12" is none of float64'],
    [{ ...signal, name: "Time" }, 'name "Time" is taken'],
    [{ ...signal, type: "string" }, "texts must be an array of texts"],
    [{ ...signal, conversion: { kind: "cubic" } }, 'kind "cubic" is neither'],
    [{ ...signal, conversion: { kind: "linear", offset: 0, factor: 0 } }, "factor must not be 0"],
    [shaped({ kind: "saw" }), 'shape[0]: kind "saw" is none of sine'],
    [shaped({ kind: "constructor" }), "is none of sine"],
    [shaped({ kind: "sine", min: 0, max: 1, period: 0 }), "period must be above 0"],
    [shaped({ kind: "sine", min: NaN, max: 1, period: 1 }), "min must be a finite number"],
    [shaped({ kind: "step", levels: [], seconds: 1 }), "levels must be an array of numbers"],
    [shaped({ kind: "noise", deviation: 1, distribution: "x" }), "normal or uniform"],
    [shaped({ kind: "randomWalk", start: 9, step: 1, min: 0, max: 4 }), "start must lie between"],
    [shaped([]), "1 to 16 shapes"],
  ];
  for (const [value, message] of signals) {
    cases.push([{ name: "a", title: "A", sampleRate: 1, signals: [value] }, message]);
  }
  for (const [value, message] of cases) {
    assertThrows(() => checkPattern(value, "p"), PatternError, message);
  }
});
