/**
 * The values of every channel, by the index and without it.
 *
 * @module
 */
import { type Channel, isMdfError, Mdf, type MdfIndex, type Signal } from "../../mod.ts";

/** A channel that is not the same. */
export interface Difference {
  group: number;
  channel: string;
  reason: string;
}

/** What comparing has shown. */
export interface ValueReport {
  channels: number;
  samples: number;
  /** Channels that cannot be read, for the same reason both ways. */
  unreadable: number;
  different: Difference[];
}

/** Records that are held at a time. */
const RECORDS = 1 << 16;

/** Reads all of a file by an index and without it, and compares every value. */
export async function compareValues(file: string, index: MdfIndex): Promise<ValueReport> {
  await using direct = await Mdf.open(file, { damaged: "skip" });
  await using indexed = await Mdf.fromIndex(index, file);
  const report: ValueReport = { channels: 0, samples: 0, unreadable: 0, different: [] };
  if (direct.groups.length !== indexed.groups.length) {
    const reason =
      `the file has ${direct.groups.length} groups, the index ${indexed.groups.length}`;
    report.different.push({ group: 0, channel: "", reason });
    return report;
  }
  for (const [g, group] of direct.groups.entries()) {
    for (const [i, channel] of group.channels.entries()) {
      report.channels++;
      const other: Channel | undefined = indexed.groups[g].channels[i];
      const reason = other
        ? await difference(direct, channel, indexed, other, report)
        : "the index does not have it";
      if (reason) report.different.push({ group: g, channel: channel.path, reason });
    }
  }
  return report;
}

async function difference(
  direct: Mdf,
  channel: Channel,
  indexed: Mdf,
  other: Channel,
  report: ValueReport,
): Promise<string | undefined> {
  if (channel.path !== other.path) return `the index calls it ${other.path}`;
  if (channel.unit !== other.unit) return `unit ${channel.unit}, by the index ${other.unit}`;
  // Reading corrects counts that are wrong in the file.
  for (let first = 0; first === 0 || first < channel.group.recordCount; first += RECORDS) {
    const records: [number, number] = [first, first + RECORDS];
    const [a, b] = [
      await readOrError(direct, channel, records),
      await readOrError(indexed, other, records),
    ];
    if (typeof a === "string" || typeof b === "string") {
      if (a !== b) return `${errorOf(a)}, by the index ${errorOf(b)}`;
      report.unreadable++;
      return undefined;
    }
    report.samples += a.values.length;
    const reason = differentSignals(a, b, first);
    if (reason) return reason;
  }
}

function errorOf(read: Signal | string): string {
  return typeof read === "string" ? read : "values";
}

async function readOrError(
  mdf: Mdf,
  channel: Channel,
  records: [number, number],
): Promise<Signal | string> {
  try {
    return await mdf.read(channel, { records });
  } catch (error) {
    if (isMdfError(error)) return `${error.code}: ${error.reason}`;
    throw error;
  }
}

function differentSignals(a: Signal, b: Signal, first: number): string | undefined {
  const lists = [
    ["values", a.values, b.values],
    ["times", a.timestamps, b.timestamps],
    ["invalidation bits", a.valid, b.valid],
  ] as const;
  for (const [what, one, two] of lists) {
    if (one === undefined && two === undefined) continue;
    if (one?.length !== two?.length) {
      return `${one?.length ?? 0} ${what}, by the index ${two?.length ?? 0}`;
    }
    for (let i = 0; i < one!.length; i++) {
      if (!same(one!.at(i), two!.at(i))) {
        return `${what} differ from the one at ${first + i} on`;
      }
    }
  }
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  return a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length &&
    a.every((byte, i) => byte === b[i]);
}
