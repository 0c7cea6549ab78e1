/**
 * What an index takes and what it gives: its bytes, as part of the file, by channel and by record; how
 * much sooner one channel, several, and all of them are there; and after how many openings making it
 * has paid.
 *
 * @module
 */
import { median } from "simple-statistics";
import { Mdf, type MdfIndex, type Signal } from "../../mod.ts";
import type { BenchFile } from "../bench_file.ts";
import { checkSignals, decodedOf } from "../check_signals.ts";
import { defineOperation, type Metric, type Operation } from "../operation.ts";
import {
  allNames,
  buildIndex,
  loadIndex,
  saveIndex,
  SEVERAL,
  SINGLE,
} from "../performance_operations.ts";

interface State {
  file: BenchFile;
  path: string;
  names: string[];
  index: MdfIndex;
  indexPath: string;
  indexBytes: number;
  /** Of all runs so far. */
  times: WayTimes;
}

/** Milliseconds of each way. */
interface Ways {
  build: number;
  direct: number;
  warm: number;
  cold: number;
}

type WayTimes = Record<keyof Ways, number[]>;

const TURNS = 6;

const SELECTIONS: { name: string; names(file: BenchFile): string[] }[] = [
  { name: "one channel", names: () => [SINGLE] },
  { name: "several", names: () => SEVERAL },
  { name: "all channels", names: allNames },
];

/** Goes through the ways in turns, forwards and backwards, so that none is always after another. */
async function runWays({ file, path, names, index, indexPath, times }: State): Promise<Signal[]> {
  let signals: Signal[] = [];
  const read = async (open: Promise<Mdf>) => {
    await using mdf = await open;
    signals = await mdf.readAll(names);
  };
  const ways: Record<keyof Ways, () => Promise<unknown>> = {
    build: async () => saveIndex(file, await buildIndex(path)),
    direct: () => read(Mdf.open(path)),
    warm: () => read(Mdf.fromIndex(index, path)),
    cold: () => read(loadIndex(indexPath).then((loaded) => Mdf.fromIndex(loaded, path))),
  };
  const order = Object.keys(ways) as (keyof Ways)[];
  for (let turn = 0; turn < TURNS; turn++) {
    for (const way of turn % 2 === 0 ? order : order.toReversed()) {
      const started = performance.now();
      await ways[way]();
      times[way].push(performance.now() - started);
    }
  }
  return signals;
}

/** What medians of all runs come to. */
export function indexMetrics(
  ways: Ways,
  indexBytes: number,
  { bytes, records, channels }: { bytes: number; records: number; channels: number },
): Record<string, Metric> {
  const { build, direct, warm, cold } = ways;
  const saved = direct - warm;
  const total = true;
  const metrics: Record<string, Metric> = {
    "index": { value: indexBytes / 1000, unit: "kB", total },
    "index, of file": { value: 100 * indexBytes / bytes, unit: "%", total },
    "index by channel": { value: indexBytes / channels, unit: "B", total },
    "index by record": { value: indexBytes / records, unit: "B", total },
    "speed-up, warm": { value: direct / warm, unit: "times", total },
    "speed-up, cold": { value: direct / cold, unit: "times", total },
    "made and saved in": { value: build, unit: "ms", total },
    "saved by each opening": { value: saved, unit: "ms", total },
  };
  // Where nothing is saved, no number of openings pays.
  if (saved > 0) {
    metrics["pays after openings"] = { value: Math.ceil(build / saved), unit: "", total };
  }
  return metrics;
}

/** The suite of index efficiency. */
export const SUITE: readonly Operation[] = SELECTIONS.map(({ name, names }) =>
  defineOperation<State, Signal[]>({
    name: `index efficiency, ${name}`,
    suite: "index efficiency",
    group: `index efficiency, ${name}`,
    baseline: true,
    samples: false,
    async setup(file) {
      const { path } = file.file;
      const index = await buildIndex(path);
      const indexPath = await saveIndex(file, index);
      const { size: indexBytes } = await Deno.stat(indexPath);
      const times: WayTimes = { build: [], direct: [], warm: [], cold: [] };
      return { file, path, names: names(file), index, indexPath, indexBytes, times };
    },
    run: runWays,
    check: (signals, file, state) => checkSignals(file, signals, state.names),
    decoded(signals, file) {
      const { values, bytes } = decodedOf(file, signals);
      // The last reading is checked; each turn has three of the same kind.
      return { values: 3 * TURNS * values, bytes: 3 * TURNS * bytes };
    },
    metrics(_, { file, channels }, { indexBytes, times }) {
      const { build, direct, warm, cold } = times;
      const ways = {
        ...{ build: median(build), direct: median(direct) },
        ...{ warm: median(warm), cold: median(cold) },
      };
      const { bytes, records } = file;
      return indexMetrics(ways, indexBytes, { bytes, records, channels: channels.length });
    },
  })
);
