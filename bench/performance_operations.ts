/**
 * Operations on a file as a whole: opening, reading, streaming, writing, and making its index.
 *
 * @module
 */
import { join } from "node:path";
import { type GroupOptions, Mdf, type MdfIndex, MdfWriter, type Signal } from "../mod.ts";
import type { Column } from "../scripts/generate/columns.ts";
import { bareRead } from "./bare_read.ts";
import { type BenchFile, MASTER } from "./bench_file.ts";
import { checkFingerprint, checkSignals, decodedOf, expectSame } from "./check_signals.ts";
import { type AnyValues, Fingerprint } from "./fingerprint.ts";
import { type Decoded, defineOperation, type Operation } from "./operation.ts";

/** The channel that is read by its name. */
export const SINGLE = "RPM";
/** Channels that are read together: integers with a conversion, and floats. */
export const SEVERAL = ["RPM", "Speed", "Temperature", "Throttle", "Torque"];
/** Name of the floor. */
export const BARE_READ = "bare read of the file";
/** Name of the operation that is held against the floor. */
export const STREAM_ALL = "stream all channels";

const NOTHING: Decoded = { values: 0, bytes: 0 };
const suite = "performance";

/** Names of all channels, the master first. */
export function allNames(file: BenchFile): string[] {
  return file.channels.map(({ name }) => name);
}

/** Checks what is known of the structure. */
export function checkStructure(file: BenchFile, mdf: Mdf): void {
  expectSame("the number of groups", mdf.groups.length, 1);
  expectSame("the number of records", mdf.groups[0].recordCount, file.file.records);
  const names = mdf.groups[0].channels.map((channel) => channel.name);
  expectSame("the list of channels", names.join(), allNames(file).join());
}

function reading(
  name: string,
  namesOf: (file: BenchFile) => string[],
  read: (mdf: Mdf) => Promise<Signal[]>,
): Operation {
  return defineOperation({
    name,
    suite,
    group: "samples",
    samples: true,
    setup: (file) => Mdf.open(file.file.path),
    run: read,
    check: (signals, file) => checkSignals(file, signals, namesOf(file)),
    decoded: (signals, file) => decodedOf(file, signals),
    teardown: (mdf) => mdf.close(),
  });
}

/** What a stream is held against: the last value of every channel in every batch. */
interface StreamState {
  mdf: Mdf;
  /** From the first check on. */
  lastValues?: unknown[];
}

interface StreamResult extends Decoded {
  records: number;
  lastValues: unknown[];
}

/** Streams once with every value checked; what it notes down serves to check the runs. */
async function checkStream(file: BenchFile, mdf: Mdf): Promise<unknown[]> {
  const fingerprints = file.channels.map(() => new Fingerprint());
  const lastValues: unknown[] = [];
  for await (const { signals } of mdf.stream()) {
    signals.forEach(({ values }, i) => {
      fingerprints[i].update(values as AnyValues);
      lastValues.push(values.at(-1));
    });
  }
  file.channels.forEach(({ name }, i) => checkFingerprint(file, name, fingerprints[i]));
  return lastValues;
}

const stream = defineOperation<StreamState, StreamResult>({
  name: STREAM_ALL,
  suite,
  group: "samples",
  samples: true,
  setup: async (file) => ({ mdf: await Mdf.open(file.file.path) }),
  async run({ mdf }) {
    const result: StreamResult = { records: 0, values: 0, bytes: 0, lastValues: [] };
    for await (const { recordCount, signals } of mdf.stream()) {
      result.records += recordCount;
      for (const { values } of signals) {
        result.values += values.length;
        result.lastValues.push(values.at(-1));
      }
    }
    return result;
  },
  async check(result, file, state) {
    const lastValues = state.lastValues ??= await checkStream(file, state.mdf);
    expectSame("the number of records", result.records, file.file.records);
    expectSame("the number of values", result.values, file.file.records * file.channels.length);
    expectSame("the number of last values", result.lastValues.length, lastValues.length);
    const wrong = lastValues.findIndex((value, i) => !Object.is(value, result.lastValues[i]));
    expectSame(`last value ${wrong}`, result.lastValues[wrong], lastValues[wrong]);
  },
  decoded: ({ records, values }, file) => ({
    values,
    bytes: records * file.channels.reduce((sum, { width }) => sum + width, 0),
  }),
  teardown: ({ mdf }) => mdf.close(),
});

