/**
 * What it costs to cross a boundary, which the original called the overhead of a foreign function
 * interface: per call, per value that is handed over, for its memory, and for its type. The boundaries
 * are that of our own asynchronous calls, that of a WebAssembly module (the npm package of mf4-rs), and
 * that of another process.
 *
 * @module
 */
import { Mdf as WasmMdf } from "mf4-rs";
import { Mdf } from "../../mod.ts";
import type { BenchFile } from "../bench_file.ts";
import { checkFingerprint, expectSame } from "../check_signals.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { type Decoded, defineOperation, type Metric, type Operation } from "../operation.ts";
import { SINGLE } from "../performance_operations.ts";
import { BoundaryProcess } from "./boundary_process.ts";

const suite = "boundary";
const NOTHING: Decoded = { values: 0, bytes: 0 };
/** A channel whose values are texts after conversion. */
const TEXTS = "DriveState";

const openOurs = ({ file }: BenchFile) => Mdf.open(file.path);
const openWasm = ({ file }: BenchFile) => WasmMdf.fromFile(file.path);
const startProcess = ({ file }: BenchFile) =>
  new BoundaryProcess(file.path, SINGLE, 8 * file.records);

interface CallSpec<State> {
  name: string;
  baseline?: boolean;
  /** Calls of one run, so that it takes long enough to be timed. */
  calls: number;
  setup(file: BenchFile): State | Promise<State>;
  /** Makes all the calls, and gives how many of them gave what they should. */
  run(state: State, calls: number): number | Promise<number>;
  teardown?(state: State): void | Promise<void>;
}

function defineCalls<State>(spec: CallSpec<State>): Operation {
  const { name, baseline, calls, setup, teardown } = spec;
  return defineOperation<State, { right: number; ms: number }>({
    ...{ name: `call: ${name}`, suite, group: "cost per call", baseline, samples: false },
    ...{ setup, teardown },
    async run(state) {
      const started = performance.now();
      const answer = spec.run(state, calls);
      const right = answer instanceof Promise ? await answer : answer;
      return { right, ms: performance.now() - started };
    },
    check: ({ right }) => expectSame("the number of right answers", right, calls),
    decoded: () => NOTHING,
    metrics: ({ ms }) => ({ "per call": { value: ms * 1000 / calls, unit: "µs" } }),
  });
}

const CALLS: Operation[] = [
  defineCalls({
    ...{ name: "ours, a function that is not asynchronous", baseline: true, calls: 10_000 },
    setup: openOurs,
    run(mdf, calls) {
      let right = 0;
      for (let i = 0; i < calls; i++) right += Number(mdf.channel(SINGLE).name === SINGLE);
      return right;
    },
    teardown: (mdf) => mdf.close(),
  }),
  defineCalls({
    ...{ name: "ours, asynchronous, one record", calls: 200 },
    setup: async (file) => ({ mdf: await openOurs(file), records: file.file.records }),
    async run({ mdf, records }, calls) {
      let right = 0;
      for (let i = 0; i < calls; i++) {
        const first = i % records;
        const { values } = await mdf.read(SINGLE, { records: [first, first + 1] });
        right += values.length;
      }
      return right;
    },
    teardown: ({ mdf }) => mdf.close(),
  }),
  defineCalls({
    ...{ name: "WebAssembly, one number back", calls: 10_000 },
    setup: openWasm,
    run(mdf, calls) {
      const expected = mdf.startTimeNs();
      let right = 0;
      for (let i = 0; i < calls; i++) right += Number(mdf.startTimeNs() === expected);
      return right;
    },
    teardown: (mdf) => mdf.dispose(),
  }),
  defineCalls({
    ...{ name: "WebAssembly, a list of names back", calls: 200 },
    setup: async (file) => ({ mdf: await openWasm(file), count: file.channels.length }),
    run({ mdf, count }, calls) {
      let right = 0;
      for (let i = 0; i < calls; i++) right += Number(mdf.channelNames().length === count);
      return right;
    },
    teardown: ({ mdf }) => mdf.dispose(),
  }),
  defineCalls({
    ...{ name: "another process, one byte there and back", calls: 50 },
    setup: startProcess,
    async run(other, calls) {
      for (let i = 0; i < calls; i++) await other.call();
      return calls;
    },
    teardown: (other) => other.close(),
  }),
  defineCalls({
    ...{ name: "another process, started and ended", calls: 1 },
    setup: () => undefined,
    async run() {
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--quiet", "0"],
        ...{ stdin: "null", stdout: "null", stderr: "null" },
      }).output();
      return Number(success);
    },
  }),
];

interface ValuesSpec<State> {
  name: string;
  group: string;
  baseline?: boolean;
  /** What the values are, where they are not those of {@link SINGLE}. */
  check?(values: ArrayLike<unknown>, file: BenchFile): void;
  /** Bytes of one value; those of a float when absent. */
  width?: number;
  setup(file: BenchFile): State | Promise<State>;
  run(state: State): ArrayLike<unknown> | Promise<ArrayLike<unknown>>;
  teardown?(state: State): void | Promise<void>;
}

interface ValuesResult {
  values: ArrayLike<unknown>;
  ms: number;
  /** Bytes that the runtime took for them; below 0 where a collection came in between. */
  taken: number;
}

