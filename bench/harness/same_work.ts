/**
 * Whether two contenders gave the same values; times of different work are not compared.
 *
 * @module
 */
import { sampleCorrelation, sampleStandardDeviation } from "simple-statistics";
import type { AnyValues } from "../fingerprint.ts";

/** Whether work is the same, and if not, why. */
export type Work = { same: true } | { same: false; reason: string };

/** What passes as the same. */
export interface WorkOptions {
  /**
   * By what part floats may differ, as they do where conversions are computed in another order;
   * 1e-9 when absent, 1e-6 where one of the two has only 32 bits. Integers and texts never differ.
   */
  tolerance?: number;
}

const SAME: Work = { same: true };
const LEAST_CORRELATION = 0.999;
const TOLERANCE = 1e-9;
const TOLERANCE_32 = 1e-6;
// Near zero, what is left of a conversion's offset is rounded to the size of the largest values.
const PART_OF_LARGEST = 1e-3;

/**
 * Compares values: their number, each of them, and for floats their correlation, which must be above
 * 0.999. Integers are equal by value, whatever the type of their array.
 */
export function sameWork(
  reference: AnyValues,
  actual: AnyValues,
  options: WorkOptions = {},
): Work {
  if (reference.length !== actual.length) {
    return refuse(`${actual.length} values instead of ${reference.length}`);
  }
  const expected = readerOf(reference), found = readerOf(actual);
  const tolerance = options.tolerance ??
    (isFloat32(reference) || isFloat32(actual) ? TOLERANCE_32 : TOLERANCE);
  const isFloat = isFloats(reference) || !ArrayBuffer.isView(reference);
  const most = isFloat ? largest(reference.length, expected) : 0;
  const slack = tolerance * PART_OF_LARGEST * most;
  let wrong = 0, first = -1;
  for (let i = 0; i < reference.length; i++) {
    if (sameValue(expected(i), found(i), isFloat ? tolerance : 0, slack)) continue;
    if (wrong++ === 0) first = i;
  }
  const { correlation, deviation } = isFloat ? correlate(reference.length, expected, found) : {};
  if (wrong > 0) {
    const more = correlation === undefined ? "" : `, correlation ${formatCorrelation(correlation)}`;
    return refuse(
      `value ${first} is ${show(found(first))} instead of ${show(expected(first))} ` +
        `(${wrong} of ${reference.length} differ${more})`,
    );
  }
  // Values that vary less than they may differ are constant but for rounding, which correlates with
  // nothing.
  if (
    correlation !== undefined && deviation! > tolerance * most && correlation <= LEAST_CORRELATION
  ) {
    return refuse(
      `the correlation is ${formatCorrelation(correlation)}, not above ${LEAST_CORRELATION}`,
    );
  }
  return SAME;
}

/** Compares the values of channels by their names. */
export function sameChannels(
  reference: Readonly<Record<string, AnyValues>>,
  actual: Readonly<Record<string, AnyValues>>,
  options?: WorkOptions,
): Work {
  for (const name of Object.keys(actual)) {
    if (!Object.hasOwn(reference, name)) return refuse(`"${name}" was not asked for`);
  }
  for (const [name, values] of Object.entries(reference)) {
    if (!Object.hasOwn(actual, name)) return refuse(`"${name}" is missing`);
    const work = sameWork(values, actual[name], options);
    if (!work.same) return refuse(`"${name}": ${work.reason}`);
  }
  return SAME;
}

function refuse(reason: string): Work {
  return { same: false, reason };
}

function readerOf(values: AnyValues): (index: number) => unknown {
  if (Array.isArray(values) || ArrayBuffer.isView(values)) {
    const list = values as ArrayLike<unknown>;
    return (index) => list[index];
  }
  if ("at" in values) return (index) => values.at(index);
  return (index) => values[index];
}

function sameValue(a: unknown, b: unknown, tolerance: number, slack: number): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
    if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return false;
    return Math.abs(a - b) <= tolerance * Math.abs(a) + slack;
  }
  if (typeof a === "bigint" && typeof b === "number") return Number.isInteger(b) && a === BigInt(b);
  if (typeof a === "number" && typeof b === "bigint") return Number.isInteger(a) && b === BigInt(a);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return sameWork(a as unknown as AnyValues, b as unknown as AnyValues).same;
  }
  return false;
}

function isFloats(values: AnyValues): boolean {
  return values instanceof Float64Array || isFloat32(values);
}

function isFloat32(values: AnyValues): boolean {
  return values instanceof Float32Array ||
    (ArrayBuffer.isView(values) && values.constructor.name === "Float16Array");
}

function largest(count: number, at: (index: number) => unknown): number {
  let most = 0;
  for (let i = 0; i < count; i++) {
    const value = at(i);
    if (typeof value === "number" && Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  }
  return most;
}

/** Of the finite numbers; nothing where there are fewer than two, or they are all the same. */
function correlate(
  count: number,
  a: (index: number) => unknown,
  b: (index: number) => unknown,
): { correlation?: number; deviation?: number } {
  const x: number[] = [], y: number[] = [];
  for (let i = 0; i < count; i++) {
    const left = a(i), right = b(i);
    if (typeof left !== "number" || typeof right !== "number") continue;
    if (!Number.isFinite(left) || !Number.isFinite(right)) continue;
    x.push(left);
    y.push(right);
  }
  if (x.length < 2) return {};
  const correlation = sampleCorrelation(x, y);
  return Number.isFinite(correlation) ? { correlation, deviation: sampleStandardDeviation(x) } : {};
}

function formatCorrelation(correlation: number): string {
  return String(Math.floor(correlation * 1e6) / 1e6);
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