interface WriteState {
  path: string;
  group: GroupOptions;
  pieces: Record<string, Column>[];
}

const write = defineOperation<WriteState, void>({
  name: "write",
  suite,
  group: "samples",
  samples: true,
  setup: (file) => ({
    path: join(file.scratch, `written_${file.file.bytes}.mf4`),
    group: { name: "Written", channels: file.channelOptions() },
    pieces: file.rawPieces(),
  }),
  async run({ path, group, pieces }) {
    await using writer = await MdfWriter.create(path);
    const handle = writer.addGroup(group);
    for (const piece of pieces) await handle.append(piece);
  },
  async check(_, file, { path }) {
    await using mdf = await Mdf.open(path);
    checkStructure(file, mdf);
    await checkStream(file, mdf);
  },
  decoded: (_, file) => ({
    values: file.file.records * file.channels.length,
    bytes: file.file.records * file.channels.reduce((sum, { rawWidth }) => sum + rawWidth, 0),
  }),
  teardown: ({ path }) => Deno.remove(path).catch(() => {}), // it may never have been written
});

/** Reads an index from a file. */
export async function loadIndex(path: string): Promise<MdfIndex> {
  return JSON.parse(await Deno.readTextFile(path));
}

/** Makes the index of a file. */
export async function buildIndex(path: string): Promise<MdfIndex> {
  await using mdf = await Mdf.open(path);
  return mdf.toIndex();
}

/** Puts the index of a file into the scratch folder, and gives its path. */
export async function saveIndex(file: BenchFile, index: MdfIndex): Promise<string> {
  const path = join(file.scratch, `index_${file.file.bytes}.json`);
  await Deno.writeTextFile(path, JSON.stringify(index));
  return path;
}

const structure = { suite, group: "structure", samples: false } as const;

/** All of them, the floor first. */
export const PERFORMANCE_OPERATIONS: readonly Operation[] = [
  defineOperation({
    name: BARE_READ,
    suite,
    group: "samples",
    baseline: true,
    samples: true,
    setup: (file) => file.file.path,
    run: bareRead,
    check: (bytes, file) => expectSame("the number of bytes", bytes, file.file.bytes),
    decoded: () => NOTHING,
  }),
  reading("read all channels", allNames, (mdf) => mdf.readAll()),
  reading("first channel", () => [MASTER], (mdf) => mdf.readAll([mdf.groups[0].channels[0]])),
  reading("single channel", () => [SINGLE], async (mdf) => [await mdf.read(SINGLE)]),
  reading("several channels", () => SEVERAL, (mdf) => mdf.readAll(SEVERAL)),
  stream,
  write,
  defineOperation({
    name: "open",
    ...structure,
    baseline: true,
    setup: (file) => file.file.path,
    async run(path) {
      await using mdf = await Mdf.open(path);
      return mdf;
    },
    check: (mdf, file) => checkStructure(file, mdf),
    decoded: () => NOTHING,
  }),
  defineOperation({
    name: "index build",
    ...structure,
    setup: (file) => file.file.path,
    run: buildIndex,
    async check(index, file) {
      await using mdf = await Mdf.fromIndex(index, file.file.path);
      checkStructure(file, mdf);
      checkSignals(file, [await mdf.read(SINGLE)], [SINGLE]);
    },
    decoded: () => NOTHING,
  }),
  defineOperation({
    name: "index save",
    ...structure,
    setup: async (file) => ({ file, index: await buildIndex(file.file.path) }),
    run: ({ file, index }) => saveIndex(file, index),
    async check(path, file) {
      await using mdf = await Mdf.fromIndex(await loadIndex(path), file.file.path);
      checkStructure(file, mdf);
      checkSignals(file, [await mdf.read(SINGLE)], [SINGLE]);
    },
    decoded: () => NOTHING,
  }),
  defineOperation({
    name: "index load",
    ...structure,
    setup: async (file) => ({
      indexPath: await saveIndex(file, await buildIndex(file.file.path)),
      path: file.file.path,
    }),
    async run({ indexPath, path }) {
      await using mdf = await Mdf.fromIndex(await loadIndex(indexPath), path);
      return mdf;
    },
    check: (mdf, file) => checkStructure(file, mdf),
    decoded: () => NOTHING,
  }),
];
