/**
 * The loops of a record layout as WebAssembly: one pass over a stretch takes several columns out.
 * Numbers of whole bytes are taken by vectors (`wasm_squares.ts`); each other one is loaded in one
 * instruction from the buffer that the file was read into. 64-bit integers need no bigints.
 * `number_kernels.ts` has the same loops without WebAssembly; tests hold both equal.
 *
 * @module
 */
import { byteSpan, type NumberLayout } from "../plan/column_layout.ts";
import { type Code, memory, OP, repeatUntil, unsigned, type WasmFunction } from "./wasm_code.ts";
import {
  call,
  code,
  get,
  increase,
  less,
  set,
  shiftLeft,
  value,
  wide,
} from "./wasm_expressions.ts";
import { addsNothing } from "./wasm_scaling.ts";
import {
  type ColumnSquare,
  columnSquares,
  fitsSquare,
  numberBytes,
  SQUARE_LOCALS,
  squareRecords,
  takeSquare,
} from "./wasm_squares.ts";

/** A column of numbers, and where its values go. */
export interface LoopColumn {
  /** Where the number lies in the record. */
  readonly layout: NumberLayout;
  /** Turns it into a 64-bit float, `value * factor + offset`; otherwise it keeps its type. */
  readonly linear?: { readonly factor: number; readonly offset: number };
  /** Bytes of one value in the output: 1, 2, 4 or 8. */
  readonly width: number;
  /** Address of the first value. */
  readonly output: number;
}

/** Parameters: address of the first record, number of records, number of the first value. */
const LOOP_PARAMETERS = 3;
const SOURCE = 0;
const COUNT = 1;
/** The value's number times 1, 2, 4 and 8. */
const INDEX: Readonly<Record<number, number>> = { 1: 2, 2: 3, 4: 4, 8: 5 };
const SPARE_I32 = 6;
const SPARE_I64 = 7;
const I32_LOCALS = 4;
const FIRST_VECTOR = 8;
const FIRST_CONSTANT = FIRST_VECTOR + SQUARE_LOCALS;

/** Columns of one loop: enough to hide the cost of the loop, few enough for the code cache. */
const COLUMNS_PER_LOOP = 12;
/** Values taken in one turn of a loop over numbers that are taken one by one. */
const VALUES_PER_TURN = 16;
/** Fewer records are not taken in one turn of a loop over squares. */
const LEAST_RECORDS = 4;

/** Whether a number can be taken out by these loops. */
export function hasLoop(layout: NumberLayout): boolean {
  if (layout.numeric === "float" && layout.bitCount < 32) return false;
  return byteSpan(layout) <= 8;
}

/** Functions that take the columns out of records of `stride` bytes; the last one, `run`, calls the others. */
export function columnLoops(columns: readonly LoopColumn[], stride: number): WasmFunction[] {
  const functions: WasmFunction[] = [];
  const fitting = columns.filter(fitsSquare);
  for (const bytes of [8, 4, 2, 1]) {
    const alike = fitting.filter((column) => numberBytes(column) === bytes);
    for (const squares of partsOf(columnSquares(alike), (square) => square.length)) {
      functions.push(loopFunction(squares, [], stride));
    }
  }
  const others = columns.filter((column) => !fitsSquare(column));
  for (const some of partsOf(others, () => 1)) functions.push(loopFunction([], some, stride));
  const calls = functions.map((_, i) => call(i, get(SOURCE), get(COUNT), get(INDEX[1])));
  const run = {
    ...{ name: "run", parameters: LOOP_PARAMETERS, i32Locals: 0, i64Locals: 0 },
    code: code(...calls),
  };
  return [...functions, run];
}

/** Cuts a list into parts of about equally many columns. */
function partsOf<T>(list: readonly T[], columnsOf: (one: T) => number): T[][] {
  const total = list.reduce((sum, one) => sum + columnsOf(one), 0);
  const most = Math.ceil(total / Math.ceil(total / COLUMNS_PER_LOOP));
  const found: T[][] = [];
  let room = 0;
  for (const one of list) {
    if (room <= 0) {
      found.push([]);
      room = most;
    }
    found.at(-1)!.push(one);
    room -= columnsOf(one);
  }
  return found;
}

