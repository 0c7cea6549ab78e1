/**
 * What an index takes and saves, for one file: its bytes, how long the ways of opening take, and after
 * how many readings it has paid.
 *
 * @module
 */
import { median } from "simple-statistics";
import { Mdf, type MdfIndex } from "../../mod.ts";
import { expectSame } from "../check_signals.ts";

/** Names of what is read: one channel, some, and all. */
export const SELECTIONS = ["one channel", "five channels", "all channels"] as const;

/** Which of them. */
export type Selection = typeof SELECTIONS[number];

/** Milliseconds of reading a selection, from nothing open to the values. */
export interface ReadTimes {
  /** Without an index. */
  direct: number;
  /** With an index that is in memory. */
  warm: number;
  /** With an index that is read from its file. */
  cold: number;
  /** Readings after which making the index has paid; undefined where none would do. */
  breakEven?: number;
}

/** What was measured of one file; times are medians in milliseconds. */
export interface IndexFigures {
  name: string;
  /** Bytes of the file. */
  fileBytes: number;
  groups: number;
  channels: number;
  /** Bytes of the index as JSON. */
  indexBytes: number;
  /** Bytes of it behind gzip. */
  packedBytes: number;
  /** Opening the file, until it can be read. */
  open: number;
  /** The same by the index: reading its file, parsing, checking that it is not stale. */
  load: number;
  /** Opening the file and listing all groups. */
  list: number;
  /** The same by the index, which makes groups when they are asked for. */
  listByIndex: number;
  /** Opening, making the index and writing it. */
  build: number;
  reads: Partial<Record<Selection, ReadTimes>>;
}

/** A file to measure. */
export interface IndexedFile {
  name: string;
  path: string;
  /** Where the index is put. */
  indexPath: string;
  rounds: number;
  /** What is read, by name. */
  selections: Partial<Record<Selection, readonly string[]>>;
}

/** Collects garbage; there with --expose-gc. */
const collect = (globalThis as { gc?: () => void }).gc;

/** Measures all ways in turns, forwards and backwards, so that none is always after another. */
export async function measureIndex(
  { name, path, indexPath, rounds, selections }: IndexedFile,
  onRound: (done: number) => void = () => {},
): Promise<IndexFigures> {
  const index = await buildIndex(path, indexPath);
  // The file is read without waiting, as that of the measurement is.
  const loaded = (): MdfIndex => JSON.parse(Deno.readTextFileSync(indexPath));
  const list = async (opening: Promise<Mdf>) => {
    await using mdf = await opening;
    return mdf.groups.reduce((sum, { recordCount }) => sum + recordCount, 0);
  };
  const read = async (opening: Promise<Mdf>, names: readonly string[]) => {
    await using mdf = await opening;
    const signals = await mdf.readAll(names);
    return signals.map(({ values }) => [values.length, values.at(-1)]).join();
  };
  const cold = () => Mdf.fromIndex(loaded(), path);
  const opening = await measureOpening(rounds, () => Mdf.open(path), cold);
  const ways = new Map<string, () => Promise<unknown>>([
    ["list", () => list(Mdf.open(path))],
    ["list by index", () => list(cold())],
    ["build", async () => void await buildIndex(path, indexPath)],
  ]);
  for (const [selection, names] of Object.entries(selections)) {
    ways.set(`${selection}: direct`, () => read(Mdf.open(path), names));
    ways.set(`${selection}: warm`, () => read(Mdf.fromIndex(index, path), names));
    ways.set(`${selection}: cold`, () => read(cold(), names));
  }
  const times = new Map<string, number[]>();
  const results = new Map<string, unknown>();
  // The first round is not counted: code is compiled in it.
  for (let round = 0; round <= rounds; round++) {
    for (const way of round % 2 === 0 ? ways.keys() : [...ways.keys()].reverse()) {
      // Each way pays for its own garbage.
      collect?.();
      const started = performance.now();
      const result = await ways.get(way)!();
      const elapsed = performance.now() - started;
      const selection = way.split(": ")[0];
      const kind = way === "list by index" ? "list" : selection;
      if (results.has(kind)) expectSame(`what "${way}" gives`, result, results.get(kind));
      else results.set(kind, result);
      if (round === 0) continue;
      const known = times.get(way);
      if (known) known.push(elapsed);
      else times.set(way, [elapsed]);
    }
    onRound(round / rounds);
  }
  const typical = (way: string) => median(times.get(way)!);
  const build = typical("build");
  const reads: IndexFigures["reads"] = {};
  for (const selection of Object.keys(selections) as Selection[]) {
    const [direct, warm, cold] = ["direct", "warm", "cold"].map((way) =>
      typical(`${selection}: ${way}`)
    );
    const saved = direct - cold;
    const breakEven = saved > 0 ? Math.ceil(build / saved) : undefined;
    reads[selection] = { direct, warm, cold, breakEven };
  }
  const text = await Deno.readTextFile(indexPath);
  await using mdf = await Mdf.open(path);
  return {
    ...{ name, reads, build, ...opening },
    ...{ list: typical("list"), listByIndex: typical("list by index") },
    fileBytes: mdf.size,
    groups: mdf.groups.length,
    channels: mdf.groups.reduce((sum, { channels }) => sum + channels.length, 0),
    indexBytes: (await Deno.stat(indexPath)).size,
    packedBytes: await packedBytes(text),
  };
}

/**
 * Opens a file without and with its index, by turns. Nothing is collected on purpose in between, which
 * would take compiled code away that the next turn has to make again.
 */
async function measureOpening(
  rounds: number,
  open: () => Promise<Mdf>,
  load: () => Promise<Mdf>,
): Promise<{ open: number; load: number }> {
  const times = { open: [] as number[], load: [] as number[] };
  const ways = { open, load };
  for (let round = -rounds; round < 3 * rounds; round++) {
    for (const way of ["open", "load"] as const) {
      const started = performance.now();
      const mdf = await ways[way]();
      const elapsed = performance.now() - started;
      await mdf.close();
      // In the first rounds code is compiled.
      if (round >= 0) times[way].push(elapsed);
    }
  }
  return { open: median(times.open), load: median(times.load) };
}

async function buildIndex(path: string, indexPath: string): Promise<MdfIndex> {
  await using mdf = await Mdf.open(path);
  const index = mdf.toIndex();
  await Deno.writeTextFile(indexPath, JSON.stringify(index));
  return index;
}

async function packedBytes(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
