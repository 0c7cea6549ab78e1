import { assertEquals, assertThrows } from "@std/assert";
import { judgeMemory, judgeOriginal, judgeThroughput } from "../../bench/interpret.ts";

Deno.test("interpret: rates against the bare read of the machine", () => {
  const grades = [260, 251, 250, 100, 99, 1].map((rate) => judgeThroughput(rate, 1000).grade);
  assertEquals(grades, ["excellent", "excellent", "good", "good", "low", "low"]);
  assertThrows(() => judgeThroughput(0, 1), RangeError);
  assertThrows(() => judgeThroughput(1, NaN), RangeError);
});

Deno.test("interpret: the bands of the original", () => {
  assertEquals([81, 80, 50, 49].map(judgeOriginal), ["excellent", "good", "good", "low"]);
});

Deno.test("interpret: memory as a multiple of the file", () => {
  const grades = [0, 1.99, 2, 2.99, 3, 40].map((ratio) => judgeMemory(ratio * 10, 10).grade);
  assertEquals(grades, ["excellent", "excellent", "good", "good", "high", "high"]);
  assertThrows(() => judgeMemory(1, 0), RangeError);
});
