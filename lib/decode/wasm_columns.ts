/**
 * Columns of numbers whose loops run in WebAssembly: the buffer that records are read into and the
 * arrays of values lie in one memory.
 *
 * @module
 */
import type { NumberLayout } from "../plan/column_layout.ts";
import type { NumberArray, NumberArrayType } from "./number_kernels.ts";
import { PAGE_BYTES, wasmModule } from "./wasm_code.ts";
import { columnLoops, hasLoop, type LoopColumn } from "./wasm_loops.ts";

/** A column that these loops may fill. */
export interface NumberTarget {
  /** Where the numbers lie in the record. */
  readonly layout: NumberLayout;
  /** Turns them into 64-bit floats, `value * factor + offset`; otherwise they keep their type. */
  readonly linear?: { readonly factor: number; readonly offset: number };
  /** Type of the array that takes the values. */
  readonly Type: NumberArrayType;
  /** The array that the values are wanted in, where there is one already. */
  readonly array?: NumberArray;
  /** Hands over the array that is filled from now on. */
  adopt(values: NumberArray): void;
}

/** Records below this many bytes are read before a module has been compiled. */
const WORTHWHILE_BYTES = 2 * 1024 * 1024;
/** Fewer bytes for each column are read before its loop has been made. */
const COLUMN_BYTES = 512 * 1024;
/** Arrays above this many bytes belong to whoever reads them, and not into one memory. */
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Not less than 32 bytes behind the start of a memory page, see `offPageBuffer`. */
const SOURCE_ADDRESS = 64;
/** Loads may touch this many bytes behind a record. */
const OVERREAD_BYTES = 8;
/** Arrays start on lines of the processor's cache. */
const ALIGNMENT = 64;

const align = (address: number) => Math.ceil(address / ALIGNMENT) * ALIGNMENT;

/** Runs the loops of several columns. */
export class WasmColumns {
  readonly #targets: readonly NumberTarget[];
  readonly #capacity: number;
  #memory?: WebAssembly.Memory;
  #arrays: readonly NumberArray[] = [];
  #outputAddress = 0;
  #run?: (address: number, count: number, index: number) => void;

  private constructor(targets: readonly NumberTarget[], capacity: number) {
    this.#targets = targets;
    this.#capacity = capacity;
  }

  /**
   * The columns among `targets` that loops can be made for, with room for `capacity` values each;
   * undefined where that is not worth it for `totalBytes` of records, or not possible.
   */
  static plan(
    targets: readonly NumberTarget[],
    capacity: number,
    totalBytes: number,
  ): WasmColumns | undefined {
    if (totalBytes < WORTHWHILE_BYTES || typeof WebAssembly === "undefined") return undefined;
    const fitting = targets.filter(({ layout }) => hasLoop(layout));
    if (fitting.length === 0 || totalBytes < fitting.length * COLUMN_BYTES) return undefined;
    const columns = new WasmColumns(fitting, capacity);
    return columns.#outputBytes() <= MOST_OUTPUT_BYTES ? columns : undefined;
  }

