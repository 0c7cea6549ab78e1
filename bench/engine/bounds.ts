/**
 * What a work cannot do without: reading the bytes, inflating the blocks, memory for the result and
 * moving the values there, going from record to record. Their sum, spread evenly over all cores, is no
 * time that a reader reaches, and none is below it. Where nothing is inflated, one thread reads, walks
 * and moves the values, as in this project; others can but bring the pages of its memory.
 *
 * @module
 */
import { inflateSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { median } from "simple-statistics";
import { Mdf } from "../../mod.ts";
import { bareRead, findBestPiece } from "../bare_read.ts";
import type { AnyValues } from "../fingerprint.ts";
import type { PeerWork, ReadyPeer } from "../peers/compare_peers.ts";
import { inflaterOf } from "./inflate_alone.ts";
import {
  dataOf,
  findBlocks,
  findDeflated,
  findLayouts,
  type StoredBlock,
  walkRecords,
  walkValues,
} from "./scan_file.ts";

/** Milliseconds of what inflates the blocks of a file on one core. */
export interface InflateTimes {
  /** `inflateSync` of node:zlib. */
  zlib: number;
  /** The project's own, two blocks in turns; absent where there is no WebAssembly. */
  own?: number;
  /** `DecompressionStream` of the runtime. */
  stream: number;
  /** Python's zlib and isal; absent without Python. */
  pythonZlib?: number;
  isal?: number;
}

/** Parts that a work cannot do without, in milliseconds. */
export interface Bound {
  readMs: number;
  inflate?: InflateTimes;
  /** The fastest of this runtime, on one core. */
  inflateMs: number;
  /** Getting the memory of the result and touching each of its pages, at best memory that was used. */
  memoryMs: number;
  /** The same with memory that nobody has used, as arrays get it that are not freed at once. */
  newMemoryMs: number;
  outputBytes: number;
  /** Copying as many bytes from the processor's cache into the numbers of the result. */
  moveMs: number;
  /** Going from record to record, or making the names. */
  walkMs: number;
  walked?: string;
  /** Cores that it is spread over. */
  cores: number;
  /** With memory that was used, and with new memory. */
  sumMs: number;
  sumOfNewMs: number;
}

const TIMES = 7;
// So often that memory is got which was given back before; it costs a third of what is new.
const MEMORY_TIMES = 30;
const PAGE_BYTES = 4096;
const CACHED_BYTES = 256 * 1024;
const PYTHON_SCRIPT = fileURLToPath(new URL("inflate_blocks.py", import.meta.url));

/** Measures the parts of a work. `python` is a side that has isal, if it can be started. */
export async function measureBound(
  { job }: Pick<PeerWork, "job">,
  cores: number,
  python?: ReadyPeer,
): Promise<Bound> {
  const piece = findBestPiece(job.file);
  const readMs = timeOf(() => bareRead(job.file, piece));
  const bytes = await Deno.readFile(job.file);
  const blocks = findDeflated(bytes);
  const inflate = blocks.length > 0
    ? { ...await inflateTimes(blocks), ...await pythonTimes(job.file, python) }
    : undefined;
  const inflateMs = inflate ? Math.min(inflate.zlib, inflate.own ?? Infinity) : 0;
  const outputs = job.operation.startsWith("read ") ? await outputsOf(job) : [];
  const newMemoryMs = timeOfNewMemory(outputs);
  const memoryMs = timeOf(() => outputs.map(touch).length, MEMORY_TIMES, false);
  const moveMs = timeOfMoving(outputs);
  const walk = walkOf(bytes, job.operation);
  const walkMs = walk ? timeOf(walk.run) : 0;
  const oneThreadMs = inflate ? 0 : readMs + moveMs + walkMs;
  const sum = (memoryMs: number) =>
    Math.max(oneThreadMs, (readMs + inflateMs + memoryMs + moveMs + walkMs) / cores);
  return {
    ...{ readMs, inflate, inflateMs, memoryMs, newMemoryMs, moveMs, walkMs },
    ...{ walked: walk?.what, cores, sumMs: sum(memoryMs), sumOfNewMs: sum(newMemoryMs) },
    outputBytes: outputs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function timeOf(run: () => unknown, count = TIMES, collect = true): number {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    // What the last run left would be collected in this one.
    if (collect) (globalThis as { gc?: () => void }).gc?.();
    const started = performance.now();
    run();
    times.push(performance.now() - started);
  }
  // The fastest: what is slower had something else to wait for.
  return Math.min(...times);
}

/** The median while all that was got is held, so that none of it comes back. */
function timeOfNewMemory(outputs: readonly Output[]): number {
  const held: ArrayBufferView[][] = [];
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const started = performance.now();
    held.push(outputs.map(touch));
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Numbers stand among others in a file, so that none is read to where it belongs. */
function timeOfMoving(outputs: readonly Output[]): number {
  const cached = new Uint8Array(CACHED_BYTES).fill(1);
  const targets = outputs.filter(({ numbers }) => numbers).map((output) => {
    const { buffer } = touch(output);
    return new Uint8Array(buffer);
  });
  if (targets.length === 0) return 0;
  return timeOf(() => {
    for (const target of targets) {
      for (let at = 0; at < target.length; at += CACHED_BYTES) {
        target.set(cached.subarray(0, target.length - at), at);
      }
    }
  });
}

async function inflateTimes(blocks: readonly StoredBlock[]): Promise<InflateTimes> {
  const own = inflaterOf(
    blocks.map((block) => ({ ...block, storedBytes: block.stored.length })),
    ({ stored }, target) => target.set(stored),
  );
  return {
    zlib: timeOf(() => {
      for (const { stored, length } of blocks) inflateSync(stored, { chunkSize: length });
    }),
    own: own && timeOf(own),
    stream: await timeOfStreams(blocks),
  };
}

async function timeOfStreams(blocks: readonly StoredBlock[]): Promise<number> {
  const started = performance.now();
  for (const { stored } of blocks) {
    const source = new Blob([stored as Uint8Array<ArrayBuffer>]).stream();
    for await (const _ of source.pipeThrough(new DecompressionStream("deflate")));
  }
  return performance.now() - started;
}

async function pythonTimes(
  file: string,
  python?: ReadyPeer,
): Promise<Pick<InflateTimes, "pythonZlib" | "isal">> {
  if (!python || "missing" in python) return {};
  const { program, args: [, packages] } = python.command;
  const { success, stdout } = await new Deno.Command(program, {
    args: [PYTHON_SCRIPT, packages, file],
    stderr: "inherit",
  }).output();
  return success ? JSON.parse(new TextDecoder().decode(stdout)) : {};
}

interface Output {
  /** Whether it is an array of numbers, and no buffer of texts or bytes. */
  numbers: boolean;
  bytes: number;
  make: (length: number) => ArrayBufferView;
  length: number;
}

/** Arrays of the result; texts and runs of bytes as one buffer. */
async function outputsOf({ columns, file, operation }: PeerWork["job"]): Promise<Output[]> {
  await using mdf = await Mdf.open(file);
  const signals = operation === "read one channel"
    ? [await mdf.read(columns[1].name)]
    : await mdf.readAll();
  // Structures are bytes that are there anyway.
  const arrays = signals.filter((_, i) => columns[i].kind !== "structure")
    .map(({ values }) => values as AnyValues);
  if (operation === "read one channel") arrays.push(signals[0].timestamps!);
  return arrays.map((values) => {
    if (ArrayBuffer.isView(values)) {
      const Numbers = values.constructor as Float64ArrayConstructor;
      const make = (length: number) => new Numbers(length);
      return { numbers: true, bytes: values.byteLength, length: values.length, make };
    }
    const bytes = bytesOf(values as ListOfLists);
    return { numbers: false, bytes, length: bytes, make: (length) => new Uint8Array(length) };
  });
}

interface ListOfLists {
  readonly length: number;
  at(index: number): unknown;
}

function bytesOf(values: ListOfLists): number {
  let bytes = 0;
  for (let i = 0; i < values.length; i++) bytes += (values.at(i) as { length: number }).length;
  return bytes;
}

function touch({ make, length }: Output): ArrayBufferView {
  const array = make(length);
  const bytes = new Uint8Array(array.buffer);
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) bytes[at] = 1;
  return array;
}

function walkOf(bytes: Uint8Array, operation: string) {
  if (operation === "open and list names") {
    const texts = Array.from(findBlocks(bytes, "TX"), (at) => dataOf(bytes, at));
    const decoder = new TextDecoder();
    const run = () => texts.map((text) => decoder.decode(text));
    return { what: `decode ${texts.length} names`, run };
  }
  const layouts = findLayouts(bytes);
  if (layouts.length > 1) {
    const data = Array.from(findBlocks(bytes, "DT"), (at) => dataOf(bytes, at));
    const run = () => data.map((one) => walkRecords(one, layouts));
    return { what: "go from record to record", run };
  }
  const values = Array.from(findBlocks(bytes, "SD"), (at) => dataOf(bytes, at));
  if (values.length === 0) return undefined;
  return { what: "go from value to value", run: () => values.map(walkValues) };
}
