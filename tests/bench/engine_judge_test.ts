import { assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseEngineArguments } from "../../bench/engine/engine_arguments.ts";
import { sidesOf, WORKS } from "../../bench/engine/engine_works.ts";
import type { Bound } from "../../bench/engine/bounds.ts";
import {
  boundsTable,
  describeHolding,
  describeLoad,
  engineTable,
} from "../../bench/engine/format_engine.ts";
import { judge, type Timed } from "../../bench/engine/judge.ts";
import { formatNumber } from "../../bench/harness/format_results.ts";
import { rowResult, type SideResult, type WorkResult } from "../../bench/engine/run_engine.ts";
import { describeMachine } from "../../bench/harness/results.ts";
import { whyNot } from "../../bench/engine/sides.ts";
import { ArgumentError } from "../../scripts/generate/gen_arguments.ts";

const timed = (ms: number, rounds = 1): Timed => ({
  medianMs: ms,
  roundsMs: Array.from({ length: rounds }, (_, i) => [ms * (1 + i / 1000)]),
});

const side = (id: SideResult["id"], ms?: number, reason?: string): SideResult => ({
  ...{ id, name: id, reason },
  // Others take twice as long on processors.
  ...(ms === undefined ? {} : { ...timed(ms), cpuMs: id === "ours" ? 15 : 30 }),
});

Deno.test("engine: a ratio holds exactly up to its target, in either direction", () => {
  assertEquals(judge(timed(10), timed(30), { atLeast: 3 }), { ratio: 3, holds: true });
  assertEquals(judge(timed(10), timed(29.9), { atLeast: 3 }).holds, false);
  assertEquals(judge(timed(22), timed(10), { atMost: 2.2 }), { ratio: 2.2, holds: true });
  assertEquals(judge(timed(22.1), timed(10), { atMost: 2.2 }).holds, false);
});

Deno.test("engine: with enough rounds a ratio has an interval around it", () => {
  const { interval, ratio } = judge(timed(10, 8), timed(30, 8), { atLeast: 3 });
  assertAlmostEquals(ratio, 3);
  assertAlmostEquals(interval![0], 3, 0.01);
  assertAlmostEquals(interval![1], 3, 0.01);
});

Deno.test("engine: a row whose peer is missing says so and does not count", () => {
  const work = { id: "one", label: "one channel" };
  const spec = { against: "asammdf", target: { atLeast: 3 } } as const;
  const missing = rowResult(work, spec, [
    ...[side("ours", 10), side("floor", 5), side("asammdf", undefined, "missing: no Python")],
  ]);
  assertEquals(missing.holds, undefined);
  assertEquals(missing.reason, "asammdf: missing: no Python");
  const reached = rowResult(work, spec, [side("ours", 10), side("floor", 5), side("asammdf", 31)]);
  const lines = describeHolding([missing, reached]);
  assertEquals(lines, [
    "1 of 1 measured rows hold.",
    "Not counted: one channel: asammdf: missing: no Python",
  ]);
});

Deno.test("engine: rows that are not reached are named, and those beside the table do not count", () => {
  const work = { id: "one", label: "one channel" };
  const all = [side("ours", 10), side("ours-made", 20), side("floor", 5), side("asammdf", 25)];
  const rows = [
    rowResult(work, { against: "asammdf", target: { atLeast: 3 } }, all),
    rowResult(work, {
      ...{ side: "ours-made", against: "asammdf", target: { atLeast: 3 } },
      ...{ note: "all made", beside: true },
    }, all),
  ];
  assertEquals(describeHolding(rows), [
    "0 of 1 measured rows hold.",
    "Not reached: one channel, against asammdf (isal): 2.5, ≥ 3 ×",
  ]);
  const missed = "Not reached: one channel, against asammdf (isal): 2.5, ≥ 3 ×";
  const told = (bound?: Partial<Bound>, inflatingMs?: number) => {
    const sides = inflatingMs === undefined ? [] : [side("inflating", inflatingMs)];
    return describeHolding(rows, [{ id: "one", bound: bound as Bound, sides }])[1];
  };
  assertEquals(told({ sumOfNewMs: 9 }), `${missed}; new memory leaves at most 2.78`);
  assertEquals(told({ sumOfNewMs: 8 }), missed);
  assertEquals(told(undefined, 8), missed);
  assertEquals(told(undefined, 9), `${missed}; inflating alone leaves at most 2.78`);
  const cores = navigator.hardwareConcurrency;
  const parts = { sumOfNewMs: 4, newMemoryMs: 2 * cores, moveMs: 0.5 * cores, walkMs: 0.5 * cores };
  assertEquals(told(parts, 7), `${missed}; inflating alone, and new memory, leave at most 2.5`);
  assertEquals(told(parts, 5), missed);
  const table = engineTable(rows);
  assertEquals(table.rows[0], [
    ...["one channel", "asammdf (isal)", "10 ms", "25 ms", "2.5", "≥ 3 ×", "no", "2", "5 ms", "2"],
  ]);
  assertEquals(table.rows[1][0], "(one channel; all made)");
});

