/**
 * Arrays whose elements have records of their own, read element by element.
 *
 * @module
 */
import { elementFinder } from "../decode/element_feed.ts";
import { openFeed } from "../decode/open_feed.ts";
import { makeRun, type RecordRun } from "../decode/record_feed.ts";
import { RecordSplitter } from "../decode/split_records.ts";
import { CorruptFileError, UsageError } from "../errors.ts";
import { splitArray } from "../plan/array_layout.ts";
import { recordBytes } from "../plan/column_layout.ts";
import { elementMeasurement, elementRecordCounts } from "../plan/element_records.ts";
import { ARRAY_STORAGE } from "../structure/format_codes.ts";
import type { ArrayModel } from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import type { Channel } from "./channel.ts";
import { asTimes, type Column, type ColumnContext } from "./column.ts";
import { openColumn } from "./open_column.ts";
import type { Signal } from "./signal.ts";
import { openValidity, type ValidityColumn } from "./validity_column.ts";

/** The values of one element of an array. */
export interface ElementSignal extends Signal {
  /** Where the element is in the array: its index in each dimension. */
  readonly element: readonly number[];
}

/** Options of reading elements. */
export interface ReadElementsOptions {
  /** Give the values as stored, without conversion. */
  raw?: boolean;
  /** Only the records `[from, to)` of each element; what lies outside is left out. */
  records?: readonly [from: number, to: number];
  /** Cancels reading. */
  signal?: AbortSignal;
}

/** One element being read. */
interface OpenElement {
  readonly first: number;
  readonly end: number;
  readonly column: Column;
  readonly validity: ValidityColumn | undefined;
  readonly times: Column | undefined;
}

/** Bytes of one element that are collected before its values are taken out. */
const PART_BYTES = 4096;

/** Reads all elements, in row-major order of the array. */
export async function readElements(
  channel: Channel,
  context: ColumnContext,
  options: ReadElementsOptions,
): Promise<ElementSignal[]> {
  const place = { file: context.source.name, block: "CN", offset: channel.model.offset };
  if (channel.model.problem) throw problemError(channel.model.problem, place.file);
  const array = splitArray(channel.model.arrays);
  if (!array) {
    throw new UsageError(
      `channel "${channel.name}" is no array whose elements have records of their own; read() gives ` +
        "all of its values",
      place,
    );
  }
  const [from, to] = options.records ?? [0, Infinity];
  if (!Number.isInteger(from) || Number.isNaN(to) || from < 0 || to < from) {
    throw new UsageError(
      `records must be [from, to) with whole numbers 0 <= from <= to, not [${from}, ${to}]`,
      place,
    );
  }
  const { master } = channel.group;
  const elements = elementRecordCounts(context.measurement, channel.group.model, array, place.file)
    .map((count) => openElement(channel, context, Math.min(from, count), Math.min(to, count)));
  if (array.storage === ARRAY_STORAGE.channelGroups) {
    await readMixed(channel, context, elements);
  } else {
    await readSeparate(channel, context, array, elements);
  }
  const shared = master && master.group !== channel.group
    ? await sharedTimes(master, channel, context, elements)
    : undefined;
  const signals: ElementSignal[] = [];
  for (const [k, { column, validity, times, first, end }] of elements.entries()) {
    const count = end - first;
    await column.finish?.(count);
    const values = column.values(count);
    const timestamps = times ? asTimes(times, count) : shared?.subarray(first, end);
    const valid = validity?.values(count);
    const shape = [count, ...column.dimensions ?? []];
    const element = elementIndexes(k, array.dimensions);
    const signal = { channel, element, values, timestamps, unit: channel.unit, shape };
    signals.push(valid ? { ...signal, valid } : signal);
  }
  return signals;
}

function openElement(
  channel: Channel,
  context: ColumnContext,
  first: number,
  end: number,
): OpenElement {
  const inner = channel.model.arrays!.slice(1);
  const { master } = channel.group;
  const count = end - first;
  return {
    first,
    end,
    column: openColumn(channel, context, count, inner),
    validity: openValidity(channel, context, count, inner),
    times: master?.group === channel.group
      ? openColumn(master, { ...context, raw: false }, count)
      : undefined,
  };
}

