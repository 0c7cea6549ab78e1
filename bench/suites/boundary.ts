/**
 * What it costs to cross a boundary: what the original called the overhead of a foreign function
 * interface. Ours are the calls of our own library, that of the WebAssembly module of a peer, and
 * that of another process.
 *
 * @module
 */
import { Mdf } from "../../mod.ts";
import { expectSame } from "../check_signals.ts";
import { type Decoded, defineOperation, type Operation } from "../operation.ts";
import { SINGLE } from "../performance_operations.ts";

const NOTHING: Decoded = { values: 0, bytes: 0 };
const place = { suite: "boundary", samples: false } as const;
/** Calls of one run, so that a run takes long enough to be timed. */
const CALLS = 1000;

/** Milliseconds of a run as the microseconds of one of its calls. */
const calls = (count: number) => ({ "calls in a run": { value: count, unit: "" } });

interface Peer {
  values(name: string): ArrayLike<number>;
  free?(): void;
}

/** The peer's file, or undefined where the package cannot be had. */
async function openPeer(path: string): Promise<Peer> {
  const { Mdf: PeerMdf } = await import("mf4-rs");
  return await PeerMdf.fromFile(path) as unknown as Peer;
}

const ours: Operation[] = [
  defineOperation({
    ...place,
    name: "call: look up a channel, 1000 times",
    group: "calls",
    baseline: true,
    setup: (file) => Mdf.open(file.file.path),
    run(mdf) {
      let sum = 0;
      for (let i = 0; i < CALLS; i++) sum += mdf.channel(SINGLE).index;
      return sum;
    },
    check: (sum, _, mdf) => expectSame("the sum", sum, CALLS * mdf.channel(SINGLE).index),
    decoded: () => NOTHING,
    metrics: () => calls(CALLS),
    teardown: (mdf) => mdf.close(),
  }),
  defineOperation({
    ...place,
    name: "async call: read one record, 1000 times",
    group: "calls",
    setup: (file) => Mdf.open(file.file.path),
    async run(mdf) {
      let count = 0;
      for (let i = 0; i < CALLS; i++) {
        count += (await mdf.read(SINGLE, { records: [i, i + 1] })).values.length;
      }
      return count;
    },
    check: (count) => expectSame("the number of values", count, CALLS),
    decoded: () => NOTHING,
    metrics: () => calls(CALLS),
    teardown: (mdf) => mdf.close(),
  }),
  defineOperation({
    ...place,
    name: "transfer: one channel into a new array",
    group: "transfer",
    baseline: true,
    setup: (file) => Mdf.open(file.file.path),
    run: (mdf) => mdf.read(SINGLE),
    check: ({ values }, file) => expectSame("the number", values.length, file.file.records),
    decoded: ({ values }) => ({ values: values.length, bytes: 8 * values.length }),
    teardown: (mdf) => mdf.close(),
  }),
  defineOperation({
    ...place,
    name: "type conversion: the same as raw integers",
    group: "transfer",
    setup: (file) => Mdf.open(file.file.path),
    run: (mdf) => mdf.read(SINGLE, { raw: true }),
    check: ({ values }, file) => expectSame("the number", values.length, file.file.records),
    decoded: ({ values }) => ({ values: values.length, bytes: 2 * values.length }),
    teardown: (mdf) => mdf.close(),
  }),
  defineOperation({
    ...place,
    name: "allocation: an array of as many floats, filled with zeros",
    group: "transfer",
    setup: (file) => file.file.records,
    run: (records) => new Float64Array(records),
    check: (array, file) => expectSame("the number", array.length, file.file.records),
    decoded: () => NOTHING,
  }),
];

const others: Operation[] = [
  defineOperation({
    ...place,
    name: "mf4-rs by WebAssembly: one channel",
    group: "transfer",
    setup: (file) => openPeer(file.file.path),
    run: (peer) => peer.values(SINGLE),
    check: (values, file) => expectSame("the number", values.length, file.file.records),
    decoded: (values) => ({ values: values.length, bytes: 8 * values.length }),
    teardown: (peer) => peer.free?.(),
  }),
  defineOperation({
    ...place,
    name: "a process of its own: start, and end",
    group: "process",
    baseline: true,
    setup: () => undefined,
    run: () =>
      new Deno.Command(Deno.execPath(), { args: ["eval", "--quiet", "0"], stdin: "null" })
        .output(),
    check: ({ code }) => expectSame("the exit code", code, 0),
    decoded: () => NOTHING,
  }),
];

/** The boundary suite. */
export const SUITE: readonly Operation[] = [...ours, ...others];
