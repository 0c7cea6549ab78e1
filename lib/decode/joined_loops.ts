/**
 * Plain loops that fill several arrays in one pass: columns of floats cost less together than one by
 * one, since each line of the records comes out of the outer cache once. There is a loop for each width,
 * see `aligned_loops.ts`.
 *
 * @module
 */
import type { NumberLayout } from "../plan/column_layout.ts";
import type { RecordRun } from "./record_feed.ts";
import type { NumberTarget } from "./wasm_columns.ts";

/** Columns of one pass. */
const COLUMNS = 4;
/** Columns of one pass where fewer are left, as with a channel and its times. */
const FEW = 2;

/** A column and its array. */
interface Joined<A> {
  readonly offset: number;
  readonly values: A;
}

/** Fills the arrays of columns that are taken out together. */
export class JoinedColumns {
  readonly #run: RecordRun;
  readonly #doubles: Joined<Float64Array>[][];
  readonly #singles: Joined<Float32Array>[][];

  private constructor(
    run: RecordRun,
    doubles: Joined<Float64Array>[][],
    singles: Joined<Float32Array>[][],
  ) {
    this.#run = run;
    this.#doubles = doubles;
    this.#singles = singles;
  }

  /**
   * Takes over the columns among `targets` that go together, with room for `capacity` values each, for
   * records that are brought by `run`; undefined where there are none.
   */
  static over(
    targets: readonly NumberTarget[],
    run: RecordRun,
    capacity: number,
  ): JoinedColumns | undefined {
    const doubles = join<Float64Array>(targets, 64, capacity);
    const singles = join<Float32Array>(targets, 32, capacity);
    if (doubles.length + singles.length === 0) return undefined;
    return new JoinedColumns(run, doubles, singles);
  }

  /** Takes `count` values out of records that start at `at` in the run, to `index` on. */
  run(at: number, count: number, index: number): void {
    const { view, stride } = this.#run;
    for (const some of this.#doubles) {
      if (some.length === COLUMNS) takeDoubles(view, at, stride, count, index, some);
      else takeTwoDoubles(view, at, stride, count, index, some);
    }
    for (const four of this.#singles) takeSingles(view, at, stride, count, index, four);
  }
}

/** Puts columns of plain floats of one width together, as many as make whole passes. */
function join<A>(targets: readonly NumberTarget[], bits: number, capacity: number): Joined<A>[][] {
  const fitting = targets.filter(({ layout, linear }) => !linear && isPlainFloat(layout, bits));
  const passes: Joined<A>[][] = [];
  const least = bits === 64 ? FEW : COLUMNS;
  for (let i = 0; i + least <= fitting.length;) {
    const count = i + COLUMNS <= fitting.length ? COLUMNS : FEW;
    passes.push(
      fitting.slice(i, i + count).map((target) => {
        const values = target.array ?? new target.Type(capacity);
        target.adopt(values);
        return { offset: target.layout.byteOffset, values: values as A };
      }),
    );
    i += count;
  }
  return passes;
}

function isPlainFloat(layout: NumberLayout, bits: number): boolean {
  const { numeric, bitOffset, bitCount, bigEndian } = layout;
  return numeric === "float" && bitOffset === 0 && bitCount === bits && !bigEndian;
}

function takeDoubles(
  view: DataView,
  at: number,
  stride: number,
  count: number,
  index: number,
  [one, two, three, four]: readonly Joined<Float64Array>[],
): void {
  const [a, b, c, d] = [one.values, two.values, three.values, four.values];
  const toB = (two.offset - one.offset) | 0;
  const toC = (three.offset - one.offset) | 0;
  const toD = (four.offset - one.offset) | 0;
  const step = stride | 0;
  const end = (index + count) | 0;
  let p = (at + one.offset) | 0;
  for (let i = index | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
    a[i] = view.getFloat64(p, true);
    b[i] = view.getFloat64((p + toB) | 0, true);
    c[i] = view.getFloat64((p + toC) | 0, true);
    d[i] = view.getFloat64((p + toD) | 0, true);
  }
}

function takeTwoDoubles(
  view: DataView,
  at: number,
  stride: number,
  count: number,
  index: number,
  [one, two]: readonly Joined<Float64Array>[],
): void {
  const [a, b] = [one.values, two.values];
  const toB = (two.offset - one.offset) | 0;
  const step = stride | 0;
  const end = (index + count) | 0;
  let p = (at + one.offset) | 0;
  for (let i = index | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
    a[i] = view.getFloat64(p, true);
    b[i] = view.getFloat64((p + toB) | 0, true);
  }
}

function takeSingles(
  view: DataView,
  at: number,
  stride: number,
  count: number,
  index: number,
  [one, two, three, four]: readonly Joined<Float32Array>[],
): void {
  const [a, b, c, d] = [one.values, two.values, three.values, four.values];
  const toB = (two.offset - one.offset) | 0;
  const toC = (three.offset - one.offset) | 0;
  const toD = (four.offset - one.offset) | 0;
  const step = stride | 0;
  const end = (index + count) | 0;
  let p = (at + one.offset) | 0;
  for (let i = index | 0; i < end; i = (i + 1) | 0, p = (p + step) | 0) {
    a[i] = view.getFloat32(p, true);
    b[i] = view.getFloat32((p + toB) | 0, true);
    c[i] = view.getFloat32((p + toC) | 0, true);
    d[i] = view.getFloat32((p + toD) | 0, true);
  }
}
