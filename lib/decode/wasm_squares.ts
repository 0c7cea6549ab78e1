/**
 * Columns that are kept as they are, taken out of several records by vectors: columns that lie side by
 * side in the record are loaded together, turned in registers, and stored 16 bytes at once.
 *
 * @module
 */
import type { LoopColumn } from "./wasm_loops.ts";
import { type Code, get, set, vector } from "./wasm_expressions.ts";

/** Columns of one width, a power of two of them, each beginning where the one before it ends. */
export type ColumnSquare = readonly LoopColumn[];

/** Bytes of a vector. */
const VECTOR_BYTES = 16;

/** Most columns of a square, and vectors that turning it needs at once. */
export const SQUARE_LOCALS = 2 * 8;

/** Whether values are stored as they stand in the record. */
export function isPlain({ layout, linear, width }: LoopColumn): boolean {
  const { bitOffset, bitCount, bigEndian } = layout;
  return !linear && bitOffset === 0 && bitCount === 8 * width && (!bigEndian || width === 1);
}

/** Puts plain columns together that lie side by side. */
export function columnSquares(columns: readonly LoopColumn[]): ColumnSquare[] {
  const sorted = columns.toSorted((a, b) =>
    a.width - b.width || a.layout.byteOffset - b.layout.byteOffset
  );
  const squares: ColumnSquare[] = [];
  for (let i = 0; i < sorted.length;) {
    const { width, layout: { byteOffset } } = sorted[i];
    const most = Math.min(VECTOR_BYTES / width, SQUARE_LOCALS / 2);
    let beside = 1;
    while (
      beside < most && sorted[i + beside]?.width === width &&
      sorted[i + beside].layout.byteOffset === byteOffset + beside * width
    ) beside++;
    const side = 2 ** Math.floor(Math.log2(beside));
    squares.push(sorted.slice(i, i + side));
    i += side;
  }
  return squares;
}

/** Records whose values fill a vector of each column. */
export function squareRecords([{ width }]: ColumnSquare): number {
  return VECTOR_BYTES / width;
}

/**
 * Takes the columns out of as many records as fill a vector of each, from record `first` behind the
 * address in the local `source` on; `index` holds the number of the first value times the width.
 * Vectors are kept in {@link SQUARE_LOCALS} locals from `locals` on.
 */
export function takeSquare(
  square: ColumnSquare,
  stride: number,
  first: number,
  source: number,
  index: number,
  locals: number,
): Code {
  const count = square.length;
  const [{ width, layout: { byteOffset } }] = square;
  const chunk = count * width;
  const records = VECTOR_BYTES / width;
  const each = VECTOR_BYTES / chunk;
  const code: number[] = [];
  let [now, next] = [locals, locals + SQUARE_LOCALS / 2];
  for (let i = 0; i < count; i++) {
    const at = (k: number) => byteOffset + (first + i * each + k) * stride;
    let loaded = loadFirst(chunk, source, at(0));
    for (let k = 1; k < each; k++) loaded = vector.loadLane(chunk, get(source), loaded, at(k), k);
    code.push(...set(now + i, loaded));
  }
  // Both bring the values of a column together; each is one instruction for these widths.
  const [turn, turns] = width === 4
    ? [separate, Math.log2(count)]
    : [interleave, Math.log2(records)];
  for (let t = 0; count > 1 && t < turns; t++) {
    code.push(...turn(width, count, now, next));
    [now, next] = [next, now];
  }
  square.forEach(({ output }, i) => {
    code.push(...vector.store(get(index), get(now + i), output + first * width));
  });
  return code;
}

function loadFirst(bytes: number, source: number, offset: number): Code {
  switch (bytes) {
    case 16:
      return vector.load(get(source), offset);
    case 8:
    case 4:
      return vector.loadFirst(bytes, get(source), offset);
    default:
      return vector.loadLane(bytes, get(source), vector.constant(Array(16).fill(0)), offset, 0);
  }
}

/** Values of the first half of the vectors and those of the second in turns. */
function interleave(width: number, count: number, from: number, to: number): Code {
  const half = count / 2;
  const code: number[] = [];
  for (let i = 0; i < half; i++) {
    const [a, b] = [get(from + i), get(from + i + half)];
    code.push(...set(to + 2 * i, vector.shuffle(a, b, lanes(width, (k) => [k >> 1, k & 1]))));
    const high = lanes(width, (k) => [(VECTOR_BYTES / width + k) >> 1, k & 1]);
    code.push(...set(to + 2 * i + 1, vector.shuffle(a, b, high)));
  }
  return code;
}

/** Every second value from the first on, then the others. */
function separate(width: number, count: number, from: number, to: number): Code {
  const half = count / 2;
  const each = VECTOR_BYTES / width;
  const code: number[] = [];
  for (let i = 0; i < half; i++) {
    const [a, b] = [get(from + 2 * i), get(from + 2 * i + 1)];
    for (const odd of [0, 1]) {
      const places = lanes(width, (k) => [(2 * k + odd) % each, (2 * k + odd) / each | 0]);
      code.push(...set(to + i + odd * half, vector.shuffle(a, b, places)));
    }
  }
  return code;
}

/** Numbers of bytes for values, each given as its place in one of two vectors. */
function lanes(width: number, valueOf: (k: number) => [place: number, vector: number]): number[] {
  return Array.from({ length: VECTOR_BYTES }, (_, i) => {
    const [place, which] = valueOf(Math.floor(i / width));
    return which * VECTOR_BYTES + place * width + i % width;
  });
}
