/**
 * Compares what was read with what must be found.
 *
 * @module
 */
import type { Signal } from "../mod.ts";
import { type BenchFile, MASTER } from "./bench_file.ts";
import { type AnyValues, type Fingerprint, fingerprintOf, widthOf } from "./fingerprint.ts";
import type { Decoded } from "./operation.ts";

/** An operation gave something else than it should; a measurement of it would mean nothing. */
export class WrongResultError extends Error {
  override name = "WrongResultError";
}

/** Throws unless the two are the same. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new WrongResultError(`${what} is ${actual}, expected ${expected}`);
  }
}

/**
 * Checks every value of signals that were read whole, and their time stamps.
 *
 * @throws {WrongResultError} naming the first record that differs
 */
export function checkSignals(
  file: BenchFile,
  signals: readonly Signal[],
  names: readonly string[],
): void {
  expectSame("the list of channels", signals.map(({ channel }) => channel.name).join(), `${names}`);
  const checked = new Set<string>();
  const check = (name: string, values: AnyValues | undefined) => {
    if (!values) throw new WrongResultError(`"${name}" was not given`);
    const place = placeOf(name, values);
    if (checked.has(place)) return;
    checked.add(place);
    checkFingerprint(file, name, fingerprintOf(values), values);
  };
  for (const { channel, values, timestamps } of signals) {
    check(channel.name, values as AnyValues);
    check(MASTER, timestamps);
  }
}

/** Compares the fingerprint of a channel; `values`, where they are at hand, help to say what is wrong. */
export function checkFingerprint(
  file: BenchFile,
  name: string,
  actual: Fingerprint,
  values?: AnyValues,
): void {
  const { fingerprint: expected } = file.channel(name);
  expectSame(`the number of values of "${name}"`, actual.count, expected.count);
  expectSame(`the type of "${name}"`, actual.type, expected.type);
  if (actual.hash === expected.hash) return;
  const where = values ? `: ${describeDifference(file, name, values)}` : "";
  throw new WrongResultError(`"${name}" differs from what was generated${where}`);
}

/** Values and bytes of signals and their time stamps, each array counted once. */
export function decodedOf(file: BenchFile, signals: readonly Signal[]): Decoded {
  const places = new Set<string>();
  const decoded = { values: 0, bytes: 0 };
  const count = (name: string, values: AnyValues) => {
    const place = placeOf(name, values);
    if (places.has(place)) return;
    places.add(place);
    decoded.values += values.length;
    decoded.bytes += values.length * (widthOf(values) ?? file.channel(name).width);
  };
  for (const { channel, values, timestamps } of signals) {
    count(channel.name, values as AnyValues);
    if (timestamps) count(MASTER, timestamps);
  }
  return decoded;
}

const buffers = new WeakMap<object, number>();
let bufferCount = 0;

/** Says where values are: the master and the time stamps may be two views of the same memory. */
function placeOf(name: string, values: AnyValues): string {
  if (!ArrayBuffer.isView(values)) return name;
  const { buffer, byteOffset } = values;
  let number = buffers.get(buffer);
  if (number === undefined) buffers.set(buffer, number = bufferCount++);
  return `${number}+${byteOffset}`;
}

function describeDifference(file: BenchFile, name: string, values: AnyValues): string {
  const piece = 4096;
  for (let first = 0; first < values.length; first += piece) {
    const columns = file.expected(first, Math.min(piece, values.length - first));
    const expected = columns.find((column) => column.name === name)!.values;
    for (let i = 0; i < expected.length; i++) {
      const actual = (values as { at(index: number): unknown }).at(first + i);
      if (!Object.is(actual, expected[i])) {
        return `record ${first + i} is ${actual}, expected ${expected[i]}`;
      }
    }
  }
  return "in its bits only";
}