/** Takes out columns that make squares, or others. */
function loopFunction(
  squares: readonly ColumnSquare[],
  columns: readonly LoopColumn[],
  stride: number,
): WasmFunction {
  const turn = squares.length > 0
    ? Math.max(LEAST_RECORDS, squareRecords(squares[0]))
    : Math.max(1, Math.floor(VALUES_PER_TURN / columns.length));
  const scale = [2, 4, 8].map((width) =>
    set(INDEX[width], shiftLeft(get(INDEX[1]), Math.log2(width)))
  );
  const constants = new Constants();
  const loops = [loop(squares, columns, stride, turn, constants)];
  // The records that are left, one by one.
  const all = [...squares.flat(), ...columns];
  if (turn > 1) loops.push(loop([], all, stride, 1, constants));
  return {
    ...{ parameters: LOOP_PARAMETERS, i32Locals: I32_LOCALS, i64Locals: 1 },
    ...{ vectorLocals: SQUARE_LOCALS, constants: constants.values },
    code: code(...scale, ...loops),
  };
}

/** 64-bit floats that a function needs, each once. */
class Constants {
  readonly values: number[] = [];

  /** Puts the number on the stack. */
  get(value: number): Code {
    let index = this.values.findIndex((each) => Object.is(each, value));
    if (index < 0) index = this.values.push(value) - 1;
    return get(FIRST_CONSTANT + index);
  }
}

/** Takes `turn` records at a time while there are so many. */
function loop(
  squares: readonly ColumnSquare[],
  columns: readonly LoopColumn[],
  stride: number,
  turn: number,
  constants: Constants,
): Code {
  const body: Code[] = [];
  const constant = (number: number) => constants.get(number);
  const places = { source: SOURCE, index: INDEX, locals: FIRST_VECTOR, constant };
  for (const square of squares) {
    for (let k = 0; k < turn; k += squareRecords(square)) {
      body.push(takeSquare(square, stride, k, places));
    }
  }
  for (let k = 0; k < turn; k += 2) {
    for (const column of columns) {
      body.push(takeValue(column, k * stride, k, constants));
      if (k + 1 < turn) body.push(takeValue(column, (k + 1) * stride, k + 1, constants));
    }
  }
  body.push(increase(SOURCE, stride * turn), increase(COUNT, -turn));
  for (const width of [1, 2, 4, 8]) body.push(increase(INDEX[width], width * turn));
  return repeatUntil(less(get(COUNT), turn), code(...body));
}

function takeValue(
  { layout, linear, width, output }: LoopColumn,
  skip: number,
  k: number,
  constants: Constants,
): Code {
  const isWide = containerBytes(layout) === 8;
  const bits = bitsOf(layout, skip);
  const number = linear ? scaled(bits, layout, linear, constants) : bits;
  const store = linear
    ? OP.f64Store
    : isWide
    ? { 1: OP.i64Store8, 2: OP.i64Store16, 4: OP.i64Store32, 8: OP.i64Store }[width]!
    : { 1: OP.i32Store8, 2: OP.i32Store16, 4: OP.i32Store }[width]!;
  return get(INDEX[width]) + number + memory(store, output + k * width);
}

/** Bytes of the load that covers the value. */
function containerBytes(layout: NumberLayout): number {
  const span = byteSpan(layout);
  return span <= 2 ? span : span <= 4 ? 4 : 8;
}

