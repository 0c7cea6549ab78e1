import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { gate, roundsOf, type TimedOperation } from "../../bench/harness/gate.ts";

/** Times around a middle, spread by a part on either side. */
const operation = (name: string, middle: number, spread = 0.02, count = 40): TimedOperation => ({
  name,
  size: "small",
  timesMs: Array.from(
    { length: count },
    (_, i) => middle * (1 + spread * (((i * 17) % count) / (count - 1) * 2 - 1)),
  ),
});

const outcomes = (before: TimedOperation[], after: TimedOperation[]) => {
  const { passed, rows } = gate(before, after);
  return [passed, Object.fromEntries(rows.map(({ name, outcome }) => [name, outcome]))];
};

Deno.test("a regression is more than 10 % slower, with an interval that excludes none", () => {
  const before = [
    ...[operation("same", 1), operation("a little", 1), operation("much", 1)],
    ...[operation("perhaps", 1, 0.9), operation("faster", 1)],
  ];
  const after = [
    ...[operation("same", 1), operation("a little", 1.08), operation("much", 1.15)],
    ...[operation("perhaps", 1.15, 0.9), operation("faster", 0.7)],
  ];
  assertEquals(outcomes(before, after), [false, {
    same: "no difference shown",
    "a little": "slower",
    much: "regression",
    perhaps: "no difference shown",
    faster: "faster",
  }]);
  const row = gate(before, after).rows.find(({ name }) => name === "much")!;
  assertAlmostEquals(row.ratio!.value, 1.15, 0.01);
  const keep = ({ name }: TimedOperation) => name !== "much";
  assertEquals(gate(before.filter(keep), after.filter(keep)).passed, true);
  assertEquals(gate(before, after, { limit: 0.2 }).passed, true);
});

Deno.test("what only one run has is told, and a gate with nothing to compare fails", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => operation(name, 1));
  assertEquals(outcomes([a, b], [b, c]), [true, {
    a: "missing",
    b: "no difference shown",
    c: "missing",
  }]);
  assertEquals(outcomes([a], [c]), [false, { a: "missing", c: "missing" }]);
  assertEquals(outcomes([], []), [false, {}]);
  const other = { ...a, size: "large" };
  assertEquals(gate([a], [other]).passed, false, "another size is another operation");
});

Deno.test("few rounds are told, not judged", () => {
  const few = operation("few", 1, 0.02, 5), enough = operation("enough", 1);
  assertEquals(outcomes([few, enough], [operation("few", 9), enough]), [true, {
    few: "too few rounds",
    enough: "no difference shown",
  }]);
});

Deno.test("times are cut into the rounds they were made in", () => {
  const cut = { name: "a", size: "small", timesMs: [1, 2, 3, 4], runsPerRound: [1, 3] };
  assertEquals(roundsOf(cut), [[1], [2, 3, 4]]);
  assertEquals(roundsOf({ ...cut, runsPerRound: undefined }), [[1], [2], [3], [4]]);
  assertThrows(
    () => roundsOf({ ...cut, runsPerRound: [1, 2] }),
    RangeError,
    '"a", small: rounds of 3 runs, but 4 times',
  );
});
