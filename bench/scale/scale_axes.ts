/**
 * What costs are measured against: sizes of many kinds, and the operations whose cost may grow with
 * them.
 *
 * @module
 */
import { Mdf, type Signal } from "../../mod.ts";
import { bareRead } from "../bare_read.ts";
import { expectSame } from "../check_signals.ts";
import { canLog, expectedFrames } from "../engine/can_log.ts";
import { ensureFormulaFile, TEXTS } from "../engine/formula_file.ts";
import { channelName, type ScaleFile, valueAt, writeScaleFile } from "./scale_files.ts";

/** An operation whose cost is measured. */
export interface ScaleOperation {
  name: string;
  /** It is what the machine itself takes, not this project; the others are held against it. */
  floor?: boolean;
  /** What is measured; gives what {@link check} looks at. */
  run(path: string): Promise<unknown>;
  /** Throws unless the result is what a file of that size gives. */
  check(result: unknown, size: number): void;
}

/** A size that is changed while all else stays. */
export interface ScaleAxis {
  /** As the command line calls it. */
  id: string;
  title: string;
  /** What a size counts. */
  unit: string;
  sizes: readonly number[];
  /** Writes the file of a size into a folder, and gives its path. */
  make(folder: string, size: number): Promise<string>;
  operations: readonly ScaleOperation[];
}

const FLOATS = 10;
const RECORD_BYTES = 8 * (FLOATS + 1);
const FEW_RECORDS = 8;
const GROUP_CHANNELS = 5;
const PAGE_VALUES = 512;
const RECORDS_OF_SIZES = 5000;
const FRAGMENTED_RECORDS = 100_000;

type Facts = (size: number) => ScaleFile;

const recordsOf = (megabytes: number) => Math.round(megabytes * 1e6 / RECORD_BYTES);

/** Checks count, first and last value of what was read. */
function checkSignals(signals: readonly Signal[], { channels, groups, records }: ScaleFile): void {
  expectSame("the number of signals", signals.length, groups * (channels + 1));
  for (const { channel: { name }, values } of [signals[1], signals.at(-1)!]) {
    checkSignal(name, values as Float64Array, records);
  }
}

function checkSignal(name: string, values: Float64Array, records: number): void {
  expectSame(`the number of values of "${name}"`, values.length, records);
  const channel = Number(name.slice(channelName(0).length - 1));
  for (const record of [0, records - 1]) {
    expectSame(`value ${record} of "${name}"`, values[record], valueAt(channel, record));
  }
}

const open = (facts: Facts): ScaleOperation => ({
  name: "open",
  async run(path) {
    await using mdf = await Mdf.open(path);
    return mdf.groups.length;
  },
  check: (count, size) => expectSame("the number of groups", count, facts(size).groups),
});

const listNames = (facts: Facts): ScaleOperation => ({
  name: "open and list every name",
  async run(path) {
    await using mdf = await Mdf.open(path);
    let count = 0, letters = 0;
    for (const { channels } of mdf.groups) {
      for (const { name } of channels) {
        count++;
        letters += name.length;
      }
    }
    return letters > 0 ? count : 0;
  },
  check(count, size) {
    const { groups, channels } = facts(size);
    expectSame("the number of names", count, groups * (channels + 1));
  },
});

const readAll = (facts: Facts): ScaleOperation => ({
  name: "open and read all",
  async run(path) {
    await using mdf = await Mdf.open(path);
    return await mdf.readAll();
  },
  check: (signals, size) => checkSignals(signals as Signal[], facts(size)),
});

const readOne = (facts: Facts): ScaleOperation => ({
  name: "open and read one",
  async run(path) {
    await using mdf = await Mdf.open(path);
    return await mdf.read(channelName(1));
  },
  check: (signal, size) =>
    checkSignal(channelName(1), (signal as Signal).values as Float64Array, facts(size).records),
});

const stream = (facts: Facts): ScaleOperation => ({
  name: "open and stream all",
  async run(path) {
    await using mdf = await Mdf.open(path);
    let records = 0, last = NaN;
    for await (const batch of mdf.stream()) {
      records += batch.recordCount;
      last = batch.signals[1].values.at(-1) as number;
    }
    return { records, last };
  },
  check(result, size) {
    const { records: wanted } = facts(size);
    const { records, last } = result as { records: number; last: number };
    expectSame("the number of records", records, wanted);
    expectSame("the last value", last, valueAt(0, wanted - 1));
  },
});

/** What the machine itself takes: reading the bytes. */
const bare = (facts: Facts): ScaleOperation => ({
  name: "bare read",
  floor: true,
  run: (path) => Promise.resolve(bareRead(path)),
  check(bytes, size) {
    const least = facts(size).records * RECORD_BYTES;
    expectSame("reading all bytes", bytes as number >= least, true);
  },
});

