import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { WrongResultError } from "../../bench/check_signals.ts";
import { fitLargest, fitPower, isLinear } from "../../bench/scale/fit.ts";
import { describeLinearity, scaleFigure, scaleTable } from "../../bench/scale/format_scale.ts";
import { runScale, type ScaleResult } from "../../bench/scale/run_scale.ts";
import { parseScaleArguments } from "../../bench/scale/scale_arguments.ts";
import { SCALE_AXES, type ScaleAxis } from "../../bench/scale/scale_axes.ts";
import { sizeFor } from "../../bench/suites/scale.ts";
import { drawSvg } from "../../bench/report/draw_figure.ts";
import { ArgumentError } from "../../scripts/generate/gen_arguments.ts";
import { inFolder } from "../scripts/_run_script.ts";

const SIZES = [10, 30, 100, 300, 1000];
const pointsOf = (cost: (size: number) => number) =>
  SIZES.map((size) => ({ size, ms: cost(size) }));

Deno.test("scale: a power is found with its exponent and factor, and explains all of itself", () => {
  for (const exponent of [0.5, 1, 1.5, 2]) {
    const fit = fitPower(pointsOf((size) => 0.25 * size ** exponent));
    assertAlmostEquals(fit.exponent, exponent, 1e-9);
    assertAlmostEquals(fit.factor, 0.25, 1e-9);
    assertAlmostEquals(fit.rSquared, 1, 1e-9);
    assertEquals(isLinear(fit), exponent <= 1);
  }
});

Deno.test("scale: a cost linear by logarithm counts as linear, a square hidden in the largest shows", () => {
  assert(isLinear(fitPower(pointsOf((size) => size * (1 + Math.log10(size) / 20)))));
  const hidden = pointsOf((size) => 1000 + size ** 2);
  assert(fitLargest(hidden).exponent > 1.5);
  assert(fitPower(hidden).exponent < fitLargest(hidden).exponent);
});

Deno.test("scale: what is constant but for noise has an exponent of about 0, and little explained", () => {
  const fit = fitPower([
    ...[{ size: 1, ms: 10 }, { size: 10, ms: 10.2 }, { size: 100, ms: 9.9 }, {
      size: 1000,
      ms: 10.1,
    }],
  ]);
  assertAlmostEquals(fit.exponent, 0, 0.01);
  assert(fit.rSquared < 0.5);
});

Deno.test("scale: what leaves the caches is held against what the machine itself takes for it", () => {
  assertEquals(isLinear({ exponent: 1.25 }), false);
  assertEquals(isLinear({ exponent: 1.25 }, [{ exponent: 0.9 }, { exponent: 1.2 }]), true);
  assertEquals(isLinear({ exponent: 1.35 }, [{ exponent: 1.2 }]), false);
  assertEquals(isLinear({ exponent: 1.05 }, [{ exponent: 0.5 }]), true);
  const results = [0, 1].map((place): ScaleResult => {
    const points = pointsOf((size) => size ** 1.2);
    const fit = fitPower(points);
    const facts = { axis: "size", title: "file size", unit: "MB", operation: "read", points, fit };
    return { ...facts, largest: fitLargest(points), linear: false, floor: place === 0 };
  });
  assertEquals(describeLinearity({ results })[0], "0 of 1 costs grow at most in proportion.");
  assertEquals(scaleTable({ results }).rows.map((row) => [row[1], row.at(-1)]), [
    ...[["(read)", "–"], ["read", "no"]],
  ]);
});

Deno.test("scale: too few points, one size, or a time of 0 cannot be fitted", () => {
  const few = [{ size: 1, ms: 1 }, { size: 2, ms: 2 }];
  assertThrows(() => fitPower(few), RangeError, "at least 3 points, not 2");
  assertThrows(() => fitPower([...few, { size: 3, ms: 0 }]), RangeError, "not 3: 0 ms");
  const same = [1, 2, 3].map((ms) => ({ size: 5, ms }));
  assertThrows(() => fitPower(same), RangeError, "different sizes");
});

Deno.test("scale: every operation by every axis is measured on files that hold what they must", () =>
  inFolder(async (scratch) => {
    const axes = SCALE_AXES.map((axis): ScaleAxis => ({
      ...axis,
      sizes: [0, 1, 2].map((step) => sizeFor(axis, step, 200_000)),
    }));
    const { results } = await runScale({ axes, scratch, quick: true, budgetMs: 1 });
    const operations = SCALE_AXES.flatMap(({ operations }) => operations);
    assertEquals(results.length, operations.length);
    for (const { points, fit } of results) {
      assertEquals(points.length, 3);
      assert(points.every(({ ms }) => ms > 0) && Number.isFinite(fit.exponent));
    }
    const { rows } = scaleTable({ results });
    assertEquals(rows.map(([by, operation]) => `${operation} by ${by}`).length, results.length);
    const svg = await drawSvg(scaleFigure({ results }));
    for (const { title } of SCALE_AXES) assertStringIncludes(svg, `By ${title}`);
    assertEquals([...Deno.readDirSync(scratch)], []);
  }));

Deno.test("scale: a wrong result ends the run, and its files are removed", () =>
  inFolder(async (scratch) => {
    const [axis] = SCALE_AXES;
    const make = (folder: string) => axis.make(folder, 1);
    for (const operation of axis.operations.filter(({ floor }) => !floor)) {
      const wrong = { ...axis, sizes: [1, 2, 3], make, operations: [operation] };
      const run = runScale({ axes: [wrong], scratch, quick: true, budgetMs: 1 });
      await assertRejects(() => run, WrongResultError, ", expected 34091");
      assertEquals([...Deno.readDirSync(scratch)], []);
    }
  }));

Deno.test("scale: costs that grow faster than in proportion are named", () => {
  const result = (operation: string, exponent: number): ScaleResult => {
    const points = pointsOf((size) => size ** exponent);
    const fit = fitPower(points);
    const place = { axis: "size", title: "file size", unit: "MB", operation };
    return {
      ...place,
      points,
      fit,
      largest: fitLargest(points),
      linear: isLinear(fit),
      floor: false,
    };
  };
  const results = [result("stream", 1), result("sort", 1.5)];
  assertEquals(describeLinearity({ results }), [
    "1 of 2 costs grow at most in proportion.",
    "Grows faster: sort by file size, exponent 1.5",
  ]);
  assertEquals(scaleTable({ results }).rows[1], [
    ...[
      "file size",
      "sort",
      "10 to 1,000 MB",
      "31.6 ms",
      "31623 ms",
      "1.50",
      "1.000",
      "1.50",
      "no",
    ],
  ]);
});

Deno.test("scale: arguments choose axes, and unknown ones are refused", () => {
  const names = (args: string[]) => parseScaleArguments(args).axes.map(({ id }) => id);
  assertEquals(names(["--axes", "log,size"]), ["size", "log"]);
  assertEquals(names([]).length, SCALE_AXES.length);
  assertThrows(() => names(["--axes", "length"]), ArgumentError, '"length" is none of size');
  assertThrows(() => names(["--axes="]), ArgumentError, "--axes needs a value");
  assertEquals(Math.max(...SCALE_AXES.find(({ id }) => id === "channels")!.sizes), 100_000);
});
