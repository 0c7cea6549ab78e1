/**
 * Reading over HTTP from this machine: requests, bytes, and time to the first value, with and without
 * the latency of a network.
 *
 * @module
 */
import { Mdf, type MdfIndex } from "../../mod.ts";
import { checkSignals, decodedOf } from "../check_signals.ts";
import { defineOperation, type Operation } from "../operation.ts";
import { allNames, SEVERAL, SINGLE } from "../performance_operations.ts";
import type { BenchFile } from "../bench_file.ts";
import type { Signal } from "../../mod.ts";
import { type LocalServer, serveFile } from "./local_server.ts";

interface RemoteState {
  server: LocalServer;
  index: MdfIndex;
}

interface RemoteResult {
  signals: Signal[];
  requests: number;
  bytes: number;
  /** Milliseconds until the first batch of a stream was there. */
  firstValueMs: number;
}

interface Way {
  name: string;
  names(file: BenchFile): readonly string[];
  latencyMs: number;
  byIndex: boolean;
}

const one = () => [SINGLE];
const several = () => SEVERAL;

const WAYS: readonly Way[] = [0, 20].flatMap((latencyMs) => {
  const latency = latencyMs === 0 ? "" : `, ${latencyMs} ms latency`;
  return [
    { name: `open and read one channel${latency}`, names: one, latencyMs, byIndex: false },
    { name: `read one channel by index${latency}`, names: one, latencyMs, byIndex: true },
    { name: `read several by index${latency}`, names: several, latencyMs, byIndex: true },
    { name: `open and read all channels${latency}`, names: allNames, latencyMs, byIndex: false },
  ];
});

async function readRemote({ server, index }: RemoteState, way: Way, names: readonly string[]) {
  server.latencyMs = way.latencyMs;
  server.reset();
  const started = performance.now();
  await using mdf = way.byIndex
    ? await Mdf.fromIndex(index, server.url)
    : await Mdf.open(server.url);
  await mdf.read(names[0], { records: [0, 1] });
  const firstValueMs = performance.now() - started;
  const signals = await mdf.readAll([...names]);
  return { signals, requests: server.requests, bytes: server.bytes, firstValueMs };
}

/** The remote suite. */
export const SUITE: readonly Operation[] = WAYS.map((way, i) =>
  defineOperation<RemoteState & { names: readonly string[] }, RemoteResult>({
    name: way.name,
    suite: "remote",
    group: way.latencyMs === 0 ? "loopback" : "latency",
    baseline: i % 4 === 0,
    samples: true,
    async setup(file) {
      const server = serveFile(await Deno.readFile(file.file.path));
      // The index is of the file as the server gives it.
      await using mdf = await Mdf.open(server.url);
      return { server, index: mdf.toIndex(), names: way.names(file) };
    },
    run: (state) => readRemote(state, way, state.names),
    check: ({ signals }, file, { names }) => checkSignals(file, signals, names),
    decoded: ({ signals }, file) => decodedOf(file, signals),
    metrics: ({ requests, bytes, firstValueMs }, { file }) => ({
      requests: { value: requests, unit: "" },
      "bytes fetched": { value: bytes / 1e6, unit: "MB" },
      "of the file": { value: 100 * bytes / file.bytes, unit: "%" },
      "time to first value": { value: firstValueMs, unit: "ms" },
    }),
    teardown: ({ server }) => server.close(),
  })
);
