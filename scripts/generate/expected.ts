/**
 * What a reader of a generated file must find, worked out without the file.
 *
 * @module
 */
import {
  CHUNK_RECORDS,
  type Column,
  ColumnPool,
  type ColumnSource,
  masterSource,
  type NumberColumn,
  signalSource,
} from "./columns.ts";
import { type DataOptions, MASTER_NAME, planData } from "./data_plan.ts";
import type { Signal } from "./pattern.ts";

/** The values of one channel. */
export interface ExpectedColumn {
  /** Channel name. */
  name: string;
  /** Empty when the channel has none. */
  unit: string;
  /** Values as they are stored. */
  raw: Column;
  /** Values after the conversion; the same as `raw` when there is none. */
  values: Column;
}

/**
 * The columns of a channel group, its master first, for records `[firstRecord, firstRecord + count)`.
 * They do not depend on how long the file is: only `options` decides them.
 *
 * @throws {RangeError} If the options are not valid or the group does not exist.
 */
export function expectedColumns(
  options: DataOptions,
  groupIndex: number,
  firstRecord: number,
  count: number,
): ExpectedColumn[] {
  const plan = planData(options);
  const group = plan.groups[groupIndex];
  if (!group) throw new RangeError(`there is no group ${groupIndex}, only ${plan.groups.length}`);
  const pool = new ColumnPool();
  const time = collect(masterSource(group.sampleRate, pool), firstRecord, count);
  const columns: ExpectedColumn[] = [{ name: MASTER_NAME, unit: "s", raw: time, values: time }];
  group.signals.forEach((planned, place) => {
    const source = signalSource(planned, group.sampleRate, plan.seed, place, pool);
    const raw = collect(source, firstRecord, count);
    const values = convert(raw, planned.signal);
    columns.push({ name: planned.name, unit: planned.signal.unit ?? "", raw, values });
  });
  return columns;
}

function collect(source: ColumnSource, first: number, count: number): Column {
  const head = source(first, Math.min(count, CHUNK_RECORDS));
  const all: Column = Array.isArray(head)
    ? []
    : new (head.constructor as new (length: number) => NumberColumn)(count);
  for (let at = 0; at < count; at += CHUNK_RECORDS) {
    const part = at === 0 ? head : source(first + at, Math.min(count - at, CHUNK_RECORDS));
    if (Array.isArray(all)) all.push(...part as string[]);
    // The parts of a column have one element type, which TypeScript cannot follow here.
    else all.set(part as never, at);
  }
  return all;
}

function convert(raw: Column, signal: Signal): Column {
  if (signal.type === "string" || signal.conversion === undefined) return raw;
  const { conversion } = signal;
  const numbers = raw as ArrayLike<number | bigint>;
  if (conversion.kind === "linear") {
    return Float64Array.from(
      numbers,
      (value) => conversion.offset + conversion.factor * Number(value),
    );
  }
  const names = new Map(conversion.keys.map((key, i) => [key, conversion.texts[i]]));
  return Array.from(numbers, (value) => names.get(Number(value)) ?? conversion.default ?? "");
}
