/**
 * Rows of transposed data, as many as are wanted, from the columns that a block was unpacked to.
 *
 * @module
 */
import { STAGE_BYTES } from "./inflate_memory.ts";
import type { InflateFunctions } from "./wasm_inflater.ts";

/** A block that was stored column by column, and unpacked to that. */
export interface TransposedBlock {
  /** Address of its bytes. */
  readonly from: number;
  /** Their number; those that fill no row stand at the end as they are. */
  readonly length: number;
  /** Bytes of a row; a stage must hold at least one. */
  readonly columns: number;
}

/**
 * Fills `target` with the original bytes of a block in `memory` from `skip` on; rows are made at the
 * address `stage`.
 */
export function putRowsBack(
  { untranspose }: Pick<InflateFunctions, "untranspose">,
  memory: Uint8Array,
  stage: number,
  { from, length, columns }: TransposedBlock,
  skip: number,
  target: Uint8Array,
): void {
  const rows = Math.floor(length / columns);
  const end = skip + target.length;
  let at = skip;
  while (at < end && at < rows * columns) {
    const row = Math.floor(at / columns);
    const count = Math.min(
      Math.floor(STAGE_BYTES / columns),
      Math.ceil(end / columns) - row,
      rows - row,
    );
    untranspose(from + row, stage, count, columns, rows);
    const inside = at - row * columns;
    const taken = Math.min(count * columns - inside, end - at);
    target.set(memory.subarray(stage + inside, stage + inside + taken), at - skip);
    at += taken;
  }
  target.set(memory.subarray(from + at, from + end), at - skip);
}