/** Leaves the value's bits as an integer of 32 or 64 bits; a signed one with its sign extended. */
function bitsOf(layout: NumberLayout, skip: number): Code {
  const bytes = containerBytes(layout);
  const { bitCount, bigEndian } = layout;
  const isSigned = layout.numeric === "signed";
  if (isSigned && bitCount === 8 * bytes && (bytes === 1 || (bytes === 2 && !bigEndian))) {
    const load = bytes === 1 ? OP.i32Load8Signed : OP.i32Load16Signed;
    return get(SOURCE) + memory(load, layout.byteOffset + skip);
  }
  const load = { 1: OP.i32Load8, 2: OP.i32Load16, 4: OP.i32Load, 8: OP.i64Load }[bytes]!;
  const loaded = get(SOURCE) + memory(load, layout.byteOffset + skip);
  const bits = bigEndian ? swapBytes(loaded, bytes) : loaded;
  // The value's bytes stand at the top of a swapped container that is larger than them.
  const shift = layout.bitOffset + (bigEndian ? 8 * (bytes - byteSpan(layout)) : 0);
  const size = bytes === 8 ? 64 : 32;
  const above = size - shift - bitCount;
  const needsSign = isSigned && bitCount < size;
  const dirtyAbove = above > 0 && 8 * bytes > shift + bitCount;
  const back = needsSign || dirtyAbove ? shift + above : shift;
  const [left, right, rightSigned, constant] = bytes === 8
    ? [OP.i64ShiftLeft, OP.i64ShiftRight, OP.i64ShiftRightSigned, wide]
    : [OP.i32ShiftLeft, OP.i32ShiftRight, OP.i32ShiftRightSigned, value];
  const shifted = back > shift && above > 0 ? bits + constant(above) + left : bits;
  return back > 0 ? shifted + constant(back) + (needsSign ? rightSigned : right) : shifted;
}

/** Turns the order of the bytes of a container. */
function swapBytes(loaded: Code, bytes: number): Code {
  const [keep, kept] = [OP.localTee + unsigned(SPARE_I32), get(SPARE_I32)];
  const [keepWide, keptWide] = [OP.localTee + unsigned(SPARE_I64), get(SPARE_I64)];
  const swapHalves = (number: Code, mask: bigint, bits: number) =>
    number + keepWide + wide(mask) + OP.i64And + wide(bits) + OP.i64ShiftLeft +
    keptWide + wide(bits) + OP.i64ShiftRight + wide(mask) + OP.i64And + OP.i64Or;
  switch (bytes) {
    case 1:
      return loaded;
    case 2:
      return loaded + keep + value(8) + OP.i32ShiftLeft + value(0xff00) + OP.i32And +
        kept + value(8) + OP.i32ShiftRight + OP.i32Or;
    case 4:
      return loaded + keep + value(8) + OP.i32RotateLeft + value(0x00ff00ff) + OP.i32And +
        kept + value(24) + OP.i32RotateLeft + value(0xff00ff00 | 0) + OP.i32And + OP.i32Or;
    default: {
      const pairs = swapHalves(loaded, 0x00ff00ff00ff00ffn, 8);
      return swapHalves(pairs, 0x0000ffff0000ffffn, 16) + wide(32) + OP.i64RotateLeft;
    }
  }
}

/** From the bits to `value * factor + offset`. */
function scaled(
  bits: Code,
  layout: NumberLayout,
  { factor, offset }: { factor: number; offset: number },
  constants: Constants,
): Code {
  const { numeric } = layout;
  let number = bits + toFloat(layout);
  if (factor !== 1) number += constants.get(factor) + OP.f64Multiply;
  if (!addsNothing(numeric, factor, offset)) number += constants.get(offset) + OP.f64Add;
  return number;
}

/** Instructions that make a 64-bit float of bits. */
function toFloat(layout: NumberLayout): Code {
  const { numeric, bitCount } = layout;
  const isWide = containerBytes(layout) === 8;
  if (numeric === "float") {
    if (bitCount === 64) return OP.f64FromBits;
    return (isWide ? OP.i32FromI64 : "") + OP.f32FromBits + OP.f64FromF32;
  }
  // Integers that leave the sign bit clear take the shorter conversion of signed ones.
  const full = numeric === "unsigned" && bitCount === (isWide ? 64 : 32);
  if (isWide) return full ? OP.f64FromU64 : OP.f64FromI64;
  return full ? OP.f64FromU32 : OP.f64FromI32;
}
