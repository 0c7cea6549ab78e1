/**
 * Files that each have one feature of the format, with the values that a reader must find. They are
 * put together from the block tables, and the values are computed without any of the code that reads.
 *
 * @module
 */
import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import type { Channel, Mdf, MdfError, ReadChannelOptions } from "../../mod.ts";
import { eachWay } from "../_helpers.ts";

/** Values of a channel; typed arrays and other array-likes are compared element by element. */
export interface ExpectedChannel {
  /** Converted values. */
  values?: ArrayLike<unknown>;
  /** Values before conversion. */
  raw?: ArrayLike<unknown>;
  /** For each sample whether it is valid; absent when all are. */
  valid?: ArrayLike<boolean>;
  /** Values of the master channel. */
  timestamps?: ArrayLike<number>;
  unit?: string;
  /** Of arrays: records first. */
  shape?: number[];
  /** What reading must throw instead, and a part of its message. */
  error?: [type: abstract new (...args: never[]) => MdfError, message: string];
}

/** A file with one feature. */
export interface Feature {
  /** Spells the feature, and names the file: small letters, digits, hyphens. */
  name: string;
  /** The bytes of the file. */
  make(): Uint8Array;
  /**
   * Items of the format that this file shows to be refused by a typed error, as the coverage names
   * them: `Channel group flags 5`.
   */
  refuses?: readonly string[];
  /** Channels by `name`, or `group/name` with the number of the channel group. */
  channels?: Readonly<Record<string, ExpectedChannel>>;
  /** Records of each channel group. */
  records?: readonly number[];
  /** What else must hold, however the file was opened. */
  check?(mdf: Mdf, way: string): void | Promise<void>;
}

/** Reads the file in every way there is and compares all that is expected. */
export async function checkFeature(feature: Feature): Promise<void> {
  const bytes = feature.make();
  await eachWay(bytes, async (mdf, way) => {
    const checkCounts = () => {
      const counts = mdf.groups.map(({ recordCount }) => recordCount);
      if (feature.records) assertEquals(counts, feature.records, way);
    };
    // Far away, the data has the last word only once somebody has looked for it.
    if (!way.includes("pieces")) checkCounts();
    for (const [key, expected] of Object.entries(feature.channels ?? {})) {
      await checkChannel(mdf, findChannel(mdf, key), expected, `${key}, ${way}`);
    }
    await mdf.locateData();
    checkCounts();
    await feature.check?.(mdf, way);
  }, { name: `${feature.name}.mf4` });
}

function findChannel(mdf: Mdf, key: string): Channel {
  const [, group, name] = /^(?:(\d+)\/)?(.*)$/s.exec(key)!;
  return group === undefined ? mdf.channel(name) : mdf.channel(name, { group: Number(group) });
}

async function checkChannel(
  mdf: Mdf,
  channel: Channel,
  expected: ExpectedChannel,
  message: string,
): Promise<void> {
  if (expected.error) {
    const [type, part] = expected.error;
    const error = await assertRejects(() => mdf.read(channel));
    assertInstanceOf(error, type, message);
    assertStringIncludes(error.message, part, message);
    return;
  }
  const signal = await mdf.read(channel);
  if (expected.values) assertValues(signal.values, expected.values, message);
  if (expected.unit !== undefined) assertEquals(signal.unit ?? "", expected.unit, message);
  if (expected.shape) assertEquals(signal.shape, expected.shape, message);
  if (expected.timestamps) assertValues(signal.timestamps ?? [], expected.timestamps, message);
  const { valid } = signal;
  if (expected.valid) {
    assertEquals(Array.from(valid ?? [], Boolean), Array.from(expected.valid), message);
  } else assertEquals(valid, undefined, `${message}: all samples are valid`);
  if (expected.raw) {
    const { values } = await mdf.read(channel, { raw: true });
    assertValues(values, expected.raw, `${message}, raw`);
  }
  if (!expected.shape) await checkPart(mdf, channel, expected, message);
}

/** A window must hold the values that the whole has there. */
async function checkPart(
  mdf: Mdf,
  channel: Channel,
  { values, raw }: ExpectedChannel,
  message: string,
): Promise<void> {
  const all = values ?? raw;
  if (!all || all.length < 3) return;
  const from = Math.floor(all.length / 3);
  const to = Math.ceil((2 * all.length) / 3);
  const options: ReadChannelOptions = { records: [from, to], raw: values === undefined };
  const part = await mdf.read(channel, options);
  assertValues(
    part.values,
    Array.from(all).slice(from, to),
    `${message}, records ${from} to ${to}`,
  );
}

function assertValues(actual: unknown, expected: ArrayLike<unknown>, message: string): void {
  const values = Array.from(actual as Iterable<unknown>, comparable);
  assertEquals(values, Array.from(expected, comparable), message);
}

/** Numbers of any array type are the same numbers; so are bytes. The sign of a zero counts. */
function comparable(value: unknown): unknown {
  if (Object.is(value, -0)) return "-0";
  return ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
}
