/**
 * Memory patterns: whether opening and reading again and again makes a process grow, and how much one
 * of each takes. `deno task bench:leak` goes on for longer, with each kind of source.
 *
 * @module
 */
import { blobSource, bytesSource, fileSource, Mdf, type MdfInput } from "../../mod.ts";
import { expectSame } from "../check_signals.ts";
import { residentMemory } from "../harness/process_memory.ts";
import { type Decoded, defineOperation, type Operation } from "../operation.ts";
import { SINGLE } from "../performance_operations.ts";
import type { BenchFile } from "../bench_file.ts";

const NOTHING: Decoded = { values: 0, bytes: 0 };
/** Rounds of one run. */
const CYCLES = 20;

const INPUTS: Readonly<Record<string, (file: BenchFile) => Promise<() => MdfInput>>> = {
  "a file": ({ file }) => Promise.resolve(() => fileSource(file.path)),
  "bytes in memory": async ({ file }) => {
    const bytes = await Deno.readFile(file.path);
    return () => bytesSource(bytes);
  },
  "a Blob": async ({ file }) => {
    const blob = new Blob([await Deno.readFile(file.path)]);
    return () => blobSource(blob);
  },
};

/** The memory suite. */
export const SUITE: readonly Operation[] = Object.entries(INPUTS).map(([name, inputOf], i) =>
  defineOperation<() => MdfInput, { count: number; growth: number }>({
    name: `${name}: open, read, close ${CYCLES} times`,
    suite: "memory",
    group: "repeated",
    baseline: i === 0,
    samples: false,
    setup: inputOf,
    async run(input) {
      const before = residentMemory();
      let count = 0;
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await using mdf = await Mdf.open(input());
        count += (await mdf.read(SINGLE)).values.length;
      }
      return { count, growth: residentMemory() - before };
    },
    check: ({ count }, { file }) =>
      expectSame("the number of values", count, CYCLES * file.records),
    decoded: () => NOTHING,
    metrics: ({ growth }) => ({ growth: { value: growth / 1e6, unit: "MB" } }),
  })
);