/** The same for the memory of the result: getting it, and touching every page. */
const fresh = (facts: Facts): ScaleOperation => ({
  name: "new memory, touched",
  floor: true,
  async run(path) {
    const { size } = await Deno.stat(path);
    const arrays = Array.from(
      { length: FLOATS + 1 },
      () => new Float64Array(Math.floor(size / RECORD_BYTES)),
    );
    for (const array of arrays) {
      for (let i = 0; i < array.length; i += PAGE_VALUES) array[i] = 1;
    }
    return arrays;
  },
  check(arrays, size) {
    const [{ length }] = arrays as Float64Array[];
    expectSame("memory for all records", length >= facts(size).records, true);
  },
});

function axis(
  { id, title, unit, sizes }: Pick<ScaleAxis, "id" | "title" | "unit" | "sizes">,
  facts: Facts,
  operations: readonly ((facts: Facts) => ScaleOperation)[],
): ScaleAxis {
  return {
    ...{ id, title, unit, sizes },
    async make(folder, size) {
      const path = `${folder}/scale_${id}_${size}.mf4`;
      await writeScaleFile(path, facts(size));
      return path;
    },
    operations: operations.map((operation) => operation(facts)),
  };
}

// Below, files and results fit into caches of the processor, and the step out of them looks like growth.
const MEGABYTES = [8, 16, 32, 64, 128];
const oneGroup = (records: number): ScaleFile => ({ groups: 1, channels: FLOATS, records });

/** Every axis. */
export const SCALE_AXES: readonly ScaleAxis[] = [
  axis(
    { id: "size", title: "file size", unit: "MB", sizes: MEGABYTES },
    (size) => oneGroup(recordsOf(size)),
    [bare, fresh, stream, readAll, readOne],
  ),
  axis(
    { id: "deflate", title: "deflated data", unit: "MB", sizes: MEGABYTES },
    (size) => ({ ...oneGroup(recordsOf(size)), options: { compression: "deflate" } }),
    [readAll, readOne],
  ),
  axis(
    { id: "transpose", title: "transposed data", unit: "MB", sizes: MEGABYTES },
    (size) => ({ ...oneGroup(recordsOf(size)), options: { compression: "transpose" } }),
    [readAll, readOne],
  ),
  axis(
    {
      ...{ id: "channels", title: "channels of a group", unit: "channels" },
      sizes: [1000, 3000, 10_000, 30_000, 100_000],
    },
    (size) => ({ groups: 1, channels: size, records: FEW_RECORDS }),
    [open, listNames, stream, readAll, readOne],
  ),
  axis(
    {
      ...{ id: "groups", title: "channel groups", unit: "groups" },
      sizes: [100, 300, 1000, 3000, 10_000],
    },
    (size) => ({ groups: size, channels: GROUP_CHANNELS, records: FEW_RECORDS }),
    [open, listNames, readAll],
  ),
  axis(
    {
      ...{ id: "record", title: "record size", unit: "values" },
      sizes: [10, 30, 100, 300, 1000],
    },
    (size) => ({ groups: 1, channels: size, records: RECORDS_OF_SIZES }),
    [stream, readAll, readOne],
  ),
  axis(
    {
      ...{ id: "fragments", title: "fragments of the same data", unit: "blocks" },
      sizes: [10, 100, 1000, 10_000, 100_000],
    },
    (size) => ({
      ...oneGroup(FRAGMENTED_RECORDS),
      options: { blockBytes: Math.ceil(FRAGMENTED_RECORDS / size) * RECORD_BYTES },
    }),
    [open, stream, readAll, readOne],
  ),
  {
    ...{ id: "texts", title: "texts of variable length", unit: "texts" },
    sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000],
    make: async (directory, records) =>
      (await ensureFormulaFile(TEXTS, { records, directory })).file.path,
    operations: [{
      name: "open, read and make each",
      async run(path) {
        await using mdf = await Mdf.open(path);
        const { values } = await mdf.read(TEXTS.channels[0]);
        let count = 0, last: unknown;
        for (last of values as Iterable<string>) count++;
        return { count, last };
      },
      check(result, size) {
        const { count, last } = result as { count: number; last: string };
        expectSame("the number of texts", count, size);
        expectSame("the last text", last, TEXTS.values(0, size - 1, 1)[0]);
      },
    }],
  },
  {
    ...{ id: "log", title: "frames of an unfinalized, unsorted log", unit: "frames" },
    sizes: [5000, 10_000, 20_000, 40_000, 80_000, 160_000],
    async make(folder, frames) {
      const path = `${folder}/scale_log_${frames}.mf4`;
      await Deno.writeFile(path, canLog(frames));
      return path;
    },
    operations: [{
      name: "open and read all",
      async run(path) {
        await using mdf = await Mdf.open(path);
        return await mdf.readAll();
      },
      check(result, size) {
        const signals = result as Signal[];
        const known = expectedFrames(1);
        for (const { channel: { name }, values } of signals.slice(0, 3)) {
          expectSame(`the number of values of "${name}"`, values.length, size);
          if (name in known) {
            expectSame(`the first value of "${name}"`, String(values.at(0)), known[name][0]);
          }
        }
      },
    }],
  },
];
