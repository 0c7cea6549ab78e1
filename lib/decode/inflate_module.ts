/**
 * The module of functions that unpack data.
 *
 * @module
 */
import { adler32 } from "./adler32.ts";
import { advance, begin } from "./inflate_blocks.ts";
import { fastLoop } from "./inflate_fast.ts";
import { makeTable } from "./inflate_tables.ts";
import { untransposeSquares } from "./untranspose_squares.ts";
import { wasmModule, wholePages } from "./wasm_code.ts";
import { INFLATE_SCRATCH_BYTES } from "./inflate_scratch.ts";

/** Where the scratch memory of a thread is: that of its second stream follows that of its first. */
export interface InflateModuleOptions {
  /** Whether threads share the memory. */
  shared: boolean;
  /** Addresses of the scratch memory of the two streams. */
  scratch: readonly [number, number];
}

/** The bytes of the module of one thread. */
export function inflateModule({ shared, scratch }: InflateModuleOptions): Uint8Array<ArrayBuffer> {
  const [first, second] = scratch;
  const bytes = wholePages(Math.max(first, second) + INFLATE_SCRATCH_BYTES);
  // The order is that of `FUNCTION`.
  return wasmModule([
    ...[makeTable, adler32, begin, advance, untransposeSquares],
    fastLoop("fastFirst", { scratch: [first] }),
    fastLoop("fastSecond", { scratch: [second] }),
    fastLoop("fastBoth", { scratch }),
    fastLoop("fastBothMatches", { scratch, beforeMatch: 2 }),
    fastLoop("fastBothFixed", { scratch, fixed: true }),
    fastLoop("fastBothFixedMatches", { scratch, beforeMatch: 2, fixed: true }),
  ], { shared, bytes });
}

const compiled = new Map<string, WebAssembly.Module>();

/**
 * The same, compiled. It is kept, since engines make code better while it runs; there are as many as a
 * reader has threads.
 */
export function compiledInflater(options: InflateModuleOptions): WebAssembly.Module {
  const key = `${options.shared} ${options.scratch}`;
  let module = compiled.get(key);
  if (!module) compiled.set(key, module = new WebAssembly.Module(inflateModule(options)));
  return module;
}
