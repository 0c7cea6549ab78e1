/**
 * Reading by an index, cold and warm, and without one for comparison. All of them start with nothing
 * open and end with the values in memory.
 *
 * @module
 */
import { Mdf, type MdfIndex, type Signal } from "../mod.ts";
import type { BenchFile } from "./bench_file.ts";
import { checkSignals, decodedOf } from "./check_signals.ts";
import { defineOperation, type Operation } from "./operation.ts";
import {
  allNames,
  buildIndex,
  loadIndex,
  saveIndex,
  SEVERAL,
  SINGLE,
} from "./performance_operations.ts";

interface Selection {
  name: string;
  names(file: BenchFile): string[];
  read(mdf: Mdf): Promise<Signal[]>;
}

interface Way {
  name: string;
  baseline?: boolean;
  open(state: IndexState): Promise<Mdf>;
}

interface IndexState {
  path: string;
  index: MdfIndex;
  indexPath: string;
}

const SELECTIONS: Selection[] = [
  { name: "one channel", names: () => [SINGLE], read: async (mdf) => [await mdf.read(SINGLE)] },
  { name: "several", names: () => SEVERAL, read: (mdf) => mdf.readAll(SEVERAL) },
  { name: "all channels", names: allNames, read: (mdf) => mdf.readAll() },
];

const WAYS: Way[] = [
  { name: "direct", baseline: true, open: ({ path }) => Mdf.open(path) },
  { name: "index warm", open: ({ index, path }) => Mdf.fromIndex(index, path) },
  {
    name: "index cold",
    open: async ({ indexPath, path }) => Mdf.fromIndex(await loadIndex(indexPath), path),
  },
];

/** Every selection read in every way. */
export const INDEX_OPERATIONS: readonly Operation[] = SELECTIONS.flatMap((selection) =>
  WAYS.map((way) =>
    defineOperation<IndexState, Signal[]>({
      name: `${way.name}, ${selection.name}`,
      suite: "index reading",
      group: selection.name,
      baseline: way.baseline,
      samples: true,
      async setup(file) {
        const index = await buildIndex(file.file.path);
        return { path: file.file.path, index, indexPath: await saveIndex(file, index) };
      },
      async run(state) {
        await using mdf = await way.open(state);
        return await selection.read(mdf);
      },
      check: (signals, file) => checkSignals(file, signals, selection.names(file)),
      decoded: (signals, file) => decodedOf(file, signals),
    })
  )
);
