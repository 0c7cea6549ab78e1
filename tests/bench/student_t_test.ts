import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { studentT } from "../../bench/harness/student_t.ts";

/** NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, column 0.975, for 1 to 30 degrees. */
const HANDBOOK = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086],
  ...[2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** Degrees of freedom and quantile, from mpmath's incomplete beta function with 40 digits. */
const REFERENCE: Record<number, [degrees: number, quantile: number][]> = {
  0.95: [
    [1, 12.706204736174705],
    [2, 4.3026527297494639],
    [3, 3.1824463052837096],
    [4, 2.7764451051977944],
    [5, 2.5705818356363155],
    [6, 2.44691185114497],
    [7, 2.3646242515927853],
    [8, 2.3060041352041667],
    [9, 2.2621571627982055],
    [10, 2.2281388519862747],
    [11, 2.2009851600916399],
    [12, 2.1788128296672289],
    [13, 2.1603686564627925],
    [14, 2.1447866879178038],
    [15, 2.1314495455597757],
    [16, 2.1199052992212547],
    [17, 2.1098155778333171],
    [18, 2.1009220402410385],
    [19, 2.0930240544083098],
    [20, 2.0859634472658648],
    [25, 2.0595385527532977],
    [29, 2.0452296421327043],
    [30, 2.0422724563012383],
    [40, 2.0210753903062734],
    [49, 2.0095752371292397],
    [50, 2.0085591121007611],
    [60, 2.0002978220142605],
    [80, 1.9900634212544462],
    [99, 1.9842169515864175],
    [100, 1.9839715185235523],
    [120, 1.9799304050824408],
    [194, 1.9722675325821355],
    [199, 1.9719565442517538],
    [500, 1.9647198374673678],
    [999, 1.96234146113345],
    [1000, 1.9623390808264085],
    [1999, 1.961151420170562],
    [10000, 1.9602012398906263],
  ],
  0.9: [
    [1, 6.3137515146750431],
    [2, 2.9199855803537257],
    [3, 2.3533634348018239],
    [5, 2.0150483733330242],
    [10, 1.8124611228116764],
    [19, 1.7291328115213695],
    [30, 1.6972608865939578],
    [60, 1.6706488649046365],
    [120, 1.6576508993552356],
    [1000, 1.6463788172854647],
  ],
  0.99: [
    [1, 63.656741162871581],
    [2, 9.9248432009182931],
    [3, 5.8409093097333573],
    [5, 4.0321429835552281],
    [10, 3.1692726726169512],
    [19, 2.8609346064649792],
    [30, 2.7499956535672253],
    [60, 2.6602830288550372],
    [120, 2.617421145106866],
    [1000, 2.5807546980659511],
  ],
};

Deno.test("Student's t rounds to every value of the handbook's table", () => {
  for (const [i, quantile] of HANDBOOK.entries()) {
    assertAlmostEquals(studentT(i + 1), quantile, 0.0005 + 1e-9, `${i + 1} degrees`);
  }
});

Deno.test("Student's t agrees with reference values to 1e-9", () => {
  for (const [level, rows] of Object.entries(REFERENCE)) {
    for (const [degrees, quantile] of rows) {
      const part = studentT(degrees, Number(level)) / quantile - 1;
      assert(Math.abs(part) < 1e-11, `${degrees} degrees, ${level}: off by ${part}`);
    }
  }
});

Deno.test("Student's t has closed forms for 1 and 2 degrees of freedom", () => {
  for (let level = 0.01; level < 1; level += 0.01) {
    const cauchy = Math.tan(Math.PI * level / 2);
    assertAlmostEquals(studentT(1, level), cauchy, 1e-11 * Math.max(1, cauchy));
    const two = level * Math.sqrt(2 / (1 - level * level));
    assertAlmostEquals(studentT(2, level), two, 1e-11 * Math.max(1, two));
  }
});

Deno.test("Student's t comes down to the normal distribution", () => {
  assertAlmostEquals(studentT(1_000_000), 1.959963984540054, 3e-6);
  assert(studentT(1_000_000) > 1.959963984540054);
});

Deno.test("degrees of freedom and levels that mean nothing are a RangeError", () => {
  for (const degrees of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => studentT(degrees), RangeError, "degrees of freedom");
  }
  for (const level of [0, 1, -0.5, 95, NaN]) {
    assertThrows(() => studentT(5, level), RangeError, "a level is between 0 and 1");
  }
});
