/**
 * Columns of whole bytes, taken out of several records by vectors: columns that lie side by side in the
 * record are loaded together, turned in registers, and stored 16 bytes at once.
 *
 * @module
 */
import type { LoopColumn } from "./wasm_loops.ts";
import { type Code, code, get, set, vector } from "./wasm_expressions.ts";
import { type ConstantCode, hasScaling, scaledPairs } from "./wasm_scaling.ts";

/** Columns of one width, a power of two of them, each beginning where the one before it ends. */
export type ColumnSquare = readonly LoopColumn[];

/** Bytes of a vector. */
const VECTOR_BYTES = 16;

/** Most columns of a square, and vectors that turning it needs at once. */
export const SQUARE_LOCALS = 2 * 8;

/** Whether a column can be part of a square. */
export function fitsSquare(column: LoopColumn): boolean {
  const { layout: { bitOffset, bitCount }, linear, width } = column;
  if (bitOffset > 0 || ![8, 16, 32, 64].includes(bitCount)) return false;
  return linear ? hasScaling(column) : bitCount === 8 * width;
}

/** Bytes of a number of the column in the record. */
export function numberBytes({ layout: { bitCount } }: LoopColumn): number {
  return bitCount / 8;
}

/** Puts columns of one width together that lie side by side. */
export function columnSquares(columns: readonly LoopColumn[]): ColumnSquare[] {
  const sorted = columns.toSorted((a, b) => a.layout.byteOffset - b.layout.byteOffset);
  const squares: ColumnSquare[] = [];
  for (let i = 0; i < sorted.length;) {
    const bytes = numberBytes(sorted[i]);
    const most = Math.min(VECTOR_BYTES / bytes, SQUARE_LOCALS / 2);
    const { byteOffset } = sorted[i].layout;
    let beside = 1;
    while (
      beside < most && sorted[i + beside]?.layout.byteOffset === byteOffset + beside * bytes
    ) beside++;
    const side = 2 ** Math.floor(Math.log2(beside));
    squares.push(sorted.slice(i, i + side));
    i += side;
  }
  return squares;
}

/** Records whose numbers fill a vector of each column. */
export function squareRecords([first]: ColumnSquare): number {
  return VECTOR_BYTES / numberBytes(first);
}

/** What the code of a square uses. */
export interface SquarePlaces {
  /** Local with the address of the first record. */
  readonly source: number;
  /** Locals with the number of the first value, times 1, 2, 4 and 8. */
  readonly index: Readonly<Record<number, number>>;
  /** First of {@link SQUARE_LOCALS} locals for vectors. */
  readonly locals: number;
  /** Gives the constants of conversions. */
  readonly constant: ConstantCode;
}

/**
 * Takes the columns out of as many records as fill a vector of each, from the record on that is so many
 * behind the first.
 */
export function takeSquare(
  square: ColumnSquare,
  stride: number,
  behind: number,
  { source, index, locals, constant }: SquarePlaces,
): Code {
  const count = square.length;
  const width = numberBytes(square[0]);
  const { byteOffset } = square[0].layout;
  const chunk = count * width;
  const records = VECTOR_BYTES / width;
  const each = VECTOR_BYTES / chunk;
  const parts: Code[] = [];
  let [now, next] = [locals, locals + SQUARE_LOCALS / 2];
  for (let i = 0; i < count; i++) {
    const at = (k: number) => byteOffset + (behind + i * each + k) * stride;
    let loaded = loadFirst(chunk, source, at(0));
    for (let k = 1; k < each; k++) loaded = vector.loadLane(chunk, get(source), loaded, at(k), k);
    parts.push(set(now + i, loaded));
  }
  // Both bring the values of a column together; each is one instruction for these widths.
  const [turn, turns] = width === 4
    ? [separate, Math.log2(count)]
    : [interleave, Math.log2(records)];
  for (let t = 0; count > 1 && t < turns; t++) {
    parts.push(turn(width, count, now, next));
    [now, next] = [next, now];
  }
  square.forEach((column, i) => {
    const { output, width } = column;
    if (column.layout.bigEndian) parts.push(swapBytes(numberBytes(column), now + i));
    const values = column.linear ? scaledPairs(column, now + i, constant) : [get(now + i)];
    values.forEach((value, k) => {
      const place = output + behind * width + k * VECTOR_BYTES;
      parts.push(vector.store(get(index[width]), value, place));
    });
  });
  return code(...parts);
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

/** Turns the order of the bytes of each number. */
function swapBytes(bytes: number, local: number): Code {
  const places = Array.from(
    { length: VECTOR_BYTES },
    (_, i) => i - i % bytes + bytes - 1 - i % bytes,
  );
  return set(local, vector.shuffle(get(local), get(local), places));
}

/** Values of the first half of the vectors and those of the second in turns. */
function interleave(width: number, count: number, from: number, to: number): Code {
  const half = count / 2;
  const parts: Code[] = [];
  for (let i = 0; i < half; i++) {
    const [a, b] = [get(from + i), get(from + i + half)];
    parts.push(set(to + 2 * i, vector.shuffle(a, b, lanes(width, (k) => [k >> 1, k & 1]))));
    const high = lanes(width, (k) => [(VECTOR_BYTES / width + k) >> 1, k & 1]);
    parts.push(set(to + 2 * i + 1, vector.shuffle(a, b, high)));
  }
  return code(...parts);
}

/** Every second value from the first on, then the others. */
function separate(width: number, count: number, from: number, to: number): Code {
  const half = count / 2;
  const each = VECTOR_BYTES / width;
  const parts: Code[] = [];
  for (let i = 0; i < half; i++) {
    const [a, b] = [get(from + 2 * i), get(from + 2 * i + 1)];
    for (const odd of [0, 1]) {
      const places = lanes(width, (k) => [(2 * k + odd) % each, (2 * k + odd) / each | 0]);
      parts.push(set(to + i + odd * half, vector.shuffle(a, b, places)));
    }
  }
  return code(...parts);
}

/** Numbers of bytes for values, each given as its place in one of two vectors. */
function lanes(width: number, valueOf: (k: number) => [place: number, vector: number]): number[] {
  return Array.from({ length: VECTOR_BYTES }, (_, i) => {
    const [place, which] = valueOf(Math.floor(i / width));
    return which * VECTOR_BYTES + place * width + i % width;
  });
}
