/**
 * A WebAssembly module put together from bytes: just the parts that loops over records need.
 *
 * @module
 * @see {@link https://webassembly.github.io/spec/core/binary/} for the binary format
 */

/** Instructions, one byte each. */
export const OP = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  i32Const: 0x41,
  i64Const: 0x42,
  f64Const: 0x44,
  i32LessSigned: 0x48,
  i32Add: 0x6a,
  i32Subtract: 0x6b,
  i32And: 0x71,
  i32Or: 0x72,
  i32ShiftLeft: 0x74,
  i32ShiftRightSigned: 0x75,
  i32ShiftRight: 0x76,
  i32RotateLeft: 0x77,
  i64And: 0x83,
  i64Or: 0x84,
  i64ShiftLeft: 0x86,
  i64ShiftRightSigned: 0x87,
  i64ShiftRight: 0x88,
  i64RotateLeft: 0x89,
  f64Add: 0xa0,
  f64Multiply: 0xa2,
  i32FromI64: 0xa7,
  f64FromI32: 0xb7,
  f64FromU32: 0xb8,
  f64FromI64: 0xb9,
  f64FromU64: 0xba,
  f64FromF32: 0xbb,
  f32FromBits: 0xbe,
  f64FromBits: 0xbf,
  i32Load: 0x28,
  i64Load: 0x29,
  i32Load8Signed: 0x2c,
  i32Load8: 0x2d,
  i32Load16Signed: 0x2e,
  i32Load16: 0x2f,
  i32Store: 0x36,
  i64Store: 0x37,
  f64Store: 0x39,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i64Store8: 0x3c,
  i64Store16: 0x3d,
  i64Store32: 0x3e,
} as const;

/** Instructions on two 64-bit numbers at once, behind a prefix. */
export const PAIR_OP = {
  store: 0x0b,
  loadLane: 0x57,
  loadFirst: 0x5d,
} as const;

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const MUTABLE = 1;
const NO_RESULT = 0x40;

/** An unsigned number in as many bytes as it needs. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const byte = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? byte | 128 : byte);
  } while (value > 0);
  return bytes;
}

/** A signed number in as many bytes as it needs. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value);;) {
    const byte = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && byte < 64) || (rest === -1n && byte >= 64)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

/** An instruction that reads or writes memory `offset` bytes behind the address on the stack. */
export function memory(instruction: number, offset: number): number[] {
  return [instruction, 0, ...unsigned(offset)];
}

/** The same with two 64-bit numbers; `lane` tells which of them, where one is meant. */
export function pairMemory(instruction: number, offset: number, lane?: number): number[] {
  const immediate = [0, ...unsigned(offset), ...(lane === undefined ? [] : [lane])];
  return [0xfd, ...unsigned(instruction), ...immediate];
}

/** The constant as a 64-bit float. */
export function f64Constant(value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [OP.f64Const, ...bytes];
}

/** Repeats `body` while `condition` (which leaves an i32 that is 1 to stop) does not hold. */
export function repeatUntil(condition: readonly number[], body: readonly number[]): number[] {
  return [
    ...[OP.block, NO_RESULT, OP.loop, NO_RESULT, ...condition, OP.branchIf, 1],
    ...body,
    ...[OP.branch, 0, OP.end, OP.end],
  ];
}

/** A function of `parameters` 32-bit integers, without a result. */
export interface WasmFunction {
  /** 32-bit locals behind the parameters. */
  readonly i32Locals: number;
  /** 64-bit locals behind those. */
  readonly i64Locals: number;
  /** 64-bit floats that the function starts with, as locals behind those. */
  readonly constants?: readonly number[];
  /** Instructions. */
  readonly code: readonly number[];
}

/**
 * The module that imports a memory as `host.memory` and exports its last function as `run`. Every
 * function takes `parameters` 32-bit integers.
 */
export function wasmModule(
  parameters: number,
  functions: readonly WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const types = vector([[0x60, ...vector(Array(parameters).fill([I32])), ...vector([])]]);
  const imports = vector([[...text("host"), ...text("memory"), 2, 0, 1]]);
  const declarations = vector(functions.map(() => [0]));
  const exports = vector([[...text("run"), 0, ...unsigned(functions.length - 1)]]);
  const globals: number[][] = [];
  const bodies = vector(functions.map(({ i32Locals, i64Locals, constants = [], code }) => {
    const locals = vector([
      ...[[...unsigned(i32Locals), I32], [...unsigned(i64Locals), I64]],
      [...unsigned(constants.length), F64],
    ]);
    // Engines would put what they know to be constant into every instruction again.
    const loads = constants.flatMap((value, i) => {
      const global = globals.push([F64, MUTABLE, ...f64Constant(value), OP.end]) - 1;
      const local = parameters + i32Locals + i64Locals + i;
      return [OP.globalGet, ...unsigned(global), OP.localSet, ...unsigned(local)];
    });
    return sized([...locals, ...loads, ...code, OP.end]);
  }));
  const sections = [
    ...[[1, types], [2, imports], [3, declarations], [6, vector(globals)], [7, exports]] as const,
    [10, bodies] as const,
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...sections.flatMap(([id, content]) => [id, ...sized(content)]),
  ]);
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(content: readonly number[]): number[] {
  return unsigned(content.length).concat(content);
}

function text(ascii: string): number[] {
  return [ascii.length, ...Array.from(ascii, (char) => char.charCodeAt(0))];
}
