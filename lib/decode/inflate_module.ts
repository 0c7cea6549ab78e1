/**
 * The module of functions that unpack data.
 *
 * @module
 */
import { adler32 } from "./adler32.ts";
import { inflate } from "./inflate_blocks.ts";
import { makeTable } from "./inflate_tables.ts";
import { untransposeSquares } from "./untranspose_squares.ts";
import { wasmModule } from "./wasm_code.ts";

/** The module's bytes, for a memory that threads share or for one that they do not. */
export function inflateModule({ shared }: { shared: boolean }): Uint8Array<ArrayBuffer> {
  return wasmModule([makeTable, adler32, inflate, untransposeSquares], shared);
}
