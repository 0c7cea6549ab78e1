/**
 * Files read from servers with faults: right values, a typed error, or what must not be.
 *
 * @module
 */
import { isMdfError } from "../../lib/errors.ts";
import { Mdf } from "../../lib/signal/mdf.ts";
import type { MdfIndex } from "../../lib/index/file_index.ts";
import type { ByteSource } from "../../lib/source/byte_source.ts";
import { httpSource } from "../../lib/source/http_source.ts";
import { MdfWriter } from "../../lib/writer/mdf_writer.ts";
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

/** A file to be read, with the values that it must give. */
export interface FaultFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly index: MdfIndex;
  /** Values by channel. */
  readonly values: Readonly<Record<string, readonly unknown[]>>;
}

const RECORDS = 6000;
/** Reading that takes longer hangs. */
const HUNG_MS = 20_000;
/** A request is tried again at once, and given up soon. */
const PATIENCE = { retryDelayMs: 1, timeoutMs: 250, firstBytes: 2000 };

/** Files of each kind that is read in another way. */
export function faultFiles(): Promise<FaultFile[]> {
  const kinds = { plain: "none", compressed: "deflate", transposed: "transpose" } as const;
  return Promise.all(
    Object.entries(kinds).map(([name, compression]) => makeFile(name, compression)),
  );
}

async function makeFile(
  name: string,
  compression: "none" | "deflate" | "transpose",
): Promise<FaultFile> {
  const t = Float64Array.from({ length: RECORDS }, (_, i) => i / 10);
  const a = Uint16Array.from({ length: RECORDS }, (_, i) => (i * i) % 65_521);
  const note = Array.from({ length: RECORDS }, (_, i) => `note ${(i * 7919) % 1000}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const output = new WritableStream<Uint8Array>({
    write: (bytes) => void parts.push(bytes.slice()),
  });
  const writer = await MdfWriter.create(output, { compression, startTimeNs: 0n });
  const group = writer.addGroup({
    name: "group",
    channels: [
      { name: "t", type: "float64", unit: "s", master: "time" },
      { name: "a", type: "uint16" },
      { name: "note", type: "string" },
    ],
  });
  await group.append({ t, a, note });
  await writer.close();
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  await using mdf = await Mdf.open(bytes);
  const index = JSON.parse(JSON.stringify(mdf.toIndex()));
  return { name, bytes, index, values: { t: [...t], a: [...a], note } };
}

type Values = Record<string, unknown[]>;

/** Ways to read; each gives values by channel. */
const WAYS: Readonly<
  Record<string, (file: FaultFile, source: ByteSource, signal: AbortSignal) => Promise<Values>>
> = {
  "whole": async (_, source, signal) => {
    await using mdf = await Mdf.open(source, { signal });
    const signals = await mdf.readAll(undefined, { signal });
    return Object.fromEntries(signals.map(({ channel, values }) => [channel.name, listed(values)]));
  },
  "one channel by index": async ({ index }, source, signal) => {
    await using mdf = await Mdf.fromIndex(index, source, { signal });
    return { note: listed((await mdf.read("note", { signal })).values) };
  },
  "in batches": async (_, source, signal) => {
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
};

const listed = (values: unknown) => Array.from(values as Iterable<unknown>);

/** Reads a file in each way from a server with that fault. */
export async function runFault(fault: Fault, file: FaultFile): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const way of Object.keys(WAYS)) outcomes.push(await runWay(fault, file, way));
  return outcomes;
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
    const reading = WAYS[way](file, source, hung.signal).then(
      (values) => result(isRight(values, file) ? "right values" : "WRONG VALUES"),
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

function isRight(values: Values, { values: expected }: FaultFile): boolean {
  return Object.entries(values).length > 0 && Object.entries(values).every(([name, list]) => {
    const right = expected[name];
    return right?.length === list.length && list.every((value, i) => value === right[i]);
  });
}
