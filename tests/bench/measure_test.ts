import { assert, assertEquals, assertRejects } from "@std/assert";
import { measure } from "../../bench/harness/measure.ts";

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
  for (const { times, rounds } of measured) assertEquals(rounds, times.map((time) => [time]));
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

Deno.test("samples are spread over as many rounds as are asked for", async () => {
  const options = { iterations: 7, rounds: 3, budgetMs: 0 };
  const [{ times, rounds }] = await measure([contender("A", [])], options);
  assertEquals(rounds.map((round) => round.length), [2, 2, 3]);
  assertEquals(rounds.flat(), times);
  const [{ rounds: fewer }] = await measure([contender("A", [])], { ...options, rounds: 20 });
  assertEquals(fewer.length, 7, "no round without a sample");
  await assertRejects(
    () => measure([contender("A", [])], { ...options, rounds: 0 }),
    RangeError,
    "rounds must be a whole number of at least 1, not 0",
  );
});

Deno.test("the rounds within a budget are even in number, 10 to 100", async () => {
  const [{ rounds }] = await measure([contender("A", [])], { budgetMs: 80 });
  assert(
    rounds.length % 2 === 0 && rounds.length >= 10 && rounds.length <= 100,
    `${rounds.length}`,
  );
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
