/**
 * Files read from servers with faults: right values, a typed error, or what must not be.
 *
 * @module
 */
import { isMdfError } from "../../lib/errors.ts";
import { Mdf } from "../../lib/signal/mdf.ts";
import type { ByteSource } from "../../lib/source/byte_source.ts";
import { httpSource } from "../../lib/source/http_source.ts";
import type { FaultFile, Values } from "./fault_files.ts";
import { type Fault, rightAnswer } from "./faults.ts";

/** What became of reading a file. */
export interface Outcome {
  /** Of the file, in a few words. */
  readonly file: string;
  /** How it was read. */
  readonly way: string;
  /** `right values`, the name of a typed error, or what must not be: see {@link isBad}. */
  readonly outcome: string;
  /** What the error says. */
  readonly message?: string;
  /** Requests that it took. */
  readonly requests: number;
}

/** Whether an outcome must not be: wrong values, an error without a type, or none at all. */
export function isBad({ outcome }: Outcome): boolean {
  return /^(WRONG VALUES|UNTYPED|HUNG)/.test(outcome);
}

/** Reading that takes longer hangs. */
const HUNG_MS = 20_000;
/** A request is tried again at once, and given up soon. */
const PATIENCE = { retryDelayMs: 1, timeoutMs: 250, firstBytes: 2000 };

/** A way to read a file. */
interface Way {
  read(file: FaultFile, source: ByteSource, signal: AbortSignal): Promise<Values>;
  /** What it must give. */
  expected(file: FaultFile): Values;
}

const WINDOW = [4000, 4100] as const;

const WAYS: Readonly<Record<string, Way>> = {
  "opening": {
    async read(_, source, signal) {
      await using mdf = await Mdf.open(source, { signal });
      const channels = mdf.groups.flatMap((group) =>
        group.channels.map(({ name }) => [name, [group.recordCount]])
      );
      return Object.fromEntries(channels);
    },
    expected: ({ values }) =>
      Object.fromEntries(Object.entries(values).map(([name, list]) => [name, [list.length]])),
  },
  "all channels": {
    async read(_, source, signal) {
      await using mdf = await Mdf.open(source, { signal });
      const signals = await mdf.readAll(undefined, { signal });
      return Object.fromEntries(
        signals.map(({ channel, values }) => [channel.name, listed(values)]),
      );
    },
    expected: ({ values }) => values,
  },
  "one channel by index": {
    async read({ index, one }, source, signal) {
      await using mdf = await Mdf.fromIndex(index, source, { signal });
      return { [one]: listed((await mdf.read(one, { signal })).values) };
    },
    expected: ({ values, one }) => ({ [one]: values[one] }),
  },
  "window of time by index": {
    async read({ index, one, values: { t } }, source, signal) {
      await using mdf = await Mdf.fromIndex(index, source, { signal });
      const time = [Number(t[WINDOW[0]]), Number(t[WINDOW[1]])] as const;
      return { [one]: listed((await mdf.read(one, { time, signal })).values) };
    },
    expected: ({ values, one }) => ({ [one]: values[one].slice(...WINDOW) }),
  },
  "in batches": {
    async read(_, source, signal) {
      await using mdf = await Mdf.open(source, { signal });
      const found: Values = {};
      for await (const { signals } of mdf.stream(undefined, { batchBytes: 5000, signal })) {
        for (const { channel, values } of signals) {
          const list = found[channel.name] ??= [];
          for (const value of listed(values)) list.push(value);
        }
      }
      return found;
    },
    expected: ({ values }) => values,
  },
};

/** The names of the ways to read. */
export const WAY_NAMES: readonly string[] = Object.keys(WAYS);

const listed = (values: unknown) => Array.from(values as Iterable<unknown>);

/** Reads a file in each way from a server with that fault. */
export function runFault(fault: Fault, file: FaultFile): Promise<Outcome[]> {
  return Promise.all(WAY_NAMES.map((way) => runWay(fault, file, way)));
}

async function runWay(fault: Fault, file: FaultFile, way: string): Promise<Outcome> {
  const stop = new AbortController();
  const { bytes } = file;
  let requests = 0;
  const server = Deno.serve({
    ...{ hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} },
    onError: () => new Response("the server of the test failed", { status: 418 }),
  }, (request) => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
    const first = match ? Number(match[1]) : 0;
    const end = match ? Math.min(Number(match[2]) + 1, bytes.length) : bytes.length;
    const answering = { request: requests++, first, end, bytes };
    return fault.answer({ ...answering, right: () => rightAnswer(bytes, first, end) });
  });
  const result = (outcome: string, message?: string): Outcome => {
    return { file: file.name, way, outcome, message, requests };
  };
  const source = httpSource(`http://127.0.0.1:${server.addr.port}/drive.mf4`, PATIENCE);
  const hung = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve(result("HUNG")), HUNG_MS);
  });
  try {
    const reading = WAYS[way].read(file, source, hung.signal).then(
      (values) => {
        const right = isSame(values, WAYS[way].expected(file));
        return result(right ? "right values" : "WRONG VALUES");
      },
      (error) => {
        const name = isMdfError(error) ? error.name : `UNTYPED ${error?.name ?? error}`;
        return result(name, String(error?.message ?? error));
      },
    );
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
    hung.abort();
    stop.abort();
    // Answers that never end keep the server from finishing.
    server.finished.catch(() => {});
  }
}

function isSame(values: Values, expected: Values): boolean {
  const names = Object.keys(expected);
  return Object.keys(values).length === names.length && names.every((name) => {
    const [list, right] = [values[name], expected[name]];
    return right.length === list?.length && list.every((value, i) => value === right[i]);
  });
}
