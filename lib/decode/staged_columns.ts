/**
 * Columns of whole signals by loops in WebAssembly: values are put into its memory, few enough to stay in
 * the cache, and copied to the arrays they are for.
 *
 * @module
 */
import type { NumberArray } from "./number_kernels.ts";
import { type NumberTarget, WasmColumns } from "./wasm_columns.ts";

/** Bytes of records whose values are copied at a time. */
const STAGED_BYTES = 256 * 1024;
/** Records below this many bytes are read before these loops have caught up with plain ones. */
const WORTHWHILE_BYTES = 16 * 1024 * 1024;

/** An array that is filled, and where its values are put first. */
interface Staged {
  readonly target: NumberTarget;
  stage?: NumberArray;
  values?: NumberArray;
}

/** Runs the loops of several columns, and copies what they give. */
export class StagedColumns {
  readonly #loops: WasmColumns;
  readonly #staged: readonly Staged[];
  readonly #records: number;
  readonly #capacity: number;
  #stride = 0;

  private constructor(
    loops: WasmColumns,
    staged: readonly Staged[],
    records: number,
    capacity: number,
  ) {
    this.#loops = loops;
    this.#staged = staged;
    this.#records = records;
    this.#capacity = capacity;
  }

  /** Whether there are so many bytes of records that it can be worth it. */
  static isWorth(totalBytes: number): boolean {
    return totalBytes >= WORTHWHILE_BYTES;
  }

  /**
   * The columns among `targets` that gain from it, with room for `capacity` values each, in records of
   * `stride` bytes that are `totalBytes` together; undefined where that is not worth it, or not possible.
   */
  static plan(
    targets: readonly NumberTarget[],
    capacity: number,
    stride: number,
    totalBytes: number,
  ): StagedColumns | undefined {
    if (!StagedColumns.isWorth(totalBytes) || stride > STAGED_BYTES) return undefined;
    const staged = targets.filter(gains).map((target): Staged => ({ target }));
    const records = Math.floor(STAGED_BYTES / stride);
    const loops = WasmColumns.plan(
      staged.map((one) => {
        const { layout, linear, Type } = one.target;
        return { layout, linear, Type, adopt: (values) => one.stage = values };
      }),
      records,
      totalBytes,
    );
    return loops && new StagedColumns(loops, staged, records, capacity);
  }

  /** The buffer into which records are to be read. */
  makeSource(bytes: number): Uint8Array {
    return this.#loops.makeSource(bytes);
  }

  /** Compiles the loops and gives the columns their arrays; tells whether that was possible. */
  async start(stride: number): Promise<boolean> {
    this.#stride = stride;
    if (!await this.#loops.start(stride)) return false;
    for (const one of this.#staged) {
      // Those that no loop can be made for stay with the plain ones.
      if (!one.stage) continue;
      one.values = one.target.array ?? new one.target.Type(this.#capacity);
      one.target.adopt(one.values);
    }
    return true;
  }

  /** Takes `count` values out of records that start at `at` in the source buffer, to `index` on. */
  run(at: number, count: number, index: number): void {
    for (let done = 0; done < count; done += this.#records) {
      const some = Math.min(this.#records, count - done);
      this.#loops.run(at + done * this.#stride, some, 0);
      for (const { stage, values } of this.#staged) {
        if (!stage) continue;
        const part = some < this.#records ? stage.subarray(0, some) : stage;
        (values as Uint8Array).set(part as Uint8Array, index + done);
      }
    }
  }

  /** Says that no more values come. */
  finish(): void {
    this.#loops.handBack();
  }
}

/** Floats that stay as they are gain nothing over plain loops, which fill their arrays at once. */
function gains({ layout: { numeric, bitOffset, bigEndian }, linear }: NumberTarget): boolean {
  return numeric !== "float" || linear !== undefined || bitOffset > 0 || bigEndian;
}