function defineValues<State>(spec: ValuesSpec<State>): Operation {
  const { name, group, baseline, setup, teardown, width = 8 } = spec;
  return defineOperation<State, ValuesResult>({
    ...{ name: `${group}: ${name}`, suite, group, baseline, samples: false },
    ...{ setup, teardown },
    async run(state) {
      const before = takenBytes();
      const started = performance.now();
      const answer = spec.run(state);
      const values = answer instanceof Promise ? await answer : answer;
      const ms = performance.now() - started;
      return { values, ms, taken: takenBytes() - before };
    },
    check({ values }, file) {
      expectSame("the number of values", values.length, file.file.records);
      if (spec.check) return spec.check(values, file);
      const numbers = values as Float64Array;
      checkFingerprint(file, SINGLE, fingerprintOf(numbers), numbers);
    },
    decoded: ({ values }) => ({ values: values.length, bytes: width * values.length }),
    metrics({ values, ms, taken }) {
      const metrics: Record<string, Metric> = {
        "per value": { value: ms * 1e6 / values.length, unit: "ns" },
      };
      if (taken > 0) metrics["memory per value"] = { value: taken / values.length, unit: "B" };
      return metrics;
    },
  });
}

function takenBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** The values that must be found, by their place. */
function expectValues(name: string, valueOf: (item: unknown) => unknown) {
  return (values: ArrayLike<unknown>, file: BenchFile) => {
    const list = Array.from(values, valueOf);
    const { type } = file.channel(name).fingerprint;
    const found = type === "Float64Array" ? Float64Array.from(list as number[]) : list;
    checkFingerprint(file, name, fingerprintOf(found as Float64Array));
  };
}

const same = (value: unknown) => value;

const TRANSFER: Operation[] = [
  defineValues<Float64Array>({
    ...{ name: "ours, a copy within this process", group: "data transfer", baseline: true },
    setup: readValues,
    run: (values) => values.slice(),
  }),
  defineValues({
    ...{ name: "ours, one channel from the file", group: "data transfer" },
    setup: openOurs,
    run: async (mdf) => (await mdf.read(SINGLE)).values as Float64Array,
    teardown: (mdf) => mdf.close(),
  }),
  defineValues({
    ...{ name: "WebAssembly, one channel from its memory", group: "data transfer" },
    setup: openWasm,
    run: (mdf) => mdf.values(SINGLE),
    teardown: (mdf) => mdf.dispose(),
  }),
  defineValues({
    ...{ name: "another process, one channel by a pipe", group: "data transfer" },
    setup: (file) => ({ other: startProcess(file), records: file.file.records }),
    run: ({ other, records }) => other.values(records),
    teardown: ({ other }) => other.close(),
  }),
];

const ALLOCATION: Operation[] = [
  defineValues<Float64Array>({
    ...{ name: "a typed array", group: "memory allocation", baseline: true },
    setup: readValues,
    run: (values) => Float64Array.from(values),
  }),
  defineValues<Float64Array>({
    ...{ name: "a list of numbers", group: "memory allocation" },
    setup: readValues,
    run: (values) => Array.from(values),
    check: expectValues(SINGLE, same),
  }),
  defineValues<Float64Array>({
    ...{ name: "an object for each value", group: "memory allocation" },
    setup: readValues,
    run: (values) => Array.from(values, (value, index) => ({ index, value })),
    check: expectValues(SINGLE, (item) => (item as { value: number }).value),
  }),
];

const CONVERSION: Operation[] = [
  defineValues({
    ...{ name: "ours, integers as they are stored", group: "type conversion" },
    ...{ baseline: true, width: 2 },
    setup: openOurs,
    run: async (mdf) => (await mdf.read(SINGLE, { raw: true })).values as Uint16Array,
    check(values, file) {
      const { raw } = file.expected(0, 1).find(({ name }) => name === SINGLE)!;
      expectSame("the type", values.constructor.name, raw.constructor.name);
      expectSame("the first value", values[0], (raw as ArrayLike<unknown>)[0]);
    },
    teardown: (mdf) => mdf.close(),
  }),
  defineValues({
    ...{ name: "ours, integers to floats", group: "type conversion" },
    setup: openOurs,
    run: async (mdf) => (await mdf.read(SINGLE)).values as Float64Array,
    teardown: (mdf) => mdf.close(),
  }),
  defineValues({
    ...{ name: "ours, integers to texts", group: "type conversion", width: 1 },
    setup: openOurs,
    run: async (mdf) => Array.from((await mdf.read(TEXTS)).values as Iterable<unknown>),
    check: expectValues(TEXTS, same),
    teardown: (mdf) => mdf.close(),
  }),
  defineValues({
    ...{ name: "WebAssembly, integers to a list of anything", group: "type conversion" },
    setup: openWasm,
    run: (mdf) => mdf.read(SINGLE).values,
    check: expectValues(SINGLE, same),
    teardown: (mdf) => mdf.dispose(),
  }),
  defineValues({
    ...{ name: "WebAssembly, integers to texts", group: "type conversion", width: 1 },
    setup: openWasm,
    run: (mdf) => mdf.read(TEXTS).values,
    check: expectValues(TEXTS, same),
    teardown: (mdf) => mdf.dispose(),
  }),
];

async function readValues(file: BenchFile): Promise<Float64Array> {
  await using mdf = await openOurs(file);
  return (await mdf.read(SINGLE)).values as Float64Array;
}

/** The boundary suite. */
export const SUITE: readonly Operation[] = [...CALLS, ...TRANSFER, ...ALLOCATION, ...CONVERSION];
