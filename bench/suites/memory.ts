/**
 * Memory patterns: what opening and reading again and again leaves behind, what reading in other ways
 * takes, and what is left of a file once it is closed. `deno task bench:leak` goes on for longer and
 * fails when a process grows.
 *
 * @module
 */
import { blobSource, bytesSource, fileSource, Mdf, type MdfInput } from "../../mod.ts";
import { expectSame } from "../check_signals.ts";
import { defineOperation, type Metric, type Operation } from "../operation.ts";
import { SINGLE } from "../performance_operations.ts";
import type { BenchFile } from "../bench_file.ts";
import { serveFile } from "./local_server.ts";

const suite = "memory";
/** Openings of one run. */
const CYCLES = 10;

interface Input {
  open(): MdfInput;
  close?(): Promise<void>;
}

const INPUTS: Readonly<Record<string, (file: BenchFile) => Promise<Input>>> = {
  "a file": ({ file }) => Promise.resolve({ open: () => fileSource(file.path) }),
  "over HTTP": async ({ file }) => {
    const server = serveFile(await Deno.readFile(file.path));
    return { open: () => server.url, close: () => server.close() };
  },
  "a Blob": async ({ file }) => {
    const blob = new Blob([await Deno.readFile(file.path)]);
    return { open: () => blobSource(blob) };
  },
  "bytes in memory": async ({ file }) => {
    const bytes = await Deno.readFile(file.path);
    return { open: () => bytesSource(bytes) };
  },
};

interface InputState extends Input {
  /** Bytes in use after the run before. */
  last?: number;
}

/**
 * Bytes of everything that is still referred to; of garbage as well where it cannot be collected. Only
 * checks call it: a collection is never part of a run.
 */
function usedBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

const REPEATED = Object.entries(INPUTS).map(([name, inputOf], i): Operation =>
  defineOperation<InputState, number>({
    name: `open, read, close ${CYCLES} times: ${name}`,
    ...{ suite, group: "again and again", baseline: i === 0, samples: false },
    setup: inputOf,
    async run({ open }) {
      let count = 0;
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await using mdf = await Mdf.open(open());
        count += (await mdf.read(SINGLE)).values.length;
      }
      return count;
    },
    check: (count, { file }) => expectSame("the number of values", count, CYCLES * file.records),
    decoded: (count) => ({ values: count, bytes: 8 * count }),
    metrics(_, __, state) {
      const bytes = usedBytes();
      const metrics: Record<string, Metric> = { "in use": { value: bytes / 1e6, unit: "MB" } };
      if (state.last !== undefined) {
        const growth = (bytes - state.last) / CYCLES;
        metrics["growth by opening"] = { value: growth / 1000, unit: "kB" };
      }
      state.last = bytes;
      return metrics;
    },
    teardown: async ({ close }) => await close?.(),
  })
);

interface Held {
  count: number;
  /** What a user has in hand at the end. */
  hand?: { mdf: Mdf; kept?: unknown };
  /** Bytes in use with it, and when it is closed and let go, more than after the run before. */
  held: number;
  left: number;
}

const WAYS: Record<string, (mdf: Mdf) => Promise<{ count: number; kept?: unknown }>> = {
  "read all channels at once": async (mdf) => {
    const kept = await mdf.readAll();
    return { count: kept.reduce((sum, { values }) => sum + values.length, 0), kept };
  },
  "one channel after the other": async (mdf) => {
    let count = 0;
    for (const channel of mdf.groups[0].channels) count += (await mdf.read(channel)).values.length;
    return { count };
  },
  "stream all channels": async (mdf) => {
    let count = 0;
    for await (const { signals } of mdf.stream()) {
      for (const { values } of signals) count += values.length;
    }
    return { count };
  },
};

const PATTERNS = Object.entries(WAYS).map(([name, read], i): Operation =>
  defineOperation<{ path: string; last: number }, Held>({
    name: `what is held: ${name}`,
    ...{ suite, group: "what is held", baseline: i === 0, samples: false },
    setup: ({ file }) => ({ path: file.path, last: usedBytes() }),
    async run({ path }) {
      const mdf = await Mdf.open(path);
      const { count, kept } = await read(mdf);
      return { count, hand: { mdf, kept }, held: 0, left: 0 };
    },
    async check(result, { file, channels }, state) {
      expectSame("the number of values", result.count, file.records * channels.length);
      result.held = usedBytes() - state.last;
      await result.hand?.mdf.close();
      result.hand = undefined;
      const left = usedBytes();
      result.left = left - state.last;
      state.last = left;
    },
    decoded: ({ count }) => ({ values: count, bytes: 8 * count }),
    metrics: ({ held, left }) => ({
      "held at the end": { value: held / 1e6, unit: "MB" },
      "left when closed": { value: left / 1e6, unit: "MB" },
    }),
  })
);

/** The memory suite. */
export const SUITE: readonly Operation[] = [...REPEATED, ...PATTERNS];