function take({ column, validity, times, first }: OpenElement, run: RecordRun): void {
  const at = run.first - first;
  column.take(run, at);
  validity?.take(run, at);
  times?.take(run, at);
}

/** Elements that each have data of their own. */
async function readSeparate(
  channel: Channel,
  context: ColumnContext,
  array: ArrayModel,
  elements: readonly OpenElement[],
): Promise<void> {
  const { source, measurement } = context;
  for (const [k, element] of elements.entries()) {
    const { first, end } = element;
    if (first === end) continue;
    const alone = elementMeasurement(measurement, channel.group.model, array.elementData![k], end);
    const feed = await openFeed(source, alone.measurement, alone.group, end - first, context);
    for (let at = first; at < end; at += feed.run.count) {
      await feed.fill(at, Math.min(feed.capacity, end - at));
      take(element, feed.run);
    }
  }
}

/** Elements whose records are mixed: one walk brings them all. */
async function readMixed(
  channel: Channel,
  context: ColumnContext,
  elements: readonly OpenElement[],
): Promise<void> {
  const { source, measurement } = context;
  const group = channel.group.model;
  const { recordIdBytes } = measurement.dataGroups[group.dataGroup];
  const stride = recordBytes(group, measurement.dataGroups[group.dataGroup]);
  const room = Math.max(1, Math.floor(PART_BYTES / stride));
  const parts = elements.map(({ first, end }) => ({
    run: makeRun(Math.min(room, end - first), stride),
    next: 0,
  }));
  const flush = (k: number) => {
    const { run } = parts[k];
    if (run.count === 0) return;
    take(elements[k], run);
    run.count = 0;
  };
  const splitter = new RecordSplitter(source, measurement, group.dataGroup, context);
  const elementOf = elementFinder(splitter, measurement, group, elements.length);
  await splitter.walk((kind, bytes, at, length) => {
    const k = elementOf(kind);
    if (k < 0) return false;
    const part = parts[k];
    const number = part.next++;
    if (number < elements[k].first || number >= elements[k].end) return false;
    const { run } = part;
    if (run.count === 0) run.first = number;
    run.bytes.set(
      bytes.subarray(at - recordIdBytes, at + length),
      run.count * stride,
    );
    if (++run.count * stride === run.bytes.length) flush(k);
    return false;
  });
  for (const [k, { next }] of parts.entries()) {
    flush(k);
    if (next >= elements[k].end) continue;
    throw new CorruptFileError(
      `element ${k} of the array "${channel.name}" has ${next} records in the data and ` +
        `${elements[k].end} were expected`,
      { file: source.name, block: "CN", offset: channel.model.offset },
    );
  }
}

/** The times of another group, whose record i is that of record i of every element. */
async function sharedTimes(
  master: Channel,
  channel: Channel,
  context: ColumnContext,
  elements: readonly OpenElement[],
): Promise<Float64Array> {
  const { source, measurement } = context;
  const count = elements.reduce((most, { end }) => Math.max(most, end), 0);
  if (master.group.recordCount < count) {
    throw new CorruptFileError(
      `the elements of "${channel.name}" have up to ${count} records, and their master ` +
        `"${master.name}" only ${master.group.recordCount}`,
      { file: source.name, block: "CN", offset: channel.model.offset },
    );
  }
  const column = openColumn(master, { ...context, raw: false }, count);
  if (count === 0) return asTimes(column, 0);
  const feed = await openFeed(source, measurement, master.group.model, count, context);
  for (let at = 0; at < count; at += feed.run.count) {
    await feed.fill(at, Math.min(feed.capacity, count - at));
    column.take(feed.run, at);
  }
  return asTimes(column, count);
}

/** Index in each dimension of the element number `k` in row-major order. */
function elementIndexes(k: number, dimensions: readonly number[]): number[] {
  const indexes: number[] = [];
  let rest = k;
  for (const size of dimensions.toReversed()) {
    indexes.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return indexes;
}
