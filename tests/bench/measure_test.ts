import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { measure } from "../../bench/harness/measure.ts";
import { summarize } from "../../bench/harness/statistics.ts";

/** A contender that writes its name down for each run. */
function contender(name: string, log: string[]) {
  return {
    run: () => {
      log.push(name);
      return name;
    },
    check: (result: unknown) => Promise.resolve(`${result} checked`),
  };
}

Deno.test("contenders take turns, and every other round goes backwards", async () => {
  const log: string[] = [];
  const contenders = ["A", "B", "C"].map((name) => contender(name, log));
  const measured = await measure(contenders, { iterations: 4, budgetMs: 0 });
  const warmUp = log.splice(0, 9).join("");
  assertEquals(warmUp, "CCCBBBAAA");
  assertEquals(
    log.join(""),
    "AABBCCCCBBAAAABBCCCCBBAA",
    "the first run of each turn is not counted",
  );
  assertEquals(measured.map(({ times, facts }) => [times.length, facts]), [
    [4, "A checked"],
    [4, "B checked"],
    [4, "C checked"],
  ]);
});

Deno.test("there are exactly as many samples as iterations were asked for", async () => {
  for (const iterations of [1, 2, 9, 10, 11, 37]) {
    const [a, b] = await measure([contender("A", []), contender("B", [])], {
      iterations,
      budgetMs: 0,
    });
    assertEquals([a.times.length, b.times.length], [iterations, iterations]);
  }
});

Deno.test("within a budget there is a sample from every round", async () => {
  const progress: number[] = [];
  const [{ times }] = await measure([contender("A", [])], {
    budgetMs: 0,
    onProgress: (done) => progress.push(done),
  });
  assertEquals(times.length, 10);
  assert(times.every((time) => time >= 0));
  assertEquals(progress.at(-1), 1);
});

Deno.test("iterations below 1 or not whole are a RangeError", async () => {
  for (const iterations of [0, -1, 1.5, NaN]) {
    await assertRejects(
      () => measure([contender("A", [])], { iterations, budgetMs: 0 }),
      RangeError,
      `iterations must be a whole number of at least 1, not ${iterations}`,
    );
  }
});

Deno.test("a result that is wrong ends the measurement, also in a later run", async () => {
  let runs = 0;
  const failing = {
    run: () => Promise.resolve(++runs),
    check: (result: unknown) =>
      result === 6 ? Promise.reject(new TypeError("wrong")) : Promise.resolve(),
  };
  await assertRejects(
    () => measure([failing], { iterations: 4, budgetMs: 0 }),
    TypeError,
    "wrong",
  );
  assertEquals(runs, 6);
});

Deno.test("a measurement stops between two runs", async () => {
  const controller = new AbortController();
  const log: string[] = [];
  const stopping = {
    ...contender("A", log),
    check: () => {
      if (log.length === 4) controller.abort(new RangeError("enough"));
      return Promise.resolve();
    },
  };
  const { signal } = controller;
  await assertRejects(
    () => measure([stopping], { iterations: 9, budgetMs: 0, signal }),
    RangeError,
    "enough",
  );
  assertEquals(log.length, 4);
});

Deno.test("samples are summed up as a statistics book does", () => {
  // NIST/SEMATECH e-Handbook, data set "NumAcc1": mean 10000002, standard deviation 1.
  assertEquals(summarize([10000001, 10000003, 10000002]), {
    count: 3,
    median: 10000002,
    mean: 10000002,
    deviation: 1,
    min: 10000001,
    max: 10000003,
  });
  const { median, mean, deviation } = summarize([2, 4, 4, 4, 5, 5, 7, 9]);
  assertEquals([median, mean], [4.5, 5]);
  assertAlmostEquals(deviation!, Math.sqrt(32 / 7), 1e-15);
  assertEquals(summarize([3]).deviation, undefined);
  assertThrows(() => summarize([]), RangeError, "no samples");
});