Deno.test("engine: two cores are held against what they give to inflating alone", () => {
  const work = { id: "deflate", label: "deflate" };
  const told = (ms: number, aloneMs: number) => {
    const sides = [side("ours", ms), side("ours-one", 80), side("floor", 5)]
      .concat(side("inflating", aloneMs), side("inflating-one", 60));
    const row = rowResult(work, { against: "ours-one", target: { atLeast: 1.7 } }, sides);
    return describeHolding([row], [{ id: "deflate", sides }]).slice(1);
  };
  const restMs = 20 / navigator.hardwareConcurrency;
  assertEquals(told(40, 38), []);
  const missed = "Not reached: deflate, against itself, one thread: 1.6, ≥ 1.7 ×";
  assertEquals(told(50, 80 / 1.7 - restMs - 0.1), [missed]);
  assertEquals(told(50, 80 / 1.6 - restMs), [
    `${missed}; what inflating alone gains, and all else spread evenly, leave at most 1.6`,
  ]);
  const sides = [side("ours", 50), side("ours-one", 80), side("asammdf", 200), side("floor", 5)]
    .concat(side("keeping", 45), side("keeping-one", 70));
  const works = [{ id: "deflate", sides }];
  const held = (against: "ours-one" | "asammdf", atLeast: number) =>
    describeHolding([rowResult(work, { against, target: { atLeast } }, sides)], works)[1];
  assertEquals(
    held("asammdf", 4.5),
    "Not reached: deflate, against asammdf (isal): 4, ≥ 4.5 ×; inflating and keeping alone leave at " +
      "most 4.44",
  );
  assertEquals(held("asammdf", 4.4), "Not reached: deflate, against asammdf (isal): 4, ≥ 4.4 ×");
  const mostMs = 45 + 10 / navigator.hardwareConcurrency;
  assertEquals(
    held("ours-one", 1.7),
    "Not reached: deflate, against itself, one thread: 1.6, ≥ 1.7 ×; what inflating and keeping " +
      `alone gains, and all else spread evenly, leave at most ${formatNumber(80 / mostMs)}`,
  );
});

Deno.test("engine: bounds tell what they leave beside other readers, and beside nothing else", () => {
  const bound = { readMs: 1, inflateMs: 2, sumMs: 5, sumOfNewMs: 10, memoryMs: 1 } as Bound;
  const sides = [side("ours", 8), side("ours-one", 9), side("floor", 1), side("asammdf", 20)]
    .concat(side("inflating", 3), side("inflating-one", 6));
  const work = { label: "deflate", sides, bound } as WorkResult;
  assertEquals(boundsTable({ works: [{ ...work, bound: undefined }] }), undefined);
  const { head, rows } = boundsTable({ works: [work] })!;
  assertEquals(rows.map((row) => [row[0], row[1], row.at(-2), row.at(-1)]), [
    ["deflate", "8 ms", "1.6", "asammdf 4 ×, 2 ×"],
  ]);
  assertEquals(head.length, rows[0].length);
});

Deno.test("engine: a busy machine is told of", () => {
  const machine = describeMachine();
  assertEquals(describeLoad({ load: 0.2, machine }), []);
  assertMatch(describeLoad({ load: 2.5, machine })[0], /^The machine was busy .* \(load 2\.5 on/);
});

Deno.test("engine: a peer that inflates otherwise than its name says is refused", () => {
  assertEquals(whyNot("asammdf-zlib", { uses: "zlib" }), undefined);
  assertEquals(whyNot("asammdf", { uses: "isal.isal_zlib" }), undefined);
  assertEquals(whyNot("mf4-rs", {}), undefined);
  assertMatch(whyNot("asammdf-zlib", { uses: "isal.isal_zlib" })!, /by zlib, but does by isal/);
});

Deno.test("engine: the bare read takes part in every work, and each row has its sides", () => {
  for (const work of WORKS) {
    const sides = sidesOf(work);
    assertEquals(new Set(sides).size, sides.length, work.id);
    assertEquals(sides.includes("floor") && sides.includes("ours"), true, work.id);
  }
  const rows = WORKS.flatMap(({ rows }) => rows.filter(({ beside }) => !beside));
  assertEquals(rows.length, 18);
});

Deno.test("engine: arguments choose rows, and unknown ones are refused", () => {
  const names = (args: string[]) => parseEngineArguments(args).works.map(({ id }) => id);
  assertEquals(names(["--rows", "can,deflate"]), ["deflate", "can"]);
  assertEquals(names([]).filter((name) => /6|mixed/.test(name)), []);
  assertEquals(names(["--all"]).length, WORKS.length);
  assertEquals(parseEngineArguments([]).memory, true);
  assertEquals(parseEngineArguments(["--no-memory"]).memory, false);
  assertEquals(parseEngineArguments(["--rows", "can"]).memory, false);
  assertEquals(parseEngineArguments(["--rows", "memory"]).works, []);
  assertThrows(() => names(["--rows", "cam"]), ArgumentError, '"cam" is none of stream');
  assertThrows(() => names(["--rows="]), ArgumentError, "--rows needs a value");
  assertThrows(() => names(["extra"]), ArgumentError);
});
