/**
 * Runs of the benchmark as they are kept, with times that are known.
 *
 * @module
 */
import {
  type BenchResults,
  describeMachine,
  type FileResult,
  type OperationResult,
  operationResult,
} from "../../bench/harness/results.ts";
import type { Metric } from "../../bench/operation.ts";

const ROUNDS = 12;

/** Times around `ms`, by round; the same every time. */
export function timesAround(ms: number, seed = 1): number[][] {
  return Array.from(
    { length: ROUNDS },
    (_, round) =>
      [0, 1, 2].map((i) => ms * (1 + (((round * 7 + i * 3 + seed * 5) % 11) - 5) / 200)),
  );
}

/** Names of operations with their times, in milliseconds per MB of the file. */
export const OPERATION_MS: Readonly<Record<string, number>> = {
  "bare read of the file": 0.1,
  "stream all channels": 0.3,
  "open": 0.02,
  "index build": 0.05,
  "direct, one channel": 0.4,
  "index warm, one channel": 0.3,
  "index cold, one channel": 0.35,
  "index warm, several": 0.5,
  "index cold, several": 0.6,
  "direct, all channels": 1.2,
};

/** Settings of {@link makeRun}. */
export interface RunParts {
  date?: string;
  sizes?: readonly [name: string, bytes: number][];
  /** Factor on the times of some operations. */
  slower?: Readonly<Record<string, number>>;
  metrics?: Readonly<Record<string, Metric>>;
}

/** A run. */
export function makeRun(parts: RunParts = {}): BenchResults {
  const sizes = parts.sizes ?? [["small", 1_000_000], ["medium", 10_000_000]];
  return {
    format: "mf4-bench",
    schema: 2,
    date: parts.date ?? "2025-06-07T08:09:10.000Z",
    seconds: 12.5,
    machine: describeMachine(),
    files: sizes.map(([size, bytes]): FileResult => ({
      ...{ size, bytes, path: `testdata/${size}.mf4`, sha256: "ab".repeat(32) },
      ...{ records: bytes / 100, channels: 20, indexBytes: 7000 },
    })),
    results: sizes.flatMap(([size, bytes]) =>
      Object.entries(OPERATION_MS).map(([name, ms]): OperationResult => {
        const values = name.includes("channel") || name.includes("several") ? bytes / 50 : 0;
        const place = {
          ...{ name, suite: name.startsWith("index ") ? "index reading" : "performance" },
          group: name.includes("one channel") ? "one channel" : "samples",
          samples: values > 0 || name.startsWith("bare"),
          baseline: name === "direct, one channel" || name.startsWith("bare"),
        };
        const scaled = ms * (bytes / 1e6) * (parts.slower?.[name] ?? 1);
        return operationResult({ ...place, suite: "performance" }, { size, bytes }, {
          rounds: timesAround(scaled, name.length),
          facts: [{ values, bytes: 8 * values, metrics: parts.metrics }],
          resources: {
            ...{ peakBytes: 60e6 + 1.5 * bytes, idleBytes: 60e6, cpuMs: scaled * 1.2 },
            ...{ collections: 3, method: "VmHWM of /proc/self/status" as const },
          },
        });
      })
    ),
  };
}