  #outputBytes(): number {
    return this.#targets.reduce(
      (sum, { Type }) => sum + align(Type.BYTES_PER_ELEMENT * this.#capacity),
      0,
    );
  }

  /** The buffer into which records are to be read. */
  makeSource(bytes: number): Uint8Array {
    this.#outputAddress = align(SOURCE_ADDRESS + bytes + OVERREAD_BYTES);
    const pages = Math.ceil((this.#outputAddress + this.#outputBytes()) / PAGE_BYTES);
    this.#memory = takeMemory(pages);
    return new Uint8Array(this.#memory.buffer, SOURCE_ADDRESS, bytes);
  }

  /**
   * Compiles the loops for records of `stride` bytes and gives the columns their arrays. Tells whether
   * that was possible: a page may forbid WebAssembly, and the columns then use their own loops.
   */
  async start(stride: number): Promise<boolean> {
    const memory = this.#memory;
    // Where there is not a single record, nobody needs a buffer.
    if (!memory) return false;
    const columns: LoopColumn[] = [];
    const arrays: NumberArray[] = [];
    let output = this.#outputAddress;
    for (const { layout, linear, Type } of this.#targets) {
      const width = Type.BYTES_PER_ELEMENT;
      columns.push({ layout, linear, width, output });
      arrays.push(new Type(memory.buffer as ArrayBuffer, output, this.#capacity));
      output += align(width * this.#capacity);
    }
    try {
      const module = await moduleFor(columns, stride, memory.buffer.byteLength);
      const instance = await instantiate(module, { host: { memory } });
      this.#run = instance.exports.run as (address: number, count: number, index: number) => void;
    } catch {
      return false;
    }
    this.#targets.forEach((target, i) => target.adopt(arrays[i]));
    this.#arrays = arrays;
    return true;
  }

  /** Takes `count` values out of records that start at `at` in the source buffer, to `index` on. */
  run(at: number, count: number, index: number): void {
    this.#run!(SOURCE_ADDRESS + at, count, index);
  }

  /**
   * Says that no more values come after the last `count`, which somebody may hold on to: they get arrays
   * of their own, and the memory goes to whoever reads next.
   */
  finish(count: number): void {
    this.#targets.forEach((target, i) => target.adopt(this.#arrays[i].slice(0, count)));
    this.handBack();
  }

  /** Gives the memory to whoever reads next. Nobody may hold on to the arrays. */
  handBack(): void {
    leaveMemory(this.#memory!);
    this.#memory = this.#run = undefined;
    this.#arrays = [];
  }
}

/** More memory is not kept for the next reader. */
const MOST_KEPT_BYTES = 8 * 1024 * 1024;
/** Pages that were used before: the first touch of each new one costs more than filling it. */
let left: WebAssembly.Memory | undefined;

function takeMemory(pages: number): WebAssembly.Memory {
  const taken = left;
  left = undefined;
  // Code is made for memory of just that size.
  if (taken?.buffer.byteLength === pages * PAGE_BYTES) return taken;
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

function leaveMemory(memory: WebAssembly.Memory): void {
  if (memory.buffer.byteLength <= MOST_KEPT_BYTES) left = memory;
}

/** Modules that are kept, since files of one kind tend to be read one after the other. */
const KEPT_MODULES = 8;
const modules = new Map<string, WebAssembly.Module>();

/** The loops for that layout; those that were used last are compiled, and well, already. */
async function moduleFor(
  columns: readonly LoopColumn[],
  stride: number,
  bytes: number,
): Promise<WebAssembly.Module> {
  const key = `${bytes},${keyOf(columns, stride)}`;
  const module = modules.get(key) ??
    await compile(wasmModule(columnLoops(columns, stride), { bytes }));
  modules.delete(key);
  modules.set(key, module);
  if (modules.size > KEPT_MODULES) modules.delete(modules.keys().next().value!);
  return module;
}

/** What the code of the loops depends on. */
function keyOf(columns: readonly LoopColumn[], stride: number): string {
  const parts: (string | number)[] = [stride];
  for (const { layout, linear, width, output } of columns) {
    const { numeric, byteOffset, bitOffset, bitCount, bigEndian } = layout;
    parts.push(numeric, byteOffset, bitOffset, bitCount, bigEndian ? 1 : 0, width, output);
    if (linear) parts.push(numberText(linear.factor), numberText(linear.offset));
  }
  return parts.join();
}

/** A number as text that tells -0 from 0. */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Compiling at once is several times faster; some browsers allow it for small modules only. */
async function compile(code: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return new WebAssembly.Module(code);
  } catch {
    return await WebAssembly.compile(code);
  }
}

async function instantiate(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch {
    return await WebAssembly.instantiate(module, imports);
  }
}
